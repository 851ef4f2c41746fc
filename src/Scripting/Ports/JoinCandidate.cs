namespace GameServer.Scripting.Ports;

/// <summary>Somebody at the door: what <c>PlayerConnecting</c> decides about.</summary>
/// <param name="Name">Name asked for, already checked by the server's own rules.</param>
/// <param name="Uid">Identity.</param>
/// <param name="Address">Network address without port.</param>
/// <param name="Trust">How sure the identity is.</param>
/// <param name="Language">Language tag; may be empty.</param>
public sealed record JoinCandidate(string Name, string Uid, string Address, PlayerTrust Trust, string Language)
{
    /// <summary>What the client sent for the mods that decide: one value in wire format (docs/protocol.md, section 4), not checked; empty for none.</summary>
    public byte[] Data { get; init; } = [];
}

/// <summary>What the mods said about a candidate.</summary>
/// <param name="Allowed">Whether the candidate may come in.</param>
/// <param name="Reason">Text for the candidate when not.</param>
/// <param name="By">Id of the mod that decided; null when none did.</param>
public readonly record struct JoinVerdict(bool Allowed, string Reason, string? By);

/// <summary>What became of a line of chat.</summary>
/// <param name="Text">Text to deliver, null when the line is swallowed.</param>
/// <param name="By">Id of the mod that changed or swallowed it last; null when none did.</param>
public readonly record struct ChatVerdict(string? Text, string? By);

/// <summary>What became of a player's message.</summary>
public enum MessageOutcome
{
    /// <summary>A handler got it, or gets it when its mod can be called again, or a mod said it is handled.</summary>
    Delivered,
    /// <summary>No such mod, or nobody there listens to this name.</summary>
    NobodyListens,
    /// <summary>The value could not be read.</summary>
    Malformed,
    /// <summary>The mod declares this message and the value does not fit its schema.</summary>
    NotAsDeclared,
    /// <summary>Over the rate the mod declares for it.</summary>
    OverRate,
    /// <summary>A mod refused it.</summary>
    Denied,
    /// <summary>The mod cannot be called, and there is no room for more messages to wait for it.</summary>
    ModBusy,
}
