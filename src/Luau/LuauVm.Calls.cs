using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau;

public sealed partial class LuauVm
{
    /// <summary>Calls a function on the main thread, or, from inside a host function, on the running thread; it cannot yield.</summary>
    /// <param name="function">A function of this VM.</param>
    /// <param name="args">Arguments; at most 8000.</param>
    /// <returns>The results; the span is valid until this VM is entered again.</returns>
    /// <exception cref="LuauException">A script error, with traceback; a kill; or the memory limit.</exception>
    /// <exception cref="ArgumentException">The function belongs to another VM.</exception>
    public ReadOnlySpan<LuauValue> Call(LuauFunction function, params ReadOnlySpan<LuauValue> args)
    {
        Enter();
        CheckOwn(function);
        LuauThread t = _state.Running;
        t.CallMany(t.FreeSlot, new LuauValue(function), args, null);
        return t.Results;
    }

    /// <summary>Makes a coroutine. It inherits <see cref="LuauThread.HostMask"/> and the globals of the running thread.</summary>
    /// <param name="function">What it will run; null to give one later with <see cref="LuauThread.Reset"/>.</param>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public LuauThread CreateThread(LuauFunction? function = null)
    {
        Enter();
        if (function != null) CheckOwn(function);
        LuauThread creator = _state.Running;
        var thread = new LuauThread(_state, function is Closure closure ? closure.Environment : creator.Globals) { HostMask = creator.HostMask };
        if (function == null) thread.State = CoroutineStatus.Dead;
        else thread.Stack[0].SetObject(function);
        return thread;
    }

    /// <summary>Starts a coroutine, or continues one that yielded.</summary>
    /// <param name="thread">Suspended; see <see cref="LuauThread.Status"/>.</param>
    /// <param name="args">Arguments of its function, or results of the yield it waits in.</param>
    /// <returns>How it came back. Results, or yielded values, are in <see cref="LuauThread.Results"/>; after a failure the error value is in
    /// <see cref="LuauThread.Error"/> and its frames are kept for <see cref="GetTraceback"/>. Script errors never leave as exceptions.</returns>
    /// <exception cref="InvalidOperationException">The thread is not suspended, or belongs to another VM.</exception>
    public ResumeStatus Resume(LuauThread thread, params ReadOnlySpan<LuauValue> args) => ResumeCore(thread, args, null);

    /// <summary>Continues a coroutine that yielded, as if the call it waits in had raised <paramref name="error"/>.</summary>
    /// <inheritdoc cref="Resume"/>
    public ResumeStatus ResumeWithError(LuauThread thread, in LuauValue error)
    {
        if (thread.Depth == 0) throw new InvalidOperationException("the thread does not wait in a yield");
        return ResumeCore(thread, default, new LuauException(error));
    }

    ResumeStatus ResumeCore(LuauThread thread, ReadOnlySpan<LuauValue> args, LuauException? raise)
    {
        Enter();
        if (!ReferenceEquals(thread.Vm, _state)) throw new InvalidOperationException("the thread belongs to another VM");
        if (thread.State != CoroutineStatus.Suspended) throw new InvalidOperationException($"the thread is {thread.State}");
        return Interpreter.ResumeFromHost(_state, thread, args, raise) switch
        {
            RunExit.Finished => ResumeStatus.Finished,
            RunExit.Yielded => ResumeStatus.Yielded,
            _ => thread.ErrorFault == LuauFault.Killed || Heap.IsDoomed ? ResumeStatus.Killed : ResumeStatus.Failed,
        };
    }

    /// <summary>Script frames of a thread from the inside out, one line each, as <c>debug.traceback</c> writes them.</summary>
    public string GetTraceback(LuauThread thread) => thread.ErrorTraceback ?? Traceback.Of(thread, Traceback.FramesShownMax);

    /// <summary>The thread whose code is running; null when the host has control.</summary>
    public LuauThread? RunningThread => _state.Entries == 0 ? null : _state.Running;

    /// <summary>Tells the running script to stop at its next safepoint. No script code can catch it, and everything entered afterwards stops at
    /// once too, until <see cref="ClearKill"/>. Any thread.</summary>
    public void RequestKill() => Heap.RequestInterrupt(InterruptReason.Kill);

    /// <summary>Asks for one <see cref="Sampled"/> at the next safepoint, or inside the library function that is running. Any thread.</summary>
    public void RequestInterrupt() => Heap.RequestInterrupt(InterruptReason.Sample);

    /// <summary>Takes back <see cref="RequestKill"/>. Only while the host has control, not from inside a host function.</summary>
    /// <exception cref="InvalidOperationException">A script is running.</exception>
    public void ClearKill()
    {
        if (_state.Entries > 0) throw new InvalidOperationException("a script is running");
        Interlocked.And(ref Heap.Interrupt, ~(int)InterruptReason.Kill);
    }

    /// <summary>Raised on the VM's thread at the safepoint after <see cref="RequestInterrupt"/>; the argument is the running thread, for
    /// <see cref="GetTraceback"/>; <see cref="CopyFrames"/> tells more. Handlers must not enter the VM.</summary>
    public event Action<LuauThread>? Sampled;

    /// <summary>Makes a handle that keeps a value alive until it is released.</summary>
    public LuauRef CreateRef(in LuauValue value)
    {
        Enter();
        var pinned = new LuauRef(this, value);
        _state.Refs.Add(pinned);
        return pinned;
    }

    void CheckOwn(LuauFunction function)
    {
        if (function is Closure closure && !ReferenceEquals(closure.Proto.Vm, _state)) throw new ArgumentException("the function belongs to another VM", nameof(function));
    }

    internal void Release(LuauRef pinned) => _state.Refs.Remove(pinned);
}

/// <summary>How a coroutine came back from <see cref="LuauVm.Resume"/>.</summary>
public enum ResumeStatus
{
    /// <summary>Its function returned.</summary>
    Finished,
    /// <summary>It yielded and can be resumed.</summary>
    Yielded,
    /// <summary>It died by a script error, or by a catchable lack of memory.</summary>
    Failed,
    /// <summary>It was stopped by <see cref="LuauVm.RequestKill"/> or by the memory limit; see <see cref="LuauVm.IsDoomed"/>.</summary>
    Killed,
}
