namespace GameServer.Scripting.Profiling;

/// <summary>Costs over one window of time, as operators see them.</summary>
public sealed record CostWindow
{
    /// <summary>Whole seconds covered; fewer than asked for while the server is young.</summary>
    public int Seconds { get; init; }
    /// <summary>Entries into scripts per second.</summary>
    public double CallsPerSecond { get; init; }
    /// <summary>Own time per tick, in ms.</summary>
    public double SelfMsPerTick { get; init; }
    /// <summary>Time per tick with what was called in other mods, in ms.</summary>
    public double TotalMsPerTick { get; init; }
    /// <summary>Mean own time per entry, in µs.</summary>
    public double SelfMicrosecondsPerCall { get; init; }
    /// <summary>Longest entry with all it called, in ms.</summary>
    public double LongestMs { get; init; }
    /// <summary>Share of one processor core, in per cent.</summary>
    public double CorePercent { get; init; }
    /// <summary>Entries that ended in an error.</summary>
    public long Errors { get; init; }
    /// <summary>Entries that were stopped at a limit.</summary>
    public long Kills { get; init; }
    /// <summary>Bytes copied between mods per second; for calls from mod to mod.</summary>
    public double BytesPerSecond { get; init; }

    internal static CostWindow Of(in CostSum sum, CostClock clock, (int First, int Last) span)
    {
        double seconds = span.Last - span.First + 1, ticks = Math.Max(1, clock.TicksIn(span));
        return new CostWindow
        {
            Seconds = (int)seconds,
            CallsPerSecond = Round(sum.Calls / seconds),
            SelfMsPerTick = Round(sum.SelfMs / ticks),
            TotalMsPerTick = Round(sum.TotalMs / ticks),
            SelfMicrosecondsPerCall = sum.Calls == 0 ? 0 : Round(sum.SelfMs * 1000 / sum.Calls),
            LongestMs = Round(sum.LongestMs),
            CorePercent = Round(sum.SelfMs / 10 / seconds),
            Errors = sum.Errors,
            Kills = sum.Kills,
            BytesPerSecond = Round(sum.Bytes / seconds),
        };
    }

    static double Round(double value) => Math.Round(value, 4);
}

/// <summary>What one mod costs.</summary>
public sealed record ModCost
{
    /// <summary>The mod.</summary>
    public required string Mod { get; init; }
    /// <summary>Its state.</summary>
    public ModState State { get; init; }
    /// <summary>Over the window asked for.</summary>
    public required CostWindow Window { get; init; }
    /// <summary>Bytes its VM holds now.</summary>
    public long MemoryBytes { get; init; }
    /// <summary>Most bytes any of its VMs held since the server started.</summary>
    public long MemoryPeakBytes { get; init; }
    /// <summary>Its share of a tick, <c>tick_budget_ms</c>.</summary>
    public double BudgetMs { get; init; }
    /// <summary>The hook (timer, message, …) that took most of the window; empty when none ran.</summary>
    public string Worst { get; init; } = "";
    /// <summary>Own time of that hook per tick, in ms.</summary>
    public double WorstMsPerTick { get; init; }
}

/// <summary>What one mod costs in one hook, timer, message, command or export.</summary>
public sealed record HookCost
{
    /// <summary>What is entered.</summary>
    public required string Hook { get; init; }
    /// <summary>The last second.</summary>
    public required CostWindow Second { get; init; }
    /// <summary>The last ten seconds.</summary>
    public required CostWindow TenSeconds { get; init; }
    /// <summary>The last minute.</summary>
    public required CostWindow Minute { get; init; }
    /// <summary>Entries since the server started.</summary>
    public long Calls { get; init; }
    /// <summary>Errors since the server started.</summary>
    public long Errors { get; init; }
    /// <summary>Hard stops since the server started.</summary>
    public long Kills { get; init; }
    /// <summary>Own time since the server started, in ms.</summary>
    public double SelfMs { get; init; }
    /// <summary>Time with what was called in other mods since the server started, in ms.</summary>
    public double TotalMs { get; init; }
    /// <summary>Longest entry since the server started, in ms.</summary>
    public double LongestMs { get; init; }
    /// <summary>Times it was left out because the VM was busy.</summary>
    public long Skipped { get; init; }
    /// <summary>Times it was put off because the VM was busy.</summary>
    public long Deferred { get; init; }
}

/// <summary>What one hook of one mod has cost since the server started.</summary>
/// <param name="Mod">The mod.</param>
/// <param name="Hook">What is entered.</param>
/// <param name="Calls">Entries.</param>
/// <param name="SelfSeconds">Own time.</param>
public readonly record struct HookTotal(string Mod, string Hook, long Calls, double SelfSeconds);

/// <summary>One mod in full.</summary>
public sealed record ModCostDetail
{
    /// <summary>The mod.</summary>
    public required string Mod { get; init; }
    /// <summary>Bytes its VM holds now.</summary>
    public long MemoryBytes { get; init; }
    /// <summary>Most bytes any of its VMs held.</summary>
    public long MemoryPeakBytes { get; init; }
    /// <summary>Every hook it has run, the most expensive first.</summary>
    public required IReadOnlyList<HookCost> Hooks { get; init; }
    /// <summary>Whom it calls and who calls it.</summary>
    public required IReadOnlyList<CallCost> Calls { get; init; }
}

/// <summary>What one mod costs another by calling one of its exports.</summary>
public sealed record CallCost
{
    /// <summary>Who calls.</summary>
    public required string Caller { get; init; }
    /// <summary>Who is called, and whose time it is.</summary>
    public required string Callee { get; init; }
    /// <summary>What is called.</summary>
    public required string Export { get; init; }
    /// <summary>Over the window asked for.</summary>
    public required CostWindow Window { get; init; }
    /// <summary>Calls since the server started.</summary>
    public long Calls { get; init; }
    /// <summary>Of them ended in an error or at a limit.</summary>
    public long Failures { get; init; }
    /// <summary>Time in the callee since the server started, in ms.</summary>
    public double TotalMs { get; init; }
    /// <summary>Bytes of arguments and results since the server started.</summary>
    public long Bytes { get; init; }
}
