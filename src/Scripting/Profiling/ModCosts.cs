using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Scripting.Profiling;

/// <summary>The accounts of one mod; they outlive its generations.</summary>
/// <param name="mod">Id of the mod.</param>
/// <param name="clock">Tells the second.</param>
/// <remarks>Tick thread.</remarks>
sealed class ModCosts(string mod, CostClock clock)
{
    /// <summary>Accounts of either kind at most; further ones share one named <c>other</c>.</summary>
    const int AccountsMax = 128;
    const string Other = "other";

    readonly Dictionary<string, CostAccount> _byName = new(StringComparer.Ordinal);
    readonly Dictionary<(string Caller, string Export), CallEdge> _edges = [];
    readonly Dictionary<(string Kind, ScriptFrame Place), CostAccount> _byPlace = [];

    /// <summary>All accounts.</summary>
    public Dictionary<string, CostAccount>.ValueCollection All => _byName.Values;

    /// <summary>What others cost this mod by calling it. Not behind an interface, whose enumeration allocates: ticks go through it.</summary>
    public Dictionary<(string Caller, string Export), CallEdge>.ValueCollection Edges => _edges.Values;

    /// <summary>Highest use of memory of any of its VMs, in bytes.</summary>
    public long MemoryPeakBytes { get; private set; }

    /// <summary>The account of a hook or another source.</summary>
    public CostAccount this[string name]
    {
        get
        {
            if (_byName.TryGetValue(name, out CostAccount? account)) return account;
            if (_byName.Count >= AccountsMax && name != Other) return this[Other];
            return _byName[name] = new CostAccount(mod, name, clock);
        }
    }

    /// <summary>The account of a function that has no name of its own, by where it was written: <c>timer init.luau:12</c>.</summary>
    public CostAccount Of(string kind, LuauFunction function)
    {
        if (!LuauVm.TryLocate(function, out ScriptFrame place)) return this[kind];
        if (_byPlace.TryGetValue((kind, place), out CostAccount? account)) return account;
        // Code of generations that are gone.
        if (_byPlace.Count >= 4 * AccountsMax) _byPlace.Clear();
        return _byPlace[(kind, place)] = this[$"{kind} {PlaceOf(mod, place)}"];
    }

    /// <summary>File and line without the mod's own folder: <c>src/scan.luau:88</c>.</summary>
    public static string PlaceOf(string mod, in ScriptFrame frame)
    {
        string chunk = frame.Chunk;
        if (chunk.Length > mod.Length && chunk[mod.Length] == '/' && chunk.StartsWith(mod, StringComparison.Ordinal)) chunk = chunk[(mod.Length + 1)..];
        return $"{chunk}:{frame.Line}";
    }

    /// <summary>What a caller costs this mod by calling one of its exports.</summary>
    public CallEdge From(string caller, string export)
    {
        if (_edges.TryGetValue((caller, export), out CallEdge? edge)) return edge;
        if (_edges.Count >= AccountsMax && export != Other) return From(Other, Other);
        return _edges[(caller, export)] = new CallEdge(caller, mod, export, clock);
    }

    /// <summary>Notes the memory of the mod's VM.</summary>
    public void SeeMemory(long bytes)
    {
        if (bytes > MemoryPeakBytes) MemoryPeakBytes = bytes;
    }

    /// <summary>All accounts together over some seconds.</summary>
    public CostSum Sum((int First, int Last) span)
    {
        CostSum sum = default;
        foreach (CostAccount account in _byName.Values) sum += account.Sum(span);
        return sum;
    }
}

/// <summary>What one mod costs another by calling one of its exports.</summary>
sealed class CallEdge(string caller, string callee, string export, CostClock clock)
{
    /// <summary>Who calls.</summary>
    public string Caller { get; } = caller;
    /// <summary>Who is called, and pays the time.</summary>
    public string Callee { get; } = callee;
    /// <summary>What is called.</summary>
    public string Export { get; } = export;
    /// <summary>Calls, time in the callee, bytes of arguments and results.</summary>
    public CostAccount Cost { get; } = new(callee, export, clock);
}
