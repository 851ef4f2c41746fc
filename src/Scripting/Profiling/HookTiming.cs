namespace GameServer.Scripting.Profiling;

/// <summary>Account of one mod in one hook; always on.</summary>
/// <param name="mod">Id of the mod.</param>
/// <param name="hook">Name of the hook.</param>
sealed class HookTiming(string mod, string hook)
{
    /// <summary>The mod.</summary>
    public string Mod { get; } = mod;

    /// <summary>The hook.</summary>
    public string Hook { get; } = hook;

    /// <summary>Calls since the server started.</summary>
    public long Calls { get; private set; }

    /// <summary>Calls that failed or were killed.</summary>
    public long Failures { get; private set; }

    /// <summary>Own script time of all calls, in ms.</summary>
    public double TotalMilliseconds { get; private set; }

    /// <summary>Longest call, in ms.</summary>
    public double LongestMilliseconds { get; private set; }

    /// <summary>Times it was not called because the VM was busy.</summary>
    public long Skipped { get; set; }

    /// <summary>Times it was put off because the VM was busy.</summary>
    public long Deferred { get; set; }

    /// <summary>Adds one call.</summary>
    public void Add(double milliseconds, bool failed)
    {
        Calls++;
        if (failed) Failures++;
        TotalMilliseconds += milliseconds;
        if (milliseconds > LongestMilliseconds) LongestMilliseconds = milliseconds;
    }
}

/// <summary>The accounts of one mod; they outlive its generations.</summary>
/// <param name="mod">Id of the mod.</param>
sealed class ModTimings(string mod)
{
    /// <summary>Accounts at most; further hooks share one named <c>other</c>.</summary>
    const int HooksMax = 512;

    readonly Dictionary<string, HookTiming> _byHook = new(StringComparer.Ordinal);

    /// <summary>All accounts.</summary>
    public IReadOnlyCollection<HookTiming> All => _byHook.Values;

    /// <summary>The account of a hook.</summary>
    public HookTiming this[string hook]
    {
        get
        {
            if (_byHook.TryGetValue(hook, out HookTiming? timing)) return timing;
            if (_byHook.Count >= HooksMax && hook != "other") return this["other"];
            return _byHook[hook] = new HookTiming(mod, hook);
        }
    }
}
