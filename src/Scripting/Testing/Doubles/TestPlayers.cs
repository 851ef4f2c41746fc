using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Testing.Doubles;

/// <summary>Something a made-up player was sent.</summary>
/// <param name="Name">Full name of the message; empty for a line of chat.</param>
/// <param name="Text">The line of chat.</param>
/// <param name="Value">The encoded value of a message.</param>
/// <param name="Tick">When.</param>
/// <param name="Reliable">Whether it could not get lost.</param>
sealed record Received(string Name, string Text, byte[] Value, long Tick, bool Reliable)
{
    /// <summary>Whether it is a line of chat.</summary>
    public bool IsChat => Name.Length == 0;
}

/// <summary>A player of a test.</summary>
sealed class TestPlayer(int id, string name) : IPlayer
{
    /// <inheritdoc/>
    public int Id { get; } = id;
    /// <inheritdoc/>
    public string Uid { get; init; } = $"uid-{name.ToLowerInvariant()}";
    /// <inheritdoc/>
    public string Name { get; } = name;
    /// <inheritdoc/>
    public string Language { get; init; } = "en";
    /// <inheritdoc/>
    public string Address { get; init; } = "192.0.2.1";
    /// <inheritdoc/>
    public PlayerTrust Trust { get; init; } = PlayerTrust.Guest;
    /// <inheritdoc/>
    public TimeSpan Ping { get; init; } = TimeSpan.FromMilliseconds(25);
    /// <inheritdoc/>
    public TimeSpan ConnectedFor { get; set; }
    /// <inheritdoc/>
    public bool IsConnected { get; set; }
    /// <summary>What it sends for the mods that decide, in wire format.</summary>
    public byte[] JoinData { get; init; } = [];
    /// <summary>Rights by name.</summary>
    public HashSet<string> Rights { get; } = [];
    /// <summary>Everything that arrived, in order.</summary>
    public List<Received> Received { get; } = [];
    /// <summary>What its client answers to requests, by full name; others are never answered.</summary>
    public Dictionary<string, byte[]> Answers { get; } = [];
    /// <summary>Bytes of the world that arrived.</summary>
    public long WorldBytes { get; set; }
    /// <summary>Reason of the kick; null when there was none.</summary>
    public string? Kicked { get; set; }
}

/// <summary>The players of a test: who is here, and what each was sent.</summary>
sealed class TestPlayers : IPlayerGateway, IPlayerRights
{
    /// <summary>A test that makes a mod send for ever must not eat the machine.</summary>
    const int ReceivedMax = 100_000;

    readonly List<TestPlayer> _players = [];
    readonly Dictionary<int, TestPlayer> _everybody = [];
    readonly Queue<string?> _rightsChanged = new();

    /// <summary>Number of the tick, for what is sent.</summary>
    public long Tick { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<IPlayer> All => _players;

    /// <summary>Number of the next player.</summary>
    public int NextId => _everybody.Count + 1;

    /// <summary>Players kicked since the last time this was emptied, in order.</summary>
    public List<TestPlayer> Kicked { get; } = [];

    /// <summary>Lets a player in.</summary>
    public void Add(TestPlayer player)
    {
        player.IsConnected = true;
        _players.Add(player);
        _everybody.Add(player.Id, player);
    }

    /// <summary>A player is gone.</summary>
    public void Remove(TestPlayer player)
    {
        player.IsConnected = false;
        _players.Remove(player);
    }

    /// <summary>A player who is or was here.</summary>
    public TestPlayer? Anybody(int id) => _everybody.GetValueOrDefault(id);

    /// <inheritdoc/>
    public IPlayer? ById(int id) => _everybody.TryGetValue(id, out TestPlayer? player) && player.IsConnected ? player : null;

    /// <inheritdoc/>
    public bool Send(IPlayer player, string name, ReadOnlySpan<byte> value, bool reliable) => Take(player, new Received(name, "", value.ToArray(), Tick, reliable));

    /// <inheritdoc/>
    public bool Chat(IPlayer player, IPlayer? speaker, string text) =>
        Take(player, new Received("", speaker is null ? text : $"{speaker.Name}: {text}", [], Tick, true));

    /// <summary>Answers on their way, for the next tick.</summary>
    public Queue<(TestPlayer Player, uint Id, byte[] Value)> Answered { get; } = new();

    /// <inheritdoc/>
    public bool Request(IPlayer player, uint id, string name, ReadOnlySpan<byte> value)
    {
        if (player is not TestPlayer { IsConnected: true } one) return false;
        if (one.Answers.TryGetValue(name, out byte[]? answer)) Answered.Enqueue((one, id, answer));
        return true;
    }

    /// <inheritdoc/>
    public bool World(IPlayer player, ReadOnlySpan<byte> snapshot)
    {
        if (player is not TestPlayer { IsConnected: true } one) return false;
        one.WorldBytes += snapshot.Length;
        return true;
    }

    /// <inheritdoc/>
    public bool Kick(IPlayer player, string reason)
    {
        if (player is not TestPlayer { IsConnected: true, Kicked: null } one) return false;
        one.Kicked = reason;
        Kicked.Add(one);
        return true;
    }

    /// <inheritdoc/>
    public PlayerTraffic Traffic(IPlayer player)
    {
        var one = (TestPlayer)player;
        return new PlayerTraffic(0, one.WorldBytes + one.Received.Sum(item => item.Value.Length + item.Text.Length), 0, 0);
    }

    /// <inheritdoc/>
    public bool? Find(string uid, string right) => _everybody.Values.Any(player => player.Uid == uid && player.Rights.Contains(right)) ? true : null;

    /// <inheritdoc/>
    public string Explain(string uid, string right) => Find(uid, right) == true ? "granted by the test" : "";

    /// <inheritdoc/>
    public bool TryTakeChanged(out string? uid) => _rightsChanged.TryDequeue(out uid);

    /// <summary>Gives a player a right, or takes it away.</summary>
    public void SetRight(TestPlayer player, string right, bool granted)
    {
        if (granted ? player.Rights.Add(right) : player.Rights.Remove(right)) _rightsChanged.Enqueue(player.Uid);
    }

    static bool Take(IPlayer player, Received received)
    {
        if (player is not TestPlayer { IsConnected: true } one || one.Received.Count >= ReceivedMax) return false;
        one.Received.Add(received);
        return true;
    }
}
