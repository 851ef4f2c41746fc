namespace GameServer.Server.Hosting;

/// <summary>Totals that only grow, as rates: over the last second or two.</summary>
/// <remarks>Tick thread.</remarks>
sealed class TrafficRates(TimeProvider time)
{
    static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    long _since = time.GetTimestamp();
    (long In, long Out, long Drops) _before;
    (double In, double Out, double Drops) _rates;

    /// <summary>Takes the totals of now.</summary>
    /// <returns>Per second, as of the last whole interval.</returns>
    public (double In, double Out, double Drops) See(long inBytes, long outBytes, long drops)
    {
        long now = time.GetTimestamp();
        double seconds = time.GetElapsedTime(_since, now).TotalSeconds;
        if (seconds < Interval.TotalSeconds * 0.9)
            return _rates;
        _rates = (PerSecond(inBytes - _before.In), PerSecond(outBytes - _before.Out), PerSecond(drops - _before.Drops));
        _before = (inBytes, outBytes, drops);
        _since = now;
        return _rates;

        double PerSecond(long amount) => Math.Round(amount / seconds, 1);
    }
}
