using System.Collections.Concurrent;

namespace GameServer.Server.Admin;

/// <summary>Commands on their way from a front to the tick thread. Bounded; a front waits a bounded time and then gives its command up, so a server whose tick
/// hangs still answers.</summary>
sealed class AdminQueue(IAdminTarget target)
{
    /// <summary>Commands waiting at most; further ones are refused as busy.</summary>
    public const int WaitingMax = 64;
    /// <summary>Commands carried out in one tick; the rest waits for the next.</summary>
    public const int PerTickMax = 16;

    /// <summary>What commands act on; without the queue only its members for any thread may be used.</summary>
    public IAdminTarget Target => target;

    readonly ConcurrentQueue<Item> _items = new();
    int _waiting;

    /// <summary>One waiting command. Whoever moves it out of waiting first, the tick or the front that gives up, decides its fate.</summary>
    sealed class Item(Func<IAdminTarget, object?> work)
    {
        int _taken;
        public Func<IAdminTarget, object?> Work => work;
        public TaskCompletionSource<object?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public bool TryTake() => Interlocked.Exchange(ref _taken, 1) == 0;
    }

    /// <summary>Hands work to the tick thread. Any thread.</summary>
    /// <param name="work">Runs on the tick thread.</param>
    /// <param name="limit">How long to wait; work that has not begun by then never runs.</param>
    /// <param name="time">Clock for the limit.</param>
    /// <exception cref="TimeoutException">The tick thread did not get to it, or the queue is full.</exception>
    public async Task<object?> RunAsync(Func<IAdminTarget, object?> work, TimeSpan limit, TimeProvider time)
    {
        var item = new Item(work);
        if (Interlocked.Increment(ref _waiting) > WaitingMax)
        {
            Interlocked.Decrement(ref _waiting);
            throw new TimeoutException("too many commands are waiting");
        }
        _items.Enqueue(item);
        try
        {
            return await item.Done.Task.WaitAsync(limit, time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (item.TryTake())
        {
            throw new TimeoutException("the tick did not get to it in time; nothing was done");
        }
    }

    /// <summary>Tick station: carries out what waits. Tick thread.</summary>
    public void RunPending()
    {
        for (int i = 0; i < PerTickMax && _items.TryDequeue(out Item? item); i++)
        {
            Interlocked.Decrement(ref _waiting);
            if (!item.TryTake()) continue;
            try
            {
                item.Done.SetResult(item.Work(target));
            }
            catch (Exception error)
            {
                // Boundary: the front that asked gets the error and reports it; the tick goes on.
                item.Done.SetException(error);
            }
        }
    }
}
