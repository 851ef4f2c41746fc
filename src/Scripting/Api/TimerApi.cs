using GameServer.Luau.Runtime;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>timer</c>.</summary>
static class TimerApi
{
    /// <summary>Longest wait in seconds.</summary>
    public const double SecondsMax = 1e9;

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("timer", "Functions called later, on the tick clock.",
    [
        new("after", "(seconds: number, fn: () -> ()) -> Connection", "Calls a function once, at the first tick that is at least that much later.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) =>
            Add(mod, ref call, mod.Services.Clock.DueIn(Seconds(ref call, 0)) - mod.Services.Clock.Tick, repeats: false) },
        new("every", "(seconds: number, fn: () -> ()) -> Connection", "Calls a function again and again. Calls that were missed while the mod was suspended are not made up for.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) =>
            Add(mod, ref call, mod.Services.Clock.DueIn(Seconds(ref call, 0)) - mod.Services.Clock.Tick, repeats: true) },
        new("ticks", "(ticks: number, fn: () -> ()) -> Connection", "Calls a function every that many ticks.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => Add(mod, ref call, (long)Math.Clamp(Seconds(ref call, 0), 1, SecondsMax), repeats: true) },
    ]);

    /// <summary>A number of seconds from an argument: finite, not negative.</summary>
    public static double Seconds(ref CallContext call, int index)
    {
        double seconds = call.Number(index);
        if (!(seconds >= 0)) throw call.ArgumentError(index, double.IsNaN(seconds) ? "must be a number, got NaN" : "must not be negative");
        return seconds <= SecondsMax ? seconds : throw call.ArgumentError(index, $"must be at most {SecondsMax}");
    }

    static HostResult Add(ModScope mod, ref CallContext call, long ticks, bool repeats)
    {
        (Registration? timer, string? refusal) = mod.Scheduler.AddTimer(call.Callable(1), ticks, repeats, (Permission)call.Thread.HostMask);
        return timer is null ? throw call.Error($"timer: {refusal}") : call.Return(mod.ToConnection(timer));
    }
}
