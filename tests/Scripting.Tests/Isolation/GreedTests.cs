using GameServer.Scripting.Api;
using GameServer.Scripting.Tests.Mods;
using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Isolation;

/// <summary>Mods that pile up what the server does not count as theirs, or let others pay.</summary>
public class GreedTests
{
    /// <summary>Things a script can do over and over because they are refused or taken back at once. None may leave anything behind.</summary>
    public static TheoryData<string> Repetitions => new()
    {
        "pcall(hook.add, 'Think', f)", "pcall(timer.after, 1e6, f)", "pcall(task.delay, 1e6, f, {}, {}, {})", "pcall(commands.add, 'c' .. i % 100, f)", "pcall(mod.export, 'e' .. i, f)",
        "pcall(net.on, 'm' .. i % 1000, f)", "pcall(events.on, 'x:e' .. i % 1000, f)", "pcall(config.onChange, 'x', f)", "pcall(hook.define, 'H' .. i)",
        "task.spawn(function() pcall(mod.callAsync, 'b', 'f') end)", "task.spawn(function() pcall(task.wait, 1e6) end)",
        "pcall(function() timer.after(1e6, f):disconnect() end)", "pcall(function() hook.add('Think', f):disconnect() end)", "pcall(function() task.cancel(task.defer(f, 1, 2, 3)) end)",
        "pcall(function() task.cancel(task.delay(1e6, f)) end)", "pcall(function() mod.export('x', f) end)", "pcall(function() net.on('x', f) end)",
        "pcall(function() hook.add('Think', f, { id = 'same' }) end)", "pcall(storage.open, 's')", "pcall(error, string.rep('x', 10000))",
        "task.spawn(function() pcall(function() storage.open('s'):updateAsync('k', f) end) end)", "task.spawn(function() pcall(http.requestAsync, { url = 'https://api.example.com' }) end)",
        "pcall(mod.use, 'b')", "pcall(events.emit, 'e' .. i)", "pcall(hook.call, 'H' .. i)",
    };

