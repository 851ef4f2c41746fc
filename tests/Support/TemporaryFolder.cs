namespace GameServer.Support;

/// <summary>A new empty folder that is deleted with everything in it when disposed.</summary>
public sealed class TemporaryFolder : IDisposable
{
    /// <summary>Absolute path of the folder.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("gameserver-test-").FullName;

    /// <summary>Writes a file, making the folders above it.</summary>
    /// <param name="relativePath">Path below the folder.</param>
    /// <param name="text">Content, written as UTF-8 without mark.</param>
    /// <returns>The absolute path.</returns>
    public string Write(string relativePath, string text)
    {
        string path = System.IO.Path.Combine(Path, relativePath);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
