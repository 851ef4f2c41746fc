using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Reload;

/// <summary>Reloads at awkward moments and of awkward files.</summary>
public class ReloadEdgeTests
{
    static HostFixture Watching() => new(options => options with
    {
        Watch = WatchMode.Polling, PollInterval = TimeSpan.FromMilliseconds(10), QuietPeriod = TimeSpan.FromMilliseconds(20), ReloadInterval = TimeSpan.Zero,
    });

    static string FileOf(HostFixture host, string name) => Path.Combine(host.ModsFolder, "a", name);

    static string Answer(HostFixture host, string line)
    {
        string answer = "nobody";
        host.Host.ConsoleCommand("console", line, text => answer = text);
        return answer;
    }

    /// <summary>Ways editors and tools save a file; each must end with the new content running and never with the mod away.</summary>
    public static TheoryData<string> Saves => ["write", "truncate first", "rename over", "backup and new", "delete and new", "in pieces", "folder exchange", "touch after"];

    [Theory]
    [MemberData(nameof(Saves))]
    public void However_an_editor_saves_the_new_version_runs(string how)
    {
        using HostFixture host = Watching().Mod("a", "commands.add('v', function(c) c.reply('one') end)").Mod("a", "return 1", "lib.luau").Load();
        host.Tick(3);
        const string Next = "commands.add('v', function(c) c.reply('two') end)";
        string file = FileOf(host, "init.luau");
        switch (how)
        {
            case "write":
                File.WriteAllText(file, Next);
                break;
            case "truncate first":
                File.WriteAllText(file, "");
                host.Tick(2);
                File.WriteAllText(file, Next);
                break;
            case "rename over":
                File.WriteAllText(file + ".tmp", Next);
                File.Move(file + ".tmp", file, overwrite: true);
                break;
            case "backup and new":
                File.Move(file, file + "~");
                host.Tick(2);
                File.WriteAllText(file, Next);
                break;
            case "delete and new":
                File.Delete(file);
                host.Tick(2);
                File.WriteAllText(file, Next);
                break;
            case "in pieces":
                using (var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
                {
                    foreach (char c in Next)
                    {
                        stream.WriteByte((byte)c);
                        stream.Flush();
                        host.Tick();
                    }
                }
                break;
            case "folder exchange":
                string folder = Path.Combine(host.ModsFolder, "a"), fresh = Path.Combine(host.Root, "fresh");
                Directory.CreateDirectory(fresh);
                File.WriteAllText(Path.Combine(fresh, "init.luau"), Next);
                Directory.Move(folder, Path.Combine(host.Root, "old"));
                Directory.Move(fresh, folder);
                break;
            default:
                File.WriteAllText(file, Next);
                for (int i = 0; i < 5; i++)
                {
                    host.Tick();
                    File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddDays(20_000 + i));
                }
                break;
        }
        host.TickUntil(() => Answer(host, "v") == "two", how);
        Assert.Equal(ModState.Running, host.StateOf("a"));
    }

