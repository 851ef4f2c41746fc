using GameServer.Luau.Analysis;
using GameServer.Scripting.Api;
using GameServer.Scripting.Mods;
using GameServer.Toml;

namespace GameServer.Scripting.Checking;

/// <summary>A mod under check: what is known of it, and what was found.</summary>
/// <param name="id">Id.</param>
/// <param name="apiLevel">API level it shall work with.</param>
/// <param name="api">What scripts can use.</param>
sealed class CheckedMod(string id, int apiLevel, ApiModel api)
{
    /// <summary>Id.</summary>
    public string Id { get; } = id;
    /// <summary>API level it shall work with.</summary>
    public int ApiLevel { get; } = apiLevel;
    /// <summary>What scripts can use.</summary>
    public ApiModel Api { get; } = api;
    /// <summary>Manifest; null when it is wrong.</summary>
    public ModManifest? Manifest { get; set; }

    /// <summary>Its translations.</summary>
    public ModTexts Texts { get; set; } = ModTexts.None;
    /// <summary>The manifest as written, for places; null when there is none.</summary>
    public TomlTable? ManifestText { get; set; }
    /// <summary>Facts of the scripts that could be read, by path.</summary>
    public Dictionary<string, SourceFacts> Sources { get; } = new(StringComparer.Ordinal);
    /// <summary>Facts of the tests that could be read, by path.</summary>
    public Dictionary<string, SourceFacts> Tests { get; } = new(StringComparer.Ordinal);
    /// <summary>What was found.</summary>
    public List<ModCheckFinding> Findings { get; } = [];

    /// <summary>All calls of the scripts with their file.</summary>
    public IEnumerable<(string File, CallFact Call)> Calls => Sources.SelectMany(source => source.Value.Calls.Select(call => (source.Key, call)));

    /// <summary>Calls of one function by its full name, like <c>net.on</c>.</summary>
    public IEnumerable<(string File, CallFact Call)> CallsOf(string path) =>
        Calls.Where(item => item.Call.Target is { Root: FactRoot.Global } target && target.Path == path);

    /// <summary>String literals that functions of these names get as an argument.</summary>
    public HashSet<string> Literals(int argument, params string[] paths) =>
        [.. paths.SelectMany(CallsOf).Where(item => item.Call.Arguments.Count > argument).Select(item => item.Call.Arguments[argument].Text).OfType<string>()];

    /// <summary>Whether a function of this name is called with something that is no literal, so that anything may be meant.</summary>
    public bool IsComputed(int argument, params string[] paths) =>
        paths.SelectMany(CallsOf).Any(item => item.Call.Arguments.Count > argument && item.Call.Arguments[argument].Text is null);

    /// <summary>Calls of methods of a class, by name: on players, as nothing else can be told apart without types.</summary>
    public IEnumerable<(string File, CallFact Call)> MethodCalls(string name) =>
        Calls.Where(item => item.Call.Target.Use == FactUse.MethodCall && item.Call.Target.Names[^1] == name && item.Call.Target.Root != FactRoot.Global);

    /// <summary>Notes a finding.</summary>
    public void Add(string file, SourcePlace place, ModCheckLevel level, string rule, string text) =>
        Findings.Add(new ModCheckFinding(Id, file, Math.Max(1, place.Line), Math.Max(1, place.Column), level, rule, text));

    /// <summary>Notes a finding at a key of the manifest.</summary>
    public void AddToManifest(string section, string key, ModCheckLevel level, string rule, string text)
    {
        TomlPosition position = ManifestText?.TryGet(section, out TomlValue? table) == true && table is TomlTable keys ? keys.PositionOf(key) : default;
        Add(ModSnapshot.ManifestName, new SourcePlace(position.Line, position.Column), level, rule, text);
    }
}
