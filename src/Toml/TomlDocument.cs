namespace GameServer.Toml;

/// <summary>The outcome of reading a TOML text: what could be read, and every problem that was met.</summary>
/// <remarks>Immutable once returned by <see cref="TomlReader"/>; may be shared between threads.</remarks>
public sealed class TomlDocument
{
    internal TomlDocument(TomlTable root, IReadOnlyList<TomlError> errors)
    {
        Root = root;
        Errors = errors;
    }

    /// <summary>The top-level table. With errors present it holds the entries that were understood.</summary>
    public TomlTable Root { get; }

    /// <summary>All problems in the order of the text, at most <see cref="TomlReader.ErrorsMax"/>.</summary>
    public IReadOnlyList<TomlError> Errors { get; }

    /// <summary>True when the text is not valid TOML 1.0.</summary>
    public bool HasErrors => Errors.Count > 0;
}
