using System.CommandLine;
using GameServer.Server.Config;

namespace GameServer.Server.Cli.Operating;

/// <summary><c>gameserver doctor</c>: what <c>check</c> sees, and the machine: clock, limits, disk, folders.</summary>
static class DoctorCommand
{
    const long OpenFilesWanted = 4096;
    const long DiskBytesWanted = 512L << 20;
    static readonly TimeSpan ClockRuns = TimeSpan.FromMilliseconds(200);

    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "Print the findings as JSON." };
        Command doctor = new(
            "doctor",
            "Look at everything that keeps a server from running well: settings, mods, ports, file events, clock, timers, open-file limit, disk, rights on folders."
            + "\n\nExample: gameserver doctor --config /srv/game/server.toml")
        {
            json,
        };
        ConfigOptions options = new(doctor);
        doctor.SetAction(parsed =>
        {
            LoadedConfig loaded = options.Load(parsed);
            return CheckCommand.Report([.. CheckCommand.CheckAll(loaded), .. Machine(loaded)], parsed.GetValue(json), parsed.InvocationConfiguration.Output);
        });
        return doctor;
    }

    static IEnumerable<Finding> Machine(LoadedConfig loaded)
    {
        yield return Clock(TimeProvider.System);
        yield return Timers(TimeProvider.System, loaded.Config.Server.TickHz);
        if (OpenFiles() is { } files) yield return files;
        ServerConfig config = loaded.Config;
        string[] folders =
        [
            Path.GetDirectoryName(loaded.Resolve(config.Admin.TokenFile))!,
            .. config.Storage.Enabled ? [Path.GetDirectoryName(loaded.Resolve(config.Storage.File))!] : Array.Empty<string>(),
            .. config.Log.Folder.Length > 0 ? [loaded.Resolve(config.Log.Folder)] : Array.Empty<string>(),
        ];
        foreach (string folder in folders.Distinct()) yield return Writable(folder);
        yield return Readable(loaded.Resolve(config.Mods.Folder));
        yield return Disk(loaded.BaseFolder);
        if (Token(loaded.Resolve(config.Admin.TokenFile)) is { } token) yield return token;
    }

    // Bans, tickets and times to live are kept in wall-clock time.
    static Finding Clock(TimeProvider time)
    {
        DateTimeOffset now = time.GetUtcNow();
        bool sane = now.Year is >= 2025 and < 2100;
        return new Finding("clock", sane, sane ? $"{now:yyyy-MM-dd HH:mm:ss} UTC" : $"it says {now:yyyy-MM-dd}: bans, tickets and times to live would be wrong");
    }

    // How late the system wakes a thread is what limits the precision of ticks.
    static Finding Timers(TimeProvider time, int tickHz)
    {
        long began = time.GetTimestamp();
        double worst = 0;
        using ManualResetEventSlim never = new();
        while (time.GetElapsedTime(began) < ClockRuns)
        {
            long before = time.GetTimestamp();
            never.Wait(TimeSpan.FromMilliseconds(5));
            worst = Math.Max(worst, time.GetElapsedTime(before).TotalMilliseconds - 5);
        }
        bool fine = worst < 1000.0 / tickHz / 2;
        return new Finding("timers", true, $"a wait of 5 ms took up to {worst:0.0} ms more{(fine ? "" : $": ticks of {1000.0 / tickHz:0.0} ms will not be even")}");
    }

    static Finding? OpenFiles()
    {
        const string Limits = "/proc/self/limits";
        if (!File.Exists(Limits)) return null;
        string? line = File.ReadLines(Limits).FirstOrDefault(text => text.StartsWith("Max open files", StringComparison.Ordinal));
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (words.Length < 5 || !long.TryParse(words[3], out long soft)) return null;
        return new Finding("open files", true, soft >= OpenFilesWanted ? $"up to {soft}" : $"up to {soft}; {OpenFilesWanted} are better: ulimit -n, or LimitNOFILE in the unit");
    }

    static Finding Writable(string folder)
    {
        string existing = folder;
        while (!Directory.Exists(existing) && Path.GetDirectoryName(existing) is { Length: > 0 } parent) existing = parent;
        string probe = Path.Combine(existing, $".write-probe-{Environment.ProcessId}");
        try
        {
            File.WriteAllText(probe, "");
            File.Delete(probe);
            return new Finding("folder", true, existing == folder ? $"{folder} can be written" : $"{folder} can be made");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding("folder", false, $"{folder} cannot be written: {e.Message}");
        }
    }

    static Finding Readable(string folder)
    {
        try
        {
            int mods = Directory.EnumerateDirectories(folder).Count();
            return new Finding("folder", true, $"{folder} can be read, {mods} folders");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding("folder", false, $"{folder} cannot be read: {e.Message}");
        }
    }

    static Finding Disk(string folder)
    {
        try
        {
            long free = new DriveInfo(folder).AvailableFreeSpace;
            string little = free >= DiskBytesWanted ? "" : $"; at least {DiskBytesWanted >> 20} MiB are wanted";
            return new Finding("disk", free >= DiskBytesWanted, $"{free >> 20} MiB free for {folder}{little}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return new Finding("disk", true, $"free space is unknown: {e.Message}");
        }
    }

    static Finding? Token(string file)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(file)) return null;
        UnixFileMode others = File.GetUnixFileMode(file) & (UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite);
        return new Finding("token", others == 0, others == 0 ? $"{file} is readable by its owner alone" : $"{file} can be read by others: chmod 600 it");
    }
}
