using System.Text.Json;

namespace GameServer.Luau.Library;

/// <summary>Where modules live, for <see cref="RequireResolver"/>: real files for a program, a snapshot in memory for a mod. Paths use <c>/</c>.</summary>
public interface IModuleFiles
{
    /// <summary>What stands in front of the first component of a path: <c>/</c> for absolute paths of a disk, nothing for names in a snapshot.</summary>
    string Root { get; }

    /// <summary>Whether there is a file of this path.</summary>
    bool HasFile(string path);

    /// <summary>Whether there is a folder of this path.</summary>
    bool HasFolder(string path);

    /// <summary>Content of a file that <see cref="HasFile"/> knows.</summary>
    /// <exception cref="IOException">It cannot be read after all.</exception>
    ReadOnlyMemory<byte> Read(string path);

    /// <summary>Aliases a <c>.config.luau</c> file defines (<c>luau.aliases</c> of the table it returns). Hosts that do not run such files return null.</summary>
    IReadOnlyDictionary<string, string>? RunConfiguration(string path) => null;
}

/// <summary>From the string of a <c>require</c> to the file of a module (specification 16): relative paths, <c>@self</c>, and aliases from
/// <c>.luaurc</c> or <c>.config.luau</c>. Reads through <see cref="IModuleFiles"/> only, and each configuration file once.</summary>
/// <remarks>One thread. What scripts and mods can make long is bounded: paths, chains of aliases.</remarks>
/// <param name="files">Where the modules are.</param>
public sealed class RequireResolver(IModuleFiles files)
{
    /// <summary>Longest path, in characters; an alias that stands for a longer one does not count.</summary>
    const int PathLengthMax = 1024;
    /// <summary>Aliases that lead to aliases, at most.</summary>
    const int AliasChainMax = 16;

    const string JsonConfiguration = ".luaurc";
    const string LuauConfiguration = ".config.luau";
    static readonly string[] Extensions = [".luau", ".lua"];
    readonly Dictionary<string, IReadOnlyDictionary<string, string>> _aliases = new(StringComparer.Ordinal);
    static readonly JsonDocumentOptions Relaxed = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Finds the file a script means.</summary>
    /// <param name="requirer">Path of the file that asks.</param>
    /// <param name="path">The string, as written.</param>
    /// <param name="file">Path of the module's file; also the identity of the module for caching.</param>
    /// <param name="problem">Text of the script error when there is none.</param>
    public bool TryResolve(string requirer, string path, out string file, out string problem)
    {
        file = "";
        if (path.Length > PathLengthMax)
        {
            problem = $"error requiring module \"{path[..32]}...\": the path is longer than {PathLengthMax} characters";
            return false;
        }
        string normal = path.Replace('\\', '/');
        if (!TryStart(requirer, normal, out string module, out string rest, out problem) || !TryWalk(ref module, rest, out problem))
        {
            problem = $"error requiring module \"{path}\": {problem}";
            return false;
        }
        return TryFindCode(path, module, out file, out problem);
    }

    /// <summary>The module a file is: <c>a/m.luau</c> and <c>a/m/init.luau</c> are both <c>a/m</c>.</summary>
    public static string ModuleOf(string file)
    {
        foreach (string extension in Extensions)
        {
            if (!file.EndsWith(extension, StringComparison.Ordinal)) continue;
            string module = file[..^extension.Length];
            if (module == "init") return "";
            return module.EndsWith("/init", StringComparison.Ordinal) ? module[..^"/init".Length] : module;
        }
        return file;
    }

    /// <summary>Where a path starts, and what is left of it to walk.</summary>
    bool TryStart(string requirer, string path, out string module, out string rest, out string problem)
    {
        module = ModuleOf(requirer);
        rest = path;
        problem = "";
        if (path is "." or ".." || path.StartsWith("./", StringComparison.Ordinal) || path.StartsWith("../", StringComparison.Ordinal))
        {
            if (TryParent(module, out module)) return true;
            problem = "could not get parent of requiring context";
            return false;
        }
        if (!path.StartsWith('@'))
        {
            problem = "require path must start with a valid prefix: ./, ../, or @";
            return false;
        }
        SplitAlias(path, out string alias, out rest);
        if (alias.Equals("self", StringComparison.OrdinalIgnoreCase)) return true;
        // Configuration files are looked for from the requiring module's parent upwards.
        if (!TryParent(module, out string folder)) folder = module;
        return TryFollowAlias(folder, alias, [], out module, out problem);
    }

    static void SplitAlias(string path, out string alias, out string rest)
    {
        int slash = path.IndexOf('/', StringComparison.Ordinal);
        alias = slash < 0 ? path[1..] : path[1..slash];
        rest = slash < 0 ? "" : path[(slash + 1)..];
    }

    bool TryWalk(ref string module, string path, out string problem)
    {
        problem = "";
        foreach (string component in path.Split('/'))
        {
            if (component is "" or ".") continue;
            if (component == "..")
            {
                if (TryParent(module, out string parent))
                {
                    module = parent;
                    continue;
                }
                problem = $"could not get parent of component \"{NameOf(module)}\"";
                return false;
            }
            string child = Child(module, component);
            int found = component == ".config" ? 0 : CountModules(child);
            if (found != 1)
            {
                problem = $"could not resolve child component \"{component}\"" + (found > 1 ? " (ambiguous)" : "");
                return false;
            }
            module = child;
        }
        return true;
    }

