namespace GameServer.Luau.Syntax;

/// <summary>Source text to tree (specification, sections 2 to 4).</summary>
sealed partial class Parser
{
    /// <summary>
    /// Largest distance from the root of a tree to any node: nesting of source, operators of one left-deep expression, suffixes of one call
    /// chain, in sum.
    /// </summary>
    public const int NestingLimit = 1000;

    /// <summary>Parses a chunk.</summary>
    /// <param name="source">The source.</param>
    /// <param name="limits">Bounds; null for <see cref="ParseLimits.Default"/>.</param>
    /// <exception cref="SyntaxError">The first error.</exception>
    /// <exception cref="OperationCanceledException">The cancellation of <paramref name="limits"/> was requested.</exception>
    /// <remarks>Pure; any thread. Needs less than 512 KB of stack; on a smaller one it ends with the nesting error.</remarks>
    public static ChunkNode Parse(SourceText source, ParseLimits? limits = null) => throw new NotSupportedException();
}
