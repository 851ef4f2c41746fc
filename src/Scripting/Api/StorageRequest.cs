using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>One storage call of a script that waits, from its first operation to its answer. Only an update needs more than one operation.</summary>
/// <remarks>Tick thread.</remarks>
sealed class StorageRequest(OutsideWait wait)
{
    /// <summary>An update that keeps losing against other writers gives up after this many tries.</summary>
    public const int UpdateTriesMax = 10;

    /// <summary>Format of stored values; its first byte. A later format gets another number and reads this one.</summary>
    public const byte FormatVersion = 1;

    StorageOperation _operation = null!;
    LuauRef? _update;
    int _tries;

    /// <summary>The thread that waits.</summary>
    public OutsideWait Wait { get; } = wait;

    /// <summary>Starts it.</summary>
    /// <param name="operation">First operation; its State is this request.</param>
    /// <param name="update">The function of an update; null for everything else.</param>
    /// <returns>Null, or the values to return at once because it was refused.</returns>
    public LuauValue[]? Begin(StorageOperation operation, LuauRef? update)
    {
        _operation = operation;
        _update = update;
        if (Wait.Mod.Services.Outside.Storage!.Submit(operation)) return null;
        Wait.Cancel();
        _update?.Dispose();
        return Refused(Wait.Mod);
    }

    /// <summary>The operation came back.</summary>
    public void Completed()
    {
        if (_update != null && _operation.Outcome == StorageOutcome.Done && _operation.Kind == StorageKind.Get) RunUpdate();
        else if (_update != null && _operation.Outcome == StorageOutcome.Conflict && ++_tries < UpdateTriesMax) Submit(Again());
        else Finish(Results);
    }

    /// <summary>Encodes a value as it is stored.</summary>
    /// <returns>Null and why not.</returns>
    public static byte[]? Encode(ModScope mod, in LuauValue value, out string refusal)
    {
        ValueEncoder encoder = mod.Services.Encoder;
        encoder.Begin(mod.Vm, ValueFormat.Internal, ValueLimits.Of(mod.Sandbox.Limits), handles: null);
        bool done = encoder.TryAdd(value, "value");
        refusal = done ? "" : encoder.Refusal;
        return done ? [FormatVersion, .. encoder.Encoded] : null;
    }

    void RunUpdate()
    {
        ModScope mod = Wait.Mod;
        LuauValue old;
        try
        {
            old = Decode(mod, _operation.Result);
        }
        catch (LuauException)
        {
            // Boundary: the VM has no room for the old value.
            Finish(_ => throw new LuauException("not enough memory"));
            return;
        }
        var entry = new Entry("storage.updateAsync", mod.Sandbox.Limits.EventHardMs, MayYield: false, Wait.Mask);
        RunStatus status = mod.Sandbox.Start(_update!.Value.As<LuauFunction>()!, [old], entry);
        if (!Wait.IsLive) return;
        if (status != RunStatus.Returned)
        {
            string message = mod.Sandbox.LastError;
            Finish(scope => [LuauValue.Nil, Err.Make(scope, "callback", message)]);
            return;
        }
        LuauValue fresh = mod.Sandbox.Results.Length > 0 ? mod.Sandbox.Results[0] : LuauValue.Nil;
        byte[]? bytes = fresh.IsNil ? null : Encode(mod, fresh, out string refusal) ?? RefuseValue(refusal);
        if (!Wait.IsLive) return;
        Submit(new StorageOperation
        {
            Kind = bytes == null ? StorageKind.Remove : StorageKind.Set, ModId = _operation.ModId, Store = _operation.Store, Key = _operation.Key,
            Value = bytes, IfVersion = _operation.Version, State = this,
        });
    }

    byte[]? RefuseValue(string refusal)
    {
        Finish(scope => [LuauValue.Nil, Err.Make(scope, "bad value", refusal)]);
        return null;
    }

    StorageOperation Again() => new() { Kind = StorageKind.Get, ModId = _operation.ModId, Store = _operation.Store, Key = _operation.Key, State = this };

    void Submit(StorageOperation next)
    {
        _operation = next;
        if (!Wait.Mod.Services.Outside.Storage!.Submit(next)) Finish(Refused);
    }

    void Finish(Func<ModScope, LuauValue[]> results)
    {
        _update?.Dispose();
        Wait.Answer(results);
    }

    LuauValue[] Results(ModScope mod)
    {
        if (_operation.Outcome != StorageOutcome.Done) return Refused(mod);
        switch (_operation.Kind)
        {
            case StorageKind.Get:
                return [Decode(mod, _operation.Result), _operation.Result == null ? LuauValue.Nil : _operation.Version];
            case StorageKind.List:
            {
                LuauTable keys = mod.Vm.CreateTable(arrayCapacity: _operation.Keys.Count);
                for (int i = 0; i < _operation.Keys.Count; i++) mod.Vm.Set(keys, i + 1, mod.Vm.CreateString(_operation.Keys[i]));
                return [keys];
            }
            case StorageKind.Set or StorageKind.Remove when _update != null:
                return [Decode(mod, _operation.Value)];
            default:
                return [LuauValue.True];
        }
    }

    LuauValue[] Refused(ModScope mod)
    {
        (string kind, string message) = _operation.Outcome switch
        {
            StorageOutcome.Conflict => ("conflict", "the stored version is another one"),
            StorageOutcome.Quota => ("quota", "the mod's storage is full"),
            StorageOutcome.TooLarge => ("too large", "the key or the value is longer than allowed"),
            StorageOutcome.Busy => ("busy", "too many storage calls of this mod are under way"),
            StorageOutcome.Closed => ("closed", "the server is stopping"),
            _ => ("failed", "the storage cannot be read or written; the server's log says why"),
        };
        bool givesBoolean = _operation.Kind is StorageKind.Set or StorageKind.Remove or StorageKind.Batch && _update == null;
        return [givesBoolean ? LuauValue.False : LuauValue.Nil, Err.Make(mod, kind, message)];
    }

    static LuauValue Decode(ModScope mod, byte[]? stored)
    {
        if (stored is not { Length: > 0 } || stored[0] != FormatVersion) return LuauValue.Nil;
        var reader = new ValueReader(stored.AsSpan(1), ValueFormat.Internal);
        ValueLimits limits = new(int.MaxValue, ValueLimits.DepthMax, int.MaxValue, ushort.MaxValue);
        return ValueDecoder.TryDecode(ref reader, mod.Vm, limits, handles: null, out LuauValue value) ? value : LuauValue.Nil;
    }
}
