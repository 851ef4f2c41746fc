namespace GameServer.Server.Players;

/// <summary>A token bucket: so many per second in the long run, so many at once.</summary>
/// <remarks>Single thread; the caller says what time it is.</remarks>
sealed class RateMeter
{
    readonly double _perSecond;
    readonly double _burst;
    double _tokens;
    TimeSpan _last;

    /// <summary>Makes a full bucket.</summary>
    /// <param name="perSecond">Tokens that come back per second.</param>
    /// <param name="burst">Most tokens there can be.</param>
    public RateMeter(double perSecond, double burst)
    {
        _perSecond = perSecond;
        _burst = burst;
        _tokens = burst;
    }

    /// <summary>Takes one token; false when there is none.</summary>
    /// <param name="now">Time by any clock that does not go back.</param>
    public bool TryTake(TimeSpan now)
    {
        _tokens = Math.Min(_burst, _tokens + ((now - _last).TotalSeconds * _perSecond));
        _last = now;
        if (_tokens < 1)
            return false;
        _tokens--;
        return true;
    }
}
