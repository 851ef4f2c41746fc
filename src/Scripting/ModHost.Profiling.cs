using GameServer.Scripting.Mods;
using GameServer.Scripting.Profiling;

namespace GameServer.Scripting;

// What operators may know about the cost of mods. All of it is booked while it happens (Profiling/LaneRecorder.cs); here it is only summed up.
public sealed partial class ModHost
{
    const double ChattyCallsPerSecond = 3000;
    const int ChattyWindowSeconds = 10;
    const double ChattySilenceSeconds = 600;
    const int ChattyPairsMax = 1000;

    readonly Dictionary<CallEdge, double> _chattyToldAt = [];
    int _chattyLookedAt;

    /// <summary>What every mod costs, the most expensive first.</summary>
    /// <param name="seconds">Window: the last so many whole seconds, 1 to 60.</param>
    public IReadOnlyList<ModCost> Costs(int seconds)
    {
        (int, int) span = _recorder.Clock.Span(seconds);
        return [.. _mods.InOrder.Select(mod => CostOf(mod, span)).OrderByDescending(cost => cost.Window.SelfMsPerTick).ThenBy(cost => cost.Mod, StringComparer.Ordinal)];
    }

    /// <summary>What one mod costs by hook and by caller; null when there is none of this id.</summary>
    public ModCostDetail? CostsOf(string id) => _mods.Find(id) is not { } mod ? null : new ModCostDetail
    {
        Mod = mod.Id,
        MemoryBytes = mod.Scope?.Vm.MemoryUsed ?? 0,
        MemoryPeakBytes = mod.Costs.MemoryPeakBytes,
        Hooks = [.. mod.Costs.All.Where(account => account.Calls + account.Skipped + account.Deferred > 0).Select(CostOf).OrderByDescending(cost => cost.SelfMs)],
        Calls = [.. CallCosts(10).Where(call => call.Caller == id || call.Callee == id)],
    };

    /// <summary>What mods cost each other, the most expensive first.</summary>
    /// <param name="seconds">Window, 1 to 60.</param>
    public IReadOnlyList<CallCost> CallCosts(int seconds)
    {
        CostClock clock = _recorder.Clock;
        (int, int) span = clock.Span(seconds);
        return [.. _mods.InOrder.SelectMany(mod => mod.Costs.Edges).Select(edge => new CallCost
        {
            Caller = edge.Caller,
            Callee = edge.Callee,
            Export = edge.Export,
            Window = CostWindow.Of(edge.Cost.Sum(span), clock, span),
            Calls = edge.Cost.Calls,
            Failures = edge.Cost.Errors + edge.Cost.Kills,
            TotalMs = Math.Round(edge.Cost.Lifetime().TotalMs, 3),
            Bytes = edge.Cost.Bytes,
        }).OrderByDescending(edge => edge.Window.TotalMsPerTick).ThenByDescending(edge => edge.TotalMs)];
    }

    /// <summary>What every hook of every mod has cost since the server started.</summary>
    public IReadOnlyList<HookTotal> HookTotals() =>
        [.. _mods.InOrder.SelectMany(mod => mod.Costs.All).Where(account => account.Calls > 0).Select(account =>
            new HookTotal(account.Mod, account.Name, account.Calls, account.SelfMilliseconds / 1000))];

    /// <summary>Time of all scripts in the present tick, in ms.</summary>
    public double ScriptMillisecondsOfTick => _recorder.Tree.ScriptTime / _recorder.Clock.PerMillisecond;

    /// <summary>What script runs right now: mod and hook; empty for none. Any thread.</summary>
    public string RunningNow => _recorder.RunningLabel;

    /// <summary>Who took how much of the tick that has just ended: mod and hook, what they called, and the functions that samples met. Valid until the next tick.</summary>
    public IReadOnlyList<TickEntry> TreeOfTick() => _recorder.Tree.Freeze();

    /// <summary>Whether there is a mod of this id. Any thread.</summary>
    public bool Has(string id) => Array.Exists(_mods.InOrder, mod => mod.Id == id);

    /// <summary>Begins a profile by function and line. Any thread.</summary>
    /// <param name="mod">Only this mod; null for all.</param>
    /// <param name="length">How long.</param>
    /// <param name="interval">Time between samples, at least 1 ms.</param>
    /// <returns>Null when one is under way already.</returns>
    public ProfileRun? StartProfile(string? mod, TimeSpan length, TimeSpan interval) =>
        _sampler.Start(mod, length, interval < StackSampler.IntervalMin ? StackSampler.IntervalMin : interval);

    /// <summary>The profile under way, or the last one; null before the first. Any thread.</summary>
    public ProfileRun? Profile => _sampler.Run;

    /// <summary>Says which mods call each other so often that the calls themselves cost: once per pair in ten minutes.</summary>
    void WarnOfChattyPairs()
    {
        CostClock clock = _recorder.Clock;
        if (clock.Second < _chattyLookedAt + ChattyWindowSeconds) return;
        _chattyLookedAt = clock.Second;
        // Pairs of mods that are gone.
        if (_chattyToldAt.Count > ChattyPairsMax) _chattyToldAt.Clear();
        (int First, int Last) span = clock.Span(ChattyWindowSeconds);
        double callsMin = ChattyCallsPerSecond * (span.Last - span.First + 1);
        foreach (Mod mod in _mods.InOrder)
        {
            foreach (CallEdge edge in mod.Costs.Edges)
            {
                CostSum sum = edge.Cost.Sum(span);
                if (sum.Calls < callsMin || _clock.Now - _chattyToldAt.GetValueOrDefault(edge, double.NegativeInfinity) < ChattySilenceSeconds) continue;
                _chattyToldAt[edge] = _clock.Now;
                CostWindow window = CostWindow.Of(sum, clock, span);
                _log.Chatty(edge.Caller, edge.Callee, edge.Export, window.CallsPerSecond, window.TotalMsPerTick);
            }
        }
    }

    ModCost CostOf(Mod mod, (int, int) span)
    {
        CostClock clock = _recorder.Clock;
        CostSum sum = default, worst = default;
        string name = "";
        foreach (CostAccount account in mod.Costs.All)
        {
            CostSum part = account.Sum(span);
            sum += part;
            if (part.SelfMs > worst.SelfMs) (worst, name) = (part, account.Name);
        }
        return new ModCost
        {
            Mod = mod.Id,
            State = mod.State,
            Window = CostWindow.Of(sum, clock, span),
            MemoryBytes = mod.Scope?.Vm.MemoryUsed ?? 0,
            MemoryPeakBytes = mod.Costs.MemoryPeakBytes,
            BudgetMs = mod.Limits.TickBudgetMs,
            Worst = name,
            WorstMsPerTick = CostWindow.Of(worst, clock, span).SelfMsPerTick,
        };
    }

    HookCost CostOf(CostAccount account)
    {
        CostClock clock = _recorder.Clock;
        CostSum life = account.Lifetime();
        return new HookCost
        {
            Hook = account.Name,
            Second = Window(1),
            TenSeconds = Window(10),
            Minute = Window(60),
            Calls = life.Calls,
            Errors = life.Errors,
            Kills = life.Kills,
            SelfMs = Math.Round(life.SelfMs, 3),
            TotalMs = Math.Round(life.TotalMs, 3),
            LongestMs = Math.Round(life.LongestMs, 3),
            Skipped = account.Skipped,
            Deferred = account.Deferred,
        };

        CostWindow Window(int seconds)
        {
            (int, int) span = clock.Span(seconds);
            return CostWindow.Of(account.Sum(span), clock, span);
        }
    }
}
