using GameServer.Scripting.Api;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Mods;
using GameServer.Scripting.Ports;
using GameServer.Scripting.Profiling;
using GameServer.Scripting.Reload;
using GameServer.Scripting.Scheduling;
using GameServer.Scripting.World;
using Serilog;

namespace GameServer.Scripting;

/// <summary>The mods of a server: loads them, raises their hooks, reloads them when their files change, and keeps each from hurting anybody else.</summary>
/// <remarks>
/// Tick thread, except where a member says otherwise. Order within a tick: <see cref="BeginTick"/>, then the events of players, then <see cref="Update"/>.
/// No member raises because of what a mod does. The parts: this file wires everything together and has the tick; <c>ModHost.Players.cs</c> the events of players;
/// <c>ModHost.Lifecycle.cs</c> starts, reloads, faults; <c>ModHost.Operators.cs</c> what operators ask and order.
/// </remarks>
public sealed partial class ModHost : IDisposable
{
    const int DeferredRoundsMax = 8;
    const double DropReportSeconds = 10;

    ModHostOptions _options;
    readonly ScriptingLog _log;
    readonly TimeProvider _time;
    readonly TickClock _clock;
    readonly LaneRecorder _recorder;
    readonly StackSampler _sampler;
    readonly DispatchStack _stack;
    readonly HookRegistry _registry = new();
    readonly HookDispatcher _hooks;
    readonly Watchdog _watchdog;
    readonly ModTable _mods = new();
    readonly ApiServices _services;
    readonly ModStarter _starter;
    readonly ModReloader _reloader;
    readonly ModWatcher _watcher;
    readonly Debouncer _debouncer;
    readonly BootstrapScript _bootstrap;
    readonly SnapshotSender _snapshots;
    readonly Random _jitter;
    readonly List<ModShare> _top = [];
    double _shutdownDeadline;
    bool _serverStarted;
    bool _disposed;

    /// <summary>Makes a host without mods; <see cref="LoadAll"/> starts them.</summary>
    public ModHost(ModHostOptions options, IPlayerGateway players, IServerPort server, ILogger log, TimeProvider time, IModStorage? storage = null,
        IModHttp? http = null, IModConfig? config = null, IPlayerRights? rights = null, IModFiles? files = null)
    {
        _options = options;
        _log = new ScriptingLog(log);
        _time = time;
        long seed = options.RandomSeed ?? time.GetUtcNow().Ticks;
        _jitter = new Random((int)seed);
        _clock = new TickClock(server.TickRate);
        _recorder = new LaneRecorder(new CostClock(time), time) { IsOn = options.Accounts };
        _stack = new DispatchStack(time, ThreadClock.OfCurrentThread, _recorder);
        var encoder = new ValueEncoder();
        _hooks = new HookDispatcher(_stack, _registry, encoder);
        _sampler = new StackSampler(_recorder, time);
        _watchdog = new Watchdog(time, _sampler.Look);
        var world = new EntityWorld(server.PlayersMax, server.TickRate);
        _services = new ApiServices
        {
            World = world, Requests = new ClientRequests(_clock), Rights = new RightTable(rights), SecretsFolder = options.SecretsFolder,
            Hooks = _hooks, Registry = _registry, Stack = _stack, Clock = _clock, Encoder = encoder, Players = players, Server = server, Mods = _mods,
            Events = new EventBus(), Calls = new AsyncCalls(_clock), Commands = new CommandTable(), Outside = new OutsideAnswers(storage, http, files), Config = config,
            HttpHosts = id => _options.Mods.TryGetValue(id, out ModSettings? settings) ? new HttpGrant(settings.HttpHosts, settings.HttpPrivate) : HttpGrant.None,
        };
        _snapshots = new SnapshotSender(world, players, _clock, options.World);
        _starter = new ModStarter(_services, _watchdog, time, seed);
        _reloader = new ModReloader(_starter, Equip, _log, time);
        _watcher = new ModWatcher(options.ModsFolder, options.Watch, options.ScanInterval, options.PollInterval, _log, time);
        _debouncer = new Debouncer(time, options.QuietPeriod, options.QuietPeriodMax);
        _bootstrap = new BootstrapScript(_stack, _watchdog, _log);
    }

