using System.Runtime.CompilerServices;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

// The ways from host code into the interpreter, and the only place that catches script errors.
static unsafe partial class Interpreter
{
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
        vm.Entries++;
        try
        {
            if (caller != null) t.PushHostFrame(FrameKind.Host, caller, func, func, 0, ReturnTo.Host);
            vm.EntryThread = t;
            vm.EntryDepth = t.Depth;
            vm.EntryHostDepth = vm.HostDepth;
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
            // A host function threw something that is no script error: the thread cannot go on.
            if (t.State == CoroutineStatus.Running) t.State = CoroutineStatus.Dead;
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
            if (!Catch(vm, ref error)) throw error;
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
}
