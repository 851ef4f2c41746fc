using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Api;

public class ModCallTests
{
    static HostFixture Pair(string callee, string caller, string manifest = "") => new HostFixture().Manifest("b", manifest).Mod("b", callee)
        .Manifest("a", "[dependencies]\nb = \"*\"").Mod("a", $"timer.after(0, function() {caller} end)");

    [Theory]
    [InlineData("mod.export('f', function(caller, x) return x * 6, caller end)", "print(mod.call('b', 'f', 7))", "42 a")]
    [InlineData("mod.export('f', function() return 1, nil, 3, nil end)", "print(select('#', mod.call('b', 'f')))", "4")]
    [InlineData("mod.export('f', function(_, ...) return select('#', ...) end)", "print(mod.call('b', 'f', nil, nil))", "2")]
    [InlineData("mod.export('f', function(_, t) t.x = 2 return t end)", "local t = { x = 1 } local u = mod.call('b', 'f', t) print(t.x, u.x, t == u)", "1 2 false")]
    [InlineData("mod.export('f', function(_, t) return t end)", "local u = mod.call('b', 'f', { 1, 2, x = 3, [true] = 4, [2.5] = 5, b = buffer.fromstring('hi'), v = vector.create(1, 2, 3) }) print(u[1], u[2], u.x, u[true], u[2.5], buffer.tostring(u.b), u.v == vector.create(1, 2, 3))", "1 2 3 4 5 hi true")]
    [InlineData("mod.export('f', function(_, s) return #s, s end)", "local n, s = mod.call('b', 'f', 'a\\0\\255') print(n, s == 'a\\0\\255')", "3 true")]
    [InlineData("mod.export('f', function(_, x) return x end)", "print(mod.call('b', 'f', 0/0), 1 / mod.call('b', 'f', -0), mod.call('b', 'f', 2^53))", "nan -inf 9007199254740992")]
    [InlineData("mod.export('f', function() error('boom') end)", "print(pcall(mod.call, 'b', 'f'))", "~false callee error: 'a' calls 'b.f': b/init.luau:1: boom")]
    [InlineData("mod.export('f', function() error({}) end)", "print(pcall(mod.call, 'b', 'f'))", "~false callee error: 'a' calls 'b.f': error object is a table")]
    [InlineData("", "print(pcall(mod.call, 'b', 'f'))", "~false not exported: 'a' calls 'b.f'")]
    [InlineData("", "print(pcall(mod.call, 'c', 'f'))", "~false unavailable: 'a' calls 'c.f': 'c' is not among the dependencies")]
    [InlineData("", "print(pcall(mod.call, 'a', 'f'))", "~false reentrant: 'a' calls 'a.f'")]
    [InlineData("mod.export('f', print)", "print(pcall(mod.call, 'b', 'f', print))", "~false bad value: a function cannot be copied at args[1]")]
    [InlineData("mod.export('f', print)", "local t = {} t.a = { b = t } print(pcall(mod.call, 'b', 'f', 1, t))", "~false bad value: cycle at args[2].a.b")]
    [InlineData("mod.export('f', print)", "local t = {} for i = 1, 10000 do t = { t } end print(pcall(mod.call, 'b', 'f', t))", "~false bad value: nested more than 32 deep")]
    [InlineData("mod.export('f', function() return print end)", "print(pcall(mod.call, 'b', 'f'))", "~false bad value: 'a' calls 'b.f': a function cannot be copied at result[1]")]
    [InlineData("mod.export('f', function() return table.unpack(table.create(300, 1)) end)", "print(pcall(mod.call, 'b', 'f'))", "~false bad value: 'a' calls 'b.f': 300 results, at most 32")]
    [InlineData("mod.export('f', function() task.wait(1) end)", "print(pcall(mod.call, 'b', 'f'))", "~false callee error: 'a' calls 'b.f': attempt to yield in export f")]
    [InlineData("mod.export('f', function(_, t) return getmetatable(t), t.x end)", "print(mod.call('b', 'f', setmetatable({}, { __index = function() return 1 end })))", "nil nil")]
    [InlineData("mod.export('f', function(_, t) return #t, t[1] == t[2] end)", "local s = { 1 } print(mod.call('b', 'f', { s, s }))", "2 false")]
    [InlineData("mod.export('f', function() return 1 end) mod.export('f', function() return 2 end)", "print(mod.call('b', 'f'))", "2")]
    [InlineData("local c = mod.export('f', function() return 1 end) c:disconnect()", "print(pcall(mod.call, 'b', 'f'))", "~false not exported")]
    [InlineData("mod.export('f', function() return 1 end)", "print(mod.use('b').f(), mod.use('c', { optional = true }), mod.isLoaded('b'), mod.isLoaded('c'), #mod.list())", "1 nil true false 2")]
    public void Values_and_errors_cross_as_documented(string callee, string caller, string printed)
    {
        using HostFixture host = Pair(callee, caller).Load().Tick(2);
        string line = Assert.Single(host.Printed("a"));
        if (printed.StartsWith('~')) Assert.StartsWith(printed[1..], line, StringComparison.Ordinal);
        else Assert.Equal(printed, line);
        Assert.Equal(ModState.Running, host.StateOf("b"));
    }

