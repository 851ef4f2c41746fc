namespace GameServer.Net.Peers;

/// <summary>
/// Smoothed round trip and its variation (as in RFC 6298) from pongs and from acks of packets sent once, and the resend delay that
/// follows. LiteNetLib uses 25 ms + 2.1 × mean without back-off; this waits for what was really measured, and longer each time.
/// </summary>
struct RoundTrip
{
    static readonly long UnknownDelay = TimeSpan.FromMilliseconds(50).Ticks;
    static readonly long MarginMin = TimeSpan.FromMilliseconds(20).Ticks;
    static readonly long DelayMax = TimeSpan.FromSeconds(2).Ticks;

    long _mean;
    long _deviation;

    /// <summary>False until something was measured.</summary>
    public readonly bool IsKnown => _deviation > 0;

    /// <summary>Smoothed round trip in 100 ns units; 0 while unknown.</summary>
    public readonly long Mean => _mean;

    public void Add(long sample)
    {
        sample = Math.Max(sample, 0);
        if (!IsKnown)
        {
            _mean = sample;
            _deviation = Math.Max(sample / 2, 1);
            return;
        }
        _deviation = Math.Max(1, _deviation + ((Math.Abs(sample - _mean) - _deviation) / 4));
        _mean += (sample - _mean) / 8;
    }

    /// <summary>How long to wait for the ack of a packet sent <paramref name="sendCount"/> times: half as long again each time.</summary>
    public readonly long ResendDelay(int sendCount)
    {
        var delay = IsKnown ? _mean + Math.Max(4 * _deviation, MarginMin) : UnknownDelay;
        for (var i = 1; i < sendCount && delay < DelayMax; i++)
            delay += delay / 2;
        return Math.Min(delay, DelayMax);
    }
}
