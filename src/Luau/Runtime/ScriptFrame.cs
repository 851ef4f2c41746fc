using GameServer.Luau.Bytecode;

namespace GameServer.Luau.Runtime;

/// <summary>One call on a stack, as a profiler keeps it: which code, and which line of it. Holds nothing of a VM, so it may outlive it.</summary>
public readonly struct ScriptFrame : IEquatable<ScriptFrame>
{
    /// <summary>A <see cref="Proto"/>, or the name of a host function.</summary>
    readonly object? _code;

    internal ScriptFrame(Proto proto, int line) => (_code, Line) = (proto, line);

    internal ScriptFrame(HostFunction function) => _code = function.QualifiedName;

    /// <summary>Line being executed; 0 for a library function.</summary>
    public int Line { get; }

    /// <summary>Whether it is a function of a library or of the host.</summary>
    public bool IsHost => _code is not Proto;

    /// <summary>Name of the function: <c>scan</c>, <c>table.sort</c>; empty when it has none.</summary>
    public string Function => _code is Proto proto ? proto.Name?.ToString() ?? "" : (string?)_code ?? "";

    /// <summary>Short name of its chunk, as in error messages; empty for a library function.</summary>
    public string Chunk => _code is Proto proto ? proto.Chunk.ChunkId.ToString() : "";

    /// <summary>Line where the function starts; 0 for a main chunk and for library functions.</summary>
    public int LineDefined => _code is Proto proto ? proto.LineDefined : 0;

    /// <summary>Whether both stand at the same line of the same function.</summary>
    public bool Equals(ScriptFrame other) => ReferenceEquals(_code, other._code) && Line == other.Line;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ScriptFrame other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_code is null ? 0 : System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(_code), Line);

    /// <summary><c>scan.luau:88 scan</c>, <c>table.sort</c>.</summary>
    public override string ToString() => IsHost ? Function : Function.Length == 0 ? $"{Chunk}:{Line}" : $"{Chunk}:{Line} {Function}";
}
