namespace GameServer.Server.Players;

/// <summary>What happened at the door and to the messages of players, counted since start.</summary>
/// <remarks>Tick thread writes; others may read values a moment old.</remarks>
sealed class PlayerCounters
{
    readonly long[] _refusals = new long[Enum.GetValues<LeaveCode>().Length];
    readonly long[] _outcomes = new long[Enum.GetValues<MessageDrop>().Length];

    /// <summary>Players that came in.</summary>
    public long Joined { get; set; }

    /// <summary>Players whose connection was lost and whose place was held.</summary>
    public long Held { get; set; }

    /// <summary>Players that came back to their place.</summary>
    public long Resumed { get; set; }

    /// <summary>Joins let in that never arrived.</summary>
    public long NeverArrived { get; set; }

    /// <summary>Payloads received from players.</summary>
    public long MessagesIn { get; set; }

    /// <summary>Payloads sent to players.</summary>
    public long MessagesOut { get; set; }

    /// <summary>Join requests refused and players disconnected for a reason.</summary>
    public long Refused(LeaveCode code) => _refusals[(int)code];

    /// <summary>Messages thrown away for a reason.</summary>
    public long Dropped(MessageDrop why) => _outcomes[(int)why];

    public void CountRefused(LeaveCode code) => _refusals[(int)code]++;

    public void CountDropped(MessageDrop why) => _outcomes[(int)why]++;
}

/// <summary>Why a message of a player was thrown away.</summary>
enum MessageDrop
{
    /// <summary>It could not be read, or broke a rule of docs/protocol.md.</summary>
    Malformed,

    /// <summary>Over the rate of messages.</summary>
    MessageRate,

    /// <summary>Over the rate of chat.</summary>
    ChatRate,

    /// <summary>No mod listens to its name.</summary>
    NobodyListens,

    /// <summary>It does not fit what the mod declares.</summary>
    NotAsDeclared,

    /// <summary>Over the rate that the mod declares.</summary>
    OverDeclaredRate,

    /// <summary>A mod refused it.</summary>
    Denied,

    /// <summary>The mod is being reloaded and its queue is full.</summary>
    ModBusy,
}
