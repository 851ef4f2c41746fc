using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Api;

/// <summary>Rights of players as mods see them, and commands that need them.</summary>
public class PlayerRightsTests
{
    const string Manifest = """
        [commands.kit]
        args = "<name:choice(starter|warrior)> [target:player] [count:integer(1..3)]"
        permission = "use"
        help = "gives a kit"
        [commands.ban]
        permission = "core.ban"
        refusal = "Only judges ban."
        [commands.free]
        """;

    static HostFixture Load(string source) => new HostFixture().Manifest("kits", Manifest).Mod("kits", source).Load();

    [Fact]
    public void Operators_come_before_defaults_and_defaults_end_with_the_mod()
    {
        using HostFixture host = Load("""
            perms.register("use", { description = "may take kits" })
            perms.register("look", { default = true })
            print(pcall(perms.register, "shop.use"))
            function PlayerConnect(p)
                print(p:can("use"), p:can("look"), p:can("kits.look"), p:can("nothing"), perms.check(p, "use"), perms.check("uid-9", "look"))
                print(perms.explain(p, "use"), "|", perms.explain(p, "look"), "|", perms.explain("uid-9", "other.right"))
            end
            function PermissionsChanged(p) print("changed", p.name, p:can("use")) end
            """);
        TestPlayer ada = host.Join("Ada");
        ada.Rights.Add("kits.use");
        host.Rights.Changed.Enqueue(ada.Uid);
        host.Tick();
        host.AssertPrinted("kits", "false the right 'shop.use' belongs to another mod; yours are named 'kits.name'", "false true true false false true",
            "refused by the default of mod kits | granted by the default of mod kits | refused: no rule names it and no mod makes it known", "changed Ada true");
        Assert.Equal(["kits.look", "kits.use"], host.Host.Rights().Select(right => right.Name));
        Assert.True(host.Host.Stop("kits").Accepted);
        Assert.Empty(host.Host.Rights());
    }

    [Fact]
    public void Commands_are_refused_to_players_without_the_right_in_the_mods_words_or_ours()
    {
        using HostFixture host = Load("for _, name in { 'kit', 'ban', 'free' } do commands.add(name, function(ctx) ctx.reply(name) end) end");
        TestPlayer ada = host.Join("Ada");
        foreach (string line in new[] { "/kit starter", "/ban", "/free" }) host.Host.PlayerChat(ada, line);
        Assert.Equal(["You may not use /kit: that needs the right kits.use.", "Only judges ban.", "free"], ada.Chat);
        ada.Chat.Clear();
        ada.Rights.UnionWith(["kits.use", "core.ban"]);
        foreach (string line in new[] { "/kit starter", "/ban", "/kit STARTER ada 3", "/kit none", "/kit starter ada 4", "/kit starter ada 1.5", "/kit starter ada 1 2" }) host.Host.PlayerChat(ada, line);
        Assert.Equal(["kit", "ban", "kit", "name: 'none' is not one of starter, warrior", "count: must be 1 to 3", "count: '1.5' is not a whole number",
            "too many arguments; usage: <name:choice(starter|warrior)> [target:player] [count:integer(1..3)]"], ada.Chat);
        var replies = new List<string>();
        Assert.True(host.Host.ConsoleCommand("console", "ban", replies.Add));
        Assert.Equal(["ban"], replies);
    }

    [Fact]
    public void Completion_offers_what_a_player_may_type()
    {
        using HostFixture host = Load("""
            commands.add("kit", function(ctx) end, { complete = function(argument, word, player)
                if argument == "count" then return { "1", "2", "3" } end
                return { "warden", word .. "!" }
            end })
            commands.add("ban", function(ctx) end)
            commands.add("free", function(ctx) end)
            """);
        TestPlayer ada = host.Join("Ada"), bo = host.Join("Bo Berg");
        string Words(TestPlayer? player, string line)
        {
            Ports.CommandSuggestions offer = host.Host.Complete(player, line);
            return $"{offer.Usage.Split(' ')[0]}: {string.Join(' ', offer.Words)}".Trim();
        }
        Assert.Equal(": free", Words(ada, "/"));
        Assert.Equal(":", Words(ada, "/kit "));
        ada.Rights.Add("kits.use");
        Assert.Equal(": free kit", Words(ada, "/"));
        Assert.Equal(": kit", Words(ada, "/k"));
        Assert.Equal("kit: starter warrior warden !", Words(ada, "/kit "));
        Assert.Equal("kit: warrior warden wa!", Words(ada, "kit wa"));
        Assert.Equal("kit: Ada \"Bo Berg\" warden !", Words(ada, "/kit starter "));
        Assert.Equal("kit: \"Bo Berg\" bo!", Words(ada, "/kit starter bo"));
        Assert.Equal("kit: 1 2 3", Words(ada, "/kit starter Ada "));
        Assert.Equal("kit:", Words(ada, "/kit starter Ada 2 "));
        Assert.Equal(": ban free kit", Words(null, ""));
        Assert.Equal(["ban", "free", "kit"], host.Host.Commands().Select(command => command.Name));
    }

    [Fact]
    public void Commands_list_tells_arguments_and_rights()
    {
        using HostFixture host = Load("""
            commands.add("kit", function(ctx) end)
            commands.add("free", function(ctx) end)
            function PlayerConnect(p)
                for _, c in commands.list() do
                    local parts = {}
                    for _, a in c.arguments do table.insert(parts, `{a.name}:{a.type}:{a.optional}:{table.concat(a.choices, "/")}`) end
                    print(c.name, c.mod, c.right, c.help, table.concat(parts, " "))
                end
                print(#commands.list(p))
            end
            """);
        host.Join("Ada");
        host.AssertPrinted("kits", "free kits nil  ", "kit kits kits.use gives a kit name:choice:false:starter/warrior target:player:true: count:integer:true:", "1");
    }

    [Theory]
    [InlineData("<a:choice()>", "'a': write the words of a choice as choice(on|off)")]
    [InlineData("<a:string(1..2)>", "'a': only number and integer take a range, like integer(1..10)")]
    [InlineData("<a:integer(3..1)>", "'a': only number and integer take a range, like integer(1..10)")]
    [InlineData("<a:number> <a:number>", "'a' is named twice")]
    [InlineData("<a:colour>", "unknown type 'colour': string, number, integer, player, choice(a|b) or text")]
    public void Mistakes_in_declared_arguments_are_told(string args, string problem) => Assert.Equal(problem, GameServer.Scripting.Api.CommandArguments.TryParse(args, out _));
}
