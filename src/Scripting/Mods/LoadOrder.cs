namespace GameServer.Scripting.Mods;

/// <summary>In which order mods start: by depth of their dependencies, then by id. Mods whose dependencies cannot be met are blocked, with the chain that says why.</summary>
sealed class LoadOrder
{
    readonly IReadOnlyDictionary<string, ModManifest> _mods;
    readonly IReadOnlyDictionary<string, string> _unavailable;
    readonly Dictionary<string, (int Depth, string? Blocked)> _known = [];
    readonly List<string> _path = [];

    LoadOrder(IReadOnlyDictionary<string, ModManifest> mods, IReadOnlyDictionary<string, string> unavailable) => (_mods, _unavailable) = (mods, unavailable);

    /// <summary>Ids in start order.</summary>
    public IReadOnlyList<string> Ids { get; private set; } = [];

    /// <summary>Why a mod cannot start, by id.</summary>
    public IReadOnlyDictionary<string, string> Blocked { get; private set; } = new Dictionary<string, string>();

    /// <summary>Settles the order.</summary>
    /// <param name="mods">Valid mods.</param>
    /// <param name="unavailable">Mods that exist but cannot run, with the reason, for the text of chains.</param>
    public static LoadOrder Settle(IEnumerable<ModManifest> mods, IReadOnlyDictionary<string, string>? unavailable = null)
    {
        var order = new LoadOrder(mods.ToDictionary(mod => mod.Id), unavailable ?? new Dictionary<string, string>());
        foreach (string id in order._mods.Keys) order.Visit(id);
        order.Ids = [.. order._known.Where(mod => mod.Value.Blocked is null).OrderBy(mod => mod.Value.Depth).ThenBy(mod => mod.Key, StringComparer.Ordinal).Select(mod => mod.Key)];
        order.Blocked = order._known.Where(mod => mod.Value.Blocked is not null).ToDictionary(mod => mod.Key, mod => mod.Value.Blocked!);
        return order;
    }

    (int Depth, string? Blocked) Visit(string id)
    {
        if (_known.TryGetValue(id, out (int, string?) known)) return known;
        _path.Add(id);
        int depth = 0;
        string? blocked = null;
        foreach (ModDependency dependency in _mods[id].Dependencies)
        {
            int at = _path.IndexOf(dependency.Id);
            if (at >= 0)
            {
                // An optional dependency that closes a circle has no say in the order.
                if (!dependency.Optional) blocked ??= $"circular dependency {string.Join(" -> ", _path.Skip(at))} -> {dependency.Id}";
                continue;
            }
            if (Missing(dependency) is { } missing)
            {
                if (!dependency.Optional) blocked ??= missing;
                continue;
            }
            (int below, string? why) = Visit(dependency.Id);
            if (why is null) depth = Math.Max(depth, below + 1);
            else if (!dependency.Optional) blocked ??= why.StartsWith("circular", StringComparison.Ordinal) ? why : $"needs '{dependency.Id}', which {why}";
        }
        _path.RemoveAt(_path.Count - 1);
        return _known[id] = (depth, blocked);
    }

    string? Missing(ModDependency dependency)
    {
        if (!_mods.TryGetValue(dependency.Id, out ModManifest? other))
            return _unavailable.TryGetValue(dependency.Id, out string? why) ? $"needs '{dependency.Id}', which {why}" : $"needs '{dependency.Id}', which is not there";
        return dependency.Range.Contains(other.Version) ? null : $"needs '{dependency.Id}' {dependency.Range}, there is {other.Version}";
    }
}
