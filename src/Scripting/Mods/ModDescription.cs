using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Mods;

/// <summary>A mod as somebody sees it who is about to let it in: what it is, and what it asks for.</summary>
public sealed record ModDescription
{
    /// <summary>Id, the folder's name.</summary>
    public required string Id { get; init; }
    /// <summary>Name for people.</summary>
    public string Name { get; init; } = "";
    /// <summary>Version.</summary>
    public string Version { get; init; } = "";
    /// <summary>SHA-256 over names and contents of its scripts and its manifest, hex: what <c>[core] mods</c> pins.</summary>
    public string Hash { get; init; } = "";
    /// <summary>Script files.</summary>
    public int Files { get; init; }
    /// <summary>Bytes of the scripts and the manifest.</summary>
    public long Bytes { get; init; }
    /// <summary>Permissions without which it does not start.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];
    /// <summary>Permissions it can do without.</summary>
    public IReadOnlyList<string> Optional { get; init; } = [];
    /// <summary>Of these, the ones a user mod has only when server.toml grants them.</summary>
    public IReadOnlyList<string> MustBeGranted { get; init; } = [];
    /// <summary>Of these, the ones only a core mod can have.</summary>
    public IReadOnlyList<string> CoreOnly { get; init; } = [];
    /// <summary>Mods it needs, with the versions that will do.</summary>
    public IReadOnlyList<string> Dependencies { get; init; } = [];
    /// <summary>What keeps it from starting, with place.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>Reads a mod's folder. Runs none of its code.</summary>
    /// <remarks>Any thread.</remarks>
    public static ModDescription Read(string folder)
    {
        string id = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (ModId.Problem(id) is { } wrong) return new ModDescription { Id = id, Problems = [$"the folder {wrong}"] };
        SnapshotResult read = SnapshotReader.Read(id, folder, ModLimits.Core);
        if (read.Snapshot is not { } snapshot) return new ModDescription { Id = id, Problems = [$"{id}: {read.Problem ?? "cannot be read"}"] };
        PrepareResult prepared = ModLoader.Prepare(snapshot);
        ModManifest? manifest = prepared.Manifest;
        string[] asked = [.. manifest?.RequiredPermissions ?? [], .. manifest?.OptionalPermissions ?? []];
        return new ModDescription
        {
            Id = id,
            Name = manifest?.Name ?? id,
            Version = manifest?.Version.ToNormalizedString() ?? "",
            Hash = snapshot.Hash,
            Files = snapshot.Files.Keys.Count(ModSnapshot.IsScript),
            Bytes = snapshot.Files.Values.Sum(content => (long)content.Length),
            Required = manifest?.RequiredPermissions ?? [],
            Optional = manifest?.OptionalPermissions ?? [],
            MustBeGranted = [.. asked.Where(name => PermissionCatalog.Find(name) is { UserDefault: false, Grantable: true })],
            CoreOnly = [.. asked.Where(name => PermissionCatalog.Find(name) is { UserDefault: false, Grantable: false })],
            Dependencies = [.. manifest?.Dependencies.Select(d => $"{d.Id} {d.Range}{(d.Optional ? " (optional)" : "")}") ?? []],
            Problems = prepared.Problems,
        };
    }
}