    /// <summary>First station of a tick: moves the scripts' clock and carries out what was waiting for the moment between two ticks (reloads, starts, stops).</summary>
    /// <param name="tick">Number of the tick, growing by one.</param>
    /// <param name="dt">Seconds since the tick before: the fixed step.</param>
    public void BeginTick(long tick, double dt)
    {
        _clock.Advance(tick, dt);
        _recorder.BeginTick(_time.GetTimestamp(), (long)(dt / 2 * _time.TimestampFrequency));
        _hooks.BeginTick(tick, _recorder.Clock.Second);
        _stack.BeginTick();
        foreach (Mod mod in _mods.InOrder) mod.Scope?.Sandbox.BeginTick();
        RunLifecycleSlot();
    }

    /// <summary>Last station of a tick for scripts: Think, due timers and tasks, deferred events, then bookkeeping.</summary>
    public void Update()
    {
        _services.Outside.Run();
        _services.Requests.Run();
        while (_services.Config?.TryTakeChanged(out string changed) == true) _mods.Find(changed)?.Scope?.Config.Touch();
        while (_services.Rights.Rules?.TryTakeChanged(out string? uid) == true) TellRights(uid);
        _hooks.Think(_clock.Dt, _clock.Tick);
        foreach (Mod mod in _mods.InOrder)
        {
            if (!mod.IsRunning || mod.Scope is not { } scope) continue;
            if (scope.Config.IsTouched && scope.Sandbox.CanEnter) scope.Config.Refresh();
            if (scope.Scheduler.HasWork) scope.Scheduler.RunDue();
        }
        RunDeferred();
        _services.World.Announce(_hooks, _registry);
        _hooks.ExpirePending(_clock.Now);
        EndTick();
        _snapshots.Run();
    }

    /// <summary>Script time of the last finished tick per mod, largest first. Valid until the next tick.</summary>
    public IReadOnlyList<ModShare> TopOfTick()
    {
        _top.Clear();
        foreach (Mod mod in _mods.InOrder)
        {
            if (mod.Scope is { Sandbox.TickMilliseconds: > 0 } scope) _top.Add(new ModShare(mod.Id, scope.Sandbox.TopSource, scope.Sandbox.TickMilliseconds));
        }
        _top.Sort((a, b) => b.Milliseconds.CompareTo(a.Milliseconds));
        return _top;
    }

    /// <summary>Tells observers of TickOverrun about a tick that was too long.</summary>
    public void TickOverrun(double milliseconds)
    {
        HookList list = _registry[HookCatalog.TickOverrun];
        if (list.IsEmpty) return;
        IReadOnlyList<ModShare> top = TopOfTick();
        ModShare worst = top.Count > 0 ? top[0] : default;
        _hooks.Notify(list, milliseconds, worst.Mod, worst.Hook);
    }

    /// <summary>All mods are loaded and the socket is about to open.</summary>
    public void ServerStart()
    {
        _serverStarted = true;
        _hooks.Notify(HookCatalog.ServerStart, HookValue.Table(("late", false)));
    }

    /// <summary>The server is about to stop; handlers may yield until <paramref name="grace"/> is over, so go on ticking while <see cref="ShutdownPending"/>.</summary>
    public void ServerShutdown(string reason, TimeSpan grace)
    {
        _shutdownDeadline = _clock.Now + grace.TotalSeconds;
        _hooks.Notify(HookCatalog.ServerShutdown, HookValue.Table(("reason", reason), ("deadline", _shutdownDeadline)));
    }

