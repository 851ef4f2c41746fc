using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Testing.Doubles;

/// <summary>What the operator of a test has set for mods.</summary>
sealed class TestConfig : IModConfig
{
    readonly Dictionary<string, Dictionary<string, object>> _values = new(StringComparer.Ordinal);
    readonly Queue<string> _changed = new();

    /// <summary>Settings mods have defined, by mod and name.</summary>
    public Dictionary<(string Mod, string Name), ModSettingRow> Defined { get; } = [];

    /// <summary>Sets a value; the mod hears of it in the next tick.</summary>
    public void Set(string modId, string name, object value)
    {
        if (!_values.TryGetValue(modId, out Dictionary<string, object>? values)) _values[modId] = values = new(StringComparer.Ordinal);
        values[name] = value;
        _changed.Enqueue(modId);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, object> Values(string modId) => _values.GetValueOrDefault(modId) ?? [];

    /// <inheritdoc/>
    public void Define(string modId, IReadOnlyList<ModSettingRow> rows)
    {
        foreach (ModSettingRow row in rows) Defined[(modId, row.Name)] = row;
    }

    /// <inheritdoc/>
    public bool TryTakeChanged(out string modId) => _changed.TryDequeue(out modId!);
}

/// <summary>The server of a test.</summary>
sealed class TestServer(string version) : IServerPort
{
    /// <inheritdoc/>
    public string Name => "test";
    /// <inheritdoc/>
    public string Version { get; } = version;
    /// <inheritdoc/>
    public int PlayersMax => 64;
    /// <inheritdoc/>
    public int TickRate => 30;
    /// <summary>Why a mod asked for a stop; null when none did.</summary>
    public string? StopReason { get; private set; }
    /// <inheritdoc/>
    public void RequestStop(string reason) => StopReason = reason;
}
