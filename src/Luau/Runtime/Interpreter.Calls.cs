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

    /// <summary>First result of <c>select(index, ...)</c>; false when the ordinary call has to raise an error or count from the end.</summary>
    static bool TrySelect(LuauThread t, Frame f, ref LuauValue index, ref LuauValue result)
    {
        int count = f.VarArgCount;
        if (index.IsNumber)
        {
            int n = NumberText.ToInt32(index.Num);
            if (n < 1) return false;
            if (n > count) result.SetNil();
            else result.CopyFrom(ref t.Stack[f.Base - count + n - 1]);
            return true;
        }
        if (index.Ref is not LuauString { Length: 1 } text || text.Bytes[0] != (byte)'#') return false;
        result.SetNumber(count);
        return true;
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
                        t.PendingContinuation = null;
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
                        Raise(vm, e);
                        return;
                    }
                    case HostFunctionKind.Assert:
                    {
                        t.HostFunc = func;
                        t.HostTop = func + 1 + arguments;
                        var call = new CallContext(t, function, func + 1, arguments);
                        LuauException? e = AssertionError(ref call);
                        if (e != null)
                        {
                            Raise(vm, e);
                            return;
                        }
                        t.HostTop = 0;
                        Finish(vm, t, func, wanted, returnTo, func + 1, arguments);
                        return;
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
            if (meta.Ref is not LuauFunction)
            {
                Raise(vm, Errors.Call(t, target));
                return;
            }
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
}
