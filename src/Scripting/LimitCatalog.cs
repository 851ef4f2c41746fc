namespace GameServer.Scripting;

/// <summary>One limit: its key, its range, and who enforces it.</summary>
/// <param name="Key">Key in server.toml, mod.toml and commands.</param>
/// <param name="Unit">Unit; empty for counts.</param>
/// <param name="Min">Least allowed value.</param>
/// <param name="Max">Greatest allowed value.</param>
/// <param name="What">What is limited.</param>
/// <param name="EnforcedBy">The type that enforces it.</param>
/// <param name="Get">Reads it.</param>
/// <param name="With">Makes limits with another value of it.</param>
public sealed record LimitRow(
    string Key, string Unit, double Min, double Max, string What, string EnforcedBy, Func<ModLimits, double> Get, Func<ModLimits, double, ModLimits> With);

/// <summary>The only list of limits.</summary>
public static class LimitCatalog
{
    /// <summary>All limits in the order of the documentation.</summary>
    public static IReadOnlyList<LimitRow> Rows { get; } =
    [
        new("memory_hard_mb", "MiB", 1, 65536, "bytes of the VM", "LuauHeap, at every allocation", l => l.MemoryHardMb, (l, v) => l with { MemoryHardMb = v }),
        new("memory_soft_pct", "%", 10, 100, "share of the hard limit at which the live size is measured", "LuauHeap", l => l.MemorySoftPct, (l, v) =>
            l with { MemorySoftPct = v }),
        new("host_memory_kb", "KiB", 16, 1048576, "memory the server holds for the mod", "HostAccount", l => l.HostMemoryKb, (l, v) => l with { HostMemoryKb = v }),
        new("tick_budget_ms", "ms", 0.1, 1000, "script time per tick before debt grows", "ModBudget", l => l.TickBudgetMs, (l, v) => l with { TickBudgetMs = v }),
        new("tick_hard_ms", "ms", 1, 10000, "one Think before it is killed", "Watchdog", l => l.TickHardMs, (l, v) => l with { TickHardMs = v }),
        new("event_hard_ms", "ms", 1, 10000, "one other hook, timer or task step before it is killed", "Watchdog", l => l.EventHardMs, (l, v) => l with { EventHardMs = v }),
        new("call_hard_ms", "ms", 1, 10000, "one call into the mod before it is killed", "Watchdog", l => l.CallHardMs, (l, v) => l with { CallHardMs = v }),
        new("load_ms", "ms", 10, 60000, "the main chunk", "Watchdog", l => l.LoadMs, (l, v) => l with { LoadMs = v }),
        new("onload_ms", "ms", 10, 60000, "OnLoad", "Watchdog", l => l.OnloadMs, (l, v) => l with { OnloadMs = v }),
        new("unload_ms", "ms", 10, 60000, "OnUnload", "Watchdog", l => l.UnloadMs, (l, v) => l with { UnloadMs = v }),
        new("task_lifetime_s", "s", 1, 86400, "life of a suspended task", "ScriptScheduler", l => l.TaskLifetimeS, (l, v) => l with { TaskLifetimeS = v }),
        new("return_wait_s", "s", 1, 3600, "wait for an asynchronous answer", "ModApi", l => l.ReturnWaitS, (l, v) => l with { ReturnWaitS = v }),
        new("threads", "", 1, 100000, "suspended tasks", "ScriptScheduler", l => l.Threads, (l, v) => l with { Threads = v }),
        new("timers", "", 1, 100000, "timers", "ScriptScheduler", l => l.Timers, (l, v) => l with { Timers = v }),
        new("hooks", "", 1, 10000, "registered handlers of hooks, events and messages", "HookRegistry", l => l.Hooks, (l, v) => l with { Hooks = v }),
        new("commands", "", 0, 1000, "registered commands", "CommandsApi", l => l.Commands, (l, v) => l with { Commands = v }),
        new("value_bytes", "bytes", 1024, 16777216, "one value that leaves the VM", "ValueCodec", l => l.ValueBytes, (l, v) => l with { ValueBytes = v }),
        new("value_depth", "", 1, 100, "nesting of one value that leaves the VM", "ValueCodec", l => l.ValueDepth, (l, v) => l with { ValueDepth = v }),
        new("value_nodes", "", 16, 1000000, "values inside one value that leaves the VM", "ValueCodec", l => l.ValueNodes, (l, v) => l with { ValueNodes = v }),
        new("table_entries", "", 16, 65535, "entries of one table that leaves the VM", "ValueCodec", l => l.TableEntries, (l, v) => l with { TableEntries = v }),
        new("entities", "", 0, 100000, "entities; twice as many can be made at once, then half as many per second", "ModEntities",
            l => l.Entities, (l, v) => l with { Entities = v }),
        new("entity_keys", "", 1, 1000, "keys of one entity", "ModEntities", l => l.EntityKeys, (l, v) => l with { EntityKeys = v }),
        new("entity_bytes", "bytes", 64, 60000, "keys and values of one entity", "ModEntities", l => l.EntityBytes, (l, v) => l with { EntityBytes = v }),
        new("call_depth", "", 1, 64, "calls from mod to mod inside one another", "DispatchStack", l => l.CallDepth, (l, v) => l with { CallDepth = v }),
        new("source_kb", "KiB", 1, 65536, "all script files", "SnapshotReader, before compiling", l => l.SourceKb, (l, v) => l with { SourceKb = v }),
        new("file_kb", "KiB", 1, 65536, "one script file", "SnapshotReader, before compiling", l => l.FileKb, (l, v) => l with { FileKb = v }),
        new("files", "", 1, 10000, "script files", "SnapshotReader, before compiling", l => l.Files, (l, v) => l with { Files = v }),
        new("log_lines_s", "1/s", 1, 10000, "log lines; more are counted and left out", "ModLog", l => l.LogLinesS, (l, v) => l with { LogLinesS = v }),
        new("log_line_bytes", "bytes", 64, 65536, "one log line; the rest is cut", "ModLog", l => l.LogLineBytes, (l, v) => l with { LogLineBytes = v }),
        new("net_out_kbps", "KiB/s", 1, 1048576, "bytes sent to each player on average", "NetApi", l => l.NetOutKbps, (l, v) => l with { NetOutKbps = v }),
        new("net_msgs_s", "1/s", 1, 100000, "messages sent to each player on average", "NetApi", l => l.NetMsgsS, (l, v) => l with { NetMsgsS = v }),
        new("errors_window", "", 1, 100000, "errors within ten seconds before the mod is suspended", "FaultPolicy", l => l.ErrorsWindow, (l, v) => l with { ErrorsWindow = v }),
        new("restarts_window", "", 1, 1000, "restarts within ten minutes before the mod is broken", "FaultPolicy", l => l.RestartsWindow, (l, v) => l with { RestartsWindow = v }),
    ];

    /// <summary>The limit with this key, null when there is none.</summary>
    public static LimitRow? Find(string key) => Rows.FirstOrDefault(row => row.Key == key);

    /// <summary>Sets the named limits, each within its range.</summary>
    /// <param name="limits">Where to start.</param>
    /// <param name="values">New values by key.</param>
    /// <param name="lowerOnly">Ignore values above the present ones: what a manifest may wish.</param>
    /// <exception cref="ArgumentException">A key is unknown; callers have validated.</exception>
    public static ModLimits Apply(ModLimits limits, IEnumerable<KeyValuePair<string, double>> values, bool lowerOnly = false)
    {
        foreach ((string key, double value) in values)
        {
            LimitRow row = Find(key) ?? throw new ArgumentException($"unknown limit '{key}'", nameof(values));
            double within = Math.Clamp(value, row.Min, row.Max);
            if (!lowerOnly || within < row.Get(limits)) limits = row.With(limits, within);
        }
        return limits;
    }
}