    [Theory]
    [MemberData(nameof(Repetitions))]
    public void What_is_refused_or_taken_back_leaves_nothing_behind(string step)
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { LogLinesS = 1, Hooks = 64, Timers = 64, Threads = 64, Commands = 16, ErrorsWindow = 1e5 } })
            .Grant("a", "storage.kv", "net.http").Manifest("a", "[optional_dependencies]\nb = \"*\"").Manifest("b", "").Mod("b", "mod.export('f', function() task.wait(100) end)")
            .Mod("a", $"config.define({{ x = config.int(1) }}) local f = function() end commands.add('go', function(ctx) for i = 1, tonumber(ctx.args) do {step} end end)").Load();
        Go(host, 2000);
        host.Tick(3);
        ModScope scope = ModHostAccess.ScopeOf(host.Host, "a", out _);
        long before = ManagedMemory.Now();
        for (int i = 0; i < 10; i++)
        {
            Go(host, 8000);
            host.Tick();
        }
        Assert.Equal(ModState.Running, host.StateOf("a"));
        scope.Vm.MeasureLive();
        // A hundred bytes for each of the 80 000 would be 8 MB.
        ManagedMemory.AssertGrewAtMost(5_000_000, before);
    }

    static void Go(HostFixture host, int count) => host.Host.ConsoleCommand("console", $"go {count}", _ => { });

    [Fact]
    public void What_is_deferred_and_cancelled_does_not_pile_up_while_the_mod_is_out_of_time()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { TickHardMs = 5, EventHardMs = 1000 } })
            .Mod("a", "local f = function() end function Think() for i = 1, 20000 do task.cancel(task.defer(f)) end end").Load().Tick(5);
        long before = ManagedMemory.Now();
        host.Tick(60);
        ManagedMemory.AssertGrewAtMost(4_000_000, before);
    }

    [Fact]
    public void One_mods_flood_of_events_leaves_room_for_anothers()
    {
        using HostFixture host = new HostFixture().Mod("bad", "events.on('bad:e', function() end) function Think() for i = 1, 5000 do pcall(events.emit, 'e', i) end end")
            .Mod("good", "events.on('good:e', function(n) print(n) end) function Think(dt, tick) if tick <= 3 then events.emit('e', tick) end end").Load().Tick(5);
        host.AssertPrinted("good", "1", "2", "3");
    }

    [Fact]
    public void Listening_to_a_flood_costs_the_one_who_floods()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { TickHardMs = 30 } })
            .Mod("bad", "function Think() for i = 1, 1000 do pcall(events.emit, 'e', i) end end")
            .Mod("good", "local n, heard = 0, 0 events.on('bad:e', function() heard += 1 for i = 1, 20000 do end end) function Think() n += 1 end commands.add('n', function(c) c.reply(n .. ' ' .. tostring(heard > 50)) end)").Load().Tick(30);
        string answer = "";
        host.Host.ConsoleCommand("console", "n", text => answer = text);
        Assert.Equal("30 true", answer);
        Assert.Equal(ModState.Running, host.StateOf("good"));
    }

    [Fact]
    public void A_mod_that_reloads_itself_again_and_again_gets_few_reloads_and_is_stopped_when_they_are_dear()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { TickBudgetMs = 1 } }).Mod("cheap", "function OnLoad() mod.reload() end")
            .Mod("dear", "for i = 1, 40000000 do end function OnLoad() mod.reload() end function Think() mod.reload() end").Load();
        host.TickUntil(() => host.Host.Status("cheap")!.Generation == 2, "the first reload");
        long first = host.TickNumber;
        host.TickUntil(() => host.TickNumber > first + (30 * 12), "twelve seconds of ticks");
        // One in five seconds.
        Assert.InRange(host.Host.Status("cheap")!.Generation, 2, 5);
        Assert.InRange(host.Host.Status("dear")!.Generation, 1, 3 + (int)(host.TickNumber / 150));
    }

    [Fact]
    public void Tables_about_players_are_handed_over_within_the_limit_and_counted()
    {
        using HostFixture host = new HostFixture().Limit("a", "host_memory_kb", 64).Mod("a", "function PlayerConnect(p) p.data.x = string.rep('x', 20000) end commands.add('n', function(c) local n = 0 for _, p in players.all() do if p.data.x then n += 1 end end c.reply(tostring(n)) end)").Load();
        for (int i = 0; i < 8; i++) host.Join($"P{i}");
        host.Reload("a");
        host.AssertLogged("are larger than 64 KiB (host_memory_kb)");
        Assert.InRange(host.Host.Status("a")!.HostBytes, 50_000, 65_536);
        string count = "";
        host.Host.ConsoleCommand("console", "n", text => count = text);
        Assert.Equal("3", count);
        Assert.InRange(host.Host.Status("a")!.HostBytes, 0, 5_000);
    }

    /// <summary>Things a script can keep whose substance is the server's.</summary>
    public static TheoryData<string, string> Hoards => new()
    {
        { "local choices = {} for i = 1, 64 do choices[i] = string.rep('x', 4000) .. i end choices[65] = nil", "keep[i] = config.choice(choices[1], choices)" },
        { "local doc = string.rep('x', 4000)", "keep[i] = config.int(1, { doc = doc })" },
        { "", "keep[i] = mod.use('b') for n = 1, 256 do pcall(function() return keep[i]['n' .. n] end) end" },
        { "local long = string.rep('x', 60)", "keep[i] = storage.open(long)" },
        { "local big = string.rep('x', 1000000)", "pcall(hook.add, 'PlayerChat', print, { filter = { text = big }, id = big .. i })" },
        { "local kv, big = storage.open('s'), string.rep('x', 200000) local function nest(tx) for n = 1, 64 do pcall(tx.set, tx, 'k' .. n, big) end keep[#keep + 1] = tx pcall(kv.transactAsync, kv, nest) end", "if i == 1 then kv:transactAsync(nest) end" },
        { "local t = table.create(60, string.rep('x', 4000))", "task.delay(1e6, print, table.unpack(t))" },
        { "", "keep[i] = hook.add('Think', print)" },
        { "", "keep[i] = timer.after(1e6, print)" },
        { "local big = string.rep('x', 200000)", "task.spawn(pcall, mod.callAsync, 'b', 'slow', big .. i)" },
    };

    [Theory]
    [MemberData(nameof(Hoards))]
    public void What_a_mod_keeps_is_counted_whoever_holds_it(string before, string step)
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { MemoryHardMb = 8, LogLinesS = 1, ErrorsWindow = 1e5 } })
            .Grant("a", "storage.kv").Manifest("a", "[dependencies]\nb = \"*\"").Manifest("b", "").Mod("b", "mod.export('slow', function() task.wait(100) end)")
            .Mod("a", $"local keep = {{}} {before} commands.add('go', function() for i = 1, 20000 do {step} end end)").Load().Tick(2);
        long start = ManagedMemory.Now();
        host.Host.ConsoleCommand("console", "go", _ => { });
        long grown = ManagedMemory.Now() - start;
        for (int i = 0; i < 20 && grown > 40_000_000; i++)
        {
            Thread.Sleep(100);
            grown = ManagedMemory.Now() - start;
        }
        // Eight of the VM, four that the server holds, and what a value weighs in .NET beyond what it is counted as.
        Assert.InRange(grown, long.MinValue, 40_000_000);
        host.Tick(2);
        Assert.Equal(ModState.Running, host.StateOf("b"));
    }
}
