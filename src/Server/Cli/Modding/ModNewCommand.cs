using System.CommandLine;
using GameServer.Scripting.Mods;
using GameServer.Server.Admin;
using GameServer.Server.Config;

namespace GameServer.Server.Cli.Modding;

/// <summary><c>gameserver mod new</c>: a mod that starts and passes its tests.</summary>
static class ModNewCommand
{
    public static Command Create()
    {
        Argument<string> id = new("ID") { Description = "Id of the mod, which is also its folder: a-z, 0-9 and '-'." };
        Option<string?> folder = new("--dir") { Description = "Folder to make it in. Default: mods.folder of the settings.", HelpName = "FOLDER" };
        Option<bool> types = new("--types") { Description = "Only write the type definitions of an existing mod again." };
        Option<bool> json = new("--json") { Description = "Print what was made as JSON." };
        Command make = new(
            "new",
            "Make a mod that starts as it is: manifest, script, tests, editor settings, and the types of this very program.\n\nExample: gameserver mod new kits --dir mods")
        {
            id, folder, types, json,
        };
        ConfigOptions config = new(make);
        make.SetAction(parsed =>
        {
            LoadedConfig loaded = config.Load(parsed);
            string parent = Path.GetFullPath(parsed.GetValue(folder) ?? loaded.Resolve(loaded.Config.Mods.Folder));
            return Make(parsed.GetValue(id)!, parent, parsed.GetValue(types), parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        });
        return make;
    }

    static int Make(string id, string parent, bool typesOnly, bool json, TextWriter output, TextWriter error)
    {
        if (ModId.Problem(id) is { } wrong)
        {
            error.WriteLine($"the id {wrong}");
            return ExitCodes.OperatorMistake;
        }
        string folder = Path.Combine(parent, id);
        bool exists = Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();
        if (exists && !typesOnly)
        {
            error.WriteLine($"{folder} exists already; nothing was changed (--types writes its type definitions again)");
            return ExitCodes.OperatorMistake;
        }
        if (!exists && typesOnly)
        {
            error.WriteLine($"there is no mod {folder}");
            return ExitCodes.OperatorMistake;
        }
        List<string> made = [];
        try
        {
            foreach ((string path, string text) in ModTemplate.Files(id))
            {
                if (typesOnly && !path.StartsWith(ModTemplate.TypesFolder, StringComparison.Ordinal)) continue;
                string file = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(file)!);
                File.WriteAllText(file, text);
                made.Add(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
            return ExitCodes.Failed;
        }
        if (json)
        {
            output.WriteLine(AdminJson.Write(new { Id = id, Folder = folder, Files = made }));
            return ExitCodes.Ok;
        }
        output.WriteLine($"made {Path.GetRelativePath(Directory.GetCurrentDirectory(), folder)}: {string.Join(", ", made)}");
        if (!typesOnly)
        {
            string name = Path.GetRelativePath(Directory.GetCurrentDirectory(), folder).Replace('\\', '/');
            output.WriteLine($"next: gameserver mod test {(name == $"mods/{id}" ? id : name)} --watch");
        }
        return ExitCodes.Ok;
    }
}
