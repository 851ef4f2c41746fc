using GameServer.Luau;
using GameServer.Luau.Analysis;
using GameServer.Scripting.Mods;
using GameServer.Toml;

namespace GameServer.Scripting.Checking;

/// <summary>Checks a mod without running it: manifest, syntax, names, rights, declarations.</summary>
/// <remarks>Any thread.</remarks>
public static class ModSourceChecker
{
    /// <summary>API level of this server.</summary>
    public static int ApiLevel => ManifestReader.ApiLevel;

    /// <summary>Checks a mod.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="apiLevel">API level it shall work with; at most the next one, so that a mod can be made ready for it.</param>
    /// <returns>What was found, by file and line.</returns>
    public static IReadOnlyList<ModCheckFinding> Check(string folder, int apiLevel) => Check(folder, apiLevel, ApiModel.Current);

    /// <summary>Checks a mod against an API.</summary>
    internal static IReadOnlyList<ModCheckFinding> Check(string folder, int apiLevel, ApiModel api)
    {
        string path = Path.GetFullPath(folder);
        string id = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        var mod = new CheckedMod(id, apiLevel, api);
        if (ModId.Problem(id) is { } wrong)
        {
            mod.Add(ModSnapshot.ManifestName, default, ModCheckLevel.Error, "manifest", $"folder {wrong}");
            return mod.Findings;
        }
        SnapshotResult files = SnapshotReader.Read(id, path, ModLimits.Core), tests = SnapshotReader.ReadTests(id, path, ModLimits.Core);
        if (files.Snapshot is null || tests.Snapshot is null)
        {
            mod.Add(ModSnapshot.ManifestName, default, ModCheckLevel.Error, "files", files.Problem ?? tests.Problem ?? "cannot be read");
            return mod.Findings;
        }
        ReadManifest(mod, files.Snapshot);
        foreach ((string name, byte[] source) in files.Snapshot.Files)
            if (ModSnapshot.IsScript(name)) ReadSource(mod, name, source, mod.Sources);
        foreach ((string name, byte[] source) in tests.Snapshot.Files)
            if (ModSnapshot.IsScript(name)) ReadSource(mod, name, source, mod.Tests);
        ReadTexts(mod, files.Snapshot);
        NameCheck.Run(mod);
        RequireCheck.Run(mod, files.Snapshot, tests.Snapshot);
        DeclarationCheck.Run(mod);
        PermissionCheck.Run(mod);
        return [.. mod.Findings.OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line).ThenBy(f => f.Column).ThenBy(f => f.Text, StringComparer.Ordinal)];
    }

    static void ReadManifest(CheckedMod mod, ModSnapshot snapshot)
    {
        mod.Manifest = ModManifest.OfFolder(mod.Id);
        if (snapshot.Files.TryGetValue(ModSnapshot.ManifestName, out byte[]? text))
        {
            mod.ManifestText = TomlReader.Read(text).Root;
            mod.Manifest = ManifestReader.Read(text, mod.Id, out IReadOnlyList<TomlError> mistakes);
            foreach (TomlError mistake in mistakes)
                mod.Add(ModSnapshot.ManifestName, new SourcePlace(mistake.Position.Line, mistake.Position.Column), ModCheckLevel.Error, "manifest", mistake.Message);
        }
        if (mod.ApiLevel != ApiLevel && mod.ManifestText?.TryGet("api", out TomlValue? api) == true && api is TomlInteger level && level.Value != mod.ApiLevel)
        {
            mod.Add(ModSnapshot.ManifestName, new SourcePlace(api.Position.Line, api.Position.Column), ModCheckLevel.Warning, "api-level",
                $"api is {level.Value}: a server of API level {mod.ApiLevel} does not start this mod until it says so");
        }
        if (mod.Manifest is { } manifest && !snapshot.Files.ContainsKey(manifest.Entry))
            mod.Add(ModSnapshot.ManifestName, default, ModCheckLevel.Error, "manifest", $"the entry file {manifest.Entry} is missing");
    }

    static void ReadTexts(CheckedMod mod, ModSnapshot snapshot)
    {
        var mistakes = new List<(string File, TomlError Mistake)>();
        mod.Texts = LocaleReader.Read(snapshot, mistakes);
        foreach ((string file, TomlError mistake) in mistakes)
            mod.Add(file, new SourcePlace(mistake.Position.Line, mistake.Position.Column), ModCheckLevel.Error, "locale", mistake.Message);
    }

    static void ReadSource(CheckedMod mod, string name, byte[] source, Dictionary<string, SourceFacts> into)
    {
        try
        {
            into[name] = SourceFacts.Read(source, $"@{mod.Id}/{name}");
            // The compiler has limits of its own, beyond the grammar.
            LuauVm.Compile(source, $"@{mod.Id}/{name}");
        }
        catch (LuauCompileException wrong)
        {
            into.Remove(name);
            mod.Add(name, new SourcePlace(wrong.Line, Math.Max(1, wrong.Column)), ModCheckLevel.Error, "syntax", wrong.Text);
        }
    }
}
