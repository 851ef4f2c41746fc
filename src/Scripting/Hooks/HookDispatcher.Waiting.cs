namespace GameServer.Scripting.Hooks;

/// <summary>What happens to a hook whose handler's VM is busy or suspended.</summary>
sealed partial class HookDispatcher
{
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
}
