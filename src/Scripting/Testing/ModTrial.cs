using GameServer.Scripting.Mods;

namespace GameServer.Scripting.Testing;

/// <summary>A mod started apart from everything else, to see whether it does: real host, made-up everything else.</summary>
public static class ModTrial
{
    const int Ticks = 60;

    /// <summary>Starts a mod, lets a player come and go, reloads it, lets two seconds pass.</summary>
    /// <param name="folder">The mod's folder.</param>
    /// <param name="modsFolder">Where the mods it needs are.</param>
    /// <param name="version">Version of the server.</param>
    /// <param name="time">Real time.</param>
    /// <returns>What went wrong, with place; empty when nothing did.</returns>
    public static IReadOnlyList<string> Run(string folder, string modsFolder, string version, TimeProvider time)
    {
        string id = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        if (SnapshotReader.Read(id, folder, ModLimits.Core) is not { Snapshot: { } snapshot } read) return [$"{id}: cannot be read"];
        PrepareResult prepared = ModLoader.Prepare(read.Snapshot);
        if (prepared.Mod is null) return prepared.Problems;
        var subject = new TestSubject(id, snapshot.Files, prepared.Manifest);
        using var world = new TestWorld(subject, ModTestRunner.Dependencies(subject, modsFolder), TestSetup.None, version, time);
        world.Http.Answer = static request =>
        {
            (request.Failure, request.Message) = (Ports.HttpFailure.Network, "no network during a trial");
            return true;
        };
        world.Start();
        world.Tick(Ticks / 2);
        (Doubles.TestPlayer? player, _) = world.Join(new Doubles.TestPlayer(1, "Trial"));
        world.Tick(Ticks / 2);
        if (player is not null) world.Leave(player, "left");
        if (world.Host.Reload(id).Accepted) world.Tick(2);
        string named = $"Mod {id}";
        return [.. world.TakeFaults().Select(fault => fault.Headline)
            .Select(text => text.StartsWith(named, StringComparison.Ordinal) ? text[named.Length..].TrimStart(',', ' ') : text)
            .Distinct()];
    }
}
