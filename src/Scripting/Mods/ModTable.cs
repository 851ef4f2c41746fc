using GameServer.Scripting.Api;

namespace GameServer.Scripting.Mods;

/// <summary>All mods of the host by id, in start order, as other mods may look them up.</summary>
/// <remarks>Tick thread.</remarks>
sealed class ModTable : IModDirectory
{
    readonly Dictionary<string, Mod> _byId = new(StringComparer.Ordinal);

    /// <summary>All mods in start order; those that cannot start come last.</summary>
    public Mod[] InOrder { get; private set; } = [];

    /// <summary>Mods that an operator wants reloaded.</summary>
    public HashSet<string> ReloadRequests { get; } = [];

    /// <summary>Mods that scripts want reloaded, themselves or others.</summary>
    public HashSet<string> ReloadWishes { get; } = [];

    /// <inheritdoc/>
    public IReadOnlyList<ModInfo> All => [.. InOrder.OrderBy(mod => mod.Id, StringComparer.Ordinal)
        .Select(mod => new ModInfo(mod.Id, VersionOf(mod), mod.State.ToString().ToLowerInvariant()))];

    /// <summary>The mod of an id; null when there is none.</summary>
    public Mod? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The mod of an id that is part of a longer text.</summary>
    public Mod? Find(ReadOnlySpan<char> id) => _byId.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(id, out Mod? mod) ? mod : null;

    /// <inheritdoc/>
    public ModScope? Running(string id) => _byId.TryGetValue(id, out Mod? mod) && mod.IsRunning ? mod.Scope : null;

    /// <inheritdoc/>
    public bool IsAway(string id) =>
        Find(id) is { State: ModState.Loading or ModState.Reloading or ModState.Faulted or ModState.Backoff or ModState.Suspended };

    /// <inheritdoc/>
    public string WhyNot(string id) => _byId.TryGetValue(id, out Mod? mod) ? $"mod '{id}' is {mod.State.ToString().ToLowerInvariant()}" : $"there is no mod '{id}'";

    /// <inheritdoc/>
    public string? RequestReload(string id)
    {
        if (!_byId.ContainsKey(id)) return $"there is no mod '{id}'";
        ReloadWishes.Add(id);
        return null;
    }

    /// <summary>Adds a mod at the end.</summary>
    public void Add(Mod mod)
    {
        _byId.Add(mod.Id, mod);
        InOrder = [.. InOrder, mod];
    }

    /// <summary>Removes a mod.</summary>
    public void Remove(Mod mod)
    {
        _byId.Remove(mod.Id);
        InOrder = [.. InOrder.Where(other => other != mod)];
    }

    /// <summary>Settles the start order anew.</summary>
    /// <param name="isAvailable">Whether a mod could run as far as it alone is concerned; those that could not count as missing.</param>
    public LoadOrder Settle(Func<Mod, bool> isAvailable)
    {
        Mod[] with = [.. InOrder.Where(mod => mod.Manifest is not null && isAvailable(mod))];
        Dictionary<string, string> without = InOrder.Except(with).ToDictionary(mod => mod.Id, mod => $"is {mod.State.ToString().ToLowerInvariant()}");
        LoadOrder order = LoadOrder.Settle(with.Select(mod => mod.Manifest!), without);
        var place = order.Ids.Select((id, index) => (id, index)).ToDictionary(entry => entry.id, entry => entry.index);
        foreach (Mod mod in InOrder) mod.Place.Order = place.GetValueOrDefault(mod.Id, int.MaxValue);
        InOrder = [.. InOrder.OrderBy(mod => mod.Place.Order).ThenBy(mod => mod.Id, StringComparer.Ordinal)];
        return order;
    }

    static string VersionOf(Mod mod) => mod.Scope?.Identity.Version ?? mod.Manifest?.Version.ToNormalizedString() ?? "";
}
