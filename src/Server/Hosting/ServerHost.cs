using GameServer.Net;
using GameServer.Scripting;
using GameServer.Server.Admin;
using GameServer.Server.Config;
using GameServer.Server.Http;
using GameServer.Server.Observability;
using GameServer.Server.Players;
using GameServer.Server.Storage;
using GameServer.Toml;

namespace GameServer.Server.Hosting;

/// <summary>
/// The composition root: makes every part, starts them in order, runs the ticks, stops in reverse order. The constructor is the map of
/// the server.
/// </summary>
/// <remarks>One thread makes it, starts it and runs it: that is the tick thread.</remarks>
sealed class ServerHost : IDisposable
{
    // Time for clients to hear why they were disconnected, and how often the transport is driven meanwhile.
    static readonly TimeSpan FarewellTime = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan FarewellStep = TimeSpan.FromMilliseconds(20);

    readonly ServerConfig _config;
    readonly ServerLog _log;
    readonly ShutdownSignal _shutdown;
    readonly TimeProvider _time;
    readonly NetHost _net;
    readonly SqliteModStorage? _storage;
    readonly FolderModFiles? _files;
    readonly ModHttp? _http;
    readonly FileModConfig _modConfig;
    readonly ModHost _mods;
    readonly PlayerSessions _sessions;
    readonly BlackBox _blackBox;
    readonly AdminFront? _admin;
    readonly ServerTick _tick;
    readonly TickLoop _loop;

    /// <summary>Makes all parts; nothing runs yet.</summary>
    /// <param name="loaded">Settings without errors.</param>
    /// <param name="log">The server's log.</param>
    /// <param name="events">What operators watch.</param>
    /// <param name="shutdown">Ends <see cref="Run"/>.</param>
    /// <param name="time">The only clock.</param>
    public ServerHost(LoadedConfig loaded, ServerLog log, AdminEvents events, ShutdownSignal shutdown, TimeProvider time)
    {
        _config = loaded.Config;
        _log = log;
        _shutdown = shutdown;
        _time = time;

        PlayerRegistry registry = new();
        PlayerCounters counters = new();
        List<TomlError> banProblems = [];
        BanList bans = BanList.Load(loaded.Resolve("config/bans.toml"), time, banProblems);
        PlayerGateway gateway = new(registry, counters, bans);
        foreach (TomlError problem in banProblems)
            log.SettingWarning($"config/bans.toml:{problem}");

        List<TomlError> rightProblems = [];
        PlayerRights rights = PlayerRights.Load(loaded.Resolve("config/permissions.toml"), rightProblems);
        foreach (TomlError problem in rightProblems)
            log.SettingWarning($"config/permissions.toml:{problem}");

        List<TomlError> listProblems = [];
        Whitelist whitelist = Whitelist.Load(loaded.Resolve("config/whitelist.toml"), time, listProblems);
        foreach (TomlError problem in listProblems)
            log.SettingWarning($"config/whitelist.toml:{problem}");

        _net = new NetHost(ServerOptionsMap.Net(_config), time);
        _storage = ServerOptionsMap.Storage(loaded) is { } storage ? new SqliteModStorage(storage, time) : null;
        _files = ServerOptionsMap.Files(loaded) is { } files ? new FolderModFiles(files, log.SettingWarning, time) : null;
        _http = ServerOptionsMap.Http(_config) is { } http ? new ModHttp(http, time) : null;
        _modConfig = new FileModConfig(loaded.Resolve("config/mods"), _config.SettingsOf, log.SettingWarning, time);
        _mods = new ModHost(ServerOptionsMap.Mods(loaded), gateway, new ServerPort(_config, shutdown), log.Logger, time, _storage, _http, _modConfig, rights, _files);
        TicketVerifier? tickets = _config.Auth.Mode == AuthMode.Ticket
            ? new TicketVerifier(File.ReadAllBytes(loaded.Resolve(_config.Auth.TicketKeyFile)), _config.Auth.Audience, time)
            : null;
        JoinGate gate = new(ServerOptionsMap.Join(_config), registry, bans, tickets, whitelist);
        ServerIdentity identity = new(_config.Server.Name, _config.Server.TickHz, TimeSpan.FromSeconds(_config.Players.ReconnectWindowS));
        _sessions = new PlayerSessions(
            identity, gate, registry, gateway, ServerOptionsMap.Player(_config), counters, new ModPlayerEvents(_mods), log, time);
        FloodWatch floods = new(_net, log, time);
        string? logFolder = _config.Log.Folder.Length == 0 ? null : loaded.Resolve(_config.Log.Folder);
        _blackBox = new BlackBox(logFolder, () => _mods.RunningNow, time);
        AuditLog audit = new(logFolder, time);
        ServerAdminTarget target = new(
            loaded, _net, _mods, _modConfig, registry, gateway, counters, bans, rights, whitelist, floods, _blackBox, audit, shutdown, time);
        Drain drain = new(() => registry.All.Count, gate, target.Say, reason => shutdown.Request(reason), time);
        target.Drains = drain;
        _admin = _config.Admin.Enabled ? new AdminFront(loaded, target, events, audit, log, time) : null;
        _tick = new ServerTick(
            _net, new NetEventPump(_net, _sessions), _mods, _sessions, _admin, floods, drain, _blackBox, time, _config.Server.TickHz);
        _loop = new TickLoop(time, _tick, new PreciseWait(time), log, _config.Server.TickHz, _config.Server.CatchUpTicksMax);
        target.Ticks = _loop.Statistics;
    }

