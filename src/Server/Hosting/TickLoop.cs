using GameServer.Server.Observability;

namespace GameServer.Server.Hosting;

/// <summary>
/// The fixed-step loop. The schedule is absolute: tick n is due at start + n / rate, computed in whole numbers, so nothing adds up over
/// hours. After a stall at most <c>catchUpTicksMax</c> ticks are made up for; the ones before them are skipped, and the next tick's
/// delta covers them.
/// </summary>
/// <remarks>One thread: the one that calls <see cref="Run"/>. Tests call <see cref="RunDueTick"/> with a manual clock.</remarks>
sealed class TickLoop
{
    // When ticks have allocated more than this since the last collection, the youngest generation is collected in the slack
    // before the next tick, where the stacks are shallow and temporaries dead.
    const long CollectAfterBytes = 1024 * 1024;

    // Clients measure their line by our answers and send again what is not acknowledged within 27 ms and more; at 50 Hz and above ticks are close enough.
    static readonly TimeSpan ServiceInterval = TimeSpan.FromMilliseconds(20);

    static readonly TimeSpan SlowTickLogInterval = TimeSpan.FromSeconds(1);

    readonly TimeProvider _time;
    readonly ITickStations _stations;
    readonly ITickWait _wait;
    readonly ServerLog _log;
    readonly int _rate;
    readonly int _catchUpTicksMax;
    readonly TimeSpan _period;
    readonly int _parts;
    long _start;
    long _tick;
    long _allocatedAtCollection;
    long _lastSlowLog = long.MinValue;
    int _slowTicksUnlogged;

    /// <summary>Makes a loop that has not started.</summary>
    /// <param name="time">The only clock.</param>
    /// <param name="stations">What a tick does.</param>
    /// <param name="wait">How to wait for the next tick.</param>
    /// <param name="log">Where stalls and slow ticks are reported.</param>
    /// <param name="rate">Ticks per second.</param>
    /// <param name="catchUpTicksMax">Ticks made up for after a stall.</param>
    public TickLoop(TimeProvider time, ITickStations stations, ITickWait wait, ServerLog log, int rate, int catchUpTicksMax)
    {
        _time = time;
        _stations = stations;
        _wait = wait;
        _log = log;
        _rate = rate;
        _catchUpTicksMax = catchUpTicksMax;
        _period = TimeSpan.FromSeconds(1.0 / rate);
        _parts = (int)Math.Ceiling(_period / ServiceInterval);
    }

    /// <summary>What the loop measures about itself.</summary>
    public TickStatistics Statistics { get; } = new();

    /// <summary>Lays the schedule: tick 1 is due one period from now.</summary>
    public void Start()
    {
        _start = _time.GetTimestamp();
        _tick = 0;
        _allocatedAtCollection = GC.GetAllocatedBytesForCurrentThread();
    }

    /// <summary>Runs ticks until <paramref name="stop"/> is set; the tick under way ends first.</summary>
    public void Run(CancellationToken stop)
    {
        Start();
        _log.TickLoopStarted(_rate, _wait.Description);
        while (!stop.IsCancellationRequested)
        {
            ServeUntilDue(stop);
            _wait.WaitUntil(DueAt(_tick + 1), stop);
            if (!stop.IsCancellationRequested)
                RunDueTick();
        }
    }

    // Serves the network at even distances before the next tick, as far as there is time.
    void ServeUntilDue(CancellationToken stop)
    {
        long from = DueAt(_tick);
        long to = DueAt(_tick + 1);
        for (int part = 1; part < _parts; part++)
        {
            long due = from + ((to - from) * part / _parts);
            if (_time.GetTimestamp() >= due)
                continue;
            _wait.WaitUntil(due, stop);
            if (stop.IsCancellationRequested)
                return;
            _stations.Between();
        }
    }

    /// <summary>Timestamp at which a tick is due.</summary>
    public long DueAt(long tick)
    {
        long frequency = _time.TimestampFrequency;
        return _start + (tick / _rate * frequency) + (tick % _rate * frequency / _rate);
    }

    /// <summary>Runs the next tick; after a stall first leaves out the ticks that are too late.</summary>
    public void RunDueTick()
    {
        long previous = _tick;
        _tick = NextTick();
        long began = _time.GetTimestamp();
        Statistics.Lateness.Record((long)_time.GetElapsedTime(DueAt(_tick), began).TotalMicroseconds);
        TimeSpan pausedBefore = GC.GetTotalPauseDuration();
        var time = new TickTime(_tick, (_tick - previous) * _period);

        _stations.RunTick(time);

        TimeSpan took = _time.GetElapsedTime(began);
        Statistics.Duration.Record((long)took.TotalMicroseconds);
        Statistics.Run++;
        Statistics.LastTick = _tick;
        _stations.Ended(time, took, GC.GetTotalPauseDuration() - pausedBefore, isSlow: took > _period);
        if (took > _period)
            ReportSlowTick(took);
        if (GC.GetAllocatedBytesForCurrentThread() - _allocatedAtCollection > CollectAfterBytes)
            CollectYoungest();
    }

    long NextTick()
    {
        long next = _tick + 1;
        TimeSpan late = _time.GetElapsedTime(DueAt(next), _time.GetTimestamp());
        long owed = (long)(late / _period) + 1;
        long skipped = owed - _catchUpTicksMax;
        if (skipped <= 0)
            return next;
        Statistics.Skipped += skipped;
        _log.TicksSkipped(late, skipped, _catchUpTicksMax);
        return next + skipped;
    }

    void ReportSlowTick(TimeSpan took)
    {
        Statistics.Slow++;
        _slowTicksUnlogged++;
        long now = _time.GetTimestamp();
        if (_lastSlowLog != long.MinValue && _time.GetElapsedTime(_lastSlowLog, now) < SlowTickLogInterval)
            return;
        _lastSlowLog = now;
        TickShare most = _stations.SlowestShare();
        _log.SlowTick(_tick, took, _period, most.Name, most.Milliseconds, _slowTicksUnlogged);
        _slowTicksUnlogged = 0;
    }

    void CollectYoungest()
    {
        long began = _time.GetTimestamp();
        // Not "blocking": that would make a full collection, should .NET decide for one at this moment, stop everything until it is done, seconds in a large heap;
        // this way it runs in the background. The youngest generations are collected on the spot in any case.
        GC.Collect(0, GCCollectionMode.Forced, blocking: false);
        _allocatedAtCollection = GC.GetAllocatedBytesForCurrentThread();
        Statistics.Collection.Record((long)_time.GetElapsedTime(began).TotalMicroseconds);
    }
}
