using GameServer.Scripting.Profiling;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Profiling;

/// <summary>Windows over the ring of seconds, on a clock of the test's own.</summary>
public class CostAccountTests
{
    const long Millisecond = TimeSpan.TicksPerMillisecond;

    readonly ManualTime _time = new();
    readonly CostClock _clock;
    readonly CostAccount _account;

    public CostAccountTests()
    {
        _clock = new CostClock(_time);
        _account = new CostAccount("radar", "Think", _clock);
        _clock.BeginTick(_time.GetTimestamp());
    }

    void Second(int calls)
    {
        for (int i = 0; i < calls; i++) _account.Add(2 * Millisecond, 3 * Millisecond);
        _time.Advance(TimeSpan.FromSeconds(1));
        _clock.BeginTick(_time.GetTimestamp());
    }

    [Fact]
    public void A_window_holds_exactly_its_last_whole_seconds()
    {
        for (int second = 0; second < 200; second++) Second(second);
        Assert.Equal(199, _account.Sum(_clock.Span(1)).Calls);
        Assert.Equal(Enumerable.Range(190, 10).Sum(), _account.Sum(_clock.Span(10)).Calls);
        Assert.Equal(Enumerable.Range(140, 60).Sum(), _account.Sum(_clock.Span(60)).Calls);
        Assert.Equal(Enumerable.Range(0, 200).Sum(), _account.Calls);
    }

    [Fact]
    public void What_is_under_way_in_this_second_does_not_count_yet_except_in_the_first()
    {
        _account.Add(Millisecond, Millisecond);
        Assert.Equal(1, _account.Sum(_clock.Span(10)).Calls);
        Second(4);
        _account.Add(Millisecond, Millisecond);
        Assert.Equal(5, _account.Sum(_clock.Span(10)).Calls);
    }

    [Fact]
    public void Seconds_in_which_nothing_happened_are_empty()
    {
        Second(5);
        for (int i = 0; i < 70; i++) Second(0);
        Assert.Equal(0, _account.Sum(_clock.Span(60)).Calls);
        _time.Advance(TimeSpan.FromHours(30));
        _clock.BeginTick(_time.GetTimestamp());
        Assert.Equal(default, _account.Sum(_clock.Span(60)));
        Assert.Equal(10, _account.SelfMilliseconds);
    }

    [Fact]
    public void Self_total_longest_errors_kills_and_bytes_are_summed_and_divided_by_time_and_ticks()
    {
        for (int tick = 0; tick < 30; tick++)
        {
            _account.Add(Millisecond, 4 * Millisecond);
            _account.AddBytes(50);
            _time.Advance(TimeSpan.FromSeconds(1.0 / 30));
            if (tick < 29) _clock.BeginTick(_time.GetTimestamp());
        }
        _account.AddError();
        _account.AddKill();
        _time.Advance(TimeSpan.FromSeconds(1));
        _clock.BeginTick(_time.GetTimestamp());
        CostWindow window = CostWindow.Of(_account.Sum(_clock.Span(1)), _clock, _clock.Span(1));
        Assert.Equal((1, 30, 1, 4, 4, 1000, 1500), (window.Seconds, window.CallsPerSecond, window.SelfMsPerTick, window.TotalMsPerTick, window.LongestMs, window.SelfMicrosecondsPerCall, window.BytesPerSecond));
        Assert.Equal((1, 1, 3), (window.Errors, window.Kills, window.CorePercent));
    }

    [Fact]
    public void Accounts_are_bounded_and_the_rest_shares_one()
    {
        var costs = new ModCosts("many", _clock);
        for (int i = 0; i < 5000; i++)
        {
            costs[$"hook {i}"].Add(1, 1);
            costs.From($"caller {i}", "f").Cost.Add(1, 1);
        }
        Assert.InRange(costs.All.Count, 100, 200);
        Assert.InRange(costs.Edges.Count, 100, 200);
        Assert.Equal(5000, costs.All.Sum(account => account.Calls));
        Assert.Equal(5000, costs.Edges.Sum(edge => edge.Cost.Calls));
    }

    [Fact]
    public void Adding_allocates_nothing_once_an_account_is_in_use()
    {
        _account.Add(1, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            Second(1);
            _account.AddError();
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
