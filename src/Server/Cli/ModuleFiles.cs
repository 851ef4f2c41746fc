using System.Text.Json;

namespace GameServer.Server.Cli;

/// <summary>From the string of a <c>require</c> to a file on disk, with aliases from <c>.luaurc</c>. Source: specification of Luau, section 16.</summary>
static class ModuleFiles
{
    const int AliasChainMax = 32;

    static readonly JsonDocumentOptions Relaxed = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Finds the file a script means.</summary>
    /// <param name="requirer">Absolute path of the file that asks.</param>
    /// <param name="path">The string, as written.</param>
    /// <param name="file">Absolute path of the module's file.</param>
    /// <param name="problem">Text of the script error when not found.</param>
    public static bool TryResolve(string requirer, string path, out string file, out string problem)
    {
        file = "";
        string normal = path.Replace('\\', '/');
        string? start = StartOf(requirer, ref normal, out problem);
        if (start is null)
            return false;
        string module = start;
        foreach (string component in normal.Split('/'))
        {
            if (component is "" or ".")
                continue;
            string? next = component == ".." ? Path.GetDirectoryName(module) : Path.Combine(module, component);
            if (next is null || component == ".config")
            {
                problem = Failure(path, component == ".." ? "could not get parent of component \"" + Path.GetFileName(module) + "\"" : Unresolved(component));
                return false;
            }
            module = next;
        }
        return TryFindFile(path, module, out file, out problem);
    }

    static string Failure(string path, string why) => $"error requiring module \"{path}\": {why}";

    static string Unresolved(string component) => $"could not resolve child component \"{component}\"";

    // A folder's init file stands for the folder, so "./" from it means the folder's parent.
    static string ModuleOf(string file)
    {
        string folder = Path.GetDirectoryName(file)!;
        string name = Path.GetFileNameWithoutExtension(file);
        return name == "init" ? folder : Path.Combine(folder, name);
    }

    static string? StartOf(string requirer, ref string path, out string problem)
    {
        problem = "";
        string module = ModuleOf(requirer);
        string parent = Path.GetDirectoryName(module) ?? module;
        if (path.StartsWith("./", StringComparison.Ordinal) || path.StartsWith("../", StringComparison.Ordinal) || path is "." or "..")
            return parent;
        if (!path.StartsWith('@'))
        {
            problem = "require path must start with a valid prefix: ./, ../, or @";
            return null;
        }
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        string alias = slash < 0 ? path[1..] : path[1..slash];
        string whole = path;
        path = slash < 0 ? "" : path[(slash + 1)..];
        if (alias == "self")
            return module;
        string? target = FollowAlias(parent, alias, [], out string why);
        if (target is null)
            problem = Failure(whole, why);
        return target;
    }

    static string? FollowAlias(string folder, string alias, List<string> chain, out string problem)
    {
        problem = $"@{alias} is not a valid alias";
        if (chain.Contains(alias, StringComparer.OrdinalIgnoreCase) || chain.Count > AliasChainMax)
        {
            problem = $"detected alias cycle ({string.Join(" -> ", chain.Append(alias).Select(a => "@" + a))})";
            return null;
        }
        chain.Add(alias);
        for (string? at = folder; at is not null; at = Path.GetDirectoryName(at))
        {
            string? value = ReadAlias(Path.Combine(at, ".luaurc"), alias);
            if (value is null)
                continue;
            if (!value.StartsWith('@'))
                return Path.GetFullPath(value, at);
            int slash = value.IndexOf('/', StringComparison.Ordinal);
            string? outer = FollowAlias(at, slash < 0 ? value[1..] : value[1..slash], chain, out problem);
            return outer is null || slash < 0 ? outer : Path.GetFullPath(value[(slash + 1)..], outer);
        }
        return null;
    }

    static string? ReadAlias(string configuration, string alias)
    {
        if (!File.Exists(configuration))
            return null;
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(configuration), Relaxed);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("aliases", out JsonElement aliases))
                return null;
            foreach (JsonProperty entry in aliases.EnumerateObject())
            {
                if (entry.Name.Equals(alias, StringComparison.OrdinalIgnoreCase) && entry.Value.ValueKind == JsonValueKind.String)
                    return entry.Value.GetString();
            }
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // A configuration that cannot be read defines no aliases; the error then names the alias.
        }
        return null;
    }

    static bool TryFindFile(string path, string module, out string file, out string problem)
    {
        string name = Path.GetFileName(module);
        string[] direct = name == "init" ? [] : [module + ".luau", module + ".lua"];
        string[] inFolder = [Path.Combine(module, "init.luau"), Path.Combine(module, "init.lua")];
        string[] found = [.. direct.Concat(inFolder).Where(File.Exists)];
        file = found.Length == 1 ? found[0] : "";
        problem = found.Length switch
        {
            1 => "",
            0 when Directory.Exists(module) => "no module present at resolved path",
            0 => Failure(path, Unresolved(name)),
            _ => Failure(path, Unresolved(name) + " (ambiguous)"),
        };
        return found.Length == 1;
    }
}
