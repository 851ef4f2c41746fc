namespace GameServer.Scripting.Profiling;

/// <summary>Asks lanes for samples: of entries that take long, whenever the watchdog looks; of everything, from a thread of its own while a profile is wanted.</summary>
/// <remarks>Any thread.</remarks>
sealed class StackSampler(LaneRecorder lane, TimeProvider time) : IDisposable
{
    /// <summary>Shortest interval of a profile.</summary>
    public static readonly TimeSpan IntervalMin = TimeSpan.FromMilliseconds(1);

    /// <summary>A thread that was not woken for longer, in ms, knows nothing of what happened meanwhile.</summary>
    const int GapMax = 100;

    readonly Lock _lock = new();
    readonly long _perMillisecond = time.TimestampFrequency / 1000;
    long _looked;
    TimeSpan _pauses = GC.GetTotalPauseDuration();
    ProfileRun? _run;
    readonly ManualResetEventSlim _stopping = new();

    /// <summary>The profile under way or the last one; null before the first.</summary>
    public ProfileRun? Run
    {
        get { lock (_lock) return _run; }
    }

    /// <summary>[watchdog] A look at what runs.</summary>
    public void Look()
    {
        long now = time.GetTimestamp();
        bool isSlow = lane.Running is not null && lane.SoftEnd <= now && lane.Profile is null;
        if (isSlow && _looked != 0) Ask(now, Math.Max(_looked, lane.SoftEnd - (3 * _perMillisecond)));
        else _pauses = isSlow ? _pauses : GC.GetTotalPauseDuration();
        _looked = now;
    }

    /// <summary>Begins a profile.</summary>
    /// <param name="mod">Only this mod; null for all.</param>
    /// <param name="length">How long.</param>
    /// <param name="interval">Time between samples.</param>
    /// <returns>Null when one is under way already.</returns>
    public ProfileRun? Start(string? mod, TimeSpan length, TimeSpan interval)
    {
        lock (_lock)
        {
            if (_run is { IsOver: false }) return null;
            long now = time.GetTimestamp();
            var profile = new SampleProfile(mod, now, time.TimestampFrequency / 1000.0);
            _run = new ProfileRun(mod, length, interval, profile);
            ProfileRun run = _run;
            lane.Profile = profile;
            new Thread(() => Sample(run, now)) { IsBackground = true, Name = "script sampler", Priority = ThreadPriority.AboveNormal }.Start();
            return run;
        }
    }

    /// <summary>Ends the profile under way, if any.</summary>
    public void Dispose() => _stopping.Set();

    void Sample(ProfileRun run, long began)
    {
        long end = began + (long)(run.Length.TotalMilliseconds * _perMillisecond);
        long last = began;
        TimeSpan pauses = GC.GetTotalPauseDuration();
        while (last < end && !_stopping.Wait(run.Interval))
        {
            long now = time.GetTimestamp();
            TimeSpan paused = GC.GetTotalPauseDuration();
            long collection = Math.Clamp((long)((paused - pauses).TotalMilliseconds * _perMillisecond), 0, now - last);
            lane.Request(Math.Min(now - last - collection, GapMax * _perMillisecond), collection, now);
            (last, pauses) = (now, paused);
        }
        lane.Profile = null;
        run.End();
    }

    void Ask(long now, long since)
    {
        TimeSpan paused = GC.GetTotalPauseDuration();
        long collection = Math.Clamp((long)((paused - _pauses).TotalMilliseconds * _perMillisecond), 0, now - since);
        _pauses = paused;
        if (now > since) lane.Request(now - since - collection, collection, now);
    }
}

/// <summary>One profile on demand.</summary>
/// <remarks>Any thread.</remarks>
public sealed class ProfileRun
{
    readonly SampleProfile _profile;
    volatile bool _isOver;

    internal ProfileRun(string? mod, TimeSpan length, TimeSpan interval, SampleProfile profile) => (Mod, Length, Interval, _profile) = (mod, length, interval, profile);

    /// <summary>Only this mod; null for all.</summary>
    public string? Mod { get; }
    /// <summary>How long it takes.</summary>
    public TimeSpan Length { get; }
    /// <summary>Time between samples.</summary>
    public TimeSpan Interval { get; }
    /// <summary>Whether it is done.</summary>
    public bool IsOver => _isOver;
    /// <summary>Samples so far.</summary>
    public int Samples => _profile.Samples;

    /// <summary>One line per stack, callers first, with the time in microseconds: what flame graph tools read.</summary>
    public string ToFolded() => _profile.ToFolded();

    /// <summary>Entries and samples on one line of time.</summary>
    public ProfileTimeline ToTimeline() => _profile.ToTimeline();

    internal void End() => _isOver = true;
}
