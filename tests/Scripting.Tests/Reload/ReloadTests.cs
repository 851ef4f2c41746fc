using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Reload;

public class ReloadTests
{
    [Fact]
    public void The_order_is_OnUnload_destroy_create_run_OnLoad_and_state_is_handed_over()
    {
        using HostFixture host = new HostFixture().Mod("a", "print('run 1') function OnLoad(i) print('load', i.reason, i.state, i.generation) end function OnUnload(r) print('unload', r) return { n = 41 } end").Load();
        host.Mod("a", "print('run 2') function OnLoad(i) print('load', i.reason, i.state.n + 1, i.generation) end").Reload("a");
        host.AssertPrinted("a", "run 1", "load start nil 1", "unload reload", "run 2", "load reload 42 2");
    }

    [Fact]
    public void A_syntax_error_keeps_the_old_version_and_shows_the_place_once()
    {
        using HostFixture host = new HostFixture().Mod("a", "function PlayerConnect(p) print('old') end").Load();
        host.Mod("a", "function PlayerConnect(p)\n  print('new'\nend").Reload("a");
        host.Join("Ada");
        host.AssertPrinted("a", "old");
        host.AssertLogged("a/init.luau:3:");
        Assert.True(host.Host.Status("a")!.Stale);
        Assert.Equal(1, host.Host.Status("a")!.Generation);
        host.Mod("a", "function PlayerConnect(p) print('new') end").Reload("a");
        host.Join("Bo");
        host.AssertPrinted("a", "old", "new");
        Assert.False(host.Host.Status("a")!.Stale);
    }

    [Theory]
    [InlineData("error('broken main chunk')")]
    [InlineData("function OnLoad() error('broken OnLoad') end")]
    [InlineData("function OnLoad() local t = {} while true do t[#t + 1] = string.rep('x', 1000) .. #t end end")]
    [InlineData("require('./nowhere')")]
    [InlineData("task.wait(1)")]
    public void A_new_version_that_does_not_start_is_rolled_back_with_the_saved_state(string broken)
    {
        const string good = "n = 0 function OnLoad(i) if i.state then n = i.state print('back', i.reason, n) end end function OnUnload() return 7 end";
        using HostFixture host = new HostFixture().Mod("a", good).Load();
        host.Mod("a", broken).Reload("a");
        host.AssertPrinted("a", "back rollback 7");
        Assert.Equal(ModState.Running, host.StateOf("a"));
        Assert.True(host.Host.Status("a")!.Stale);
        host.AssertLogged("went back to its last good version");
        host.Mod("a", good + " print('fixed')").Reload("a");
        Assert.False(host.Host.Status("a")!.Stale);
    }

    [Fact]
    public void On_error_stop_means_stopped_until_the_files_change()
    {
        using HostFixture host = new HostFixture().Mod("a", "print('one')").Load();
        host.Manifest("a", "[reload]\non_error = \"stop\"").Mod("a", "error('x')").Reload("a");
        Assert.Equal(ModState.Broken, host.StateOf("a"));
        host.Tick(100);
        Assert.Equal(ModState.Broken, host.StateOf("a"));
        host.Mod("a", "print('two')").Reload("a");
        host.AssertPrinted("a", "one", "two");
    }

    [Theory]
    [InlineData("function OnUnload() error('x') end", "nil")]
    [InlineData("function OnUnload() return print end", "nil")]
    [InlineData("function OnUnload() local t = {} t.t = t return t end", "nil")]
    [InlineData("function OnUnload() return string.rep('x', 1000000) end", "nil")]
    [InlineData("function OnUnload() return 'fine' end", "fine")]
    [InlineData("function OnUnload() return 0/0 end", "nan")]
    public void Whatever_OnUnload_does_the_new_version_starts(string old, string state)
    {
        using HostFixture host = new HostFixture().Mod("a", old).Load();
        host.Mod("a", "function OnLoad(i) print(i.state) end").Reload("a");
        host.AssertPrinted("a", state);
    }

    [Fact]
    public void State_that_cannot_be_kept_is_named_with_its_path()
    {
        using HostFixture host = new HostFixture().Mod("a", "function OnUnload() return { deep = { fn = print } } end").Load();
        host.Mod("a", "x = 1").Reload("a");
        host.AssertLogged("a function cannot be copied at result.deep.fn");
    }

    [Fact]
    public void Keep_state_false_drops_it()
    {
        using HostFixture host = new HostFixture().Manifest("a", "[reload]\nkeep_state = false").Mod("a", "function OnUnload() return 1 end").Load();
        host.Mod("a", "function OnLoad(i) print(i.state) end").Reload("a");
        host.AssertPrinted("a", "nil");
    }

