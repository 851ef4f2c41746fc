using System.CommandLine;
using System.Security.Cryptography;
using GameServer.Scripting.Checking;
using GameServer.Scripting.Mods;
using GameServer.Server.Admin;

namespace GameServer.Server.Cli.Modding;

/// <summary><c>gameserver mod pack</c>: an archive of a mod to pass on.</summary>
static class ModPackCommand
{
    public static Command Create()
    {
        Argument<string?> mod = new("MOD")
        {
            Description = "Id or path of the mod. Default: the mod in the working folder.", Arity = ArgumentArity.ZeroOrOne, HelpName = "ID|PATH",
        };
        Option<string?> file = new("--out", "-o") { Description = "The archive. Default: ID-VERSION.zip in the working folder.", HelpName = "FILE" };
        Option<bool> tests = new("--with-tests") { Description = "Pack the mod's tests too." };
        Option<bool> json = new("--json") { Description = "Print the summary as JSON." };
        Command pack = new(
            "pack",
            "Make an archive of a mod for gameserver mod add. The same files always make the same bytes.\n\nExample: gameserver mod pack hello --out hello.zip")
        {
            mod, file, tests, json,
        };
        ConfigOptions config = new(pack);
        pack.SetAction(parsed =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            if (ModFolders.Find(parsed.GetValue(mod) is { } named ? [named] : [], config.Load(parsed), error) is not { } folders) return ExitCodes.OperatorMistake;
            if (folders is not [var folder])
            {
                error.WriteLine("name one mod: only one is packed at a time");
                return ExitCodes.OperatorMistake;
            }
            return Pack(folder, parsed.GetValue(file), parsed.GetValue(tests), parsed.GetValue(json), output, error);
        });
        return pack;
    }

    static int Pack(string folder, string? file, bool withTests, bool json, TextWriter output, TextWriter error)
    {
        ModCheckFinding[] wrong = [.. ModSourceChecker.Check(folder, ModSourceChecker.ApiLevel).Where(finding => finding.Level == ModCheckLevel.Error)];
        if (wrong.Length > 0)
        {
            foreach (ModCheckFinding finding in wrong) error.WriteLine(ModFolders.WithPaths(finding.ToString(), folder));
            error.WriteLine("nothing was packed");
            return ExitCodes.Failed;
        }
        ModDescription mod = ModDescription.Read(folder);
        string target = file ?? $"{mod.Id}-{mod.Version}.zip";
        IReadOnlyList<string> files = ModArchive.FilesOf(folder, withTests);
        using MemoryStream archive = new();
        try
        {
            ModArchive.Write(folder, files, archive);
            File.WriteAllBytes(target, archive.ToArray());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            error.WriteLine(e.Message);
            return ExitCodes.Failed;
        }
        string hash = Convert.ToHexStringLower(SHA256.HashData(archive.ToArray()));
        if (json)
        {
            output.WriteLine(AdminJson.Write(new { File = target, ArchiveSha256 = hash, Files = files, Mod = mod }));
            return ExitCodes.Ok;
        }
        ModSummary.Print(mod, null, output);
        output.WriteLine($"packed    {target}, {files.Count} files, {(archive.Length + 1023) / 1024} KiB, sha256 {hash}");
        return ExitCodes.Ok;
    }
}
