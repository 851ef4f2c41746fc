using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Tests.Isolation;

public class FaultPolicyTests
{
    readonly FaultPolicy _policy = new(new Random(1));

    [Fact]
    public void The_third_kill_within_a_minute_is_one_too_many()
    {
        Assert.Equal(FaultVerdict.GoOn, _policy.Kill(0));
        Assert.Equal(FaultVerdict.GoOn, _policy.Kill(50));
        Assert.Equal(FaultVerdict.GoOn, _policy.Kill(61));
        Assert.Equal(FaultVerdict.Restart, _policy.Kill(70));
    }

    [Fact]
    public void Errors_are_counted_per_window_of_ten_seconds()
    {
        for (int i = 0; i < 20; i++) Assert.Equal(FaultVerdict.GoOn, _policy.Error(i * 0.1, 20));
        Assert.Equal(FaultVerdict.Suspend, _policy.Error(3, 20));
        Assert.Equal(FaultVerdict.GoOn, _policy.Error(4, 20));
    }

    [Fact]
    public void Waits_double_to_a_minute_with_some_jitter_until_there_were_too_many()
    {
        double[] expected = [1, 2, 4, 8, 16, 32, 60, 60];
        foreach (double seconds in expected)
        {
            double wait = _policy.NextRestart(10, 100)!.Value;
            Assert.InRange(wait, seconds, seconds * 1.1);
        }
        var strict = new FaultPolicy(new Random(1));
        for (int i = 0; i < 5; i++) Assert.NotNull(strict.NextRestart(i, 5));
        Assert.Null(strict.NextRestart(6, 5));
        strict.Forgive();
        Assert.InRange(strict.NextRestart(7, 5)!.Value, 1, 1.1);
    }

    [Fact]
    public void A_minute_of_good_health_begins_the_waits_anew()
    {
        _policy.NextRestart(0, 100);
        _policy.NextRestart(1, 100);
        _policy.Started(2);
        Assert.InRange(_policy.NextRestart(30, 100)!.Value, 4, 4.4);
        _policy.Started(40);
        Assert.InRange(_policy.NextRestart(101, 100)!.Value, 1, 1.1);
    }
}
