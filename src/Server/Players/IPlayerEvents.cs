using GameServer.Scripting.Ports;

namespace GameServer.Server.Players;

/// <summary>Who is told about players: the mods.</summary>
/// <remarks>Tick thread. Same meaning as the members of the mod host with these names.</remarks>
interface IPlayerEvents
{
    void PlayerConnecting(JoinCandidate candidate, Action<JoinVerdict> decide);

    void PlayerConnect(IPlayer player);

    /// <summary>A player's connection was lost; its place is held.</summary>
    void PlayerHold(IPlayer player, string reason);

    /// <summary>A player whose connection was lost is back; what was sent meanwhile did not arrive.</summary>
    void PlayerResume(IPlayer player, TimeSpan away);

    void PlayerDisconnect(IPlayer player, string reason, int code);

    MessageOutcome PlayerMessage(IPlayer player, string name, ReadOnlySpan<byte> value);

    ChatVerdict PlayerChat(IPlayer player, string text);

    MessageOutcome PlayerAnswer(IPlayer player, uint request, bool isRefusal, ReadOnlySpan<byte> value);

    void MessageDropped(IPlayer player, string name, int count, string why);

    CommandSuggestions Complete(IPlayer player, string line);
}
