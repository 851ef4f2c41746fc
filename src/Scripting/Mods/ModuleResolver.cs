namespace GameServer.Scripting.Mods;

/// <summary>Which file of a mod a <c>require</c> path means (specification 16, without aliases): <c>./x</c>, <c>../x</c> from the parent of the requiring module,
/// <c>@self/x</c> from the module itself. Looks at a snapshot's names only, so no path leads out of the mod.</summary>
/// <param name="files">Names of the snapshot.</param>
sealed class ModuleResolver(IReadOnlyCollection<string> files)
{
    const string Extension = ".luau";
    const string Init = "init";

    readonly HashSet<string> _files = [.. files];

    /// <summary>Finds the file.</summary>
    /// <param name="requirer">File that requires, e.g. <c>lib/init.luau</c>.</param>
    /// <param name="path">What it requires.</param>
    /// <param name="file">The file.</param>
    /// <param name="problem">Why there is none.</param>
    public bool TryResolve(string requirer, string path, out string file, out string problem)
    {
        file = "";
        string[] parts = path.Replace('\\', '/').Split('/');
        List<string> at = ModuleOf(requirer);
        switch (parts[0])
        {
            case "@self":
                break;
            case "." or "..":
                if (at.Count == 0)
                {
                    // The mod's own entry is the module of the folder itself: it has no parent inside the mod, so ./x is a file beside it, as @self/x is.
                    if (parts[0] == "..") return Fail("the path leaves the mod's folder", out problem);
                    break;
                }
                at.RemoveAt(at.Count - 1);
                if (parts[0] == ".." && !Up(at)) return Fail("the path leaves the mod's folder", out problem);
                break;
            default:
                return Fail(parts[0].StartsWith('@') ? $"{parts[0]} is not a valid alias" : "require path must start with a valid prefix: ./, ../, or @self", out problem);
        }
        foreach (string part in parts.Skip(1))
        {
            if (part is "" or ".") continue;
            if (part == "..")
            {
                if (!Up(at)) return Fail("the path leaves the mod's folder", out problem);
            }
            else if (part is Init or ".config") return Fail($"could not resolve child component \"{part}\"", out problem);
            else at.Add(part);
        }
        return Find(at, out file, out problem);
    }

    bool Find(List<string> at, out string file, out string problem)
    {
        string module = string.Join('/', at);
        string plain = module + Extension;
        string folder = module.Length == 0 ? Init + Extension : $"{module}/{Init}{Extension}";
        bool hasPlain = _files.Contains(plain), hasFolder = _files.Contains(folder);
        file = hasPlain ? plain : folder;
        string last = at.Count == 0 ? "." : at[^1];
        problem = (hasPlain, hasFolder) switch
        {
            (true, true) => $"could not resolve child component \"{last}\" (ambiguous)",
            (false, false) => $"could not resolve child component \"{last}\"",
            _ => "",
        };
        return problem.Length == 0;
    }

    /// <summary>The module a file is: <c>a/m.luau</c> and <c>a/m/init.luau</c> are both <c>a/m</c>.</summary>
    static List<string> ModuleOf(string file)
    {
        List<string> parts = [.. file.Split('/')];
        string name = parts[^1][..^Extension.Length];
        parts.RemoveAt(parts.Count - 1);
        if (name != Init) parts.Add(name);
        return parts;
    }

    static bool Up(List<string> at)
    {
        if (at.Count == 0) return false;
        at.RemoveAt(at.Count - 1);
        return true;
    }

    static bool Fail(string why, out string problem)
    {
        problem = why;
        return false;
    }
}