    /// <summary>Whether, after <see cref="ServerShutdown"/>, some mod still has something waiting and the grace is not over.</summary>
    public bool ShutdownPending => _clock.Now < _shutdownDeadline
        && _mods.InOrder.Any(mod => mod.IsRunning && mod.Scope is { } scope && scope.Ownership.CountOf(RegistrationKind.Task) > 0);

    /// <summary>Runs OnUnload of every mod in reverse start order and destroys their VMs.</summary>
    public void UnloadAll(string reason)
    {
        foreach (Mod mod in _mods.InOrder.Reverse().ToArray()) Unload(mod, reason);
    }

    /// <summary>Stops watching and destroys what is left, without calling scripts.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _watcher.Dispose();
        foreach (Mod mod in _mods.InOrder) _starter.End(mod);
        _sampler.Dispose();
        _watchdog.Dispose();
    }

    /// <summary>Rounds of what was put off to the end of the tick; what a round brings up belongs to the next, so that no chain holds the tick.</summary>
    void RunDeferred()
    {
        for (int round = 0; round < DeferredRoundsMax; round++)
        {
            bool worked = _services.Events.HasWork || _services.Calls.Count > 0;
            _services.Events.Deliver(_hooks, _stack);
            if (round == 0) _services.Calls.Run();
            foreach (Mod mod in _mods.InOrder)
            {
                if (!mod.IsRunning || mod.Scope is not { } scope) continue;
                if (mod.Queue.Count > 0)
                {
                    _hooks.Flush(scope.Subscriber);
                    worked = true;
                }
                else
                {
                    scope.Players.RemoveDeparted();
                }
                if (mod.Messages.Count > 0)
                {
                    DeliverWaiting(mod, scope);
                    worked = true;
                }
                if (scope.Scheduler.HasDeferred)
                {
                    scope.Scheduler.RunDeferred();
                    worked = true;
                }
            }
            if (!worked) return;
        }
    }

    /// <summary>Accounts of the tick: shares, memory that must be measured, faults.</summary>
    void EndTick()
    {
        WarnOfChattyPairs();
        bool measured = false;
        // Time in which the machine ran something else is on nobody's account.
        double share = _stack.ProcessorShare();
        foreach (Mod mod in _mods.InOrder)
        {
            if (mod.WaitingDropped != mod.DropsReported) ReportDrops(mod);
            if (mod.Scope is not { } scope) continue;
            double used = scope.Sandbox.ChargedMilliseconds * share;
            if (mod.IsRunning && (used > 0 || mod.Budget.IsWarm)) ApplyBudget(mod, scope, mod.Budget.EndTick(used, _clock.Dt));
            // One mod per tick: a walk of a full heap takes milliseconds.
            if (!measured && scope.Vm.WantsMeasure && !scope.Vm.IsDoomed)
            {
                scope.Vm.MeasureLive();
                measured = true;
            }
            if (mod.Pending is { } fault) HandleFault(mod, fault);
        }
    }

    /// <summary>Says, at most once in ten seconds, that hooks or messages which waited for a mod were dropped.</summary>
    void ReportDrops(Mod mod)
    {
        if (_clock.Now < mod.DropsReportedAt + DropReportSeconds) return;
        _log.Dropped(mod.Id, mod.WaitingDropped - mod.DropsReported);
        (mod.DropsReported, mod.DropsReportedAt) = (mod.WaitingDropped, _clock.Now);
    }

    void ApplyBudget(Mod mod, ModScope scope, BudgetVerdict verdict)
    {
        switch (verdict)
        {
            case BudgetVerdict.Warn:
                _log.Slow(mod.Id, mod.Budget.MeanMilliseconds, mod.Budget.BudgetMilliseconds, scope.Sandbox.TopSource);
                break;
            case BudgetVerdict.Thin:
                _log.Thinned(mod.Id, mod.Budget.ThinkEvery);
                break;
            case BudgetVerdict.Suspend:
                SuspendForBudget(mod);
                break;
            default:
                break;
        }
        scope.Subscriber.ThinkEvery = mod.Budget.ThinkEvery;
    }
}
