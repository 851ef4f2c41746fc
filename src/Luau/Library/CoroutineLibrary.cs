using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>Library <c>coroutine</c> (specification 11). Resume, yield and wrapped functions are carried out by the interpreter.</summary>
static class CoroutineLibrary
{
    static LuauThread MakeThread(ref CallContext call)
    {
        LuauFunction function = call.Callable(0);
        LuauThread creator = call.Thread;
        var thread = new LuauThread(creator.Vm, creator.Globals) { HostMask = creator.HostMask };
        thread.Stack[0].SetObject(function);
        return thread;
    }

    static HostResult Create(ref CallContext call) => call.Return(new LuauValue(MakeThread(ref call)));

    static HostResult Wrap(ref CallContext call)
    {
        LuauThread thread = MakeThread(ref call);
        call.Heap.Charge(HeapSizes.HostFunction);
        return call.Return(new LuauValue(new HostFunction(thread)));
    }

    static HostResult Status(ref CallContext call) => call.Return(new LuauValue(StatusTexts[(int)call.Coroutine(0).State]));

    static HostResult Running(ref CallContext call) =>
        ReferenceEquals(call.Thread, call.Thread.Vm.MainThread) ? call.Return(default(LuauValue)) : call.Return(new LuauValue(call.Thread));

    static HostResult IsYieldable(ref CallContext call) => call.Return(call.IsYieldable);

    static HostResult Close(ref CallContext call)
    {
        LuauThread thread = call.Coroutine(0);
        if (thread.State is CoroutineStatus.Running or CoroutineStatus.Normal)
            throw call.Error($"cannot close {Interpreter.StatusName(thread.State)} coroutine");
        LuauValue error = thread.ErrorValue;
        bool hasError = thread.HasError;
        thread.Close();
        return hasError ? call.Return(false, error) : call.Return(true);
    }

    static readonly LuauString[] StatusTexts =
        [.. Enum.GetValues<CoroutineStatus>().Select(status => LuauString.Permanent(System.Text.Encoding.ASCII.GetBytes(Interpreter.StatusName(status))))];

    /// <summary>The rows.</summary>
    public static LibraryTable Table { get; } = new("coroutine",
    [
        new("close", "(co: thread) -> (boolean, any?)") { Body = Close },
        new("create", "(f: (...any) -> ...any) -> thread") { Body = Create },
        new("isyieldable", "() -> boolean") { Body = IsYieldable },
        new("resume", "(co: thread, ...any) -> (boolean, ...any)") { Body = HostFunction.NoBody, Kind = HostFunctionKind.Resume },
        new("running", "() -> thread?") { Body = Running },
        new("status", "(co: thread) -> \"suspended\" | \"running\" | \"normal\" | \"dead\"") { Body = Status },
        new("wrap", "(f: (...any) -> ...any) -> (...any) -> ...any") { Body = Wrap },
        new("yield", "(...any) -> ...any") { Body = HostFunction.NoBody, Kind = HostFunctionKind.Yield },
    ]);
}
