namespace GameServer.Toml.Tests;

/// <summary>Finds the public TOML compliance cases, which lie beside the repository and are not part of it.</summary>
static class TomlSuite
{
    public static string? Folder { get; } = Find();

    public static IEnumerable<string> Files(string kind)
    {
        if (Folder is null)
            return [];
        return Directory.EnumerateFiles(Path.Combine(Folder, kind), "*.toml", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder, file))
            .Order(StringComparer.Ordinal);
    }

    static string? Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "GameServer.sln")))
            {
                string folder = Path.Combine(at.FullName, "..", "shared", "toml-test");
                return Directory.Exists(folder) ? folder : null;
            }
        }
        return null;
    }
}

/// <summary>Runs its cases where the compliance suite is present, and skips aloud elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class TomlSuiteFactAttribute : FactAttribute
{
    public TomlSuiteFactAttribute()
    {
        if (TomlSuite.Folder is null)
            Skip = "the TOML compliance cases (../shared/toml-test beside the repository) are not present";
    }
}
