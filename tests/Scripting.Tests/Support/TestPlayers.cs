using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Tests.Support;

/// <summary>A player of a test.</summary>
sealed class TestPlayer(int id, string name, string language = "en") : IPlayer
{
    public int Id { get; } = id;
    public string Uid => $"uid-{Id}";
    public string Name { get; } = name;
    public string Language { get; } = language;
    public string Address => "192.0.2.1";
    public PlayerTrust Trust => PlayerTrust.Guest;
    public TimeSpan Ping => TimeSpan.FromMilliseconds(25);
    public TimeSpan ConnectedFor => TimeSpan.FromSeconds(1);
    public bool IsConnected { get; set; } = true;
    public List<string> Chat { get; } = [];
    public List<(string Name, byte[] Value)> Messages { get; } = [];
    public List<byte[]> Snapshots { get; } = [];
    public List<(uint Id, string Name, byte[] Value)> Requests { get; } = [];
    public List<(string Name, MessageOutcome Why)> DroppedMessages { get; } = [];
    public bool QueueIsFull { get; set; }
    public string? Kicked { get; set; }
    public HashSet<string> Rights { get; } = [];
}

/// <summary>Players in memory: remembers everything that is sent.</summary>
sealed class TestPlayers : IPlayerGateway
{
    readonly List<TestPlayer> _players = [];

    public IReadOnlyList<IPlayer> All => _players;

    /// <summary>Called when a line of chat goes to a player.</summary>
    public Action<TestPlayer, string>? Chatted { get; set; }

    public TestPlayer Add(string name, string language = "en")
    {
        var player = new TestPlayer(_players.Count == 0 ? 1 : _players.Max(p => p.Id) + 1, name, language);
        _players.Add(player);
        return player;
    }

    public void Remove(TestPlayer player)
    {
        player.IsConnected = false;
        _players.Remove(player);
    }

    public IPlayer? ById(int id) => _players.FirstOrDefault(player => player.Id == id);

    public bool Send(IPlayer player, string name, ReadOnlySpan<byte> value, bool reliable)
    {
        ((TestPlayer)player).Messages.Add((name, value.ToArray()));
        return player.IsConnected;
    }

    public bool Chat(IPlayer player, IPlayer? speaker, string text)
    {
        ((TestPlayer)player).Chat.Add(text);
        Chatted?.Invoke((TestPlayer)player, text);
        return player.IsConnected;
    }

    public bool Request(IPlayer player, uint id, string name, ReadOnlySpan<byte> value)
    {
        var known = (TestPlayer)player;
        known.Requests.Add((id, name, value.ToArray()));
        return known.IsConnected && !known.QueueIsFull;
    }

    public bool World(IPlayer player, ReadOnlySpan<byte> snapshot)
    {
        var known = (TestPlayer)player;
        if (!known.QueueIsFull) known.Snapshots.Add(snapshot.ToArray());
        return known.IsConnected && !known.QueueIsFull;
    }

    public bool Kick(IPlayer player, string reason)
    {
        ((TestPlayer)player).Kicked = reason;
        return true;
    }

    public void MessageDropped(IPlayer player, string name, MessageOutcome why) => ((TestPlayer)player).DroppedMessages.Add((name, why));

    public List<PlayerBan> Bans { get; } = [];

    public string? Ban(PlayerBan ban)
    {
        Bans.Add(ban);
        return null;
    }

    public int Unban(string uid) => Bans.RemoveAll(ban => ban.Uid == uid);

    public PlayerTraffic Traffic(IPlayer player) => new(1, 2, 3, 0);
}

/// <summary>Rights of players as their tests set them.</summary>
sealed class TestRights(TestPlayers players) : IPlayerRights
{
    public Queue<string?> Changed { get; } = new();
    public bool? Find(string uid, string right) => players.All.Any(player => player.Uid == uid && ((TestPlayer)player).Rights.Contains(right)) ? true : null;
    public string Explain(string uid, string right) => Find(uid, right) == true ? "granted by the test" : "";
    public bool TryTakeChanged(out string? uid) => Changed.TryDequeue(out uid);
}

/// <summary>A server of a test.</summary>
sealed class TestServer : IServerPort
{
    public string Name => "test";
    public string Version => "1.0.0";
    public int PlayersMax => 64;
    public int TickRate => 30;
    public string? StopReason { get; private set; }
    public void RequestStop(string reason) => StopReason = reason;
}
