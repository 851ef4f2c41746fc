using GameServer.Luau;
using GameServer.Luau.Runtime;

namespace GameServer.Scripting.Profiling;

// Sampling: a thread that looks (the watchdog for entries that take long, a thread of its own for a profile on demand) leaves the time a sample stands for with the
// lane and sets the flag that scripts poll at safepoints anyway. The lane's own thread takes the sample there: only it can walk the stack. What is left when the
// entry ends counts for the entry as a whole, so the weights of all samples are the time that was looked at.

/// <summary>Books every entry into script code of one lane: accounts, the tree of the tick, and samples.</summary>
/// <remarks>The lane's thread, except where a member says otherwise. Never more than ten entries deep. Allocates nothing in steady state.</remarks>
sealed class LaneRecorder
{
    /// <summary>Entries inside one another at most.</summary>
    const int DepthMax = 10;
    /// <summary>Calls of one VM that a sample keeps.</summary>
    const int FramesMax = 64;

    struct Frame
    {
        public CostAccount Account;
        public LuauVm Vm;
        public long Start;
        public int Row;
    }

    readonly Frame[] _stack = new Frame[DepthMax];
    readonly ScriptFrame[] _frames = new ScriptFrame[FramesMax];
    readonly TimeProvider _time;
    int _depth;
    long _tickSoftEnd = long.MaxValue;

    // Read by the threads that look, written here.
    LuauVm? _running;
    long _runningSince;
    long _softEnd;

    // Written by the threads that look, taken here.
    long _pending;
    long _pendingCollection;
    SampleProfile? _profile;

    /// <summary>Makes a recorder.</summary>
    public LaneRecorder(CostClock clock, TimeProvider time)
    {
        Clock = clock;
        _time = time;
        Tree = new TickTree(clock);
    }

    /// <summary>Which second it is.</summary>
    public CostClock Clock { get; }

    /// <summary>The present tick.</summary>
    public TickTree Tree { get; }

    /// <summary>Off only to measure what it costs.</summary>
    public bool IsOn { get; set; } = true;

    /// <summary>The VM that runs right now; null while the host has control. Any thread.</summary>
    public LuauVm? Running => Volatile.Read(ref _running);

    /// <summary>What runs right now: mod and hook; empty while the host has control. Any thread; only for people, as it may change while it is read.</summary>
    public string RunningLabel
    {
        get
        {
            int depth = Volatile.Read(ref _depth);
            return depth is > 0 and <= DepthMax ? _stack[depth - 1].Account?.Label ?? "" : "";
        }
    }

    /// <summary>Timestamp from which on the entry under way is worth looking at by itself. Any thread.</summary>
    public long SoftEnd => Volatile.Read(ref _softEnd);

    /// <summary>Whom samples go to besides the tree; null for nobody. Any thread.</summary>
    public SampleProfile? Profile
    {
        get => Volatile.Read(ref _profile);
        set => Volatile.Write(ref _profile, value);
    }

    /// <summary>A tick begins.</summary>
    /// <param name="now">Timestamp.</param>
    /// <param name="softLength">Time after which everything in this tick is worth looking at, in timestamp units.</param>
    public void BeginTick(long now, long softLength)
    {
        Clock.BeginTick(now);
        Tree.Begin();
        _tickSoftEnd = now + softLength;
    }

    /// <summary>An entry begins.</summary>
    /// <param name="account">What is entered.</param>
    /// <param name="vm">Whose.</param>
    /// <param name="now">Timestamp.</param>
    /// <param name="soft">Time after which this entry is worth looking at, in timestamp units.</param>
    public void Begin(CostAccount account, LuauVm vm, long now, long soft)
    {
        if (!IsOn) return;
        if (_pending != 0) TakeRest();
        int parent = _depth == 0 ? -1 : _stack[_depth - 1].Row;
        _stack[_depth++] = new Frame { Account = account, Vm = vm, Start = now, Row = Tree.Enter(parent, account) };
        Volatile.Write(ref _runningSince, now);
        Volatile.Write(ref _softEnd, Math.Min(now + soft, Math.Max(now, _tickSoftEnd)));
        Volatile.Write(ref _running, vm);
    }

    /// <summary>The innermost entry is over.</summary>
    /// <param name="now">Timestamp.</param>
    /// <param name="self">Own time in timestamp units.</param>
    /// <param name="total">With what it called in other mods.</param>
    public void End(long now, long self, long total)
    {
        if (!IsOn) return;
        if (_pending != 0) TakeRest();
        ref Frame frame = ref _stack[--_depth];
        frame.Account.Add(self, total);
        Tree.Leave(frame.Row, self, total);
        Profile?.AddEntry(frame.Account, frame.Start, now);
        frame.Vm = null!;
        Volatile.Write(ref _running, _depth == 0 ? null : _stack[_depth - 1].Vm);
    }

    /// <summary>Asks for a sample of what runs. Any thread.</summary>
    /// <param name="weight">Time it stands for, in timestamp units.</param>
    /// <param name="collection">Time of the garbage collector besides, in timestamp units.</param>
    /// <param name="now">Timestamp of the look.</param>
    public void Request(long weight, long collection, long now)
    {
        if (Running is not { } vm) return;
        // A collection between two ticks, or before this entry, is nobody's.
        collection = Math.Clamp(collection, 0, Math.Max(0, now - Volatile.Read(ref _runningSince)));
        if (collection > 0) Interlocked.Add(ref _pendingCollection, collection);
        Interlocked.Add(ref _pending, weight + collection);
        vm.RequestInterrupt();
    }

    /// <summary>A VM has reached a safepoint after <see cref="Request"/>.</summary>
    public void Take(LuauVm vm)
    {
        // A flag that was set as the entry ended is met by another entry, or by the outer one: it has nothing to tell.
        if (_depth == 0 || !ReferenceEquals(_stack[_depth - 1].Vm, vm)) return;
        Take(withFrames: true);
    }

    /// <summary>What was asked for and not met a safepoint: it counts for the entry itself.</summary>
    void TakeRest()
    {
        if (_depth > 0) Take(withFrames: false);
        else (_pending, _pendingCollection) = (0, 0);
    }

    void Take(bool withFrames)
    {
        long weight = Interlocked.Exchange(ref _pending, 0), collection = Math.Min(weight, Interlocked.Exchange(ref _pendingCollection, 0));
        if (weight == 0) return;
        ref Frame top = ref _stack[_depth - 1];
        int count = withFrames ? top.Vm.CopyFrames(_frames) : 0;
        Tree.AddSample(top.Row, _frames.AsSpan(0, count), weight, collection);
        if (Profile is { } profile) AddTo(profile, count, weight, collection);
    }

    void AddTo(SampleProfile profile, int innermost, long weight, long collection)
    {
        SampleProfile.Builder sample = profile.Begin();
        for (int i = 0; i < _depth; i++)
        {
            ref Frame frame = ref _stack[i];
            sample.Enter(frame.Account);
            bool isTop = i == _depth - 1;
            // The innermost frames are in the buffer already: they are added last.
            Span<ScriptFrame> frames = isTop ? _frames.AsSpan(0, innermost) : new ScriptFrame[FramesMax];
            int count = isTop ? innermost : frame.Vm.CopyFrames(frames);
            for (int n = count - 1; n >= 0; n--) sample.Enter(frames[n]);
        }
        sample.End(_time.GetTimestamp(), weight, collection);
    }
}
