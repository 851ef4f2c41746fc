using System.CommandLine;
using GameServer.Scripting.Checking;
using GameServer.Server.Admin;

namespace GameServer.Server.Cli.Modding;

/// <summary><c>gameserver mod check</c>: what can be found in a mod without running it.</summary>
static class ModCheckCommand
{
    public static Command Create()
    {
        Argument<string[]> mods = new("MODS")
        {
            Description = "Ids of the mods folder, or paths of mods. Default: the mod in the working folder, else all mods.",
            Arity = ArgumentArity.ZeroOrMore,
            HelpName = "ID|PATH",
        };
        Option<int> api = new("--api")
        {
            Description = "API level to check for. The next one shows what a mod must change before it comes.",
            HelpName = "N",
            DefaultValueFactory = _ => ModSourceChecker.ApiLevel,
        };
        Option<bool> strict = new("--strict") { Description = "Warnings fail too." };
        Option<bool> json = new("--json") { Description = "Print the findings as JSON." };
        api.Require(level => level >= 1 && level <= ModSourceChecker.ApiLevel + 1, $"must be 1 to {ModSourceChecker.ApiLevel + 1}");
        Command check = new(
            "check",
            "Check mods without running them: manifest, syntax, names of the API and of hooks, require, permissions, messages, commands; prints file:line:col: level: text."
            + "\n\nExample: gameserver mod check hello --strict")
        {
            mods, api, strict, json,
        };
        ConfigOptions config = new(check);
        check.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (ModFolders.Find(parsed.GetValue(mods) ?? [], config.Load(parsed), parsed.InvocationConfiguration.Error) is not { } folders) return ExitCodes.OperatorMistake;
            List<ModCheckFinding> all = [];
            Paint paint = new(output);
            foreach (string folder in folders)
            {
                IReadOnlyList<ModCheckFinding> found = ModSourceChecker.Check(folder, parsed.GetValue(api));
                all.AddRange(found);
                if (!parsed.GetValue(json)) Print(found, folder, paint, output);
            }
            if (parsed.GetValue(json)) output.WriteLine(AdminJson.Write(all));
            else output.WriteLine(Summary(folders.Count, all, paint));
            bool bad = all.Exists(f => f.Level == ModCheckLevel.Error || parsed.GetValue(strict));
            return bad ? ExitCodes.Failed : ExitCodes.Ok;
        });
        return check;
    }

    static void Print(IReadOnlyList<ModCheckFinding> found, string folder, Paint paint, TextWriter output)
    {
        foreach (ModCheckFinding finding in found)
        {
            string place = ModFolders.WithPaths($"{finding.Mod}/{finding.File}:{finding.Line}:{finding.Column}", folder);
            bool error = finding.Level == ModCheckLevel.Error;
            output.WriteLine($"{place}: {(error ? paint.Bad("error") : paint.Warning("warning"))}: {finding.Text}");
        }
    }

    static string Summary(int mods, List<ModCheckFinding> all, Paint paint)
    {
        int errors = all.Count(finding => finding.Level == ModCheckLevel.Error);
        string text = $"{mods} {(mods == 1 ? "mod" : "mods")} checked: {Counted(errors, "error")}, {Counted(all.Count - errors, "warning")}";
        return errors > 0 ? paint.Bad(text) : all.Count > 0 ? paint.Warning(text) : paint.Good(text);
    }

    static string Counted(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
