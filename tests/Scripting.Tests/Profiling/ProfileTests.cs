using GameServer.Scripting.Profiling;
using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Profiling;

/// <summary>What mods cost, against what they know they burned. A mod measures its own burning, so a busy machine makes both figures larger alike.</summary>
public class ProfileTests
{
    /// <summary>burn(ms) keeps the processor busy, and adds what it really took to <c>burned</c>, by purpose.</summary>
    const string Burn = """
        burned = {}
        function burn(ms, purpose)
            local start = os.clock()
            while os.clock() - start < ms / 1000 do end
            burned[purpose] = (burned[purpose] or 0) + (os.clock() - start) * 1000
        end
        commands.add("burned", function(ctx) ctx.reply(string.format("%.3f", burned[ctx.args] or 0)) end)

        """;

    static HostFixture Host() => new();

    static HostFixture Burner(HostFixture host, string id, string source, string manifest = "") =>
        host.Mod(id, Burn + source).Manifest(id, $"{manifest}\n[permissions]\nrequired = [\"time.wall\"]").Grant(id, "time.wall");

    static double Burned(HostFixture host, string id, string purpose)
    {
        string answer = "";
        Assert.True(host.Host.ConsoleCommand("test", $"burned {purpose}", text => answer = text), id);
        return double.Parse(answer, System.Globalization.CultureInfo.InvariantCulture);
    }

    static HookCost Hook(HostFixture host, string id, string hook) => host.Host.CostsOf(id)!.Hooks.Single(cost => cost.Hook == hook);

    // And three milliseconds for what a busy machine takes from a mod between its burning.
    static void AssertWithinTenPercent(double expected, double reported) => Assert.InRange(reported, expected * 0.9, (expected * 1.1) + 3);

    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    public void A_mod_that_burns_a_known_time_per_tick_is_reported_within_ten_percent(int milliseconds)
    {
        using HostFixture host = Burner(Host(), "a", $"function Think() burn({milliseconds}, 'think') end").Load();
        host.Tick(60);
        HookCost think = Hook(host, "a", "Think");
        Assert.Equal(60, think.Calls);
        Assert.True(think.SelfMs >= 60 * milliseconds, $"{think.SelfMs}");
        AssertWithinTenPercent(Burned(host, "a", "think"), think.SelfMs);
        Assert.Equal(think.SelfMs, think.TotalMs);
        Assert.True(host.Host.CostsOf("a")!.MemoryPeakBytes >= host.Host.Status("a")!.MemoryBytes);
    }

    [Fact]
    public void A_call_into_another_mod_is_its_time_and_the_callers_total()
    {
        const string Caller = "function Think() burn(8, 'own') pcall(mod.call, 'callee', 'work', string.rep('x', 100)) end";
        using HostFixture host = Burner(Host(), "caller", Caller, "[dependencies]\ncallee = \"*\"");
        host.Mod("callee", """
            local count = 0
            mod.export('work', function(from, text)
                local sum = 0
                for i = 1, 200000 do sum += i % 7 end
                count += 1
                if count % 10 == 0 then error("no") end
                return text .. text
            end)
            """).Load();
        host.Tick(40);
        HookCost think = Hook(host, "caller", "Think"), export = Hook(host, "callee", "export work");
        AssertWithinTenPercent(Burned(host, "caller", "own"), think.SelfMs);
        Assert.Equal(think.SelfMs + export.TotalMs, think.TotalMs, 0.01);
        Assert.Equal((40, 4), (export.Calls, export.Errors));
        CallCost edge = Assert.Single(host.Host.CallCosts(10));
        Assert.Equal(("caller", "callee", "work", 40, 4), (edge.Caller, edge.Callee, edge.Export, edge.Calls, edge.Failures));
        Assert.InRange(edge.TotalMs, export.TotalMs - 0.1, export.TotalMs + 0.1);
        // 40 arguments of 100 bytes, 36 results of 200, and a few bytes of each value's own.
        Assert.InRange(edge.Bytes, (40 * 100) + (36 * 200), (40 * 120) + (36 * 220));
    }