    /// <summary>In how many ways a module path exists: as a file of either extension, or as a folder.</summary>
    int CountModules(string module)
    {
        int found = files.HasFolder(module) ? 1 : 0;
        if (NameOf(module) == "init") return found;
        foreach (string extension in Extensions)
        {
            if (files.HasFile(module + extension)) found++;
        }
        return found;
    }

    bool TryFindCode(string path, string module, out string file, out string problem)
    {
        file = "";
        int found = 0;
        bool isFolder = files.HasFolder(module);
        foreach (string extension in Extensions)
        {
            string candidate = isFolder ? Child(module, "init" + extension) : module + extension;
            if (!files.HasFile(candidate)) continue;
            file = candidate;
            found++;
        }
        problem = found switch
        {
            1 => "",
            0 => "no module present at resolved path",
            _ => $"error requiring module \"{path}\": could not resolve child component \"{NameOf(module)}\" (ambiguous)",
        };
        return found == 1;
    }

    // ---- aliases

    bool TryFollowAlias(string folder, string alias, List<string> chain, out string module, out string problem)
    {
        module = "";
        bool known = chain.Contains(alias, StringComparer.OrdinalIgnoreCase);
        chain.Add(alias);
        if (known)
        {
            problem = $"detected alias cycle ({string.Join(" -> ", chain.ConvertAll(a => "@" + a))})";
            return false;
        }
        if (chain.Count > AliasChainMax)
        {
            problem = $"@{chain[0]} leads through more than {AliasChainMax} aliases";
            return false;
        }
        if (!TryFindAlias(folder, alias, out string definedIn, out string value, out problem)) return false;
        if (value.StartsWith('@'))
        {
            SplitAlias(value, out string other, out string rest);
            return TryFollowAlias(definedIn, other, chain, out module, out problem) && TryWalk(ref module, rest, out problem);
        }
        if (value.StartsWith("./", StringComparison.Ordinal) || value.StartsWith("../", StringComparison.Ordinal) || value is "." or "..")
        {
            module = definedIn;
            return TryWalkFolders(ref module, value, out problem);
        }
        module = value.TrimEnd('/');
        return true;
    }

    /// <summary>Walks the value of an alias; its components need not be modules.</summary>
    bool TryWalkFolders(ref string module, string path, out string problem)
    {
        problem = "";
        foreach (string component in path.Split('/'))
        {
            if (component is "" or ".") continue;
            if (component != "..")
            {
                module = Child(module, component);
            }
            else if (!TryParent(module, out module))
            {
                problem = $"could not get parent of component \"{NameOf(module)}\"";
                return false;
            }
        }
        return true;
    }

    /// <summary>Looks an alias up in the configuration files from <paramref name="folder"/> upwards; the nearest that defines it wins.</summary>
    bool TryFindAlias(string folder, string alias, out string definedIn, out string value, out string problem)
    {
        definedIn = folder;
        value = "";
        problem = $"@{alias} is not a valid alias";
        if (!IsAliasName(alias)) return false;
        do
        {
            string json = Child(definedIn, JsonConfiguration), luau = Child(definedIn, LuauConfiguration);
            bool hasJson = files.HasFile(json), hasLuau = files.HasFile(luau);
            if (hasJson && hasLuau)
            {
                problem = $"could not resolve alias \"{alias}\" (ambiguous configuration file)";
                return false;
            }
            if ((hasJson || hasLuau) && AliasesOf(hasJson ? json : luau, hasJson).TryGetValue(alias, out string? found) && found.Length > 0)
            {
                value = found.Replace('\\', '/');
                return true;
            }
        }
        while (TryParent(definedIn, out definedIn));
        return false;
    }

    static bool IsAliasName(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.')) return false;
        }
        return name is not ("" or "." or "..");
    }

    IReadOnlyDictionary<string, string> AliasesOf(string file, bool isJson)
    {
        if (!_aliases.TryGetValue(file, out IReadOnlyDictionary<string, string>? aliases)) _aliases.Add(file, aliases = isJson ? ReadJson(file) : ReadLuau(file));
        return aliases;
    }

    Dictionary<string, string> ReadJson(string file)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        try
        {
            using JsonDocument json = JsonDocument.Parse(files.Read(file), Relaxed);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("aliases", out JsonElement aliases)) return found;
            if (aliases.ValueKind != JsonValueKind.Object) return found;
            foreach (JsonProperty entry in aliases.EnumerateObject())
            {
                if (entry.Value.ValueKind == JsonValueKind.String && entry.Value.GetString() is { Length: <= PathLengthMax } target) found.TryAdd(entry.Name, target);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or IOException)
        {
            // A configuration that cannot be read defines no aliases (or those before the bad one); the error then names the alias.
        }
        return found;
    }

    Dictionary<string, string> ReadLuau(string file)
    {
        var found = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (files.RunConfiguration(file) is not { } aliases) return found;
        foreach ((string name, string target) in aliases)
            if (target.Length <= PathLengthMax) found.TryAdd(name, target);
        return found;
    }

    // ---- paths

    string Child(string path, string name) => path.Length == 0 ? files.Root + name : $"{path}/{name}";

    bool TryParent(string path, out string parent)
    {
        parent = path;
        if (path.Length == 0) return false;
        int slash = path.LastIndexOf('/');
        parent = slash <= 0 ? "" : path[..slash];
        return true;
    }

    static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];
}
