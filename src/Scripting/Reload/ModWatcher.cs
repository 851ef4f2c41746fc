using GameServer.Scripting.Mods;

namespace GameServer.Scripting.Reload;

// Events are hints: a save gives several, editors save by rename, a new folder with files reports only the folder, on some mounts nothing arrives, and when the
// watched folder itself is replaced the watch ends without a word. So a scan of names, sizes and times runs besides and has the last word about what changed.

/// <summary>Notices that a mod's files may have changed: by file events where a probe shows that they arrive, and by scanning.</summary>
/// <remarks>Events and scans come on pool threads and end in one bounded set; <see cref="TakeTouched"/> is for the tick thread.</remarks>
sealed class ModWatcher : IDisposable
{
    const int ProbeMilliseconds = 2000;
    const string ProbePrefix = ".watch-probe-";

    readonly string _folder;
    readonly ScriptingLog _log;
    readonly TimeProvider _time;
    readonly TimeSpan _scanInterval;
    readonly TimeSpan _pollInterval;
    readonly Lock _gate = new();
    readonly Dictionary<string, long> _touched = new(StringComparer.Ordinal);
    readonly ManualResetEventSlim _probed = new(false);
    Dictionary<string, long> _stamps = new(StringComparer.Ordinal);
    FileSystemWatcher? _events;
    string? _probeFile;
    Task? _scan;
    long _scanned;
    volatile bool _eventsArrive;
    volatile bool _disposed;

    /// <summary>Makes a watcher that knows the folder as it is now.</summary>
    /// <param name="folder">The mods folder.</param>
    /// <param name="mode">How.</param>
    /// <param name="scanInterval">Time between scans where events arrive.</param>
    /// <param name="pollInterval">Time between scans where they do not.</param>
    /// <param name="log">Log.</param>
    /// <param name="time">Clock.</param>
    public ModWatcher(string folder, WatchMode mode, TimeSpan scanInterval, TimeSpan pollInterval, ScriptingLog log, TimeProvider time)
    {
        (_folder, Mode, _scanInterval, _pollInterval, _log, _time) = (Path.GetFullPath(folder), mode, scanInterval, pollInterval, log, time);
        _scanned = time.GetTimestamp();
    }

    /// <summary>How it watches.</summary>
    public WatchMode Mode { get; }

    /// <summary>Whether file events were seen to arrive.</summary>
    public bool EventsArrive => _eventsArrive;

    /// <summary>Remembers the folder as it is, and starts listening and probing. Changes from now on are noticed.</summary>
    public void Start()
    {
        if (Mode == WatchMode.Off) return;
        _stamps = Stamps();
        if (Mode == WatchMode.Auto) Task.Run(Probe);
        else _log.Watching($"looking every {_pollInterval.TotalMilliseconds:0} ms", _folder);
    }

