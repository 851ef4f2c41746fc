namespace GameServer.Scripting.Profiling;

/// <summary>Part of a tick: what one mod did in one hook, called from one place.</summary>
/// <param name="Mod">The mod.</param>
/// <param name="Hook">The hook, timer, message, command or export.</param>
/// <param name="Calls">Entries.</param>
/// <param name="SelfMs">Own time.</param>
/// <param name="TotalMs">With what it called in other mods.</param>
/// <param name="Functions">Where the time went, as far as samples were taken: they are once an entry is longer than its soft limit.</param>
/// <param name="Called">What it called in other mods.</param>
public sealed record TickEntry(string Mod, string Hook, int Calls, double SelfMs, double TotalMs, IReadOnlyList<TickFunction> Functions, IReadOnlyList<TickEntry> Called)
{
    /// <summary>The line that most samples met, with the library function that it called if most of its time went there, even if that called back into the script:
    /// <c>scan.luau:88 table.sort</c>. Empty without samples.</summary>
    public string Hottest()
    {
        string place = "";
        for (IReadOnlyList<TickFunction> level = Functions; level.Count > 0; level = level[0].Inside)
        {
            TickFunction most = level[0];
            if (most.Place.Length > 0) place = most.Place;
            // Threads that task starts are the mod's own business, not the library's.
            else if (!most.Function.StartsWith("task.", StringComparison.Ordinal)) return $"{place} {most.Function}".Trim();
        }
        return place;
    }
}

/// <summary>A function that samples met.</summary>
public sealed class TickFunction(string function, string place)
{
    /// <summary>How time of the garbage collector is shown.</summary>
    public const string Collector = "(garbage collector)";

    /// <summary>Name; empty for the main chunk and functions without one.</summary>
    public string Function { get; } = function;
    /// <summary>File and line; empty for a library function.</summary>
    public string Place { get; } = place;
    /// <summary>Time that the samples stand for.</summary>
    public double Ms { get; set; }
    /// <summary>What it called.</summary>
    public List<TickFunction> Inside { get; } = [];
}
