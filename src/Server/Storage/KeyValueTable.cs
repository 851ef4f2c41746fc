using GameServer.Scripting.Ports;

namespace GameServer.Server.Storage;

/// <summary>The one table of the storage database and what can be done to it. Carries out operations inside a transaction its caller opened. Storage thread.</summary>
sealed class KeyValueTable : IDisposable
{
    readonly SqliteConnection _connection;
    readonly SqliteModStorageOptions _options;
    readonly SqliteStatement _get, _size, _set, _remove, _list, _expired, _saveVersion;
    readonly List<(string ModId, long Bytes)> _changes = [];
    readonly Dictionary<string, long> _used = new(StringComparer.Ordinal);
    long _version;

    /// <summary>Creates the table when it is missing and reads how much each mod keeps.</summary>
    public KeyValueTable(SqliteConnection connection, SqliteModStorageOptions options)
    {
        _connection = connection;
        _options = options;
        // WAL with full synchronisation: a commit is one flush of the log file, and what was acknowledged survives a power cut.
        connection.Execute("PRAGMA journal_mode=WAL");
        connection.Execute("PRAGMA synchronous=FULL");
        connection.Execute("PRAGMA wal_autocheckpoint=4000");
        connection.Execute("""
            CREATE TABLE IF NOT EXISTS kv (
                mod TEXT NOT NULL, store TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
                version INTEGER NOT NULL, expires INTEGER, PRIMARY KEY (mod, store, key)) WITHOUT ROWID;
            CREATE INDEX IF NOT EXISTS kv_expires ON kv (expires) WHERE expires IS NOT NULL;
            CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
            INSERT OR IGNORE INTO meta VALUES ('version', 0);
            """);
        _get = connection.Prepare("SELECT value, version, expires FROM kv WHERE mod=?1 AND store=?2 AND key=?3");
        // A write needs to know how long the old value is, not what it says.
        _size = connection.Prepare("SELECT length(value), version, expires FROM kv WHERE mod=?1 AND store=?2 AND key=?3");
        _set = connection.Prepare("INSERT INTO kv VALUES (?1,?2,?3,?4,?5,?6) ON CONFLICT (mod, store, key) DO UPDATE SET value=?4, version=?5, expires=?6");
        _remove = connection.Prepare("DELETE FROM kv WHERE mod=?1 AND store=?2 AND key=?3");
        _list = connection.Prepare("""
            SELECT key FROM kv WHERE mod=?1 AND store=?2 AND key>=?3 AND (?4 IS NULL OR key>?4)
            AND substr(key, 1, length(?3))=?3 AND (expires IS NULL OR expires>?5) ORDER BY key LIMIT ?6
            """);
        _expired = connection.Prepare("SELECT mod, store, key, length(key)+length(value) FROM kv WHERE expires<=?1 LIMIT 500");
        _saveVersion = connection.Prepare("UPDATE meta SET value=?1 WHERE name='version'");
        ReadTotals();
    }

    /// <summary>Opens a transaction for a group of operations.</summary>
    public void Begin() => _connection.Execute("BEGIN IMMEDIATE");

    /// <summary>Puts the group on disk.</summary>
    public void Commit()
    {
        _saveVersion.Integer(1, _version).Step();
        _saveVersion.Reset();
        _connection.Execute("COMMIT");
        _changes.Clear();
    }

    /// <summary>Takes the whole group back.</summary>
    public void Rollback()
    {
        foreach ((string modId, long bytes) in _changes) Add(modId, -bytes);
        _changes.Clear();
        _connection.Execute("ROLLBACK");
    }

    /// <summary>Bytes kept by a mod. Any thread.</summary>
    public long UsedBytes(string modId)
    {
        lock (_used) return _used.GetValueOrDefault(modId);
    }

    /// <summary>Carries out one operation and fills in its answer; a refusal changes nothing.</summary>
    public void Apply(StorageOperation operation, long nowMilliseconds)
    {
        operation.Outcome = operation.Kind switch
        {
            StorageKind.Get => Get(operation, nowMilliseconds),
            StorageKind.Set or StorageKind.Remove => Write(operation, nowMilliseconds),
            StorageKind.List => List(operation, nowMilliseconds),
            StorageKind.Batch => Batch(operation, nowMilliseconds),
            _ => throw new ArgumentOutOfRangeException(nameof(operation)),
        };
    }

