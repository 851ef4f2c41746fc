using System.Security.Cryptography;
using System.Text;

namespace GameServer.Server.Admin;

/// <summary>The secret that opens the admin API: 32 random bytes as hex in a file only the server's user may read, made at the first start. Never logged.</summary>
sealed class AdminToken
{
    readonly byte[] _digest;

    AdminToken(string text)
    {
        Text = text;
        _digest = SHA256.HashData(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>The token itself, for the command line verbs; never write it anywhere.</summary>
    public string Text { get; }

    /// <summary>Reads the file, or makes it with mode 0600.</summary>
    /// <exception cref="IOException">The file can neither be read nor made.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of rights.</exception>
    public static AdminToken LoadOrCreate(string file)
    {
        if (TryLoad(file) is { } found) return found;
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        string text = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(file, options);
        writer.WriteLine(text);
        return new AdminToken(text);
    }

    /// <summary>Reads the file; null when it is missing or empty.</summary>
    public static AdminToken? TryLoad(string file)
    {
        if (!File.Exists(file)) return null;
        string text = File.ReadAllText(file).Trim();
        return text.Length >= 16 ? new AdminToken(text) : null;
    }

    /// <summary>Whether the value of an Authorization header carries this token. Takes the same time for every wrong one.</summary>
    public bool Matches(string? authorization)
    {
        const string Scheme = "Bearer ";
        string given = authorization != null && authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? authorization[Scheme.Length..].Trim() : "";
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), _digest);
    }
}
