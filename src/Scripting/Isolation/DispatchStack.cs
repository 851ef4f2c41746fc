using GameServer.Scripting.Profiling;

namespace GameServer.Scripting.Isolation;

/// <summary>What a VM is entered for.</summary>
/// <param name="Source">Hook, timer, export… as shown in logs and errors.</param>
/// <param name="LimitMilliseconds">Time of its own; it also never gets more than what encloses it has left.</param>
/// <param name="MayYield">Whether the code may wait and go on later.</param>
/// <param name="Mask">Rights it runs with.</param>
/// <param name="Account">Who pays the time; null for the mod's account of that source. A thread that waited goes on at the cost of what it waited in.</param>
readonly record struct Entry(string Source, double LimitMilliseconds, bool MayYield, Permission Mask, CostAccount? Account = null);

/// <summary>The entries into script code that are under way on one lane, innermost last: who is busy, who called whom, how much time is left, and whose time it is.</summary>
/// <remarks>One thread. Never more than <see cref="DepthMax"/> deep.</remarks>
sealed class DispatchStack(TimeProvider time, Func<IThreadClock?> clockOfThread, LaneRecorder recorder)
{
    /// <summary>Nested entries at most, whatever their kind.</summary>
    public const int DepthMax = 10;
    /// <summary>A clock that stands still, for whatever reason, does not make everything free.</summary>
    const double ShareMin = 0.05;

    struct Frame
    {
        public Sandbox Sandbox;
        public string Source;
        public long Start;
        public long Deadline;
        public long Nested;
        public bool IsCall;
        /// <summary>Its deadline is that of what encloses it, not its own.</summary>
        public bool IsBorrowed;
    }

    readonly Frame[] _frames = new Frame[DepthMax];
    readonly double _perMillisecond = time.TimestampFrequency / 1000.0;
    int _depth;
    int _thread;
    IThreadClock? _tickClock;
    long _tickBegin;
    double _tickProcessor;

    /// <summary>Told of every entry just before its code runs; null outside of tests. True says that the entry's time is over already: what a test does to
    /// see how a mod copes with being stopped.</summary>
    public Func<Sandbox, string, bool>? Entered { get; set; }

    /// <summary>Who pays for entries that the host begins: the mod that caused them. Null: the mod that is entered.</summary>
    public Sandbox? Payer { get; set; }

    /// <summary>Entries under way.</summary>
    public int Depth => _depth;

    /// <summary>Number of entries under way that are calls from mod to mod.</summary>
    public int CallDepth
    {
        get
        {
            int calls = 0;
            for (int i = 0; i < _depth; i++)
            {
                if (_frames[i].IsCall) calls++;
            }
            return calls;
        }
    }

    /// <summary>The innermost sandbox; null while the host has control.</summary>
    public Sandbox? Current => _depth == 0 ? null : _frames[_depth - 1].Sandbox;

    /// <summary>What the innermost sandbox was entered for; empty while the host has control.</summary>
    public string CurrentSource => _depth == 0 ? "" : _frames[_depth - 1].Source;

    /// <summary>Milliseconds the innermost entry has left; infinite while the host has control.</summary>
    public double RemainingMilliseconds =>
        _depth == 0 ? double.PositiveInfinity : Math.Max(0, (_frames[_depth - 1].Deadline - time.GetTimestamp()) / _perMillisecond);

    /// <summary>The chain for messages: <c>a (Think) -> b (score) -> c (Scored)</c>.</summary>
    public string Chain()
    {
        var parts = new string[_depth];
        for (int i = 0; i < _depth; i++) parts[i] = $"{_frames[i].Sandbox.ModId} ({_frames[i].Source})";
        return string.Join(" -> ", parts);
    }

    /// <summary>Begins to measure how much of the time the thread really runs.</summary>
    internal void BeginTick() => (_tickClock, _tickBegin, _tickProcessor) = (Clock, time.GetTimestamp(), Clock?.Milliseconds ?? 0);

    /// <summary>Part of the time since <see cref="BeginTick"/> that the thread had the processor for: 1 on a machine that does nothing else, and where the system
    /// does not tell.</summary>
    internal double ProcessorShare()
    {
        if (_tickClock is null || _tickClock != Clock || _tickClock.Milliseconds is not { } processor) return 1;
        double wall = Milliseconds(time.GetTimestamp() - _tickBegin);
        return wall > 0 ? Math.Clamp((processor - _tickProcessor) / wall, ShareMin, 1) : 1;
    }

    /// <summary>Processor time of the thread that is entering scripts; null where the system does not tell.</summary>
    internal IThreadClock? Clock { get; private set; }

    /// <summary>Books every entry.</summary>
    internal LaneRecorder Recorder { get; } = recorder;

    /// <summary>Begins an entry.</summary>
    /// <returns>Its deadline as a timestamp, and how long that is: its own limit, or what encloses it has left if that is less.</returns>
    /// <remarks>Who borrows the time of others is not to blame when it is over: see <see cref="EntryTime"/>.</remarks>
    internal (long Deadline, long Limit) Push(Sandbox sandbox, string source, double limitMilliseconds, bool isCall, CostAccount account)
    {
        if (_thread != Environment.CurrentManagedThreadId) (_thread, Clock) = (Environment.CurrentManagedThreadId, clockOfThread());
        long now = time.GetTimestamp();
        long deadline = now + (long)(limitMilliseconds * _perMillisecond);
        bool isBorrowed = _depth > 0 && _frames[_depth - 1].Deadline < deadline;
        if (isBorrowed) deadline = _frames[_depth - 1].Deadline;
        _frames[_depth++] = new Frame { Sandbox = sandbox, Source = source, Start = now, Deadline = deadline, IsCall = isCall, IsBorrowed = isBorrowed };
        Recorder.Begin(account, sandbox.Vm, now, (long)(sandbox.Limits.TickBudgetMs * _perMillisecond));
        return (deadline, deadline - now);
    }

    /// <summary>Ends the innermost entry.</summary>
    internal EntryTime Pop()
    {
        ref Frame frame = ref _frames[--_depth];
        long now = time.GetTimestamp(), total = now - frame.Start;
        var spent = new EntryTime(total - frame.Nested, total, frame.IsBorrowed);
        Recorder.End(now, spent.Self, total);
        frame = default;
        if (_depth > 0) _frames[_depth - 1].Nested += total;
        return spent;
    }

    /// <summary>Timestamp units in milliseconds.</summary>
    internal double Milliseconds(long units) => units / _perMillisecond;
}

/// <summary>What an entry took, in timestamp units.</summary>
/// <param name="Self">In its own VM.</param>
/// <param name="Total">With everything it called in other VMs.</param>
/// <param name="IsBorrowed">Whether its deadline was that of what enclosed it.</param>
readonly record struct EntryTime(long Self, long Total, bool IsBorrowed);
