namespace GameServer.Scripting.Mods;

/// <summary>Ids of mods: <c>[a-z][a-z0-9_-]*</c>, at most 32 characters, none of the reserved words.</summary>
public static class ModId
{
    static readonly string[] Reserved = ["core", "server", "host"];

    /// <summary>What is wrong with an id; null when nothing is.</summary>
    public static string? Problem(string id)
    {
        if (id.Length is < 1 or > 32) return $"'{id}' must have 1 to 32 characters";
        if (!char.IsAsciiLetterLower(id[0])) return $"'{id}' must begin with a letter a-z";
        if (id.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('_' or '-'))) return $"'{id}' may hold only a-z, 0-9, '_' and '-'";
        return Reserved.Contains(id) ? $"'{id}' is reserved" : null;
    }
}
