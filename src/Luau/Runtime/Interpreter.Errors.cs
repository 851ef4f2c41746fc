using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

// Where an error goes. Frames live on the heap, so when an exception arrives at the edge of a run they still stand as they were when it was
// raised: handlers of xpcall run on top of them, then they are cut off.
static unsafe partial class Interpreter
{
    /// <summary>Gives an error to the innermost pcall, xpcall or resume of this run.</summary>
    /// <returns>True when somebody took it: the running thread's innermost frame goes on, or <see cref="VmState.Exit"/> is set. False when it has to leave
    /// this run as an exception.</returns>
    static bool Catch(VmState vm, ref LuauException e)
    {
        // Not refused here: whatever is allocated next finds the limit passed.
        vm.Heap.UsedBytes += e.UnchargedBytes;
        e.UnchargedBytes = 0;
        bool isFatal = IsFatal(vm, e);
        LuauThread t = vm.Running;
        t.PendingContinuation = null;
        t.PendingState = null;
        ShowHostFunction(t, e);
        for (; ; )
        {
            // An error may pass two hundred coroutines, each of which puts a position in front of megabytes.
            if (!isFatal && (Volatile.Read(ref vm.Heap.Interrupt) & (int)InterruptReason.Kill) != 0)
            {
                e = Errors.Killed();
                isFatal = true;
            }
            bool isEntry = ReferenceEquals(t, vm.EntryThread);
            Frame? target = isFatal ? null : FindProtected(t, isEntry ? Math.Max(vm.EntryDepth, 0) : 0);
            if (target != null)
            {
                if (target.Kind == FrameKind.Xpcall && !e.IsHandled) e.Value = RunHandler(vm, t, target, e);
                int func = target.Func;
                int cut = Math.Min(t.FreeSlot, t.Stack.Length);
                t.HostTop = 0;
                t.Depth = target.Depth - 1;
                vm.HostDepth = isEntry ? vm.EntryHostDepth : t.HostDepthAtResume;
                t.EnsureStack(func + 2);
                t.Stack[func].SetBoolean(false);
                t.Stack[func + 1] = e.Value;
                // What the frames held must not count as alive: the error may be about memory.
                if (cut > func + 2) Array.Clear(t.Stack, func + 2, cut - func - 2);
                t.Top = func + 2;
                Finish(vm, t, func, target.Wanted, target.ReturnTo, func, 2);
                return true;
            }
            if (isEntry && vm.EntryDepth >= 0)
            {
                Leave(vm, t, e, isFatal);
                return false;
            }

            // The coroutine dies; its frames are kept for tracebacks.
            t.State = CoroutineStatus.Dead;
            t.ErrorValue = e.Value;
            t.ErrorFault = e.Fault;
            t.HasError = true;
            LuauThread? resumer = t.Resumer;
            if (resumer == null)
            {
                e.Traceback ??= Traceback.Of(t, Traceback.FramesShownMax);
                t.ErrorTraceback = e.Traceback;
                vm.Exit = RunExit.Failed;
                return true;
            }
            SwitchBack(vm, t, resumer);
            Frame waiting = resumer.Frame!;
            resumer.Depth--;
            t = resumer;
            if (isFatal) continue;
            if (waiting.Kind == FrameKind.Resume)
            {
                t.EnsureStack(waiting.Func + 2);
                t.Stack[waiting.Func].SetBoolean(false);
                t.Stack[waiting.Func + 1] = e.Value;
                Finish(vm, t, waiting.Func, waiting.Wanted, waiting.ReturnTo, waiting.Func, 2);
                return true;
            }
            // A wrapped coroutine raises in its caller, whose position goes in front of texts.
            if (e.Value.Ref is LuauString text)
            {
                e = AtCaller(t, e, text);
                isFatal = IsFatal(vm, e);
            }
            e.IsHandled = false;
        }
    }

    static LuauException AtCaller(LuauThread t, LuauException e, LuauString text)
    {
        try
        {
            e.Value = new LuauValue(Errors.WithPosition(t, 1, text));
            return e;
        }
        catch (LuauException instead)
        {
            // Killed meanwhile, or no memory for the longer text.
            return instead;
        }
    }

