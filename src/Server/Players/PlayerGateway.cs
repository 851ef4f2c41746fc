using GameServer.Scripting.Ports;

namespace GameServer.Server.Players;

/// <summary>What mods can do to players: the answer to <see cref="IPlayerGateway"/>.</summary>
/// <remarks>Tick thread.</remarks>
sealed class PlayerGateway(PlayerRegistry registry, PlayerCounters counters) : IPlayerGateway
{
    readonly ProtocolWriter _writer = new();

    public IReadOnlyList<IPlayer> All => registry.All;

    public IPlayer? ById(int id) => registry.ById(id);

    public bool Send(IPlayer player, string name, ReadOnlySpan<byte> value, bool reliable) =>
        Deliver((Player)player, _writer.Begin(MessageType.Message).String(name).Raw(value), reliable);

    public bool Chat(IPlayer player, IPlayer? speaker, string text) => Deliver(
        (Player)player,
        _writer.Begin(MessageType.Chat).Int32(speaker?.Id ?? 0).String(speaker?.Name ?? "").String(text),
        reliable: true);

    public bool Kick(IPlayer player, string reason) => Dismiss((Player)player, LeaveCode.Kicked, reason);

    public PlayerTraffic Traffic(IPlayer player)
    {
        Player known = (Player)player;
        return new PlayerTraffic(known.InBytes, known.OutBytes, known.Meter.Dropped, known.IsConnected ? known.Connection.Loss : 0);
    }

    /// <summary>Tells a player that it is in.</summary>
    public bool Welcome(Player player, string serverName, int tickRate) => Deliver(
        player,
        _writer.Begin(MessageType.Welcome).UInt16(PlayerProtocol.Version).Int32(player.Id).String(player.Name).String(serverName).UInt16((ushort)tickRate),
        reliable: true);

    /// <summary>Tells a player that messages of it were thrown away.</summary>
    public bool Dropped(Player player, string what, int count, string why) =>
        Deliver(player, _writer.Begin(MessageType.Dropped).String(what).Int32(count).String(why), reliable: true);

    /// <summary>Marks a player to be disconnected at the end of the tick.</summary>
    /// <returns>False when it has left or is already marked.</returns>
    public static bool Dismiss(Player player, LeaveCode code, string reason)
    {
        if (!player.IsConnected || player.Leaving is not null)
            return false;
        player.Leaving = (code, reason);
        return true;
    }

    bool Deliver(Player player, ProtocolWriter message, bool reliable)
    {
        ReadOnlySpan<byte> payload = message.Written;
        if (!player.IsConnected || !player.Connection.Send(payload, reliable || payload.Length > player.Connection.UnreliableBytesMax))
            return false;
        player.OutBytes += payload.Length;
        counters.MessagesOut++;
        return true;
    }
}
