using System.Globalization;
using System.Text.Json;
using GameServer.Net.Payloads;
using GameServer.Server.Admin;
using GameServer.Support;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>One real server with a small mod that answers, and an honest player who plays on whatever others do.</summary>
public sealed class HostileServer : IAsyncLifetime
{
    const string Settings = """
        [net]
        port = 0
        max_players = 24
        timeout_ms = 6000
        [players]
        reconnect_window_s = 2
        [admin]
        port = 0
        [limits.user]
        tick_hard_ms = 5000
        event_hard_ms = 5000
        call_hard_ms = 5000
        load_ms = 30000
        onload_ms = 10000

        """;

    const string Manifest = """
        id = "arena"
        version = "1.0.0"
        [permissions]
        required = ["net.message", "player.read", "chat.send", "console.command"]
        [messages.ping]
        direction = "to_server"
        schema = { n = "i32", s = "string(8)?" }
        rate = "15/s burst 30"
        [messages.pong]
        direction = "to_client"
        [commands.noop]
        help = "does nothing"
        """;

    const string Arena = """
        net.on("ping", function(player, payload)
            player:send("pong", payload)
        end)
        commands.add("noop", function(ctx)
            ctx.reply("done")
        end)
        """;

    // Of the honest player, during every attack.
    const int PingsMin = 5;

    static readonly TimeSpan CounterLimit = TimeSpan.FromSeconds(20);

    readonly TemporaryFolder _folder = new();
    readonly PayloadWriter _value = new();
    RunningServer? _server;
    AdminClient? _admin;
    TestPlayer? _honest;
    int _sent;
    long _nextPing;

    internal RunningServer Process => _server!;

    public int Port { get; private set; }

    async Task IAsyncLifetime.InitializeAsync()
    {
        _folder.Write("server.toml", Settings);
        _folder.Write("mods/arena/mod.toml", Manifest);
        _folder.Write("mods/arena/init.luau", Arena);
        _server = RunningServer.Start(_folder.Path);
        Port = await _server.ReadyAsync();
        string listening = await _server.LineAsync("admin API on 127.0.0.1:");
        string token = (await File.ReadAllTextAsync(Path.Combine(_folder.Path, "config", "admin.token"))).Trim();
        _admin = new AdminClient(new Uri("http://127.0.0.1:" + listening.Split("127.0.0.1:")[1].Split(',')[0]), token);
        _honest = new TestPlayer(Port, "Honest");
        await _honest.UntilAsync("welcome", _server);
    }

    Task IAsyncLifetime.DisposeAsync()
    {
        _honest?.Dispose();
        _admin?.Dispose();
        _server?.Dispose();
        _folder.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>Lets somebody attack for a while, the honest player playing on, and checks that it noticed nothing and that each counter went up.</summary>
    /// <param name="attack">One step of the attack; called about every 10 ms.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="counters">Names in <c>gameserver status</c>.</param>
    internal async Task AttackAsync(Action attack, double seconds, params string[] counters)
    {
        Dictionary<string, long> before = await CountersAsync();
        int played = _sent;
        long began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began).TotalSeconds < seconds || _sent < played + PingsMin)
        {
            attack();
            Play();
            await Task.Delay(10);
        }
        Dictionary<string, long> after = await WaitForAsync(counters, before, attack);
        foreach (string counter in counters)
            Assert.True(after[counter] > before[counter], $"{counter} did not count");
        while (Answered() < _sent && TimeProvider.System.GetElapsedTime(began) < RunningServer.Limit)
        {
            _honest!.Client.Update();
            await Task.Delay(10);
        }
        Assert.Equal(_sent, Answered());
        Assert.DoesNotContain(_honest!.Log, l => l.StartsWith("end", StringComparison.Ordinal));
        Assert.DoesNotContain("[FTL]", _server!.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", _server.Output, StringComparison.Ordinal);
    }

    /// <summary>A counter of <c>gameserver status</c>.</summary>
    internal async Task<Dictionary<string, long>> CountersAsync()
    {
        AdminReply reply = await _admin!.RunAsync(AdminCommands.All.First(c => c.Name == "status"), new Dictionary<string, object>());
        Assert.True(reply.Ok);
        return reply.Body.GetProperty("counters").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetInt64());
    }

    /// <summary>How many players the server shows, and how many of them it holds a place for.</summary>
    internal async Task<(int All, int Held)> PlayersAsync()
    {
        AdminReply reply = await _admin!.RunAsync(AdminCommands.All.First(c => c.Name == "players"), new Dictionary<string, object>());
        List<JsonElement> players = [.. reply.Body.EnumerateArray()];
        return (players.Count, players.Count(p => p.GetProperty("state").GetString() == "held"));
    }

    /// <summary>Waits until everybody but the honest player is gone.</summary>
    internal async Task AloneAsync()
    {
        long began = TimeProvider.System.GetTimestamp();
        while ((await PlayersAsync()).All > 1)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < RunningServer.Limit, "others are still there");
            Play();
            await Task.Delay(10);
        }
    }

    /// <summary>One step of the honest player: ten pings per second, each of which has to be answered.</summary>
    internal void Play()
    {
        _honest!.Client.Update();
        if (TimeProvider.System.GetTimestamp() < _nextPing)
            return;
        _nextPing = TimeProvider.System.GetTimestamp() + (TimeProvider.System.TimestampFrequency / 10);
        if (_honest.Client.Message("arena:ping", Ping(_sent)))
            _sent++;
    }

    /// <summary>{ n = number } in the encoding of docs/protocol.md, section 4.</summary>
    internal byte[] Ping(int number) =>
        _value.Clear().WriteByte(10).WriteUInt16(1).WriteByte(5).WriteString("n").WriteByte(4).WriteInt32(number).Written.ToArray();

    async Task<Dictionary<string, long>> WaitForAsync(string[] counters, Dictionary<string, long> before, Action attack)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            Dictionary<string, long> now = await CountersAsync();
            if (counters.All(c => now.GetValueOrDefault(c) > before.GetValueOrDefault(c)) || TimeProvider.System.GetElapsedTime(began) > CounterLimit)
                return now;
            attack();
            Play();
            await Task.Delay(10);
        }
    }

    int Answered() => _honest!.Log.Count(l => l.StartsWith("message arena:pong", StringComparison.Ordinal));

    /// <summary>Text of a number in a log line.</summary>
    internal static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
