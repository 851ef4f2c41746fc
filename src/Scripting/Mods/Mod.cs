using GameServer.Scripting.Api;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Profiling;
using GameServer.Scripting.Scheduling;
using GameServer.Scripting.World;

namespace GameServer.Scripting.Mods;

/// <summary>What a fault calls for, to be carried out when no script is under way.</summary>
/// <param name="Verdict">Suspend or restart.</param>
/// <param name="Reason">Why.</param>
readonly record struct PendingFault(FaultVerdict Verdict, string Reason);

/// <summary>One mod: its state, the generation that runs, and everything that outlives generations.</summary>
/// <remarks>Tick thread.</remarks>
sealed class Mod : IFaultSink
{
    readonly ScriptingLog _log;
    readonly TickClock _clock;

    /// <summary>Makes a mod nobody has looked at yet.</summary>
    public Mod(string id, string folder, ModEntities entities, ScriptingLog log, TickClock clock, TimeProvider time, Random jitter, CostClock costs)
    {
        (Id, Folder, Entities, _log, _clock) = (id, folder, entities, log, clock);
        Faults = new FaultPolicy(jitter);
        Log = new ModLog(id, log, time);
        Costs = new ModCosts(id, costs);
        History = new ModHistory(time);
    }

    /// <summary>Id.</summary>
    public string Id { get; }
    /// <summary>Folder.</summary>
    public string Folder { get; }
    /// <summary>Its entities.</summary>
    public ModEntities Entities { get; }
    /// <summary>State.</summary>
    public ModState State { get; private set; }
    /// <summary>Why it is in this state.</summary>
    public string Reason { get; private set; } = "";
    /// <summary>Script time at which it entered the state.</summary>
    public double Since { get; private set; }
    /// <summary>Trust.</summary>
    public ModTrust Trust { get; set; }
    /// <summary>Limits in force.</summary>
    public ModLimits Limits { get; set; } = new();
    /// <summary>Rights.</summary>
    public Grants Grants { get; set; } = new(Permission.None, [], [], []);
    /// <summary>The generation that runs; null when none does.</summary>
    public ModScope? Scope { get; set; }
    /// <summary>What it was started from, and is again after a fault or a reload that fails.</summary>
    public PreparedMod? LastGood { get; set; }
    /// <summary>What is ready to start: the last content that compiled.</summary>
    public PreparedMod? Prepared { get; set; }
    /// <summary>The last manifest that could be read, for the order.</summary>
    public ModManifest? Manifest { get; set; }
    /// <summary>Hash of the content last judged; the same content is judged once.</summary>
    public string JudgedHash { get; set; } = "";
    /// <summary>Whether the files do not load and something older runs.</summary>
    public bool Stale { get; set; }
    /// <summary>Whether an operator stopped it: it starts again only by an operator.</summary>
    public bool IsStoppedByOperator { get; set; }
    /// <summary>Whether it is suspended until an operator starts it.</summary>
    public bool IsSuspendedByOperator => State == ModState.Suspended && double.IsPositiveInfinity(WakeAt);
    /// <summary>Limits an operator set while it runs, by key.</summary>
    public Dictionary<string, double> SetLimits { get; } = [];
    /// <summary>Starts so far.</summary>
    public int Generation { get; set; }
    /// <summary>Script time at which a wait is over: backoff, suspension.</summary>
    public double WakeAt { get; set; } = double.PositiveInfinity;
    /// <summary>Times it was suspended for its use of time, lately.</summary>
    public int BudgetSuspensions { get; set; }
    /// <summary>Script time of the last reload.</summary>
    public double ReloadedAt { get; set; } = double.NegativeInfinity;
    /// <summary>Script time of the last reload that a script asked for.</summary>
    public double WishGrantedAt { get; set; } = double.NegativeInfinity;
    /// <summary>Fault counts.</summary>
    public FaultPolicy Faults { get; }
    /// <summary>Share of the tick.</summary>
    public ModBudget Budget { get; } = new(new ModLimits().TickBudgetMs);
    /// <summary>Hooks that wait for it.</summary>
    public DeferredQueue Queue { get; } = new();
    /// <summary>Messages of players that wait for it.</summary>
    public WaitingMessages Messages { get; } = new();
    /// <summary>Hooks and messages that waited and were dropped, since the server started.</summary>
    public long WaitingDropped => Queue.Dropped + Messages.Dropped;
    /// <summary>How many dropped hooks and messages the log has told of.</summary>
    public long DropsReported { get; set; }
    /// <summary>Script time at which it did.</summary>
    public double DropsReportedAt { get; set; } = double.NegativeInfinity;
    /// <summary>Place in the order.</summary>
    public ModPlace Place { get; } = new();
    /// <summary>What its entries cost, per hook and per caller.</summary>
    public ModCosts Costs { get; }
    /// <summary>Its log.</summary>
    public ModLog Log { get; }
    /// <summary>A fault to be dealt with when no script is under way.</summary>
    public PendingFault? Pending { get; set; }
    /// <summary>Errors since the server started.</summary>
    public long Errors { get; private set; }
    /// <summary>Hard stops since the server started.</summary>
    public long Kills { get; private set; }
    /// <summary>Script time of earlier generations, in ms.</summary>
    public double EarlierMilliseconds { get; set; }
    /// <summary>Last error with its place.</summary>
    public string LastError { get; private set; } = "";

