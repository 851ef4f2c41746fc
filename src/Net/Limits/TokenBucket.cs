namespace GameServer.Net.Limits;

/// <summary>A rate with a burst. Fills up by host time (100 ns units), so it costs nothing while unused.</summary>
struct TokenBucket
{
    double _tokens;
    long _filledAt;

    /// <summary>Starts full.</summary>
    public TokenBucket(double burst, long now)
    {
        _tokens = burst;
        _filledAt = now;
    }

    /// <summary>Takes <paramref name="amount"/> tokens if they are there.</summary>
    public bool TryTake(double amount, double perSecond, double burst, long now)
    {
        var elapsed = now - _filledAt;
        if (elapsed > 0)
        {
            _tokens = Math.Min(burst, _tokens + (elapsed * perSecond / TimeSpan.TicksPerSecond));
            _filledAt = now;
        }
        if (_tokens < amount)
            return false;
        _tokens -= amount;
        return true;
    }
}
