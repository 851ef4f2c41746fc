using System.CommandLine;
using GameServer.Scripting.Mods;
using GameServer.Server.Admin;
using GameServer.Server.Config;

namespace GameServer.Server.Cli.Modding;

/// <summary><c>gameserver mod add</c>: lets a mod in, after showing what it is and asks for.</summary>
static class ModAddCommand
{
    public static Command Create()
    {
        Argument<string> source = new("SOURCE") { Description = "Folder or .zip of the mod.", HelpName = "FOLDER|ZIP" };
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };
        Option<bool> json = new("--json") { Description = "Print what was added as JSON." };
        Command add = new(
            "add",
            "Copy a mod into the mods folder, after showing its hash and the rights it asks for. A running server starts it at once.\n\nExample: gameserver mod add kits-1.0.0.zip")
        {
            source, yes, json,
        };
        ConfigOptions config = new(add);
        add.SetAction(parsed =>
        {
            LoadedConfig loaded = config.Load(parsed);
            ModPackages packages = new(loaded.Resolve(loaded.Config.Mods.Folder));
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            try
            {
                return Add(packages, packages.Stage(parsed.GetValue(source)!, null), parsed.GetValue(yes), parsed.GetValue(json), output, error);
            }
            catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
            {
                error.WriteLine(e.Message);
                return ExitCodes.OperatorMistake;
            }
            finally
            {
                packages.ClearStaging();
            }
        });
        return add;
    }

    static int Add(ModPackages packages, string staged, bool yes, bool json, TextWriter output, TextWriter error)
    {
        ModDescription mod = ModDescription.Read(staged);
        if (!json) ModSummary.Print(mod, null, output);
        if (mod.Problems.Count > 0)
        {
            error.WriteLine("it would not start; nothing was added");
            return ExitCodes.Failed;
        }
        if (Directory.Exists(packages.FolderOf(mod.Id)))
        {
            error.WriteLine($"there is a mod '{mod.Id}' already; gameserver mod update {mod.Id} --from … replaces it");
            return ExitCodes.OperatorMistake;
        }
        if (!yes && !Question.Ask($"add it to {Path.GetDirectoryName(packages.FolderOf(mod.Id))}?", output))
        {
            error.WriteLine("nothing was added (--yes adds without asking)");
            return ExitCodes.OperatorMistake;
        }
        packages.Swap(staged);
        output.WriteLine(json ? AdminJson.Write(mod) : $"added {mod.Id} {mod.Version}");
        return ExitCodes.Ok;
    }
}
