using GameServer.Scripting;
using GameServer.Scripting.Ports;
using GameServer.Server.Players;

namespace GameServer.Server.Hosting;

/// <summary>Tells the mods about players.</summary>
/// <remarks>Tick thread.</remarks>
sealed class ModPlayerEvents(ModHost mods) : IPlayerEvents
{
    public void PlayerConnecting(JoinCandidate candidate, Action<JoinVerdict> decide) => mods.PlayerConnecting(candidate, decide);

    public void PlayerConnect(IPlayer player) => mods.PlayerConnect(player);

    public void PlayerHold(IPlayer player, string reason) => mods.PlayerHold(player, reason);

    public void PlayerResume(IPlayer player, TimeSpan away) => mods.PlayerResume(player, away.TotalSeconds);

    public void PlayerDisconnect(IPlayer player, string reason, int code) => mods.PlayerDisconnect(player, reason, code);

    public MessageOutcome PlayerMessage(IPlayer player, string name, ReadOnlySpan<byte> value) => mods.PlayerMessage(player, name, value);

    public ChatVerdict PlayerChat(IPlayer player, string text) => mods.PlayerChat(player, text);

    public MessageOutcome PlayerAnswer(IPlayer player, uint request, bool isRefusal, ReadOnlySpan<byte> value) => mods.PlayerAnswer(player, request, isRefusal, value);

    public void MessageDropped(IPlayer player, string name, int count, string why) => mods.MessageDropped(player, name, count, why);

    public CommandSuggestions Complete(IPlayer player, string line) => mods.Complete(player, line);
}
