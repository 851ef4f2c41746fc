using System.Diagnostics.CodeAnalysis;

namespace GameServer.Toml;

/// <summary>One key with its value.</summary>
/// <param name="Key">The key, with quotes and escapes resolved.</param>
/// <param name="KeyPosition">Where the key begins.</param>
/// <param name="Value">The value.</param>
public sealed record TomlEntry(string Key, TomlPosition KeyPosition, TomlValue Value);

/// <summary>
/// An ordered table. The typed getters return null for an absent key, and for a value of another type after adding a problem
/// that names the full key and its line; so a caller can read everything and report all problems at once.
/// </summary>
public sealed class TomlTable : TomlValue
{
    readonly Dictionary<string, int> _index = [];
    readonly List<TomlEntry> _entries = [];
    readonly TomlTable? _parent;
    readonly string _name;

    internal TomlTable(TomlTable? parent, string name, TomlTableOrigin origin, TomlPosition position)
        : base(TomlKind.Table, position)
    {
        _parent = parent;
        _name = name;
        Origin = origin;
        Depth = parent is null ? 0 : parent.Depth + 1;
    }

    /// <summary>All entries in the order of the text.</summary>
    public IReadOnlyList<TomlEntry> Entries => _entries;

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>The full dotted name of this table; empty for the top level.</summary>
    public string Path => _parent is null ? _name : _parent.PathOf(_name);

    /// <summary>How the table came to be; decides what may still be added while reading.</summary>
    internal TomlTableOrigin Origin { get; set; }

    /// <summary>Number of tables around this one; bounded by <see cref="TomlReader.DepthMax"/>.</summary>
    internal int Depth { get; }

    /// <summary>The full dotted name of a key of this table, as used in messages.</summary>
    /// <param name="key">A key, present or not.</param>
    public string PathOf(string key)
    {
        string path = Path;
        return path.Length == 0 ? key : $"{path}.{key}";
    }

    /// <summary>Finds the value of a key.</summary>
    /// <param name="key">The key, compared ordinally.</param>
    /// <param name="value">The value when present.</param>
    public bool TryGet(string key, [NotNullWhen(true)] out TomlValue? value)
    {
        bool found = _index.TryGetValue(key, out int at);
        value = found ? _entries[at].Value : null;
        return found;
    }

    /// <summary>Where a key stands; the table's own position when the key is absent.</summary>
    /// <param name="key">A key, present or not.</param>
    public TomlPosition PositionOf(string key) => _index.TryGetValue(key, out int at) ? _entries[at].KeyPosition : Position;

    /// <summary>Reads a string.</summary>
    /// <param name="key">The key.</param>
    /// <param name="problems">Receives a problem when the value has another type.</param>
    public string? GetString(string key, ICollection<TomlError> problems) => Get<TomlString>(key, TomlKind.String, problems)?.Value;

    /// <summary>Reads an integer.</summary>
    /// <inheritdoc cref="GetString"/>
    public long? GetInteger(string key, ICollection<TomlError> problems) => Get<TomlInteger>(key, TomlKind.Integer, problems)?.Value;

    /// <summary>Reads a number: a float, or an integer converted to one.</summary>
    /// <inheritdoc cref="GetString"/>
    public double? GetNumber(string key, ICollection<TomlError> problems) =>
        TryGet(key, out TomlValue? value) && value is TomlInteger integer
            ? integer.Value
            : Get<TomlFloat>(key, TomlKind.Float, problems)?.Value;

    /// <summary>Reads a boolean.</summary>
    /// <inheritdoc cref="GetString"/>
    public bool? GetBoolean(string key, ICollection<TomlError> problems) => Get<TomlBoolean>(key, TomlKind.Boolean, problems)?.Value;

    /// <summary>Reads a table.</summary>
    /// <inheritdoc cref="GetString"/>
    public TomlTable? GetTable(string key, ICollection<TomlError> problems) => Get<TomlTable>(key, TomlKind.Table, problems);

    /// <summary>Reads an array.</summary>
    /// <inheritdoc cref="GetString"/>
    public TomlArray? GetArray(string key, ICollection<TomlError> problems) => Get<TomlArray>(key, TomlKind.Array, problems);

    /// <summary>Reads an array of strings; null when any item is not a string.</summary>
    /// <inheritdoc cref="GetString"/>
    public IReadOnlyList<string>? GetStrings(string key, ICollection<TomlError> problems)
    {
        TomlArray? array = GetArray(key, problems);
        if (array is null)
            return null;
        List<string> strings = new(array.Items.Count);
        foreach (TomlValue item in array.Items)
        {
            if (item is TomlString text)
                strings.Add(text.Value);
            else
                problems.Add(new TomlError(item.Position, $"'{PathOf(key)}' must hold only strings, found {NameOf(item.Kind)}"));
        }
        return strings.Count == array.Items.Count ? strings : null;
    }

    /// <summary>Reports every key that is not in <paramref name="known"/>, with the nearest known key as a suggestion.</summary>
    /// <param name="known">The allowed keys.</param>
    /// <param name="problems">Receives one problem per unknown key.</param>
    public void ReportUnknownKeys(IReadOnlyCollection<string> known, ICollection<TomlError> problems)
    {
        foreach (TomlEntry entry in _entries)
        {
            if (!known.Contains(entry.Key))
                problems.Add(new TomlError(entry.KeyPosition, $"unknown key '{PathOf(entry.Key)}'{Suggestion.For(entry.Key, known)}"));
        }
    }

    internal void Add(string key, TomlPosition keyPosition, TomlValue value)
    {
        _index.Add(key, _entries.Count);
        _entries.Add(new TomlEntry(key, keyPosition, value));
    }

    T? Get<T>(string key, TomlKind wanted, ICollection<TomlError> problems)
        where T : TomlValue
    {
        if (!TryGet(key, out TomlValue? value))
            return null;
        if (value is T typed)
            return typed;
        problems.Add(new TomlError(value.Position, $"'{PathOf(key)}' must be {NameOf(wanted)}, found {NameOf(value.Kind)}"));
        return null;
    }
}

/// <summary>How a table came to be. TOML forbids to define one twice, so the reader must know.</summary>
enum TomlTableOrigin
{
    /// <summary>Only named as part of a longer header; its own header may still follow.</summary>
    Implied,

    /// <summary>Opened by its own header, or the top level.</summary>
    Header,

    /// <summary>Made by a dotted key; only dotted keys of the same section may add to it.</summary>
    DottedKey,

    /// <summary>Written in braces; closed for good.</summary>
    Inline,
}
