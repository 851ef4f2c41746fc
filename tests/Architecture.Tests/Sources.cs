using System.Runtime.CompilerServices;

namespace GameServer.Architecture.Tests;

/// <summary>The source tree as these tests read it.</summary>
static class Sources
{
    /// <summary>Folder that holds GameServer.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file below src/, as path relative to the root with forward slashes.</summary>
    public static IEnumerable<string> CSharp() =>
        Directory.EnumerateFiles(Path.Combine(Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
            .Where(file => !file.Contains("/obj/") && !file.Contains("/bin/"))
            .Order(StringComparer.Ordinal);

    /// <summary>Lines of a file named relative to the root.</summary>
    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    /// <summary>Fails with every finding on a line of its own.</summary>
    public static void AssertNone(IReadOnlyCollection<string> findings) =>
        Assert.True(findings.Count == 0, $"{findings.Count} findings:\n{string.Join('\n', findings)}");

    static string FindRoot([CallerFilePath] string here = "")
    {
        string? folder = Path.GetDirectoryName(here);
        while (folder != null && !File.Exists(Path.Combine(folder, "GameServer.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("GameServer.sln not found above the tests");
    }
}
