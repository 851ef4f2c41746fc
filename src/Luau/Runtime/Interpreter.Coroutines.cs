namespace GameServer.Luau.Runtime;

// Resume and yield (specification 11): switching threads within one run of the interpreter.
static unsafe partial class Interpreter
{
    static void Resume(
        VmState vm, LuauThread t, HostFunction function, LuauThread coroutine, int func, int first, int arguments, int wanted, ReturnTo returnTo, FrameKind kind)
    {
        string? refusal = null;
        if (coroutine.State != CoroutineStatus.Suspended) refusal = $"cannot resume {StatusName(coroutine.State)} coroutine";
        else if (arguments > HostValuesMax) refusal = "too many arguments to resume";
        else if (vm.HostDepth >= vm.HostDepthLimit) refusal = "C stack overflow";
        if (refusal != null)
        {
            if (kind == FrameKind.Wrap) throw Errors.Runtime(t, refusal);
            t.EnsureStack(func + 2);
            t.Stack[func].SetBoolean(false);
            t.Stack[func + 1].SetObject(vm.Heap.NewString(System.Text.Encoding.UTF8.GetBytes(refusal)));
            Finish(vm, t, func, wanted, returnTo, func, 2);
            return;
        }
        t.PushHostFrame(kind, function, func, first + arguments, wanted, returnTo);
        t.State = CoroutineStatus.Normal;
        coroutine.Resumer = t;
        coroutine.State = CoroutineStatus.Running;
        coroutine.HostDepthAtResume = ++vm.HostDepth;
        vm.Running = coroutine;
        int target = coroutine.Depth == 0 ? 1 : coroutine.Frame!.Func;
        Copy(t, first, coroutine, target, arguments);
        Continue(vm, coroutine, arguments);
    }

    /// <summary>Name of a status as scripts see it.</summary>
    internal static string StatusName(CoroutineStatus status) => status switch
    {
        CoroutineStatus.Suspended => "suspended",
        CoroutineStatus.Running => "running",
        CoroutineStatus.Normal => "normal",
        _ => "dead",
    };

    /// <summary>Starts or continues a thread that was just switched to. The arguments stand behind its function, or where the results of the yield go.</summary>
    static void Continue(VmState vm, LuauThread t, int arguments)
    {
        if (t.Depth == 0)
        {
            Invoke(vm, t, 0, arguments, 0, ReturnTo.Resumer);
            return;
        }
        Frame waiting = t.Frame!;
        t.Depth--;
        int func = waiting.Func, wanted = waiting.Wanted;
        ReturnTo returnTo = waiting.ReturnTo;
        HostBody? continuation = waiting.Continuation;
        if (continuation == null)
        {
            Finish(vm, t, func, wanted, returnTo, func, arguments);
            return;
        }
        HostFunction function = waiting.HostFunction!;
        t.ContinuationState = waiting.State;
        waiting.Continuation = null;
        waiting.State = null;
        t.EnsureStack(func + arguments + 1 + LuauThread.SpareSlots);
        Move(t, func, func + 1, arguments);
        t.HostTop = func + 1 + arguments;
        var call = new CallContext(t, function, func + 1, arguments);
        int count = continuation(ref call).Code;
        t.HostTop = 0;
        if (count < 0) YieldNow(vm, t, function, func, -1 - count, wanted, returnTo);
        else Finish(vm, t, func, wanted, returnTo, func, count);
    }

    /// <summary>Suspends the running thread inside a host function that gives the values at Stack[func].</summary>
    static void YieldNow(VmState vm, LuauThread t, HostFunction function, int func, int count, int wanted, ReturnTo returnTo)
    {
        Frame waiting = t.PushHostFrame(FrameKind.Yielded, function, func, func + count, wanted, returnTo);
        waiting.Continuation = t.PendingContinuation;
        waiting.State = t.PendingState;
        t.PendingContinuation = null;
        t.PendingState = null;
        t.State = CoroutineStatus.Suspended;
        LuauThread? resumer = t.Resumer;
        if (resumer == null)
        {
            t.ResultFirst = func;
            t.ResultCount = count;
            vm.Exit = RunExit.Yielded;
            return;
        }
        int first = ReturnToResumer(vm, t, resumer, func, ref count, out Frame resume);
        Finish(vm, resumer, resume.Func, resume.Wanted, resume.ReturnTo, first, count);
    }
}
