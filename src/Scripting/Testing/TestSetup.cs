using GameServer.Scripting.Mods;

namespace GameServer.Scripting.Testing;

/// <summary>A mod as a test gets it: its files, from memory.</summary>
/// <param name="Id">Id.</param>
/// <param name="Files">Contents by path relative to the mod's folder.</param>
/// <param name="Manifest">Its manifest; null when that is wrong, which starting it will tell.</param>
sealed record TestSubject(string Id, IReadOnlyDictionary<string, byte[]> Files, ModManifest? Manifest);

/// <summary>What a test sets before the mod starts: the table between the name and the function of <c>test</c>.</summary>
sealed record TestSetup
{
    /// <summary>Nothing special.</summary>
    public static TestSetup None { get; } = new();

    /// <summary>Why the test does not run; null when it does.</summary>
    public string? Skip { get; init; }
    /// <summary>Whether the mod is started before the test's function is called.</summary>
    public bool Start { get; init; } = true;
    /// <summary>Whether the operator trusts the mod.</summary>
    public bool Core { get; init; }
    /// <summary>Permissions granted beyond those the manifest asks for.</summary>
    public IReadOnlyList<string> Grant { get; init; } = [];
    /// <summary>Permissions taken away.</summary>
    public IReadOnlyList<string> Deny { get; init; } = [];
    /// <summary>Limits by key.</summary>
    public IReadOnlyDictionary<string, double> Limits { get; init; } = new Dictionary<string, double>();
    /// <summary>Settings of the mod by name: booleans, doubles, strings.</summary>
    public IReadOnlyDictionary<string, object> Config { get; init; } = new Dictionary<string, object>();
    /// <summary>Further mods, or stand-ins for dependencies: files by mod.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, byte[]>> Mods { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, byte[]>>();
    /// <summary>Files of the mod that are other ones in this test.</summary>
    public IReadOnlyDictionary<string, byte[]> Files { get; init; } = new Dictionary<string, byte[]>();
    /// <summary>Values in storage, encoded, by store and key.</summary>
    public IReadOnlyList<(string Store, byte[] Key, byte[] Value)> Storage { get; init; } = [];
    /// <summary>Names of players who are there before the mod starts.</summary>
    public IReadOnlyList<string> Players { get; init; } = [];
}
