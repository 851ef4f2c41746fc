namespace GameServer.Server.Storage;

/// <summary>Limits of the storage of all mods.</summary>
public sealed record SqliteModStorageOptions
{
    /// <summary>Database file; its folder is created.</summary>
    public required string File { get; init; }
    /// <summary>Longest key in bytes; default 256, 1–4096.</summary>
    public int KeyBytesMax { get; init; } = 256;
    /// <summary>Longest value in bytes; default 256 KiB, 1 KiB–16 MiB.</summary>
    public int ValueBytesMax { get; init; } = 256 << 10;
    /// <summary>Bytes of keys and values one mod may keep; default 16 MiB.</summary>
    public long QuotaBytes { get; init; } = 16L << 20;
    /// <summary>Operations of one mod that may wait at a time; further ones are refused as busy. Default 1024.</summary>
    public int PendingPerModMax { get; init; } = 1024;
    /// <summary>Operations committed together; default 512. More per disk flush, later answers.</summary>
    public int GroupMax { get; init; } = 512;
    /// <summary>Time between purges of expired keys; default 30 s.</summary>
    public TimeSpan PurgeInterval { get; init; } = TimeSpan.FromSeconds(30);
}
