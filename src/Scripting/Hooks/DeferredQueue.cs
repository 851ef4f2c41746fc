namespace GameServer.Scripting.Hooks;

/// <summary>Hooks that wait for a mod because its VM was busy or suspended: first in, first out, bounded; at the bound the oldest is dropped and counted.
/// Outlives a reload, not a fault.</summary>
/// <remarks>Tick thread.</remarks>
sealed class DeferredQueue
{
    /// <summary>Most entries.</summary>
    public const int EntriesMax = 256;
    /// <summary>Most bytes of all arguments.</summary>
    public const int BytesMax = 1 << 20;

    readonly Queue<DeferredHook> _entries = new();
    DeferredHook? _putBack;
    int _bytes;

    /// <summary>Entries waiting.</summary>
    public int Count => _entries.Count + (_putBack is null ? 0 : 1);

    /// <summary>Entries dropped because the queue was full, or because the mod failed, since the server started.</summary>
    public long Dropped { get; private set; }

    /// <summary>Number of the raise that put its last entry here; a raise that meets several handlers of a mod defers once.</summary>
    public long LastRaise { get; set; }

    /// <summary>Adds at the end.</summary>
    /// <param name="first">Handler that could not be called; it and those behind it are meant.</param>
    /// <param name="latest">Number of the latest handler there is: handlers that the same generation adds later are not meant.</param>
    /// <param name="args">Arguments.</param>
    public void Add(Handler first, long latest, ReadOnlySpan<HookValue> args)
    {
        int bytes = 64;
        foreach (ref readonly HookValue arg in args) bytes += arg.HostBytes;
        while (_entries.Count > 0 && (_entries.Count >= EntriesMax || _bytes + bytes > BytesMax))
        {
            _bytes -= _entries.Dequeue().Bytes;
            Dropped++;
        }
        _entries.Enqueue(new DeferredHook(first.List, args.ToArray(), bytes, first.Observes, first.Priority, first.Sequence, latest));
        _bytes += bytes;
    }

    /// <summary>Takes the oldest.</summary>
    public bool TryTake(out DeferredHook entry)
    {
        if (_putBack is { } rest)
        {
            (entry, _putBack) = (rest, null);
            return true;
        }
        if (!_entries.TryDequeue(out entry)) return false;
        _bytes -= entry.Bytes;
        return true;
    }

    /// <summary>Puts back what was taken: it comes first again, from another handler on.</summary>
    public void PutBack(in DeferredHook entry, Handler first) =>
        _putBack = entry with { Observes = first.Observes, Priority = first.Priority, Sequence = first.Sequence };

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        Dropped += Count;
        _entries.Clear();
        _putBack = null;
        _bytes = 0;
    }
}

/// <summary>One hook that waits.</summary>
/// <param name="Hook">Which.</param>
/// <param name="Args">With what.</param>
/// <param name="Bytes">Size in the account of the queue.</param>
/// <param name="Observes">Whether the first handler that is still to be called is an observer.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Sequence">Its number.</param>
/// <param name="Latest">Number of the latest handler at the time of the raise.</param>
readonly record struct DeferredHook(HookList Hook, HookValue[] Args, int Bytes, bool Observes, double Priority, long Sequence, long Latest)
{
    /// <summary>Whether a handler is still to be called: not those that were before, not those added since, but all of a later generation.</summary>
    public bool IsFor(Handler handler)
    {
        if (handler.Subscriber.Since >= Latest) return true;
        if (handler.Sequence > Latest) return false;
        return (handler.Observes, handler.Priority, handler.Sequence).CompareTo((Observes, Priority, Sequence)) >= 0;
    }
}
