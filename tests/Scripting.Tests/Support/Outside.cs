using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Tests.Support;

/// <summary>Storage in memory that answers in the next tick, and refuses when too much waits.</summary>
sealed class MemoryStorage : IModStorage
{
    const int PendingMax = 64;
    readonly Dictionary<string, (byte[] Value, long Version)> _values = [];
    readonly Queue<StorageOperation> _done = new();

    public bool Submit(StorageOperation operation)
    {
        if (_done.Count >= PendingMax)
        {
            operation.Outcome = StorageOutcome.Busy;
            return false;
        }
        operation.Outcome = Carry(operation);
        _done.Enqueue(operation);
        return true;
    }

    public bool TryTakeCompleted(out StorageOperation operation) => _done.TryDequeue(out operation!);

    public long UsedBytes(string modId) => _values.Values.Sum(value => value.Value.Length);

    public bool Flush(TimeSpan limit) => true;

    StorageOutcome Carry(StorageOperation operation)
    {
        string key = $"{operation.ModId}/{operation.Store}/{Convert.ToHexString(operation.Key)}";
        (byte[] Value, long Version)? stored = _values.TryGetValue(key, out var found) ? found : null;
        if (operation.IfVersion is { } version && version != (stored?.Version ?? 0)) return StorageOutcome.Conflict;
        switch (operation.Kind)
        {
            case StorageKind.Get:
                (operation.Result, operation.Version) = (stored?.Value, stored?.Version ?? 0);
                break;
            case StorageKind.Set:
                operation.Version = (stored?.Version ?? 0) + 1;
                _values[key] = (operation.Value!, operation.Version);
                break;
            case StorageKind.Remove:
                _values.Remove(key);
                break;
            case StorageKind.Batch:
                foreach (StorageOperation part in operation.Parts) Carry(part);
                break;
            default:
                break;
        }
        return StorageOutcome.Done;
    }
}

/// <summary>HTTP that answers 200 in the next tick, and refuses when too much waits.</summary>
sealed class MemoryHttp : IModHttp
{
    const int PendingMax = 8;
    readonly Queue<ModHttpRequest> _done = new();

    public bool Submit(ModHttpRequest request)
    {
        if (_done.Count >= PendingMax)
        {
            (request.Failure, request.Message) = (HttpFailure.Busy, "busy");
            return false;
        }
        (request.Status, request.ResponseBody) = (200, "ok"u8.ToArray());
        _done.Enqueue(request);
        return true;
    }

    public bool TryTakeCompleted(out ModHttpRequest request) => _done.TryDequeue(out request!);

    public void CancelAll(string modId)
    {
    }
}

/// <summary>Settings of mods in memory.</summary>
sealed class MemoryConfig : IModConfig
{
    readonly Dictionary<string, Dictionary<string, object>> _values = [];
    readonly Queue<string> _changed = new();

    public IReadOnlyDictionary<string, object> Values(string modId) => _values.GetValueOrDefault(modId) ?? [];

    public void Define(string modId, IReadOnlyList<ModSettingRow> rows)
    {
    }

    public bool TryTakeChanged(out string modId) => _changed.TryDequeue(out modId!);

    public void Set(string modId, string name, object value)
    {
        if (!_values.TryGetValue(modId, out Dictionary<string, object>? values)) _values[modId] = values = [];
        values[name] = value;
        _changed.Enqueue(modId);
    }
}
