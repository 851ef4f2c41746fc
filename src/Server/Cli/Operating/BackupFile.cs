using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using GameServer.Server.Admin;
using GameServer.Server.Config;
using GameServer.Server.Hosting;
using GameServer.Server.Storage;

namespace GameServer.Server.Cli.Operating;

/// <summary>One file of a backup.</summary>
/// <param name="Path">Path relative to the server's folder, with '/'.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Sha256">Hash, hex.</param>
sealed record BackupEntry(string Path, long Bytes, string Sha256);

/// <summary>What a backup says about itself.</summary>
/// <param name="Format">Format of the archive.</param>
/// <param name="Server">Version of the program that made it.</param>
/// <param name="Created">When.</param>
/// <param name="Files">Everything in it.</param>
sealed record BackupIndex(int Format, string Server, DateTimeOffset Created, IReadOnlyList<BackupEntry> Files);

/// <summary>A server's state in one archive: settings, mods, bans and other lists, stored values. Paths outside of the server's folder are left out and named.</summary>
static class BackupFile
{
    /// <summary>Format of the archive that this program writes and reads.</summary>
    public const int Format = 1;
    const string IndexName = "backup.json";

    /// <summary>What is kept of a server, apart from the database: path in the archive, file.</summary>
    /// <param name="loaded">Its settings.</param>
    /// <param name="left">Gets what lies outside of the server's folder.</param>
    public static IReadOnlyList<(string Path, string File)> FilesOf(LoadedConfig loaded, List<string> left)
    {
        string token = loaded.Resolve(loaded.Config.Admin.TokenFile);
        List<string> files = [];
        if (File.Exists(loaded.File)) files.Add(Path.GetFullPath(loaded.File));
        foreach (string folder in (string[])[loaded.Resolve("config"), loaded.Resolve(loaded.Config.Mods.Folder)])
            if (Directory.Exists(folder)) files.AddRange(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !IsPassing(folder, file)));
        string data = loaded.Config.Storage.FilesFolder.Length > 0 ? loaded.Resolve(loaded.Config.Storage.FilesFolder) : "";
        if (Directory.Exists(data)) files.AddRange(Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories));
        string key = loaded.Resolve(loaded.Config.Auth.TicketKeyFile);
        if (File.Exists(key)) files.Add(key);
        // A token opens a running server; whoever restores gets a new one.
        files.RemoveAll(file => file == token);
        List<(string, string)> kept = [];
        foreach (string file in files.Distinct().Order(StringComparer.Ordinal))
        {
            if (NameIn(loaded.BaseFolder, file) is { } name) kept.Add((name, file));
            else left.Add(file);
        }
        return kept;
    }

    /// <summary>Path of a file relative to a folder; null when it is elsewhere.</summary>
    public static string? NameIn(string folder, string file)
    {
        string name = Path.GetRelativePath(folder, file).Replace('\\', '/');
        return name.StartsWith("../", StringComparison.Ordinal) || Path.IsPathRooted(name) ? null : name;
    }

    /// <summary>Writes an archive and reads it again.</summary>
    /// <param name="loaded">The server's settings.</param>
    /// <param name="target">The archive.</param>
    /// <param name="created">Its date.</param>
    /// <param name="left">Gets what could not be taken.</param>
    /// <returns>What is in it.</returns>
    /// <exception cref="IOException">It cannot be written, or is not what was written.</exception>
    /// <exception cref="SqliteException">The database cannot be read.</exception>
    public static BackupIndex Write(LoadedConfig loaded, string target, DateTimeOffset created, List<string> left)
    {
        List<BackupEntry> entries = [];
        string partial = target + ".partial", database = target + ".db";
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.ReadWrite };
            // Bans name people, settings may name secrets.
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            BackupIndex index;
            using (FileStream stream = new(partial, options))
            using (ZipArchive archive = new(stream, ZipArchiveMode.Create))
            {
                foreach ((string name, string file) in FilesOf(loaded, left)) entries.Add(Add(archive, name, File.ReadAllBytes(file)));
                string storage = loaded.Resolve(loaded.Config.Storage.File);
                if (loaded.Config.Storage.Enabled && File.Exists(storage))
                {
                    if (NameIn(loaded.BaseFolder, storage) is { } name) entries.Add(AddDatabase(archive, name, storage, database));
                    else left.Add(storage);
                }
                index = new BackupIndex(Format, ServerPort.ProgramVersion, created, entries);
                Add(archive, IndexName, JsonSerializer.SerializeToUtf8Bytes(index, AdminJson.Options));
            }
            string check = Directory.CreateTempSubdirectory("gameserver-backup-").FullName;
            try
            {
                Read(partial, check);
            }
            finally
            {
                Directory.Delete(check, recursive: true);
            }
            File.Move(partial, target, overwrite: true);
            return index;
        }
        finally
        {
            foreach (string rest in (string[])[partial, database, $"{database}-wal", $"{database}-shm"]) File.Delete(rest);
        }
    }

    /// <summary>Unpacks an archive into a folder and checks every byte of it.</summary>
    /// <exception cref="InvalidDataException">It is no backup, or damaged.</exception>
    public static BackupIndex Read(string file, string into)
    {
        using ZipArchive archive = ZipFile.OpenRead(file);
        if (archive.GetEntry(IndexName) is not { } entry) throw new InvalidDataException($"{file} is no backup of gameserver: it has no {IndexName}");
        BackupIndex index;
        using (Stream content = entry.Open())
            index = JsonSerializer.Deserialize<BackupIndex>(content, AdminJson.Options) ?? throw new InvalidDataException($"{IndexName} is empty");
        if (index.Format != Format) throw new InvalidDataException($"the backup has format {index.Format}, this program reads {Format}");
        string root = Path.GetFullPath(into) + Path.DirectorySeparatorChar;
        foreach (BackupEntry item in index.Files)
        {
            string target = Path.GetFullPath(Path.Combine(into, item.Path));
            if (!target.StartsWith(root, StringComparison.Ordinal)) throw new InvalidDataException($"'{item.Path}' leads out of the server's folder");
            if (archive.GetEntry(item.Path) is not { } packed) throw new InvalidDataException($"'{item.Path}' is missing in the archive");
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using (Stream content = packed.Open())
            using (FileStream output = new(target, FileMode.Create)) content.CopyTo(output);
            byte[] bytes = File.ReadAllBytes(target);
            if (Convert.ToHexStringLower(SHA256.HashData(bytes)) != item.Sha256) throw new InvalidDataException($"'{item.Path}' is damaged");
        }
        return index;
    }

    static BackupEntry Add(ZipArchive archive, string name, byte[] content)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name, CompressionLevel.Optimal);
        using Stream stream = entry.Open();
        stream.Write(content);
        return new BackupEntry(name, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    static BackupEntry AddDatabase(ZipArchive archive, string name, string storage, string copy)
    {
        File.Delete(copy);
        using (SqliteConnection source = new(storage)) source.CopyTo(copy);
        using (SqliteConnection made = new(copy))
        {
            // One file and no log beside it.
            made.Execute("PRAGMA journal_mode=DELETE");
            if (!made.IsIntact()) throw new SqliteException($"the copy of '{storage}' is not intact");
        }
        return Add(archive, name, File.ReadAllBytes(copy));
    }

    // Packages on their way, older packages, probes: names that begin with a dot at the top of the mods folder.
    static bool IsPassing(string folder, string file) => Path.GetRelativePath(folder, file)[0] == '.';
}
