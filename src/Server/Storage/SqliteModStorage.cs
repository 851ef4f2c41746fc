using System.Collections.Concurrent;
using GameServer.Scripting.Ports;

namespace GameServer.Server.Storage;

/// <summary>Storage of all mods in one SQLite file, on a thread of its own. Operations that wait together are committed together (one flush of the disk
/// for all of them) and answered only after that, so an acknowledged write survives a crash of the process and of the machine.</summary>
sealed class SqliteModStorage : IModStorage, IDisposable
{
    readonly SqliteModStorageOptions _options;
    readonly TimeProvider _time;
    readonly Thread _thread;
    readonly SqliteConnection _connection;
    readonly KeyValueTable _table;

    // Tick thread → storage thread.
    readonly BlockingCollection<StorageOperation> _submitted = [];
    readonly ConcurrentDictionary<string, int> _pending = new(StringComparer.Ordinal);
    // Storage thread → tick thread.
    readonly ConcurrentQueue<StorageOperation> _completed = new();
    readonly ManualResetEventSlim _idle = new(true);
    long _waiting;
    bool _closed;

    /// <summary>Opens the database and starts the thread.</summary>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public SqliteModStorage(SqliteModStorageOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        if (Path.GetDirectoryName(Path.GetFullPath(options.File)) is { } folder) Directory.CreateDirectory(folder);
        _connection = new SqliteConnection(options.File);
        try
        {
            _table = new KeyValueTable(_connection, options);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
        _thread = new Thread(Work) { Name = "storage", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Operations refused because too many of the same mod were waiting.</summary>
    public long RefusedBusy { get; private set; }

    /// <summary>Groups committed so far.</summary>
    public long Commits { get; private set; }

    /// <inheritdoc/>
    public bool Submit(StorageOperation operation)
    {
        operation.Outcome = Admit(operation);
        if (operation.Outcome != StorageOutcome.Pending) return false;
        _pending.AddOrUpdate(operation.ModId, 1, static (_, count) => count + 1);
        lock (_idle)
        {
            _waiting++;
            _idle.Reset();
        }
        _submitted.Add(operation);
        return true;
    }

    /// <inheritdoc/>
    public bool TryTakeCompleted(out StorageOperation operation)
    {
        if (!_completed.TryDequeue(out operation!)) return false;
        _pending.AddOrUpdate(operation.ModId, 0, static (_, count) => count - 1);
        return true;
    }

    /// <inheritdoc/>
    public long UsedBytes(string modId) => _table.UsedBytes(modId);

    /// <inheritdoc/>
    public bool Flush(TimeSpan limit) => _idle.Wait(limit);

    /// <summary>Finishes what was submitted, then closes the file.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _submitted.CompleteAdding();
        _thread.Join();
        _table.Dispose();
        _connection.Dispose();
        _submitted.Dispose();
        _idle.Dispose();
    }

    StorageOutcome Admit(StorageOperation operation)
    {
        if (_closed) return StorageOutcome.Closed;
        if (!Fits(operation) || !operation.Parts.All(Fits)) return StorageOutcome.TooLarge;
        if (_pending.GetValueOrDefault(operation.ModId) < _options.PendingPerModMax) return StorageOutcome.Pending;
        RefusedBusy++;
        return StorageOutcome.Busy;
    }

    bool Fits(StorageOperation operation) =>
        operation.Key.Length <= _options.KeyBytesMax && (operation.Value?.Length ?? 0) <= _options.ValueBytesMax;

    void Work()
    {
        var group = new List<StorageOperation>(_options.GroupMax);
        long purgeDue = Now() + (long)_options.PurgeInterval.TotalMilliseconds;
        while (!_submitted.IsCompleted)
        {
            group.Clear();
            // Waiting is bounded so that expired keys are purged on a quiet server too.
            if (_submitted.TryTake(out StorageOperation? first, _options.PurgeInterval)) group.Add(first);
            while (group.Count < _options.GroupMax && _submitted.TryTake(out StorageOperation? next)) group.Add(next);
            if (group.Count > 0) Carry(group);
            if (Now() < purgeDue) continue;
            Purge();
            purgeDue = Now() + (long)_options.PurgeInterval.TotalMilliseconds;
        }
    }

    void Carry(List<StorageOperation> group)
    {
        try
        {
            _table.Begin();
            long now = Now();
            foreach (StorageOperation operation in group) _table.Apply(operation, now);
            _table.Commit();
            Commits++;
        }
        catch (SqliteException error)
        {
            // The whole group failed on disk: nothing of it is acknowledged.
            foreach (StorageOperation operation in group)
            {
                operation.Outcome = StorageOutcome.Failed;
                operation.Error = error.Message;
            }
            TryRollback();
        }
        foreach (StorageOperation operation in group) _completed.Enqueue(operation);
        lock (_idle)
        {
            _waiting -= group.Count;
            if (_waiting == 0) _idle.Set();
        }
    }

    void TryRollback()
    {
        try { _table.Rollback(); }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself after some errors; there is nothing left to take back then.
        }
    }

    void Purge()
    {
        try
        {
            _table.Begin();
            _table.Purge(Now());
            _table.Commit();
        }
        catch (SqliteException)
        {
            // A purge that fails is tried again; expired values are invisible meanwhile.
            TryRollback();
        }
    }

    long Now() => _time.GetUtcNow().ToUnixTimeMilliseconds();
}