    [Fact]
    public void A_pair_of_mods_that_calls_too_often_is_named_once()
    {
        var time = new GameServer.Support.ManualTime();
        using HostFixture host = new HostFixture(time: time).Mod("b", "mod.export('f', function() end)")
            .Mod("a", "function Think() for i = 1, 200 do mod.call('b', 'f') end end").Manifest("a", "[dependencies]\nb = \"*\"").Load();
        for (int tick = 0; tick < 30 * 25; tick++)
        {
            host.Tick();
            time.Advance(TimeSpan.FromSeconds(1.0 / 30));
        }
        Assert.Single(host.Log.Lines, line => line.StartsWith("Mod a calls b.f 60", StringComparison.Ordinal));
    }

    [Fact]
    public void What_goes_on_after_a_wait_is_paid_by_what_it_waited_in_and_timers_by_their_place()
    {
        using HostFixture host = Burner(Host(), "a", """
            function OnLoad() burn(20, "load") end
            function PlayerConnect() burn(10, "connect") task.wait(0.1) burn(20, "connect") end
            timer.every(0.1, function() burn(4, "timer") end)
            task.delay(0.1, function() burn(10, "task") task.wait(0.1) burn(10, "task") end)
            """).Load();
        host.Join("Ada");
        host.Tick(30);
        AssertWithinTenPercent(Burned(host, "a", "load"), Hook(host, "a", "OnLoad").SelfMs);
        AssertWithinTenPercent(Burned(host, "a", "connect"), Hook(host, "a", "PlayerConnect").SelfMs);
        Assert.Equal(2, Hook(host, "a", "PlayerConnect").Calls);
        AssertWithinTenPercent(Burned(host, "a", "timer"), Hook(host, "a", "timer init.luau:10").SelfMs);
        AssertWithinTenPercent(Burned(host, "a", "task"), Hook(host, "a", "task").SelfMs);
        Assert.Equal(1, Hook(host, "a", "main chunk").Calls);
    }

    [Fact]
    public void A_handler_that_is_killed_is_booked_with_the_time_it_took()
    {
        using HostFixture host = new HostFixture().Mod("a", "function PlayerConnect() while true do end end").Limit("a", "event_hard_ms", 60).Load();
        host.Join("Ada");
        HookCost cost = Hook(host, "a", "PlayerConnect");
        Assert.Equal((1, 1, 0), (cost.Calls, cost.Kills, cost.Errors));
        Assert.True(cost.SelfMs >= 55, $"{cost.SelfMs}");
    }

    [Fact]
    public void Costs_outlive_a_reload_and_name_the_heaviest_first()
    {
        using HostFixture host = Host().Mod("light", "function Think() end").Mod("heavy", "function Think() for i = 1, 100000 do end end").Load();
        host.Tick(20).Reload("heavy").Tick(20);
        Assert.True(Hook(host, "heavy", "Think").Calls >= 40);
        IReadOnlyList<ModCost> costs = host.Host.Costs(60);
        Assert.Equal("heavy", costs[0].Mod);
        Assert.Equal("Think", costs[0].Worst);
    }

    [Fact]
    public void A_long_entry_is_sampled_by_the_watchdog_down_to_the_line_and_the_library_function()
    {
        using HostFixture host = Host().Mod("radar", """
            local list = table.create(200000)
            local function scan()
                for i = 1, 200000 do list[i] = (i * 7919) % 200003 end
                table.sort(list, function(a, b) return a < b end)
            end
            function Think()
                scan()
            end
            """).Limit("radar", "tick_budget_ms", 1).Load();
        TickEntry? radar = null;
        for (int i = 0; i < 20 && radar?.Hottest() != "init.luau:4 table.sort"; i++)
        {
            host.Tick();
            radar = host.Host.TreeOfTick().Single(entry => entry.Mod == "radar");
        }
        Assert.Equal("Think", radar!.Hook);
        Assert.Equal("init.luau:4 table.sort", radar.Hottest());
        TickFunction think = radar.Functions.First(function => function.Function == "Think");
        Assert.Equal("init.luau:7", think.Place);
        Assert.Contains(think.Inside, function => function.Function == "scan" && function.Inside.Any(inner => inner.Function == "table.sort"));
        Assert.InRange(radar.Functions.Sum(function => function.Ms), radar.SelfMs * 0.3, radar.SelfMs * 1.2);
    }

