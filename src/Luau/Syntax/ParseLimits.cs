namespace GameServer.Luau.Syntax;

/// <summary>Bounds of one parse, because source may be hostile.</summary>
sealed class ParseLimits
{
    /// <summary>The defaults: 16 MiB of source, no cancellation.</summary>
    public static ParseLimits Default { get; } = new();

    /// <summary>Largest source in bytes; a longer one is a <see cref="SyntaxError"/> at line 1.</summary>
    public int SourceBytesMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Polled every few thousand tokens; when cancelled the parse ends with <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }
}
