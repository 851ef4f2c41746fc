namespace GameServer.Toml;

/// <summary>A place in a TOML text. Both numbers count from 1; columns count UTF-16 units.</summary>
/// <param name="Line">Line number, from 1.</param>
/// <param name="Column">Column number, from 1.</param>
public readonly record struct TomlPosition(int Line, int Column)
{
    /// <summary>The position as <c>line:column</c>.</summary>
    public override string ToString() => $"{Line}:{Column}";
}
