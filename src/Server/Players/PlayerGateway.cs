using GameServer.Net.Payloads;
using GameServer.Scripting.Ports;

namespace GameServer.Server.Players;

/// <summary>What mods can do to players: the answer to <see cref="IPlayerGateway"/>.</summary>
/// <remarks>Tick thread.</remarks>
sealed class PlayerGateway(PlayerRegistry registry, PlayerCounters counters) : IPlayerGateway
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
