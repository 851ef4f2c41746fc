using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Hooks;

/// <summary>Hooks whose returns mean something, hooks for one mod alone, and Think.</summary>
sealed partial class HookDispatcher
{
    /// <summary>Raises a hook for one mod alone.</summary>
    /// <returns>Whether no handler failed.</returns>
    public bool NotifyOne(HookRow row, HookSubscriber subscriber, params ReadOnlySpan<HookValue> args)
    {
        bool good = true;
        long raise = ++_raises;
        foreach (Handler handler in _registry[row].Handlers)
        {
            if (handler.Subscriber == subscriber && IsReached(handler, args, raise)) good &= Invoke(handler, args) is RunStatus.Returned or RunStatus.Waiting;
        }
        return good;
    }

    /// <summary>Asks handlers in order until the first verdict; observers see it.</summary>
    public Verdict Decide(HookList list, params ReadOnlySpan<HookValue> args)
    {
        if (list.IsEmpty) return Verdict.None;
        Verdict verdict = Verdict.None;
        long raise = ++_raises;
        foreach (Handler handler in list.Handlers)
        {
            if (!IsReached(handler, args, raise)) continue;
            verdict = VerdictOf(handler, Invoke(handler, args), out _);
            if (verdict.Kind is VerdictKind.Deny or VerdictKind.Handled) break;
            verdict = Verdict.None;
        }
        Observe(list, args, verdict);
        return verdict;
    }

    /// <summary>Passes a value through the handlers; a refusal ends it.</summary>
    /// <param name="list">A transforming hook.</param>
    /// <param name="args">Arguments; the one at <paramref name="index"/> is replaced in place.</param>
    /// <param name="index">Which argument passes.</param>
    public Verdict Transform(HookList list, Span<HookValue> args, int index)
    {
        if (list.IsEmpty) return Verdict.None;
        Verdict last = Verdict.None;
        long raise = ++_raises;
        foreach (Handler handler in list.Handlers)
        {
            if (!IsReached(handler, args, raise)) continue;
            Verdict verdict = VerdictOf(handler, Invoke(handler, args), out HookValue replacement);
            if (verdict.Kind == VerdictKind.None) continue;
            last = verdict;
            if (verdict.Kind != VerdictKind.Replace) break;
            args[index] = replacement;
        }
        Observe(list, args, last);
        return last;
    }

    /// <summary>Gathers the first result of every handler; those that fail, or return nil or what cannot be copied, are left out.</summary>
    public void Collect(HookList list, ReadOnlySpan<HookValue> args, List<(string Mod, EncodedValues Value)> into)
    {
        long raise = ++_raises;
        foreach (Handler handler in list.Handlers)
        {
            if (!IsReached(handler, args, raise) || Invoke(handler, args) != RunStatus.Returned) continue;
            if (FirstResult(handler.Subscriber, list.Name) is { } value) into.Add((handler.Subscriber.ModId, value));
        }
        Observe(list, args, Verdict.None);
    }

    /// <summary>Gathers what one mod's handlers return.</summary>
    /// <returns>The first value that is not nil; null when there is none.</returns>
    public EncodedValues? CollectOne(HookRow row, HookSubscriber subscriber, params ReadOnlySpan<HookValue> args)
    {
        EncodedValues? first = null;
        long raise = ++_raises;
        foreach (Handler handler in _registry[row].Handlers)
        {
            if (handler.Subscriber != subscriber || !IsReached(handler, args, raise)) continue;
            if (Invoke(handler, args) == RunStatus.Returned) first ??= FirstResult(subscriber, row.Name);
        }
        return first;
    }

    /// <summary>Raises Think: thinned for mods over their share, whose next one gets the time they missed.</summary>
    public void Think(double dt, long tick)
    {
        foreach (Handler handler in _registry[HookCatalog.Think].Handlers)
        {
            if (!handler.IsLive) continue;
            HookSubscriber subscriber = handler.Subscriber;
            if (subscriber.ThinkTick != tick) BeginThink(subscriber, dt, tick);
            if (subscriber.ThinkDt is not { } seconds) continue;
            if (subscriber.Sandbox.CanEnter) Invoke(handler, [seconds, (double)tick]);
            else Skip(handler);
        }
    }

    static void BeginThink(HookSubscriber subscriber, double dt, long tick)
    {
        subscriber.ThinkTick = tick;
        subscriber.ThinkSeconds += dt;
        bool runs = tick % subscriber.ThinkEvery == 0 && subscriber.Sandbox.CanEnter;
        subscriber.ThinkDt = runs ? subscriber.ThinkSeconds : null;
        if (runs) subscriber.ThinkSeconds = 0;
    }

    void Observe(HookList list, ReadOnlySpan<HookValue> args, in Verdict verdict)
    {
        TraceOutcome(list, verdict);
        if (list.Observers.Length == 0) return;
        HookValue[] withVerdict = [.. args, verdict.ToValue()];
        long raise = ++_raises;
        foreach (Handler observer in list.Observers)
        {
            if (IsReached(observer, withVerdict, raise)) Invoke(observer, withVerdict);
        }
    }

    EncodedValues? FirstResult(HookSubscriber subscriber, string source)
    {
        ReadOnlySpan<LuauValue> results = subscriber.Sandbox.Results;
        if (results.Length == 0 || results[0].IsNil) return null;
        _encoder.Begin(subscriber.Sandbox.Vm, ValueFormat.Internal, ValueLimits.Of(subscriber.Sandbox.Limits), subscriber.Handles);
        if (_encoder.TryAdd(results[0], "result")) return new EncodedValues(_encoder.Encoded.ToArray(), 1);
        subscriber.Sandbox.Report(source, $"what {source} returned was left out: {_encoder.Refusal}");
        return null;
    }
}
