using System.Runtime.CompilerServices;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>A coroutine: its register stack, its frames and its status. The main thread of a VM is one too.</summary>
public sealed partial class LuauThread : LuauObject
{
    /// <summary>Slots of a new stack.</summary>
    internal const int InitialSlots = 32;
    /// <summary>Slots beyond the registers of the last frame that are always there: iterator calls and results of host functions use them.</summary>
    internal const int SpareSlots = 8;
    /// <summary>Largest stack; scripts pass <c>not enough memory</c> there.</summary>
    internal const int SlotsMax = 1 << 26;
    /// <summary>Bytes of a thread besides its stack and frames.</summary>
    internal const int ObjectBytes = 200;

    /// <summary>Registers of all frames, one after the other. Replaced when it grows: never hold a reference into it across a call.</summary>
    internal LuauValue[] Stack;

    /// <summary>The heap of the VM this thread belongs to.</summary>
    internal readonly LuauHeap Heap;
    internal readonly VmState Vm;

    /// <summary>Frames by depth, made when first needed and reused; see <see cref="Frame"/>.</summary>
    Frame[] _frames = [];
    int _frameCount;
    /// <summary>Frames in use. Storing a number instead of a reference saves a GC write barrier for each call and return.</summary>
    internal int Depth;
    /// <summary>Behind the last value of a run with open count ("set top").</summary>
    internal int Top;
    /// <summary>Where the last results of a frame returning to the host stand.</summary>
    internal int ResultFirst;
    internal int ResultCount;
    /// <summary>Host calls on the C# stack between here and the resume: while above 0 the thread cannot yield.</summary>
    internal int NonYieldable;
    /// <summary>Who resumed it from a script; null when the host did, or when it is not running.</summary>
    internal LuauThread? Resumer;
    /// <summary>The thread that ran when host code resumed this one.</summary>
    internal LuauThread? EntryResumer;
    internal CoroutineStatus State;
    /// <summary>Host levels in use when it was resumed.</summary>
    internal int HostDepthAtResume;
    internal LuauValue ErrorValue;
    internal LuauFault ErrorFault;
    internal string? ErrorTraceback;
    /// <summary>Set by a host function that yields with a continuation, taken by the interpreter at once.</summary>
    internal HostBody? PendingContinuation;
    internal object? PendingState;
    /// <summary>State of the continuation being run.</summary>
    internal object? ContinuationState;
    /// <summary>Behind the arguments of the host function being run; they may stand above the registers of the calling frame.</summary>
    internal int HostTop;
    /// <summary>Slot of the host function being run; meaningful while <see cref="HostTop"/> is not 0.</summary>
    internal int HostFunc;
    /// <summary>Method name of the __namecall handler being called.</summary>
    internal LuauString? NameCallMethod;
    /// <summary>Whether it died by an error that close has not told yet.</summary>
    internal bool HasError;
    /// <summary>Table that new chunks and <c>getfenv(0)</c> use.</summary>
    internal LuauTable Globals;

    internal LuauThread(VmState vm, LuauTable globals)
    {
        vm.Heap.Charge(ObjectBytes + HeapSizes.Values(InitialSlots));
        Vm = vm;
        Heap = vm.Heap;
        Globals = globals;
        Stack = new LuauValue[InitialSlots];
    }

    /// <inheritdoc/>
    public override LuauType Type => LuauType.Thread;

    /// <summary>Rights of the code running on this thread, host-defined bits; coroutines it creates inherit them. The host sets it, scripts cannot.</summary>
    public ulong HostMask { get; set; }

    /// <summary>Anything the host wants to find again from a running call, e.g. which task this is.</summary>
    public object? HostData { get; set; }

    /// <summary>What the coroutine is doing.</summary>
    public CoroutineStatus Status => State;

    /// <summary>Values of the last return or yield to the host; valid until the VM is entered again.</summary>
    public ReadOnlySpan<LuauValue> Results => Stack.AsSpan(ResultFirst, ResultCount);

    /// <summary>The error value after <see cref="ResumeStatus.Failed"/> or <see cref="ResumeStatus.Killed"/>.</summary>
    public LuauValue Error => ErrorValue;

    /// <summary>Makes a finished, failed or never started thread ready to run another function; its stack is reused. Cheaper than a new thread.</summary>
    /// <exception cref="InvalidOperationException">The thread is running, waits in a yield, or is the main thread.</exception>
    public void Reset(LuauFunction function)
    {
        bool isIdle = State == CoroutineStatus.Dead || (State == CoroutineStatus.Suspended && Depth == 0);
        if (!isIdle || ReferenceEquals(this, Vm.MainThread)) throw new InvalidOperationException($"a thread that is {State} cannot be reset");
        Release();
        Stack[0].SetObject(function);
        State = CoroutineStatus.Suspended;
    }

