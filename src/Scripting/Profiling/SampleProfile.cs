using GameServer.Luau.Runtime;

namespace GameServer.Scripting.Profiling;

/// <summary>A profile on demand: a tree of calls with the time that samples stand for, and the timeline of entries and samples. Bounded: what does not fit is
/// counted, its time goes to the caller.</summary>
/// <param name="mod">Only samples in which this mod is entered; null for all.</param>
/// <param name="began">Timestamp of its beginning.</param>
/// <param name="perMillisecond">Timestamp units per millisecond.</param>
/// <remarks>Any thread.</remarks>
sealed class SampleProfile(string? mod, long began, double perMillisecond)
{
    const int NodesMax = 50_000;
    const int EntriesMax = 100_000;
    const int SamplesMax = 50_000;

    /// <summary>A call below another: an entry of a mod, a line of a script, or a library function.</summary>
    /// <param name="Parent">Index of the caller; −1 for none.</param>
    /// <param name="Account">Set for an entry.</param>
    /// <param name="Frame">Set for a line or a library function.</param>
    /// <param name="IsCollector">Time of the garbage collector.</param>
    readonly record struct Key(int Parent, CostAccount? Account, ScriptFrame Frame, bool IsCollector = false);

    /// <summary>A sample on the timeline.</summary>
    readonly record struct Mark(long At, long Weight, int Node);

    /// <summary>An entry on the timeline.</summary>
    readonly record struct Span(long Start, long End, CostAccount Account);

    readonly Lock _lock = new();
    readonly Dictionary<Key, int> _index = [];
    readonly List<(Key Key, long Self)> _nodes = [];
    readonly List<Mark> _marks = [];
    readonly List<Span> _spans = [];
    long _lost;
    int _samples;

    /// <summary>Samples taken.</summary>
    public int Samples
    {
        get { lock (_lock) return _samples; }
    }

    /// <summary>Starts a sample from the outside in.</summary>
    public Builder Begin() => new(this);

    /// <summary>An entry was made.</summary>
    public void AddEntry(CostAccount account, long start, long end)
    {
        if (mod is not null && account.Mod != mod) return;
        lock (_lock)
        {
            if (_spans.Count < EntriesMax) _spans.Add(new Span(Math.Max(start, began), end, account));
            else _lost++;
        }
    }

    /// <summary>What was gathered, as text for flame graph tools: one line per stack, callers first, with the time in microseconds.</summary>
    public string ToFolded()
    {
        lock (_lock)
        {
            var text = new System.Text.StringBuilder();
            for (int node = 0; node < _nodes.Count; node++)
            {
                long micros = (long)Math.Round(_nodes[node].Self * 1000 / perMillisecond);
                if (micros > 0) text.Append(string.Join(';', PathOf(node).Select(name => name.Replace(';', ':')))).Append(' ').Append(micros).Append('\n');
            }
            return text.ToString();
        }
    }

    /// <summary>What was gathered as a timeline.</summary>
    public ProfileTimeline ToTimeline()
    {
        lock (_lock)
        {
            var spans = new List<ProfileSpan>(_spans.Count + _marks.Count);
            foreach (Span span in _spans) spans.Add(new ProfileSpan(span.Account.Label, "hook", Micros(span.Start - began), Micros(span.End - span.Start), 0));
            long after = began;
            foreach (Mark mark in _marks)
            {
                long start = Math.Max(mark.At - mark.Weight, after);
                after = mark.At;
                if (mark.At <= start) continue;
                int depth = 0;
                foreach (string name in PathOf(mark.Node)) spans.Add(new ProfileSpan(name, "sample", Micros(start - began), Micros(mark.At - start), ++depth));
            }
            return new ProfileTimeline(spans, _samples, _lost);
        }
    }

    double Micros(long units) => Math.Round(units * 1000.0 / perMillisecond, 1);

    List<string> PathOf(int node)
    {
        var keys = new Stack<Key>();
        for (; node >= 0; node = _nodes[node].Key.Parent) keys.Push(_nodes[node].Key);
        var path = new List<string>();
        string mod = "";
        foreach (Key key in keys)
        {
            if (key.Account is { } account)
            {
                mod = account.Mod;
                path.Add(mod);
                path.Add(account.Name);
            }
            else
            {
                path.Add(key.IsCollector ? TickFunction.Collector : NameOf(mod, key.Frame));
            }
        }
        return path;
    }

    static string NameOf(string mod, in ScriptFrame frame) =>
        frame.IsHost ? frame.Function : $"{(frame.Function.Length == 0 ? "function" : frame.Function)} ({ModCosts.PlaceOf(mod, frame)})";

    /// <summary>A sample under construction.</summary>
    public struct Builder
    {
        readonly SampleProfile _profile;
        int _node;
        bool _isWanted;

        internal Builder(SampleProfile profile)
        {
            _profile = profile;
            _node = -1;
            _isWanted = profile.IsForAll;
        }

        /// <summary>A mod was entered.</summary>
        public void Enter(CostAccount account)
        {
            _isWanted |= account.Mod == _profile.Mod;
            _node = _profile.Child(new Key(_node, account, default));
        }

        /// <summary>A function was called.</summary>
        public void Enter(in ScriptFrame frame) => _node = _profile.Child(new Key(_node, null, frame));

        /// <summary>That was the innermost call.</summary>
        public readonly void End(long now, long weight, long collection)
        {
            if (_isWanted) _profile.Add(_node, now, weight, collection);
        }
    }

    bool IsForAll => mod is null;

    string? Mod => mod;

    int Child(Key key)
    {
        lock (_lock)
        {
            if (_index.TryGetValue(key, out int node)) return node;
            if (_nodes.Count >= NodesMax)
            {
                _lost++;
                return key.Parent;
            }
            _nodes.Add((key, 0));
            return _index[key] = _nodes.Count - 1;
        }
    }

    void Add(int node, long now, long weight, long collection)
    {
        lock (_lock)
        {
            _samples++;
            AddTo(node, weight - collection);
            if (collection > 0) AddTo(Child(new Key(node, null, default, IsCollector: true)), collection);
            if (_marks.Count < SamplesMax) _marks.Add(new Mark(now, weight, node));
            else _lost++;
        }
    }

    void AddTo(int node, long weight)
    {
        if (node < 0) return;
        (Key key, long self) = _nodes[node];
        _nodes[node] = (key, self + weight);
    }
}

/// <summary>A profile as events on one line of time.</summary>
/// <param name="Spans">Entries (exact) and samples (what ran around that moment).</param>
/// <param name="Samples">Samples taken.</param>
/// <param name="Lost">Calls, entries and samples that found no room.</param>
public sealed record ProfileTimeline(IReadOnlyList<ProfileSpan> Spans, int Samples, long Lost);

/// <summary>Something that took time.</summary>
/// <param name="Name">Mod and hook, or function and place.</param>
/// <param name="Kind"><c>hook</c> for entries, <c>sample</c> for samples.</param>
/// <param name="StartMicroseconds">Since the beginning of the profile.</param>
/// <param name="DurationMicroseconds">Length.</param>
/// <param name="Depth">Of a sample: 1 for the mod, 2 for the hook, then the functions from the outside in.</param>
public readonly record struct ProfileSpan(string Name, string Kind, double StartMicroseconds, double DurationMicroseconds, int Depth);
