using System.IO.Compression;

namespace GameServer.Server.Cli.Modding;

/// <summary>Mods as archives: the same files always make the same bytes, and what comes out of an archive stays in its folder and within bounds.</summary>
static class ModArchive
{
    const int EntriesMax = 4096;
    const long BytesMax = 64L << 20;

    // A link could lead to any file of whoever packs or adds; mods have none.
    static readonly EnumerationOptions NoLinks = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };

    // No time of the day, no file dates: zip knows nothing before 1980.
    static readonly DateTimeOffset Epoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Files of a mod that are passed on, by path with '/': no hidden files, and tests only when asked for.</summary>
    public static IReadOnlyList<string> FilesOf(string folder, bool withTests)
    {
        IEnumerable<string> names = Directory.EnumerateFiles(folder, "*", NoLinks).Select(file => Path.GetRelativePath(folder, file).Replace('\\', '/'));
        return [.. names.Where(name => !name.Split('/').Any(IsHidden) && (withTests || !IsTest(name))).Order(StringComparer.Ordinal)];
    }

    /// <summary>Writes the archive of a mod, under a folder of its id.</summary>
    public static void Write(string folder, IReadOnlyList<string> files, Stream into)
    {
        string id = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        using ZipArchive archive = new(into, ZipArchiveMode.Create, leaveOpen: true);
        foreach (string name in files)
        {
            ZipArchiveEntry entry = archive.CreateEntry($"{id}/{name}", CompressionLevel.SmallestSize);
            entry.LastWriteTime = Epoch;
            // 0644, whatever the file has here.
            entry.ExternalAttributes = 0x81A4 << 16;
            using Stream content = entry.Open();
            content.Write(File.ReadAllBytes(Path.Combine(folder, name)));
        }
    }

    /// <summary>Unpacks an archive that holds one mod: its files under one folder, or at the top beside mod.toml.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="into">An empty folder; the mod becomes a folder in it.</param>
    /// <param name="id">Id of the mod when the archive does not say.</param>
    /// <returns>The mod's folder.</returns>
    /// <exception cref="InvalidDataException">It is no such archive, or too large.</exception>
    /// <exception cref="IOException">It cannot be read or unpacked.</exception>
    public static string Unpack(string file, string into, string? id)
    {
        using ZipArchive archive = ZipFile.OpenRead(file);
        ZipArchiveEntry[] entries = [.. archive.Entries.Where(entry => entry.Name.Length > 0)];
        if (entries.Length == 0) throw new InvalidDataException("the archive is empty");
        if (entries.Length > EntriesMax) throw new InvalidDataException($"the archive has {entries.Length} files, at most {EntriesMax}");
        string[] tops = [.. entries.Select(entry => entry.FullName.Contains('/') ? entry.FullName.Split('/')[0] : "").Distinct()];
        string folder = tops is [{ Length: > 0 } top] ? top : id ?? IdOf(archive) ?? throw new InvalidDataException("the archive has no mod.toml that says the mod's id");
        string root = Path.GetFullPath(Path.Combine(into, folder));
        if (Path.GetDirectoryName(root) != Path.GetFullPath(into)) throw new InvalidDataException($"'{folder}' is no name of a mod");
        long bytes = 0;
        foreach (ZipArchiveEntry entry in entries)
        {
            string name = tops.Length == 1 && tops[0].Length > 0 ? entry.FullName[(folder.Length + 1)..] : entry.FullName;
            string target = Path.GetFullPath(Path.Combine(root, name));
            if (!target.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                throw new InvalidDataException($"'{entry.FullName}' leads out of the archive's folder");
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using Stream content = entry.Open();
            using FileStream output = new(target, FileMode.CreateNew);
            Copy(content, output, ref bytes);
        }
        return root;
    }

    // The sizes an archive claims are only claims: what comes out is counted.
    static void Copy(Stream from, Stream to, ref long bytes)
    {
        byte[] buffer = new byte[64 * 1024];
        for (int read = from.Read(buffer); read > 0; read = from.Read(buffer))
        {
            bytes += read;
            if (bytes > BytesMax) throw new InvalidDataException($"the archive unpacks to more than {BytesMax >> 20} MiB");
            to.Write(buffer, 0, read);
        }
    }

    static string? IdOf(ZipArchive archive)
    {
        if (archive.GetEntry("mod.toml") is not { } entry) return null;
        using StreamReader reader = new(entry.Open());
        char[] text = new char[64 * 1024];
        int length = reader.ReadBlock(text);
        return Toml.TomlReader.Read(System.Text.Encoding.UTF8.GetBytes(text, 0, length)).Root.GetString("id", []);
    }

    // .luaurc files name aliases of require: they are part of a mod although they are hidden.
    static bool IsHidden(string part) => part[0] == '.' && part != ".luaurc";

    static bool IsTest(string name) => name.StartsWith("tests/", StringComparison.Ordinal) || name.EndsWith(".test.luau", StringComparison.Ordinal);
}
