namespace GameServer.Scripting;

/// <summary>How entities are sent to players.</summary>
public sealed record WorldOptions
{
    /// <summary>Snapshots per second and player; default 10.</summary>
    public double SnapshotHz { get; init; } = 10;

    /// <summary>Bytes of snapshots per second and player, of all mods together; default 65 536.</summary>
    public double PlayerBytesPerSecond { get; init; } = 65_536;
}
