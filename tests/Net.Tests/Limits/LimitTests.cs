using GameServer.Net.Limits;
using GameServer.Net.Peers;
using GameServer.Net.Sockets;

namespace GameServer.Net.Tests.Limits;

public sealed class LimitTests
{
    const long Second = TimeSpan.TicksPerSecond;

    [Fact]
    public void A_bucket_gives_its_burst_and_then_its_rate()
    {
        var bucket = new TokenBucket(10, 0);
        Assert.Equal(10, Enumerable.Range(0, 50).Count(_ => bucket.TryTake(1, 5, 10, 0)));
        Assert.Equal(5, Enumerable.Range(0, 50).Count(_ => bucket.TryTake(1, 5, 10, Second)));
        Assert.Equal(10, Enumerable.Range(0, 50).Count(_ => bucket.TryTake(1, 5, 10, 100 * Second)));
        Assert.False(bucket.TryTake(1, 5, 10, 99 * Second));
    }

    [Fact]
    public void One_network_cannot_use_up_the_share_of_others()
    {
        var limiter = new AddressLimiter(100, 10);
        var loud = NetAddress.FromIPv4(0x0A000001, 1);
        var quiet = NetAddress.FromIPv4(0x0B000001, 1);
        Assert.Equal(10, Enumerable.Range(0, 1000).Count(_ => limiter.TryTake(loud, 0)));
        Assert.True(limiter.TryTake(quiet, 0));
        var loopback = NetAddress.FromIPv4(0x7F000001, 1);
        Assert.Equal(89, Enumerable.Range(0, 1000).Count(_ => limiter.TryTake(loopback, 0)));
    }

    [Fact]
    public void A_meter_drops_over_the_soft_rate_and_trips_over_the_hard_one()
    {
        var meter = new InboundMeter(100, 1_000_000, 3, 0);
        Assert.Equal(100, Enumerable.Range(0, 250).Count(_ => meter.TryAdmit(50, 0)));
        Assert.False(meter.IsExceeded);
        for (var i = 0; i < 60; i++)
            meter.TryAdmit(50, 0);
        Assert.True(meter.IsExceeded);
        var bytes = new InboundMeter(1000, 10_000, 3, 0);
        Assert.Equal(10, Enumerable.Range(0, 20).Count(_ => bytes.TryAdmit(1000, 0)));
    }

    [Fact]
    public void The_resend_delay_follows_the_line_and_grows()
    {
        static double Milliseconds(long ticks) => TimeSpan.FromTicks(ticks).TotalMilliseconds;
        var trip = new RoundTrip();
        Assert.Equal(50, Milliseconds(trip.ResendDelay(1)));
        for (var i = 0; i < 100; i++)
            trip.Add(TimeSpan.FromMilliseconds(100).Ticks);
        Assert.InRange(Milliseconds(trip.ResendDelay(1)), 115, 130);
        Assert.InRange(Milliseconds(trip.ResendDelay(2)), 170, 200);
        Assert.Equal(2000, Milliseconds(trip.ResendDelay(30)));
        trip.BackOff(1000 * Second);
        Assert.InRange(Milliseconds(trip.ResendDelay(1)), 230, 260);
        trip.BackOff(1000 * Second);
        Assert.InRange(Milliseconds(trip.ResendDelay(1)), 230, 260);
        trip.Add(TimeSpan.FromMilliseconds(100).Ticks);
        Assert.InRange(Milliseconds(trip.ResendDelay(1)), 115, 130);
    }

    [Fact]
    public void A_line_that_becomes_slow_is_noticed_within_a_few_samples()
    {
        var trip = new RoundTrip();
        for (var i = 0; i < 100; i++)
            trip.Add(TimeSpan.FromMilliseconds(5).Ticks);
        for (var i = 0; i < 4; i++)
            trip.Add(TimeSpan.FromMilliseconds(300).Ticks);
        Assert.True(trip.ResendDelay(1) > TimeSpan.FromMilliseconds(300).Ticks);
    }
}
