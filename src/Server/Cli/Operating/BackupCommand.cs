using System.CommandLine;
using GameServer.Server.Admin;
using GameServer.Server.Config;
using GameServer.Server.Storage;

namespace GameServer.Server.Cli.Operating;

/// <summary><c>gameserver backup</c> and <c>gameserver restore</c>.</summary>
static class BackupCommand
{
    const string Folder = "backups";

    public static Command CreateBackup()
    {
        Option<string?> file = new("--out", "-o") { Description = $"The archive. Default: {Folder}/DATE.zip beside server.toml.", HelpName = "FILE" };
        Option<int> keep = new("--keep") { Description = $"Delete the oldest of {Folder}/ beyond so many; 0 keeps all.", HelpName = "N" };
        Option<bool> json = new("--json") { Description = "Print what was kept as JSON." };
        keep.Require(n => n is >= 0 and <= 100_000, "must be 0 to 100000");
        Command backup = new(
            "backup",
            "Keep settings, mods, bans and other lists, and a consistent copy of what mods stored, in one verified archive. The server may run meanwhile."
            + "\n\nExample: gameserver backup --keep 14")
        {
            file, keep, json,
        };
        ConfigOptions config = new(backup);
        backup.SetAction(parsed =>
        {
            LoadedConfig loaded = config.Load(parsed);
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            string target = parsed.GetValue(file) is { } named ? Path.GetFullPath(named) : loaded.Resolve($"{Folder}/{now:yyyy-MM-ddTHH-mm-ss}Z.zip");
            List<string> left = [];
            try
            {
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                BackupIndex index = BackupFile.Write(loaded, target, now, left);
                foreach (string path in left) error.WriteLine($"not in the backup, because it is not below {loaded.BaseFolder}: {path}");
                if (parsed.GetValue(json)) output.WriteLine(AdminJson.Write(new { File = target, Bytes = new FileInfo(target).Length, Index = index, Left = left }));
                else output.WriteLine($"backup {target} {Size(new FileInfo(target).Length)}, {index.Files.Count} files, {Mods(index, loaded)} mods, verified");
                Thin(loaded.Resolve(Folder), parsed.GetValue(keep));
                return ExitCodes.Ok;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or SqliteException or InvalidDataException)
            {
                error.WriteLine($"no backup was made: {e.Message}");
                return ExitCodes.Failed;
            }
        });
        return backup;
    }

    public static Command CreateRestore()
    {
        Argument<string> file = new("FILE") { Description = "The archive." };
        Option<bool> dry = new("--dry-run") { Description = "Only check the archive and tell what would change." };
        Option<bool> yes = new("--yes", "-y") { Description = "Do not ask." };
        Option<bool> json = new("--json") { Description = "Print the changes as JSON." };
        Command restore = new(
            "restore",
            "Put back what a backup kept; what is there now is moved aside. The server must be stopped.\n\nExample: gameserver restore backups/2026-10-12T04-00-00Z.zip --dry-run")
        {
            file, dry, yes, json,
        };
        ConfigOptions config = new(restore);
        restore.SetAction(async (parsed, stop) =>
        {
            LoadedConfig loaded = config.Load(parsed);
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            string staged = Directory.CreateTempSubdirectory("gameserver-restore-").FullName;
            try
            {
                Restoration plan = Restoration.Plan(BackupFile.Read(parsed.GetValue(file)!, staged), staged, loaded);
                if (parsed.GetValue(json)) await output.WriteLineAsync(AdminJson.Write(plan)).ConfigureAwait(false);
                else Print(plan, output);
                if (parsed.GetValue(dry)) return ExitCodes.Ok;
                if (await IsRunningAsync(loaded, stop).ConfigureAwait(false))
                {
                    await error.WriteLineAsync("a server of these settings is running; stop it first. Nothing was changed").ConfigureAwait(false);
                    return ExitCodes.Failed;
                }
                if (!parsed.GetValue(yes) && !Question.Ask("restore?", output))
                {
                    await error.WriteLineAsync("nothing was changed (--yes restores without asking)").ConfigureAwait(false);
                    return ExitCodes.OperatorMistake;
                }
                string? aside = plan.Carry(staged, loaded, TimeProvider.System.GetUtcNow());
                if (!parsed.GetValue(json)) await output.WriteLineAsync($"restored{(aside is null ? "" : $"; what was there is in {aside}")}").ConfigureAwait(false);
                return ExitCodes.Ok;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or System.Text.Json.JsonException)
            {
                await error.WriteLineAsync(e.Message).ConfigureAwait(false);
                return ExitCodes.Failed;
            }
            finally
            {
                Directory.Delete(staged, recursive: true);
            }
        });
        return restore;
    }

    static void Print(Restoration plan, TextWriter output)
    {
        output.WriteLine($"backup of {plan.Created:yyyy-MM-dd HH:mm:ss} UTC by gameserver {plan.Server}, verified");
        (string, IReadOnlyList<string>)[] kinds = [("new", plan.New), ("changed", plan.Changed), ("removed", plan.Removed)];
        foreach ((string label, IReadOnlyList<string> paths) in kinds)
            foreach (string path in paths) output.WriteLine($"{label,-8}  {path}");
        output.WriteLine($"{plan.New.Count} new, {plan.Changed.Count} changed, {plan.Removed.Count} removed, {plan.Same} as they are");
    }

    static async Task<bool> IsRunningAsync(LoadedConfig loaded, CancellationToken stop)
    {
        if (!loaded.Config.Admin.Enabled) return false;
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(3) };
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(new Uri(AdminConnection.AddressOf(loaded.Config.Admin), "/healthz"), stop).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    static int Mods(BackupIndex index, LoadedConfig loaded)
    {
        string prefix = BackupFile.NameIn(loaded.BaseFolder, loaded.Resolve(loaded.Config.Mods.Folder)) + "/";
        return index.Files.Where(f => f.Path.StartsWith(prefix, StringComparison.Ordinal)).Select(f => f.Path[prefix.Length..].Split('/')[0]).Distinct().Count();
    }

    static void Thin(string folder, int keep)
    {
        if (keep == 0 || !Directory.Exists(folder)) return;
        // Names are dates: the alphabet is the calendar.
        foreach (string old in Directory.EnumerateFiles(folder, "????-??-??T??-??-??Z.zip").OrderDescending(StringComparer.Ordinal).Skip(keep)) File.Delete(old);
    }

    static string Size(long bytes) => bytes < 1 << 20 ? $"{(bytes + 1023) / 1024} KiB" : $"{bytes / 1048576.0:0.0} MiB";
}
