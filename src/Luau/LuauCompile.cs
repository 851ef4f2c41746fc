using GameServer.Luau.Bytecode;

namespace GameServer.Luau;

/// <summary>Switches of the compiler.</summary>
public sealed record LuauCompileOptions
{
    /// <summary>0: none. 1, the default: folding of constants, cached imports, calls of builtins without a frame. 2: small constant loops are
    /// written out too, for a little more code. Never changes what a program does.</summary>
    public int OptimizationLevel { get; init; } = 1;

    /// <summary>Longest source in bytes; default 16 MiB.</summary>
    public int SourceBytesMax { get; init; } = 16 << 20;

    /// <summary>Stops compiling.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>A compiled chunk: immutable, of no VM, may be loaded many times and by several threads.</summary>
public sealed class CompiledChunk
{
    internal CompiledChunk(Proto main) => Main = main;

    /// <summary>The main function.</summary>
    internal Proto Main { get; }

    /// <summary>Chunk name as given.</summary>
    public string Name => Main.Chunk.Name.ToString();

    /// <summary>The bytecode of all functions as text, for reading.</summary>
    public string Disassemble() => Disassembler.Disassemble(Main);
}

/// <summary>Source that does not compile. The message is <c>chunk:line: text</c> as specified for scripts.</summary>
public sealed class LuauCompileException : Exception
{
    internal LuauCompileException(string chunkId, string text, int line, int column)
        : base($"{chunkId}:{line}: {text}")
    {
        ChunkId = chunkId;
        Text = text;
        Line = line;
        Column = column;
    }

    /// <summary>Short chunk name as in positions.</summary>
    public string ChunkId { get; }

    /// <summary>The message without position.</summary>
    public string Text { get; }

    /// <summary>Line, from 1.</summary>
    public int Line { get; }

    /// <summary>Column in bytes from 1; 0 when only the line is known.</summary>
    public int Column { get; }
}
