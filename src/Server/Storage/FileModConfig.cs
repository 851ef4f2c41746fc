using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using GameServer.Scripting.Ports;
using GameServer.Toml;

namespace GameServer.Server.Storage;

/// <summary>Settings of mods in <c>config/mods/&lt;id&gt;.toml</c>, one file per mod, under what server.toml says in <c>[mods.&lt;id&gt;.config]</c>. The files are
/// looked at every two seconds on a timer; what changed is handed to the tick thread. Settings that a mod defines and a file lacks are added to it with default and
/// meaning.</summary>
sealed class FileModConfig : IModConfig, IDisposable
{
    static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    const int FileBytesMax = 1 << 20;

    readonly string _folder;
    readonly Action<string> _report;
    readonly ITimer _timer;
    readonly Lock _lock = new();
    readonly Dictionary<string, Seen> _files = new(StringComparer.Ordinal);
    readonly ConcurrentQueue<string> _changed = new();
    Func<string, IReadOnlyDictionary<string, object>> _settled;

    /// <summary>What was last read of a file.</summary>
    sealed record Seen(DateTime Stamp, IReadOnlyDictionary<string, object> Values);

    /// <summary>Starts looking.</summary>
    /// <param name="folder">Folder of the files; made with the first one.</param>
    /// <param name="settled">What server.toml says about a mod; wins over the file.</param>
    /// <param name="report">Takes mistakes in files, each with its place.</param>
    /// <param name="time">Clock of the timer.</param>
    public FileModConfig(string folder, Func<string, IReadOnlyDictionary<string, object>> settled, Action<string> report, TimeProvider time)
    {
        _folder = folder;
        _settled = settled;
        _report = report;
        _timer = time.CreateTimer(_ => Look(), null, LookInterval, LookInterval);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object> Values(string modId)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        lock (_lock)
        {
            if (!_files.TryGetValue(modId, out Seen? seen)) _files[modId] = seen = Read(modId);
            foreach ((string name, object value) in seen.Values) values[name] = value;
        }
        foreach ((string name, object value) in _settled(modId)) values[name] = value is long whole ? (double)whole : value;
        return values;
    }

    /// <summary>server.toml was read again: mods whose values it changes are told.</summary>
    /// <param name="settled">What it says about a mod now.</param>
    /// <returns>How many mods have other values than before.</returns>
    public int Settle(Func<string, IReadOnlyDictionary<string, object>> settled)
    {
        string[] ids;
        lock (_lock) ids = [.. _files.Keys];
        IReadOnlyDictionary<string, object>[] before = [.. ids.Select(Values)];
        _settled = settled;
        int changed = 0;
        for (int i = 0; i < ids.Length; i++)
        {
            if (Same(before[i], Values(ids[i]))) continue;
            _changed.Enqueue(ids[i]);
            changed++;
        }
        return changed;
    }

    /// <inheritdoc/>
    public void Define(string modId, IReadOnlyList<ModSettingRow> rows)
    {
        IReadOnlyDictionary<string, object> known = Values(modId);
        ModSettingRow[] missing = [.. rows.Where(row => !known.ContainsKey(row.Name))];
        if (missing.Length > 0) _ = Task.Run(() => Append(modId, missing));
    }

    /// <inheritdoc/>
    public bool TryTakeChanged(out string modId) => _changed.TryDequeue(out modId!);

    /// <summary>Stops looking.</summary>
    public void Dispose() => _timer.Dispose();

    /// <summary>Looks at every file that was read before.</summary>
    internal void Look()
    {
        string[] ids;
        lock (_lock) ids = [.. _files.Keys];
        foreach (string id in ids)
        {
            lock (_lock)
            {
                Seen before = _files[id];
                if (StampOf(id) == before.Stamp) continue;
                Seen now = Read(id);
                _files[id] = now;
                if (!Same(before.Values, now.Values)) _changed.Enqueue(id);
            }
        }
    }

    string FileOf(string modId) => Path.Combine(_folder, modId + ".toml");

    DateTime StampOf(string modId) => File.GetLastWriteTimeUtc(FileOf(modId));

    Seen Read(string modId)
    {
        string file = FileOf(modId);
        DateTime stamp = StampOf(modId);
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        try
        {
            var info = new FileInfo(file);
            if (!info.Exists) return new Seen(stamp, values);
            if (info.Length > FileBytesMax)
            {
                _report($"{file}: more than {FileBytesMax} bytes; nothing of it is used");
                return new Seen(stamp, values);
            }
            TomlDocument document = TomlReader.Read(File.ReadAllBytes(file));
            foreach (TomlError error in document.Errors) _report($"{file}:{error}");
            foreach (TomlEntry entry in document.Root.Entries)
            {
                object? value = entry.Value switch
                {
                    TomlString text => text.Value,
                    TomlBoolean flag => flag.Value,
                    TomlInteger number => (double)number.Value,
                    TomlFloat number => number.Value,
                    _ => null,
                };
                if (value == null) _report($"{file}:{entry.Value.Position}: '{entry.Key}' must be a string, a number or a boolean");
                else values[entry.Key] = value;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _report($"{file}: {error.Message}");
        }
        return new Seen(stamp, values);
    }

    void Append(string modId, ModSettingRow[] missing)
    {
        string file = FileOf(modId);
        lock (_lock)
        {
            try
            {
                Directory.CreateDirectory(_folder);
                string old = File.Exists(file)
                    ? File.ReadAllText(file)
                    : $"# Settings of the mod {modId}. Changes are noticed within seconds; delete a line to get its default back.\n";
                var text = new StringBuilder(old);
                if (old.Length > 0 && !old.EndsWith('\n')) text.Append('\n');
                foreach (ModSettingRow row in missing) Write(text, row);
                string beside = file + ".new";
                File.WriteAllText(beside, text.ToString());
                File.Move(beside, file, overwrite: true);
                // What was written are the defaults: no change for the mod.
                _files[modId] = Read(modId);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                _report($"{file}: the mod's settings cannot be written: {error.Message}");
            }
        }
    }

    static void Write(StringBuilder text, ModSettingRow row)
    {
        string about = row.Doc.Length == 0 ? row.Allowed : $"{row.Doc} ({row.Allowed})";
        text.Append('\n').Append("# ").Append(Clean(about)).Append('\n').Append(row.Name).Append(" = ");
        text.Append(row.Default switch
        {
            bool flag => flag ? "true" : "false",
            double number when number == Math.Floor(number) && Math.Abs(number) < 1e15 => ((long)number).ToString(CultureInfo.InvariantCulture),
            double number => double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf",
            var other => TomlText.Quote((string)other),
        }).Append('\n');
    }

    static string Clean(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    static bool Same(IReadOnlyDictionary<string, object> a, IReadOnlyDictionary<string, object> b) =>
        a.Count == b.Count && a.All(pair => b.TryGetValue(pair.Key, out object? value) && value.Equals(pair.Value));
}
