namespace GameServer.Bench.Scripts;

/// <summary>A program of the set: it prints one line, which is known, and is accepted by Luau and by Lua 5.4.</summary>
/// <param name="Name">File name without extension.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Source">The bytes.</param>
/// <param name="Expected">What it prints, without the last line end.</param>
sealed record BenchProgram(string Name, string Path, byte[] Source, string Expected)
{
    const string Mark = "-- prints: ";

    /// <summary>Reads all programs of a folder whose names contain <paramref name="filter"/>.</summary>
    public static List<BenchProgram> ReadAll(string folder, string? filter) =>
        [.. Directory.GetFiles(folder, "*.luau").Order().Select(Read).Where(p => filter is null || p.Name.Contains(filter, StringComparison.OrdinalIgnoreCase))];

    static BenchProgram Read(string path)
    {
        string line = File.ReadLines(path).First(l => l.StartsWith(Mark, StringComparison.Ordinal));
        string expected = line[Mark.Length..].Replace("\\n", "\n", StringComparison.Ordinal).Replace("\\t", "\t", StringComparison.Ordinal);
        return new BenchProgram(System.IO.Path.GetFileNameWithoutExtension(path), path, File.ReadAllBytes(path), expected);
    }
}
