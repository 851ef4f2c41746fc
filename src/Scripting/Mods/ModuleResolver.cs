using GameServer.Luau.Library;

namespace GameServer.Scripting.Mods;

/// <summary>Which file of a mod a <c>require</c> path means: the rules of scripts everywhere (<see cref="RequireResolver"/>), aliases of <c>.luaurc</c> files
/// included, on the names of a snapshot. Nothing outside the snapshot exists, so no path and no alias leads out of the mod.</summary>
/// <remarks>One difference: the folder of a mod has no parent, so <c>./x</c> in its <c>init.luau</c> is the file beside it, as <c>@self/x</c> is.</remarks>
sealed class ModuleResolver
{
    const string RootModule = "init.luau";

    readonly RequireResolver _resolver;

    /// <summary>Looks at the files of a mod.</summary>
    /// <param name="files">Contents by path relative to the mod's folder; more than one set when tests see both.</param>
    public ModuleResolver(params IReadOnlyDictionary<string, byte[]>[] files) => _resolver = new RequireResolver(new SnapshotFiles(files));

    /// <summary>Finds the file.</summary>
    /// <param name="requirer">File that requires, e.g. <c>lib/init.luau</c>.</param>
    /// <param name="path">What it requires.</param>
    /// <param name="file">The file.</param>
    /// <param name="problem">Why there is none.</param>
    public bool TryResolve(string requirer, string path, out string file, out string problem)
    {
        string asked = path;
        if (requirer == RootModule && (path == "." || path.StartsWith("./", StringComparison.Ordinal) || path.StartsWith(".\\", StringComparison.Ordinal)))
            asked = "@self" + path[1..];
        if (_resolver.TryResolve(requirer, asked, out file, out problem)) return true;
        string prefix = $"error requiring module \"{asked}\": ";
        if (problem.StartsWith(prefix, StringComparison.Ordinal)) problem = problem[prefix.Length..];
        if (problem.StartsWith("could not get parent", StringComparison.Ordinal)) problem += ": the path leaves the mod's folder";
        return false;
    }

    /// <summary>The files of a mod as the resolver sees them.</summary>
    sealed class SnapshotFiles : IModuleFiles
    {
        readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
        readonly HashSet<string> _folders = new(StringComparer.Ordinal) { "" };

        public SnapshotFiles(IReadOnlyDictionary<string, byte[]>[] sets)
        {
            foreach ((string name, byte[] content) in sets.SelectMany(set => set))
            {
                _files[name] = content;
                for (int slash = name.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = name.IndexOf('/', slash + 1)) _folders.Add(name[..slash]);
            }
        }

        public string Root => "";

        public bool HasFile(string path) => _files.ContainsKey(path);

        public bool HasFolder(string path) => _folders.Contains(path);

        public ReadOnlyMemory<byte> Read(string path) => _files[path];
    }
}