    /// <summary>Removes up to 500 expired keys.</summary>
    /// <returns>How many were removed.</returns>
    public int Purge(long nowMilliseconds)
    {
        var expired = new List<(string ModId, string Store, byte[] Key, long Bytes)>();
        _expired.Integer(1, nowMilliseconds);
        while (_expired.Step()) expired.Add((_expired.String(0), _expired.String(1), _expired.Bytes(2), _expired.Number(3)));
        _expired.Reset();
        foreach ((string modId, string store, byte[] key, long bytes) in expired)
        {
            Delete(modId, store, key);
            Change(modId, -bytes);
        }
        return expired.Count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SqliteStatement statement in (SqliteStatement[])[_get, _size, _set, _remove, _list, _expired, _saveVersion]) statement.Dispose();
    }

    StorageOutcome Get(StorageOperation operation, long now)
    {
        _get.Text(1, operation.ModId).Text(2, operation.Store).Blob(3, operation.Key);
        operation.Result = null;
        operation.Version = 0;
        if (_get.Step() && IsAlive(_get.Number(2), now))
        {
            operation.Result = _get.Bytes(0);
            operation.Version = _get.Number(1);
        }
        _get.Reset();
        return StorageOutcome.Done;
    }

    StorageOutcome List(StorageOperation operation, long now)
    {
        var keys = new List<byte[]>();
        _list.Text(1, operation.ModId).Text(2, operation.Store).Blob(3, operation.Key).Integer(5, now).Integer(6, Math.Clamp(operation.LimitKeys, 1, 1000));
        if (operation.After is { } after) _list.Blob(4, after);
        while (_list.Step()) keys.Add(_list.Bytes(0));
        _list.Reset();
        operation.Keys = keys;
        return StorageOutcome.Done;
    }

    StorageOutcome Batch(StorageOperation operation, long now)
    {
        // All parts are checked before the first is carried out, so a refusal leaves nothing to take back.
        long growth = 0;
        foreach (StorageOperation part in operation.Parts)
        {
            part.Outcome = Check(part, now, growth, out long oldBytes);
            if (part.Outcome != StorageOutcome.Done) return part.Outcome;
            growth += NewBytes(part) - oldBytes;
        }
        foreach (StorageOperation part in operation.Parts)
        {
            // Read once more: an earlier part may have written the same key.
            Carry(part, now, Size(part, now).Bytes);
            part.Outcome = StorageOutcome.Done;
        }
        operation.Version = operation.Parts.Count > 0 ? operation.Parts[^1].Version : 0;
        return StorageOutcome.Done;
    }

    StorageOutcome Write(StorageOperation operation, long now)
    {
        StorageOutcome outcome = Check(operation, now, 0, out long oldBytes);
        if (outcome == StorageOutcome.Done) Carry(operation, now, oldBytes);
        return outcome;
    }

    /// <summary>Whether a write may be carried out.</summary>
    /// <param name="operation">The write.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    /// <param name="grownBefore">Bytes by which writes of the same batch grow what is kept.</param>
    /// <param name="oldBytes">Bytes of the key and its present value, expired or not; 0 when there is none.</param>
    StorageOutcome Check(StorageOperation operation, long now, long grownBefore, out long oldBytes)
    {
        (long version, oldBytes) = Size(operation, now);
        long growth = NewBytes(operation) - oldBytes;
        operation.Version = version;
        if (operation.IfVersion is { } wanted && wanted != version) return StorageOutcome.Conflict;
        if (growth > 0 && UsedBytes(operation.ModId) + grownBefore + growth > _options.QuotaBytes) return StorageOutcome.Quota;
        return StorageOutcome.Done;
    }

    static long NewBytes(StorageOperation operation) => operation.Kind == StorageKind.Set ? operation.Key.Length + operation.Value!.Length : 0;

    void Carry(StorageOperation operation, long now, long oldBytes)
    {
        if (operation.Kind == StorageKind.Remove)
        {
            Delete(operation.ModId, operation.Store, operation.Key);
            operation.Version = 0;
            Change(operation.ModId, -oldBytes);
            return;
        }
        long? expires = operation.TimeToLive is { } life ? now + (long)life.TotalMilliseconds : null;
        _set.Text(1, operation.ModId).Text(2, operation.Store).Blob(3, operation.Key).Blob(4, operation.Value!).Integer(5, ++_version).Integer(6, expires).Step();
        _set.Reset();
        operation.Version = _version;
        Change(operation.ModId, NewBytes(operation) - oldBytes);
    }

    void Delete(string modId, string store, byte[] key)
    {
        _remove.Text(1, modId).Text(2, store).Blob(3, key).Step();
        _remove.Reset();
    }

    /// <summary>Version and size of a key. An expired value counts as absent, but its bytes count until it is overwritten or purged.</summary>
    (long Version, long Bytes) Size(StorageOperation operation, long now)
    {
        _size.Text(1, operation.ModId).Text(2, operation.Store).Blob(3, operation.Key);
        (long Version, long Bytes) size = (0, 0);
        if (_size.Step()) size = (IsAlive(_size.Number(2), now) ? _size.Number(1) : 0, operation.Key.Length + _size.Number(0));
        _size.Reset();
        return size;
    }

    static bool IsAlive(long expires, long now) => expires == 0 || expires > now;

    void ReadTotals()
    {
        using SqliteStatement totals = _connection.Prepare("SELECT mod, sum(length(key)+length(value)) FROM kv GROUP BY mod");
        while (totals.Step()) _used[totals.String(0)] = totals.Number(1);
        using SqliteStatement version = _connection.Prepare("SELECT value FROM meta WHERE name='version'");
        if (version.Step()) _version = version.Number(0);
    }

    void Change(string modId, long bytes)
    {
        _changes.Add((modId, bytes));
        Add(modId, bytes);
    }

    void Add(string modId, long bytes)
    {
        lock (_used) _used[modId] = _used.GetValueOrDefault(modId) + bytes;
    }
}
