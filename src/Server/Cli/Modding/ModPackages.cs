using GameServer.Scripting.Mods;

namespace GameServer.Server.Cli.Modding;

/// <summary>The mods folder as packages are put into it: whole folders, by renaming, with the one before kept in <c>.previous</c>. Names that begin with a dot are
/// no mods, so a server never sees half a package.</summary>
/// <param name="mods">The mods folder.</param>
sealed class ModPackages(string mods)
{
    const int PreviousKept = 3;

    /// <summary>Folder of a mod.</summary>
    public string FolderOf(string id) => Path.Combine(mods, id);

    /// <summary>Copies or unpacks a mod into a folder of its own, out of sight of a running server.</summary>
    /// <param name="source">A folder, or a .zip.</param>
    /// <param name="id">Id it must have; null takes what the source says.</param>
    /// <returns>The staged mod's folder; its name is the id.</returns>
    /// <exception cref="InvalidDataException">It is no mod.</exception>
    /// <exception cref="IOException">It cannot be read or copied.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of rights.</exception>
    public string Stage(string source, string? id)
    {
        Directory.CreateDirectory(mods);
        string staging = Directory.CreateDirectory(Path.Combine(mods, $".staging-{Environment.ProcessId}")).FullName;
        if (File.Exists(source)) return ModArchive.Unpack(source, staging, id);
        if (!Directory.Exists(source)) throw new InvalidDataException($"there is neither a folder nor an archive {source}");
        string from = Path.TrimEndingDirectorySeparator(Path.GetFullPath(source));
        string folder = Path.Combine(staging, id ?? Path.GetFileName(from));
        foreach (string name in ModArchive.FilesOf(from, withTests: true))
        {
            string target = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(from, name), target);
        }
        return folder;
    }

    /// <summary>Removes what <see cref="Stage"/> made.</summary>
    public void ClearStaging()
    {
        string staging = Path.Combine(mods, $".staging-{Environment.ProcessId}");
        if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
    }

    /// <summary>Puts a staged mod in its place; what was there is kept.</summary>
    /// <returns>Where the one before is kept; null when there was none.</returns>
    public string? Swap(string staged)
    {
        string id = Path.GetFileName(staged), place = FolderOf(id);
        string? kept = null;
        if (Directory.Exists(place))
        {
            kept = NextPrevious(id, ModDescription.Read(place).Version);
            Directory.Move(place, kept);
        }
        Directory.Move(staged, place);
        foreach (string old in Previous(id).Skip(PreviousKept)) Directory.Delete(old, recursive: true);
        return kept;
    }

    /// <summary>Packages that were replaced, the latest first.</summary>
    public IReadOnlyList<string> Previous(string id)
    {
        string folder = Path.Combine(mods, ".previous", id);
        return Directory.Exists(folder) ? [.. Directory.EnumerateDirectories(folder).OrderByDescending(NumberOf)] : [];
    }

    /// <summary>Puts the latest replaced package back; what is there now is dropped or kept in its stead.</summary>
    /// <param name="id">The mod.</param>
    /// <param name="keepPresent">Whether the present package can be gone back to in turn.</param>
    /// <returns>False when there is none.</returns>
    public bool Restore(string id, bool keepPresent)
    {
        if (Previous(id) is not [var latest, ..]) return false;
        string place = FolderOf(id), aside = Path.Combine(mods, $".aside-{id}-{Environment.ProcessId}");
        string present = Directory.Exists(place) ? ModDescription.Read(place).Version : "";
        if (Directory.Exists(place)) Directory.Move(place, aside);
        Directory.Move(latest, place);
        if (!Directory.Exists(aside)) return true;
        if (keepPresent) Directory.Move(aside, NextPrevious(id, present));
        else Directory.Delete(aside, recursive: true);
        return true;
    }

    string NextPrevious(string id, string version)
    {
        int number = Previous(id).Select(NumberOf).Append(0).Max() + 1;
        string folder = Path.Combine(mods, ".previous", id);
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, $"{number}-{version}");
    }

    static int NumberOf(string folder) => int.TryParse(Path.GetFileName(folder).Split('-')[0], out int number) ? number : 0;
}