    [Fact]
    public void A_busy_callee_is_reentrant_and_the_chain_is_named()
    {
        using HostFixture host = new HostFixture()
            .Manifest("a", "[dependencies]\nb = \"*\"").Mod("a", "mod.export('back', function() end) timer.after(0, function() print(pcall(mod.call, 'b', 'f')) end)")
            .Manifest("b", "[optional_dependencies]\na = \"*\"").Mod("b", "mod.export('f', function() return pcall(mod.call, 'a', 'back') end)").Load().Tick(2);
        Assert.Contains("true false reentrant: 'b' calls 'a.back': 'a' is running already: a (timer) -> b (export f)", host.Printed("a")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_callee_that_never_ends_is_stopped_and_the_caller_gets_an_error()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { CallHardMs = 50 } })
            .Manifest("b", "").Mod("b", "n = 0 mod.export('f', function() while true do pcall(function() while true do end end) end end) mod.export('g', function() return 'alive' end)")
            .Manifest("a", "[dependencies]\nb = \"*\"").Mod("a", "timer.after(0, function() print(pcall(mod.call, 'b', 'f')) print(mod.call('b', 'g')) end)").Load().Tick(2);
        Assert.StartsWith("false timeout: 'a' calls 'b.f': time limit reached", host.Printed("a")[0], StringComparison.Ordinal);
        Assert.Equal("alive", host.Printed("a")[1]);
        Assert.Equal((0L, 1L), (host.Host.Status("a")!.Kills, host.Host.Status("b")!.Kills));
    }

    [Fact]
    public void A_caller_out_of_time_is_stopped_although_the_callee_loops()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { CallHardMs = 5000, EventHardMs = 80 } })
            .Manifest("b", "").Mod("b", "mod.export('f', function() while true do end end)")
            .Manifest("a", "[dependencies]\nb = \"*\"").Mod("a", "timer.after(0, function() while true do pcall(mod.call, 'b', 'f') end end)").Load().Tick(2);
        Assert.Equal(1, host.Host.Status("a")!.Kills);
    }

    [Fact]
    public void Calls_nest_only_so_deep()
    {
        var host = new HostFixture().Limit("m0", "call_depth", 3).Limit("m1", "call_depth", 3).Limit("m2", "call_depth", 3).Limit("m3", "call_depth", 3);
        for (int i = 0; i < 5; i++)
        {
            host.Manifest($"m{i}", i < 4 ? $"[dependencies]\nm{i + 1} = \"*\"" : "")
                .Mod($"m{i}", $"mod.export('f', function() return {(i < 4 ? $"pcall(mod.call, 'm{i + 1}', 'f')" : "'bottom'")} end) {(i == 0 ? "timer.after(0, function() print(mod.call('m1', 'f')) end)" : "")}");
        }
        using (host.Load().Tick(2))
        {
            Assert.Contains("reentrant: 'm3' calls 'm4.f': calls are nested too deeply", host.Printed("m0")[0], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Exports_run_with_the_rights_of_their_own_mod_and_may_ask_for_the_callers()
    {
        using HostFixture host = new HostFixture().Grant("b", "player.kick")
            .Manifest("b", "[exports.kick]\nrequires = [\"player.kick\"]\n[exports.core]\nvisibility = \"internal\"")
            .Mod("b", "mod.export('kick', function() return 'kicked' end) mod.export('can', function() return perm.has('player.kick') end) mod.export('core', print)")
            .Manifest("a", "[dependencies]\nb = \"*\"").Mod("a", "timer.after(0, function() print(mod.call('b', 'can'), perm.has('player.kick')) print(pcall(mod.call, 'b', 'kick')) print(pcall(mod.call, 'b', 'core')) end)").Load().Tick(2);
        Assert.Equal("true false", host.Printed("a")[0]);
        Assert.StartsWith("false permission denied: 'a' calls 'b.kick': it requires player.kick", host.Printed("a")[1], StringComparison.Ordinal);
        Assert.StartsWith("false not exported: 'a' calls 'b.core': it is for core mods alone", host.Printed("a")[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Waiting_calls_go_through_when_the_callee_waits_or_comes_back()
    {
        using HostFixture host = Pair("mod.export('slow', function(caller, x) task.wait(0.2) return x + 1 end)", "print(mod.callAsync('b', 'slow', 1)) print(pcall(mod.callAsync, 'b', 'none'))").Load();
        host.Tick(20);
        Assert.Equal("2", host.Printed("a")[0]);
        Assert.StartsWith("false not exported", host.Printed("a")[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_waiting_call_gives_up_after_return_wait_s()
    {
        using HostFixture host = Pair("mod.export('never', function() task.wait(100) end)", "print(pcall(mod.callAsync, 'b', 'never'))").Limit("a", "return_wait_s", 2).Load();
        host.Tick(70);
        Assert.StartsWith("false timeout: 'a' calls 'b.never': no answer in time", host.Printed("a")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_to_a_mod_that_is_down_say_so()
    {
        using HostFixture host = Pair("mod.export('f', function() end)", "").Load();
        host.Host.Stop("b");
        host.Mod("a", "print(pcall(mod.call, 'b', 'f'))").Reload("a");
        host.TickUntil(() => host.Printed("a").Count > 0 || host.StateOf("a") == ModState.Running, "the reload");
        Assert.True(host.Printed("a").Count == 0 || host.Printed("a")[0].StartsWith("false unavailable", StringComparison.Ordinal), string.Join('\n', host.Log.Lines));
    }

    [Fact]
    public void Players_cross_as_handles()
    {
        using HostFixture host = Pair("mod.export('name', function(_, p) return p.name, p end)", "local n, p = mod.call('b', 'name', players.all()[1]) print(n, p == players.all()[1])").Load();
        host.Join("Ada");
        host.Tick(2);
        host.AssertPrinted("a", "Ada true");
    }

    [Fact]
    public void A_callee_stopped_because_its_callers_time_was_over_is_not_blamed_and_the_caller_is()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { EventHardMs = 5000, CallHardMs = 4000 } })
            .Limit("a", "tick_hard_ms", 30).Limit("a", "restarts_window", 1000)
            .Manifest("a", "[dependencies]\nb = \"*\"").Mod("a", "function Think() while true do pcall(mod.call, 'b', 'f') end end")
            .Mod("b", "mod.export('f', function() for i = 1, 200000 do end end)").Load();
        host.Tick(12);
        Assert.Equal((0, 0), (host.Host.Status("b")!.Kills, host.Host.Status("b")!.Errors));
        Assert.Equal(ModState.Running, host.StateOf("b"));
        Assert.True(host.Host.Status("a")!.Kills >= 3);
        host.AssertLogged("Mod b, export f: stopped because the time of its caller 'a' was over");
    }

    [Fact]
    public void Time_that_a_callers_calls_take_is_on_the_callers_account()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { TickHardMs = 5000, TickBudgetMs = 4 } })
            .Manifest("a", "[dependencies]\nb = \"*\"").Mod("a", "function Think() mod.call('b', 'work') end")
            .Mod("b", "local n = 0 function Think() n += 1 end mod.export('work', function() for i = 1, 3000000 do end end) commands.add('n', function(c) c.reply(tostring(n)) end)").Load();
        host.TickUntil(() => host.Log.Lines.Any(line => line.Contains("Mod a is over its share", StringComparison.Ordinal)), "the caller degrades");
        string count = "";
        host.Host.ConsoleCommand("console", "n", text => count = text);
        Assert.Equal(host.TickNumber.ToString(), count);
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("Mod b takes", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1, 'x'", "true")]
    [InlineData("1, 'x', nil", "true")]
    [InlineData("1, 'x', { 1, 2 }", "true")]
    [InlineData("1", "bad value: 'a' calls 'b.f': args[2] does not fit, it takes (u8, string(4), list(u8, 3)?)")]
    [InlineData("300, 'x'", "bad value: 'a' calls 'b.f': args[1] does not fit")]
    [InlineData("nil, 'x'", "bad value: 'a' calls 'b.f': args[1] does not fit")]
    [InlineData("1, 'xxxxx'", "bad value: 'a' calls 'b.f': args[2] does not fit")]
    [InlineData("1, 'x', { 1, 2, 3, 4 }", "bad value: 'a' calls 'b.f': args[3] does not fit")]
    [InlineData("1, 'x', { 1 }, 5", "bad value: 'a' calls 'b.f': 4 arguments")]
    public void Declared_arguments_are_checked_before_the_callee_runs(string args, string expected)
    {
        using HostFixture host = new HostFixture().Manifest("a", "[dependencies]\nb = \"*\"").Mod("a", $"function Think() if not done then done = true print(select(2, pcall(mod.call, 'b', 'f', {args})) or true) end end")
            .Manifest("b", "[exports.f]\nargs = [\"u8\", \"string(4)\", \"list(u8, 3)?\"]").Mod("b", "mod.export('f', function(caller, n, s, l) print('ran') end)").Load().Tick();
        Assert.StartsWith(expected, Assert.Single(host.Printed("a")), StringComparison.Ordinal);
        Assert.Equal(expected == "true" ? 1 : 0, host.Printed("b").Count);
    }

    [Fact]
    public void A_declared_rate_holds_for_each_caller()
    {
        using HostFixture host = new HostFixture().Manifest("a", "[dependencies]\nb = \"*\"").Mod("a", "n = 0 function Think(dt, tick) for i = 1, 10 do if pcall(mod.call, 'b', 'f') then n += 1 end end if tick == 1 or tick == 33 then print(n, select(2, pcall(mod.call, 'b', 'f'))) end end")
            .Manifest("b", "[exports.f]\nrate = \"5/s burst 3\"").Mod("b", "mod.export('f', function() end)").Load().Tick(33);
        Assert.Equal(["3 unavailable: 'a' calls 'b.f': called more often than its rate in mod.toml allows", "8 unavailable: 'a' calls 'b.f': called more often than its rate in mod.toml allows"], host.Printed("a"));
    }

    [Fact]
    public void A_call_allocates_nothing_outside_the_VMs()
    {
        using HostFixture host = new HostFixture().Manifest("a", "[dependencies]\nb = \"*\"").Mod("a", "function Think() for i = 1, 100 do mod.call('b', 'f', i, true) end end").Mod("b", "mod.export('f', function(caller, n) return n end)").Load().Tick(200);
        long before = GC.GetAllocatedBytesForCurrentThread();
        host.Tick(10);
        // What is left is the caller's name as a string of the callee's VM.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 1000, 0, 120);
    }
}
