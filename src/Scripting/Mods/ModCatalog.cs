namespace GameServer.Scripting.Mods;

/// <summary>One folder of the mods folder.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Folder">Its path.</param>
/// <param name="Problem">Why it is no mod; null for a mod.</param>
sealed record CatalogEntry(string Id, string Folder, string? Problem);

/// <summary>Which mods are on disk.</summary>
/// <remarks>Any thread.</remarks>
static class ModCatalog
{
    /// <summary>Folders looked at; more are reported.</summary>
    public const int FoldersMax = 2000;

    /// <summary>All folders by name; those that begin with a dot or an underscore are not looked at.</summary>
    /// <param name="modsFolder">The mods folder.</param>
    /// <returns>Null when it does not exist.</returns>
    public static IReadOnlyList<CatalogEntry>? Read(string modsFolder)
    {
        try
        {
            return [.. new DirectoryInfo(modsFolder).EnumerateDirectories()
                .Where(folder => folder.Name[0] is not ('.' or '_'))
                .OrderBy(folder => folder.Name, StringComparer.Ordinal)
                .Take(FoldersMax)
                .Select(folder => new CatalogEntry(folder.Name, folder.FullName, Problem(folder)))];
        }
        catch (DirectoryNotFoundException)
        {
            return null;
        }
        catch (IOException)
        {
            // Boundary: the folder is being replaced; the next look sees the result.
            return null;
        }
    }

    static string? Problem(DirectoryInfo folder)
    {
        if (folder.LinkTarget is not null) return "the folder is a link; mods must be real folders";
        if (ModId.Problem(folder.Name) is { } wrong) return $"folder {wrong}";
        bool isMod = File.Exists(Path.Combine(folder.FullName, ModSnapshot.ManifestName)) || File.Exists(Path.Combine(folder.FullName, "init.luau"));
        return isMod ? null : "neither mod.toml nor init.luau";
    }
}