    [Fact]
    public void The_tree_of_a_tick_shows_who_called_whom()
    {
        using HostFixture host = Host().Mod("b", "mod.export('f', function() for i = 1, 50000 do end end)")
            .Mod("a", "function Think() mod.call('b', 'f') mod.call('b', 'f') end").Manifest("a", "[dependencies]\nb = \"*\"").Load().Tick(3);
        TickEntry entry = Assert.Single(host.Host.TreeOfTick());
        Assert.Equal(("a", "Think", 1), (entry.Mod, entry.Hook, entry.Calls));
        TickEntry called = Assert.Single(entry.Called);
        Assert.Equal(("b", "export f", 2), (called.Mod, called.Hook, called.Calls));
        Assert.InRange(entry.TotalMs, called.TotalMs, called.TotalMs + entry.SelfMs + 0.01);
        Assert.InRange(host.Host.ScriptMillisecondsOfTick, entry.TotalMs - 0.01, entry.TotalMs + 0.01);
    }

    [Fact]
    public void A_profile_finds_functions_lines_coroutines_and_the_mods_that_call()
    {
        using HostFixture host = Host().Mod("b", """
            local function work(n) local s = 0 for i = 1, n do s += math.sin(i) end return s end
            local function inner() return work(16000), 0 end
            local function less() return work(4000), 0 end
            mod.export('f', function()
                local co = coroutine.wrap(function() inner() less() coroutine.yield() inner() less() end)
                co() co()
            end)
            """).Mod("a", "function Think() mod.call('b', 'f') end").Manifest("a", "[dependencies]\nb = \"*\"").Mod("c", "function Think() for i = 1, 20000 do end end").Load();
        // Samples are a matter of chance, and on a busy machine there are few: profiles add up until they are right, which those of a profiler that counts wrongly never are.
        ProfileRun run;
        double real = 0, sampled = 0, inner = 0, less = 0;
        bool isRight;
        int round = 0;
        host.Tick();
        do
        {
            run = host.Host.StartProfile("b", TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1))!;
            Assert.Null(host.Host.StartProfile(null, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(1)));
            double before = Hook(host, "b", "export f").SelfMs;
            while (!run.IsOver) host.Tick();
            real += Hook(host, "b", "export f").SelfMs - before;
            sampled += Sampled(run, "");
            inner += Sampled(run, ";inner (");
            less += Sampled(run, ";less (");
            double share = inner / (inner + less);
            // A sampler that gets no processor does not know what ran meanwhile.
            isRight = sampled > real * (run.Samples > 200 ? 0.5 : 0.05) && sampled < real * 1.5 && share is > 0.65 and < 0.95 && Sampled(run, ";inner (") > 0;
            Assert.True(isRight || ++round < 15, $"{sampled} ms sampled of {real} ms, {share:0.00} of it in inner; {run.Samples} samples in the last profile");
        }
        while (!isRight);
        string folded = run.ToFolded();
        Assert.Contains("a;Think;Think (init.luau:1);mod.call;b;export f;", folded, StringComparison.Ordinal);
        Assert.Matches(@"b;export f;.*function \(init\.luau:5\);.*inner \(init\.luau:2\);work \(init\.luau:1\) \d+\n", folded);
        Assert.DoesNotContain("c;Think", folded, StringComparison.Ordinal);
        ProfileTimeline timeline = run.ToTimeline();
        Assert.Contains(timeline.Spans, span => span is { Name: "b/export f", Kind: "hook", DurationMicroseconds: > 0 });
        Assert.Contains(timeline.Spans, span => span is { Name: "work (init.luau:1)", Kind: "sample", Depth: > 4 });
        Assert.Equal(0, timeline.Lost);
        host.Tick(5);
        Assert.NotNull(host.Host.StartProfile(null, TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1)));
    }

    // Milliseconds of the stacks that go through a function; of all for an empty name.
    static double Sampled(ProfileRun run, string through) => run.ToFolded().Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => line.Contains(through, StringComparison.Ordinal))
        .Sum(line => long.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture)) / 1000.0;
}
