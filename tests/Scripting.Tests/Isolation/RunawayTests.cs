using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Isolation;

/// <summary>Scripts that never end, in every kind of callback, and scripts that try to survive being stopped.</summary>
public class RunawayTests
{
    static HostFixture Host() => new(options => options with
    {
        UserLimits = options.UserLimits with { EventHardMs = 60, TickHardMs = 60, CallHardMs = 60, LoadMs = 300, OnloadMs = 300, UnloadMs = 150 },
    });

    const string Canary = "n = 0 function Think() n += 1 end commands.add('n', function(ctx) ctx.reply(tostring(n)) end)";

    static string CanaryCount(HostFixture host)
    {
        string count = "";
        host.Host.ConsoleCommand("console", "n", text => count = text);
        return count;
    }

    public static TheoryData<string> Loops => new()
    {
        "while true do end",
        "repeat until false",
        "for i = 1, math.huge do end",
        "local function f() return f() end f()",
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function() while true do end end) end",
        "while true do pcall(error) end",
        "local c c = coroutine.wrap(function() while true do coroutine.yield() end end) while true do c() end",
        "coroutine.wrap(function() while true do end end)()",
        "while true do coroutine.resume(coroutine.create(function() while true do end end)) end",
        "setmetatable({}, { __index = function() while true do end end }).x()",
        "local t = setmetatable({}, { __eq = function() while true do end end }) local _ = t == setmetatable({}, getmetatable(t))",
        "table.sort({3, 2, 1}, function() while true do end end)",
        "string.gsub(string.rep('a', 100), 'a', function() while true do end end)",
        "local s = string.rep('a', 30) string.find(s, string.rep('a-', 30) .. 'b')",
        "string.rep('x', 1e6):find(string.rep('.-', 10) .. 'y')",
        "for k in function() return 1 end do end",
        "for _ in setmetatable({}, { __iter = function() return function() return 1 end end }) do end",
        "local t = table.create(200000, 1) while true do table.sort(t) table.concat(t) end",
        "local b = buffer.create(1000000) while true do buffer.fill(b, 0, 1) end",
        "while true do task.spawn(function() end) end",
        "while true do task.spawn(function() while true do end end) end",
        "while true do pcall(task.spawn, function() while true do end end) end",
        "while true do pcall(function() perm.with({}, function() while true do end end) end) end",
        "while true do hook.call('X') end",
        "while true do players.all() log.debug('x') server.now() end",
        "while true do string.format('%99.99f', 1e300) end",
        "local function f(n) if n > 0 then pcall(f, n - 1) end while true do end end f(100)",
        "print(setmetatable({}, { __tostring = function() while true do end end }))",
    };

    [Theory]
    [MemberData(nameof(Loops))]
    public void A_loop_in_Think_is_stopped_and_others_miss_nothing(string loop)
    {
        using HostFixture host = Host().Mod("bad", $"function Think() {loop} end").Mod("canary", Canary).Load();
        host.Tick(5);
        Assert.Equal("5", CanaryCount(host));
        Assert.True(host.Host.Status("bad")!.Kills + host.Host.Status("bad")!.Errors > 0, string.Join('\n', host.Log.Lines));
        host.Tick(5);
        Assert.Equal("10", CanaryCount(host));
    }

    public static TheoryData<string, string> Places => new()
    {
        { "hook", "hook.add('PlayerConnect', function() LOOP end)" },
        { "once", "hook.once('PlayerConnect', function() LOOP end)" },
        { "observer", "hook.observe('PlayerConnect', function() LOOP end)" },
        { "timer", "timer.after(0, function() LOOP end)" },
        { "every", "timer.every(0, function() LOOP end)" },
        { "task", "timer.after(0, function() task.spawn(function() LOOP end) end)" },
        { "defer", "task.defer(function() LOOP end)" },
        { "delay", "task.delay(0, function() LOOP end)" },
        { "after wait", "task.spawn(function() task.wait(0) LOOP end)" },
        { "event", "events.on('bad:e', function() LOOP end) timer.after(0, function() events.emit('e') end)" },
        { "command", "commands.add('x', function() LOOP end)" },
        { "message", "net.on('x', function() LOOP end)" },
        { "chat", "function PlayerChat() LOOP end" },
        { "where", "commands.add('x', function() net.broadcast('a', nil, { where = function() LOOP end }) end)" },
        { "console", "hook.add('ConsoleCommand', function() LOOP end) commands.add('x', function() end)" },
        { "decide", "hook.define('D', { kind = 'decide' }) hook.add('bad:D', function() LOOP end) timer.after(0, function() hook.call('D') end)" },
        { "collect", "hook.define('D', { kind = 'collect' }) hook.add('bad:D', function() LOOP end) timer.after(0, function() hook.call('D') end)" },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void A_loop_anywhere_is_stopped_and_the_server_goes_on(string place, string source)
    {
        using HostFixture host = Host().Mod("bad", source.Replace("LOOP", "while true do pcall(function() while true do end end) end", StringComparison.Ordinal)).Mod("canary", Canary).Load();
        TestPlayer player = host.Join("Ada");
        host.Host.PlayerMessage(player, "bad:x", [0]);
        host.Host.PlayerChat(player, "hi");
        host.Host.ConsoleCommand("console", "x", _ => { });
        host.Tick(4);
        Assert.Equal("4", CanaryCount(host));
        // A handler of D lives in the VM that calls it: that VM is busy and abstains, so nothing loops.
        if (place is not ("decide" or "collect")) Assert.True(host.Host.Status("bad")!.Kills > 0, $"{place}\n{string.Join('\n', host.Log.Lines)}");
    }

    [Fact]
    public void A_loop_in_the_main_chunk_or_OnLoad_leaves_the_mod_out_and_others_in()
    {
        using HostFixture host = Host().Mod("chunk", "while true do end").Mod("onload", "function OnLoad() while true do pcall(function() while true do end end) end end").Mod("canary", Canary).Load();
        Assert.Equal(ModState.Backoff, host.StateOf("chunk"));
        Assert.Equal(ModState.Backoff, host.StateOf("onload"));
        host.Tick(3);
        Assert.Equal("3", CanaryCount(host));
    }

    [Fact]
    public void An_OnUnload_that_never_ends_is_cut_off_and_the_reload_goes_on()
    {
        using HostFixture host = Host().Mod("bad", "function OnUnload() while true do pcall(function() while true do end end) end end").Load();
        host.Mod("bad", "print('new')").Reload("bad");
        host.AssertPrinted("bad", "new");
        host.AssertLogged("Mod bad, OnUnload: time limit reached");
    }

    [Fact]
    public void The_third_kill_within_a_minute_destroys_the_VM_and_the_mod_starts_again_later()
    {
        using HostFixture host = Host().Mod("bad", "print('start') function Think() while true do end end").Load();
        host.Tick(3);
        Assert.Equal(ModState.Backoff, host.StateOf("bad"));
        Assert.Contains("third time within a minute", host.Host.Status("bad")!.Reason, StringComparison.Ordinal);
        host.Tick(29);
        host.AssertPrinted("bad", "start");
        host.Tick(6);
        host.AssertPrinted("bad", "start", "start");
    }

    [Fact]
    public void A_mod_that_fails_too_often_is_broken_until_its_files_change()
    {
        using HostFixture host = Host().Limit("bad", "restarts_window", 2).Mod("bad", "error('no')").Load();
        host.Tick(30 * 10);
        Assert.Equal(ModState.Broken, host.StateOf("bad"));
        host.Mod("bad", "print('better')").Reload("bad");
        Assert.Equal(ModState.Running, host.StateOf("bad"));
    }

    [Fact]
    public void A_killed_handler_runs_no_more_code_of_that_call_but_the_next_call_works()
    {
        using HostFixture host = Host().Mod("bad", "local n = 0 function Think() n += 1 if n == 1 then pcall(function() while true do end end) print('survived') end print('call ' .. n) end").Load();
        host.Tick(2);
        host.AssertPrinted("bad", "call 2");
    }

    [Fact]
    public void Many_errors_suspend_the_mod_for_a_while()
    {
        using HostFixture host = Host().Limit("bad", "errors_window", 10).Mod("bad", "function Think() error('x') end").Load();
        host.Tick(20);
        Assert.Equal(ModState.Suspended, host.StateOf("bad"));
        long errors = host.Host.Status("bad")!.Errors;
        host.Tick(30 * 4);
        Assert.Equal(errors, host.Host.Status("bad")!.Errors);
        host.Tick(30 * 2);
        Assert.NotEqual(errors, host.Host.Status("bad")!.Errors);
    }

    [Fact]
    public void Lines_about_errors_are_limited_and_counted()
    {
        using HostFixture host = Host().Limit("bad", "errors_window", 100_000).Limit("bad", "log_lines_s", 5).Mod("bad", "function Think() error('x') end").Load();
        host.Tick(200);
        Assert.InRange(host.Log.Of(Serilog.Events.LogEventLevel.Error).Count, 1, 60);
        Assert.Equal(200, host.Host.Status("bad")!.Errors);
    }
}
