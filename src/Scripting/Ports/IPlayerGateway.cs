namespace GameServer.Scripting.Ports;

/// <summary>What scripts need of the players: who is here, and ways to reach them. The server answers with its transport; no transport type appears here.</summary>
/// <remarks>Tick thread. No member raises for a player who has left: it answers false.</remarks>
public interface IPlayerGateway
{
    /// <summary>Everybody who is in, in the order they joined. Live: read it during one call only, never keep it.</summary>
    IReadOnlyList<IPlayer> All { get; }

    /// <summary>The player with this number, null when nobody has it (any more).</summary>
    IPlayer? ById(int id);

    /// <summary>Sends a Message (docs/protocol.md, section 3).</summary>
    /// <param name="player">Who gets it.</param>
    /// <param name="name">Full name on the wire, <c>mod:name</c>.</param>
    /// <param name="value">One encoded value (docs/protocol.md, section 4); copied before return.</param>
    /// <param name="reliable">False: may be lost, if it fits one datagram.</param>
    /// <returns>False when the player has left or the queue is full.</returns>
    bool Send(IPlayer player, string name, ReadOnlySpan<byte> value, bool reliable);

    /// <summary>Shows a line of chat to one player.</summary>
    /// <param name="player">Who sees it.</param>
    /// <param name="speaker">Who said it; null for the server or a mod.</param>
    /// <param name="text">At most 512 bytes of UTF-8 without control characters; callers have checked.</param>
    /// <returns>False when the player has left or the queue is full.</returns>
    bool Chat(IPlayer player, IPlayer? speaker, string text);

    /// <summary>Sends a Request (docs/protocol.md, section 3), reliably.</summary>
    /// <param name="player">Who is asked.</param>
    /// <param name="id">Number of the question; comes back with the answer.</param>
    /// <param name="name">Full name on the wire, <c>mod:name</c>.</param>
    /// <param name="value">One encoded value; copied before return.</param>
    /// <returns>False when the player has left or the queue is full.</returns>
    bool Request(IPlayer player, uint id, string name, ReadOnlySpan<byte> value);

    /// <summary>Sends a World message (docs/protocol.md, section 3.1), reliably and in order.</summary>
    /// <param name="player">Who gets it.</param>
    /// <param name="snapshot">Everything behind the type byte; copied before return.</param>
    /// <returns>False when the player has left or the queue is full.</returns>
    bool World(IPlayer player, ReadOnlySpan<byte> snapshot);

    /// <summary>Ends the connection, at the latest at the end of the tick; PlayerDisconnect follows.</summary>
    /// <returns>False when the player has left already.</returns>
    bool Kick(IPlayer player, string reason);

    /// <summary>Keeps somebody out, also after a restart; who is here is disconnected at the end of the tick.</summary>
    /// <param name="ban">Whom, why and for how long.</param>
    /// <returns>Null, or why not.</returns>
    string? Ban(PlayerBan ban) => "this server keeps no bans";

    /// <summary>Lets an identity in again.</summary>
    /// <returns>How many bans were lifted.</returns>
    int Unban(string uid) => 0;

    /// <summary>A message that was taken (<see cref="MessageOutcome.Delivered"/>) and waited for its mod could not be delivered after all.</summary>
    /// <param name="player">Whose.</param>
    /// <param name="name">Full name of the message.</param>
    /// <param name="why">Why not.</param>
    void MessageDropped(IPlayer player, string name, MessageOutcome why)
    {
    }

    /// <summary>Counters of one player's connection.</summary>
    PlayerTraffic Traffic(IPlayer player);
}

/// <summary>A ban that a mod wants.</summary>
/// <param name="Uid">Identity.</param>
/// <param name="Player">The player when it is here; null otherwise.</param>
/// <param name="AddressToo">Whether the player's address is kept out as well.</param>
/// <param name="Reason">Shown to whoever is kept out.</param>
/// <param name="By">Who bans, for operators.</param>
/// <param name="Duration">How long; null for good.</param>
public sealed record PlayerBan(string Uid, IPlayer? Player, bool AddressToo, string Reason, string By, TimeSpan? Duration);

/// <summary>Counters of one connection.</summary>
/// <param name="InBytes">Payload bytes received.</param>
/// <param name="OutBytes">Payload bytes sent.</param>
/// <param name="Dropped">Messages of this player thrown away by any limit.</param>
/// <param name="Loss">Share of packets lost, 0 to 1.</param>
public readonly record struct PlayerTraffic(long InBytes, long OutBytes, long Dropped, double Loss);
