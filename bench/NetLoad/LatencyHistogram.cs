using System.Diagnostics;

namespace GameServer.NetLoad;

/// <summary>Latencies in steps of 10 µs up to 20 s.</summary>
sealed class LatencyHistogram
{
    const double StepsPerMillisecond = 100;

    readonly int[] _counts = new int[2_000_000];

    public long Count { get; private set; }

    public void Add(long timestampDelta)
    {
        var milliseconds = timestampDelta * 1000.0 / Stopwatch.Frequency;
        _counts[Math.Clamp((int)(milliseconds * StepsPerMillisecond), 0, _counts.Length - 1)]++;
        Count++;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    /// <summary>Milliseconds below which this share of all latencies lies.</summary>
    public double Percentile(double share)
    {
        var wanted = (long)(Count * share);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen > wanted)
                return (i + 1) / StepsPerMillisecond;
        }
        return 0;
    }
}
