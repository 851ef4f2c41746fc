namespace GameServer.Scripting.Ports;

/// <summary>Files that mods keep, each mod in a folder of its own. Submitted by the tick thread, carried out elsewhere, and handed back to the tick thread.</summary>
public interface IModFiles
{
    /// <summary>Starts an operation. Tick thread.</summary>
    /// <returns>False when it was refused at once (<see cref="ModFileOperation.Outcome"/> says why); it will not come back then.</returns>
    bool Submit(ModFileOperation operation);

    /// <summary>Takes one finished operation. Tick thread.</summary>
    bool TryTakeCompleted(out ModFileOperation operation);
}

/// <summary>What to do with a file.</summary>
public enum ModFileKind
{
    /// <summary>Read it whole.</summary>
    Read,
    /// <summary>Replace it whole, or make it; folders are made as needed.</summary>
    Write,
    /// <summary>Remove it.</summary>
    Remove,
    /// <summary>List the files below a folder.</summary>
    List,
}

/// <summary>How an operation on a file ended.</summary>
public enum ModFileOutcome
{
    /// <summary>Not yet.</summary>
    Pending,
    /// <summary>It was carried out.</summary>
    Done,
    /// <summary>There is no such file.</summary>
    Missing,
    /// <summary>The file is longer than allowed.</summary>
    TooLarge,
    /// <summary>The mod's files would have more bytes, or be more, than allowed.</summary>
    Quota,
    /// <summary>Too many operations of this mod wait.</summary>
    Busy,
    /// <summary>The path leads through a link, which is not followed.</summary>
    Link,
    /// <summary>The disk refuses; the server's log says why.</summary>
    Failed,
}

/// <summary>One operation and, later, its answer. Belongs to the submitter before <see cref="IModFiles.Submit"/> and after it came back.</summary>
public sealed class ModFileOperation
{
    /// <summary>Whose files.</summary>
    public required string ModId { get; init; }
    /// <summary>What to do.</summary>
    public required ModFileKind Kind { get; init; }
    /// <summary>Path below the mod's folder, checked by <see cref="ModFilePath"/>; empty for all when listing.</summary>
    public required string Path { get; init; }
    /// <summary>Content to write.</summary>
    public byte[] Content { get; set; } = [];
    /// <summary>For the submitter.</summary>
    public object? State { get; set; }
    /// <summary>How it ended.</summary>
    public ModFileOutcome Outcome { get; set; }
    /// <summary>Files found, by path, with their sizes.</summary>
    public IReadOnlyList<(string Path, long Bytes)> Found { get; set; } = [];
}

/// <summary>Paths of mods' files: names joined by <c>/</c>, each of <c>a-z</c>, <c>0-9</c>, <c>_</c>, <c>-</c> and <c>.</c>, not beginning with a dot. So a path cannot leave
/// the folder, means the same on every file system, and no two differ only in case.</summary>
public static class ModFilePath
{
    /// <summary>Longest path.</summary>
    public const int LengthMax = 160;
    const int NamesMax = 8, NameLengthMax = 64;

    // Names that are devices on one of the systems.
    static readonly HashSet<string> Devices = ["con", "prn", "aux", "nul", .. Enumerable.Range(0, 10).SelectMany(n => (string[])[$"com{n}", $"lpt{n}"])];

    /// <summary>What is wrong with a path; null when nothing.</summary>
    public static string? Problem(string path)
    {
        string[] names = path.Split('/');
        if (path.Length > LengthMax || names.Length > NamesMax) return $"a path has at most {LengthMax} characters and {NamesMax} names";
        return names.All(IsName) ? null : "a path has names of a-z, 0-9, '_', '-' and '.', joined by '/', none beginning or ending with a dot";
    }

    static bool IsName(string name) => name.Length is > 0 and <= NameLengthMax && name[0] != '.' && name[^1] != '.' && !Devices.Contains(name.Split('.')[0])
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.');
}
