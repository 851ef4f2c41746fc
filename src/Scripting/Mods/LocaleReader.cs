using GameServer.Scripting.Api;
using GameServer.Toml;

namespace GameServer.Scripting.Mods;

/// <summary>Reads a mod's translations: <c>locale/&lt;language&gt;.toml</c>, texts by key; tables make keys with dots.</summary>
/// <remarks>Any thread.</remarks>
static class LocaleReader
{
    const string Folder = "locale/", Suffix = ".toml";
    const int TextMax = 4000, DepthMax = 8;

    /// <summary>Whether a file of a mod holds translations.</summary>
    /// <param name="path">Path relative to the mod's folder, with <c>/</c>.</param>
    public static bool IsLocale(string path) =>
        path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith(Suffix, StringComparison.Ordinal) && path.IndexOf('/', Folder.Length) < 0;

    /// <summary>Reads all languages of a mod.</summary>
    /// <param name="snapshot">Its files.</param>
    /// <param name="problems">Gets every mistake with its place.</param>
    public static ModTexts Read(ModSnapshot snapshot, List<string> problems)
    {
        var mistakes = new List<(string File, TomlError Mistake)>();
        ModTexts texts = Read(snapshot, mistakes);
        problems.AddRange(mistakes.Select(found => $"{snapshot.Id}/{found.File}:{found.Mistake}"));
        return texts;
    }

    /// <summary>Reads all languages of a mod.</summary>
    public static ModTexts Read(ModSnapshot snapshot, List<(string File, TomlError Mistake)> mistakes)
    {
        var languages = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.OrdinalIgnoreCase);
        foreach ((string path, byte[] content) in snapshot.Files)
        {
            if (!IsLocale(path)) continue;
            var found = new List<TomlError>();
            TomlDocument document = TomlReader.Read(content);
            string language = path[Folder.Length..^Suffix.Length];
            if (language.Length is 0 or > 35 || !language.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
                found.Add(new TomlError(document.Root.Position, "name the file by a language, like en.toml or pt-BR.toml"));
            var texts = new Dictionary<string, string>(StringComparer.Ordinal);
            if (document.HasErrors) found.AddRange(document.Errors);
            else Collect(document.Root, "", 0, texts, found);
            mistakes.AddRange(found.Select(mistake => (path, mistake)));
            languages[language] = texts;
        }
        return new ModTexts(languages);
    }

    static void Collect(TomlTable table, string prefix, int depth, Dictionary<string, string> texts, List<TomlError> mistakes)
    {
        foreach (TomlEntry entry in table.Entries)
        {
            if (entry.Value is TomlTable inner && depth < DepthMax) Collect(inner, $"{prefix}{entry.Key}.", depth + 1, texts, mistakes);
            else if (table.GetString(entry.Key, mistakes) is not { } text) continue;
            else if (text.Length > TextMax) mistakes.Add(new TomlError(entry.Value.Position, $"a text has at most {TextMax} characters"));
            else texts[prefix + entry.Key] = text;
        }
    }
}
