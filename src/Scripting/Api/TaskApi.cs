using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>task</c>.</summary>
static class TaskApi
{
    const string Target = "((...any) -> ...any) | thread";

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("task", "Code that waits without holding anybody up.",
    [
        new("spawn", $"(target: {Target}, ...any) -> thread", "Runs a function on its own thread, at once, until it waits.") { Needs = Permission.Base, Body = Spawn },
        new("defer", $"(target: {Target}, ...any) -> thread", "Runs a function on its own thread at the end of this tick.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Later(mod, ref call, null, 0) },
        new("delay", $"(seconds: number, target: {Target}, ...any) -> thread", "Runs a function on its own thread later.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Later(mod, ref call, TimerApi.Seconds(ref call, 0), 1) },
        new("wait", "(seconds: number?) -> number", "Waits, at least until the next tick; gives the seconds that passed. Not in Think and not in hooks that decide.")
        { Needs = Permission.Base, Body = Wait },
        new("cancel", "(thread: thread) -> ()", "Ends a thread that waits.") { Needs = Permission.Base, Body = Cancel },
    ]);

    static HostResult Spawn(ModScope mod, ref CallContext call)
    {
        LuauThread thread = ThreadOf(mod, ref call, 0);
        LuauValue[] args = call.Args[1..].ToArray();
        mod.Sandbox.ResumeInside(thread, args, "task");
        return call.Return(thread);
    }

    static HostResult Later(ModScope mod, ref CallContext call, double? seconds, int at)
    {
        LuauThread thread = ThreadOf(mod, ref call, at);
        (Registration? wait, string? refusal) = mod.Scheduler.Delay(thread, call.Args[(at + 1)..], seconds);
        return wait is null ? throw call.Error($"task: {refusal}") : call.Return(thread);
    }

    static HostResult Wait(ModScope mod, ref CallContext call)
    {
        double seconds = call[0].IsNil ? 0 : TimerApi.Seconds(ref call, 0);
        if (!call.IsYieldable) throw call.Error("attempt to wait where it is not possible: in a metamethod, a library callback or while a module loads");
        (Registration? wait, string? refusal) = mod.Scheduler.Sleep(call.Thread, seconds);
        return wait is null ? throw call.Error($"task.wait: {refusal}") : call.YieldThen(Woken, wait);
    }

    /// <summary>Runs when the thread goes on, whoever resumed it: the wait is over then.</summary>
    static HostResult Woken(ref CallContext call)
    {
        (call.State as Registration)?.Release();
        return call.ReturnArgs(0);
    }

    static HostResult Cancel(ModScope mod, ref CallContext call)
    {
        LuauThread thread = call.Coroutine(0);
        if (thread.Status is CoroutineStatus.Running or CoroutineStatus.Normal) throw call.Error("task.cancel: the thread is running");
        if (thread.HostData is ScriptTask task)
        {
            task.Waiting?.Release();
            task.Waiting = null;
        }
        if (thread.Status == CoroutineStatus.Suspended) thread.Close();
        return call.Return();
    }

    static LuauThread ThreadOf(ModScope mod, ref CallContext call, int index)
    {
        LuauThread thread = call[index].As<LuauThread>() ?? mod.Vm.CreateThread(call.Callable(index));
        if (thread.Status != CoroutineStatus.Suspended) throw call.ArgumentError(index, "the thread is not suspended");
        ScriptTask task = ScriptTask.Of(thread, "task");
        task.Waiting?.Release();
        task.Waiting = null;
        return thread;
    }
}
