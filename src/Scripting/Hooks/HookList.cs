namespace GameServer.Scripting.Hooks;

/// <summary>The handlers of one hook in the order they run: priority, then place of the mod, then registration. A dispatch walks the array it found;
/// changes make a new array, so handlers added meanwhile run from the next dispatch on, and handlers removed stop at once because they are no longer live.</summary>
/// <remarks>Tick thread.</remarks>
sealed class HookList(string name, HookRow? row)
{
    Handler[] _handlers = [];
    Handler[] _observers = [];

    /// <summary>Name of the hook.</summary>
    public string Name { get; } = name;

    /// <summary>Its row; null for a hook that a mod defines.</summary>
    public HookRow? Row { get; } = row;

    /// <summary>Kind; for a mod's hook what <c>hook.define</c> said.</summary>
    public HookKind Kind { get; set; } = row?.Kind ?? HookKind.Notify;

    /// <summary>Who defined it, while that generation lives; null for a hook of the server, or one that nobody defined.</summary>
    public Isolation.Registration? Definition { get; set; }

    /// <summary>What to do about busy VMs.</summary>
    public Reentry Reentry => Row?.Reentry ?? (Kind == HookKind.Notify ? Reentry.Queue : Reentry.Abstain);

    /// <summary>Whether handlers may wait.</summary>
    public bool MayYield => Row?.MayYield ?? Kind == HookKind.Notify;

    /// <summary>Handlers in order.</summary>
    public Handler[] Handlers => _handlers;

    /// <summary>Observers in order.</summary>
    public Handler[] Observers => _observers;

    /// <summary>Whether raising it reaches nobody.</summary>
    public bool IsEmpty => _handlers.Length == 0 && _observers.Length == 0;

    /// <summary>Puts a handler in its place.</summary>
    public void Add(Handler handler)
    {
        if (handler.Observes) _observers = Insert(_observers, handler);
        else _handlers = Insert(_handlers, handler);
    }

    /// <summary>Takes a handler out.</summary>
    public void Remove(Handler handler)
    {
        if (Array.IndexOf(handler.Observes ? _observers : _handlers, handler) < 0) return;
        if (handler.Observes) _observers = [.. _observers.Where(other => other != handler)];
        else _handlers = [.. _handlers.Where(other => other != handler)];
    }

    /// <summary>Sorts again after the places of mods changed.</summary>
    public void Resort()
    {
        _handlers = [.. _handlers.Order(HandlerOrder.Instance)];
        _observers = [.. _observers.Order(HandlerOrder.Instance)];
    }

    static Handler[] Insert(Handler[] handlers, Handler handler)
    {
        int at = handlers.Length;
        while (at > 0 && HandlerOrder.Instance.Compare(handlers[at - 1], handler) > 0) at--;
        return [.. handlers.AsSpan(0, at), handler, .. handlers.AsSpan(at)];
    }

    sealed class HandlerOrder : IComparer<Handler>
    {
        public static HandlerOrder Instance { get; } = new();

        public int Compare(Handler? a, Handler? b)
        {
            int order = a!.Priority.CompareTo(b!.Priority);
            if (order == 0) order = a.Subscriber.Place.Order.CompareTo(b.Subscriber.Place.Order);
            return order != 0 ? order : a.Sequence.CompareTo(b.Sequence);
        }
    }
}
