using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Api;

/// <summary>Which way a message goes.</summary>
enum MessageDirection
{
    /// <summary>From players.</summary>
    ToServer,
    /// <summary>To players.</summary>
    ToClient,
    /// <summary>Both.</summary>
    Both,
}

/// <summary>A message as the manifest declares it.</summary>
/// <param name="Name">Name without the mod's id.</param>
/// <param name="Direction">Which way.</param>
/// <param name="Schema">What the value must look like; null for anything.</param>
/// <param name="Rate">How often one player may send it; null: as often as the server's own limit allows.</param>
/// <param name="Reply">What the client's answer to a request of this name must look like; null for anything.</param>
sealed record MessageDeclaration(string Name, MessageDirection Direction, MessageSchema? Schema, MessageRate? Rate, MessageSchema? Reply = null);

/// <summary>How often something may happen: a bucket that fills steadily.</summary>
/// <param name="PerSecond">In the long run.</param>
/// <param name="Burst">At once.</param>
readonly record struct MessageRate(double PerSecond, double Burst)
{
    /// <summary>Reads <c>5/s</c> or <c>5/s burst 10</c>.</summary>
    public static bool TryParse(string text, out MessageRate rate)
    {
        rate = default;
        string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is not (1 or 3) || !parts[0].EndsWith("/s", StringComparison.Ordinal) || (parts.Length == 3 && parts[1] != "burst")) return false;
        if (!double.TryParse(parts[0][..^2], out double perSecond) || !(perSecond > 0) || double.IsInfinity(perSecond)) return false;
        double burst = Math.Max(1, perSecond);
        if (parts.Length == 3 && (!double.TryParse(parts[2], out burst) || !(burst >= 1) || double.IsInfinity(burst))) return false;
        rate = new MessageRate(perSecond, burst);
        return true;
    }
}

/// <summary>A command as the manifest declares it.</summary>
/// <param name="Name">What is typed, without the slash.</param>
/// <param name="Permission">Right players need to use it, bare or full; null for everybody.</param>
/// <param name="Arguments">What it takes; null for one line of text.</param>
/// <param name="Help">One line for lists.</param>
/// <param name="Refusal">What players without the right are told; null for the server's own words.</param>
sealed record CommandDeclaration(string Name, string? Permission, CommandArguments? Arguments, string Help, string? Refusal = null);

/// <summary>An export as the manifest declares it.</summary>
/// <param name="Name">Name.</param>
/// <param name="IsPublic">False: core mods alone may call it.</param>
/// <param name="Requires">Rights the caller must have.</param>
/// <param name="Rate">How often one mod may call it; null: as often as it likes.</param>
/// <param name="Arguments">What its arguments must look like; null for anything.</param>
sealed record ExportDeclaration(string Name, bool IsPublic, Permission Requires, MessageRate? Rate = null, ExportArguments? Arguments = null);

/// <summary>What the arguments of an export must look like. Checked on the bytes, before anything is made in the callee's VM.</summary>
/// <param name="types">Types in order, each with whether it may be nil or missing.</param>
/// <param name="text">As the manifest has it.</param>
sealed class ExportArguments(IReadOnlyList<(MessageSchema Type, bool Optional)> types, string text)
{
    /// <summary>What is wrong with some encoded values; null when nothing is.</summary>
    public string? Problem(ReadOnlySpan<byte> encoded, int count, ValueLimits limits)
    {
        if (count > types.Count) return $"{count} arguments, it takes ({text})";
        var reader = new ValueReader(encoded, ValueFormat.Internal);
        for (int i = 0; i < types.Count; i++)
        {
            bool isNil = i >= count || reader.IsNilNext();
            if (isNil && i < count) reader.TryTag(out _);
            if (isNil ? !types[i].Optional : !types[i].Type.Matches(ref reader, limits)) return $"args[{i + 1}] does not fit, it takes ({text})";
        }
        return null;
    }
}

/// <summary>What a mod said about itself in its manifest, as far as its API needs to know.</summary>
sealed record ModDeclarations
{
    /// <summary>A mod without manifest: declares nothing and is held to nothing.</summary>
    public static ModDeclarations None { get; } = new();

    /// <summary>Messages by name; null when none are declared, then every name is allowed.</summary>
    public IReadOnlyDictionary<string, MessageDeclaration>? Messages { get; init; }

    /// <summary>Commands by name.</summary>
    public IReadOnlyDictionary<string, CommandDeclaration> Commands { get; init; } = new Dictionary<string, CommandDeclaration>();

    /// <summary>Exports by name; undeclared ones are public.</summary>
    public IReadOnlyDictionary<string, ExportDeclaration> Exports { get; init; } = new Dictionary<string, ExportDeclaration>();

    /// <summary>Ids whose exports may be called.</summary>
    public IReadOnlySet<string> Dependencies { get; init; } = new HashSet<string>();

    /// <summary>Language of the mod's own texts.</summary>
    public string Language { get; init; } = "en";

    /// <summary>Hooks that may be used; null for all.</summary>
    public IReadOnlySet<string>? Hooks { get; init; }
}
