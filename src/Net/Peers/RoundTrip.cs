namespace GameServer.Net.Peers;

/// <summary>
/// Smoothed round trip and its variation from pongs and from acks of packets sent once (as in RFC 6298), and the resend delay that
/// follows. LiteNetLib uses 25 ms + 2.1 × mean without back-off; this waits for what was really measured, and longer each time.
/// </summary>
struct RoundTrip
{
    const int BackoffMax = 4;

    static readonly long UnknownDelay = TimeSpan.FromMilliseconds(50).Ticks;
    static readonly long MarginMin = TimeSpan.FromMilliseconds(20).Ticks;
    static readonly long DelayMax = TimeSpan.FromSeconds(2).Ticks;

    long _mean;
    long _deviation;
    long _backedOffAt;
    int _backoff;

    /// <summary>False until something was measured.</summary>
    public readonly bool IsKnown => _deviation > 0;

    /// <summary>Smoothed round trip in 100 ns units; 0 while unknown.</summary>
    public readonly long Mean => _mean;

    /// <summary>
    /// How long an ack usually takes on this line, without the caution of <see cref="ResendDelay"/>: enough when packets sent later have
    /// been acknowledged, so acks are known to flow.
    /// </summary>
    public readonly long OvertakenDelay => _mean + Math.Max(2 * _deviation, MarginMin);

    readonly long Base => IsKnown ? _mean + Math.Max(4 * _deviation, MarginMin) : UnknownDelay;

    public void Add(long sample)
    {
        _backoff = 0;
        sample = Math.Max(sample, 0);
        if (!IsKnown)
        {
            _mean = sample;
            _deviation = Math.Max(sample / 2, 1);
            return;
        }
        // Where packets are already resent for nothing, few samples come: the line has changed, so each counts more.
        var hasJumped = sample > Base;
        var difference = sample - _mean;
        _deviation = Math.Max(1, _deviation + ((Math.Abs(difference) - _deviation) / (hasJumped ? 2 : 4)));
        _mean += difference / (hasJumped ? 2 : 8);
    }

    /// <summary>
    /// A packet was sent again. Until the next sample every wait is doubled, at most once per wait: when the round trip grows at
    /// once, all packets are resent before their ack comes, and none of those gives a sample.
    /// </summary>
    public void BackOff(long now)
    {
        if (_backoff >= BackoffMax || now - _backedOffAt < Base << _backoff)
            return;
        _backedOffAt = now;
        _backoff++;
    }

    /// <summary>How long to wait for the ack of a packet sent <paramref name="sendCount"/> times: half as long again each time.</summary>
    public readonly long ResendDelay(int sendCount)
    {
        var delay = Base << _backoff;
        for (var i = 1; i < sendCount && delay < DelayMax; i++)
            delay += delay / 2;
        return Math.Min(delay, DelayMax);
    }
}
