using GameServer.Server.Config;
using GameServer.Toml;

namespace GameServer.Server.Cli.Modding;

/// <summary>Which mods a verb is about: ids in the mods folder, paths of mods anywhere, or all there are.</summary>
static class ModFolders
{
    /// <summary>Finds the folders.</summary>
    /// <param name="named">Ids or paths as typed; none means the mod in the working folder, else every mod of the mods folder.</param>
    /// <param name="loaded">Settings, for the mods folder.</param>
    /// <param name="error">Gets one line for each name that is no mod.</param>
    /// <returns>Null when one is not.</returns>
    public static IReadOnlyList<string>? Find(IReadOnlyList<string> named, LoadedConfig loaded, TextWriter error)
    {
        string mods = loaded.Resolve(loaded.Config.Mods.Folder);
        if (named.Count == 0)
        {
            if (IsMod(Directory.GetCurrentDirectory())) return [Directory.GetCurrentDirectory()];
            if (Directory.Exists(mods)) return [.. Directory.EnumerateDirectories(mods).Where(IsMod).Order(StringComparer.Ordinal)];
            error.WriteLine($"there is no folder {mods}; name a mod's folder, or settings with --config");
            return null;
        }
        var found = new List<string>();
        bool good = true;
        foreach (string name in named)
        {
            string inMods = Path.Combine(mods, name), path = Path.GetFullPath(name);
            if (!name.Contains(Path.DirectorySeparatorChar) && IsMod(inMods)) found.Add(inMods);
            else if (IsMod(path)) found.Add(path);
            else
            {
                good = false;
                string[] known = Directory.Exists(mods) ? [.. Directory.EnumerateDirectories(mods).Where(IsMod).Select(folder => Path.GetFileName(folder))] : [];
                error.WriteLine($"'{name}' is neither a mod in {mods} nor the folder of one{Suggestion.For(name, known)}");
            }
        }
        return good ? found : null;
    }

    /// <summary>Whether a folder is a mod's.</summary>
    public static bool IsMod(string folder) =>
        Path.GetFileName(folder)[..Math.Min(1, Path.GetFileName(folder).Length)] is not ("." or "_")
        && (File.Exists(Path.Combine(folder, "mod.toml")) || File.Exists(Path.Combine(folder, "init.luau")));

    /// <summary>Makes positions like <c>kits/init.luau:3:</c> paths from the working folder, which terminals and editors can open.</summary>
    /// <param name="text">Text with positions.</param>
    /// <param name="folder">The mod's folder.</param>
    public static string WithPaths(string text, string folder)
    {
        string id = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        string relative = Path.GetRelativePath(Directory.GetCurrentDirectory(), folder).Replace('\\', '/');
        if (relative == id) return text;
        return System.Text.RegularExpressions.Regex.Replace(
            text, $@"(?<![\w./-]){System.Text.RegularExpressions.Regex.Escape(id)}/(?=[\w./-]+\.(luau|toml):\d)", relative == "." ? "" : $"{relative}/");
    }
}