    /// <summary>What is refused while the old version goes on: what is done to the folder, and a part of the reason.</summary>
    public static TheoryData<string, string> Refusals => new()
    {
        { "syntax", "a/init.luau:1: " },
        { "syntax in a module", "a/lib.luau:1: " },
        { "entry gone", "the entry file is missing" },
        { "empty manifest", "'id' is missing" },
        { "wrong id", "must be equal to the folder's name" },
        { "broken manifest", "a/mod.toml:1:" },
        { "dependency missing", "needs 'nobody', which is not there" },
        { "dependency cycle", "a -> b -> a" },
        { "permission", "requires player.kick" },
        { "script link", "links are not followed" },
        { "folder link inside", "links are not followed" },
        { "too large", "at most 512 KiB (file_kb)" },
        { "too many", "more than 256 script files (files)" },
        { "api", "does not include 1" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public void What_cannot_run_is_refused_once_and_the_old_version_goes_on_until_it_is_repaired(string what, string reason)
    {
        using HostFixture host = new HostFixture().Manifest("a", "").Mod("a", "local n = 0 function Think() n += 1 end commands.add('n', function(c) c.reply(tostring(n)) end)").Manifest("b", "[optional_dependencies]\na = \"*\"").Mod("b", "").Load();
        string init = FileOf(host, "init.luau"), lib = FileOf(host, "lib.luau"), good = File.ReadAllText(init), manifest = File.ReadAllText(FileOf(host, "mod.toml"));
        switch (what)
        {
            case "syntax": host.Mod("a", "local = 1"); break;
            case "syntax in a module": host.Mod("a", "local = 1", "lib.luau"); break;
            case "entry gone": File.Delete(init); break;
            case "empty manifest": host.Mod("a", "", "mod.toml"); break;
            case "wrong id": host.Mod("a", "id = \"b\"", "mod.toml"); break;
            case "broken manifest": host.Mod("a", "id = \"a", "mod.toml"); break;
            case "dependency missing": host.Manifest("a", "[dependencies]\nnobody = \"*\""); break;
            case "dependency cycle": host.Manifest("a", "[dependencies]\nb = \"*\""); host.Manifest("b", "[dependencies]\na = \"*\"").Reload("b"); break;
            case "permission": host.Manifest("a", "[permissions]\nrequired = [\"player.kick\"]"); break;
            case "script link": File.CreateSymbolicLink(lib, "/etc/passwd"); break;
            case "folder link inside": Directory.CreateSymbolicLink(FileOf(host, "data"), "/"); break;
            case "too large": File.WriteAllText(lib, new string(' ', 600 * 1024)); break;
            case "too many": for (int i = 0; i < 300; i++) File.WriteAllText(FileOf(host, $"m{i}.luau"), "return 1"); break;
            case "api": host.Manifest("a", "api = \">=2\""); break;
            default: Assert.Fail(what); break;
        }
        host.Reload("a");
        Assert.Equal(ModState.Running, host.StateOf("a"));
        Assert.True(host.Host.Status("a")!.Stale);
        host.AssertLogged(reason);
        int before = int.Parse(Answer(host, "n"));
        host.Tick(5);
        Assert.Equal(before + 5, int.Parse(Answer(host, "n")));
        int said = host.Log.Lines.Count(line => line.Contains("keeps its old version", StringComparison.Ordinal));
        Assert.Equal(1, said);

        foreach (string file in Directory.GetFiles(Path.Combine(host.ModsFolder, "a"), "m*.luau").Append(lib)) File.Delete(file);
        if (Directory.Exists(FileOf(host, "data"))) Directory.Delete(FileOf(host, "data"));
        host.Mod("a", good + " -- repaired").Mod("a", manifest, "mod.toml");
        host.Reload("a");
        Assert.Equal(2, host.Host.Status("a")!.Generation);
        Assert.False(host.Host.Status("a")!.Stale);
    }

    [Fact]
    public void A_version_whose_limits_are_too_low_goes_back_under_the_old_limits()
    {
        using HostFixture host = new HostFixture().Manifest("a", "").Mod("a", "big = table.create(200000, 1) print('runs')").Load();
        host.Manifest("a", "[limits]\nmemory_hard_mb = 1").Reload("a");
        Assert.Equal(ModState.Running, host.StateOf("a"));
        Assert.Equal(20, host.Host.Status("a")!.Limits["memory_hard_mb"]);
        host.AssertPrinted("a", "runs", "runs");
    }

    [Fact]
    public void A_mod_suspended_by_an_operator_gets_its_new_version_when_it_is_started()
    {
        using HostFixture host = Watching().Mod("a", "print('one')").Load();
        host.Host.Suspend("a");
        host.Mod("a", "print('two')");
        host.TickUntil(() => host.Host.Status("a")!.Stale, "the change is noticed");
        host.Tick(10);
        Assert.Equal(ModState.Suspended, host.StateOf("a"));
        host.AssertPrinted("a", "one");
        Assert.True(host.Host.Start("a").Accepted);
        host.TickUntil(() => host.Printed("a").Count == 2, "the new version");
        Assert.Equal(ModState.Running, host.StateOf("a"));
    }

    [Fact]
    public void A_reload_asked_for_inside_a_call_happens_after_the_call()
    {
        using HostFixture host = new HostFixture().Manifest("b", "[dependencies]\na = \"*\"").Mod("b", "function Think(dt, tick) if tick == 1 then print(mod.call('a', 'f')) end end")
            .Mod("a", "mod.export('f', function() mod.reload() return mod.generation end)").Load();
        host.Tick();
        host.AssertPrinted("b", "1");
        host.TickUntil(() => host.Host.Status("a")!.Generation == 2, "the reload");
        Assert.Equal(0, host.Host.Status("b")!.Errors);
    }

    [Fact]
    public void An_order_given_from_inside_a_mods_own_code_waits_for_the_tick_to_end()
    {
        using HostFixture host = new HostFixture().Mod("a", "function PlayerConnect(p) p:chat('x') print('done ' .. mod.generation) end").Load();
        host.Players.Chatted = (_, _) => host.Host.Reload("a");
        host.Join("Ada");
        host.AssertPrinted("a", "done 1");
        host.TickUntil(() => host.Host.Status("a")!.Generation == 2, "the reload");
    }

    [Fact]
    public void Events_on_their_way_reach_the_new_version()
    {
        using HostFixture host = new HostFixture().Mod("a", "events.on('b:e', function(x) print(mod.generation, x) end)").Mod("b", "function OnUnload() events.emit('e', 'last words') end").Load();
        host.Reload("b");
        host.Tick();
        host.AssertPrinted("a", "1 last words");
    }

    [Fact]
    public void A_waiting_call_goes_through_to_the_new_version()
    {
        using HostFixture host = new HostFixture().Manifest("a", "[dependencies]\nb = \"*\"").Mod("a", "timer.after(0, function() print(mod.callAsync('b', 'f')) end)").Manifest("b", "").Mod("b", "mod.export('f', function() return mod.generation end)").Load();
        host.Host.Suspend("b");
        host.Tick(3);
        host.Reload("b");
        host.Tick(2);
        host.AssertPrinted("a", "2");
    }

    [Fact]
    public void A_joining_player_is_told_to_try_again_when_the_mod_that_decides_is_reloaded()
    {
        using HostFixture host = new HostFixture().Grant("a", "connect.decide").Mod("a", "function PlayerConnecting() task.wait(1000) end").Load();
        var verdicts = new List<Ports.JoinVerdict>();
        host.Host.PlayerConnecting(new("Ada", "u", "192.0.2.1", Ports.PlayerTrust.Guest, "en"), verdicts.Add);
        host.Tick(3);
        Assert.Empty(verdicts);
        host.Reload("a");
        host.Tick();
        Assert.False(Assert.Single(verdicts).Allowed);
        Assert.Equal("a", verdicts[0].By);
    }

    [Fact]
    public void A_folder_deleted_while_OnLoad_runs_is_noticed_afterwards()
    {
        using HostFixture host = Watching().Mod("a", "function OnLoad() players.chat('now') print('loaded') end function OnUnload(r) print(r) end").Mod("b", "").Load();
        host.Join("Ada");
        host.Players.Chatted = (_, _) => Directory.Delete(Path.Combine(host.ModsFolder, "a"), recursive: true);
        host.Host.Reload("a");
        host.TickUntil(() => host.Host.Status("a") is null, "the end of a");
        Assert.Equal(["loaded", "reload", "loaded", "removed"], host.Printed("a"));
        Assert.Equal(ModState.Running, host.StateOf("b"));
    }

    [Fact]
    public void A_folder_that_is_renamed_is_another_mod()
    {
        using HostFixture host = Watching().Mod("a", "print('up as ' .. mod.id) function OnUnload(r) print(r) end").Load();
        Directory.Move(Path.Combine(host.ModsFolder, "a"), Path.Combine(host.ModsFolder, "z"));
        host.TickUntil(() => host.Host.Status("z") is { State: ModState.Running } && host.Host.Status("a") is null, "the renamed folder");
        host.AssertPrinted("a", "up as a", "removed");
        host.AssertPrinted("z", "up as z");
    }

    [Fact]
    public void The_whole_mods_folder_may_go_and_come_back()
    {
        using HostFixture host = Watching().Mod("a", "print('up')").Load();
        string away = Path.Combine(host.Root, "away");
        Directory.Move(host.ModsFolder, away);
        host.TickUntil(() => host.Host.Status("a") is null, "the end of a");
        Directory.Move(away, host.ModsFolder);
        host.TickUntil(() => host.Host.Status("a") is { State: ModState.Running }, "its return");
        host.AssertPrinted("a", "up", "up");
    }

    [Fact]
    public void Many_mods_changed_at_once_are_reloaded_in_order_of_their_dependencies_a_few_per_tick()
    {
        HostFixture host = new(options => options with { Watch = WatchMode.Polling, PollInterval = TimeSpan.FromMilliseconds(10), QuietPeriod = TimeSpan.FromMilliseconds(20), ReloadInterval = TimeSpan.Zero, ReloadsPerTickMax = 2 });
        using (host)
        {
            for (int i = 0; i < 10; i++) host.Manifest($"m{i}", i == 9 ? "" : $"[dependencies]\nm{i + 1} = \"*\"").Mod($"m{i}", "");
            host.Load().Tick();
            host.Log.Clear();
            for (int i = 0; i < 10; i++) host.Mod($"m{i}", "-- changed");
            host.TickUntil(() => Enumerable.Range(0, 10).All(i => host.Host.Status($"m{i}")!.Generation == 2), "all reloads");
            string[] reloaded = [.. host.Log.Lines.Where(line => line.Contains(" reloaded (", StringComparison.Ordinal)).Select(line => line.Split(' ')[1])];
            Assert.Equal(10, reloaded.Length);
        }
    }

    [Fact]
    public void An_export_that_others_call_and_that_vanishes_is_named()
    {
        using HostFixture host = new HostFixture().Manifest("app", "[dependencies]\nlib = \"*\"").Mod("app", "function Think(dt, tick) if tick == 1 then mod.call('lib', 'used') end end").Mod("lib", "mod.export('used', function() end) mod.export('idle', function() end)").Load().Tick();
        host.Mod("lib", "").Reload("lib");
        host.AssertLogged("Mod lib no longer exports used, which mod app calls");
        Assert.DoesNotContain(host.Log.Lines, line => line.Contains("no longer exports idle", StringComparison.Ordinal));
    }

    [Fact]
    public void OnLoad_hears_that_OnUnload_failed()
    {
        using HostFixture host = new HostFixture().Mod("a", "function OnLoad(i) print(i.unloadFailed) end function OnUnload() error('x') end").Load();
        host.Mod("a", "function OnLoad(i) print(i.unloadFailed) end").Reload("a");
        host.Mod("a", "function OnLoad(i) print(i.unloadFailed, 2) end").Reload("a");
        host.AssertPrinted("a", "false", "true", "false 2");
    }

    [Fact]
    public void A_storm_of_orders_is_one_reload_at_a_time()
    {
        using HostFixture host = new HostFixture(options => options with { ReloadInterval = TimeSpan.FromMilliseconds(250) }).Mod("a", "").Load();
        for (int i = 0; i < 60; i++)
        {
            for (int j = 0; j < 10; j++) host.Host.Reload("a");
            host.Tick();
            Thread.Sleep(2);
        }
        // Two seconds of ticks at a quarter of a second each.
        Assert.InRange(host.Host.Status("a")!.Generation, 2, 10);
    }
}
