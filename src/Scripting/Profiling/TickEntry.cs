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
    /// <summary>The line that most samples met, with the library function if one was running: <c>scan.luau:88 table.sort</c>. Empty without samples.</summary>
    public string Hottest()
    {
        string place = "", library = "";
        IReadOnlyList<TickFunction> level = Functions;
        while (level.Count > 0)
        {
            TickFunction most = level[0];
            if (most.Place.Length > 0) (place, library) = (most.Place, "");
            else library = most.Function;
            level = most.Inside;
        }
        return $"{place} {library}".Trim();
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
