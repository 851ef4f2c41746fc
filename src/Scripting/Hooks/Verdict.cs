namespace GameServer.Scripting.Hooks;

/// <summary>What a handler decided.</summary>
enum VerdictKind
{
    /// <summary>No opinion.</summary>
    None,
    /// <summary>No.</summary>
    Deny,
    /// <summary>Dealt with; nobody else needs to.</summary>
    Handled,
    /// <summary>Go on with another value.</summary>
    Replace,
}

/// <summary>The outcome of a hook that decides or transforms.</summary>
/// <param name="Kind">What was decided.</param>
/// <param name="By">Id of the mod that decided last; null when none did.</param>
/// <param name="Reason">Text of a refusal.</param>
/// <param name="Code">Word of a refusal for programs.</param>
readonly record struct Verdict(VerdictKind Kind, string? By, string Reason, string Code)
{
    /// <summary>Nobody had an opinion.</summary>
    public static Verdict None => new(VerdictKind.None, null, "", "");

    /// <summary>As observers see it.</summary>
    public HookValue ToValue() => HookValue.Table(
        ("verdict", Kind == VerdictKind.None ? default : (HookValue)Kind.ToString().ToLowerInvariant()), ("by", By), ("reason", Reason), ("code", Code));
}
