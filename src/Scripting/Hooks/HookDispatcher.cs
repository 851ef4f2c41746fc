using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Hooks;

/// <summary>Raises hooks: calls the handlers in order, combines what they say by the hook's kind, and settles what happens when a VM is busy.</summary>
/// <remarks>Tick thread. A hook without handlers costs one comparison; arguments are made in a VM only when one of its handlers runs.</remarks>
sealed partial class HookDispatcher
{
    const int ArgsMax = 40;

    readonly DispatchStack _stack;
    readonly HookRegistry _registry;
    readonly ValueEncoder _encoder;
    readonly LuauValue[][] _scratch;
    long _raises;

    /// <summary>Makes a dispatcher over a registry.</summary>
    public HookDispatcher(DispatchStack stack, HookRegistry registry, ValueEncoder encoder)
    {
        (_stack, _registry, _encoder) = (stack, registry, encoder);
        _scratch = [.. Enumerable.Range(0, DispatchStack.DepthMax + 1).Select(_ => new LuauValue[ArgsMax])];
    }

    /// <summary>Room for the arguments of the next entry, one for each depth of entries; whoever fills it clears it.</summary>
    public LuauValue[] Scratch => _scratch[_stack.Depth];

    /// <summary>Raises a hook whose returns mean nothing.</summary>
    public void Notify(HookList list, params ReadOnlySpan<HookValue> args)
    {
        if (list.IsEmpty) return;
        long raise = ++_raises;
        foreach (Handler handler in list.Handlers)
        {
            if (IsReached(handler, args, raise)) Invoke(handler, args);
        }
        foreach (Handler observer in list.Observers)
        {
            if (IsReached(observer, args, raise)) Invoke(observer, args);
        }
    }

    /// <summary>Raises a hook of the server whose returns mean nothing.</summary>
    public void Notify(HookRow row, params ReadOnlySpan<HookValue> args) => Notify(_registry[row], args);

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

    /// <summary>Runs what waits for a mod because its VM was busy or suspended.</summary>
    public void Flush(HookSubscriber subscriber)
    {
        // Only what waits now: what these handlers defer in turn belongs to the next round, so a chain that feeds itself ends with the tick.
        for (int left = subscriber.Queue.Count; left > 0 && subscriber.Sandbox.CanEnter && subscriber.Queue.TryTake(out DeferredHook entry); left--)
        {
            if (!Flush(subscriber, entry, entry.Hook.Handlers) || !Flush(subscriber, entry, entry.Hook.Observers)) return;
        }
    }

    /// <summary>Calls what is still to be called of one hook that waited.</summary>
    /// <returns>False when the VM could not be entered to the end; the rest waits again.</returns>
    bool Flush(HookSubscriber subscriber, in DeferredHook entry, Handler[] handlers)
    {
        foreach (Handler handler in handlers)
        {
            if (handler.Subscriber != subscriber || !handler.IsLive || !entry.IsFor(handler) || !handler.Wants(entry.Args)) continue;
            if (subscriber.Sandbox.CanEnter)
            {
                Invoke(handler, entry.Args);
                continue;
            }
            subscriber.Queue.PutBack(entry, handler);
            return false;
        }
        return true;
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

    /// <summary>Whether a handler runs now. If its VM is busy, the hook's rule for that is carried out.</summary>
    bool IsReached(Handler handler, ReadOnlySpan<HookValue> args, long raise)
    {
        if (!handler.IsLive) return false;
        if (!handler.Wants(args))
        {
            TraceLeftOut(handler, "filtered", "its filter does not match");
            return false;
        }
        HookSubscriber subscriber = handler.Subscriber;
        if (subscriber.Sandbox.CanEnter)
        {
            // What waits came first.
            if (subscriber.Queue.Count > 0 && subscriber.Queue.LastRaise != raise) Flush(subscriber);
            return handler.IsLive && subscriber.Sandbox.CanEnter;
        }
        if (subscriber.Sandbox.IsClosed) return false;
        if (handler.List.Kind == HookKind.Notify && handler.List.Reentry == Reentry.Queue) Defer(handler, args, raise);
        else Skip(handler);
        return false;
    }

    void Skip(Handler handler)
    {
        handler.Cost.Skipped++;
        TraceLeftOut(handler, "skipped", "its VM is busy or suspended");
    }

    void Defer(Handler handler, ReadOnlySpan<HookValue> args, long raise)
    {
        handler.Cost.Deferred++;
        TraceLeftOut(handler, "deferred", "its VM is busy or suspended");
        DeferredQueue queue = handler.Subscriber.Queue;
        if (queue.LastRaise == raise) return;
        queue.LastRaise = raise;
        queue.Add(handler, _registry.Latest, args);
    }

    RunStatus Invoke(Handler handler, ReadOnlySpan<HookValue> args)
    {
        Sandbox sandbox = handler.Subscriber.Sandbox;
        LuauValue[] values = _scratch[_stack.Depth];
        int count = Math.Min(args.Length, ArgsMax);
        try
        {
            for (int i = 0; i < count; i++) values[i] = args[i].ToLuau(sandbox.Vm, handler.Subscriber.Handles);
        }
        catch (LuauException)
        {
            // Boundary: the VM has no memory for the arguments.
            sandbox.OutOfMemory(handler.List.Name);
            return RunStatus.Killed;
        }
        HookList list = handler.List;
        double limit = list.Row is null ? sandbox.Limits.EventHardMs : list.Row.Limit(sandbox.Limits);
        LuauFunction function = handler.Function;
        if (handler.Once) handler.Release();
        RunStatus status = sandbox.Start(function, values.AsSpan(0, count), new Entry(list.Name, limit, list.MayYield, handler.Mask, handler.Cost));
        Array.Clear(values, 0, count);
        TraceRun(handler, status);
        return status;
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
