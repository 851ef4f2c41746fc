using GameServer.Luau.Runtime;

namespace GameServer.Scripting.Profiling;

/// <summary>Who took how much of the present tick: a tree of entries (mod and hook, and what it called in other mods), with the samples taken in them. Kept for
/// every tick in the same arrays, read only when the tick was too long.</summary>
/// <remarks>Tick thread. Allocates nothing but <see cref="Freeze"/>.</remarks>
sealed class TickTree(CostClock clock)
{
    /// <summary>Different entries of one tick that are told apart; what comes beyond is added to the last.</summary>
    const int RowsMax = 1024;
    /// <summary>Samples of one tick that are kept.</summary>
    const int SamplesMax = 128;
    /// <summary>Innermost calls of a sample that are kept.</summary>
    const int FramesMax = 12;
    /// <summary>Entries and functions shown side by side, largest first.</summary>
    const int ShownMax = 24;

    struct Row
    {
        public CostAccount Account;
        public int Parent;
        public int SameAccount;
        public int Calls;
        public long Self;
        public long Total;
    }

    struct Sample
    {
        public int Row;
        public int Frames;
        public long Weight;
        public long Collection;
    }

    readonly Row[] _rows = new Row[RowsMax];
    readonly Sample[] _samples = new Sample[SamplesMax];
    readonly ScriptFrame[] _frames = new ScriptFrame[SamplesMax * FramesMax];
    int _tick;
    int _count;
    int _sampleCount;

    /// <summary>Time of all outermost entries of this tick, in timestamp units.</summary>
    public long ScriptTime { get; private set; }

    /// <summary>A new tick begins with an empty tree.</summary>
    public void Begin()
    {
        _tick++;
        _count = _sampleCount = 0;
        ScriptTime = 0;
    }

    /// <summary>The row of an account below another.</summary>
    /// <param name="parent">−1 for an outermost entry.</param>
    /// <param name="account">What is entered.</param>
    public int Enter(int parent, CostAccount account)
    {
        int known = account.TreeTick == _tick ? account.TreeRow : -1;
        for (int row = known; row >= 0; row = _rows[row].SameAccount)
        {
            if (_rows[row].Parent == parent) return row;
        }
        if (_count == RowsMax) return RowsMax - 1;
        _rows[_count] = new Row { Account = account, Parent = parent, SameAccount = known };
        (account.TreeTick, account.TreeRow) = (_tick, _count);
        return _count++;
    }

    /// <summary>An entry is over.</summary>
    public void Leave(int row, long self, long total)
    {
        ref Row at = ref _rows[row];
        at.Calls++;
        at.Self += self;
        at.Total += total;
        if (at.Parent < 0) ScriptTime += total;
    }

    /// <summary>A sample was taken in an entry.</summary>
    /// <param name="row">The entry.</param>
    /// <param name="frames">Calls in its VM, from the inside out.</param>
    /// <param name="weight">Time it stands for, in timestamp units.</param>
    /// <param name="collection">Of it, time in which the garbage collector held everybody up.</param>
    public void AddSample(int row, ReadOnlySpan<ScriptFrame> frames, long weight, long collection)
    {
        if (_sampleCount == SamplesMax) return;
        int count = Math.Min(frames.Length, FramesMax);
        frames[..count].CopyTo(_frames.AsSpan(_sampleCount * FramesMax));
        _samples[_sampleCount++] = new Sample { Row = row, Frames = count, Weight = weight, Collection = collection };
    }

    /// <summary>The tree as it stands, largest first.</summary>
    public IReadOnlyList<TickEntry> Freeze() => EntriesBelow(-1);

    List<TickEntry> EntriesBelow(int parent)
    {
        var entries = new List<TickEntry>();
        for (int row = 0; row < _count; row++)
        {
            if (_rows[row].Parent != parent) continue;
            ref Row at = ref _rows[row];
            entries.Add(new TickEntry(
                at.Account.Mod, at.Account.Name, at.Calls, Ms(at.Self), Ms(at.Total), FunctionsOf(row), EntriesBelow(row)));
        }
        entries.Sort((a, b) => b.TotalMs.CompareTo(a.TotalMs));
        if (entries.Count > ShownMax) entries.RemoveRange(ShownMax, entries.Count - ShownMax);
        return entries;
    }

    List<TickFunction> FunctionsOf(int row)
    {
        var functions = new List<TickFunction>();
        for (int i = 0; i < _sampleCount; i++)
        {
            if (_samples[i].Row != row) continue;
            ReadOnlySpan<ScriptFrame> frames = _frames.AsSpan(i * FramesMax, _samples[i].Frames);
            AddPath(functions, _rows[row].Account, frames, _samples[i].Weight - _samples[i].Collection);
            if (_samples[i].Collection > 0) Find(functions, TickFunction.Collector, "").Ms += Ms(_samples[i].Collection);
        }
        Sort(functions);
        return functions;
    }

    void AddPath(List<TickFunction> functions, CostAccount account, ReadOnlySpan<ScriptFrame> frames, long weight)
    {
        List<TickFunction> level = functions;
        for (int i = frames.Length - 1; i >= 0 && weight > 0; i--)
        {
            ScriptFrame frame = frames[i];
            TickFunction node = Find(level, frame.Function, frame.IsHost ? "" : account.PlaceOf(frame));
            node.Ms += Ms(weight);
            level = node.Inside;
        }
    }

    static TickFunction Find(List<TickFunction> level, string function, string place)
    {
        foreach (TickFunction node in level)
        {
            if (node.Function == function && node.Place == place) return node;
        }
        var added = new TickFunction(function, place);
        level.Add(added);
        return added;
    }

    static void Sort(List<TickFunction> level)
    {
        level.Sort((a, b) => b.Ms.CompareTo(a.Ms));
        if (level.Count > ShownMax) level.RemoveRange(ShownMax, level.Count - ShownMax);
        foreach (TickFunction node in level) Sort(node.Inside);
    }

    double Ms(long units) => Math.Round(units / clock.PerMillisecond, 3);
}
