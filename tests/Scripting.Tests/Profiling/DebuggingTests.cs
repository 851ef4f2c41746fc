using GameServer.Scripting.Profiling;
using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Profiling;

/// <summary>What operators use to find out why something is as it is.</summary>
public class DebuggingTests
{
    static List<string> Trace(HostFixture host, string? mod, string? hook, Action raise)
    {
        var seen = new List<string>();
        var watch = new HookWatch(mod, hook, trace => seen.Add($"{trace.Mod}: {trace.What} {trace.Detail}".TrimEnd()));
        host.Host.Watch(watch);
        raise();
        watch.Close();
        host.Tick();
        raise();
        return seen;
    }

    [Fact]
    public void A_trace_shows_who_ran_who_decided_and_the_outcome_until_it_is_closed()
    {
        using HostFixture host = new HostFixture().Mod("a", "function PlayerChat(p, text) if text == 'bad' then return hook.replace('good') end end")
            .Mod("b", "function PlayerChat(p, text) if text == 'good' then return hook.deny('no', 'spam') end end hook.observe('PlayerChat', function() end)")
            .Mod("c", "function PlayerChat() error('oops') end");
        foreach (string id in new[] { "a", "b" }) host.Manifest(id, "[permissions]\nrequired = [\"chat.filter\"]").Grant(id, "chat.filter");
        host.Load();
        TestPlayer ada = host.Join("Ada");
        List<string> seen = Trace(host, null, "PlayerChat", () => host.Host.PlayerChat(ada, "bad"));
        Assert.Equal(["a: returned", "a: replace", "b: returned", "b: deny no (spam)", ": outcome deny by b: no", "b: returned observer"], seen);
        seen = Trace(host, null, "PlayerChat", () => host.Host.PlayerChat(ada, "fine"));
        Assert.Equal(["a: returned", "b: returned", "c: failed c/init.luau:1: oops", ": outcome nobody objected", "b: returned observer"], seen);
        seen = Trace(host, "a", null, () => host.Host.PlayerChat(ada, "fine"));
        Assert.Equal(["a: returned", ": outcome nobody objected"], seen);
    }

    [Fact]
    public void A_trace_is_bounded_per_second()
    {
        using HostFixture host = new HostFixture().Mod("a", string.Concat(Enumerable.Repeat("hook.add('Think', function() end) ", 200))).Load();
        int seen = 0;
        var watch = new HookWatch(null, null, _ => seen++);
        host.Host.Watch(watch);
        long begin = TimeProvider.System.GetTimestamp();
        for (int i = 0; i < 20; i++) host.Tick();
        int seconds = (int)TimeProvider.System.GetElapsedTime(begin).TotalSeconds + 2;
        Assert.InRange(seen, 1, HookWatch.PerSecondMax * seconds);
        Assert.Equal(20 * 200, seen + watch.Suppressed);
    }

    [Fact]
    public void Why_tells_the_faults_the_next_try_and_what_to_do()
    {
        using HostFixture host = new HostFixture().Mod("a", "function PlayerConnect() error('oops') end").Limit("a", "errors_window", 3).Load();
        for (int i = 0; i < 4; i++) host.Join($"P{i}");
        host.Tick(2);
        ModWhy why = host.Host.Why("a")!;
        Assert.Equal(ModState.Suspended, why.State);
        Assert.Contains("more than 3 errors", why.Reason, StringComparison.Ordinal);
        Assert.InRange(why.NextTry!.Value.TotalSeconds, 4, 5);
        Assert.Contains("gameserver mod start a", why.Advice, StringComparison.Ordinal);
        ModEvent error = why.Events.Single(e => e.Kind == "error");
        Assert.Equal(4, error.Count);
        Assert.Contains("PlayerConnect: a/init.luau:1: oops", error.Text, StringComparison.Ordinal);
        Assert.Equal(["state running", "error", "state suspended"], why.Events.Select(e => e.Kind));
        Assert.Null(host.Host.Why("nobody"));
        Assert.Contains("gameserver mod start", host.Host.Stop("a") is { Accepted: true } ? host.Host.Why("a")!.Advice : "", StringComparison.Ordinal);
    }

    [Fact]
    public void Why_names_what_blocks_a_mod_and_what_does_not_load()
    {
        using HostFixture host = new HostFixture().Mod("a", "").Manifest("a", "[dependencies]\nmissing = \"*\"").Mod("broken", "local = 1").Load();
        Assert.Contains("missing", host.Host.Why("a")!.Reason, StringComparison.Ordinal);
        Assert.Equal(ModState.Invalid, host.Host.Why("broken")!.State);
        Assert.Contains("broken/init.luau:1", host.Host.Why("broken")!.Reason, StringComparison.Ordinal);
    }

    static HostFixture Developing() => new HostFixture(options => options with { Development = true });

    [Theory]
    [InlineData("1 + 1, 'x'", "2\n\"x\"")]
    [InlineData("count", "5")]
    [InlineData("count = 7 return count", "7")]
    [InlineData("{ 1, 2, a = { b = 'c' } }", "{ 1, 2, a = { b = \"c\" } }")]
    [InlineData("count = 1", "done")]
    [InlineData("players.count()", "0")]
    public void Eval_runs_in_the_mods_globals_and_shows_values(string code, string shown)
    {
        using HostFixture host = Developing().Mod("a", "count = 5").Load().Tick();
        Assert.Equal(new ModOrder(true, shown), host.Host.Eval("a", code));
    }

    [Fact]
    public void Eval_is_refused_outside_of_development_and_never_hurts_the_server()
    {
        using HostFixture production = new HostFixture().Mod("a", "").Load().Tick();
        Assert.False(production.Host.Eval("a", "1").Accepted);
        using HostFixture host = Developing().Mod("a", "").Limit("a", "event_hard_ms", 50).Load().Tick();
        Assert.Contains("eval:1:", host.Host.Eval("a", "local = 1").Message, StringComparison.Ordinal);
        Assert.Contains("oops", host.Host.Eval("a", "error('oops')").Message, StringComparison.Ordinal);
        Assert.Equal(new ModOrder(false, "time limit reached"), host.Host.Eval("a", "while true do end"));
        Assert.False(host.Host.Eval("a", new string(' ', 20_000)).Accepted);
        Assert.False(host.Host.Eval("nobody", "1").Accepted);
        Assert.Contains("permission denied", host.Host.Eval("a", "mod.reload('b')").Message, StringComparison.Ordinal);
        Assert.True(host.Host.Eval("a", "setmetatable({}, { __tostring = function() while true do end end })").Accepted);
    }

    [Fact]
    public async Task A_mod_that_hangs_can_be_cut_short_from_another_thread()
    {
        using HostFixture host = new HostFixture().Mod("a", "function Think() while true do end end").Limit("a", "tick_hard_ms", 10_000).Load();
        Task cutter = Task.Run(async () =>
        {
            while (host.Host.RunningNow != "a/Think") await Task.Delay(5);
            host.Host.CutShort("nobody");
            host.Host.CutShort("a");
        });
        long begin = TimeProvider.System.GetTimestamp();
        host.Tick();
        await cutter;
        Assert.True(TimeProvider.System.GetElapsedTime(begin).TotalSeconds < 8);
        Assert.Equal(1, host.Host.Status("a")!.Kills);
        Assert.Equal("", host.Host.RunningNow);
    }
}
