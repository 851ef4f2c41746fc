using System.Net;
using GameServer.Net;
using GameServer.Server.Cli;
using GameServer.Server.Players;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>A player of a real server that writes down everything it is told.</summary>
sealed class TestPlayer : IGameClientEvents, IDisposable
{
    readonly GameClient _client;

    public TestPlayer(int port, string name, string key = "gameserver", WireDialect dialect = WireDialect.V2, byte[]? session = null, byte[]? ticket = null)
    {
        _client = new GameClient(this, TimeProvider.System);
        _client.Connect(new IPEndPoint(IPAddress.Loopback, port), new ConnectData(key, PlayerProtocol.Version, name, "en", ticket ?? []) { Session = session ?? [] }, dialect);
    }

    /// <summary>What happened, one line each: <c>welcome 1 Ada</c>, <c>chat 0: text</c>, <c>message mod:name</c>, <c>end Kicked: text</c>.</summary>
    public List<string> Log { get; } = [];

    public GameClient Client => _client;

    public void Welcome(GameClient client, int playerId, string name, string server, int tickRate) => Log.Add($"welcome {playerId} {name}");

    public void Chat(GameClient client, int speaker, string name, string text) => Log.Add($"chat {speaker}: {text}");

    public void Message(GameClient client, string name, ReadOnlySpan<byte> value) => Log.Add($"message {name} {Convert.ToHexStringLower(value)}");

    public void Ended(GameClient client, LeaveCode code, string text) => Log.Add($"end {code}: {text}");

    /// <summary>Goes on until a line begins with a text.</summary>
    public async Task<string> UntilAsync(string beginning, RunningServer server)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(began) < RunningServer.Limit)
        {
            _client.Update();
            if (Log.Find(l => l.StartsWith(beginning, StringComparison.Ordinal)) is { } line)
                return line;
            await Task.Delay(10);
        }
        Assert.Fail($"'{beginning}' did not happen; the player saw:\n{string.Join('\n', Log)}\nthe server wrote:\n{server.Output}");
        return "";
    }

    public void Dispose() => _client.Dispose();
}