    [Fact]
    public void Globals_timers_tasks_handlers_and_commands_of_the_old_version_are_gone()
    {
        using HostFixture host = new HostFixture().Mod("a", """
            old = 1
            timer.every(0, function() print("old timer") end)
            task.delay(0.1, function() print("old task") end)
            hook.add("Think", function() print("old think") end)
            commands.add("x", function(ctx) ctx.reply("old") end)
            net.on("m", function() print("old message") end)
            events.on("a:e", function() print("old event") end)
            mod.export("f", function() end)
            """).Load();
        host.Mod("a", "print(old) function OnLoad() events.emit('e') end").Reload("a");
        host.Log.Clear();
        host.Tick(10);
        host.AssertPrinted("a");
        Assert.False(host.Host.ConsoleCommand("console", "x", _ => { }));
        Assert.Equal(Ports.MessageOutcome.NobodyListens, host.Host.PlayerMessage(host.Join("Ada"), "a:m", [0]));
        ModStatus status = host.Host.Status("a")!;
        Assert.Equal((1, 0), (status.Handlers, status.Timers));
    }

    [Fact]
    public void Players_other_mods_and_player_data_do_not_notice()
    {
        using HostFixture host = new HostFixture()
            .Mod("a", "function PlayerConnect(p) p.data.seen = 'before' end")
            .Mod("b", "n = 0 function Think() n += 1 end function PlayerDisconnect() print('someone left') end mod.export('n', function() return n end)").Load();
        TestPlayer ada = host.Join("Ada");
        host.Mod("a", "function OnLoad(i) print(#i.players, i.players[1].name, i.players[1].data.seen) end function PlayerConnect() print('joined again') end").Reload("a");
        host.AssertPrinted("a", "1 Ada before");
        host.AssertPrinted("b");
        Assert.Equal(1, host.Host.Status("b")!.Generation);
        Assert.Empty(ada.Messages);
    }

    [Fact]
    public void The_same_content_is_not_loaded_again_by_a_touch_but_by_an_order()
    {
        using HostFixture host = new HostFixture(options => options with { Watch = WatchMode.Polling, PollInterval = TimeSpan.FromMilliseconds(20) }).Mod("a", "print('run')").Load();
        host.Mod("a", "print('run')");
        host.TickUntil(() => host.TickNumber > 100, "some ticks");
        host.AssertPrinted("a", "run");
        host.Reload("a");
        host.AssertPrinted("a", "run", "run");
    }

    [Fact]
    public void Saving_is_enough_and_new_renamed_and_deleted_folders_are_noticed()
    {
        using HostFixture host = new HostFixture(options => options with { Watch = WatchMode.Auto, ScanInterval = TimeSpan.FromMilliseconds(200), PollInterval = TimeSpan.FromMilliseconds(200), QuietPeriod = TimeSpan.FromMilliseconds(20) })
            .Mod("a", "print('one')").Load();
        host.Mod("a", "print('two')");
        host.TickUntil(() => host.Printed("a").Contains("two"), "the save");
        host.Mod("b", "print('b is here')");
        host.TickUntil(() => host.Printed("b").Count == 1, "the new folder");
        Directory.Move(Path.Combine(host.ModsFolder, "b"), Path.Combine(host.ModsFolder, "c"));
        host.TickUntil(() => host.Printed("c").Count == 1 && host.Host.Status("b") is null, "the renamed folder");
        string temporary = Path.Combine(host.ModsFolder, "a", "init.luau.tmp");
        File.WriteAllText(temporary, "print('three')");
        File.Move(temporary, Path.Combine(host.ModsFolder, "a", "init.luau"), overwrite: true);
        host.TickUntil(() => host.Printed("a").Contains("three"), "the save by rename");
        Directory.Delete(Path.Combine(host.ModsFolder, "c"), recursive: true);
        host.TickUntil(() => host.Host.Status("c") is null, "the deleted folder");
        Directory.CreateSymbolicLink(Path.Combine(host.ModsFolder, "d"), Path.Combine(host.ModsFolder, "a"));
        host.TickUntil(() => host.Host.Status("d") is { State: ModState.Invalid }, "the link");
        Assert.Equal(ModState.Running, host.StateOf("a"));
    }

    [Fact]
    public void A_folder_that_becomes_a_link_is_refused_and_the_old_version_goes_on()
    {
        using HostFixture host = new HostFixture().Mod("a", "function PlayerConnect() print('old') end").Load();
        string folder = Path.Combine(host.ModsFolder, "a"), real = Path.Combine(host.Root, "elsewhere");
        Directory.Move(folder, real);
        Directory.CreateSymbolicLink(folder, real);
        host.Reload("a");
        host.AssertLogged("the folder is a link");
        host.Join("Ada");
        host.AssertPrinted("a", "old");
    }

    [Fact]
    public void A_storm_of_saves_ends_with_the_last_content()
    {
        using HostFixture host = new HostFixture(options => options with { Watch = WatchMode.Polling, PollInterval = TimeSpan.FromMilliseconds(10), QuietPeriod = TimeSpan.FromMilliseconds(10), ReloadInterval = TimeSpan.FromMilliseconds(200) }).Mod("a", "v = 0").Load();
        for (int i = 1; i <= 200; i++)
        {
            host.Mod("a", $"print({i})" + new string(' ', i)).Tick();
        }
        host.TickUntil(() => host.Printed("a") is [.., "200"], "the last content");
        Assert.InRange(host.Printed("a").Count, 1, 60);
    }