    /// <summary>What went wrong lately and how its state changed, the oldest first.</summary>
    public ModHistory History { get; }

    /// <summary>Whether it can be called.</summary>
    public bool IsRunning => State == ModState.Running;

    /// <summary>Goes to another state.</summary>
    /// <exception cref="InvalidOperationException">There is no such move: a mistake of the host.</exception>
    public void Move(ModState to, string reason = "")
    {
        if (!ModStates.IsMove(State, to)) throw new InvalidOperationException($"mod '{Id}' cannot go from {State} to {to}");
        _log.State(Id, State, to, reason);
        if (to is not (ModState.Validated or ModState.Loading or ModState.Reloading or ModState.Unloading)) History.Add($"state {to.ToString().ToLowerInvariant()}", reason);
        (State, Reason, Since) = (to, reason, _clock.Now);
        if (to is not (ModState.Backoff or ModState.Suspended)) WakeAt = double.PositiveInfinity;
        if (to is ModState.Stopped or ModState.Broken) Entities.Clear();
        if (Scope is { } scope) scope.Sandbox.IsPaused = to == ModState.Suspended;
    }

    /// <inheritdoc/>
    void IFaultSink.ScriptError(string source, string message, string traceback)
    {
        Errors++;
        LastError = $"{source}: {ModLog.Clean(message, 500)}";
        History.Add("error", LastError);
        Log.Error(source, message, traceback, Limits);
        if (Faults.Error(_clock.Now, Limits.ErrorsWindow) == FaultVerdict.Suspend && State == ModState.Running)
            Pending ??= new PendingFault(FaultVerdict.Suspend, $"more than {Limits.ErrorsWindow} errors in ten seconds, the last: {LastError}");
    }

    /// <inheritdoc/>
    void IFaultSink.ScriptKilled(string source, double milliseconds, string traceback, bool outOfMemory)
    {
        Kills++;
        string place = traceback.Split('\n', 2)[0].Trim();
        string what = outOfMemory ? $"out of memory (memory_hard_mb, {Limits.MemoryHardMb} MiB)" : $"time limit reached after {milliseconds:0} ms";
        LastError = $"{source}: {what} {place}".TrimEnd();
        History.Add("kill", LastError);
        Log.Error(source, what, traceback, Limits);
        if (outOfMemory) Condemn($"{source}: {what}");
        else if (Faults.Kill(_clock.Now) == FaultVerdict.Restart) Condemn($"{source}: {what}, the third time within a minute");
    }

    /// <inheritdoc/>
    void IFaultSink.ScriptCut(string source, string why) => _log.CutShort(Id, source, why);

    /// <inheritdoc/>
    void IFaultSink.HostFailed(string source, Exception mistake)
    {
        Kills++;
        LastError = $"{source}: the server failed: {mistake.Message}";
        History.Add("server failed", LastError);
        _log.HostFailed(Id, source, mistake);
        Condemn(LastError);
    }

    /// <summary>Nothing of it runs any more; the VM is destroyed in the next lifecycle slot.</summary>
    public void Condemn(string reason)
    {
        Pending = new PendingFault(FaultVerdict.Restart, reason);
        if (Scope is { } scope) scope.Sandbox.IsPaused = true;
    }
}
