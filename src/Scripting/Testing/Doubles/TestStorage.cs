using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Testing.Doubles;

/// <summary>Storage of a test: in memory, with versions and times to live as the real one, answering when the test says and failing when the test says.</summary>
sealed class TestStorage(TimeProvider time) : IModStorage
{
    readonly record struct Slot(string Mod, string Store, string Key);
    sealed record Entry(byte[] Value, long Version, DateTimeOffset? Expires);

    readonly Dictionary<Slot, Entry> _entries = [];
    readonly Queue<(StorageOperation Operation, long DueTick)> _waiting = new();
    long _version;
    long _tick;

    /// <summary>How operations fail; <see cref="StorageOutcome.Done"/> for not at all.</summary>
    public StorageOutcome Failing { get; private set; } = StorageOutcome.Done;

    /// <summary>Operations that still fail.</summary>
    public double FailingCount { get; private set; }

    /// <summary>Ticks from a call to its answer; 0 answers in the same tick.</summary>
    public long DelayTicks { get; set; }

    /// <summary>Calls so far.</summary>
    public int Calls { get; private set; }

    /// <summary>From now on operations fail.</summary>
    public void Fail(StorageOutcome outcome, double count) => (Failing, FailingCount) = (outcome, count);

    /// <summary>Moves on to a tick.</summary>
    public void BeginTick(long tick) => _tick = tick;

    /// <inheritdoc/>
    public bool Submit(StorageOperation operation)
    {
        Calls++;
        _waiting.Enqueue((operation, _tick + DelayTicks));
        return true;
    }

    /// <inheritdoc/>
    public bool TryTakeCompleted(out StorageOperation operation)
    {
        operation = null!;
        if (!_waiting.TryPeek(out (StorageOperation Operation, long DueTick) next) || next.DueTick > _tick) return false;
        _waiting.Dequeue();
        operation = next.Operation;
        operation.Outcome = FailingCount > 0 ? Refuse() : Apply(operation);
        return true;
    }

    /// <inheritdoc/>
    public long UsedBytes(string modId) => _entries.Where(entry => entry.Key.Mod == modId).Sum(entry => entry.Key.Key.Length + entry.Value.Value.Length);

    /// <inheritdoc/>
    public bool Flush(TimeSpan limit) => true;

    /// <summary>The value of a key; null when there is none.</summary>
    public byte[]? Read(string mod, string store, byte[] key) => Find(SlotOf(mod, store, key))?.Value;

    /// <summary>Writes a value, whatever is failing.</summary>
    public void Write(string mod, string store, byte[] key, byte[] value) => _entries[SlotOf(mod, store, key)] = new Entry(value, ++_version, null);

    /// <summary>Keys of a store in byte order.</summary>
    public IReadOnlyList<byte[]> Keys(string mod, string store) =>
        [.. _entries.Where(entry => entry.Key.Mod == mod && entry.Key.Store == store && IsLive(entry.Value)).Select(entry => entry.Key.Key)
            .Order(StringComparer.Ordinal).Select(Convert.FromHexString)];

    StorageOutcome Refuse()
    {
        FailingCount--;
        return Failing;
    }

    // Keys are any bytes; as hex they compare like the bytes.
    static Slot SlotOf(string mod, string store, byte[] key) => new(mod, store, Convert.ToHexString(key));

    Entry? Find(Slot slot) => _entries.TryGetValue(slot, out Entry? entry) && IsLive(entry) ? entry : null;

    bool IsLive(Entry entry) => entry.Expires is not { } end || end > time.GetUtcNow();

    StorageOutcome Apply(StorageOperation operation)
    {
        Slot slot = SlotOf(operation.ModId, operation.Store, operation.Key);
        switch (operation.Kind)
        {
            case StorageKind.Get:
                operation.Result = Find(slot)?.Value;
                operation.Version = Find(slot)?.Version ?? 0;
                return StorageOutcome.Done;
            case StorageKind.List:
                string prefix = slot.Key, after = Convert.ToHexString(operation.After ?? []);
                operation.Keys = [.. Keys(operation.ModId, operation.Store).Where(key => Convert.ToHexString(key).StartsWith(prefix, StringComparison.Ordinal)
                    && string.CompareOrdinal(Convert.ToHexString(key), after) > (operation.After is null ? -1 : 0)).Take(operation.LimitKeys)];
                return StorageOutcome.Done;
            case StorageKind.Batch:
                if (operation.Parts.Any(part => !Fits(part))) return StorageOutcome.Conflict;
                foreach (StorageOperation part in operation.Parts) Store(part);
                return StorageOutcome.Done;
            default:
                if (!Fits(operation)) return StorageOutcome.Conflict;
                Store(operation);
                return StorageOutcome.Done;
        }
    }

    bool Fits(StorageOperation write) =>
        write.IfVersion is not { } wanted || (Find(SlotOf(write.ModId, write.Store, write.Key))?.Version ?? 0) == wanted;

    void Store(StorageOperation write)
    {
        Slot slot = SlotOf(write.ModId, write.Store, write.Key);
        if (write.Kind == StorageKind.Remove)
        {
            _entries.Remove(slot);
            return;
        }
        write.Version = ++_version;
        _entries[slot] = new Entry(write.Value!, _version, write.TimeToLive is { } life ? time.GetUtcNow() + life : null);
    }
}
