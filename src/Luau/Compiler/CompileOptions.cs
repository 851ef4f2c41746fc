namespace GameServer.Luau.Compiler;

/// <summary>Switches of one compilation. None changes what a script can observe, except its speed.</summary>
sealed record CompileOptions
{
    /// <summary>The defaults: optimisation level 1, not cancellable.</summary>
    public static CompileOptions Default { get; } = new();

    /// <summary>
    /// 0: plain code. 1, the default: constant folding, dead branches, imports, fast calls, fused compare-and-jump, table templates.
    /// 2: small constant loops are written out too. Other values count as the nearest.
    /// </summary>
    public int OptimizationLevel { get; init; } = 1;

    /// <summary>Polled now and then, because source may be hostile; when cancelled the compilation ends with <see cref="OperationCanceledException"/>.</summary>
    public CancellationToken Cancellation { get; init; }
}
