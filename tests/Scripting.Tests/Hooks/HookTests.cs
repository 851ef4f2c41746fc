using GameServer.Scripting.Ports;
using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Hooks;

public class HookTests
{
    static JoinCandidate Candidate(string name = "Ada") => new(name, "uid", "192.0.2.1", PlayerTrust.Guest, "en");

    [Fact]
    public void Mods_that_decide_see_what_a_client_sent_for_them()
    {
        using HostFixture host = new HostFixture().Grant("a", "connect.decide")
            .Mod("a", "function PlayerConnecting(who) return hook.deny(`{who.name} {typeof(who.data)} {who.data}`) end").Load();
        var reasons = new List<string>();
        // A string in wire format, bytes that are no value, a value with something behind it, nothing.
        byte[] text = [5, 4, 0, .. "red"u8];
        foreach (byte[] data in (byte[][])[text, [250, 1], [.. text, 0], []])
            host.Host.PlayerConnecting(Candidate() with { Data = data }, verdict => reasons.Add(verdict.Reason));
        Assert.Equal(["Ada string red", "Ada nil nil", "Ada nil nil", "Ada nil nil"], reasons);
    }

    [Fact]
    public void Handlers_run_by_priority_then_mod_then_registration()
    {
        using HostFixture host = new HostFixture()
            .Mod("b", "hook.add('ServerStart', function() print('late') end, { priority = 10 }) hook.add('ServerStart', function() print('first') end, { priority = hook.FIRST })")
            .Mod("a", "hook.add('ServerStart', function() print('1') end) hook.add('ServerStart', function() print('2') end)")
            .Mod("c", "hook.add('ServerStart', function() print('3') end)").Load();
        host.Log.Clear();
        host.Host.ServerStart();
        Assert.Equal(["[b] first", "[a] 1", "[a] 2", "[c] 3", "[b] late"], host.Log.Lines);
        host.Reload("a");
        host.Log.Clear();
        host.Host.ServerStart();
        Assert.Equal(["[b] first", "[a] 1", "[a] 2", "[c] 3", "[b] late"], host.Log.Lines);
    }

    [Fact]
    public void The_same_id_replaces_and_once_runs_once()
    {
        using HostFixture host = new HostFixture().Mod("a", """
            hook.add("Think", function() print("old") end, { id = "x" })
            hook.add("Think", function() print("new") end, { id = "x" })
            hook.once("Think", function() print("once") end)
            """).Load().Tick(2);
        host.AssertPrinted("a", "new", "once", "new");
    }

    [Fact]
    public void A_connection_ends_its_handler_at_once_even_during_the_dispatch()
    {
        using HostFixture host = new HostFixture().Mod("a", """
            local second
            hook.add("Think", function()
                print("first", second.connected)
                second:disconnect()
                second:disconnect()
                if not added then added = hook.add("Think", function() print("added") end) end
            end)
            second = hook.add("Think", function() print("second") end)
            """).Load().Tick();
        host.AssertPrinted("a", "first true");
        host.Log.Clear();
        host.Tick();
        host.AssertPrinted("a", "first false", "added");
    }

    [Fact]
    public void Filters_let_only_matching_arguments_through()
    {
        using HostFixture host = new HostFixture().Grant("a", "net.filter").Mod("a", """
            hook.add("PlayerMessage", function(player, name, payload) print("filtered", name, payload) end, { filter = { name = "a:x" } })
            net.on("x", function() end) net.on("y", function() end)
            print(pcall(hook.add, "PlayerMessage", print, { filter = { nam = 1 } }))
            """).Load();
        TestPlayer ada = host.Join("Ada");
        host.Host.PlayerMessage(ada, "a:y", [2]);
        host.Host.PlayerMessage(ada, "a:x", [2]);
        Assert.Contains("hook 'PlayerMessage' has no argument 'nam'", host.Printed("a")[0], StringComparison.Ordinal);
        Assert.Equal(["filtered a:x true"], host.Printed("a").Skip(1));
    }

