namespace GameServer.Scripting.Mods;

/// <summary>How a folder was read.</summary>
/// <param name="Snapshot">The files; null when there is a problem.</param>
/// <param name="Problem">What is wrong; null when nothing is.</param>
/// <param name="IsChanging">Whether somebody was writing meanwhile: try again soon.</param>
sealed record SnapshotResult(ModSnapshot? Snapshot, string? Problem, bool IsChanging = false);

/// <summary>Reads a mod's folder into memory: its manifest, its <c>.luau</c> files, the aliases of <c>.luaurc</c> files and its translations, within the limits,
/// never through a link.</summary>
/// <remarks>Any thread. Files that change while being read make the whole read repeat.</remarks>
static class SnapshotReader
{
    const int Attempts = 3;
    const int DepthMax = 16;
    const int ManifestBytesMax = 256 * 1024;
    const string TestsFolder = "tests/";
    const string TestSuffix = ".test.luau";
    /// <summary>Longer paths would be cut in the positions of errors.</summary>
    const int PathLengthMax = 180;
    /// <summary>Names looked at in one folder tree, whatever they are.</summary>
    const int NamesMax = 20_000;

    static readonly EnumerationOptions Names = new() { IgnoreInaccessible = true, AttributesToSkip = 0, RecurseSubdirectories = false };

    /// <summary>Reads the folder of a mod.</summary>
    public static SnapshotResult Read(string id, string folder, ModLimits limits) => Read(id, folder, limits, tests: false);

    /// <summary>Reads the tests of a mod, within the same limits.</summary>
    public static SnapshotResult ReadTests(string id, string folder, ModLimits limits) => Read(id, folder, limits, tests: true);

    static SnapshotResult Read(string id, string folder, ModLimits limits, bool tests)
    {
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            SnapshotResult result = TryRead(id, folder, limits, tests);
            if (!result.IsChanging) return result;
        }
        return new SnapshotResult(null, "the files are still being written", IsChanging: true);
    }

    /// <summary>A number that changes when a file of the mod is added, removed, renamed, resized or written; cheap, for scans. 0 when the folder is gone.</summary>
    public static long Stamp(string folder)
    {
        if (!Directory.Exists(folder)) return 0;
        var hash = new HashCode();
        int count = 0;
        try
        {
            foreach (FileInfo file in Walk(new DirectoryInfo(folder), 0, new Problems()))
            {
                if (!IsPart(file.Name, NameIn(folder, file)) || IsTest(NameIn(folder, file))) continue;
                hash.Add(file.FullName, StringComparer.Ordinal);
                hash.Add(file.Length);
                hash.Add(file.LastWriteTimeUtc.Ticks);
                count++;
            }
        }
        catch (IOException)
        {
            // Boundary: the folder changes under our hands; the next scan sees the result.
            count++;
        }
        catch (UnauthorizedAccessException)
        {
            count++;
        }
        return count == 0 ? 0 : ((long)count << 32) | (uint)hash.ToHashCode();
    }

    static SnapshotResult TryRead(string id, string folder, ModLimits limits, bool tests)
    {
        var root = new DirectoryInfo(folder);
        if (!root.Exists) return new SnapshotResult(null, "the folder is gone");
        if (root.LinkTarget is not null) return new SnapshotResult(null, "the folder is a link; mods must be real folders");
        var problems = new Problems();
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        long total = 0;
        try
        {
            foreach (FileInfo file in Walk(root, 0, problems))
            {
                string name = NameIn(folder, file);
                if (!IsPart(file.Name, name) || IsTest(name) != tests) continue;
                bool manifest = name == ModSnapshot.ManifestName;
                long max = manifest ? ManifestBytesMax : (long)(limits.FileKb * 1024);
                if (file.Length > max) return new SnapshotResult(null, $"{name} has {file.Length / 1024} KiB, at most {max / 1024} KiB (file_kb)");
                if (name.Length > PathLengthMax) return new SnapshotResult(null, $"{name}: the path is longer than {PathLengthMax} characters");
                total += manifest ? 0 : file.Length;
                if (total > limits.SourceKb * 1024) return new SnapshotResult(null, $"the script files have more than {limits.SourceKb} KiB together (source_kb)");
                if (files.Count > limits.Files) return new SnapshotResult(null, $"more than {limits.Files} script files (files)");
                byte[] content = RegularFile.ReadAllBytes(file.FullName, max);
                file.Refresh();
                if (!file.Exists || file.Length != content.Length) return new SnapshotResult(null, null, IsChanging: true);
                files.Add(name, content);
            }
        }
        catch (IOException)
        {
            // Boundary: renamed or deleted between listing and reading; another attempt sees the result.
            return new SnapshotResult(null, null, IsChanging: true);
        }
        catch (UnauthorizedAccessException denied)
        {
            return new SnapshotResult(null, denied.Message);
        }
        catch (NotSupportedException odd)
        {
            return new SnapshotResult(null, odd.Message);
        }
        return problems.First is { } problem ? new SnapshotResult(null, problem) : new SnapshotResult(ModSnapshot.Of(id, files), null);
    }

    /// <summary>Whether a file is a test of the mod (<c>gameserver mod test</c>): everything below <c>tests/</c>, and <c>*.test.luau</c>. Tests are no part of
    /// the mod: they are never compiled into its VM, and saving one reloads nothing.</summary>
    /// <param name="name">Path relative to the mod's folder, with <c>/</c>.</param>
    public static bool IsTest(string name) =>
        name.StartsWith(TestsFolder, StringComparison.Ordinal) || name.EndsWith(TestSuffix, StringComparison.Ordinal);

    static string NameIn(string folder, FileInfo file) => Path.GetRelativePath(folder, file.FullName).Replace('\\', '/');

    static bool IsSource(string name) => name is ModSnapshot.ManifestName or ModSnapshot.AliasesName || ModSnapshot.IsScript(name);

    static bool IsPart(string name, string path) => IsSource(name) || LocaleReader.IsLocale(path) || path.StartsWith(ModSnapshot.AssetsFolder, StringComparison.Ordinal);

    static IEnumerable<FileInfo> Walk(DirectoryInfo folder, int depth, Problems problems)
    {
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos("*", Names).OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (++problems.Names > NamesMax)
            {
                problems.First ??= $"more than {NamesMax} names in the folder";
                yield break;
            }
            // Editors' and version control's own files.
            if (entry.Name.StartsWith('.') && entry.Name != ModSnapshot.AliasesName) continue;
            if (entry.LinkTarget is not null)
            {
                bool matters = entry is DirectoryInfo || IsSource(entry.Name) || entry.Name.EndsWith(".toml", StringComparison.Ordinal) || folder.Name == "assets";
                if (matters) problems.First ??= $"{entry.Name} is a link; links are not followed";
                continue;
            }
            if (entry is FileInfo file) yield return file;
            else if (depth >= DepthMax) problems.First ??= $"{entry.Name}: folders are nested more than {DepthMax} deep";
            else foreach (FileInfo inner in Walk((DirectoryInfo)entry, depth + 1, problems)) yield return inner;
        }
    }

    sealed class Problems
    {
        public string? First;
        public int Names;
    }
}
