namespace GameServer.Scripting.Api;

/// <summary>A mod's texts in its languages.</summary>
/// <param name="languages">Texts by key, by language tag whatever its case.</param>
sealed class ModTexts(IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> languages)
{
    /// <summary>No texts.</summary>
    public static ModTexts None { get; } = new(new Dictionary<string, IReadOnlyDictionary<string, string>>());

    /// <summary>Languages there are texts in.</summary>
    public IEnumerable<string> Languages => languages.Keys;

    /// <summary>The text of a key: in the language asked for, in what is left of its tag (<c>pt</c> for <c>pt-BR</c>), in the mod's own language; null when in none.</summary>
    /// <param name="key">Key with dots.</param>
    /// <param name="language">Tag; may be empty.</param>
    /// <param name="own">The mod's own language.</param>
    public string? Find(string key, string language, string own)
    {
        for (string tag = language; tag.Length > 0; tag = tag[..Math.Max(0, tag.LastIndexOf('-'))])
        {
            if (languages.TryGetValue(tag, out IReadOnlyDictionary<string, string>? texts) && texts.TryGetValue(key, out string? text)) return text;
        }
        return languages.TryGetValue(own, out IReadOnlyDictionary<string, string>? fallback) ? fallback.GetValueOrDefault(key) : null;
    }
}
