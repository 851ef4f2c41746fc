using System.Runtime.CompilerServices;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>Why a run of the interpreter ended.</summary>
enum RunExit
{
    /// <summary>It did not.</summary>
    None,
    /// <summary>The call it was started for returned.</summary>
    Returned,
    /// <summary>The thread it was started for ran to its end.</summary>
    Finished,
    /// <summary>The thread it was started for yielded.</summary>
    Yielded,
    /// <summary>The thread it was started for died by an error.</summary>
    Failed,
}

// Calls, returns, yields and resumes. Two operations carry everything that is not a plain script call:
//   Invoke  calls whatever stands in a stack slot; a script function gets a frame, a host function runs at once
//   Finish  hands results to whoever waits: a script frame, a pcall frame, a resumer, the host
// Both leave the running thread's innermost frame ready to run, or set VmState.Exit.
static unsafe partial class Interpreter
{
    /// <summary>Up to so many values are copied one by one, which is faster than a block copy.</summary>
    const int FewValues = 8;

    /// <summary>Values a library function may push as results or take as resume arguments (specification 12).</summary>
    internal const int HostValuesMax = 8000;

    // ---- entry from host code

    /// <summary>Calls Stack[func] with the arguments behind it, from host code. Results stand at <see cref="LuauThread.ResultFirst"/>.</summary>
    /// <param name="t">The running thread.</param>
    /// <param name="func">Slot of the function.</param>
    /// <param name="arguments">Count of arguments behind it.</param>
    /// <param name="caller">The host function that calls back, for positions and tracebacks; null for metamethods.</param>
    internal static void CallFromHost(LuauThread t, int func, int arguments, HostFunction? caller)
    {
        VmState vm = t.Vm;
        if (vm.HostDepth >= vm.HostDepthLimit || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Errors.HostStackOverflow(caller == null ? t : null, vm);
        LuauThread? outerThread = vm.EntryThread;
        int outerDepth = vm.EntryDepth, outerHostDepth = vm.EntryHostDepth;
        int depth = t.Depth, hostTop = t.HostTop, hostFunc = t.HostFunc, hostDepth = vm.HostDepth, nonYieldable = t.NonYieldable;
        vm.HostDepth++;
        t.NonYieldable++;
        t.HostTop = 0;
        if (caller != null) t.PushHostFrame(FrameKind.Host, caller, func, func, 0, ReturnTo.Host);
        vm.EntryThread = t;
        vm.EntryDepth = t.Depth;
        vm.EntryHostDepth = vm.HostDepth;
        vm.Entries++;
        try
        {
            Execute(vm, t, func, arguments, ReturnTo.Host);
        }
        finally
        {
            vm.Entries--;
            vm.EntryThread = outerThread;
            vm.EntryDepth = outerDepth;
            vm.EntryHostDepth = outerHostDepth;
            vm.HostDepth = hostDepth;
            vm.Running = t;
            t.NonYieldable = nonYieldable;
            t.Depth = depth;
            t.HostTop = hostTop;
            t.HostFunc = hostFunc;
            vm.Exit = RunExit.None;
        }
    }

    /// <summary>Starts or continues a suspended thread from host code.</summary>
    internal static RunExit ResumeFromHost(VmState vm, LuauThread t, ReadOnlySpan<LuauValue> arguments, LuauException? raise)
    {
        LuauThread resumer = vm.Running;
        if (vm.HostDepth >= vm.HostDepthLimit || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw Errors.HostStackOverflow(null, vm);
        LuauThread? outerThread = vm.EntryThread;
        int outerDepth = vm.EntryDepth, outerHostDepth = vm.EntryHostDepth, hostDepth = vm.HostDepth;
        CoroutineStatus resumerState = resumer.State;
        vm.HostDepth++;
        resumer.State = CoroutineStatus.Normal;
        t.State = CoroutineStatus.Running;
        t.HostDepthAtResume = vm.HostDepth;
        vm.EntryThread = t;
        vm.EntryDepth = -1;
        vm.EntryHostDepth = vm.HostDepth;
        vm.Entries++;
        t.EntryResumer = resumer;
        vm.Running = t;
        try
        {
            int func = t.Depth == 0 ? 0 : t.Frame!.Func;
            int first = t.Depth == 0 ? 1 : func;
            t.EnsureStack(first + arguments.Length + LuauThread.SpareSlots);
            for (int n = 0; n < arguments.Length; n++) t.Stack[first + n] = arguments[n];
            Execute(vm, t, func, arguments.Length, ReturnTo.Resumer, raise);
            return vm.Exit;
        }
        catch (LuauException e)
        {
            // A handler was killed on the way out.
            t.State = CoroutineStatus.Dead;
            t.ErrorValue = e.Value;
            t.ErrorFault = e.Fault;
            t.ErrorTraceback = e.Traceback;
            t.HasError = true;
            return RunExit.Failed;
        }
        finally
        {
            vm.Entries--;
            t.EntryResumer = null;
            vm.EntryThread = outerThread;
            vm.EntryDepth = outerDepth;
            vm.EntryHostDepth = outerHostDepth;
            vm.HostDepth = hostDepth;
            vm.Running = resumer;
            resumer.State = resumerState;
            vm.Exit = RunExit.None;
        }
    }

    /// <summary>Calls or continues, then runs until control goes back to the host. The only place that catches script errors: an error that a pcall frame of
    /// this run takes goes on here, any other leaves.</summary>
    static void Execute(VmState vm, LuauThread t, int func, int arguments, ReturnTo returnTo, LuauException? raise = null)
    {
        bool isStarted = false;
        do
        {
            LuauException? error;
            try
            {
                if (!isStarted)
                {
                    isStarted = true;
                    Start(vm, t, func, arguments, returnTo, raise);
                }
                if (vm.Exit == RunExit.None) Run(vm.Running);
                return;
            }
            catch (LuauException e)
            {
                error = e;
            }
            catch (InsufficientExecutionStackException)
            {
                error = Errors.HostStackOverflow(null, vm);
            }
            // Outside of the catch block, where the C# stack is unwound already: two hundred levels of rethrowing inside would not fit a small stack.
            if (!Catch(vm, error)) throw error;
        }
        while (vm.Exit == RunExit.None);
    }

    static void Start(VmState vm, LuauThread t, int func, int arguments, ReturnTo returnTo, LuauException? raise)
    {
        vm.Heap.Poll();
        if (raise != null)
        {
            t.Depth--;
            throw raise;
        }
        if (returnTo == ReturnTo.Resumer) Continue(vm, t, arguments);
        else Invoke(vm, t, func, arguments, 0, returnTo);
    }

    // ---- calls

    /// <summary>A Call that is neither a script function nor a plain host function.</summary>
    static void CallOther(VmState vm, LuauThread t, Frame f, Instruction* i)
    {
        int func = f.Base + (i->A >> 4);
        int arguments = i->B != 0 ? i->B - 1 : t.Top - func - 1;
        Invoke(vm, t, func, arguments, i->C, ReturnTo.Script);
    }

    /// <summary>Runs a host function called from a script frame.</summary>
    /// <returns>True when its results are in place and the same frame goes on; false when it yielded.</returns>
    static bool CallHost(LuauThread t, HostFunction function, int func, int arguments, int wanted)
    {
        // A builtin reached through a local or a field: its frameless form serves as well, on the terms of a fast call.
        if (function.Builtin != BuiltinId.None && arguments > 0 && (wanted == 1 || (wanted == 2 && !Builtins.HasNoResult(function.Builtin))))
        {
            ref LuauValue result = ref t.Stack[func];
            if (BuiltinCalls.CallN(function.Builtin, ref result, ref Unsafe.Add(ref result, 1), arguments, t)) return true;
        }
        int count = RunBody(t, function, func, arguments);
        if (count < 0)
        {
            YieldNow(t.Vm, t, function, func, -1 - count, wanted, ReturnTo.Script);
            return false;
        }
        if (wanted == 0) t.Top = func + count;
        else if (count < wanted - 1) FillNil(t, func + count, func + wanted - 1);
        return true;
    }

    static int RunBody(LuauThread t, HostFunction function, int func, int arguments)
    {
        t.HostFunc = func;
        t.HostTop = func + 1 + arguments;
        var call = new CallContext(t, function, func + 1, arguments);
        int count = function.Body(ref call).Code;
        t.HostTop = 0;
        return count;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static void FillNil(LuauThread t, int from, int to)
    {
        t.EnsureStack(to);
        for (int n = from; n < to; n++) t.Stack[n].SetNil();
    }

    /// <summary>Arguments that do not match the parameters one for one: missing ones become nil, extra ones go to <c>...</c> or are dropped.</summary>
    /// <returns>Stack index of the first register.</returns>
    static int AdjustArguments(LuauThread t, Frame next, LoadedProto proto, int func, int arguments)
    {
        int parameters = proto.ParameterCount;
        t.EnsureStack(func + 1 + arguments + proto.RegisterCount + LuauThread.SpareSlots);
        next.VarArgCount = 0;
        LuauValue[] stack = t.Stack;
        if (arguments <= parameters || !proto.IsVarArg)
        {
            for (int n = arguments; n < parameters; n++) stack[func + 1 + n].SetNil();
            return func + 1;
        }
        // The parameters are copied behind all arguments, so that `...` keeps its place right below the registers.
        int @base = func + 1 + arguments;
        for (int n = 0; n < parameters; n++) stack[@base + n].CopyFrom(ref stack[func + 1 + n]);
        next.VarArgCount = arguments - parameters;
        return @base;
    }

    static void CopyVarArgs(LuauThread t, Frame f, Instruction* i)
    {
        int count = f.VarArgCount;
        int target = f.Base + (i->A >> 4);
        int wanted = i->B - 1;
        if (wanted < 0)
        {
            wanted = count;
            t.EnsureStack(target + count + LuauThread.SpareSlots);
            t.Top = target + count;
        }
        LuauValue[] stack = t.Stack;
        int first = f.Base - count;
        int copied = Math.Min(count, wanted);
        for (int n = 0; n < copied; n++) stack[target + n].CopyFrom(ref stack[first + n]);
        for (int n = copied; n < wanted; n++) stack[target + n].SetNil();
    }

    static void CallIterator(VmState vm, LuauThread t, Frame f, Instruction* i)
    {
        int source = f.Base + (i->A >> 4);
        t.EnsureStack(source + 6 + LuauThread.SpareSlots);
        LuauValue[] stack = t.Stack;
        stack[source + 3].CopyFrom(ref stack[source]);
        stack[source + 4].CopyFrom(ref stack[source + 1]);
        stack[source + 5].CopyFrom(ref stack[source + 2]);
        Invoke(vm, t, source + 3, 2, i->B + 1, ReturnTo.Script);
    }

    /// <summary>Calls the value at Stack[func]. Wanted and destination are those of <see cref="Frame"/>.</summary>
    static void Invoke(VmState vm, LuauThread t, int func, int arguments, int wanted, ReturnTo returnTo)
    {
        for (; ; )
        {
            object? callee = t.Stack[func].Ref;
            if (callee is Closure closure)
            {
                PushScriptFrame(t, closure, func, arguments, wanted, returnTo);
                return;
            }
            if (callee is HostFunction function)
            {
                switch (function.Kind)
                {
                    case HostFunctionKind.Pcall:
                    {
                        if (arguments == 0) throw new CallContext(t, function, func + 1, 0).Error("missing argument #1");
                        t.PushHostFrame(FrameKind.Pcall, function, func, func + 1 + arguments, wanted, returnTo);
                        func++;
                        arguments--;
                        wanted = 0;
                        returnTo = ReturnTo.Protected;
                        continue;
                    }
                    case HostFunctionKind.Xpcall:
                    {
                        var call = new CallContext(t, function, func + 1, arguments);
                        LuauFunction handler = call.Callable(1);
                        LuauValue body = t.Stack[func + 1];
                        t.Stack[func].SetObject(handler);
                        t.Stack[func + 2] = body;
                        t.PushHostFrame(FrameKind.Xpcall, function, func, func + 1 + arguments, wanted, returnTo);
                        func += 2;
                        arguments -= 2;
                        wanted = 0;
                        returnTo = ReturnTo.Protected;
                        continue;
                    }
                    case HostFunctionKind.Resume:
                    {
                        LuauThread coroutine = new CallContext(t, function, func + 1, arguments).Coroutine(0);
                        Resume(vm, t, function, coroutine, func, func + 2, arguments - 1, wanted, returnTo, FrameKind.Resume);
                        return;
                    }
                    case HostFunctionKind.Wrapped:
                        Resume(vm, t, function, function.Wrapped!, func, func + 1, arguments, wanted, returnTo, FrameKind.Wrap);
                        return;
                    case HostFunctionKind.Yield:
                    {
                        if (t.NonYieldable > 0) throw Errors.NotYieldable();
                        Move(t, func + 1, func, arguments);
                        YieldNow(vm, t, function, func, arguments, wanted, returnTo);
                        return;
                    }
                    case HostFunctionKind.Error:
                    {
                        // Frames are cut off right here: no exception when a script catches it.
                        LuauException e = MakeError(t, function, func, arguments);
                        t.HostFunc = func;
                        t.HostTop = func + 1 + arguments;
                        if (Catch(vm, e)) return;
                        throw e;
                    }
                    default:
                    {
                        int count = RunBody(t, function, func, arguments);
                        if (count < 0) YieldNow(vm, t, function, func, -1 - count, wanted, returnTo);
                        else Finish(vm, t, func, wanted, returnTo, func, count);
                        return;
                    }
                }
            }

            // Anything else: its __call gets the value in front of the arguments.
            LuauValue target = t.Stack[func];
            LuauValue meta = Metamethods.Get(vm, target, MetaEvent.Call);
            if (meta.Ref is not LuauFunction) throw Errors.Call(t, target);
            t.EnsureStack(func + arguments + 2 + LuauThread.SpareSlots);
            Move(t, func, func + 1, arguments + 1);
            t.Stack[func] = meta;
            arguments++;
        }
    }

    static void PushScriptFrame(LuauThread t, Closure closure, int func, int arguments, int wanted, ReturnTo returnTo)
    {
        LoadedProto proto = closure.Proto;
        Frame next = t.PushFrame();
        int @base = func + 1;
        next.Mode = Frame.ModeOf(FrameKind.Script, returnTo);
        next.Closure = closure;
        next.Base = @base;
        next.Func = func;
        next.Wanted = wanted;
        next.Pc = proto.Entry;
        next.VarArgCount = 0;
        if (arguments != proto.ExactArguments) next.Base = @base = AdjustArguments(t, next, proto, func, arguments);
        t.EnsureStack(@base + proto.RegisterCount + LuauThread.SpareSlots);
        if (t.Heap.Interrupt != 0) Safepoint(t);
    }

    /// <summary>Moves values within the stack; ranges may overlap.</summary>
    static void Move(LuauThread t, int from, int to, int count)
    {
        if (from == to || count == 0) return;
        LuauValue[] stack = t.Stack;
        if (count <= FewValues && to < from)
        {
            for (int n = 0; n < count; n++) stack[to + n].CopyFrom(ref stack[from + n]);
            return;
        }
        Array.Copy(stack, from, stack, to, count);
    }

    /// <summary>Copies values between stacks, or within one.</summary>
    static void Copy(LuauThread source, int from, LuauThread target, int to, int count)
    {
        if (count == 0) return;
        target.EnsureStack(to + count + LuauThread.SpareSlots);
        LuauValue[] values = source.Stack, stack = target.Stack;
        if (count <= FewValues)
        {
            for (int n = 0; n < count; n++) stack[to + n].CopyFrom(ref values[from + n]);
            return;
        }
        Array.Copy(values, from, stack, to, count);
    }

    // ---- results

    /// <summary>Hands <paramref name="count"/> results standing at <paramref name="first"/> of a call that is over, and whose frame is popped, to whoever waits.</summary>
    static void Finish(VmState vm, LuauThread t, int func, int wanted, ReturnTo returnTo, int first, int count)
    {
        for (; ; )
        {
            switch (returnTo)
            {
                case ReturnTo.Script:
                {
                    if (wanted == 0)
                    {
                        Move(t, first, func, count);
                        t.Top = func + count;
                        return;
                    }
                    int kept = Math.Min(count, wanted - 1);
                    LuauValue[] stack = t.Stack;
                    if (first != func)
                        for (int n = 0; n < kept; n++) stack[func + n].CopyFrom(ref stack[first + n]);
                    if (kept < wanted - 1) FillNil(t, func + kept, func + wanted - 1);
                    return;
                }
                case ReturnTo.Protected:
                {
                    // Success of pcall or xpcall: true in front of the results.
                    Frame p = t.Frame!;
                    t.EnsureStack(p.Func + count + 2);
                    Move(t, first, p.Func + 1, count);
                    t.Stack[p.Func].SetBoolean(true);
                    t.Depth--;
                    first = func = p.Func;
                    wanted = p.Wanted;
                    returnTo = p.ReturnTo;
                    count++;
                    continue;
                }
                case ReturnTo.Host:
                    t.ResultFirst = first;
                    t.ResultCount = count;
                    vm.Exit = RunExit.Returned;
                    return;
                default:
                {
                    t.State = CoroutineStatus.Dead;
                    LuauThread? resumer = t.Resumer;
                    if (resumer == null)
                    {
                        t.ResultFirst = first;
                        t.ResultCount = count;
                        vm.Exit = RunExit.Finished;
                        return;
                    }
                    first = ReturnToResumer(vm, t, resumer, first, ref count, out Frame waiting);
                    t.Release();
                    t = resumer;
                    func = waiting.Func;
                    wanted = waiting.Wanted;
                    returnTo = waiting.ReturnTo;
                    continue;
                }
            }
        }
    }

    /// <summary>Makes the resumer run again and copies results or yielded values to it.</summary>
    /// <returns>Where they stand in the resumer's stack.</returns>
    static int ReturnToResumer(VmState vm, LuauThread t, LuauThread resumer, int first, ref int count, out Frame waiting)
    {
        SwitchBack(vm, t, resumer);
        waiting = resumer.Frame!;
        int target = waiting.Func;
        resumer.Depth--;
        if (waiting.Kind == FrameKind.Resume)
        {
            Copy(t, first, resumer, target + 1, count);
            resumer.EnsureStack(target + 1);
            resumer.Stack[target].SetBoolean(true);
            count++;
        }
        else Copy(t, first, resumer, target, count);
        return target;
    }

    static void SwitchBack(VmState vm, LuauThread t, LuauThread resumer)
    {
        t.Resumer = null;
        vm.HostDepth = t.HostDepthAtResume - 1;
        vm.Running = resumer;
        resumer.State = CoroutineStatus.Running;
    }

    // ---- coroutines

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

    // ---- closures and cells

    static void NewCell(LuauThread t, ref LuauValue register)
    {
        t.Heap.Charge(HeapSizes.Cell);
        var cell = new Cell();
        cell.Value.CopyFrom(ref register);
        register.SetObject(cell);
    }

    /// <summary>Makes a closure; returns the instruction behind its captures.</summary>
    static Instruction* NewClosure(LuauThread t, Frame f, Instruction* i)
    {
        Closure creator = f.Closure;
        LoadedProto proto = creator.Proto.Child(i->D);
        int count = proto.Source.UpvalueCount;
        ref LuauValue target = ref Register(t, f, i->A);
        if (count == 0)
        {
            Closure? shared = proto.Shared;
            if (shared == null || !ReferenceEquals(shared.Environment, creator.Environment))
            {
                t.Heap.Charge(Closure.ByteSize(0));
                proto.Shared = shared = new Closure(proto, [], creator.Environment, creator.CacheEnvironment);
            }
            target.SetObject(shared);
            return i + 1;
        }
        t.Heap.Charge(Closure.ByteSize(count));
        var upvalues = new LuauValue[count];
        var closure = new Closure(proto, upvalues, creator.Environment, creator.CacheEnvironment);
        for (int n = 0; n < count; n++)
        {
            Instruction* capture = i + 1 + n;
            switch ((CaptureKind)capture->A)
            {
                case CaptureKind.Register:
                    upvalues[n].CopyFrom(ref Register(t, f, capture->B));
                    break;
                case CaptureKind.Upvalue:
                    upvalues[n].CopyFrom(ref creator.Upvalues[capture->B >> 4]);
                    break;
                default:
                    upvalues[n].SetObject(closure);
                    break;
            }
        }
        target.SetObject(closure);
        return i + 1 + count;
    }
}
