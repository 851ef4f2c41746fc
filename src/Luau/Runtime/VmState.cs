using System.Runtime.CompilerServices;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>What all threads of one VM share: heap, globals, metatables of types, the running thread. The face <c>LuauVm</c> wraps it.</summary>
sealed class VmState
{
    /// <summary>An entry of <see cref="_ids"/> with its number.</summary>
    const int IdBytes = 96;

    readonly ConditionalWeakTable<object, object> _ids = [];
    long _lastId;

    internal VmState(LuauVmOptions options)
    {
        Options = options;
        Heap = new LuauHeap { LibraryState = new LibraryState(options.Time, options.MeasuringTime ?? options.Time, options.RandomSeed) };
        Heap.SetLimit(options.MemoryBytesMax, options.MemorySoftPercent, options.OnMemoryLimit);
        Heap.Roots = TraceRoots;
        Heap.Swept = SweepIds;
        Heap.Polled = Polled;
        Globals = Heap.NewTable();
        UnsafeEnvironment = new LuauTable(Heap.Shapes.Irregular, 0);
        MainThread = new LuauThread(this, Globals) { NonYieldable = 1, State = CoroutineStatus.Running };
        Running = MainThread;
    }

    internal readonly LuauVmOptions Options;
    internal readonly LuauHeap Heap;
    internal readonly LuauTable Globals;
    internal readonly LuauThread MainThread;

    /// <summary>Matches no cache: its shape is irregular.</summary>
    internal readonly LuauTable UnsafeEnvironment;
    /// <summary>The one metatable of all environments made for scripts: reads through to the globals, locked.</summary>
    internal LuauTable? EnvironmentMetatable;

    /// <summary>The table whose shape guards cached imports of functions in <paramref name="environment"/>. In an environment made for scripts only their own
    /// assignments can change what a global name means, and those change its shape; any other table may do anything.</summary>
    internal LuauTable CacheEnvironmentOf(LuauTable environment) => environment.IsSafeEnvironment ? environment : UnsafeEnvironment;

    /// <summary>The thread whose code runs, or the main thread while the host has control.</summary>
    internal LuauThread Running;
    /// <summary>Runs of the interpreter on the C# stack; 0 while the host has control.</summary>
    internal int Entries;
    /// <summary>Nested host levels in use: interpreter runs and resumes (specification 12).</summary>
    internal int HostDepth;
    /// <summary>Thread of the innermost interpreter run, and its depth below the call that started it; -1 when the run resumed the thread.</summary>
    internal LuauThread? EntryThread;
    /// <summary>See <see cref="EntryThread"/>.</summary>
    internal int EntryDepth;
    /// <summary>Host levels in use when the innermost run began.</summary>
    internal int EntryHostDepth;
    /// <summary>Why the last run ended.</summary>
    internal RunExit Exit;
    /// <summary>xpcall handlers being run; they get more room.</summary>
    internal int HandlerDepth;
    /// <summary>Metatable of all strings.</summary>
    internal LuauTable? StringMetatable;
    /// <summary>Table that methods of strings are found in; known once the sandbox is sealed, because it cannot change any more then.</summary>
    internal LuauTable? StringMethods;
    /// <summary>The library's <c>string.format</c>.</summary>
    internal HostFunction FormatFunction = null!;
    /// <summary>Metatable of all vectors.</summary>
    internal LuauTable? VectorMetatable;
    /// <summary>Metatables of userdata classes by tag.</summary>
    internal readonly LuauTable?[] UserdataMetatables = new LuauTable?[128];
    /// <summary>Members of userdata classes that also have an index handler: method calls find them without calling it.</summary>
    internal readonly LuauTable?[] UserdataMembers = new LuauTable?[128];

    /// <summary>Name of a userdata class for messages.</summary>
    internal string UserdataTypeName(int tag) => Metamethods.Get(UserdataMetatables[tag], MetaEvent.Type).Ref is LuauString name ? name.ToString() : "userdata";

    /// <summary>Sampling event of the face.</summary>
    internal Action<LuauThread>? OnSample;
    /// <summary>Values pinned by the host.</summary>
    internal readonly HashSet<LuauRef> Refs = [];

    /// <summary>Host levels allowed now.</summary>
    internal int HostDepthLimit => Options.HostDepthMax + (HandlerDepth > 0 ? Options.HostDepthMax / 8 : 0);

    /// <summary>Frames allowed now on one thread.</summary>
    internal int CallDepthLimit => Options.CallDepthMax + (HandlerDepth > 0 ? Options.CallDepthMax / 8 : 0);

    /// <summary>A made-up address of an object: stable for its life, counted up in order of asking, so it tells nothing about memory.</summary>
    internal string IdText(object o)
    {
        if (!_ids.TryGetValue(o, out object? id))
        {
            Heap.Charge(IdBytes);
            id = 0x0000_1000_0000_0000 + (++_lastId * 0x20);
            _ids.Add(o, id);
        }
        return $"0x{(long)id:x16}";
    }

    /// <summary>Stops library code in a long loop, or takes a sample of it. What the host itself does to tables goes on.</summary>
    void Polled()
    {
        if (Entries == 0) return;
        int reasons = Heap.Interrupt;
        if ((reasons & (int)InterruptReason.Memory) != 0) throw Heap.OutOfMemory();
        if ((reasons & (int)InterruptReason.Kill) != 0) throw Errors.Killed();
        if ((reasons & (int)InterruptReason.Sample) != 0) TakeSample(Running);
    }

    /// <summary>Tells the host that the sample it asked for can be taken now.</summary>
    internal void TakeSample(LuauThread t)
    {
        Interlocked.And(ref Heap.Interrupt, ~(int)InterruptReason.Sample);
        OnSample?.Invoke(t);
    }

    /// <summary>The made-up addresses of objects that are gone go too: .NET may keep the objects for long, and the script would pay for them.</summary>
    void SweepIds(Tracer tracer)
    {
        if (_lastId == 0) return;
        var unreached = new List<object>();
        int steps = 0;
        foreach ((object o, _) in _ids)
        {
            if (o is LuauObject target && !tracer.IsReached(target)) unreached.Add(o);
            else tracer.Count(IdBytes);
            if ((++steps & 1023) == 0) Heap.Poll();
        }
        foreach (object o in unreached)
        {
            _ids.Remove(o);
            if ((++steps & 1023) == 0) Heap.Poll();
        }
    }

    void TraceRoots(Tracer tracer)
    {
        tracer.Mark(Globals);
        tracer.Mark(UnsafeEnvironment);
        tracer.Mark(EnvironmentMetatable);
        tracer.Mark(StringMetatable);
        tracer.Mark(VectorMetatable);
        tracer.Mark(MainThread);
        foreach (LuauTable? metatable in UserdataMetatables) tracer.Mark(metatable);
        foreach (LuauTable? members in UserdataMembers) tracer.Mark(members);
        for (LuauThread? t = Running; t != null; t = t.Resumer ?? t.EntryResumer) tracer.Mark(t);
        foreach (LuauRef pinned in Refs) tracer.Mark(pinned.Value);
    }
}
