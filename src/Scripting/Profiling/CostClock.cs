namespace GameServer.Scripting.Profiling;

/// <summary>Which second it is for the accounts: moves at the beginning of a tick, so that adding to an account reads no clock.</summary>
/// <remarks>Tick thread.</remarks>
sealed class CostClock(TimeProvider time)
{
    /// <summary>Seconds that accounts remember, the one under way included.</summary>
    public const int SecondsKept = 64;

    readonly long _start = time.GetTimestamp();
    readonly int[] _ticks = new int[SecondsKept];
    readonly int[] _second = new int[SecondsKept];

    /// <summary>Whole seconds since the host was made.</summary>
    public int Second { get; private set; }

    /// <summary>Timestamp units per millisecond.</summary>
    public double PerMillisecond { get; } = time.TimestampFrequency / 1000.0;

    /// <summary>A tick begins.</summary>
    public void BeginTick(long now)
    {
        Second = (int)((now - _start) / time.TimestampFrequency);
        int at = Second & (SecondsKept - 1);
        if (_second[at] != Second) (_second[at], _ticks[at]) = (Second, 0);
        _ticks[at]++;
    }

    /// <summary>The whole seconds that a window of so many covers: the last ones that are over. Before the first second is over, the one under way.</summary>
    /// <param name="seconds">1 to 60.</param>
    public (int First, int Last) Span(int seconds) => Second == 0 ? (0, 0) : (Math.Max(0, Second - Math.Clamp(seconds, 1, SecondsKept - 2)), Second - 1);

    /// <summary>Ticks that began in these seconds.</summary>
    public int TicksIn((int First, int Last) span)
    {
        int ticks = 0;
        for (int second = span.First; second <= span.Last; second++)
        {
            int at = second & (SecondsKept - 1);
            if (_second[at] == second) ticks += _ticks[at];
        }
        return ticks;
    }
}
