using System.Text;

namespace GameServer.Scripting.Testing;

/// <summary>Values that a test file once had, as text in <c>tests/snapshots/NAME.snap</c>: read when first asked for, written when told to.</summary>
/// <param name="file">The file; it need not exist.</param>
/// <param name="update">Whether values are written instead of compared.</param>
sealed class Snapshots(string file, bool update)
{
    const string Mark = "== ";
    SortedDictionary<string, string>? _values;
    bool _changed;

    /// <summary>Compares a value with the one that was kept, or keeps it.</summary>
    /// <returns>Null, or why the test fails.</returns>
    public string? Check(string name, string actual)
    {
        _values ??= Read();
        if (update)
        {
            _changed |= _values.GetValueOrDefault(name) != actual;
            _values[name] = actual;
            return null;
        }
        if (!_values.TryGetValue(name, out string? expected)) return $"there is no snapshot '{name}' yet; run once with --update to keep\n     {actual}";
        return expected == actual ? null : $"the snapshot '{name}' differs (--update takes the new one)\nexpected {expected}\n     got {actual}";
    }

    /// <summary>Writes what is new.</summary>
    public void Save()
    {
        if (!_changed || _values is null) return;
        var text = new StringBuilder("Values that tests compare with; written by `gameserver mod test --update`.\n");
        foreach ((string name, string value) in _values) text.Append($"\n{Mark}{name}\n{value}\n");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text.ToString());
        _changed = false;
    }

    SortedDictionary<string, string> Read()
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(file)) return values;
        string? name = null;
        foreach (string line in File.ReadLines(file))
        {
            if (line.StartsWith(Mark, StringComparison.Ordinal)) name = line[Mark.Length..];
            else if (name is not null && line.Length > 0) values[name] = values.TryGetValue(name, out string? before) ? $"{before}\n{line}" : line;
        }
        return values;
    }
}