    /// <summary>Drops the frames of a suspended or dead thread, which is dead afterwards.</summary>
    /// <exception cref="InvalidOperationException">The thread is running or has resumed the running one.</exception>
    public void Close()
    {
        if (State is CoroutineStatus.Running or CoroutineStatus.Normal) throw new InvalidOperationException($"a thread that is {State} cannot be closed");
        Release();
        State = CoroutineStatus.Dead;
    }

    /// <summary>Forgets frames, values and error.</summary>
    internal void Release()
    {
        foreach (Frame f in MadeFrames) f.Clear();
        Depth = 0;
        Top = ResultFirst = ResultCount = 0;
        NonYieldable = 0;
        Resumer = null;
        ErrorValue.SetNil();
        ErrorTraceback = null;
        HasError = false;
        HostTop = 0;
        PendingContinuation = null;
        PendingState = ContinuationState = null;
        Array.Clear(Stack);
    }

    /// <summary>The innermost frame; null before the start and after the end.</summary>
    internal Frame? Frame => Depth == 0 ? null : _frames[Depth - 1];

    /// <summary>Pushes a frame that does not run script code.</summary>
    internal Frame PushHostFrame(FrameKind kind, HostFunction? function, int func, int limit, int wanted, ReturnTo returnTo)
    {
        Frame f = PushFrame();
        f.Mode = Frame.ModeOf(kind, returnTo);
        f.HostFunction = function;
        f.Func = func;
        f.Base = limit;
        f.Wanted = wanted;
        return f;
    }

    /// <summary>The next frame to use, counted as in use.</summary>
    /// <exception cref="LuauException">Too many nested calls.</exception>
    internal Frame PushFrame()
    {
        Frame f = Depth < _frameCount ? _frames[Depth] : NewFrame();
        Depth++;
        return f;
    }

    /// <summary>Makes the frame behind the innermost one; not in use yet.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal Frame NewFrame()
    {
        int depth = _frameCount + 1;
        if (depth > Vm.CallDepthLimit) throw Vm.HandlerDepth > 0 ? Errors.InErrorHandling() : Errors.StackOverflow(this);
        if (_frameCount == _frames.Length)
        {
            int length = Math.Max(4, _frames.Length * 2);
            Heap.Charge((length - _frames.Length) * 8L);
            Array.Resize(ref _frames, length);
        }
        Heap.Charge(Frame.Bytes);
        Frame? last = _frameCount == 0 ? null : _frames[_frameCount - 1];
        var frame = new Frame(last, depth);
        if (last != null) last.Next = frame;
        _frames[_frameCount++] = frame;
        return frame;
    }

    /// <summary>Drops reused frames that error handlers made beyond the ordinary depth.</summary>
    internal void TrimFrames(int depthMax)
    {
        if (_frameCount <= depthMax || Depth > depthMax) return;
        _frames[depthMax - 1].Next = null;
        Array.Clear(_frames, depthMax, _frameCount - depthMax);
        Heap.Refund((long)(_frameCount - depthMax) * Frame.Bytes);
        _frameCount = depthMax;
    }

    /// <summary>The frame <paramref name="level"/> calls out, 1 being the innermost; null when there are not so many.</summary>
    internal Frame? FrameAt(int level) => level >= 1 && level <= Depth ? _frames[Depth - level] : null;

    /// <summary>Appends the calls under way, the innermost first.</summary>
    internal void CopyFrames(Span<ScriptFrame> into, ref int count)
    {
        if (HostTop > 0 && count < into.Length && Stack[HostFunc].Ref is HostFunction running) into[count++] = new ScriptFrame(running);
        for (int n = Depth - 1; n >= 0 && count < into.Length; n--)
        {
            Frame f = _frames[n];
            if (f.IsScript) into[count++] = new ScriptFrame(f.Closure.Proto.Source, f.CurrentLine);
            else if (f.Kind == FrameKind.Host && f.HostFunction is { } caller) into[count++] = new ScriptFrame(caller);
        }
    }

    /// <summary>Frames made so far; those from <see cref="Depth"/> on are not in use.</summary>
    internal ReadOnlySpan<Frame> MadeFrames => _frames.AsSpan(0, _frameCount);

