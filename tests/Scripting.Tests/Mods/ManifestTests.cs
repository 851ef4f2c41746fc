using System.Text;
using GameServer.Scripting.Mods;
using GameServer.Toml;

namespace GameServer.Scripting.Tests.Mods;

public class ManifestTests
{
    static ModManifest? Read(string toml, out string[] problems)
    {
        ModManifest? manifest = ManifestReader.Read(Encoding.UTF8.GetBytes(toml), "kits", out IReadOnlyList<TomlError> found);
        problems = [.. found.Select(problem => problem.ToString())];
        return manifest;
    }

    [Fact]
    public void A_full_manifest_is_read()
    {
        ModManifest manifest = Read("""
            id = "kits"
            name = "Kits"
            description = "Things to start with"
            authors = ["Ada"]
            version = "1.4.0"
            api = 1
            entry = "src/init.luau"
            hooks = ["OnLoad", "Think", "economy:Paid"]
            [dependencies]
            economy = "^2.1"
            chat-plus = { version = ">=1", optional = true }
            [optional_dependencies]
            stats = "*"
            [permissions]
            required = ["chat.send"]
            optional = ["player.kick"]
            [exports.give]
            visibility = "internal"
            requires = ["player.write"]
            [limits]
            memory_hard_mb = 8
            [reload]
            keep_state = false
            on_error = "stop"
            [messages.buy]
            direction = "to_server"
            schema = { item = "string(32)", count = "u8?", at = { x = "number", y = "number" }, tags = "list(string(8), 4)" }
            rate = "5/s burst 10"
            [commands.kit]
            permission = "use"
            args = "<name:string> [target:player]"
            help = "gives a kit"
            """, out string[] problems)!;
        Assert.Empty(problems);
        Assert.Equal("1.4.0", manifest.Version.ToNormalizedString());
        Assert.Equal(["economy", "chat-plus", "stats"], manifest.Dependencies.Select(d => d.Id));
        Assert.Equal([false, true, true], manifest.Dependencies.Select(d => d.Optional));
        Assert.Equal(8, manifest.Limits["memory_hard_mb"]);
        Assert.Equal(ReloadFailure.Stop, manifest.OnError);
        Assert.False(manifest.KeepState);
        Assert.NotNull(manifest.Declarations.Messages!["buy"].Schema);
        Assert.Equal(new Scripting.Api.MessageRate(5, 10), manifest.Declarations.Messages["buy"].Rate);
        Assert.False(manifest.Declarations.Exports["give"].IsPublic);
        Assert.Equal("use", manifest.Declarations.Commands["kit"].Permission);
    }

    [Fact]
    public void All_mistakes_are_reported_at_once_with_line_and_column()
    {
        Assert.Null(Read("""
            id = "other"
            verion = "1"
            version = "one"
            api = 9
            entry = "../x.luau"
            hooks = ["Thin"]
            [dependencies]
            kits = "*"
            economy = ">2 <1"
            [permissions]
            required = ["player.kik"]
            [limits]
            memory_hard_mb = 0
            [messages.buy]
            direction = "sideways"
            schema = { item = "strin" }
            rate = "often"
            [commands.kit]
            args = "<a:text> <b:string>"
            [reload]
            on_error = "panic"
            """, out string[] problems));
        string all = string.Join('\n', problems);
        foreach (string expected in (string[])
        [
            "1:1: id 'other' must be equal to the folder's name 'kits'", "2:1: unknown key 'verion', did you mean 'version'?", "3:11: version 'one'", "4:7: api 9 is not served",
            "5:9: entry '../x.luau'", "6:9: unknown hook 'Thin', did you mean 'Think'?", "kits = ", "9:11: version of 'economy' '>2 <1' is satisfied by no version",
            "11:12: unknown permission 'player.kik', did you mean 'player.kick'?", "13:18: 'limits.memory_hard_mb' must be 1 to 65536 MiB", "15:13: 'messages.buy.direction' must be",
            "16:19: 'messages.buy.schema.item': unknown type 'strin'", "17:8: 'messages.buy.rate' must be like", "19:8: 'commands.kit.args': 'text' must be the last argument",
            "21:12: 'reload.on_error' must be",
        ])
        {
            if (expected != "kits = ") Assert.Contains(expected, all, StringComparison.Ordinal);
        }
        Assert.Contains("8:1: a mod cannot depend on itself", all, StringComparison.Ordinal);
        Assert.Equal(problems.Length, problems.Distinct().Count());
    }

    [Theory]
    [InlineData("x = 1")]
    [InlineData("id = 5")]
    [InlineData("id = \"kits\"\nname = \"a\\u0007b\"")]
    [InlineData("id = \"kits\"\n[messages]\nbuy = 5")]
    [InlineData("id = \"kits\"\n[limits]\nmemory_hard_mb = nan")]
    [InlineData("id = \"kits\"\nid = \"kits\"")]
    [InlineData("\0")]
    public void Wrong_manifests_give_a_problem_and_never_raise(string toml)
    {
        Assert.Null(Read(toml, out string[] problems));
        Assert.NotEmpty(problems);
    }

    [Theory]
    [InlineData("core", false)]
    [InlineData("server", false)]
    [InlineData("_x", false)]
    [InlineData("Kits", false)]
    [InlineData("9kits", false)]
    [InlineData("kits!", false)]
    [InlineData("kits-2_b", true)]
    [InlineData("abcdefghijklmnopqrstuvwxyz0123456", false)]
    public void Ids_are_plain_words(string id, bool good) => Assert.Equal(good, ModId.Problem(id) is null);
}
