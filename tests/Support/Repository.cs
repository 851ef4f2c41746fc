namespace GameServer.Support;

/// <summary>Where the sources lie, seen from a running test.</summary>
public static class Repository
{
    /// <summary>Absolute path of the folder with GameServer.sln.</summary>
    public static string Root { get; } = Find();

    /// <summary>Absolute path of a file or folder of the repository.</summary>
    /// <param name="parts">Path parts below the root.</param>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "GameServer.sln")))
                return at.FullName;
        }
        throw new InvalidOperationException($"no GameServer.sln above {AppContext.BaseDirectory}");
    }
}
