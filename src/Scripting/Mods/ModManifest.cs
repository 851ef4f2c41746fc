using GameServer.Scripting.Api;
using NuGet.Versioning;

namespace GameServer.Scripting.Mods;

/// <summary>What to do when a new version of a mod does not start.</summary>
enum ReloadFailure
{
    /// <summary>Start the last good version again.</summary>
    Rollback,
    /// <summary>Leave it stopped until its files change.</summary>
    Stop,
}

/// <summary>A dependency.</summary>
/// <param name="Id">Of the other mod.</param>
/// <param name="Range">Versions that will do.</param>
/// <param name="Optional">Whether the mod starts without it.</param>
sealed record ModDependency(string Id, VersionRange Range, bool Optional);

/// <summary>What a mod says about itself in <c>mod.toml</c>. It asks; what it gets is the operator's decision.</summary>
sealed record ModManifest
{
    /// <summary>Id; equal to the folder's name.</summary>
    public required string Id { get; init; }
    /// <summary>Name for people; the id when not given.</summary>
    public string Name { get; init; } = "";
    /// <summary>One line for people.</summary>
    public string Description { get; init; } = "";
    /// <summary>Who made it.</summary>
    public IReadOnlyList<string> Authors { get; init; } = [];
    /// <summary>Its version; 0.0.0 when not given.</summary>
    public SemanticVersion Version { get; init; } = new(0, 0, 0);
    /// <summary>File that is run, relative to the folder, with <c>/</c>.</summary>
    public string Entry { get; init; } = "init.luau";
    /// <summary>Other mods it needs or would like.</summary>
    public IReadOnlyList<ModDependency> Dependencies { get; init; } = [];
    /// <summary>Permissions without which it does not start.</summary>
    public IReadOnlyList<string> RequiredPermissions { get; init; } = [];
    /// <summary>Permissions it can do without.</summary>
    public IReadOnlyList<string> OptionalPermissions { get; init; } = [];
    /// <summary>Limits lower than its trust level's.</summary>
    public IReadOnlyDictionary<string, double> Limits { get; init; } = new Dictionary<string, double>();
    /// <summary>Whether what OnUnload returns reaches the next OnLoad.</summary>
    public bool KeepState { get; init; } = true;
    /// <summary>Files whose change reloads the mod, as patterns with <c>*</c> and <c>?</c>; the manifest always counts. Empty: all.</summary>
    public IReadOnlyList<string> ReloadFiles { get; init; } = [];
    /// <summary>Settings with their defaults.</summary>
    public IReadOnlyDictionary<string, ConfigSpec> Config { get; init; } = new Dictionary<string, ConfigSpec>();
    /// <summary>Data files by the name scripts ask for, as paths relative to the folder.</summary>
    public IReadOnlyDictionary<string, string> Assets { get; init; } = new Dictionary<string, string>();
    /// <summary>What to do when a new version does not start.</summary>
    public ReloadFailure OnError { get; init; } = ReloadFailure.Rollback;
    /// <summary>Messages, commands, exports, hooks.</summary>
    public ModDeclarations Declarations { get; init; } = ModDeclarations.None;

    /// <summary>Whether a change of a file reloads the mod.</summary>
    public bool IsWatched(string path) => ReloadFiles.Count == 0 || path == ModSnapshot.ManifestName
        || ReloadFiles.Any(pattern => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, path, ignoreCase: false));

    /// <summary>A mod that is only a folder with a script.</summary>
    public static ModManifest OfFolder(string id) => new() { Id = id, Name = id };
}
