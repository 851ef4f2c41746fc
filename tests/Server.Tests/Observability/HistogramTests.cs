using GameServer.Server.Observability;

namespace GameServer.Server.Tests.Observability;

public sealed class HistogramTests
{
    [Fact]
    public void Percentiles_are_right_within_a_fifth()
    {
        Histogram histogram = new();
        for (int i = 1; i <= 10_000; i++)
            histogram.Record(i);

        foreach (double share in new[] { 0.01, 0.1, 0.5, 0.9, 0.99, 1.0 })
        {
            double exact = share * 10_000;
            Assert.InRange(histogram.Percentile(share), exact, exact * 1.26);
        }
        Assert.Equal(10_000, histogram.MaxMicroseconds);
        Assert.Equal(10_000, histogram.Count);
        Assert.Equal(10_000L * 10_001 / 2, histogram.TotalMicroseconds);
    }

    [Fact]
    public void Every_duration_falls_into_a_bucket_that_holds_it()
    {
        for (int shift = 0; shift < 33; shift++)
        {
            foreach (long value in new[] { (1L << shift) - 1, 1L << shift, (1L << shift) + 1 })
            {
                Histogram histogram = new();
                histogram.Record(value);
                Assert.Equal(value, histogram.Percentile(0.5));
                Assert.Equal(1, histogram.CountUpTo(value));
            }
        }
    }

    [Fact]
    public void Negative_and_huge_durations_are_taken()
    {
        Histogram histogram = new();
        histogram.Record(-5);
        histogram.Record(long.MaxValue);

        Assert.Equal(2, histogram.Count);
        Assert.Equal(0, histogram.Percentile(0.5));
    }

    [Fact]
    public void Nothing_recorded_reads_as_zero()
    {
        Histogram histogram = new();
        Assert.Equal(0, histogram.Percentile(0.99));
        histogram.Record(7);
        histogram.Reset();
        Assert.Equal(0, histogram.Percentile(0.99));
    }
}
