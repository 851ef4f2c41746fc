using GameServer.Scripting;
using GameServer.Scripting.Ports;
using GameServer.Server.Http;
using GameServer.Server.Players;
using GameServer.Server.Storage;
using GameServer.Support;
using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace GameServer.Server.Tests.Scripts;

/// <summary>Mods with the real storage and the real HTTP behind them, ticked by hand: what scripts see of both.</summary>
sealed class ScriptServer : IDisposable, ILogEventSink
{
    readonly TemporaryFolder _folder = new();
    readonly Dictionary<string, ModSettings> _settings = [];
    readonly List<string> _lines = [];
    readonly TimeProvider _time;
    readonly PlayerRegistry _registry = new();
    SqliteModStorage? _storage;
    ModHttp? _http;
    FolderModFiles? _files;
    ModHost? _host;
    long _tick;

    public ScriptServer(TimeProvider? time = null) => _time = time ?? TimeProvider.System;

    public SqliteModStorageOptions StorageOptions { get; set; } = new() { File = "" };
    public FolderModFilesOptions FilesOptions { get; set; } = new() { Folder = "", QuotaBytes = 2000, FileBytesMax = 1000, FilesMax = 5 };
    public System.Collections.Concurrent.ConcurrentBag<string> Warnings { get; } = [];
    public ModHttpOptions HttpOptions { get; set; } = new() { ResponseBytesMax = 1000, RequestBytesMax = 1000, PerModMax = 4 };
    public ModHost Host => _host!;
    public string Root => _folder.Path;

    /// <summary>Writes a mod's file.</summary>
    public ScriptServer Mod(string id, string source, string file = "init.luau")
    {
        _folder.Write(Path.Combine("mods", id, file), source);
        return this;
    }

    public ScriptServer Settings(string id, ModSettings settings)
    {
        _settings[id] = settings;
        return this;
    }

    /// <summary>Starts, or starts again over the same files.</summary>
    public ScriptServer Start()
    {
        Stop();
        _storage = new SqliteModStorage(StorageOptions with { File = Path.Combine(_folder.Path, "data", "mods.db") }, _time);
        _http = new ModHttp(HttpOptions, TimeProvider.System);
        _files = new FolderModFiles(FilesOptions with { Folder = Path.Combine(_folder.Path, "files") }, line => Warnings.Add(line), TimeProvider.System);
        ModHostOptions options = new()
        {
            ModsFolder = Path.Combine(_folder.Path, "mods"), Watch = WatchMode.Off, QuietPeriod = TimeSpan.Zero, ReloadInterval = TimeSpan.Zero, RandomSeed = 1, Mods = _settings,
            SecretsFolder = Path.Combine(_folder.Path, "secrets"),
            UserLimits = new ModLimits { EventHardMs = 5000, TickHardMs = 5000, LoadMs = 10_000, OnloadMs = 10_000, TickBudgetMs = 100, LogLinesS = 10_000 },
        };
        Logger log = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(this).CreateLogger();
        _host = new ModHost(options, new PlayerGateway(_registry, new PlayerCounters()), new Server(), log, TimeProvider.System, _storage, _http, files: _files);
        _host.LoadAll();
        return this;
    }

    /// <summary>Unloads the mods and closes everything, as the server does when it stops.</summary>
    public void Stop()
    {
        _host?.UnloadAll("stop");
        _storage?.Flush(TimeSpan.FromSeconds(30));
        _host?.Dispose();
        _http?.Dispose();
        _storage?.Dispose();
        _files?.Dispose();
        (_host, _http, _storage, _files) = (null, null, null, null);
    }

    /// <summary>Ticks until a mod has printed so many lines since the last time, and gives them.</summary>
    public IReadOnlyList<string> Printed(string id, int count)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            string[] found;
            lock (_lines) found = [.. _lines.Where(line => line.StartsWith($"[{id}] ", StringComparison.Ordinal)).Select(line => line[(id.Length + 3)..])];
            if (found.Length >= count)
            {
                lock (_lines) _lines.RemoveAll(line => line.StartsWith($"[{id}] ", StringComparison.Ordinal));
                return found;
            }
            if (TimeProvider.System.GetElapsedTime(began).TotalSeconds > 60)
            {
                lock (_lines) Assert.Fail($"waited for {count} lines of {id}:\n{string.Join('\n', _lines)}");
            }
            Tick();
        }
    }

    public void Tick(int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            Host.BeginTick(++_tick, 1.0 / 30);
            Host.Update();
            Thread.Sleep(1);
        }
    }

    public void Reload(string id)
    {
        int generation = Host.Status(id)!.Generation;
        Assert.True(Host.Reload(id).Accepted);
        for (int i = 0; i < 20_000 && Host.Status(id)!.Generation == generation; i++) Tick();
        Assert.NotEqual(generation, Host.Status(id)!.Generation);
    }

    public bool Logged(string part)
    {
        lock (_lines) return _lines.Exists(line => line.Contains(part, StringComparison.Ordinal));
    }

    public void Emit(LogEvent logEvent)
    {
        using StringWriter text = new();
        new Serilog.Formatting.Display.MessageTemplateTextFormatter("{Message:lj}").Format(logEvent, text);
        lock (_lines) _lines.Add(text.ToString());
    }

    public void Dispose()
    {
        Stop();
        _folder.Dispose();
    }

    sealed class Server : IServerPort
    {
        public string Name => "test";
        public string Version => "0";
        public int PlayersMax => 8;
        public int TickRate => 30;
        public void RequestStop(string reason)
        {
        }
    }
}
