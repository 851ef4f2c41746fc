using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Isolation;

public class BudgetLadderTests
{
    [Fact]
    public void Many_short_calls_hold_up_a_tick_no_longer_than_one_long_call()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { TickHardMs = 60, EventHardMs = 1000, TickBudgetMs = 1000 } })
            .Mod("many", "n = 0 for i = 1, 500 do timer.after(0, function() n += 1 for i = 1, 300000 do end end) end commands.add('n', function(c) c.reply(tostring(n)) end)").Load().Tick();
        long begin = TimeProvider.System.GetTimestamp();
        double script = host.Host.TopOfTick()[0].Milliseconds;
        host.Tick();
        Assert.InRange(script, 50, 600);
        Assert.InRange(TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds, 0, 5000);
        string count = "";
        host.TickUntil(() =>
        {
            host.Host.ConsoleCommand("console", "n", text => count = text);
            return count == "500";
        }, "all timers");
    }

    [Fact]
    public void A_greedy_mod_is_thinned_and_gets_the_time_it_missed()
    {
        // A tenth of a millisecond of share, and a Think that takes about ten times as much, so that every fourth tick is too much on a fast machine too.
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { TickBudgetMs = 0.1 } })
            .Mod("greedy", "total = 0 function Think(dt) total += dt for i = 1, 500000 do end end commands.add('t', function(c) c.reply(tostring(math.round(total * 30))) end)")
            .Mod("modest", "n = 0 function Think() n += 1 end commands.add('n', function(c) c.reply(tostring(n)) end)").Load().Tick(480);
        string greedy = "", modest = "";
        host.Host.ConsoleCommand("console", "t", text => greedy = text);
        host.Host.ConsoleCommand("console", "n", text => modest = text);
        Assert.Equal("480", modest);
        Assert.Equal("480", greedy);
        host.AssertLogged("is over its share: Think runs every 8 ticks");
    }
}