    [Fact]
    public void The_first_verdict_decides_and_observers_see_who_it_was()
    {
        using HostFixture host = new HostFixture().Grant("a", "connect.decide").Grant("b", "connect.decide").Grant("c", "connect.decide")
            .Mod("a", "function PlayerConnecting(who) if who.name == 'Eve' then return hook.deny('not you', 'ban') end end")
            .Mod("b", "function PlayerConnecting(who) print('asked about ' .. who.name) end")
            .Mod("c", "hook.observe('PlayerConnecting', function(who, outcome) print(who.name, outcome.verdict, outcome.by, outcome.reason, outcome.code) end)").Load();
        JoinVerdict eve = default, ada = default;
        host.Host.PlayerConnecting(Candidate("Eve"), verdict => eve = verdict);
        host.Host.PlayerConnecting(Candidate(), verdict => ada = verdict);
        Assert.Equal(new JoinVerdict(false, "not you", "a"), eve);
        Assert.True(ada.Allowed);
        host.AssertPrinted("b", "asked about Ada");
        host.AssertPrinted("c", "Eve deny a not you ban", "Ada nil nil  ");
    }

    [Fact]
    public void Joins_may_be_decided_later_and_fail_closed()
    {
        using HostFixture host = new HostFixture(options => options with { ConnectDecisionMax = TimeSpan.FromSeconds(3) }).Grant("a", "connect.decide").Mod("a", """
            function PlayerConnecting(who)
                if who.name == "Slow" then task.wait(1) return hook.deny("after a while") end
                if who.name == "Good" then task.wait(0.5) return nil end
                if who.name == "Never" then task.wait(100) end
                if who.name == "Broken" then error("oops") end
            end
            """).Load();
        var verdicts = new Dictionary<string, JoinVerdict>();
        foreach (string name in (string[])["Slow", "Good", "Never", "Broken"]) host.Host.PlayerConnecting(Candidate(name), verdict => verdicts.Add(name, verdict));
        Assert.Equal(["Broken"], verdicts.Keys);
        Assert.False(verdicts["Broken"].Allowed);
        host.Tick(20);
        Assert.True(verdicts["Good"].Allowed);
        host.Tick(20);
        Assert.Equal(new JoinVerdict(false, "after a while", "a"), verdicts["Slow"]);
        host.Tick(60);
        Assert.False(verdicts["Never"].Allowed);
        Assert.Contains("too long", verdicts["Never"].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pending_join_is_answered_when_its_mod_is_reloaded()
    {
        using HostFixture host = new HostFixture().Grant("a", "connect.decide").Mod("a", "function PlayerConnecting(who) task.wait(100) end").Load();
        JoinVerdict? verdict = null;
        host.Host.PlayerConnecting(Candidate(), v => verdict = v);
        host.Reload("a").Tick();
        Assert.False(verdict!.Value.Allowed);
    }

    [Fact]
    public void Chat_passes_through_all_who_may_change_it()
    {
        using HostFixture host = new HostFixture().Grant("a", "chat.filter").Grant("b", "chat.filter")
            .Mod("a", "function PlayerChat(player, text) if text == 'bad' then return hook.deny() end return hook.replace(text .. '!') end")
            .Mod("b", "function PlayerChat(player, text) return hook.replace(string.upper(text)) end")
            .Mod("c", "function PlayerChat(player, text) print(text) return hook.replace('c') end").Load();
        TestPlayer ada = host.Join("Ada");
        Assert.Equal(new ChatVerdict("HI!", "b"), host.Host.PlayerChat(ada, "hi"));
        Assert.Equal(new ChatVerdict(null, "a"), host.Host.PlayerChat(ada, "bad"));
        host.AssertPrinted("c", "HI!");
        host.AssertLogged("permission denied: chat.filter (mod 'c', hook 'PlayerChat')");
    }

    [Fact]
    public void Hooks_that_need_a_right_are_refused_without_it()
    {
        using HostFixture host = new HostFixture().Mod("a", "print(pcall(hook.add, 'PlayerConnecting', print)) function PlayerConnecting() end").Load();
        Assert.Contains("permission denied: connect.decide (hook 'PlayerConnecting', mod 'a')", host.Printed("a")[0], StringComparison.Ordinal);
        host.AssertLogged("the global function PlayerConnecting is not called");
        Assert.Equal(ModState.Running, host.StateOf("a"));
    }

    [Fact]
    public void Unknown_hooks_are_refused_with_a_suggestion()
    {
        using HostFixture host = new HostFixture().Mod("a", "print(pcall(hook.add, 'playerconnect', print)) print(pcall(hook.add, 'Nonsense', print)) hook.add('other:Thing', print)").Load();
        Assert.Contains("did you mean 'PlayerConnect'?", host.Printed("a")[0], StringComparison.Ordinal);
        Assert.Contains("a mod's own hook is named 'mod:Name'", host.Printed("a")[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Mods_define_hooks_of_all_kinds_for_each_other()
    {
        using HostFixture host = new HostFixture().Mod("game", """
            print(hook.define("Hit", { kind = "notify" }), hook.define("MayHit", { kind = "decide" }))
            hook.define("Damage", { kind = "transform" }) hook.define("Prices", { kind = "collect" })
            timer.after(0, function()
                hook.call("Hit", { who = "Bo", at = vector.create(1, 2, 3) })
                print(hook.call("MayHit", "Bo").verdict, hook.call("MayHit", "Bo").by)
                print(hook.call("Damage", 10))
                local prices = hook.call("Prices", "sword")
                print(#prices, prices[1].mod, prices[1].value, prices[2].value)
                print(pcall(hook.call, "other:X"))
            end)
            """)
            .Mod("m1", "hook.add('game:Hit', function(e) print(e.who, e.at.y) end) hook.add('game:Damage', function(d) return hook.replace(d * 2) end) hook.add('game:Prices', function() return 5 end)")
            .Mod("m2", "hook.add('game:MayHit', function() return hook.deny('peace') end) hook.add('game:Damage', function(d) return hook.replace(d + 1) end) hook.add('game:Prices', function() return 7 end)")
            .Load().Tick();
        host.AssertPrinted("m1", "Bo 2");
        Assert.Equal(["game:Hit game:MayHit", "deny m2", "21", "2 m1 5 7"], host.Printed("game").Take(4));
        Assert.Contains("belongs to another mod", host.Printed("game")[4], StringComparison.Ordinal);
    }

    [Fact]
    public void A_busy_mod_gets_notifications_later_in_the_same_tick_in_order()
    {
        using HostFixture host = new HostFixture().Mod("a", """
            hook.define("E")
            hook.add("a:E", function(n) print("E", n) end)
            function Think(dt, tick)
                if tick == 1 then
                    hook.call("E", 1) hook.call("E", 2)
                    print("end of Think")
                end
            end
            """).Load().Tick();
        host.AssertPrinted("a", "end of Think", "E 1", "E 2");
    }

    [Fact]
    public void A_chain_that_feeds_itself_ends_with_the_tick()
    {
        using HostFixture host = new HostFixture().Mod("a", """
            local n = 0
            hook.define("E")
            hook.add("a:E", function() n += 1 hook.call("E") end)
            events.on("a:v", function() n += 1 events.emit("v") end)
            local function again() n += 1 task.defer(again) end
            timer.after(0, function() hook.call("E") events.emit("v") again() end)
            commands.add("n", function(ctx) ctx.reply(tostring(n)) end)
            """).Load().Tick(10);
        string count = "";
        host.Host.ConsoleCommand("console", "n", text => count = text);
        Assert.InRange(int.Parse(count), 20, 400);
    }

    [Fact]
    public void Deep_nesting_ends_in_an_error_that_names_the_chain()
    {
        var host = new HostFixture();
        for (int i = 0; i < 14; i++)
            host.Mod($"m{i:00}", $"hook.define('E') hook.add('m{(i + 13) % 14:00}:E', function() local ok, e = pcall(hook.call, 'E') if not ok then print(e) end end) {(i == 0 ? "timer.after(0, function() hook.call('E') end)" : "")}");
        using (host.Load().Tick())
        {
            host.AssertLogged("hooks are nested too deeply: m00 (timer) -> m01 (m00:E) -> m02");
        }
    }

    [Fact]
    public void Think_must_not_wait_but_notifications_may()
    {
        using HostFixture host = new HostFixture().Mod("a", """
            local n = 0
            function Think() n += 1 if n == 1 then task.wait(1) print("never") end end
            function PlayerConnect(player) task.wait(0.1) print("later", player.name) end
            """).Load();
        host.Join("Ada");
        host.Tick(10);
        host.AssertPrinted("a", "later Ada");
        host.AssertLogged("Mod a, Think: attempt to yield in Think, which must not wait");
    }

    [Fact]
    public void Wrong_verdicts_are_no_opinion_and_are_said()
    {
        using HostFixture host = new HostFixture().Grant("a", "connect.decide").Mod("a", "function PlayerConnecting() return false end").Load();
        bool allowed = false;
        host.Host.PlayerConnecting(Candidate(), verdict => allowed = verdict.Allowed);
        Assert.True(allowed);
        host.AssertLogged("returned something that is no verdict of a decide hook");
    }

    [Fact]
    public void Manifest_hooks_restrict_what_may_be_used()
    {
        using HostFixture host = new HostFixture().Manifest("a", "hooks = [\"Think\"]").Mod("a", "hook.add('Think', function() end) print(pcall(hook.add, 'PlayerConnect', print))").Load();
        Assert.Contains("not listed in [hooks] of mod.toml", host.Printed("a")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_tick_that_was_too_long_names_who_took_it()
    {
        using HostFixture host = new HostFixture().Mod("heavy", "function Think() for i = 1, 200000 do end end").Mod("light", "function Think() end hook.observe('TickOverrun', function(ms, mod, hook) print(ms, mod, hook) end)").Load().Tick();
        Assert.Equal("heavy", host.Host.TopOfTick()[0].Mod);
        Assert.Equal("Think", host.Host.TopOfTick()[0].Hook);
        host.Host.TickOverrun(40);
        host.AssertPrinted("light", "40 heavy Think");
    }

    [Fact]
    public void A_hook_that_waits_half_done_is_finished_later_and_nobody_hears_it_twice()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { TickHardMs = 20, EventHardMs = 20 } }).Mod("a", """
            hook.add("PlayerConnect", function() print("first") if not hung then hung = true while true do end end end)
            hook.add("PlayerConnect", function() print("second") hook.add("PlayerConnect", function() print("added later") end) end)
            hook.observe("PlayerConnect", function() print("observer") end)
            """).Load();
        host.Join("Ada");
        host.AssertPrinted("a", "first");
        host.Tick(2);
        host.AssertPrinted("a", "first", "second", "observer");
    }

    [Fact]
    public void An_observer_in_a_busy_mod_hears_a_notification_later()
    {
        using HostFixture host = new HostFixture().Mod("a", "hook.define('E') hook.observe('a:E', function() print('observed') end) hook.add('a:E', function() print('heard') end) timer.after(0, function() hook.call('E') print('called') end)").Load().Tick(2);
        host.AssertPrinted("a", "called", "heard", "observed");
    }

    [Fact]
    public void A_notification_that_comes_when_catching_up_took_all_the_time_is_not_lost()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { TickHardMs = 20, EventHardMs = 20 } }).Mod("a", """
            local slow = true
            function PlayerConnect(p) print(p.name) if p.name == "Bo" and slow then slow = false while true do end end end
            """).Load();
        host.Host.Suspend("a");
        host.Join("Ada");
        host.Join("Bo");
        host.Host.Start("a");
        host.Join("Cy");
        host.AssertPrinted("a", "Ada", "Bo");
        host.Tick(2);
        host.AssertPrinted("a", "Ada", "Bo", "Cy");
    }
}
