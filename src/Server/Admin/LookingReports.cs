using System.Text.Json.Nodes;
using GameServer.Scripting;
using GameServer.Scripting.Profiling;

namespace GameServer.Server.Admin;

/// <summary>The page of <c>gameserver top</c>.</summary>
sealed record TopReport
{
    /// <summary>The server.</summary>
    public required ServerReport Server { get; init; }
    /// <summary>Time of the last ticks, percentiles in milliseconds.</summary>
    public required Percentiles Recent { get; init; }
    /// <summary>Time of all scripts per tick over the window.</summary>
    public double ScriptMsPerTick { get; init; }
    /// <summary>Seconds the costs cover.</summary>
    public int Window { get; init; }
    /// <summary>The last tick that was too long, in one line; empty when none was.</summary>
    public string LastSlow { get; init; } = "";
    /// <summary>What every mod costs, the most expensive first.</summary>
    public IReadOnlyList<ModCost> Mods { get; init; } = [];
}

/// <summary>How far a profile is.</summary>
/// <param name="State"><c>none</c>, <c>running</c> or <c>done</c>.</param>
/// <param name="Samples">Samples so far.</param>
/// <param name="Seconds">How long it takes in all.</param>
/// <param name="IntervalMs">Time between samples.</param>
/// <param name="Mod">Only this mod; empty for all.</param>
sealed record ProfileStatus(string State, int Samples, double Seconds, double IntervalMs, string Mod)
{
    /// <summary>Of a run; null for none.</summary>
    public static ProfileStatus Of(ProfileRun? run) => run is null
        ? new ProfileStatus("none", 0, 0, 0, "")
        : new ProfileStatus(run.IsOver ? "done" : "running", run.Samples, run.Length.TotalSeconds, run.Interval.TotalMilliseconds, run.Mod ?? "");
}

/// <summary>A change an operator made.</summary>
/// <param name="At">When.</param>
/// <param name="By">Who: <c>admin</c>, or <c>admin:ada</c> when the caller said who sits there.</param>
/// <param name="From">Address it came from.</param>
/// <param name="Command">What.</param>
/// <param name="Arguments">With which arguments.</param>
/// <param name="Outcome"><c>done</c>, <c>refused</c>, <c>not found</c>, or <c>not done in time</c>.</param>
sealed record AuditEntry(DateTimeOffset At, string By, string From, string Command, IReadOnlyDictionary<string, object> Arguments, string Outcome);

/// <summary>One mod in full.</summary>
static class ModReport
{
    /// <summary>Its status with its costs behind it, as one object.</summary>
    public static JsonObject Of(ModStatus status, ModCostDetail? costs)
    {
        JsonObject report = AdminJson.Node(status);
        if (costs is null) return report;
        report["memory_peak_bytes"] = costs.MemoryPeakBytes;
        report["hooks"] = AdminJson.Nodes(costs.Hooks);
        report["calls"] = AdminJson.Nodes(costs.Calls);
        return report;
    }
}
