using System.Text.Json;
using GameServer.Server.Admin;

namespace GameServer.Server.Hosting;

/// <summary>Remembers the last ticks in short and the last slow ones in full, and writes both to a file: every few seconds when there is something new, and when the
/// server ends, however it ends as long as the process still runs any code.</summary>
/// <remarks>The tick thread adds; any thread may read. Bounded: the oldest goes first. A tick that is not slow costs one write into a ring.</remarks>
sealed class BlackBox : IDisposable
{
    /// <summary>Ticks kept in short.</summary>
    public const int MarksMax = 256;
    /// <summary>Slow ticks kept in full.</summary>
    public const int SlowMax = 64;

    const string FilePrefix = "blackbox-";
    const int FilesMax = 10;
    static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(5);

    readonly Lock _lock = new();
    readonly Lock _fileLock = new();
    readonly TickMark[] _marks = new TickMark[MarksMax];
    readonly Queue<LagTick> _slow = new();
    readonly string? _file;
    readonly Func<string> _running;
    readonly TimeProvider _time;
    readonly ITimer? _timer;
    long _count;
    bool _isNew;

    /// <summary>Makes an empty box.</summary>
    /// <param name="folder">Where its files go; null writes none.</param>
    /// <param name="running">What script runs right now: mod and hook, empty for none. Called on any thread.</param>
    /// <param name="time">Clock.</param>
    public BlackBox(string? folder, Func<string> running, TimeProvider time)
    {
        (_running, _time) = (running, time);
        if (folder is null) return;
        _file = Path.Combine(folder, $"{FilePrefix}{time.GetUtcNow():yyyyMMdd-HHmmss}-{Environment.ProcessId}.json");
        AppDomain.CurrentDomain.UnhandledException += OnCrash;
        AppDomain.CurrentDomain.ProcessExit += OnExit;
        _timer = time.CreateTimer(_ => WriteIfNew("running"), null, WriteInterval, WriteInterval);
    }

    /// <summary>A tick is over.</summary>
    public void Add(in TickMark mark)
    {
        lock (_lock) _marks[_count++ % MarksMax] = mark;
    }

    /// <summary>It was too long.</summary>
    public void AddSlow(LagTick tick)
    {
        lock (_lock)
        {
            if (_slow.Count == SlowMax) _slow.Dequeue();
            _slow.Enqueue(tick);
            _isNew = true;
        }
    }

    /// <summary>The last slow ticks, the latest first.</summary>
    public IReadOnlyList<LagTick> Slow()
    {
        lock (_lock) return [.. _slow.Reverse()];
    }

    /// <summary>The last ticks in short, the oldest first.</summary>
    public TickMark[] Marks()
    {
        lock (_lock)
        {
            long first = Math.Max(0, _count - MarksMax);
            var marks = new TickMark[_count - first];
            for (long i = first; i < _count; i++) marks[i - first] = _marks[i % MarksMax];
            return marks;
        }
    }

    /// <summary>The server ends by an error of its own.</summary>
    /// <returns>The file; null when none is written.</returns>
    public string? WriteCrash(Exception error) => Write($"crashed: {error.Message}");

    /// <summary>The slow ticks of the newest file in a folder, for when no server runs.</summary>
    /// <returns>Null when there is no such file, or it cannot be read.</returns>
    public static (string File, JsonElement Content)? ReadLatest(string folder)
    {
        try
        {
            string? file = Directory.Exists(folder) ? Directory.GetFiles(folder, FilePrefix + "*.json").MaxBy(File.GetLastWriteTimeUtc) : null;
            if (file is null) return null;
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file));
            return (file, document.RootElement.Clone());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        AppDomain.CurrentDomain.UnhandledException -= OnCrash;
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        WriteIfNew("stopped");
    }

    void OnCrash(object? sender, UnhandledExceptionEventArgs e) => Write($"crashed: {(e.ExceptionObject as Exception)?.Message}");

    void OnExit(object? sender, EventArgs e) => Write("ended by force");

    void WriteIfNew(string how)
    {
        lock (_lock)
        {
            if (!_isNew && !(how == "stopped" && _slow.Count > 0)) return;
            _isNew = false;
        }
        Write(how);
    }

    string? Write(string how)
    {
        if (_file is null) return null;
        try
        {
            string text = AdminJson.Write(new { written = _time.GetUtcNow(), version = ServerPort.ProgramVersion, how, running = _running(), slow = Slow(), ticks = Marks() });
            lock (_fileLock)
            {
                string folder = Path.GetDirectoryName(_file)!;
                Directory.CreateDirectory(folder);
                string fresh = _file + ".new";
                File.WriteAllText(fresh, text);
                File.Move(fresh, _file, overwrite: true);
                foreach (string old in Directory.GetFiles(folder, FilePrefix + "*.json").OrderDescending(StringComparer.Ordinal).Skip(FilesMax)) File.Delete(old);
            }
            return _file;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The box is a convenience: a full disk must not keep the server from running or ending.
            return null;
        }
    }
}
