using GameServer.Net.Payloads;
using GameServer.Scripting.Ports;

namespace GameServer.Server.Players;

/// <summary>What mods can do to players: the answer to <see cref="IPlayerGateway"/>.</summary>
/// <remarks>Tick thread.</remarks>
sealed class PlayerGateway(PlayerRegistry registry, PlayerCounters counters, BanList? bans = null) : IPlayerGateway
{
    readonly PayloadWriter _writer = new();

    public IReadOnlyList<IPlayer> All => registry.All;

    public IPlayer? ById(int id) => registry.ById(id);

    public bool Send(IPlayer player, string name, ReadOnlySpan<byte> value, bool reliable) =>
        Deliver((Player)player, Begin(MessageType.Message).WriteString(name).WriteBytes(value), reliable);

    public bool Chat(IPlayer player, IPlayer? speaker, string text) => Deliver(
        (Player)player,
        Begin(MessageType.Chat).WriteInt32(speaker?.Id ?? 0).WriteString(speaker?.Name).WriteString(text),
        reliable: true);

    public bool Request(IPlayer player, uint id, string name, ReadOnlySpan<byte> value) =>
        Deliver((Player)player, Begin(MessageType.Request).WriteUInt32(id).WriteString(name).WriteBytes(value), reliable: true);

    public bool World(IPlayer player, ReadOnlySpan<byte> snapshot) => Deliver((Player)player, Begin(MessageType.World).WriteBytes(snapshot), reliable: true);

    public bool Kick(IPlayer player, string reason) => Dismiss((Player)player, LeaveCode.Kicked, reason);

    public string? Ban(PlayerBan ban)
    {
        if (bans is null)
            return "this server keeps no bans";
        AddressRange? address = ban.AddressToo && ban.Player is { } player && AddressRange.TryParse(player.Address, out AddressRange range) ? range : null;
        try
        {
            return Ban(ban.Uid, address, ban.Player?.Name ?? "", ban.Reason, ban.By, ban.Duration, out _) is null ? $"the list of bans is full ({BanList.BansMax})" : null;
        }
        catch (IOException error)
        {
            // Boundary: it holds until the server stops.
            return $"the ban could not be written: {error.Message}";
        }
    }

    public int Unban(string uid) => bans?.Remove(uid) ?? 0;

    /// <summary>Adds a ban and disconnects whom it keeps out.</summary>
    /// <param name="uid">Identity, or null.</param>
    /// <param name="address">Addresses, or null; one of the two must be given.</param>
    /// <param name="name">Name, for reading.</param>
    /// <param name="reason">Shown to whoever is kept out.</param>
    /// <param name="by">Who bans.</param>
    /// <param name="duration">How long; null for good.</param>
    /// <param name="disconnected">How many were here.</param>
    /// <returns>The ban; null when the list is full.</returns>
    /// <exception cref="IOException">The list cannot be written.</exception>
    public Ban? Ban(string? uid, AddressRange? address, string name, string reason, string by, TimeSpan? duration, out int disconnected)
    {
        disconnected = 0;
        if (bans!.Add(uid, address, name, reason, by, duration) is not { } ban)
            return null;
        foreach (Player online in registry.All)
        {
            if (bans.Find(online.Uid, System.Net.IPAddress.Parse(online.Address)) == ban && Dismiss(online, LeaveCode.Banned, ban.Text))
                disconnected++;
        }
        return ban;
    }

    public void MessageDropped(IPlayer player, string name, MessageOutcome why)
    {
        MessageDrop? drop = why switch
        {
            MessageOutcome.NobodyListens => MessageDrop.NobodyListens,
            MessageOutcome.NotAsDeclared => MessageDrop.NotAsDeclared,
            MessageOutcome.OverRate => MessageDrop.OverDeclaredRate,
            MessageOutcome.Denied => MessageDrop.Denied,
            MessageOutcome.ModBusy => MessageDrop.ModBusy,
            _ => null,
        };
        if (drop is not { } counted)
            return;
        counters.CountDropped(counted);
        ((Player)player).Meter.CountDropped(name, TextOf(counted));
    }

    public PlayerTraffic Traffic(IPlayer player)
    {
        Player known = (Player)player;
        return new PlayerTraffic(known.InBytes, known.OutBytes, known.Meter.Dropped, known.IsConnected ? known.Connection.Loss : 0);
    }

    /// <summary>Tells a player that it is in.</summary>
    public bool Welcome(Player player, string serverName, int tickRate) => Deliver(
        player,
        Begin(MessageType.Welcome)
            .WriteUInt16(PlayerProtocol.Version).WriteInt32(player.Id).WriteString(player.Name)
            .WriteString(serverName).WriteUInt16((ushort)tickRate),
        reliable: true);

    /// <summary>Gives a player what it needs to come back after its connection was lost.</summary>
    /// <param name="player">Who.</param>
    /// <param name="isResumed">The player was here before.</param>
    /// <param name="window">How long its place is held.</param>
    public bool Session(Player player, bool isResumed, TimeSpan window) => Deliver(
        player,
        Begin(MessageType.Session).WriteByte((byte)(isResumed ? 1 : 0)).WriteUInt16((ushort)window.TotalSeconds).WriteBytesWithLength(player.SessionToken),
        reliable: true);

    /// <summary>Tells a player that messages of it were thrown away.</summary>
    public bool Dropped(Player player, string what, int count, string why) =>
        Deliver(player, Begin(MessageType.Dropped).WriteString(what).WriteInt32(count).WriteString(why), reliable: true);

    /// <summary>Answers what could be typed.</summary>
    public bool Suggest(Player player, string line, in CommandSuggestions suggestions)
    {
        PayloadWriter message = Begin(MessageType.Complete).WriteString(line).WriteString(suggestions.Usage).WriteUInt16((ushort)suggestions.Words.Count);
        foreach (string word in suggestions.Words)
            message.WriteString(word);
        return Deliver(player, message, reliable: true);
    }

    /// <summary>Marks a player to be disconnected at the end of the tick.</summary>
    /// <returns>False when it has left or is already marked.</returns>
    public static bool Dismiss(Player player, LeaveCode code, string reason)
    {
        if (!player.IsConnected || player.Leaving is not null)
            return false;
        player.Leaving = (code, reason);
        return true;
    }

    static string TextOf(MessageDrop why) => why switch
    {
        MessageDrop.NobodyListens => "nobody listens",
        MessageDrop.NotAsDeclared => "not as declared",
        MessageDrop.OverDeclaredRate => "too fast",
        MessageDrop.Denied => "refused",
        _ => "the mod is busy",
    };

    PayloadWriter Begin(MessageType type) => _writer.Clear().WriteByte((byte)type);

    bool Deliver(Player player, PayloadWriter message, bool reliable)
    {
        ReadOnlySpan<byte> payload = message.Written;
        if (!player.IsConnected || player.IsHeld || !player.Connection.Send(payload, reliable || payload.Length > player.Connection.UnreliableBytesMax))
            return false;
        player.OutBytes += payload.Length;
        counters.MessagesOut++;
        return true;
    }
}
