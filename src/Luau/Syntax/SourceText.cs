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

    /// <summary>
    /// Source of a program file: like the constructor, but a first line starting with <c>#!</c> is blanked out. Its line end stays, so
    /// line numbers hold. The language itself does not know such lines; only programs that load files accept them.
    /// </summary>
    /// <param name="fileBytes">The whole file.</param>
    /// <param name="chunkName">Chunk name.</param>
    public static SourceText FromFile(byte[] fileBytes, string chunkName)
    {
        if (!fileBytes.AsSpan().StartsWith("#!"u8))
            return new SourceText(fileBytes, chunkName);

        var lineEnd = Array.IndexOf(fileBytes, (byte)'\n');
        return new SourceText(lineEnd < 0 ? [] : fileBytes[lineEnd..], chunkName);
    }
}
