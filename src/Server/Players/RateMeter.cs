namespace GameServer.Server.Players;

/// <summary>A token bucket: so many per second in the long run, so many at once.</summary>
/// <param name="perSecond">Tokens that come back per second.</param>
/// <param name="burst">Most tokens there can be.</param>
/// <remarks>Single thread; the caller says what time it is.</remarks>
sealed class RateMeter(double perSecond, double burst)
{
    double _tokens = burst;
    TimeSpan _last;

    /// <summary>Takes one token; false when there is none.</summary>
    /// <param name="now">Time by any clock that does not go back.</param>
    public bool TryTake(TimeSpan now)
    {
        _tokens = Math.Min(burst, _tokens + ((now - _last).TotalSeconds * perSecond));
        _last = now;
        if (_tokens < 1)
            return false;
        _tokens--;
        return true;
    }
}
