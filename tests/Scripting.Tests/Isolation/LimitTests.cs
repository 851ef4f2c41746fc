using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Isolation;

/// <summary>Limits that an operator changes while mods run.</summary>
public class LimitTests
{
    const string Hoard = "keep = {} commands.add('take', function(c) for i = 1, tonumber(c.args) do keep[#keep + 1] = string.rep('x', 1 << 20) .. #keep end c.reply('ok') end)";

    static string Run(HostFixture host, string line)
    {
        string answer = "";
        host.Host.ConsoleCommand("console", line, text => answer = text);
        return answer;
    }

    static HostFixture Hoarder(double mebibytes) => new HostFixture().Limit("a", "memory_hard_mb", mebibytes).Mod("a", Hoard.Replace("1 << 20", "1048576", StringComparison.Ordinal)).Load();

    [Fact]
    public void A_raised_memory_limit_holds_at_once()
    {
        using HostFixture host = Hoarder(4);
        Assert.True(host.Host.SetLimit("a", "memory_hard_mb", 16).Accepted);
        Assert.Equal("ok", Run(host, "take 8"));
        Assert.Equal(16 << 20, host.Host.Status("a")!.MemoryBytesMax);
        Assert.Equal(16, host.Host.Status("a")!.Limits["memory_hard_mb"]);
        host.Tick();
        Assert.Equal(ModState.Running, host.StateOf("a"));
    }

    [Fact]
    public void A_lowered_memory_limit_holds_at_once()
    {
        using HostFixture host = Hoarder(16);
        Assert.True(host.Host.SetLimit("a", "memory_hard_mb", 4).Accepted);
        Run(host, "take 8");
        host.Tick();
        Assert.Equal(ModState.Backoff, host.StateOf("a"));
    }

    [Fact]
    public void A_memory_limit_below_what_the_mod_holds_ends_it_with_the_reason()
    {
        using HostFixture host = Hoarder(16);
        Assert.Equal("ok", Run(host, "take 8"));
        host.Host.SetLimit("a", "memory_hard_mb", 4);
        host.Tick();
        Assert.Equal(ModState.Backoff, host.StateOf("a"));
        Assert.Contains("above its new limit (memory_hard_mb, 4 MiB)", host.Host.Status("a")!.Reason, StringComparison.Ordinal);
        host.TickUntil(() => host.StateOf("a") == ModState.Running, "restart under the new limit");
        Assert.Equal(4 << 20, host.Host.Status("a")!.MemoryBytesMax);
    }

    [Fact]
    public void Garbage_above_a_lowered_limit_is_no_reason_to_end()
    {
        using HostFixture host = new HostFixture().Mod("a", "for i = 1, 10 do local s = string.rep('x', 1000000) .. i end").Load();
        host.Host.SetLimit("a", "memory_hard_mb", 2);
        host.Tick(3);
        Assert.Equal(ModState.Running, host.StateOf("a"));
    }

    [Fact]
    public void Every_limit_can_be_set_on_a_running_mod_and_is_shown()
    {
        using HostFixture host = new HostFixture().Mod("a", "").Load();
        foreach (LimitRow row in LimitCatalog.Rows)
        {
            double value = Math.Max(row.Min, Math.Min(row.Max, 50));
            Assert.True(host.Host.SetLimit("a", row.Key, value).Accepted);
            Assert.Equal(value, host.Host.Status("a")!.Limits[row.Key]);
            Assert.False(host.Host.SetLimit("a", row.Key, row.Max + 1).Accepted);
            Assert.False(host.Host.SetLimit("a", row.Key, double.NaN).Accepted);
        }
        Assert.Contains("did you mean 'memory_hard_mb'?", host.Host.SetLimit("a", "memory_hard_md", 5).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hooks", 2, "for i = 1, 5 do hook.add('Think', function() end) end", "too many handlers")]
    [InlineData("timers", 2, "for i = 1, 5 do timer.after(9, function() end) end", "too many timers")]
    [InlineData("threads", 2, "for i = 1, 5 do task.delay(9, function() end) end", "too many waiting tasks")]
    [InlineData("commands", 2, "for i = 1, 5 do commands.add('c' .. i, function() end) end", "too many commands")]
    [InlineData("value_bytes", 1024, "events.on('a:e', function() end) events.emit('e', string.rep('x', 2000))", "more than 1024 bytes")]
    [InlineData("value_depth", 2, "events.on('a:e', function() end) events.emit('e', {{{1}}})", "nested more than 2 deep")]
    [InlineData("value_nodes", 16, "events.on('a:e', function() end) events.emit('e', table.create(40, {1}))", "more than 16 values")]
    [InlineData("table_entries", 16, "events.on('a:e', function() end) events.emit('e', table.create(17, 1))", "more than 16 entries")]
    [InlineData("host_memory_kb", 16, "for i = 1, 500 do timer.after(9, function() end) end", "host_memory_kb, 16")]
    public void Counts_and_sizes_hold_at_once(string key, double value, string source, string refusal)
    {
        using HostFixture host = new HostFixture().Mod("a", $"commands.add('go', function(c) c.reply(tostring(select(2, pcall(function() {source} end)))) end)").Load();
        Assert.True(host.Host.SetLimit("a", key, value).Accepted);
        Assert.Contains(refusal, Run(host, "go"), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_read_anew_change_limits_at_once_and_reload_mods_whose_rights_changed()
    {
        var options = new ModHostOptions { ModsFolder = "" };
        using HostFixture host = new HostFixture(given => options = given).Manifest("a", "[permissions]\noptional = [\"player.kick\"]").Mod("a", "print(mod.generation, perm.has('player.kick'))").Mod("b", "print(mod.generation)").Load();
        host.Host.SetLimit("b", "timers", 5);
        ModOrder order = host.Host.Reconfigure(options with
        {
            UserLimits = options.UserLimits with { Timers = 77 },
            Mods = new Dictionary<string, ModSettings> { ["a"] = new() { Grant = ["player.kick"], Limits = new Dictionary<string, double> { ["hooks"] = 9 } } },
        });
        Assert.True(order.Accepted);
        Assert.Equal((77, 9), (host.Host.Status("a")!.Limits["timers"], host.Host.Status("a")!.Limits["hooks"]));
        Assert.Equal((77, 256), (host.Host.Status("b")!.Limits["timers"], host.Host.Status("b")!.Limits["hooks"]));
        host.TickUntil(() => host.Host.Status("a")!.Generation == 2, "reload of a");
        host.AssertPrinted("a", "1 false", "2 true");
        host.AssertPrinted("b", "1");
    }
}
