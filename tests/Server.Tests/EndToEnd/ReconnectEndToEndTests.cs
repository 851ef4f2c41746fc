using GameServer.Support;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>Losing a connection to the real server and coming back; lists of players that outlive it.</summary>
public sealed class ReconnectEndToEndTests : IDisposable
{
    const string Settings = """
        [net]
        port = 0
        timeout_ms = 1000
        [players]
        reconnect_window_s = 60
        [admin]
        port = 0
        [limits.user]
        tick_hard_ms = 5000
        event_hard_ms = 5000
        load_ms = 30000
        onload_ms = 10000

        """;

    const string Keeper = """
        local visits = 0
        function PlayerConnect(player)
            visits += 1
            player.data.visit = visits
        end
        function PlayerResume(player, away)
            player:chat(`visit {player.data.visit}, away {away > 0}`)
        end
        function PlayerDisconnect(player, reason)
            log.info(`gone: {player.name} {reason}`)
        end
        """;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_player_whose_client_vanished_comes_back_as_the_same_player()
    {
        string file = _folder.Write("server.toml", Settings);
        _folder.Write("mods/keeper/init.luau", Keeper);
        using RunningServer server = RunningServer.Start(_folder.Path);
        int port = await server.ReadyAsync();
        string admin = (await server.LineAsync("admin API on 127.0.0.1:")).Split("127.0.0.1:")[1].Split(',')[0];
        using TestPlayer ada = new(port, "Ada");
        await ada.UntilAsync("welcome 1 Ada", server);
        while (ada.Client.SessionToken.Length == 0)
        {
            ada.Client.Update();
            await Task.Delay(10);
        }

        // The client says nothing any more, as after a crash.
        await server.LineAsync("player 1 Ada is away: timed out; the place is held for 60 s");
        Assert.Contains("held", Verb("players").Output, StringComparison.Ordinal);
        using TestPlayer back = new(port, "Whoever", session: ada.Client.SessionToken);
        await back.UntilAsync("welcome 1 Ada", server);
        await back.UntilAsync("chat 0: visit 1, away true", server);
        Assert.True(back.Client.IsResumed);
        back.Client.Chat("I am back");
        await back.UntilAsync("chat 1: I am back", server);
        Assert.DoesNotContain("gone: Ada", server.Output, StringComparison.Ordinal);

        back.Client.Leave();
        back.Client.Update();
        await server.LineAsync("gone: Ada left");
        server.Signal(15);
        Assert.Equal(ExitCodes.Ok, await server.ExitAsync());

        (int Code, string Output) Verb(params string[] words) => Run(file, admin, words);
    }

    [Fact]
    public async Task The_whitelist_and_bans_hold_across_a_restart()
    {
        string file = _folder.Write("server.toml", Settings);
        _folder.Write("mods/keeper/init.luau", Keeper);
        using (RunningServer first = RunningServer.Start(_folder.Path))
        {
            await first.ReadyAsync();
            string admin = (await first.LineAsync("admin API on 127.0.0.1:")).Split("127.0.0.1:")[1].Split(',')[0];
            Assert.Equal((ExitCodes.Ok, "guest:ada may join; the list is off, so may everybody\n"), Run(file, admin, "whitelist", "add", "Ada"));
            Assert.Equal(ExitCodes.Ok, Run(file, admin, "whitelist", "add", "Eve").Code);
            Assert.Equal(ExitCodes.Ok, Run(file, admin, "whitelist", "add", "203.0.113.0/24").Code);
            Assert.Equal(ExitCodes.Ok, Run(file, admin, "whitelist", "remove", "203.0.113.0/24").Code);
            Assert.Equal(ExitCodes.Failed, Run(file, admin, "whitelist", "remove", "nobody").Code);
            Assert.Equal((ExitCodes.Ok, "only those on the list may join now (2 entries)\n"), Run(file, admin, "whitelist", "on"));
            Assert.Equal((ExitCodes.Ok, "b-1: guest:eve is banned; 0 online are disconnected\n"), Run(file, admin, "ban", "Eve", "--for", "7d", "--reason", "team kill"));
            Assert.Equal(ExitCodes.Ok, Run(file, admin, "ban", "198.51.100.0/24").Code);
            Assert.Equal((ExitCodes.Ok, "1 bans lifted\n"), Run(file, admin, "unban", "198.51.100.0/24"));
            Assert.Contains("guest:ada", Run(file, admin, "whitelist", "list").Output, StringComparison.Ordinal);
            Assert.Equal(ExitCodes.Ok, Run(file, admin, "shield", "on").Code);
            Assert.Contains("\"on\":true", Run(file, admin, "shield", "status", "--json").Output, StringComparison.Ordinal);
            Assert.Equal(ExitCodes.Ok, Run(file, admin, "shield", "off").Code);
            first.Signal(15);
            Assert.Equal(ExitCodes.Ok, await first.ExitAsync());
        }

        using RunningServer second = RunningServer.Start(_folder.Path);
        int port = await second.ReadyAsync();
        using TestPlayer bob = new(port, "Bob");
        await bob.UntilAsync("end NotListed", second);
        using TestPlayer eve = new(port, "Eve");
        string banned = await eve.UntilAsync("end Banned", second);
        Assert.Matches(@"banned until \d{4}-\d\d-\d\d \d\d:\d\d UTC: team kill \(b-1\)", banned);
        using TestPlayer ada = new(port, "Ada");
        await ada.UntilAsync("welcome", second);
    }

    static (int Code, string Output) Run(string file, string adminPort, params string[] words)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        int code = Server.Cli.CommandLine.Run([.. words, "--config", file, "--set", $"admin.port={adminPort}"], output, error);
        return (code, output.ToString() + error);
    }
}
