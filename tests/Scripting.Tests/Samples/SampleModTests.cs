using GameServer.Scripting.Tests.Support;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Samples;

/// <summary>The mods that ship in mods/ do what they say.</summary>
public class SampleModTests
{
    static HostFixture Load(params string[] ids)
    {
        var host = new HostFixture();
        foreach (string id in ids)
        {
            foreach (string file in Directory.EnumerateFiles(Repository.PathOf("mods", id)))
                host.Mod(id, File.ReadAllText(file), Path.GetFileName(file));
        }
        host.Load();
        foreach (string id in ids) Assert.Equal(ModState.Running, host.StateOf(id));
        return host;
    }

    static void AssertNoErrors(HostFixture host) => Assert.Empty(host.Log.Of(Serilog.Events.LogEventLevel.Error));

    [Fact]
    public void Hello_greets_and_its_counter_survives_a_reload()
    {
        using HostFixture host = Load("hello");
        host.Tick(10);
        Assert.Equal("Welcome, Ada! This server has been ticking for 10 ticks.", Assert.Single(host.Join("Ada").Chat));
        host.Reload("hello");
        TestPlayer bo = host.Join("Bo");
        Assert.Matches("ticking for [1-9][0-9]+ ticks", bo.Chat[0]);
        AssertNoErrors(host);
    }

    [Fact]
    public void Chat_lists_whispers_and_answers()
    {
        using HostFixture host = Load("chat");
        TestPlayer ada = host.Join("Ada"), bo = host.Join("Bo Berg");
        Assert.Contains("Ada joined. Type /help for commands.", ada.Chat);
        Assert.Null(host.Host.PlayerChat(ada, "/who").Text);
        Assert.Equal("2 here: Ada, Bo Berg", ada.Chat[^1]);
        host.Host.PlayerChat(ada, "/w \"Bo Berg\" hi there");
        Assert.Equal("Ada whispers: hi there", bo.Chat[^1]);
        host.Host.PlayerChat(bo, "/r hello yourself");
        Assert.Equal("Bo Berg whispers: hello yourself", ada.Chat[^1]);
        host.Host.PlayerChat(ada, "/me waves");
        Assert.Equal("* Ada waves", bo.Chat[^1]);
        host.Host.PlayerChat(ada, "/w nobody x");
        Assert.StartsWith("to: no player", ada.Chat[^1], StringComparison.Ordinal);
        host.Host.PlayerChat(ada, "/say x");
        Assert.Equal("You may not use /say: that needs the right chat.say.", ada.Chat[^1]);
        host.Host.PlayerChat(ada, "/help");
        Assert.Contains(ada.Chat, line => line.StartsWith("/w <to:player> <text:text> - ", StringComparison.Ordinal));
        host.Host.PlayerChat(ada, "/nosuch");
        Assert.Equal("Unknown command: /nosuch", ada.Chat[^1]);
        var replies = new List<string>();
        Assert.True(host.Host.ConsoleCommand("console", "say hello all", replies.Add));
        Assert.Equal("hello all", bo.Chat[^1]);
        Assert.Equal("hello", host.Host.PlayerChat(ada, "hello").Text);
        AssertNoErrors(host);
    }

    [Fact]
    public void Territory_is_played_and_survives_a_reload()
    {
        using HostFixture host = Load("territory");
        using var wire = new Wire();
        TestPlayer ada = host.Join("Ada"), bo = host.Join("Bo");
        (string name, byte[] welcome) = ada.Messages[0];
        Assert.Equal("territory:welcome", name);
        Assert.Equal("32 20 1 640", wire.Decode(welcome, "v.width .. ' ' .. v.height .. ' ' .. v.you .. ' ' .. buffer.len(v.owners)"));
        for (int i = 0; i < 5; i++) Assert.Equal(Ports.MessageOutcome.Delivered, MessageOutcomeOf(host, ada, wire, "{ dir = 'right' }"));
        Assert.Equal(Ports.MessageOutcome.Delivered, MessageOutcomeOf(host, bo, wire, "{ dir = 'left', dx = -1, dy = 0 }"));
        Assert.Equal(Ports.MessageOutcome.NotAsDeclared, MessageOutcomeOf(host, bo, wire, "{ dir = 5 }"));
        Assert.Equal(Ports.MessageOutcome.NotAsDeclared, MessageOutcomeOf(host, bo, wire, "{ fly = true }"));
        Assert.Equal(Ports.MessageOutcome.OverRate, Enumerable.Range(0, 60).Select(_ => MessageOutcomeOf(host, bo, wire, "{ dx = 0 }")).ToArray()[^1]);
        host.Tick(31);
        Mirror mirror = new Mirror().Take(ada);
        Assert.Equal("territory:clock territory:walker", string.Join(' ', mirror.Things.Values.Select(thing => thing.Kind).Distinct().Order()));
        byte[] scores = ada.Messages.Last(message => message.Name == "territory:scores").Value;
        Assert.Equal("Ada 6", wire.Decode(scores, "v[1].name .. ' ' .. v[1].cells"));
        Assert.Contains(ada.Messages, message => message.Name == "territory:cells");
        ada.Messages.Clear();
        host.Reload("territory");
        Assert.Contains(ada.Messages, message => message.Name == "territory:welcome");
        int walker = mirror.Things.Values.Single(thing => thing.Kind == "territory:walker" && wire.Decode(thing.Fields["name"], "v") == "Ada").Id;
        host.Tick(31);
        scores = ada.Messages.Last(message => message.Name == "territory:scores").Value;
        Assert.Equal("Ada 6", wire.Decode(scores, "v[1].name .. ' ' .. v[1].cells"));
        Assert.Equal("Ada", wire.Decode(mirror.Take(ada).Things[walker].Fields["name"], "v"));
        host.Leave(bo);
        host.Tick(3);
        Assert.Equal(2, mirror.Take(ada).Things.Count);
        host.Tick(31 * 125);
        Assert.Contains("Round 1 goes to Ada with 6 cells.", ada.Chat);
        AssertNoErrors(host);
    }

    static Ports.MessageOutcome MessageOutcomeOf(HostFixture host, TestPlayer player, Wire wire, string value) =>
        host.Host.PlayerMessage(player, "territory:move", wire.Encode(value));
}
