using System.Net;
using System.Net.Sockets;
using GameServer.Net;
using GameServer.Support;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>The whole product as an operator, a player and a modder meet it: the real executable, real UDP, real files.</summary>
public sealed class EndToEndTests : IDisposable
{
    // Limits are wide, because a busy test machine may stop any thread for longer than a mod may take.
    const string FreePorts = """
        [net]
        port = 0
        [admin]
        port = 0
        [limits.user]
        tick_hard_ms = 5000
        event_hard_ms = 5000
        call_hard_ms = 5000
        load_ms = 30000
        onload_ms = 10000

        """;

    const string Greeter = """
        local version = "VERSION"

        function OnLoad(info)
            for _, player in players.all() do
                player:chat(`reloaded {version} because {info.reason}`)
            end
        end

        function PlayerConnect(player)
            player:chat(`hello {player.name} from {version}`)
        end

        function PlayerChat(player, text)
            if text == "ping" then
                player:send("pong", 7)
            end
        end
        """;

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_player_joins_chats_sees_a_mod_reload_and_stays_until_the_server_stops_cleanly()
    {
        _folder.Write("server.toml", FreePorts);
        _folder.Write("mods/greeter/init.luau", Greeter.Replace("VERSION", "one", StringComparison.Ordinal));
        using RunningServer server = RunningServer.Start(_folder.Path);
        using TestPlayer ada = new(await server.ReadyAsync(), "Ada");

        await ada.UntilAsync("welcome 1 Ada", server);
        await ada.UntilAsync("chat 0: hello Ada from one", server);
        ada.Client.Chat("hi all");
        await ada.UntilAsync("chat 1: hi all", server);
        ada.Client.Chat("ping");
        await ada.UntilAsync("message greeter:pong 0407000000", server);

        _folder.Write("mods/greeter/init.luau", Greeter.Replace("VERSION", "two", StringComparison.Ordinal));
        await ada.UntilAsync("chat 0: reloaded two because reload", server);

        _folder.Write("mods/greeter/init.luau", "function OnLoad( oops");
        string refused = await server.LineAsync("greeter/init.luau:1:");
        Assert.Contains("greeter", refused, StringComparison.Ordinal);
        ada.Client.Chat("ping");
        ada.Log.Clear();
        await ada.UntilAsync("message greeter:pong", server);

        server.Signal(15);
        await ada.UntilAsync("end Stopping", server);
        Assert.Equal(ExitCodes.Ok, await server.ExitAsync());
        string log = await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "logs"), "gameserver-*.log")));
        foreach (string expected in new[] { "ready in", "player 1 Ada joined", "chat 1 Ada: hi all", "greeter", "stopping: signal SIGTERM", "player 1 Ada left", "stopped after" })
            Assert.Contains(expected, log, StringComparison.Ordinal);
        Assert.DoesNotContain("FATAL", log, StringComparison.Ordinal);
        string token = (await File.ReadAllTextAsync(Path.Combine(_folder.Path, "config", "admin.token"))).Trim();
        Assert.DoesNotContain(token, log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_of_both_lines_join_one_port_and_talk_to_each_other()
    {
        _folder.Write("server.toml", FreePorts);
        _folder.Write("mods/quiet/init.luau", "");
        using RunningServer server = RunningServer.Start(_folder.Path);
        int port = await server.ReadyAsync();
        using TestPlayer older = new(port, "Older", dialect: WireDialect.V1);
        await older.UntilAsync("welcome", server);
        using TestPlayer newer = new(port, "Newer", dialect: WireDialect.V2);
        await newer.UntilAsync("welcome", server);
        using TestPlayer stranger = new(port, "Stranger", key: "wrong");
        await stranger.UntilAsync("end WrongKey: wrong key", server);

        older.Client.Chat("across");
        older.Client.Update();

        await newer.UntilAsync("chat 1: across", server);
        server.Signal(2);
        Assert.Equal(ExitCodes.Ok, await server.ExitAsync());
    }

    [Fact]
    public async Task An_operator_sees_and_steers_the_running_server_with_the_same_executable()
    {
        string file = _folder.Write("server.toml", FreePorts);
        _folder.Write("mods/greeter/init.luau", Greeter);
        using RunningServer server = RunningServer.Start(_folder.Path);
        using TestPlayer ada = new(await server.ReadyAsync(), "Ada");
        await ada.UntilAsync("welcome", server);
        string listening = await server.LineAsync("admin API on 127.0.0.1:");
        string port = listening.Split("127.0.0.1:")[1].Split(',')[0];

        Assert.Equal((ExitCodes.Ok, "ready\n"), Verb("check", "--live"));
        Assert.Contains("Ada", Verb("players").Output, StringComparison.Ordinal);
        Assert.Contains("greeter", Verb("mod", "list").Output, StringComparison.Ordinal);
        Assert.Contains("\"tick_rate\":30", Verb("status", "--json").Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Ok, Verb("mod", "reload", "greeter").Code);
        await ada.UntilAsync("chat 0: reloaded", server);
        Assert.Equal(ExitCodes.Ok, Verb("mod", "limit", "greeter", "timers", "12").Code);
        Assert.Contains("\"timers\":12", Verb("mod", "show", "greeter", "--json").Output, StringComparison.Ordinal);
        File.AppendAllText(file, "[limits.core]\ntimers = 33\n[mods.greeter.limits]\ntimers = 34\n");
        Assert.Equal((ExitCodes.Ok, "limits of 1 mods changed; 0 are reloaded because their rights changed\n"), Verb("config", "reload"));
        string shown = Verb("mod", "show", "greeter", "--json").Output;
        Assert.Contains("\"memory_hard_mb\":20", shown, StringComparison.Ordinal);
        Assert.Contains("\"timers\":34", shown, StringComparison.Ordinal);
        File.AppendAllText(file, "timerz = 1\n");
        (int refused, string why) = Verb("config", "reload");
        Assert.Equal(ExitCodes.Failed, refused);
        Assert.Contains("did you mean 'timers'?", why, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Ok, Verb("kick", "Ada", "--reason", "bye").Code);
        await ada.UntilAsync("end Kicked: bye", server);
        Assert.Equal(ExitCodes.Ok, Verb("stop", "--reason", "done").Code);
        Assert.Equal(ExitCodes.Ok, await server.ExitAsync());
        Assert.Contains("stopping: done", server.Output, StringComparison.Ordinal);
        Assert.Contains(": kick {", server.Output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.NotRunning, Verb("status").Code);

        (int Code, string Output) Verb(params string[] words)
        {
            using StringWriter output = new();
            using StringWriter error = new();
            int code = Server.Cli.CommandLine.Run([.. words, "--config", file, "--set", $"admin.port={port}"], output, error);
            return (code, output.ToString() + error);
        }
    }

    [Fact]
    public async Task A_mod_may_finish_its_work_before_the_stop_and_a_second_signal_does_not_wait_for_it()
    {
        _folder.Write("server.toml", FreePorts + "[server]\nshutdown_grace_s = 300\n");
        _folder.Write("mods/slow/init.luau", """
            function ServerShutdown(info)
                log.info("still working")
                task.wait(1000)
            end
            """);
        using RunningServer server = RunningServer.Start(_folder.Path);
        await server.ReadyAsync();

        server.Signal(15);
        await server.LineAsync("still working");
        server.Signal(15);

        Assert.NotEqual(ExitCodes.Ok, await server.ExitAsync());
    }

    [Fact]
    public async Task The_shipped_mods_all_run_and_bots_play_the_game()
    {
        _folder.Write("server.toml", FreePorts);
        Copy(Repository.PathOf("mods"), Path.Combine(_folder.Path, "mods"));
        int mods = Directory.GetDirectories(Repository.PathOf("mods")).Length;
        using RunningServer server = RunningServer.Start(_folder.Path);
        int port = await server.ReadyAsync();
        Assert.Contains($"mods {mods} ok", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("failed (", server.Output, StringComparison.Ordinal);

        using StringWriter output = new();
        using StringWriter error = new();
        int code = Server.Cli.CommandLine.Run(["bots", "--players", "5", "--port", $"{port}", "--seconds", "4", "--chat", "1", "--json"], output, error);

        Assert.True(code == ExitCodes.Ok, output + server.Output);
        using System.Text.Json.JsonDocument report = System.Text.Json.JsonDocument.Parse(output.ToString());
        Assert.True(report.RootElement.GetProperty("chat_lines_back").GetInt32() > 0, output.ToString());
        server.Signal(15);
        Assert.Equal(ExitCodes.Ok, await server.ExitAsync());
        Assert.DoesNotContain(server.Output.Split('\n'), l => l.Contains("ERROR", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Broken_mods_are_named_with_file_and_line_and_the_others_run()
    {
        _folder.Write("server.toml", FreePorts);
        _folder.Write("mods/good/init.luau", Greeter);
        _folder.Write("mods/syntax/init.luau", "local x =\nlocal y = = 2\n");
        _folder.Write("mods/crash/init.luau", "error('at load')");
        _folder.Write("mods/double/mod.toml", "id = \"good\"\nversion = \"1.0.0\"\n");
        _folder.Write("mods/double/init.luau", "");
        _folder.Write("mods/noentry/mod.toml", "id = \"noentry\"\nversion = \"1.0.0\"\nentry = \"main.luau\"\n");
        _folder.Write("mods/spelling/mod.toml", "id = \"spelling\"\nversion = \"1.0.0\"\nentri = \"init.luau\"\n");
        _folder.Write("mods/spelling/init.luau", "");
        using RunningServer server = RunningServer.Start(_folder.Path);

        int port = await server.ReadyAsync();

        string ready = await server.LineAsync("ready in");
        Assert.Contains("mods 1 ok, 5 failed (", ready, StringComparison.Ordinal);
        foreach (string expected in new[] { "syntax/init.luau:2:", "crash/init.luau:1:", "double/mod.toml:1:", "noentry/main.luau", "'entri', did you mean 'entry'?" })
            await server.LineAsync(expected);
        using TestPlayer ada = new(port, "Ada");
        await ada.UntilAsync("chat 0: hello Ada", server);
        server.Signal(15);
        Assert.Equal(ExitCodes.Ok, await server.ExitAsync());
    }

    [Fact]
    public async Task A_taken_port_ends_the_start_with_code_3_and_its_name()
    {
        using Socket taken = new(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        _folder.Write("server.toml", FreePorts);
        _folder.Write("mods/quiet/init.luau", "");
        using RunningServer server = RunningServer.Start(_folder.Path, "--set", $"net.port={port}");

        Assert.Equal(ExitCodes.PortInUse, await server.ExitAsync());
        Assert.Contains($"UDP port {port}", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_admin_port_ends_the_start_with_code_3_and_its_name()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        int port = ((IPEndPoint)taken.LocalEndPoint!).Port;
        _folder.Write("server.toml", FreePorts);
        _folder.Write("mods/quiet/init.luau", "");
        using RunningServer server = RunningServer.Start(_folder.Path, "--set", $"admin.port={port}");

        Assert.Equal(ExitCodes.PortInUse, await server.ExitAsync());
        Assert.Contains($"TCP port {port}", server.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_settings_and_a_missing_mods_folder_end_the_start_with_code_2_and_every_mistake()
    {
        _folder.Write("server.toml", "[net]\nprot = 1\n[server]\ntick_hz = 9\n");
        using RunningServer server = RunningServer.Start(_folder.Path);

        Assert.Equal(ExitCodes.OperatorMistake, await server.ExitAsync());
        foreach (string expected in new[] { "server.toml:2:1: unknown key 'net.prot', did you mean 'port'?", "server.toml:4:11: 'server.tick_hz'", "there is no folder" })
            Assert.Contains(expected, server.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder.Path, "logs")), "nothing was started");
    }

    static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }
}