    /// <summary>UDP port players connect to; known after <see cref="Start"/>.</summary>
    public int Port => _net.LocalPort;

    /// <summary>The loop that <see cref="Run"/> runs.</summary>
    internal TickLoop Loop => _loop;

    /// <summary>Opens the port, then loads the mods. Players who knock meanwhile wait.</summary>
    /// <param name="sinceStart">Tells the time since the process began, for the log.</param>
    /// <exception cref="System.Net.Sockets.SocketException">The UDP port cannot be had.</exception>
    /// <exception cref="IOException">The TCP port of the admin interface cannot be had.</exception>
    public void Start(Func<TimeSpan> sinceStart)
    {
        _net.Start();
        _admin?.Start();
        LoadReport report = _mods.LoadAll();
        _mods.ServerStart();
        string failed = report.Failed.Count == 0 ? "" : $", {report.Failed.Count} failed ({string.Join(", ", report.Failed.Select(m => m.Id))})";
        _log.Ready(sinceStart(), Port, _config.Server.TickHz, report.Running, failed);
    }

    /// <summary>Runs ticks until the shutdown signal, then stops everything.</summary>
    /// <returns>Exit code.</returns>
    public int Run()
    {
        int exitCode = ExitCodes.Ok;
        try
        {
            _loop.Run(_shutdown.Requested);
        }
        catch (Exception e)
        {
            // The boundary of the tick loop: mods cannot get here, so this is our own mistake. Say it, then save what can be saved.
            _log.Crashed(e);
            if (_blackBox.WriteCrash(e) is { } file)
                _log.BlackBoxWritten(file);
            _shutdown.Request("internal error");
            exitCode = ExitCodes.Failed;
        }
        Stop();
        return exitCode;
    }

    public void Dispose()
    {
        _admin?.Dispose();
        _blackBox.Dispose();
        _mods.Dispose();
        _http?.Dispose();
        _modConfig.Dispose();
        _storage?.Dispose();
        _files?.Dispose();
        _net.Dispose();
    }

    void Stop()
    {
        _admin?.SetStopping();
        Step("drain", Drain);
        Step("unload mods", () => _mods.UnloadAll(_shutdown.Reason));
        Step("write storage", FlushStorage);
        Step("disconnect players", Farewell);
        Step("close the port", () => _net.Stop());
        TickStatistics ticks = _loop.Statistics;
        _log.Stopped(
            ticks.Run, ticks.Lateness.Percentile(0.5), ticks.Lateness.Percentile(0.99), ticks.Lateness.MaxMicroseconds, ticks.Skipped);
    }

    // One step that fails must not keep the others from happening.
    void Step(string name, Action step)
    {
        try
        {
            step();
        }
        catch (Exception e)
        {
            _log.StopStepFailed(name, e);
        }
    }

    // Lets handlers of ServerShutdown finish, ticks going on, for half of the grace time.
    void Drain()
    {
        TimeSpan grace = TimeSpan.FromSeconds(_config.Server.ShutdownGraceS / 2.0);
        _mods.ServerShutdown(_shutdown.Reason, grace);
        long began = _time.GetTimestamp();
        PreciseWait wait = new(_time);
        for (long tick = _loop.Statistics.LastTick + 1; _mods.ShutdownPending && _time.GetElapsedTime(began) < grace; tick++)
        {
            wait.WaitUntil(_loop.DueAt(tick), CancellationToken.None);
            _tick.RunTick(new TickTime(tick, TimeSpan.FromSeconds(1.0 / _config.Server.TickHz)));
        }
    }

    // Everything that mods wrote, up to OnUnload, is on disk before the process ends.
    void FlushStorage()
    {
        TimeSpan limit = TimeSpan.FromSeconds(_config.Server.ShutdownGraceS / 4.0);
        if (_storage?.Flush(limit) == false) throw new TimeoutException($"not everything was written within {limit.TotalSeconds} s");
    }

    void Farewell()
    {
        bool anybody = _net.PeerCount > 0;
        _sessions.DismissAll(LeaveCode.Stopping, $"the server is stopping: {_shutdown.Reason}");
        PreciseWait wait = new(_time);
        for (TimeSpan waited = TimeSpan.Zero; anybody && waited < FarewellTime; waited += FarewellStep)
        {
            wait.WaitUntil(_time.GetTimestamp() + (long)(FarewellStep.TotalSeconds * _time.TimestampFrequency), CancellationToken.None);
            while (_net.Poll(out _))
            {
                // Only the transport's own answers matter now.
            }
            _net.Update();
        }
    }
}