    /// <summary>Mods touched since the last call, each with the timestamp of its last event. Starts a scan when it is time for one.</summary>
    public IReadOnlyList<(string Id, long At)> TakeTouched()
    {
        if (Mode == WatchMode.Off) return [];
        long now = _time.GetTimestamp();
        TimeSpan interval = _eventsArrive ? _scanInterval : _pollInterval;
        if (_time.GetElapsedTime(_scanned, now) >= interval && _scan is null or { IsCompleted: true })
        {
            _scanned = now;
            _scan = Task.Run(Scan);
        }
        lock (_gate)
        {
            if (_touched.Count == 0) return [];
            (string, long)[] touched = [.. _touched.OrderBy(mod => mod.Key, StringComparer.Ordinal).Select(mod => (mod.Key, mod.Value))];
            _touched.Clear();
            return touched;
        }
    }

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        _disposed = true;
        lock (_gate)
        {
            _events?.Dispose();
            _events = null;
        }
        _probed.Set();
    }

    /// <summary>[pool] Compares names, sizes and times of all files with those of the scan before.</summary>
    internal void Scan()
    {
        Dictionary<string, long> stamps = Stamps();
        string[] changed = [.. stamps.Where(mod => !_stamps.TryGetValue(mod.Key, out long before) || before != mod.Value).Select(mod => mod.Key),
            .. _stamps.Keys.Where(id => !stamps.ContainsKey(id))];
        _stamps = stamps;
        if (changed.Length > 0) Touch(changed);
        if (Mode == WatchMode.Auto && !_disposed) Listen();
    }

    Dictionary<string, long> Stamps() =>
        (ModCatalog.Read(_folder) ?? []).ToDictionary(entry => entry.Id, entry => entry.Problem is null ? SnapshotReader.Stamp(entry.Folder) : -1, StringComparer.Ordinal);

    /// <summary>[pool] Writes a file into the folder and waits for its event.</summary>
    void Probe()
    {
        Listen();
        string probe = Path.Combine(_folder, $"{ProbePrefix}{Environment.ProcessId}");
        try
        {
            _probeFile = probe;
            File.WriteAllText(probe, "");
            bool arrived = _probed.Wait(ProbeMilliseconds);
            if (_disposed) return;
            _eventsArrive = arrived;
            if (arrived) _log.Watching($"file events, and looking every {_scanInterval.TotalMilliseconds:0} ms", _folder);
            else _log.EventsDoNotArrive(_folder);
        }
        catch (IOException)
        {
            ProbeImpossible();
        }
        catch (UnauthorizedAccessException)
        {
            // A folder we may read but not write: perhaps events arrive, but we cannot know.
            ProbeImpossible();
        }
        finally
        {
            Remove(probe);
        }
    }

    void ProbeImpossible()
    {
        if (!_disposed) _log.Watching($"looking every {_pollInterval.TotalMilliseconds:0} ms, because it cannot be written to for a test of file events", _folder);
    }

    static void Remove(string probe)
    {
        try
        {
            File.Delete(probe);
        }
        catch (IOException)
        {
            // It begins with a dot: nobody takes it for a mod.
        }
        catch (UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Listens, or listens again after the folder went away and came back.</summary>
    void Listen()
    {
        lock (_gate)
        {
            if (_disposed) return;
            if (!Directory.Exists(_folder))
            {
                _events?.Dispose();
                _events = null;
                return;
            }
            if (_events is not null) return;
            try
            {
                _events = new FileSystemWatcher(_folder) { IncludeSubdirectories = true,
                    NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size };
                _events.Changed += (_, change) => OnEvent(change.FullPath);
                _events.Created += (_, change) => OnEvent(change.FullPath);
                _events.Deleted += (_, change) => OnEvent(change.FullPath);
                _events.Renamed += (_, change) =>
                {
                    OnEvent(change.OldFullPath);
                    OnEvent(change.FullPath);
                };
                _events.Error += (_, _) => OnLost();
                _events.EnableRaisingEvents = true;
            }
            catch (IOException)
            {
                // No watch to be had (limit of the system, or the folder just went away): the scans remain.
                _events?.Dispose();
                _events = null;
            }
        }
    }

    void OnEvent(string path)
    {
        if (path == _probeFile) _probed.Set();
        string relative = Path.GetRelativePath(_folder, path);
        int separator = relative.IndexOfAny([Path.DirectorySeparatorChar, '/']);
        string id = separator < 0 ? relative : relative[..separator];
        if (id.Length == 0 || id[0] is '.' or '_') return;
        Touch([id]);
    }

    /// <summary>Events were lost or the watch ended: everything may have changed.</summary>
    void OnLost()
    {
        lock (_gate)
        {
            _events?.Dispose();
            _events = null;
        }
        Touch([.. (ModCatalog.Read(_folder) ?? []).Select(entry => entry.Id)]);
    }

    /// <summary>The set is bounded: by the folders there are, as names that are no mods are dropped again when looked at.</summary>
    void Touch(IEnumerable<string> ids)
    {
        long now = _time.GetTimestamp();
        lock (_gate)
        {
            foreach (string id in ids)
            {
                if (_touched.Count < ModCatalog.FoldersMax || _touched.ContainsKey(id)) _touched[id] = now;
            }
        }
    }
}
