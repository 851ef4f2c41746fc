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
        readonly Func<AdminEvent, bool>? _wants;
        long _lost;

        internal Watcher(Func<AdminEvent, bool>? wants)
        {
            _wants = wants;
            Queue = Channel.CreateBounded<AdminEvent>(
                new BoundedChannelOptions(BacklogMax) { FullMode = BoundedChannelFullMode.DropOldest }, _ => Interlocked.Increment(ref _lost));
        }

        internal Channel<AdminEvent> Queue { get; }

        /// <summary>Events lost since the last call.</summary>
        public long TakeLost() => Interlocked.Exchange(ref _lost, 0);

        /// <summary>The next event.</summary>
        public ValueTask<AdminEvent> ReadAsync(CancellationToken stop) => Queue.Reader.ReadAsync(stop);

        /// <summary>Hands an event to this watcher alone, if it wants it.</summary>
        public void Offer(in AdminEvent next)
        {
            if (_wants?.Invoke(next) != false) Queue.Writer.TryWrite(next);
        }
    }

    /// <summary>Whether anybody watches; without watchers nothing need be formatted.</summary>
    public bool IsWatched
    {
        get { lock (_lock) return _watchers.Count > 0; }
    }

    /// <summary>Opens a stream; null when too many are open.</summary>
    /// <param name="wants">Which events; null for all. Any thread.</param>
    public Watcher? Open(Func<AdminEvent, bool>? wants = null)
    {
        lock (_lock)
        {
            if (_watchers.Count >= WatchersMax) return null;
            var watcher = new Watcher(wants);
            _watchers.Add(watcher);
            return watcher;
        }
    }

    /// <summary>Closes a stream.</summary>
    public void Close(Watcher watcher)
    {
        lock (_lock) _watchers.Remove(watcher);
    }

    /// <summary>Hands an event to every watcher that wants it.</summary>
    /// <param name="kind">Name of the event.</param>
    /// <param name="data">One line of JSON.</param>
    /// <param name="level">Of a log line: how severe, 0 debug to 3 error.</param>
    /// <param name="mod">Of a log line: whose; empty for the server's.</param>
    public void Publish(string kind, string data, int level = 0, string mod = "")
    {
        var next = new AdminEvent(kind, data, level, mod);
        lock (_lock)
        {
            foreach (Watcher watcher in _watchers) watcher.Offer(next);
        }
    }
}

/// <summary>One event.</summary>
/// <param name="Kind">Name.</param>
/// <param name="Data">One line of JSON.</param>
/// <param name="Level">Of a log line: how severe, 0 debug to 3 error.</param>
/// <param name="Mod">Of a log line: whose; empty for the server's.</param>
readonly record struct AdminEvent(string Kind, string Data, int Level = 0, string Mod = "");
