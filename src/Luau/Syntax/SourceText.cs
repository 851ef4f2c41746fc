namespace GameServer.Luau.Syntax;

/// <summary>
/// One piece of Luau source: bytes of any content. Nothing is decoded; offsets are byte offsets, lines and columns count from 1 and columns
/// count bytes. Only <c>\n</c> ends a line, and a zero byte ends the source.
/// </summary>
/// <remarks>Immutable; any thread.</remarks>
sealed class SourceText
{
    /// <summary>Wraps <paramref name="bytes"/>, which must not change afterwards.</summary>
    /// <param name="bytes">The source.</param>
    /// <param name="chunkName">Chunk name as scripts see it in messages, for example <c>@init.luau</c>; not interpreted here.</param>
    public SourceText(byte[] bytes, string chunkName = "")
    {
        Bytes = bytes;
        ChunkName = chunkName;
    }

    /// <summary>The source bytes.</summary>
    public byte[] Bytes { get; }

    /// <summary>Chunk name given by the caller.</summary>
    public string ChunkName { get; }
}
