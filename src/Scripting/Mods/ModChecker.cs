using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Mods;

/// <summary>What a look at the mods folder found, without running any mod.</summary>
/// <param name="Ready">Ids that would start, in their order.</param>
/// <param name="Problems">What keeps others from starting, each with mod, file and place.</param>
public sealed record ModCheck(IReadOnlyList<string> Ready, IReadOnlyList<string> Problems);

/// <summary>Reads, compiles and orders all mods as a start would, and runs none of their code.</summary>
/// <remarks>Any thread.</remarks>
public static class ModChecker
{
    /// <summary>Checks the mods folder.</summary>
    /// <param name="options">As for the mod host.</param>
    public static ModCheck Check(ModHostOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (ModCatalog.Read(options.ModsFolder) is not { } entries)
            return new ModCheck([], [$"there is no folder {options.ModsFolder}"]);
        var problems = new List<string>();
        var manifests = new List<ModManifest>();
        var unavailable = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (CatalogEntry entry in entries)
        {
            if (options.Disabled.Contains(entry.Id))
            {
                unavailable[entry.Id] = "is disabled";
                continue;
            }
            ModLimits limits = options.CoreMods.ContainsKey(entry.Id) ? options.CoreLimits : options.UserLimits;
            IReadOnlyList<string> wrong = entry.Problem is { } problem
                ? [$"{entry.Id}: {problem}"]
                : Prepare(entry, limits, manifests);
            if (wrong.Count > 0) unavailable[entry.Id] = "has problems of its own";
            problems.AddRange(wrong.Select(problem => ModLog.Clean(problem, 500)));
        }
        LoadOrder order = LoadOrder.Settle(manifests, unavailable);
        problems.AddRange(order.Blocked.OrderBy(mod => mod.Key, StringComparer.Ordinal).Select(mod => $"{mod.Key}: {mod.Value}"));
        return new ModCheck(order.Ids, problems);
    }

    static IReadOnlyList<string> Prepare(CatalogEntry entry, ModLimits limits, List<ModManifest> manifests)
    {
        PrepareResult result = ModLoader.Prepare(entry.Id, entry.Folder, limits);
        if (result.Mod is not null) manifests.Add(result.Mod.Manifest);
        return result.Problems;
    }
}
