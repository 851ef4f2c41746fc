using GameServer.Luau.Values;

namespace GameServer.Luau.Bytecode;

/// <summary>A compiled function, immutable and free of any VM: it may be loaded into many VMs. Loading copies code and constants, because
/// caches and strings belong to one VM.</summary>
sealed class Proto
{
    /// <summary>Instructions with their (empty) cache units.</summary>
    public required Instruction[] Code { get; init; }
    /// <summary>Constants: numbers, strings, booleans.</summary>
    public required LuauValue[] Constants { get; init; }
    /// <summary>Functions written inside this one, in order.</summary>
    public required Proto[] Children { get; init; }
    /// <summary>Chains of names read from the environment, e.g. math.floor: one to three constant indexes each.</summary>
    public required int[][] Imports { get; init; }
    /// <summary>Key lists of table constructors: constant indexes of strings, in textual order, distinct.</summary>
    public required int[][] Templates { get; init; }
    /// <summary>Source line of each unit of <see cref="Code"/>.</summary>
    public required int[] Lines { get; init; }
    /// <summary>Upvalues a closure of this proto holds.</summary>
    public required int UpvalueCount { get; init; }
    /// <summary>Named parameters, <c>self</c> included.</summary>
    public required int ParameterCount { get; init; }
    /// <summary>Whether the function takes <c>...</c>.</summary>
    public required bool IsVarArg { get; init; }
    /// <summary>Registers a frame needs, parameters included.</summary>
    public required int RegisterCount { get; init; }
    /// <summary>Line where the function starts; 0 for the main chunk.</summary>
    public required int LineDefined { get; init; }
    /// <summary>Name for messages and tracebacks (specification 9), null when it has none.</summary>
    public required LuauString? Name { get; init; }
    /// <summary>Chunk the function came from.</summary>
    public required ChunkInfo Chunk { get; init; }
}

/// <summary>Facts about a chunk that all its protos share.</summary>
/// <param name="ChunkId">The short form used in positions (specification 10), as bytes.</param>
/// <param name="Name">The full chunk name as given.</param>
sealed record ChunkInfo(LuauString ChunkId, LuauString Name);
