namespace GameServer.Toml;

/// <summary>One problem in a TOML text: where it is and what would be right.</summary>
/// <param name="Position">Where the problem begins.</param>
/// <param name="Message">One sentence without position; names the key when there is one.</param>
public sealed record TomlError(TomlPosition Position, string Message)
{
    /// <summary>The error as <c>line:column: message</c>.</summary>
    public override string ToString() => $"{Position}: {Message}";
}
