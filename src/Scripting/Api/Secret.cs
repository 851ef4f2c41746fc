namespace GameServer.Scripting.Api;

/// <summary>A word of the operator's that a mod may use in a request but never read: scripts hold it as an opaque value.</summary>
/// <param name="Value">The word, with what the mod put before it.</param>
sealed record Secret(string Value)
{
    /// <summary>Userdata tag.</summary>
    public const int Tag = 7;

    const int BytesMax = 4096;

    /// <summary>The class: no fields, no methods.</summary>
    public static ApiClass Class { get; } = new("Secret", Tag, "A word of the operator's, to be put into a header of `http.requestAsync`. It cannot be read.", [], []);

    /// <summary>Reads a secret of a mod: the file <c>&lt;folder&gt;/&lt;mod&gt;/&lt;name&gt;</c> without the line's end.</summary>
    /// <returns>Null when there is none.</returns>
    public static string? Read(string? folder, string modId, string name)
    {
        if (folder is null) return null;
        var file = new FileInfo(Path.Combine(folder, modId, name));
        try
        {
            return file.Exists && file.Length <= BytesMax ? File.ReadAllText(file.FullName).Trim() : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Boundary: as good as not there.
            return null;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => "Secret";
}
