namespace GameServer.Scripting.Api;

/// <summary>Names of messages within a mod; on the wire the mod's id and a colon stand before them.</summary>
static class MessageNames
{
    /// <summary>Longest name in characters; with id and colon it stays within 64 bytes on the wire.</summary>
    public const int LengthMax = 31;

    /// <summary>Whether a text is a name.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= LengthMax && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.');
}

/// <summary>Names of commands.</summary>
static class CommandNames
{
    /// <summary>Whether a text is a name.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 32 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-');
}
