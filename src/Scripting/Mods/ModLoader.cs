using GameServer.Luau;
using GameServer.Scripting.Api;
using GameServer.Toml;

namespace GameServer.Scripting.Mods;

/// <summary>From folder to something that can start: snapshot, manifest, every file compiled. No code of the mod runs.</summary>
/// <remarks>Any thread; off the tick thread, because compiling takes as long as it takes.</remarks>
static class ModLoader
{
    const int ProblemsMax = 20;

    /// <summary>Reads and prepares a folder.</summary>
    public static PrepareResult Prepare(string id, string folder, ModLimits limits)
    {
        SnapshotResult read = SnapshotReader.Read(id, folder, limits);
        return read.Snapshot is null ? new PrepareResult(null, [read.Problem ?? "cannot be read"], "", read.IsChanging) : Prepare(read.Snapshot);
    }

    /// <summary>Prepares a snapshot.</summary>
    public static PrepareResult Prepare(ModSnapshot snapshot)
    {
        ModManifest? manifest = ModManifest.OfFolder(snapshot.Id);
        var problems = new List<string>();
        if (snapshot.Files.TryGetValue(ModSnapshot.ManifestName, out byte[]? text))
        {
            manifest = ManifestReader.Read(text, snapshot.Id, out IReadOnlyList<TomlError> mistakes);
            problems.AddRange(mistakes.Select(mistake => $"{snapshot.Id}/{ModSnapshot.ManifestName}:{mistake}"));
        }
        foreach ((string name, string path) in manifest?.Assets ?? new Dictionary<string, string>())
        {
            if (!snapshot.Files.ContainsKey(path)) problems.Add($"{snapshot.Id}/{ModSnapshot.ManifestName}: asset '{name}': there is no file {path}");
        }
        if (manifest is not null && !snapshot.Files.ContainsKey(manifest.Entry)) problems.Add($"{snapshot.Id}/{manifest.Entry}: the entry file is missing");
        Dictionary<string, CompiledChunk> chunks = Compile(snapshot, problems);
        ModTexts texts = LocaleReader.Read(snapshot, problems);
        if (problems.Count > ProblemsMax) problems = [.. problems.Take(ProblemsMax), $"and {problems.Count - ProblemsMax} more"];
        PreparedMod? mod = problems.Count == 0 && manifest is not null ? new PreparedMod(snapshot, manifest, chunks, texts) : null;
        string watched = manifest is { ReloadFiles.Count: > 0 } ? ModSnapshot.HashOf(snapshot.Files.Where(file => manifest.IsWatched(file.Key))) : snapshot.Hash;
        return new PrepareResult(mod, problems, snapshot.Hash, IsChanging: false, manifest) { WatchedHash = watched };
    }

    static Dictionary<string, CompiledChunk> Compile(ModSnapshot snapshot, List<string> problems)
    {
        var chunks = new Dictionary<string, CompiledChunk>(StringComparer.Ordinal);
        foreach ((string path, byte[] source) in snapshot.Files)
        {
            if (!ModSnapshot.IsScript(path)) continue;
            try
            {
                chunks.Add(path, LuauVm.Compile(source, $"@{snapshot.Id}/{path}"));
            }
            catch (LuauCompileException mistake)
            {
                problems.Add(mistake.Message);
            }
            catch (Exception mistake) when (mistake is not OutOfMemoryException)
            {
                // Boundary: a mistake of our compiler. It costs this mod its start and nobody else anything.
                problems.Add($"{snapshot.Id}/{path}: the compiler failed: {mistake.GetType().Name}: {mistake.Message}");
            }
        }
        return chunks;
    }
}
