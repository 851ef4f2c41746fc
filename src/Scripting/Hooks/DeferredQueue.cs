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
    int _bytes;

    /// <summary>Entries waiting.</summary>
    public int Count => _entries.Count;

    /// <summary>Entries dropped because the queue was full, or because the mod failed, since the server started.</summary>
    public long Dropped { get; private set; }

    /// <summary>Number of the raise that put its last entry here; a raise that meets several handlers of a mod defers once.</summary>
    public long LastRaise { get; set; }

    /// <summary>Adds at the end.</summary>
    public void Add(HookList hook, ReadOnlySpan<HookValue> args)
    {
        int bytes = 64;
        foreach (ref readonly HookValue arg in args) bytes += arg.HostBytes;
        while (_entries.Count > 0 && (_entries.Count >= EntriesMax || _bytes + bytes > BytesMax))
        {
            _bytes -= _entries.Dequeue().Bytes;
            Dropped++;
        }
        _entries.Enqueue(new DeferredHook(hook, args.ToArray(), bytes));
        _bytes += bytes;
    }

    /// <summary>Takes the oldest.</summary>
    public bool TryTake(out DeferredHook entry)
    {
        if (!_entries.TryDequeue(out entry)) return false;
        _bytes -= entry.Bytes;
        return true;
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        Dropped += _entries.Count;
        _entries.Clear();
        _bytes = 0;
    }
}

/// <summary>One hook that waits.</summary>
/// <param name="Hook">Which.</param>
/// <param name="Args">With what.</param>
/// <param name="Bytes">Size in the account of the queue.</param>
readonly record struct DeferredHook(HookList Hook, HookValue[] Args, int Bytes);
