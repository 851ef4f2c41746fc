using System.Numerics;

namespace GameServer.Server.Observability;

/// <summary>Counts durations in buckets that grow by a quarter of an octave, so percentiles are right within 19 %. Fixed size, no allocation.</summary>
/// <remarks>One thread records; others may read and see counts a moment old.</remarks>
sealed class Histogram
{
    const int BucketsPerOctave = 4;
    const int Octaves = 32;

    readonly long[] _counts = new long[Octaves * BucketsPerOctave];

    /// <summary>Durations recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Longest duration recorded, in microseconds.</summary>
    public long MaxMicroseconds { get; private set; }

    /// <summary>Sum of all durations, in microseconds.</summary>
    public long TotalMicroseconds { get; private set; }

    /// <summary>Records one duration.</summary>
    /// <param name="microseconds">Negative counts as 0; beyond about two hours as the last bucket.</param>
    public void Record(long microseconds)
    {
        microseconds = Math.Max(microseconds, 0);
        _counts[BucketOf(microseconds)]++;
        Count++;
        TotalMicroseconds += microseconds;
        MaxMicroseconds = Math.Max(MaxMicroseconds, microseconds);
    }

    /// <summary>The duration that a share of all recorded ones does not exceed, in microseconds; 0 when nothing was recorded.</summary>
    /// <param name="share">0 to 1.</param>
    public long Percentile(double share)
    {
        long wanted = (long)Math.Ceiling(Count * share);
        long seen = 0;
        for (int bucket = 0; bucket < _counts.Length; bucket++)
        {
            seen += _counts[bucket];
            if (seen >= wanted && seen > 0)
                return Math.Min(UpperEnd(bucket), MaxMicroseconds);
        }
        return MaxMicroseconds;
    }

    /// <summary>Durations recorded that lie in buckets up to the one of <paramref name="microseconds"/>.</summary>
    public long CountUpTo(long microseconds)
    {
        long seen = 0;
        for (int bucket = BucketOf(microseconds); bucket >= 0; bucket--)
            seen += _counts[bucket];
        return seen;
    }

    /// <summary>Forgets everything.</summary>
    public void Reset()
    {
        Array.Clear(_counts);
        Count = MaxMicroseconds = TotalMicroseconds = 0;
    }

    // The octave is the position of the highest bit; the two bits below it choose the quarter.
    static int BucketOf(long microseconds)
    {
        if (microseconds < BucketsPerOctave)
            return (int)microseconds;
        int highest = BitOperations.Log2((ulong)microseconds);
        int quarter = (int)(microseconds >> (highest - 2)) & (BucketsPerOctave - 1);
        return Math.Min(((highest - 1) * BucketsPerOctave) + quarter, (Octaves * BucketsPerOctave) - 1);
    }

    static long UpperEnd(int bucket)
    {
        if (bucket < BucketsPerOctave)
            return bucket;
        int highest = (bucket / BucketsPerOctave) + 1;
        long quarter = bucket % BucketsPerOctave;
        return ((BucketsPerOctave + quarter + 1) << (highest - 2)) - 1;
    }
}
