namespace GameServer.Scripting.Isolation;

// Why a thread and not a check: reading the clock at every safepoint makes scripts several times slower. The watchdog reads it instead, a few hundred
// times per second while scripts run, and sets the flag that safepoints test anyway. It sleeps for good while nothing runs for a second.
// It also asks how much processor time the script's thread had: on an overloaded machine an innocent script must not die for time it did not get.

/// <summary>Kills scripts that pass their deadline: one thread for all VMs.</summary>
/// <remarks>Any thread.</remarks>
sealed class Watchdog : IDisposable
{
    /// <summary>Longest time between two looks while scripts run: the most by which a deadline shorter than this is missed.</summary>
    const int LookMilliseconds = 3;
    const int IdleLooksBeforeParking = 300;

    readonly TimeProvider _time;
    readonly double _perMillisecond;
    readonly Action? _looked;
    readonly Thread _thread;
    readonly AutoResetEvent _wake = new(false);
    readonly Lock _change = new();
    DeadlineCell[] _cells = [];
    int _parked;
    volatile bool _stopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="time">The clock of the deadlines.</param>
    /// <param name="looked">Called on that thread after each look: every few milliseconds while scripts run.</param>
    public Watchdog(TimeProvider time, Action? looked = null)
    {
        _looked = looked;
        _time = time;
        _perMillisecond = time.TimestampFrequency / 1000.0;
        _thread = new Thread(Watch) { IsBackground = true, Name = "script watchdog", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>Looks at a cell from now on.</summary>
    public void Add(DeadlineCell cell)
    {
        lock (_change) Volatile.Write(ref _cells, [.. _cells, cell]);
    }

    /// <summary>Forgets a cell.</summary>
    public void Remove(DeadlineCell cell)
    {
        lock (_change) Volatile.Write(ref _cells, [.. _cells.Where(other => other != cell)]);
    }

    /// <summary>Called after arming a cell: the arming is a full fence, so either this sees the flag or the parking thread sees the deadline.</summary>
    public void WakeIfParked()
    {
        if (Volatile.Read(ref _parked) != 0) _wake.Set();
    }

    /// <summary>Stops the thread.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        _thread.Join();
        _wake.Dispose();
    }

    void Watch()
    {
        int idleLooks = 0;
        while (!_stopping)
        {
            long nearest = Look();
            _looked?.Invoke();
            if (nearest != long.MaxValue) idleLooks = 0;
            else if (++idleLooks >= IdleLooksBeforeParking)
            {
                Park();
                idleLooks = 0;
                continue;
            }
            _wake.WaitOne(WaitUntil(nearest));
        }
    }

    /// <summary>Expires what is due; the nearest deadline of the others.</summary>
    long Look()
    {
        long now = _time.GetTimestamp();
        long nearest = long.MaxValue;
        foreach (DeadlineCell cell in Volatile.Read(ref _cells)) nearest = Math.Min(nearest, cell.Look(now, _perMillisecond));
        return nearest;
    }

    int WaitUntil(long nearest)
    {
        if (nearest == long.MaxValue) return LookMilliseconds;
        double milliseconds = (nearest - _time.GetTimestamp()) / _perMillisecond;
        return Math.Clamp((int)Math.Ceiling(milliseconds), 1, LookMilliseconds);
    }

    void Park()
    {
        Interlocked.Exchange(ref _parked, 1);
        if (Look() == long.MaxValue && !_stopping) _wake.WaitOne();
        Interlocked.Exchange(ref _parked, 0);
    }
}
