using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>A right of players that a mod makes known, with what holds where the operator says nothing.</summary>
sealed class ModRight(RightTable table, string name, string modId, bool byDefault, string description) : Registration(RegistrationKind.Right)
{
    /// <summary>Full name, <c>mod.name</c>.</summary>
    public string Name { get; } = name;
    /// <summary>Whose.</summary>
    public string ModId { get; } = modId;
    /// <summary>Whether everybody has it unless a rule says otherwise.</summary>
    public bool ByDefault { get; } = byDefault;
    /// <summary>One line for operators.</summary>
    public string Description { get; } = description;

    /// <inheritdoc/>
    public override int HostBytes => HostAccount.RegistrationBytes + (2 * (Name.Length + Description.Length));

    /// <inheritdoc/>
    protected override void OnReleased() => table.Remove(this);
}

/// <summary>Rights of players: the operator's rules first, then what the mod that made a right known says, else no.</summary>
/// <remarks>Tick thread.</remarks>
sealed class RightTable(IPlayerRights? rights)
{
    readonly SortedDictionary<string, ModRight> _byName = new(StringComparer.Ordinal);

    /// <summary>Rights that running mods made known.</summary>
    public IEnumerable<ModRight> All => _byName.Values;

    /// <summary>The operator's rules; null when there are none.</summary>
    public IPlayerRights? Rules => rights;

    /// <summary>Makes a right known; the same name again replaces.</summary>
    public void Add(ModRight right)
    {
        if (_byName.TryGetValue(right.Name, out ModRight? before)) before.Release();
        _byName[right.Name] = right;
    }

    /// <summary>Forgets a right whose mod ended.</summary>
    public void Remove(ModRight right)
    {
        if (_byName.GetValueOrDefault(right.Name) == right) _byName.Remove(right.Name);
    }

    /// <summary>Whether a player has a right.</summary>
    /// <param name="uid">Identity.</param>
    /// <param name="name">Full name.</param>
    public bool Has(string uid, string name) => rights?.Find(uid, name) ?? _byName.GetValueOrDefault(name)?.ByDefault ?? false;

    /// <summary>Why a player has a right or not, in words.</summary>
    public string Explain(string uid, string name)
    {
        if (rights?.Explain(uid, name) is { Length: > 0 } rule) return rule;
        return _byName.TryGetValue(name, out ModRight? known)
            ? $"{(known.ByDefault ? "granted" : "refused")} by the default of mod {known.ModId}"
            : "refused: no rule names it and no mod makes it known";
    }
}
