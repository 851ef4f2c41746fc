using System.Text.RegularExpressions;
using GameServer.Scripting.Mods;
using GameServer.Scripting.Testing;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Testing;

/// <summary>What a modder's tests can do, and what they are told when something does not hold.</summary>
public sealed class ModTestRunnerTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    ModTestRunnerTests Mod(string source, string manifest = "", string id = "kits")
    {
        _folder.Write($"{id}/init.luau", source);
        _folder.Write($"{id}/mod.toml", $"id = \"{id}\"\n{manifest}");
        return this;
    }

    ModTestReport Run(string tests, ModTestOptions? options = null)
    {
        _folder.Write("kits/tests/kits.luau", tests);
        return ModTestRunner.Run(Path.Combine(_folder.Path, "kits"), options ?? new ModTestOptions(), _ => { }, TimeProvider.System);
    }

    string Failure(string body, string setup = "")
    {
        ModTestResult result = Assert.Single(Run($"test(\"x\", {setup}function(t)\n{body}\nend)").Results);
        Assert.Equal(ModTestOutcome.Failed, result.Outcome);
        return result.Message;
    }

    void Passes(string tests)
    {
        ModTestReport report = Run(tests);
        Assert.True(report.IsGood && report.Results.Count > 0, string.Join('\n', [.. report.Problems, .. report.Results.Select(r => $"{r.Name}: {r.Message}")]));
    }

    public static TheoryData<string> SampleMods => [.. Directory.GetDirectories(Repository.PathOf("mods")).Select(folder => Path.GetFileName(folder)!)];

    [Theory]
    [MemberData(nameof(SampleMods))]
    public void The_tests_of_the_sample_mods_pass(string id)
    {
        ModTestReport report = ModTestRunner.Run(Repository.PathOf("mods", id), new ModTestOptions(), _ => { }, TimeProvider.System);
        Assert.True(report.IsGood, string.Join('\n', [.. report.Problems, .. report.Results.Select(r => $"{r.Name}: {r.Message}")]));
        Assert.NotEmpty(report.Results);
    }

    [Fact]
    public void The_tests_of_the_sample_game_pass()
    {
        ModTestReport report = ModTestRunner.Run(Repository.PathOf("samples", "tag"), new ModTestOptions(), _ => { }, TimeProvider.System);
        Assert.True(report.IsGood, string.Join('\n', [.. report.Problems, .. report.Results.Select(r => $"{r.Name}: {r.Message}")]));
        Assert.True(report.Results.Count >= 8);
    }

    [Fact]
    public void The_tests_of_the_tutorial_pass_on_the_mod_of_the_tutorial()
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "writing-mods.md"));
        Match mod = Regex.Match(page, @"```toml\n(.*?)```.*?```luau\n(.*?)```", RegexOptions.Singleline);
        _folder.Write("kits/mod.toml", mod.Groups[1].Value);
        _folder.Write("kits/init.luau", mod.Groups[2].Value);
        MatchCollection tests = Regex.Matches(page, @"```luau test\n(.*?)```", RegexOptions.Singleline);
        Assert.NotEmpty(tests);
        foreach (Match test in tests) Passes(test.Groups[1].Value);
    }

    [Theory]
    [InlineData("t:expect(5):toBe(7)", "expected 7, got 5")]
    [InlineData("t:expect('a'):toBe('b')", "expected \"b\", got \"a\"")]
    [InlineData("t:expect({ a = { 1, 2 } }):toBe({ a = { 1, 3 } })", "they differ at .a[2]: expected 3, got 2")]
    [InlineData("t:expect({ a = 1, b = 2 }):toBe({ a = 1 })", "they differ at .b: expected nil, got 2")]
    [InlineData("t:expect(5):never():toBe(5)", "expected anything but 5, got 5")]
    [InlineData("t:expect('hello'):toInclude('x')", "expected something with \"x\" in it, got \"hello\"")]
    [InlineData("t:expect({ 1, 2 }):toInclude(3)", "expected something with 3 in it, got { 1, 2 }")]
    [InlineData("t:expect({ a = 1, b = { c = 2 } }):toInclude({ b = { c = 3 } })", "expected something with { b = { c = 3 } } in it")]
    [InlineData("t:expect('abc'):toMatch('^b')", "expected text that matches \"^b\", got \"abc\"")]
    [InlineData("t:expect(1):toBeNil()", "expected nil, got 1")]
    [InlineData("t:expect(nil):toBeTruthy()", "expected something that is neither nil nor false, got nil")]
    [InlineData("t:expect(1.1):toBeNear(1, 0.01)", "expected 1 within 0.01, got 1.1")]
    [InlineData("t:expect(1):toBeAbove(2)", "expected more than 2, got 1")]
    [InlineData("t:expect(3):toBeBelow(2)", "expected less than 2, got 3")]
    [InlineData("t:expect({ 1 }):toHaveLength(2)", "expected 2 long, which is 1 long, got { 1 }")]
    [InlineData("t:expect(function() end):toRaise('x')", "expected an error with \"x\", got none")]
    [InlineData("t:expect(function() error('y') end):toRaise('x')", "expected an error with \"x\", got \"kits/tests/kits.luau:2: y\"")]
    [InlineData("t:expect(5):toMatchSnapshot()", "there is no snapshot 'x 1' yet")]
    [InlineData("t:fail('so')", "so")]
    [InlineData("error('mine')", "mine")]
    [InlineData("t.playrs:join()", "'playrs' is no field or method of Test, did you mean 'players'?")]
    [InlineData("t.players:join():last('bought')", "expected a message 'bought' for player 1, got none")]
    [InlineData("t.mod:call('pric')", "'kits' exports no 'pric', did you mean 'price'?")]
    [InlineData("t:waitUntil(function() return false end, 0.5)", "it did not come true within 0.5 seconds")]
    [InlineData("t:command('nosuch')", "no mod knows the command 'nosuch'")]
    [InlineData("coroutine.yield()", "a test cannot wait by itself")]
    public void A_failure_says_where_and_what(string body, string message)
    {
        Mod("mod.export('price', function() return 1 end)");
        string failure = Failure(body);
        Assert.Contains(message, failure, StringComparison.Ordinal);
        if (!body.StartsWith("coroutine", StringComparison.Ordinal)) Assert.StartsWith("kits/tests/kits.luau:2: ", failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ strat = false }", "'strat' is nothing a test can set, did you mean 'start'?")]
    [InlineData("{ grant = { 'player.kik' } }", "unknown permission 'player.kik', did you mean 'player.kick'?")]
    [InlineData("{ limits = { tick_hard = 5 } }", "unknown limit 'tick_hard', did you mean 'tick_hard_ms'?")]
    [InlineData("{ files = { ['../x.luau'] = '' } }", "leads out of the mod's folder")]
    public void A_wrong_setup_says_where_and_what(string setup, string message)
    {
        Mod("");
        string failure = Failure("", $"{setup}, ");
        Assert.Contains(message, failure, StringComparison.Ordinal);
        Assert.StartsWith("kits/tests/kits.luau:1: ", failure, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_of_the_mod_fails_the_test_with_the_mods_line_unless_it_is_expected()
    {
        Mod("function PlayerConnect(player)\n\tlocal none\n\tprint(none.x)\nend");
        string failure = Failure("t.players:join()");
        Assert.StartsWith("kits/tests/kits.luau:2: a mod failed: Mod kits, PlayerConnect: kits/init.luau:3: attempt to index nil with 'x'", failure, StringComparison.Ordinal);
        Passes("test('x', function(t) t:expect(t:expectError('index nil', function() t.players:join() end)):toInclude('init.luau:3') end)");
        Assert.Contains("expected a mod to fail with \"zzz\", got \"Mod kits", Failure("t:expectError('zzz', function() t.players:join() end)"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_mod_that_does_not_start_fails_each_test_and_one_that_does_not_compile_fails_once()
    {
        Mod("error('no')");
        Assert.Contains("the mod does not start as it should", Failure(""), StringComparison.Ordinal);
        Mod("local x = = 1");
        ModTestReport report = Run("test('x', function() end)");
        Assert.StartsWith("kits/init.luau:1: ", Assert.Single(report.Problems), StringComparison.Ordinal);
        Assert.Empty(report.Results);
    }

    [Fact]
    public void Time_stands_still_until_the_test_moves_it()
    {
        Mod("local n = 0 timer.every(1, function() n += 1 end) mod.export('n', function() return n, server.now() end)");
        Passes("""
            test("x", function(t)
                t:expect(t.mod:call("n")):toBe(0)
                t:advance(3600)
                t:expect(t.mod:call("n")):toBe(3600)
                t:expect(t:now()):toBe(3600)
                t:tick(29)
                t:expect(t.mod:call("n")):toBe(3600)
                t:tick()
                t:expect(t.mod:call("n")):toBe(3601)
            end)
            """);
    }

    [Fact]
    public void Every_test_begins_with_a_fresh_mod_a_fresh_file_and_nobody_there()
    {
        Mod("local count = 0 function PlayerConnect() count += 1 end mod.export('count', function() return count end)");
        string test = """
                made += 1
                t:expect(made):toBe(1)
                t:expect(t.players:join().id):toBe(1)
                t:expect(t.mod:call("count")):toBe(1)
                t.storage:set("s", "k", 1)
            """;
        Passes($"local made = 0\nbefore(function(t) t:expect(t.storage:keys('s')):toBe({{}}) end)\ntest('a', function(t)\n{test}\nend)\ntest('b', function(t)\n{test}\nend)");
    }

    [Fact]
    public void Players_are_refused_talk_are_kicked_and_send_what_is_declared()
    {
        Mod("""
            hook.add("PlayerConnecting", function(c) task.wait(0.5) if c.name == "Mallory" then return hook.deny("go away") end return nil end)
            hook.add("PlayerChat", function(p, text) if text == "bad" then return hook.deny() end return hook.replace(text .. "!") end)
            commands.add("kit", function(ctx) ctx.reply("you get " .. ctx.args.name) end)
            commands.add("out", function(ctx) ctx.player:kick("told so") end)
            net.on("buy", function(p, v) p:send("bought", v) end)
            function PlayerDisconnect(p, reason, code) log.info(`{p.name} {reason} {code}`) end
            """, """
            [permissions]
            required = ["connect.decide", "chat.read", "chat.filter", "console.command", "player.kick", "net.message"]
            [commands.kit]
            args = "<name:string>"
            [messages.buy]
            direction = "to_server"
            schema = { item = "string(8)", count = "u8" }
            [messages.bought]
            direction = "to_client"
            """);
        Passes("""
            test("x", function(t)
                local who, why = t.players:tryJoin({ name = "Mallory" })
                t:expect({ who, why }):toBe({ nil, "go away" })
                local ada, bo = t.players:join({ name = "Ada" }), t.players:join({ name = "Bo", uid = "b", trust = "verified" })
                t:expect(ada:say("hi")):toBe("hi!")
                t:expect(ada:say("bad")):toBeNil()
                t:expect(bo.chat):toBe({ "Ada: hi!" })
                t:expect(ada:command("kit sword")):toBe({ "you get sword" })
                t:expect(ada:command("kit")):toInclude("'name' is missing; usage: <name:string>")
                t:expect(ada:send("buy", { item = "axe", count = 2 })):toBe("delivered")
                t:expect(ada:last("bought")):toBe({ item = "axe", count = 2 })
                t:expect(ada:send("buy", { item = "axe", count = 300 })):toBe("not_as_declared")
                t:expect(ada.messages):toBe({ { name = "bought", payload = { item = "axe", count = 2 }, tick = t:now() * 30, reliable = true } })
                t:expect(ada.transcript[#ada.transcript]):toBe('bought { count = 2, item = "axe" }')
                ada:command("out")
                t:expect(ada.kicked):toBe("told so")
                t:expect(ada.connected):toBe(false)
                t:expect(t:log()):toInclude("[kits] Ada told so 10")
                bo:leave("bye")
                t:expect(t:log()):toInclude("[kits] Bo bye 0")
                t:expect(t.players:count()):toBe(0)
            end)
            """);
    }

    [Fact]
    public void Storage_keeps_and_fails_on_demand()
    {
        Mod("""
            local kv = storage.open("gold")
            mod.export("add", function(_, key, n)
                task.spawn(function()
                    local new, err = kv:updateAsync(key, function(old) return (old or 0) + n end)
                    log.info(if err then `failed: {err.kind}` else `now {new}`)
                end)
            end)
            """, "[permissions]\nrequired = [\"storage.kv\"]");
        Passes("""
            test("works", { storage = { gold = { ada = 5 } } }, function(t)
                t.mod:call("add", "ada", 3)
                t:tick()
                t:expect(t.storage:get("gold", "ada")):toBe(8)
                t:expect(t.storage:keys("gold")):toBe({ "ada" })
            end)
            test("fails once", function(t)
                t.storage:fail("quota", 1)
                t.mod:call("add", "ada", 3)
                t:tick()
                t:expect(t:log()):toInclude("[kits] failed: quota")
                t.mod:call("add", "ada", 3)
                t:tick()
                t:expect(t:log()):toInclude("[kits] now 3")
            end)
            test("is slow", function(t)
                t.storage:delay(1)
                t.mod:call("add", "ada", 3)
                t:advance(1.9)
                t:expect(t.storage:get("gold", "ada")):toBeNil()
                t:advance(0.2)
                t:expect(t.storage:get("gold", "ada")):toBe(3)
            end)
            """);
        Assert.Contains("unknown kind 'qota', did you mean 'quota'?", Failure("t.storage:fail('qota')"), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_kept_and_fail_on_demand()
    {
        Mod("""
            mod.export("note", function(_, text)
                task.spawn(function()
                    local done, err = files.writeAsync("notes/today.txt", text)
                    local found = files.listAsync("notes")
                    log.info(if done then `kept {found[1].path}` else err.kind)
                end)
            end)
            """, "[permissions]\nrequired = [\"storage.file\"]");
        Passes("""
            test("x", function(t)
                t.mod:call("note", "hi")
                t:tick(2)
                t:expect(t.storage:file("notes/today.txt")):toBe("hi")
                t:expect(t:log()):toInclude("[kits] kept notes/today.txt")
                t.storage:failFiles(true)
                t.mod:call("note", "again")
                t:tick(2)
                t:expect(t.storage:file("notes/today.txt")):toBe("hi")
                t:expect(t:log()):toInclude("[kits] failed")
            end)
            """);
    }

    [Fact]
    public void Http_answers_what_the_test_says_and_nothing_else()
    {
        Mod("""
            mod.export("get", function(_, url)
                task.spawn(function()
                    local answer, err = http.requestAsync({ url = url })
                    log.info(if answer then `{answer.status} {answer.body} {answer.headers.a}` else err.kind)
                end)
            end)
            """, "[permissions]\nrequired = [\"net.http\"]");
        Passes("""
            test("x", function(t)
                t.http:on("https://a.test/*", function(request) return { status = 201, body = request.url, headers = { a = "b" } } end)
                t.http:on("GET https://a.test/slow", "timeout")
                t.mod:call("get", "https://a.test/x")
                t:tick()
                t:expect(t:log()):toInclude("[kits] 201 https://a.test/x b")
                t.http:delay(2)
                t.mod:call("get", "https://a.test/slow")
                t:advance(1.9)
                t:expect(t:log()):never():toInclude("[kits] timeout")
                t:advance(0.2)
                t:expect(t:log()):toInclude("[kits] timeout")
                t:expect(t.http.requests[2].url):toBe("https://a.test/slow")
            end)
            """);
        Assert.Contains("a mod asked for GET https://b.test/, and the test has no answer", Failure("t.mod:call('get', 'https://b.test/') t:tick()"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_slow_handler_is_stopped_at_its_limit_and_a_killed_mod_starts_again()
    {
        Mod("local n = 0 function PlayerConnect() for i = 1, 10 do n += 1 end end function OnUnload() return n end mod.export('n', function() return n end)");
        Passes("""
            test("slow", function(t)
                t:slow("PlayerConnect", 15)
                t.players:join()
                t:expect(t.mod.kills):toBe(0)
                t:slow("PlayerConnect", 25)
                t:expectError("time limit reached", function() t.players:join() end)
                t:expect(t.mod.kills):toBe(1)
                t:expect(t.mod.state):toBe("running")
            end)
            test("killed", function(t)
                t.mod:kill()
                t:expect(t.mod.state):toBe("backoff")
                t:advance(1.2)
                t:expect({ t.mod.state, t.mod.generation }):toBe({ "running", 2 })
            end)
            """);
    }

    [Fact]
    public void A_reload_takes_changed_files_and_a_bad_one_is_told()
    {
        Mod("function OnUnload() return 7 end mod.export('v', function() return 1 end)");
        Passes("""
            test("x", function(t)
                t:write("init.luau", "local s function OnLoad(i) s = i.state end mod.export('v', function() return 2, s end)")
                t:reload()
                t:expect({ t.mod:call("v") }):toBe({ 2, 7 })
                t:write("init.luau", "local = 1")
                t:expectError("keeps its old version", function() t:reload() end)
                t:expect(t.mod:call("v")):toBe(2)
            end)
            test("another test sees the file as it is", function(t) t:expect(t.mod:call("v")):toBe(1) end)
            test("or as it says", { files = { ["init.luau"] = "mod.export('v', function() return 3 end)" } }, function(t) t:expect(t.mod:call("v")):toBe(3) end)
            """);
    }

    [Fact]
    public void Dependencies_are_the_mods_beside_it_or_stand_ins()
    {
        Mod("mod.export('buy', function() return mod.call('economy', 'balance') end) events.on('economy:paid', function(p, from) log.info(`{from} {p.n}`) end)",
            "[dependencies]\neconomy = \"*\"");
        Mod("mod.export('balance', function() return 100 end)", "version = \"1.0.0\"", "economy");
        Passes("""
            test("the real one", function(t) t:expect(t.mod:call("buy")):toBe(100) end)
            test("a stand-in", { mods = { economy = "mod.export('balance', function() return 5 end)" } }, function(t)
                t:expect(t.mod:call("buy")):toBe(5)
                t:other("economy"):emit("paid", { n = 3 })
                t:expect(t:log()):toInclude("[kits] economy 3")
                t:other("economy"):stop()
                t:expect(function() t.mod:call("buy") end):toRaise("unavailable")
            end)
            """);
    }

    [Fact]
    public void Settings_rights_limits_and_players_come_from_the_setup()
    {
        Mod("""
            config.define({ gold = config.int(10) })
            mod.export("look", function() return config.get("gold"), perm.has("player.kick"), perm.has("chat.send"), #players.all() end)
            mod.export("grow", function() local t = {} for i = 1, 1e6 do t[i] = {} end end)
            """);
        Passes("""
            test("x", { config = { gold = 25 }, grant = { "player.kick" }, deny = { "chat.send" }, players = { "Ada", "Bo" }, limits = { memory_hard_mb = 2 } }, function(t)
                t:expect({ t.mod:call("look") }):toBe({ 25, true, false, 2 })
                t:setConfig("gold", 26)
                t:expect(t.mod:call("look")):toBe(26)
                t:expect(t.mod:eval("return config.get('gold') + ...", 4)):toBe(30)
                t:expect(function() t.mod:call("grow") end):toRaise("out of memory")
            end)
            """);
    }

    [Fact]
    public void Tests_and_mods_that_never_end_are_stopped()
    {
        Mod("commands.add('spin', function() while true do end end)", "[permissions]\nrequired = [\"console.command\"]");
        ModTestReport report = Run("test('x', function() while true do end end)", new ModTestOptions { Timeout = TimeSpan.FromSeconds(1) });
        Assert.Equal("the test takes too long (--timeout)", Assert.Single(report.Results).Message);
        Passes("test('x', function(t) t:expectError('time limit reached', function() t.players:join():command('spin') end) end)");
    }

    [Fact]
    public void Snapshots_are_taken_on_demand_and_compared_afterwards()
    {
        Mod("");
        const string Test = "test('x', function(t) t:expect({ b = 2, a = { 1 } }):toMatchSnapshot() end)";
        Assert.True(Run(Test, new ModTestOptions { Update = true }).IsGood);
        Assert.Contains("== x 1\n{ a = { 1 }, b = 2 }\n", File.ReadAllText(Path.Combine(_folder.Path, "kits/tests/snapshots/kits.snap")), StringComparison.Ordinal);
        Assert.True(Run(Test).IsGood);
        Assert.Contains("the snapshot 'x 1' differs", Run(Test.Replace("2", "3")).Results[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tests_can_be_chosen_skipped_and_share_files()
    {
        Mod("");
        _folder.Write("kits/tests/lib/shared.luau", "return { n = 4 }");
        _folder.Write("kits/part.test.luau", "test('c', function() end)");
        const string Tests = "local s = require('./lib/shared')\ntest('a one', function(t) t:expect(s.n):toBe(4) end)\ntest('b two', { skip = 'later' }, function(t) t:fail('ran') end)";
        Assert.Equal(["a one Passed", "b two Skipped", "c Passed"], Run(Tests).Results.Select(r => $"{r.Name} {r.Outcome}").Order());
        Assert.Equal(["a one"], Run(Tests, new ModTestOptions { Only = ["ONE"] }).Results.Select(r => r.Name));
        Assert.Contains("there are two tests named 'a'", Assert.Single(Run("test('a', function() end) test('a', function() end)").Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Test_files_are_no_part_of_the_mod()
    {
        Mod("");
        string folder = Path.Combine(_folder.Path, "kits");
        SnapshotResult before = SnapshotReader.Read("kits", folder, new ModLimits());
        long stamp = SnapshotReader.Stamp(folder);
        _folder.Write("kits/tests/a.luau", "this does not compile");
        _folder.Write("kits/lib/b.test.luau", "nor does this");
        SnapshotResult after = SnapshotReader.Read("kits", folder, new ModLimits());
        Assert.Equal(before.Snapshot!.Hash, after.Snapshot!.Hash);
        Assert.Equal(["init.luau", "mod.toml"], after.Snapshot.Files.Keys);
        Assert.Equal(stamp, SnapshotReader.Stamp(folder));
        Assert.Equal(["lib/b.test.luau", "tests/a.luau"], SnapshotReader.ReadTests("kits", folder, new ModLimits()).Snapshot!.Files.Keys);
    }
}
