using System.Threading.Channels;

namespace GameServer.Server.Admin;

/// <summary>Events for whoever watches through the admin API: log lines and a summary each second. A watcher that reads too slowly loses the oldest events,
/// which is counted and told to it. Any thread.</summary>
sealed class AdminEvents
{
    /// <summary>Watchers at a time.</summary>
    public const int WatchersMax = 16;
    /// <summary>Events that wait for one watcher.</summary>
    public const int BacklogMax = 256;

    readonly Lock _lock = new();
    readonly List<Watcher> _watchers = [];

    /// <summary>One open stream.</summary>
    public sealed class Watcher
    {
        long _lost;

        internal Watcher() =>
            Queue = Channel.CreateBounded<AdminEvent>(
                new BoundedChannelOptions(BacklogMax) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref _lost));

        internal Channel<AdminEvent> Queue { get; }

        /// <summary>Events lost since the last call.</summary>
        public long TakeLost() => Interlocked.Exchange(ref _lost, 0);

        /// <summary>The next event.</summary>
        public ValueTask<AdminEvent> ReadAsync(CancellationToken stop) => Queue.Reader.ReadAsync(stop);
    }

    /// <summary>Whether anybody watches; without watchers nothing need be formatted.</summary>
    public bool IsWatched
    {
        get { lock (_lock) return _watchers.Count > 0; }
    }

    /// <summary>Opens a stream; null when too many are open.</summary>
    public Watcher? Open()
    {
        lock (_lock)
        {
            if (_watchers.Count >= WatchersMax) return null;
            var watcher = new Watcher();
            _watchers.Add(watcher);
            return watcher;
        }
    }

    /// <summary>Closes a stream.</summary>
    public void Close(Watcher watcher)
    {
        lock (_lock) _watchers.Remove(watcher);
    }

    /// <summary>Hands an event to every watcher.</summary>
    /// <param name="kind">Name of the event.</param>
    /// <param name="data">One line of JSON.</param>
    public void Publish(string kind, string data)
    {
        lock (_lock)
        {
            foreach (Watcher watcher in _watchers) watcher.Queue.Writer.TryWrite(new AdminEvent(kind, data));
        }
    }
}

/// <summary>One event.</summary>
/// <param name="Kind">Name.</param>
/// <param name="Data">One line of JSON.</param>
readonly record struct AdminEvent(string Kind, string Data);
