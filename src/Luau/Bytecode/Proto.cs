using System.Text;
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

    /// <summary>Bytes this object occupies, functions inside it excluded.</summary>
    public long ByteSize
    {
        get
        {
            long bytes = 320 + (Code.Length * 12L) + (Constants.Length * 16L) + (Children.Length * 8L);
            foreach (LuauValue constant in Constants)
                if (constant.Ref is LuauString s) bytes += HeapSizes.String(s.Length);
            foreach (int[] import in Imports) bytes += 32 + (import.Length * 4L);
            foreach (int[] template in Templates) bytes += 32 + (template.Length * 4L);
            return bytes;
        }
    }

    /// <summary>Bytes this object occupies with all functions inside it.</summary>
    public long TreeByteSize => ByteSize + Children.Sum(child => child.TreeByteSize);
}

/// <summary>Facts about a chunk that all its protos share.</summary>
/// <param name="ChunkId">The short form used in positions (specification 10), as bytes.</param>
/// <param name="Name">The full chunk name as given.</param>
sealed record ChunkInfo(LuauString ChunkId, LuauString Name)
{
    const int IdBytesMax = 255;

    /// <summary>Whether a script compiled it for itself: then its VM pays for the compiled code too, which otherwise belongs to the host and is shared.</summary>
    public bool IsOwnedByScript { get; init; }

    /// <summary>Names a chunk.</summary>
    /// <param name="name"><c>=text</c>, <c>@path</c>, or anything else, such as the source itself; as UTF-8.</param>
    public static ChunkInfo FromName(string name) => FromName(Encoding.UTF8.GetBytes(name));

    /// <summary>Names a chunk.</summary>
    /// <param name="name"><c>=text</c>, <c>@path</c>, or anything else, such as the source itself. Kept.</param>
    public static ChunkInfo FromName(byte[] name) => new(new LuauString(IdOf(name)), new LuauString(name));

    static byte[] IdOf(ReadOnlySpan<byte> name)
    {
        if (name is [(byte)'=', .. var text])
            return text[..Math.Min(text.Length, IdBytesMax)].ToArray();
        if (name is [(byte)'@', .. var path])
            return path.Length <= IdBytesMax ? path.ToArray() : [.. "..."u8, .. path[^(IdBytesMax - 3)..]];

        int end = name.IndexOfAny((byte)'\n', (byte)'\r');
        var line = end < 0 ? name : name[..end];
        int room = IdBytesMax - "[string \"\"]".Length - "...".Length;
        bool isCut = end >= 0 || line.Length > room;
        line = line[..Math.Min(line.Length, room)];
        return [.. "[string \""u8, .. line, .. isCut ? "..."u8 : [], .. "\"]"u8];
    }
}
