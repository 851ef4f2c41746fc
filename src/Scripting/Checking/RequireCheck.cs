using GameServer.Luau.Analysis;
using GameServer.Scripting.Mods;

namespace GameServer.Scripting.Checking;

/// <summary>Every <c>require</c> of a literal path leads to a file.</summary>
static class RequireCheck
{
    /// <summary>Checks it.</summary>
    public static void Run(CheckedMod mod, ModSnapshot files, ModSnapshot tests)
    {
        Check(mod, mod.Sources, new ModuleResolver(files.Files));
        Check(mod, mod.Tests, new ModuleResolver(files.Files, tests.Files));
    }

    static void Check(CheckedMod mod, Dictionary<string, SourceFacts> sources, ModuleResolver resolver)
    {
        foreach ((string file, SourceFacts facts) in sources)
        {
            foreach (CallFact call in facts.Calls.Where(call => call.Target is { Root: FactRoot.Global, Path: "require" }))
            {
                if (call.Arguments is not [{ Text: { } path } argument, ..]) continue;
                if (!resolver.TryResolve(file, path, out string found, out string problem))
                    mod.Add(file, argument.Place, ModCheckLevel.Error, "require", $"require(\"{path}\"): {problem}");
                else if (found == mod.Manifest?.Entry)
                    mod.Add(file, argument.Place, ModCheckLevel.Error, "require", $"require(\"{path}\"): the entry file cannot be required");
            }
        }
    }
}
