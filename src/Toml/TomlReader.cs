using System.Text;

namespace GameServer.Toml;

/// <summary>
/// Reads TOML 1.0. Bad input never raises: every problem becomes a <see cref="TomlError"/>, and reading goes on at the next
/// line that looks like the beginning of something, so that one run shows all mistakes of a file.
/// </summary>
/// <remarks>
/// Work is linear in the size of the input and nesting is bounded by <see cref="DepthMax"/>, whatever the text holds. Any thread.
/// Source: https://toml.io/en/v1.0.0.
/// </remarks>
public static class TomlReader
{
    /// <summary>Longest accepted input, in UTF-8 bytes or UTF-16 units: 16 Mi.</summary>
    public const int LengthMax = 16 * 1024 * 1024;

    /// <summary>Deepest nesting of tables and arrays together: 128.</summary>
    public const int DepthMax = 128;

    /// <summary>Number of errors after which reading ends: 50.</summary>
    public const int ErrorsMax = 50;

    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file's bytes, which must be UTF-8; a byte order mark at the start is skipped.</summary>
    /// <param name="utf8">The bytes, at most <see cref="LengthMax"/>.</param>
    public static TomlDocument Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LengthMax)
            return Refused(new TomlPosition(1, 1), TooLong);
        if (utf8.StartsWith("\uFEFF"u8))
            utf8 = utf8[3..];
        int valid = ValidUtf8Length(utf8);
        string text = StrictUtf8.GetString(utf8[..valid]);
        if (valid == utf8.Length)
            return Read(text);
        int line = text.AsSpan().Count('\n') + 1;
        return Refused(new TomlPosition(line, text.Length - (text.LastIndexOf('\n') + 1) + 1), "the file is not valid UTF-8 here");
    }

    /// <summary>Reads a text already decoded.</summary>
    /// <param name="text">The text, at most <see cref="LengthMax"/> units.</param>
    public static TomlDocument Read(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length > LengthMax ? Refused(new TomlPosition(1, 1), TooLong) : new TomlParser(text).ParseDocument();
    }

    static string TooLong => $"longer than {LengthMax} bytes";

    static TomlDocument Refused(TomlPosition position, string message) =>
        new(new TomlTable(null, "", TomlTableOrigin.Header, new TomlPosition(1, 1)), [new TomlError(position, message)]);

    static int ValidUtf8Length(ReadOnlySpan<byte> utf8)
    {
        int at = 0;
        while (at < utf8.Length)
        {
            // Runs of ASCII are the usual case and are skipped at once.
            int run = utf8[at..].IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (run < 0)
                return utf8.Length;
            at += run;
            if (Rune.DecodeFromUtf8(utf8[at..], out _, out int length) != System.Buffers.OperationStatus.Done)
                return at;
            at += length;
        }
        return at;
    }
}