    [Fact]
    public void A_half_written_file_is_refused_until_it_is_whole()
    {
        using HostFixture host = new HostFixture().Mod("a", "print('one')").Load();
        host.Mod("a", "local t = { 1, 2, ").Reload("a");
        host.Mod("a", "local t = { 1, 2, 3 } print('two')").Reload("a");
        host.AssertPrinted("a", "one", "two");
    }

    [Fact]
    public void Dependents_keep_running_and_find_the_new_exports()
    {
        using HostFixture host = new HostFixture().Mod("lib", "mod.export('v', function() return 1 end)")
            .Manifest("app", "[dependencies]\nlib = \"*\"").Mod("app", "local lib = mod.use('lib') function PlayerConnect() print(lib.v(), mod.call('lib', 'v')) end").Load();
        host.Join("Ada");
        host.Mod("lib", "mod.export('v', function() return 2 end)").Reload("lib");
        host.Join("Bo");
        host.AssertPrinted("app", "1 1", "2 2");
        Assert.Equal(1, host.Host.Status("app")!.Generation);
    }

    [Fact]
    public void A_blocked_mod_starts_when_its_dependency_appears()
    {
        using HostFixture host = new HostFixture().Manifest("app", "[dependencies]\nlib = \"^1\"").Mod("app", "print('up')").Load();
        Assert.Equal(ModState.Blocked, host.StateOf("app"));
        Assert.Equal("needs 'lib', which is not there", host.Host.Status("app")!.Reason);
        host.Manifest("lib", "version = \"1.2.0\"").Mod("lib", "").Reload("lib");
        Assert.Equal(ModState.Running, host.StateOf("app"));
    }

    [Fact]
    public void A_mod_may_ask_for_its_own_reload()
    {
        using HostFixture host = new HostFixture().Mod("a", "function OnLoad(i) print(i.generation) if i.generation == 1 then mod.reload() end end").Load();
        host.TickUntil(() => host.Printed("a").Count == 2, "the second generation");
        host.Tick(20);
        host.AssertPrinted("a", "1", "2");
    }

    [Fact]
    public void Operators_stop_start_suspend_and_limit()
    {
        using HostFixture host = new HostFixture().Mod("a", "n = 0 function Think() n += 1 print(n) end function OnUnload(r) print(r) end").Load().Tick();
        Assert.True(host.Host.Suspend("a").Accepted);
        host.Tick(3);
        host.AssertPrinted("a", "1");
        host.Host.Start("a");
        host.Tick();
        host.AssertPrinted("a", "1", "2");
        host.Host.Stop("a");
        host.Tick(3);
        host.AssertPrinted("a", "1", "2", "stopped by an operator");
        Assert.Equal(ModState.Stopped, host.StateOf("a"));
        Assert.False(host.Host.Reload("a").Accepted);
        Assert.True(host.Host.Stop("a").Accepted);
        host.Host.Start("a");
        host.TickUntil(() => host.StateOf("a") == ModState.Running, "the start");
        Assert.True(host.Host.SetLimit("a", "tick_hard_ms", 20).Accepted);
        Assert.False(host.Host.SetLimit("a", "tick_hard_ms", 0).Accepted);
        Assert.False(host.Host.SetLimit("a", "nonsense", 1).Accepted);
        Assert.False(host.Host.Stop("zzz").Accepted);
    }

    [Fact]
    public void UnloadAll_runs_in_reverse_order()
    {
        using HostFixture host = new HostFixture().Mod("a", "function OnUnload(r) print(r) end").Manifest("b", "[dependencies]\nc = \"*\"").Mod("b", "function OnUnload() print('b') end").Manifest("c", "").Mod("c", "function OnUnload() print('c') end").Load();
        host.Log.Clear();
        host.Host.UnloadAll("shutdown");
        Assert.Equal(["[b] b", "[c] c", "[a] shutdown"], host.Log.Lines.Where(line => line[0] == '['));
    }

    [Fact]
    public void Two_hundred_reloads_leave_nothing_behind() => Storm(200, 1 << 20);

    [Fact, Trait("Category", "Slow")]
    public void Ten_thousand_reloads_keep_memory_flat() => Storm(10_000, 4 << 20);

    static void Storm(int reloads, long bytesMax)
    {
        using HostFixture host = new HostFixture().Mod("a", """
            local keep = table.create(1000, "x")
            timer.every(0.1, function() end) task.delay(5, function() end) hook.add("Think", function() end) events.on("a:x", function() end)
            function OnUnload() return keep end
            """).Load();
        TestPlayer ada = host.Join("Ada");
        host.Reload("a").Reload("a");
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < reloads; i++)
        {
            host.Log.Clear();
            host.Reload("a");
        }
        host.Log.Clear();
        Assert.Equal(reloads + 3, host.Host.Status("a")!.Generation);
        ManagedMemory.AssertGrewAtMost(bytesMax, before);
        Assert.True(ada.IsConnected);
    }
}
