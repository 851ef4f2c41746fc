using System.Text;
using GameServer.Scripting.Ports;
using GameServer.Server.Players;

namespace GameServer.Server.Tests.Players;

/// <summary>Stands in for the mods: writes down what happens, answers as told.</summary>
sealed class RecordingEvents : IPlayerEvents
{
    public List<string> Log { get; } = [];

    public Action<JoinCandidate, Action<JoinVerdict>> OnConnecting { get; set; } = (_, decide) => decide(new JoinVerdict(true, "", null));

    public Func<string, ChatVerdict> OnChat { get; set; } = text => new ChatVerdict(text, null);

    public MessageOutcome Outcome { get; set; } = MessageOutcome.Delivered;

    /// <summary>Nothing is written down.</summary>
    public bool Discards { get; set; }

    public Action<IPlayer>? OnMessage { get; set; }

    public void PlayerConnecting(JoinCandidate candidate, Action<JoinVerdict> decide)
    {
        Log.Add($"connecting {candidate.Name} {candidate.Uid} {candidate.Address} {candidate.Trust} {candidate.Language}");
        OnConnecting(candidate, decide);
    }

    public void PlayerConnect(IPlayer player) => Log.Add($"connect {player.Id} {player.Name} {player.IsConnected}");

    public void PlayerHold(IPlayer player, string reason) => Log.Add($"hold {player.Id} {reason}");

    public void PlayerResume(IPlayer player, TimeSpan away) => Log.Add($"resume {player.Id} {away.TotalSeconds:0}");

    public void PlayerDisconnect(IPlayer player, string reason, int code) => Log.Add($"disconnect {player.Id} {reason} {code} {player.IsConnected}");

    public MessageOutcome PlayerMessage(IPlayer player, string name, ReadOnlySpan<byte> value)
    {
        if (!Discards)
            Log.Add($"message {player.Id} {name} {Encoding.ASCII.GetString(value)}");
        OnMessage?.Invoke(player);
        return Outcome;
    }

    public MessageOutcome PlayerAnswer(IPlayer player, uint request, bool isRefusal, ReadOnlySpan<byte> value)
    {
        Log.Add($"answer {player.Id} {request} {isRefusal} {Convert.ToHexStringLower(value)}");
        return Outcome;
    }

    public void MessageDropped(IPlayer player, string name, int count, string why) => Log.Add($"dropped {player.Id} {name} {count} {why}");

    public CommandSuggestions Complete(IPlayer player, string line)
    {
        Log.Add($"complete {player.Id} {line}");
        return new CommandSuggestions("kit <name:string>", ["kit", "kick"]);
    }

    public ChatVerdict PlayerChat(IPlayer player, string text)
    {
        Log.Add($"chat {player.Id} {text}");
        return OnChat(text);
    }
}
