namespace GameServer.Scripting;

/// <summary>Where a mod stands in its life.</summary>
public enum ModState
{
    /// <summary>Seen on disk, not looked at yet.</summary>
    Discovered,
    /// <summary>The manifest or a source file is wrong; an edit is looked at again.</summary>
    Invalid,
    /// <summary>A dependency is missing, wrong or circular.</summary>
    Blocked,
    /// <summary>Ready to start.</summary>
    Validated,
    /// <summary>Its main chunk or OnLoad is running.</summary>
    Loading,
    /// <summary>In service.</summary>
    Running,
    /// <summary>Between two generations.</summary>
    Reloading,
    /// <summary>In memory but not called: by an operator or because it took too much time.</summary>
    Suspended,
    /// <summary>Its VM was destroyed after a fault; a restart follows.</summary>
    Faulted,
    /// <summary>Waits for its next restart.</summary>
    Backoff,
    /// <summary>Failed too often; starts again only by an operator or a change of its files.</summary>
    Broken,
    /// <summary>OnUnload is running.</summary>
    Unloading,
    /// <summary>Not loaded: stopped, disabled, or its folder is gone.</summary>
    Stopped,
}

/// <summary>How far a mod is trusted; decided only by the operator.</summary>
public enum ModTrust
{
    /// <summary>Default: limits of users, permissions as granted.</summary>
    User,
    /// <summary>Named by the operator: limits of core, every permission.</summary>
    Core,
}

/// <summary>A mod as operators see it.</summary>
public sealed record ModStatus
{
    /// <summary>Id, which is also the folder's name.</summary>
    public required string Id { get; init; }
    /// <summary>Version of the running generation, else of the manifest; empty when unknown.</summary>
    public string Version { get; init; } = "";
    /// <summary>Trust.</summary>
    public ModTrust Trust { get; init; }
    /// <summary>State.</summary>
    public ModState State { get; init; }
    /// <summary>Why it is in this state, in one sentence; empty for a mod in service.</summary>
    public string Reason { get; init; } = "";
    /// <summary>Whether the files on disk are newer than what runs, because they do not load.</summary>
    public bool Stale { get; init; }
    /// <summary>SHA-256 of the files that run, hex: what <c>[core] mods</c> pins; empty when nothing runs.</summary>
    public string Hash { get; init; } = "";
    /// <summary>SHA-256 of the files that were looked at last; another one than <see cref="Hash"/> when they do not load.</summary>
    public string FilesHash { get; init; } = "";
    /// <summary>Times it was started, first start = 1.</summary>
    public int Generation { get; init; }
    /// <summary>Time since it entered the state.</summary>
    public TimeSpan InState { get; init; }
    /// <summary>Bytes its VM holds.</summary>
    public long MemoryBytes { get; init; }
    /// <summary>Limit of <see cref="MemoryBytes"/>.</summary>
    public long MemoryBytesMax { get; init; }
    /// <summary>Bytes the server holds for it: queued values, logs, timers.</summary>
    public long HostBytes { get; init; }
    /// <summary>Entities it has.</summary>
    public int Entities { get; init; }
    /// <summary>Live hook handlers.</summary>
    public int Handlers { get; init; }
    /// <summary>Live timers and sleeping tasks.</summary>
    public int Timers { get; init; }
    /// <summary>Hooks that wait for it because it is busy or suspended.</summary>
    public int Queued { get; init; }
    /// <summary>Hooks that waited and were dropped, because too many did or the mod failed, since the server started.</summary>
    public long QueueDropped { get; init; }
    /// <summary>Errors since the server started.</summary>
    public long Errors { get; init; }
    /// <summary>Hard stops since the server started.</summary>
    public long Kills { get; init; }
    /// <summary>Script time since the server started.</summary>
    public TimeSpan ScriptTime { get; init; }
    /// <summary>Mean script time per tick over about the last second, in milliseconds.</summary>
    public double TickMilliseconds { get; init; }
    /// <summary>Limits in force, by key of <see cref="LimitCatalog"/>.</summary>
    public IReadOnlyDictionary<string, double> Limits => LimitCatalog.Rows.ToDictionary(row => row.Key, row => row.Get(LimitsInForce));
    /// <summary>The same as one record; the table is made when somebody looks.</summary>
    internal ModLimits LimitsInForce { get; init; } = new();
    /// <summary>Permissions in force.</summary>
    public IReadOnlyList<string> Permissions { get; init; } = [];
    /// <summary>Permissions asked for and not granted.</summary>
    public IReadOnlyList<string> Refused { get; init; } = [];
    /// <summary>Last error with place, empty when there was none.</summary>
    public string LastError { get; init; } = "";
}

/// <summary>Something that happened to a mod.</summary>
/// <param name="At">When; of several the last.</param>
/// <param name="Kind"><c>error</c>, <c>kill</c>, <c>server failed</c>, or <c>state</c> and its name.</param>
/// <param name="Text">What.</param>
/// <param name="Count">How often in a row.</param>
public sealed record ModEvent(DateTimeOffset At, string Kind, string Text, int Count);

/// <summary>Why a mod is as it is.</summary>
public sealed record ModWhy
{
    /// <summary>The mod.</summary>
    public required string Mod { get; init; }
    /// <summary>Its state.</summary>
    public ModState State { get; init; }
    /// <summary>Time since it entered the state.</summary>
    public TimeSpan Since { get; init; }
    /// <summary>Why; empty for a mod in service.</summary>
    public string Reason { get; init; } = "";
    /// <summary>Whether the files on disk do not load and something older runs.</summary>
    public bool Stale { get; init; }
    /// <summary>Its place in the order of start and of hooks; 1 is first.</summary>
    public int Order { get; init; }
    /// <summary>What it depends on and therefore comes after.</summary>
    public IReadOnlyList<string> After { get; init; } = [];
    /// <summary>Time until it is tried again by itself; null when it is not.</summary>
    public TimeSpan? NextTry { get; init; }
    /// <summary>Its Think runs every that many ticks: more than 1 when it takes more than its share.</summary>
    public int ThinkEvery { get; init; } = 1;
    /// <summary>Script time per tick over about five seconds.</summary>
    public double MeanMilliseconds { get; init; }
    /// <summary>Its share per tick.</summary>
    public double BudgetMilliseconds { get; init; }
    /// <summary>What an operator can do; empty when nothing is to be done.</summary>
    public string Advice { get; init; } = "";
    /// <summary>What happened lately, the oldest first.</summary>
    public IReadOnlyList<ModEvent> Events { get; init; } = [];
}

/// <summary>What an operator's order to a mod came to.</summary>
/// <param name="Accepted">Whether it was carried out or will be in the next lifecycle slot.</param>
/// <param name="Message">One sentence for the operator.</param>
public readonly record struct ModOrder(bool Accepted, string Message);

/// <summary>One mod's share of a tick.</summary>
/// <param name="Mod">Id.</param>
/// <param name="Hook">The hook or source that took most of it.</param>
/// <param name="Milliseconds">Script time of the mod in this tick.</param>
public readonly record struct ModShare(string Mod, string Hook, double Milliseconds);

/// <summary>How a load of all mods went.</summary>
/// <param name="Running">Mods in service.</param>
/// <param name="Failed">Mods that are not, with the reasons.</param>
public sealed record LoadReport(int Running, IReadOnlyList<ModStatus> Failed);