    /// <inheritdoc/>
    internal override void Trace(Tracer tracer)
    {
        tracer.Count(ByteSize);
        tracer.Mark(Globals);
        tracer.Mark(ErrorValue);
        tracer.Mark(Resumer);
        tracer.Mark(NameCallMethod);
        tracer.Mark(Stack, UsedSlots);
        for (int n = 0; n < Depth; n++) tracer.Mark(_frames[n].Function);
    }

    /// <summary>Slots that may be read again. While a host function runs on top of a script, the registers above its arguments are dead.</summary>
    int UsedSlots
    {
        get
        {
            int used = Depth == 0 ? (State == CoroutineStatus.Suspended ? 1 : ResultCount == 0 ? 0 : ResultFirst + ResultCount)
                : HostTop > 0 ? HostTop
                : Math.Max(Frame!.Limit, Top);
            return Math.Min(Stack.Length, used);
        }
    }

    /// <summary>Drops what calls that are over left behind. Only while nothing runs on this thread.</summary>
    internal void ClearUnused()
    {
        int used = UsedSlots;
        Array.Clear(Stack, used, Stack.Length - used);
        for (int n = Depth; n < _frameCount; n++) _frames[n].Clear();
    }

    /// <summary>Bytes of the stack and the frames.</summary>
    internal long ByteSize => ObjectBytes + HeapSizes.Values(Stack.Length) + (_frames.Length * 8L) + ((long)_frameCount * Frame.Bytes);

    /// <summary>First slot that no frame uses.</summary>
    internal int FreeSlot => Math.Max(HostTop, Frame?.Limit ?? 0);

    /// <summary>Position in front of a message, as the function at this level has it.</summary>
    internal LuauException ErrorAtCaller(string message) => Errors.Runtime(this, message);

    /// <summary>Calls a function from host code; its frame starts at stack slot <paramref name="top"/>; first result.</summary>
    /// <param name="top">First free slot.</param>
    /// <param name="function">Anything callable.</param>
    /// <param name="a">First argument.</param>
    /// <param name="b">Second argument.</param>
    /// <param name="count">Arguments passed, 1 or 2.</param>
    /// <param name="caller">The host function that calls back; null when the interpreter calls a metamethod.</param>
    internal LuauValue CallOne(int top, in LuauValue function, in LuauValue a, in LuauValue b, int count, HostFunction? caller)
    {
        LuauValue first = a, second = b;
        EnsureStack(top + 3 + SpareSlots);
        Stack[top] = function;
        Stack[top + 1] = first;
        Stack[top + 2] = second;
        Interpreter.CallFromHost(this, top, count, caller);
        return ResultCount > 0 ? Stack[ResultFirst] : default;
    }

    /// <summary>Calls a function from host code with any arguments; first result.</summary>
    internal LuauValue CallOne(int top, in LuauValue function, ReadOnlySpan<LuauValue> args, HostFunction? caller)
    {
        CallMany(top, function, args, caller);
        return ResultCount > 0 ? Stack[ResultFirst] : default;
    }

    /// <summary>Calls a function from host code; results stand at <see cref="ResultFirst"/>.</summary>
    internal void CallMany(int top, in LuauValue function, ReadOnlySpan<LuauValue> args, HostFunction? caller)
    {
        EnsureStack(top + args.Length + 1 + SpareSlots);
        Stack[top] = function;
        for (int n = 0; n < args.Length; n++) Stack[top + 1 + n] = args[n];
        Interpreter.CallFromHost(this, top, args.Length, caller);
    }

    /// <summary>Makes room for <paramref name="slots"/> stack slots in all; charges the heap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EnsureStack(int slots)
    {
        if (Stack.Length < slots) GrowStack(slots);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void GrowStack(int slots)
    {
        if (slots > SlotsMax) throw Errors.OutOfMemory();
        int length = Math.Min(SlotsMax, Math.Max(slots, Stack.Length * 2));
        Heap.Charge((long)(length - Stack.Length) * Unsafe.SizeOf<LuauValue>());
        var grown = new LuauValue[length];
        Array.Copy(Stack, grown, Stack.Length);
        Stack = grown;
    }
}

/// <summary>Status of a coroutine as <c>coroutine.status</c> tells it.</summary>
public enum CoroutineStatus
{
    /// <summary>Not started, or waiting in a yield.</summary>
    Suspended,
    /// <summary>Running.</summary>
    Running,
    /// <summary>Resumed another one that is running.</summary>
    Normal,
    /// <summary>Finished, failed or closed.</summary>
    Dead,
}
