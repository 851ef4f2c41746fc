namespace GameServer.Scripting.Ports;

/// <summary>What operators set for mods. Values are booleans, doubles and strings.</summary>
/// <remarks>Tick thread.</remarks>
public interface IModConfig
{
    /// <summary>Values set for a mod, by name; settings that are left at their default are missing.</summary>
    IReadOnlyDictionary<string, object> Values(string modId);

    /// <summary>Tells which settings a mod has, so that an operator finds them with their defaults and meaning.</summary>
    void Define(string modId, IReadOnlyList<ModSettingRow> rows);

    /// <summary>Takes the id of a mod whose values have changed since it was last asked for.</summary>
    bool TryTakeChanged(out string modId);
}

/// <summary>One setting of a mod, as its file shows it.</summary>
/// <param name="Name">Key.</param>
/// <param name="Default">Boolean, double or string.</param>
/// <param name="Doc">What it means; may be empty.</param>
/// <param name="Allowed">What values it may have, in words.</param>
public sealed record ModSettingRow(string Name, object Default, string Doc, string Allowed);
