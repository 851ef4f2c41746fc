namespace GameServer.Scripting.Ports;

/// <summary>Keys and values of mods that outlive reloads and restarts. Operations are submitted by the tick thread and come back to it, completed, in
/// the order of their submission; nothing in between blocks the tick.</summary>
public interface IModStorage
{
    /// <summary>Queues <paramref name="operation"/>. Tick thread.</summary>
    /// <returns>False when it was refused at once (<see cref="StorageOperation.Outcome"/> says why); it will not come back then.</returns>
    bool Submit(StorageOperation operation);

    /// <summary>Takes one finished operation. Tick thread.</summary>
    bool TryTakeCompleted(out StorageOperation operation);

    /// <summary>Bytes of keys and values that <paramref name="modId"/> keeps now, expired ones included until they are purged. Any thread.</summary>
    long UsedBytes(string modId);

    /// <summary>Waits until everything submitted so far is on disk, at most <paramref name="limit"/>. Tick thread, at reload and shutdown.</summary>
    /// <returns>False when the time was not enough.</returns>
    bool Flush(TimeSpan limit);
}

/// <summary>What an operation does.</summary>
public enum StorageKind
{
    /// <summary>Reads a key.</summary>
    Get,
    /// <summary>Writes a key, under a condition when <see cref="StorageOperation.IfVersion"/> is set.</summary>
    Set,
    /// <summary>Removes a key, under a condition when <see cref="StorageOperation.IfVersion"/> is set.</summary>
    Remove,
    /// <summary>Lists keys that begin with a prefix.</summary>
    List,
    /// <summary>Writes and removes several keys, all or none.</summary>
    Batch,
}

/// <summary>How an operation ended.</summary>
public enum StorageOutcome
{
    /// <summary>Not finished yet.</summary>
    Pending,
    /// <summary>Done, and on disk when it was a write.</summary>
    Done,
    /// <summary>The version asked for was not the one stored.</summary>
    Conflict,
    /// <summary>The mod's quota would be passed.</summary>
    Quota,
    /// <summary>Key or value longer than allowed.</summary>
    TooLarge,
    /// <summary>Too many operations of this mod are waiting.</summary>
    Busy,
    /// <summary>The storage was closed.</summary>
    Closed,
    /// <summary>The disk or the database refused.</summary>
    Failed,
}

/// <summary>One request and, later, its answer. Belongs to the submitter before <see cref="IModStorage.Submit"/> and after it came back, to the storage in between.</summary>
public sealed class StorageOperation
{
    /// <summary>What to do.</summary>
    public required StorageKind Kind { get; init; }
    /// <summary>Mod that owns the data.</summary>
    public required string ModId { get; init; }
    /// <summary>Named store of that mod.</summary>
    public required string Store { get; init; }
    /// <summary>Key, or prefix for <see cref="StorageKind.List"/>; any bytes.</summary>
    public byte[] Key { get; init; } = [];
    /// <summary>Value to write; null for other kinds.</summary>
    public byte[]? Value { get; init; }
    /// <summary>Write only if the stored version is this one; 0 = only if the key is absent; null = always.</summary>
    public long? IfVersion { get; init; }
    /// <summary>How long the value lives; null = for good.</summary>
    public TimeSpan? TimeToLive { get; init; }
    /// <summary>Most keys to list, 1–1000.</summary>
    public int LimitKeys { get; init; } = 100;
    /// <summary>List only keys behind this one; null = from the start.</summary>
    public byte[]? After { get; init; }
    /// <summary>The writes of a <see cref="StorageKind.Batch"/>: Set and Remove operations of the same mod and store.</summary>
    public IReadOnlyList<StorageOperation> Parts { get; init; } = [];
    /// <summary>The submitter's own note, e.g. who waits for it.</summary>
    public object? State { get; set; }

    /// <summary>How it ended.</summary>
    public StorageOutcome Outcome { get; set; }
    /// <summary>Value read; null when the key is absent.</summary>
    public byte[]? Result { get; set; }
    /// <summary>Version read or written; 0 when the key is absent.</summary>
    public long Version { get; set; }
    /// <summary>Keys listed, in byte order.</summary>
    public IReadOnlyList<byte[]> Keys { get; set; } = [];
    /// <summary>What the database said when <see cref="StorageOutcome.Failed"/>.</summary>
    public string? Error { get; set; }
}
