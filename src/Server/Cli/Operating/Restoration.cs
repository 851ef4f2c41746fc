using GameServer.Server.Config;

namespace GameServer.Server.Cli.Operating;

/// <summary>What putting a backup back changes.</summary>
sealed record Restoration
{
    /// <summary>When the backup was made.</summary>
    public DateTimeOffset Created { get; init; }
    /// <summary>Version of the program that made it.</summary>
    public string Server { get; init; } = "";
    /// <summary>Files that are not there now.</summary>
    public IReadOnlyList<string> New { get; init; } = [];
    /// <summary>Files that are others now.</summary>
    public IReadOnlyList<string> Changed { get; init; } = [];
    /// <summary>Files of mods and lists that the backup does not have.</summary>
    public IReadOnlyList<string> Removed { get; init; } = [];
    /// <summary>Files that are the same.</summary>
    public int Same { get; init; }

    /// <summary>Compares a backup with what is there.</summary>
    /// <param name="index">What is in it.</param>
    /// <param name="staged">Where it was unpacked.</param>
    /// <param name="loaded">Settings of the server as it is now.</param>
    public static Restoration Plan(BackupIndex index, string staged, LoadedConfig loaded)
    {
        List<string> fresh = [], changed = [];
        int same = 0;
        foreach (BackupEntry entry in index.Files)
        {
            string present = Path.Combine(loaded.BaseFolder, entry.Path);
            if (!File.Exists(present)) fresh.Add(entry.Path);
            else if (File.ReadAllBytes(present).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(staged, entry.Path)))) same++;
            else changed.Add(entry.Path);
        }
        HashSet<string> kept = [.. index.Files.Select(entry => entry.Path)];
        string[] removed = [.. BackupFile.FilesOf(loaded, []).Select(file => file.Path).Where(path => !kept.Contains(path))];
        return new Restoration { Created = index.Created, Server = index.Server, New = fresh, Changed = changed, Removed = removed, Same = same };
    }

    /// <summary>Carries it out: what is replaced or removed is moved aside first.</summary>
    /// <returns>Where that is; null when nothing was moved.</returns>
    public string? Carry(string staged, LoadedConfig loaded, DateTimeOffset now)
    {
        string aside = Path.Combine(loaded.BaseFolder, "backups", $"before-restore-{now:yyyy-MM-ddTHH-mm-ss}Z");
        string storage = loaded.Resolve(loaded.Config.Storage.File);
        string? database = BackupFile.NameIn(loaded.BaseFolder, storage);
        // The log of the database belongs to the file that is moved; a new file with an old log would be damaged.
        IEnumerable<string> logs = database is not null && Changed.Contains(database) ? [$"{database}-wal", $"{database}-shm"] : [];
        foreach (string path in Changed.Concat(Removed).Concat(logs))
        {
            string present = Path.Combine(loaded.BaseFolder, path), target = Path.Combine(aside, path);
            if (!File.Exists(present)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Move(present, target);
            // A folder without files would be a mod that cannot start.
            for (string? folder = Path.GetDirectoryName(present); folder is not null && folder != loaded.BaseFolder && !Directory.EnumerateFileSystemEntries(folder).Any();
                folder = Path.GetDirectoryName(folder))
                Directory.Delete(folder);
        }
        foreach (string path in New.Concat(Changed))
        {
            string target = Path.Combine(loaded.BaseFolder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(staged, path), target, overwrite: true);
            // Keys, and lists that name people.
            bool secret = path.StartsWith("config/", StringComparison.Ordinal);
            if (secret && !OperatingSystem.IsWindows()) File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return Directory.Exists(aside) ? aside : null;
    }
}
