using GameServer.Luau.Runtime;

namespace GameServer.Scripting.Profiling;

// Exact and always on: every entry into script code is timed anyway, for the limits. What is added here is a handful of additions per entry and no clock.

/// <summary>What one mod costs in one hook (or timer, message, command, export), or what one mod costs another by calling it: since the server started, and second
/// by second for the last minute.</summary>
/// <param name="mod">Id of the mod whose time it is.</param>
/// <param name="name">What is entered: <c>Think</c>, <c>timer init.luau:12</c>, <c>export add</c>.</param>
/// <param name="clock">Tells the second.</param>
/// <remarks>Tick thread. Allocates once, at the first entry.</remarks>
sealed class CostAccount(string mod, string name, CostClock clock)
{
    struct Bucket
    {
        public int Second;
        public int Calls;
        public int Errors;
        public int Kills;
        public long Self;
        public long Total;
        public long Longest;
        public long Bytes;
    }

    Bucket[]? _ring;
    long _self;
    long _total;
    long _longest;

    /// <summary>The mod.</summary>
    public string Mod { get; } = mod;

    /// <summary>What is entered.</summary>
    public string Name { get; } = name;

    /// <summary>Mod and name, as profiles and logs show them.</summary>
    public string Label { get; } = $"{mod}/{name}";

    /// <summary>Entries since the server started. Code that waits is entered again when it goes on.</summary>
    public long Calls { get; private set; }

    /// <summary>Entries that ended in an error.</summary>
    public long Errors { get; private set; }

    /// <summary>Entries that were stopped at a limit.</summary>
    public long Kills { get; private set; }

    /// <summary>Times it was not entered because the VM was busy.</summary>
    public long Skipped { get; set; }

    /// <summary>Times it was put off because the VM was busy.</summary>
    public long Deferred { get; set; }

    /// <summary>Bytes of arguments and results copied, for calls from mod to mod.</summary>
    public long Bytes { get; private set; }

    /// <summary>Own time since the server started, without other mods it called, in ms.</summary>
    public double SelfMilliseconds => _self / clock.PerMillisecond;

    /// <summary>Where this stands in the tree of the present tick; see <see cref="TickTree"/>.</summary>
    internal int TreeTick = -1;
    internal int TreeRow;

    /// <summary>Adds one entry.</summary>
    /// <param name="self">Own time in timestamp units.</param>
    /// <param name="total">With what it called in other mods.</param>
    public void Add(long self, long total)
    {
        Calls++;
        _self += self;
        _total += total;
        if (total > _longest) _longest = total;
        ref Bucket bucket = ref Now();
        bucket.Calls++;
        bucket.Self += self;
        bucket.Total += total;
        if (total > bucket.Longest) bucket.Longest = total;
    }

    /// <summary>The last entry ended in an error.</summary>
    public void AddError()
    {
        Errors++;
        Now().Errors++;
    }

    /// <summary>The last entry was stopped at a limit.</summary>
    public void AddKill()
    {
        Kills++;
        Now().Kills++;
    }

    /// <summary>Values were copied.</summary>
    public void AddBytes(int bytes)
    {
        Bytes += bytes;
        Now().Bytes += bytes;
    }

    /// <summary>Sum of some whole seconds.</summary>
    public CostSum Sum((int First, int Last) span)
    {
        CostSum sum = default;
        if (_ring is null) return sum;
        double per = clock.PerMillisecond;
        for (int second = span.First; second <= span.Last; second++)
        {
            ref Bucket bucket = ref _ring[second & (CostClock.SecondsKept - 1)];
            if (bucket.Second != second) continue;
            sum += new CostSum(bucket.Calls, bucket.Errors, bucket.Kills, bucket.Self / per, bucket.Total / per, bucket.Longest / per, bucket.Bytes);
        }
        return sum;
    }

    /// <summary>Sum since the server started.</summary>
    public CostSum Lifetime()
    {
        double per = clock.PerMillisecond;
        return new CostSum(Calls, Errors, Kills, _self / per, _total / per, _longest / per, Bytes);
    }

    /// <summary>File and line of a frame of this mod: <c>src/scan.luau:88</c>.</summary>
    public string PlaceOf(in ScriptFrame frame) => ModCosts.PlaceOf(Mod, frame);

    ref Bucket Now()
    {
        _ring ??= NewRing();
        ref Bucket bucket = ref _ring[clock.Second & (CostClock.SecondsKept - 1)];
        if (bucket.Second != clock.Second) bucket = new Bucket { Second = clock.Second };
        return ref bucket;
    }

    static Bucket[] NewRing()
    {
        var ring = new Bucket[CostClock.SecondsKept];
        for (int i = 0; i < ring.Length; i++) ring[i].Second = -1;
        return ring;
    }
}

/// <summary>Costs over some time.</summary>
/// <param name="Calls">Entries.</param>
/// <param name="Errors">Of them ended in an error.</param>
/// <param name="Kills">Of them stopped at a limit.</param>
/// <param name="SelfMs">Own time.</param>
/// <param name="TotalMs">With what it called in other mods.</param>
/// <param name="LongestMs">Longest entry.</param>
/// <param name="Bytes">Bytes copied between mods.</param>
readonly record struct CostSum(long Calls, long Errors, long Kills, double SelfMs, double TotalMs, double LongestMs, long Bytes)
{
    /// <summary>Both together.</summary>
    public static CostSum operator +(in CostSum a, in CostSum b) => new(
        a.Calls + b.Calls, a.Errors + b.Errors, a.Kills + b.Kills, a.SelfMs + b.SelfMs, a.TotalMs + b.TotalMs, Math.Max(a.LongestMs, b.LongestMs), a.Bytes + b.Bytes);
}
