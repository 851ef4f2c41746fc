using GameServer.Scripting.Mods;

namespace GameServer.Server.Cli.Modding;

/// <summary>A mod as an operator reads about it before letting it in.</summary>
static class ModSummary
{
    /// <summary>Lines about a mod.</summary>
    /// <param name="mod">The mod.</param>
    /// <param name="before">The one it would replace; null when there is none.</param>
    /// <param name="output">Where to.</param>
    public static void Print(ModDescription mod, ModDescription? before, TextWriter output)
    {
        Paint paint = new(output);
        string version = before is null || before.Version == mod.Version ? mod.Version : $"{before.Version} -> {mod.Version}";
        output.WriteLine($"mod       {mod.Id} {version}, {mod.Files} {(mod.Files == 1 ? "script" : "scripts")}, {(mod.Bytes + 1023) / 1024} KiB");
        output.WriteLine($"sha256    {mod.Hash}{(before?.Hash == mod.Hash ? " (as before)" : "")}");
        Rights("required", mod.Required, before?.Required, output, paint);
        Rights("optional", mod.Optional, before?.Optional, output, paint);
        if (mod.Dependencies.Count > 0) output.WriteLine($"needs     {string.Join(", ", mod.Dependencies)}");
        if (mod.MustBeGranted.Count > 0)
            output.WriteLine(paint.Warning($"to grant  in server.toml: [mods.{mod.Id}] grant = [{string.Join(", ", mod.MustBeGranted.Select(name => $"\"{name}\""))}]"));
        if (mod.CoreOnly.Count > 0)
            output.WriteLine(paint.Warning($"core only {string.Join(", ", mod.CoreOnly)}: only [core] mods = [\"{mod.Id}@sha256:{mod.Hash}\"] gives these"));
        foreach (string problem in mod.Problems) output.WriteLine(paint.Bad($"problem   {problem}"));
    }

    static void Rights(string label, IReadOnlyList<string> names, IReadOnlyList<string>? before, TextWriter output, Paint paint)
    {
        if (names.Count == 0 && before is not { Count: > 0 }) return;
        IEnumerable<string> shown = names.Select(name => before is null || before.Contains(name) ? name : paint.Warning($"{name} (NEW)"));
        IEnumerable<string> gone = (before ?? []).Except(names).Select(name => $"{name} (no longer)");
        output.WriteLine($"{label}  {string.Join(", ", shown.Concat(gone))}");
    }
}
