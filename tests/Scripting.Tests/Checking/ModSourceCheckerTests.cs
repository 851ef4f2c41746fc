using System.Text.RegularExpressions;
using GameServer.Scripting.Api;
using GameServer.Scripting.Checking;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Checking;

/// <summary>What is found in mods without running them, and what is not complained about.</summary>
public sealed class ModSourceCheckerTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string[] Check(string source, string manifest = "") => Check(new Dictionary<string, string> { ["init.luau"] = source, ["mod.toml"] = $"id = \"kits\"\n{manifest}" });

    string[] Check(Dictionary<string, string> files, int api = 1, ApiModel? model = null)
    {
        foreach ((string name, string text) in files) _folder.Write($"kits/{name}", text);
        return [.. ModSourceChecker.Check(Path.Combine(_folder.Path, "kits"), api, model ?? ApiModel.Current).Select(finding => finding.ToString())];
    }

    [Fact]
    public void Texts_are_checked_and_questions_to_clients_count_as_sent()
    {
        string[] found = Check(new Dictionary<string, string>
        {
            ["mod.toml"] = "id = \"kits\"\n[messages.ask]\ndirection = \"to_client\"\n[messages.unused]\ndirection = \"to_client\"\n",
            ["init.luau"] = "function PlayerConnect(p) print(lang.t(p, 'hello'), lang.t(p, 'helo'), lang.t(p, 'n', { count = 1 }), net.requestAsync(p, 'ask')) end",
            ["locale/en.toml"] = "hello = \"hi\"\nn.one = \"one\"\nn.other = \"many\"\n",
            ["locale/de.toml"] = "hello = 5\n",
        });
        Assert.Equal(["kits/init.luau:1:64: warning: there is no text 'helo' in locale/en.toml", "kits/locale/de.toml:1:9: error: 'hello' must be a string, found an integer",
            "kits/mod.toml:4:11: warning: message 'unused' is never sent"], found);
    }

    public static TheoryData<string> SampleMods => [.. Directory.GetDirectories(Repository.PathOf("mods")).Select(folder => Path.GetFileName(folder)!)];

    [Fact]
    public void The_sample_game_is_without_fault() =>
        Assert.Empty(ModSourceChecker.Check(Repository.PathOf("samples", "tag"), ModSourceChecker.ApiLevel).Select(finding => finding.ToString()));

    [Theory]
    [MemberData(nameof(SampleMods))]
    public void The_sample_mods_are_without_fault(string id) =>
        Assert.Empty(ModSourceChecker.Check(Repository.PathOf("mods", id), ModSourceChecker.ApiLevel).Select(finding => finding.ToString()));

    [Theory]
    [InlineData("local x = = 1", "init.luau:1:11: error: Expected identifier when parsing expression, got '='")]
    [InlineData("print(palyers.all())", "init.luau:1:7: error: there is no global 'palyers', did you mean 'players'?")]
    [InlineData("local p = players\nfor _, x in p.al() do print(x) end", "init.luau:2:15: error: 'players' has no 'al', did you mean 'all'?")]
    [InlineData("print(math.flor(1))", "init.luau:1:12: error: 'math' has no 'flor', did you mean 'floor'?")]
    [InlineData("players.all = nil", "init.luau:1:9: error: 'players.all' is read-only")]
    [InlineData("players:all()", "init.luau:1:9: error: 'players.all' is called with a dot, not with a colon")]
    [InlineData("hook.add('PlayerConect', print)", "init.luau:1:11: error: there is no hook 'PlayerConect', did you mean 'PlayerConnect'?")]
    [InlineData("hook.define('Sold') hook.add('kits:Solt', print)", "init.luau:1:31: error: this mod defines no hook 'Solt', did you mean 'Sold'?")]
    [InlineData("function PlayerConect(p) end", "init.luau:1:1: warning: nobody calls the global function 'PlayerConect', did you mean the hook 'PlayerConnect'?")]
    [InlineData("function PlayerConnect(p) p:kik() end", "init.luau:1:29: error: a Player has no 'kik', did you mean 'kick'?")]
    [InlineData("hook.add('PlayerChat', function(who, text) print(who.nmae) end)", "init.luau:1:54: error: a Player has no 'nmae', did you mean 'name'?")]
    [InlineData("local function on(who) who.chat('x') end net.on('m', on)", "init.luau:1:28: error: 'chat' of a Player is called with a colon, not with a dot")]
    [InlineData("function PlayerConnect(p) p.name = 'x' end", "init.luau:1:29: error: 'name' of a Player is read-only; 'data' is yours")]
    [InlineData("require('./nmaes')", "init.luau:1:10: error: require(\"./nmaes\"): could not resolve child component \"nmaes\"")]
    [InlineData("require('./init')", "init.luau:1:10: error: require(\"./init\")")]
    [InlineData("mod.call('economy', 'x')", "init.luau:1:11: error: 'economy' is not among the dependencies in mod.toml")]
    [InlineData("config.define({ gold = config.int(1) }) config.get('glod')", "init.luau:1:53: error: config.define defines no 'glod', did you mean 'gold'?")]
    [InlineData("print(table.getn({}))", "init.luau:1:13: warning: table.getn is deprecated; use #t")]
    [InlineData("function PlayerConnect(p) p:kick() end", "init.luau:1:29: warning: Player:kick is used, which needs the permission player.kick, and mod.toml does not ask for it")]
    [InlineData("http.requestAsync({ url = 'x' })", "init.luau:1:6: warning: http.requestAsync is used, which needs the permission net.http")]
    [InlineData("server.stop()", "init.luau:1:8: warning: server.stop is used, which needs the permission server.control")]
    public void What_is_wrong_is_found_with_its_place_and_the_nearest_right_name(string source, string finding)
    {
        string[] found = Check(source);
        Assert.True(found.Any(line => line.StartsWith($"kits/{finding}", StringComparison.Ordinal)), string.Join('\n', found));
    }

    [Theory]
    [InlineData("idd = 5", "mod.toml:2:1: error: unknown key 'idd', did you mean 'id'?")]
    [InlineData("version = \"x\"", "mod.toml:2:11: error: version 'x' is not a version like 1.4.0")]
    [InlineData("entry = \"main.luau\"", "mod.toml:1:1: error: the entry file main.luau is missing")]
    [InlineData("[permissions]\nrequired = [\"player.kik\"]", "mod.toml:3:12: error: unknown permission 'player.kik', did you mean 'player.kick'?")]
    [InlineData("[permissions]\nrequired = [\"player.kick\"]", "mod.toml:3:1: warning: permission 'player.kick' is required, but nothing that needs it is used")]
    [InlineData("[messages.buy]\ndirection = \"to_server\"", "mod.toml:2:11: warning: message 'buy' has no net.on(\"buy\", …)")]
    [InlineData("[messages.got]\ndirection = \"to_client\"", "mod.toml:2:11: warning: message 'got' is never sent")]
    [InlineData("[commands.kit]\nhelp = \"x\"", "mod.toml:2:11: warning: command 'kit' has no commands.add(\"kit\", …)")]
    [InlineData("[exports.price]\nvisibility = \"public\"", "mod.toml:2:10: warning: export 'price' has no mod.export(\"price\", …)")]
    public void Mistakes_of_the_manifest_have_their_place_too(string manifest, string finding)
    {
        string[] found = Check("", manifest);
        Assert.True(found.Any(line => line.StartsWith($"kits/{finding}", StringComparison.Ordinal)), string.Join('\n', found));
    }

    [Fact]
    public void Messages_must_be_declared_in_the_direction_they_go()
    {
        string[] found = Check("net.on('got', print)\nnet.broadcast('buy')\nfunction PlayerConnect(p) p:send('boght') end", """
            [messages.buy]
            direction = "to_server"
            [messages.got]
            direction = "to_client"
            [messages.bought]
            direction = "to_client"
            """);
        Assert.Contains("kits/init.luau:1:9: error: message 'got' is declared as to_client, so no client sends it", found);
        Assert.Contains("kits/init.luau:2:16: error: message 'buy' is declared as to_server, so it cannot be sent", found);
        Assert.Contains("kits/init.luau:3:35: error: message 'boght' is not declared in mod.toml, did you mean 'bought'?", found);
    }

    [Fact]
    public void What_is_asked_for_declared_and_handled_is_not_complained_about()
    {
        string[] found = Check(new Dictionary<string, string>
        {
            ["mod.toml"] = """
                id = "kits"
                [permissions]
                required = ["player.read", "net.message", "console.command", "chat.read", "chat.filter", "mods.call"]
                optional = ["player.kick"]
                [messages.buy]
                direction = "to_server"
                [messages.bought]
                direction = "to_client"
                [commands.kit]
                help = "x"
                [optional_dependencies]
                economy = "*"
                """,
            ["init.luau"] = """
                local util = require("./util")
                local name = "kit"
                SHARED = { count = 0 }
                local Shop = {}
                function Shop.kick(self) end
                commands.add(name, function(ctx) ctx.reply(util.text) end)
                net.on("buy", function(player, payload) player:send("bought", payload) end)
                hook.add("PlayerChat", function(player, text) return if text == "x" then hook.deny() else nil end)
                hook.add("economy:Paid", function() SHARED.count += 1 end)
                function PlayerConnect(player)
                    player.data.seen = true
                    if perm.has("player.kick") then player:kick("no") end
                end
                local economy = mod.use("economy", { optional = true })
                if economy then economy.pay(1) end
                _G.later = function() end
                """,
            ["util.luau"] = "return { text = tostring(SHARED.count) }",
            ["tests/kits.luau"] = "local util = require('../util')\ntest('x', function(t) t:expect(util):toBeTruthy() end)",
        });
        Assert.Empty(found);
    }

    [Fact]
    public void Tests_are_checked_as_tests()
    {
        string[] found = Check(new Dictionary<string, string>
        {
            ["init.luau"] = "", ["mod.toml"] = "id = \"kits\"", ["tests/kits.luau"] = "tset('x', function(t) players.all() end)\nrequire('./nothere')", ["a.test.luau"] = "local = 1",
        });
        Assert.Contains("kits/tests/kits.luau:1:1: error: there is no global 'tset', did you mean 'test'?", found);
        Assert.Contains("kits/tests/kits.luau:1:23: error: there is no global 'players'; a test reaches the server only through t", found);
        Assert.Contains(found, line => line.StartsWith("kits/tests/kits.luau:2:10: error: require(\"./nothere\")", StringComparison.Ordinal));
        Assert.Contains(found, line => line.StartsWith("kits/a.test.luau:1:", StringComparison.Ordinal));
    }

    [Fact]
    public void The_code_of_the_tutorial_is_not_called_wrong()
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "writing-mods.md"));
        string manifest = "";
        foreach (Match block in Regex.Matches(page, @"```(luau|toml)\n(.*?)```", RegexOptions.Singleline))
        {
            if (block.Groups[1].Value == "toml")
            {
                manifest = block.Groups[2].Value;
                continue;
            }
            Dictionary<string, string> files = new() { ["init.luau"] = block.Groups[2].Value, ["names.luau"] = "return {}", ["mod.toml"] = manifest };
            if (manifest.Length == 0) files["mod.toml"] = "id = \"kits\"\n[optional_dependencies]\neconomy = \"*\"";
            manifest = "";
            Assert.DoesNotContain(Check(files), finding => finding.Contains(": error: ", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Another_API_level_tells_what_must_change()
    {
        var rows = ApiModel.Current.Rows.ToDictionary(library => library.Key, library => library.Value);
        var server = rows["server"].ToDictionary(row => row.Key, row => row.Value);
        server["tick"] = server["tick"] with { Deprecated = new ApiDeprecation("server.ticks()", 2) };
        server["ticks"] = server["tick"] with { Since = 2, Deprecated = null };
        rows["server"] = server;
        ApiModel model = ApiModel.Current with { Rows = rows };
        Dictionary<string, string> files = new() { ["mod.toml"] = "id = \"kits\"\napi = 1", ["init.luau"] = "print(server.tick())\nprint(server.ticks())" };

        Assert.Equal(
            ["kits/init.luau:1:14: warning: server.tick is deprecated and goes in API level 2; use server.ticks()",
                "kits/init.luau:2:14: error: server.ticks needs API level 2, this mod is checked for 1"],
            Check(files, 1, model));
        Assert.Equal(
            ["kits/init.luau:1:14: error: server.tick is gone in API level 2; use server.ticks()",
                "kits/mod.toml:2:7: warning: api is 1: a server of API level 2 does not start this mod until it says so"],
            Check(files, 2, model));
    }

    [Fact]
    public void Code_of_the_tutorial_and_hostile_nesting_do_not_trip_it()
    {
        Assert.Empty(Check($"local x = {new string('(', 900)}1{new string(')', 900)}"));
        Assert.Contains(Check($"local x = {new string('(', 5000)}1"), line => line.Contains("error", StringComparison.Ordinal));
    }
}
