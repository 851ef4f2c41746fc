using System.Globalization;
using GameServer.Scripting.Profiling;

namespace GameServer.Server.Admin;

/// <summary>One tick in short, as the black box keeps every one of the last ones.</summary>
/// <param name="Tick">Number.</param>
/// <param name="Ms">How long it took.</param>
/// <param name="ScriptMs">Of it, scripts of mods.</param>
/// <param name="CollectorMs">Of it, time in which the garbage collector held everybody up; whoever ran meanwhile has it in his figure too.</param>
/// <param name="NetworkMs">Of it, the network without the scripts it called.</param>
readonly record struct TickMark(long Tick, double Ms, double ScriptMs, double CollectorMs, double NetworkMs);

/// <summary>A tick that was too long, with everything known about it.</summary>
sealed record LagTick
{
    /// <summary>Number of the tick.</summary>
    public long Tick { get; init; }
    /// <summary>When it ended.</summary>
    public DateTimeOffset At { get; init; }
    /// <summary>How long it took.</summary>
    public double Ms { get; init; }
    /// <summary>How long it may take.</summary>
    public double PeriodMs { get; init; }
    /// <summary>Of it, scripts of mods.</summary>
    public double ScriptMs { get; init; }
    /// <summary>Of it, the garbage collector; whoever ran meanwhile has it in his figure too.</summary>
    public double CollectorMs { get; init; }
    /// <summary>Of it, the network without the scripts it called.</summary>
    public double NetworkMs { get; init; }
    /// <summary>What is left: operators' commands, players' sessions, time the machine gave to others.</summary>
    public double OtherMs { get; init; }
    /// <summary>Who took how much, the largest first.</summary>
    public IReadOnlyList<TickEntry> Mods { get; init; } = [];

    /// <summary>The tick in one line: <c>tick 81233 took 61 ms: radar/Think 48 ms (scan.luau:88 table.sort), gc 6 ms, net 3 ms</c>.</summary>
    public string Text
    {
        get
        {
            var parts = new List<string>();
            foreach (TickEntry entry in Mods.Take(3))
            {
                if (entry.TotalMs < Math.Max(0.5, Ms / 20)) break;
                string place = entry.Hottest();
                parts.Add($"{entry.Mod}/{entry.Hook} {Short(entry.TotalMs)} ms{(place.Length == 0 ? "" : $" ({place})")}");
            }
            if (CollectorMs >= 0.5) parts.Add($"gc {Short(CollectorMs)} ms");
            if (NetworkMs >= 0.5) parts.Add($"net {Short(NetworkMs)} ms");
            if (OtherMs >= Math.Max(0.5, Ms / 4)) parts.Add($"outside of mods and network {Short(OtherMs)} ms");
            return $"tick {Tick} took {Short(Ms)} ms: {(parts.Count == 0 ? "nothing stands out" : string.Join(", ", parts))}";
        }
    }

    static string Short(double ms) => ms.ToString(ms < 10 ? "0.#" : "0", CultureInfo.InvariantCulture);
}
