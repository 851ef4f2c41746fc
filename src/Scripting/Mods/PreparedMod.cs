using GameServer.Luau;
using GameServer.Scripting.Api;

namespace GameServer.Scripting.Mods;

/// <summary>A mod read, checked and compiled, of no VM: ready to start any number of times.</summary>
/// <param name="Snapshot">The files.</param>
/// <param name="Manifest">What it says about itself.</param>
/// <param name="Chunks">Compiled files by path.</param>
/// <param name="Texts">Its translations.</param>
sealed record PreparedMod(ModSnapshot Snapshot, ModManifest Manifest, IReadOnlyDictionary<string, CompiledChunk> Chunks, ModTexts Texts)
{
    /// <summary>Version as text.</summary>
    public string Version => Manifest.Version.ToNormalizedString();
}

/// <summary>What came of preparing a mod.</summary>
/// <param name="Mod">The mod; null when something is wrong.</param>
/// <param name="Problems">What is wrong, each with place.</param>
/// <param name="Hash">Hash of what was read; empty when nothing could be read.</param>
/// <param name="IsChanging">Whether the files were being written.</param>
/// <param name="Manifest">The manifest when it could be read, even if a script does not compile.</param>
sealed record PrepareResult(PreparedMod? Mod, IReadOnlyList<string> Problems, string Hash, bool IsChanging, ModManifest? Manifest = null)
{
    /// <summary>Hash of the files whose change reloads the mod: what decides whether there is anything new.</summary>
    public string WatchedHash { get; init; } = Hash;
}
