namespace GameServer.Support;

/// <summary>Compares a text with a file of the repository; with <c>UPDATE_GOLDEN=1</c> in the environment writes the file instead.</summary>
public static class Golden
{
    /// <summary>Fails when the file differs from <paramref name="actual"/>, naming the first line that does.</summary>
    /// <param name="actual">The text as the code makes it now; lines end in LF.</param>
    /// <param name="parts">Path of the file below the repository's root.</param>
    public static void Matches(string actual, params string[] parts)
    {
        string path = Repository.PathOf(parts);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            return;
        }
        string expected = File.Exists(path) ? File.ReadAllText(path).ReplaceLineEndings("\n") : "";
        if (expected == actual)
            return;
        string[] expectedLines = expected.Split('\n');
        string[] actualLines = actual.Split('\n');
        int line = 0;
        while (line < expectedLines.Length && line < actualLines.Length && expectedLines[line] == actualLines[line])
            line++;
        throw new InvalidOperationException(
            $"{Path.Combine(parts)} lags behind the code at line {line + 1}; run the tests once with UPDATE_GOLDEN=1 and review the change.\n"
            + $"file: {expectedLines.ElementAtOrDefault(line) ?? "(end)"}\ncode: {actualLines.ElementAtOrDefault(line) ?? "(end)"}");
    }
}
