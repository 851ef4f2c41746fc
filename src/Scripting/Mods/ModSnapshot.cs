using System.Security.Cryptography;
using System.Text;

namespace GameServer.Scripting.Mods;

/// <summary>All files of a mod that matter, in memory, as they were at one moment. What runs is a snapshot, never the disk.</summary>
/// <param name="Id">Id of the mod, the folder's name.</param>
/// <param name="Files">Contents by path relative to the folder, with <c>/</c>.</param>
/// <param name="Hash">SHA-256 over names and contents, hex.</param>
sealed record ModSnapshot(string Id, IReadOnlyDictionary<string, byte[]> Files, string Hash)
{
    /// <summary>Name of the manifest.</summary>
    public const string ManifestName = "mod.toml";

    /// <summary>Name of the files that define aliases for <c>require</c>, in any folder of the mod.</summary>
    public const string AliasesName = ".luaurc";

    /// <summary>Whether a file of a snapshot is a script, by its path.</summary>
    public static bool IsScript(string path) => path.EndsWith(".luau", StringComparison.Ordinal);

    /// <summary>Folder of data files, which are part of a mod like its scripts.</summary>
    public const string AssetsFolder = "assets/";

    /// <summary>Makes a snapshot of files.</summary>
    public static ModSnapshot Of(string id, IReadOnlyDictionary<string, byte[]> files) => new(id, files, HashOf(files));

    /// <summary>SHA-256 over names and contents, hex.</summary>
    public static string HashOf(IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, byte[] content) in files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{content.Length}\0"));
            hash.AppendData(content);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
