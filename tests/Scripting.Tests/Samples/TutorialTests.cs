using System.Text.RegularExpressions;
using GameServer.Scripting.Tests.Support;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Samples;

/// <summary>The code of docs/writing-mods.md runs: each Luau block is a mod of its own, with the manifest above it when there is one.</summary>
public class TutorialTests
{
    static readonly string Page = File.ReadAllText(Repository.PathOf("docs", "writing-mods.md"));

    [Fact]
    public void Every_block_runs_without_an_error()
    {
        MatchCollection blocks = Regex.Matches(Page, @"```(luau|toml)\n(.*?)```", RegexOptions.Singleline);
        Assert.True(blocks.Count >= 8);
        string? manifest = null;
        foreach (Match block in blocks)
        {
            string code = block.Groups[2].Value;
            if (block.Groups[1].Value == "toml")
            {
                manifest = code;
                continue;
            }
            using HostFixture host = new HostFixture().Grant("kits", "connect.decide", "chat.filter").Mod("kits", code).Mod("kits", "return { 'a' }", "names.luau")
                .Manifest("economy", "version = \"1.2.0\"").Mod("economy", "mod.export('balance', function() return 5 end) timer.after(1, function() events.emit('paid', { n = 1 }) end)");
            if (manifest is not null) host.Mod("kits", manifest, "mod.toml");
            host.Load();
            Assert.True(host.StateOf("kits") == ModState.Running, $"{code}\n{string.Join('\n', host.Log.Lines)}");
            TestPlayer ada = host.Join("Ada");
            using var wire = new Wire();
            host.Host.PlayerMessage(ada, "kits:buy", wire.Encode("{ item = 'sword', count = 2 }"));
            host.Host.PlayerChat(ada, "/kit starter");
            host.Host.PlayerChat(ada, "help");
            host.Host.PlayerConnecting(new Ports.JoinCandidate("Mallory", "u", "192.0.2.1", Ports.PlayerTrust.Guest, "en"), _ => { });
            host.Tick(400);
            host.Reload("kits").Tick(10);
            Assert.True(host.Log.Of(Serilog.Events.LogEventLevel.Error).Count == 0, $"{code}\n{string.Join('\n', host.Log.Of(Serilog.Events.LogEventLevel.Error))}");
            manifest = null;
        }
    }

    [Fact]
    public void The_manifest_block_does_what_the_text_says()
    {
        MatchCollection blocks = Regex.Matches(Page, @"```(luau|toml)\n(.*?)```", RegexOptions.Singleline);
        int at = blocks.ToList().FindIndex(block => block.Groups[1].Value == "toml");
        using HostFixture host = new HostFixture().Mod("kits", blocks[at].Groups[2].Value, "mod.toml").Mod("kits", blocks[at + 1].Groups[2].Value).Manifest("economy", "version = \"1.2.0\"").Mod("economy", "").Load();
        TestPlayer ada = host.Join("Ada");
        using var wire = new Wire();
        Assert.Equal(Ports.MessageOutcome.Delivered, host.Host.PlayerMessage(ada, "kits:buy", wire.Encode("{ item = 'sword', count = 2 }")));
        Assert.Equal(Ports.MessageOutcome.NotAsDeclared, host.Host.PlayerMessage(ada, "kits:buy", wire.Encode("{ item = 'sword', count = 256 }")));
        Assert.Equal("kits:bought", Assert.Single(ada.Messages).Name);
        host.Host.PlayerChat(ada, "/kit warrior");
        host.Host.PlayerChat(ada, "/kit");
        Assert.Equal(["7 items for Ada", "'name' is missing; usage: <name:string> [target:player]"], ada.Chat);
    }
}
