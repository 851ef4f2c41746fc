using GameServer.Server.Hosting;
using GameServer.Support;

namespace GameServer.Server.Tests.Hosting;

public sealed class TickLoopTests
{
    readonly ManualTime _time = new();
    readonly CollectingLog _log = new();
    readonly RecordingStations _stations;

    public TickLoopTests() => _stations = new RecordingStations(_time);

    [Theory]
    [InlineData(10)]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(128)]
    public void The_schedule_does_not_drift_over_a_day(int rate)
    {
        TickLoop loop = Loop(rate);

        long ticksPerDay = 24L * 3600 * rate;

        Assert.Equal(TimeSpan.FromDays(1).Ticks, loop.DueAt(ticksPerDay));
        for (long tick = 1; tick <= 3 * rate; tick++)
        {
            double exact = tick * (double)TimeSpan.TicksPerSecond / rate;
            Assert.InRange(loop.DueAt(tick), exact - 1, exact);
        }
    }

    [Fact]
    public void Ticks_run_at_their_due_moments_with_the_period_as_delta()
    {
        TickLoop loop = Loop(rate: 20);
        using CancellationTokenSource stop = new();
        _stations.After = tick =>
        {
            if (tick == 40)
                stop.Cancel();
        };

        loop.Run(stop.Token);

        Assert.Equal(Enumerable.Range(1, 40).Select(n => (long)n), _stations.Ticks.Select(t => t.Number));
        Assert.All(_stations.Ticks, t => Assert.Equal(TimeSpan.FromMilliseconds(50), t.Delta));
        Assert.Equal(TimeSpan.FromSeconds(2), _time.Elapsed);
        Assert.Equal(0, loop.Statistics.Lateness.MaxMicroseconds);
        Assert.Contains("20 per second", _log.Lines[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 4)]
    [InlineData(30, 1)]
    [InlineData(49, 1)]
    [InlineData(50, 0)]
    [InlineData(128, 0)]
    public void Between_ticks_that_are_far_apart_the_network_is_served_every_20_ms(int rate, int times)
    {
        TickLoop loop = Loop(rate);
        using CancellationTokenSource stop = new();
        _stations.After = tick =>
        {
            if (tick == 10)
                stop.Cancel();
        };

        loop.Run(stop.Token);

        Assert.Equal(10 * times, _stations.Services.Count);
        Assert.All(
            _stations.Services.Zip(_stations.Services.Skip(1)),
            pair => Assert.InRange(pair.Second - pair.First, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(41)));
    }

    [Fact]
    public void A_tick_that_takes_its_whole_time_leaves_none_for_the_network_between()
    {
        TickLoop loop = Loop(rate: 30);
        _stations.TickTakes = TimeSpan.FromMilliseconds(30);
        using CancellationTokenSource stop = new();
        _stations.After = tick =>
        {
            if (tick == 10)
                stop.Cancel();
        };

        loop.Run(stop.Token);

        // Only before the first one.
        Assert.Single(_stations.Services);
        Assert.Equal(0, loop.Statistics.Lateness.MaxMicroseconds);
    }

    [Fact]
    public void A_tick_that_takes_time_does_not_delay_the_next_one()
    {
        TickLoop loop = Loop(rate: 10);
        _stations.TickTakes = TimeSpan.FromMilliseconds(30);
        using CancellationTokenSource stop = new();
        _stations.After = tick =>
        {
            if (tick == 10)
                stop.Cancel();
        };

        loop.Run(stop.Token);

        Assert.Equal(TimeSpan.FromMilliseconds(1030), _time.Elapsed);
        Assert.Equal(0, loop.Statistics.Lateness.MaxMicroseconds);
    }

    [Fact]
    public void After_a_short_stall_every_tick_is_made_up_for()
    {
        TickLoop loop = Loop(rate: 10, catchUp: 5);
        loop.Start();
        _time.Advance(TimeSpan.FromMilliseconds(500));

        for (int i = 0; i < 5; i++)
            loop.RunDueTick();

        Assert.Equal([1, 2, 3, 4, 5], _stations.Ticks.Select(t => t.Number));
        Assert.Equal(0, loop.Statistics.Skipped);
        Assert.Equal(400_000, loop.Statistics.Lateness.MaxMicroseconds);
        Assert.DoesNotContain(_log.Lines, l => l.Contains("stalled", StringComparison.Ordinal));
    }

    [Fact]
    public void After_a_long_stall_the_catch_up_is_capped_reported_and_covered_by_one_delta()
    {
        TickLoop loop = Loop(rate: 10, catchUp: 5);
        loop.Start();
        _time.Advance(TimeSpan.FromSeconds(10));

        for (int i = 0; i < 5; i++)
            loop.RunDueTick();

        Assert.Equal([96, 97, 98, 99, 100], _stations.Ticks.Select(t => t.Number));
        Assert.Equal(TimeSpan.FromSeconds(9.6), _stations.Ticks[0].Delta);
        Assert.Equal(TimeSpan.FromMilliseconds(100), _stations.Ticks[1].Delta);
        Assert.Equal(95, loop.Statistics.Skipped);
        Assert.True(loop.DueAt(101) > _time.GetTimestamp(), "the loop is back on its schedule");
        Assert.Contains("WARN  stalled: 9900 ms behind the schedule; 95 ticks skipped, 5 made up for", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Slow_ticks_are_logged_at_most_once_per_second_with_who_took_most()
    {
        TickLoop loop = Loop(rate: 20, catchUp: 100);
        loop.Start();
        _stations.TickTakes = TimeSpan.FromMilliseconds(60);
        _stations.Slowest = new TickShare("radar/Think", 48);

        for (int i = 0; i < 30; i++)
            loop.RunDueTick();

        // 30 ticks of 60 ms are 1.8 s: one line at once, one after a second.
        string[] slow = [.. _log.Lines.Where(l => l.Contains("slow tick", StringComparison.Ordinal))];
        Assert.Equal(2, slow.Length);
        Assert.Equal("WARN  slow tick 1: 60.0 ms of 50.0 ms; most of it radar/Think with 48.0 ms; 1 slow since the last such line", slow[0]);
        Assert.Contains("17 slow since", slow[1], StringComparison.Ordinal);
        Assert.Equal(30, loop.Statistics.Slow);
        Assert.Equal(30, _stations.Overruns);
    }

    [Fact]
    public void Lateness_and_duration_are_measured()
    {
        TickLoop loop = Loop(rate: 10);
        loop.Start();
        _stations.TickTakes = TimeSpan.FromMilliseconds(7);
        _time.Advance(TimeSpan.FromMilliseconds(103));

        loop.RunDueTick();

        Assert.Equal(3_000, loop.Statistics.Lateness.MaxMicroseconds);
        Assert.Equal(7_000, loop.Statistics.Duration.MaxMicroseconds);
        Assert.Equal(1, loop.Statistics.Run);
        Assert.Equal(1, loop.Statistics.LastTick);
    }

    [Fact]
    public void A_tick_that_allocated_much_is_followed_by_a_collection_of_the_youngest_generation_only()
    {
        TickLoop loop = Loop(rate: 10);
        loop.Start();
        loop.RunDueTick();
        Assert.Equal(0, loop.Statistics.Collection.Count);
        int before = GC.CollectionCount(0);
        _stations.After = _ => GC.KeepAlive(new byte[80_000].Length + Enumerable.Range(0, 30).Sum(_ => new byte[80_000].Length));

        loop.RunDueTick();

        Assert.Equal(1, loop.Statistics.Collection.Count);
        Assert.True(GC.CollectionCount(0) > before);
    }

    [Fact]
    public void Ticks_that_allocate_little_are_followed_by_a_collection_when_it_adds_up()
    {
        TickLoop loop = Loop(rate: 10);
        loop.Start();
        _stations.After = _ => GC.KeepAlive(Enumerable.Range(0, 5).Sum(_ => new byte[80_000].Length));

        for (int tick = 0; tick < 6; tick++)
            loop.RunDueTick();

        Assert.Equal(2, loop.Statistics.Collection.Count);
    }

    [Fact]
    public void The_loop_itself_allocates_nothing_per_tick()
    {
        TickLoop loop = Loop(rate: 10);
        _stations.Record = false;
        loop.Start();
        for (int i = 0; i < 100; i++)
            loop.RunDueTick();
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1000; i++)
            loop.RunDueTick();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void An_error_of_a_station_is_not_swallowed()
    {
        TickLoop loop = Loop(rate: 10);
        loop.Start();
        _stations.After = _ => throw new InvalidOperationException("broken station");

        Assert.Throws<InvalidOperationException>(loop.RunDueTick);
    }

    [Fact]
    public void The_real_wait_is_never_early_and_can_be_exact()
    {
        PreciseWait wait = new(TimeProvider.System);
        double best = double.MaxValue;
        // On a quiet machine half of the waits are below 0.01 ms late; on a busy one it may take a while until one is let through in time.
        for (int i = 0; i < 5000 && (i < 60 || best > 0.5); i++)
        {
            long due = TimeProvider.System.GetTimestamp() + (TimeProvider.System.TimestampFrequency / 200);
            wait.WaitUntil(due, CancellationToken.None);
            double late = TimeProvider.System.GetElapsedTime(due, TimeProvider.System.GetTimestamp()).TotalMilliseconds;
            Assert.True(late >= 0, $"{late} ms early");
            best = Math.Min(best, late);
        }

        Assert.True(best <= 0.5, $"the best of 5000 waits was {best} ms late");
    }

    [Fact]
    public void The_real_wait_ends_early_when_asked_to_stop()
    {
        PreciseWait wait = new(TimeProvider.System);
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(20));
        long began = TimeProvider.System.GetTimestamp();

        wait.WaitUntil(began + (60 * TimeProvider.System.TimestampFrequency), stop.Token);

        Assert.True(TimeProvider.System.GetElapsedTime(began) < TimeSpan.FromSeconds(30));
    }

    TickLoop Loop(int rate, int catchUp = 5) => new(_time, _stations, new ManualWait(_time), _log.Log, rate, catchUp);

    sealed class ManualWait(ManualTime time) : ITickWait
    {
        public string Description => "a manual clock";

        public void WaitUntil(long due, CancellationToken stop)
        {
            TimeSpan remaining = TimeSpan.FromTicks(due - time.GetTimestamp());
            if (remaining > TimeSpan.Zero)
                time.Advance(remaining);
        }
    }

    sealed class RecordingStations(ManualTime time) : ITickStations
    {
        public List<TickTime> Ticks { get; } = [];

        public List<TimeSpan> Services { get; } = [];

        public void Between() => Services.Add(time.Elapsed);

        public bool Record { get; set; } = true;

        public TimeSpan TickTakes { get; set; }

        public Action<long>? After { get; set; }

        public TickShare Slowest { get; set; }

        public void RunTick(in TickTime tick)
        {
            if (Record)
                Ticks.Add(tick);
            time.Advance(TickTakes);
            After?.Invoke(tick.Number);
        }

        public TickShare SlowestShare() => Slowest;

        public int Overruns { get; private set; }

        public void Ended(in TickTime time, TimeSpan took, TimeSpan collection, bool isSlow)
        {
            if (isSlow) Overruns++;
        }
    }
}