    /// <summary>Gives an error to whoever catches it; a CLR exception, which costs microseconds, only when that is not a script of this run.</summary>
    /// <returns>True: the running thread's innermost frame goes on, or <see cref="VmState.Exit"/> is set.</returns>
    static bool Raise(VmState vm, LuauException e) => Catch(vm, ref e) ? true : throw e;

    /// <summary>A host function that raised an error gets a frame, so that handlers and <c>debug.info</c> count levels as if it had had one all along.</summary>
    static void ShowHostFunction(LuauThread t, LuauException e)
    {
        int top = t.HostTop;
        t.HostTop = 0;
        if (top == 0 || e.Fault == LuauFault.Memory || !t.Heap.TryReserve(Frame.Bytes * 16) || t.Depth >= t.Vm.Options.CallDepthMax) return;
        if (t.Stack[t.HostFunc].Ref is not HostFunction function) return;
        t.PushHostFrame(FrameKind.Host, function, t.HostFunc, top, 0, ReturnTo.Host);
    }

    /// <summary>Whether no script may catch the error.</summary>
    static bool IsFatal(VmState vm, LuauException e) => e.Fault == LuauFault.Killed || (e.Fault == LuauFault.Memory && vm.Heap.IsDoomed);

    static Frame? FindProtected(LuauThread t, int floor)
    {
        for (Frame? f = t.Frame; f != null && f.Depth > floor; f = f.Previous)
            if (f.Kind is FrameKind.Pcall or FrameKind.Xpcall) return f;
        return null;
    }

    /// <summary>An error is about to leave this run through host code: an xpcall further out gets to see the frames first, or the traceback is taken.</summary>
    static void Leave(VmState vm, LuauThread t, LuauException e, bool isFatal)
    {
        Frame? outer = isFatal ? null : FindProtected(t, 0);
        if (outer == null) e.Traceback ??= Traceback.Of(t, Traceback.FramesShownMax);
        else if (outer.Kind == FrameKind.Xpcall && !e.IsHandled && vm.HandlerDepth == 0)
        {
            e.Value = RunHandler(vm, t, outer, e);
            e.IsHandled = true;
        }
    }

    /// <summary>Runs the handler of an xpcall frame on top of the frames of the error.</summary>
    /// <returns>The value that replaces the error.</returns>
    static LuauValue RunHandler(VmState vm, LuauThread t, Frame target, LuauException e)
    {
        int free = t.FreeSlot;
        LuauException failure;
        vm.HandlerDepth++;
        try
        {
            t.EnsureStack(free + 2 + LuauThread.SpareSlots);
            t.Stack[free] = t.Stack[target.Func];
            t.Stack[free + 1] = e.Value;
            CallFromHost(t, free, 1, null);
            return t.ResultCount > 0 ? t.Stack[t.ResultFirst] : default;
        }
        catch (LuauException inner)
        {
            failure = inner;
        }
        finally
        {
            vm.HandlerDepth--;
            t.TrimFrames(vm.Options.CallDepthMax);
        }
        if (IsFatal(vm, failure)) throw failure;
        return failure.Fault == LuauFault.Memory && e.Fault == LuauFault.Memory ? failure.Value : Errors.InErrorHandling().Value;
    }

    /// <summary>The error of <c>assert</c>; null when the assertion holds.</summary>
    static LuauException? AssertionError(ref CallContext call)
    {
        if (call.Any(0).IsTruthy) return null;
        LuauString? message = call.OptionalString(1);
        return message == null ? call.Error("assertion failed!") : new LuauException(Errors.WithPosition(call.Thread, 1, message));
    }

    /// <summary>The error that <c>error(value, level)</c> raises.</summary>
    static LuauException MakeError(LuauThread t, HostFunction function, int func, int arguments)
    {
        var call = new CallContext(t, function, func + 1, arguments);
        LuauValue value = call[0];
        int level = call.Integer(1, 1);
        if (level > 0 && IsText(value)) value = new LuauValue(Errors.WithPosition(t, level, call.String(0)));
        return new LuauException(value);
    }
}
