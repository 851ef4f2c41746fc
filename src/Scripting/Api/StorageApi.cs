using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>A named store as scripts hold it.</summary>
sealed class StoreHandle(string name)
{
    /// <summary>Name; the mod's own.</summary>
    public string Name { get; } = name;
}

/// <summary>The library <c>storage</c> and its class Store.</summary>
static class StorageApi
{
    /// <summary>Userdata tag of a store.</summary>
    public const int StoreTag = 3;
    /// <summary>Userdata tag of a transaction.</summary>
    public const int TransactionTag = 4;
    const int NameBytesMax = 64;
    const int PartsMax = 64;
    const double SecondsMax = 1e9;

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("storage", "Keys and values of this mod that outlive reloads and restarts. What was acknowledged is on disk.",
    [
        new("open", "(name: string) -> Store", "A named store of this mod; it comes into being with its first key.") { Needs = Permission.StorageKv, Body = Open },
        new("usedBytes", "() -> number", "Bytes of keys and values that this mod keeps.")
        { Needs = Permission.StorageKv, Body = (ModScope mod, ref CallContext call) => call.Return((double)Backend(mod, ref call).UsedBytes(mod.Id)) },
    ]);

    /// <summary>The class of stores.</summary>
    public static ApiClass Store { get; } = new("Store", StoreTag, "A named store. Values are plain: no functions, threads, players or cycles. Every method waits for the disk.",
    [],
    [
        new("getAsync", "(self: Store, key: string) -> (any, number?)", "The value and its version; nil when there is none.") { Needs = Permission.StorageKv, Body = Get },
        new("setAsync", "(self: Store, key: string, value: any, opts: { ifVersion: number?, ttl: number? }?) -> (boolean, Err?)",
            "Writes a value. `ifVersion`: only over that version, 0 = only a new key. `ttl`: seconds until it is gone.") { Needs = Permission.StorageKv, Body = Set },
        new("updateAsync", "(self: Store, key: string, fn: (old: any) -> any) -> (any, Err?)",
            "Replaces a value by what the function makes of it, atomically; nil removes the key. The function must not wait and may run more than once.")
        { Needs = Permission.StorageKv, Body = Update },
        new("removeAsync", "(self: Store, key: string) -> (boolean, Err?)", "Removes a key.") { Needs = Permission.StorageKv, Body = Remove },
        new("listAsync", "(self: Store, prefix: string?, limit: number?, after: string?) -> ({ string }, Err?)",
            "Keys that begin with the prefix, in byte order, at most `limit` (100, up to 1000), behind `after`.") { Needs = Permission.StorageKv, Body = List },
        new("transactAsync", "(self: Store, fn: (tx: Transaction) -> ()) -> (boolean, Err?)",
            "Collects the writes that the function makes on `tx` and carries them out all together or not at all.") { Needs = Permission.StorageKv, Body = Transact },
    ]);

    /// <summary>The class of transactions.</summary>
    public static ApiClass Transaction { get; } = new("Transaction", TransactionTag, "Writes to be carried out together; only inside `transactAsync`.",
    [],
    [
        new("set", "(self: Transaction, key: string, value: any, opts: { ifVersion: number?, ttl: number? }?) -> ()", "Writes a value.")
        { Needs = Permission.StorageKv, Body = AddSet },
        new("remove", "(self: Transaction, key: string, opts: { ifVersion: number? }?) -> ()", "Removes a key.") { Needs = Permission.StorageKv, Body = AddRemove },
    ]);

    /// <summary>Writes collected so far.</summary>
    sealed class Writes(string store)
    {
        public string Store { get; } = store;
        public List<StorageOperation> Parts { get; private set; } = [];
        public bool IsOpen { get; set; } = true;

        /// <summary>Bytes the server holds until the function has returned.</summary>
        public int Bytes { get; private set; }

        public void Add(StorageOperation part, ModScope mod, ref CallContext call)
        {
            int bytes = 128 + part.Key.Length + (part.Value?.Length ?? 0);
            if (!mod.Sandbox.Account.TryCharge(bytes)) throw call.Error($"the server holds too much for this mod (host_memory_kb, {mod.Sandbox.Account.BytesMax / 1024})");
            Bytes += bytes;
            Parts.Add(part);
        }

        public List<StorageOperation> Take()
        {
            List<StorageOperation> parts = Parts;
            Parts = [];
            return parts;
        }
    }

    static HostResult Open(ModScope mod, ref CallContext call)
    {
        Backend(mod, ref call);
        LuauString name = call.String(0);
        if (name.Length is 0 or > NameBytesMax || name.Span.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            throw call.ArgumentError(0, $"1 to {NameBytesMax} plain characters");
        return call.Return(mod.Vm.CreateUserdata(new StoreHandle(name.ToString()), StoreTag, 64 + (2 * name.Length)));
    }

    static HostResult Get(ModScope mod, ref CallContext call) => Begin(mod, ref call, "getAsync", Operation(mod, ref call, StorageKind.Get));

    static HostResult Remove(ModScope mod, ref CallContext call) => Begin(mod, ref call, "removeAsync", Operation(mod, ref call, StorageKind.Remove));

    static HostResult Set(ModScope mod, ref CallContext call)
    {
        StorageOperation write = Write(mod, ref call, Name(ref call));
        return Begin(mod, ref call, "setAsync", write);
    }

    static HostResult Update(ModScope mod, ref CallContext call)
    {
        LuauFunction function = call.Callable(2);
        return Begin(mod, ref call, "updateAsync", Operation(mod, ref call, StorageKind.Get), mod.Vm.CreateRef(function));
    }

    static HostResult List(ModScope mod, ref CallContext call) => Begin(mod, ref call, "listAsync", new StorageOperation
    {
        Kind = StorageKind.List, ModId = mod.Id, Store = Name(ref call), Key = Bytes(call.OptionalString(1)) ?? [],
        LimitKeys = Math.Clamp(call.Integer(2, 100), 1, 1000), After = Bytes(call.OptionalString(3)),
    });

    static HostResult Transact(ModScope mod, ref CallContext call)
    {
        var writes = new Writes(Name(ref call));
        LuauValue handle = mod.Vm.CreateUserdata(writes, TransactionTag);
        LuauFunction function = call.Callable(1);
        try
        {
            call.Call(function, handle);
        }
        finally
        {
            writes.IsOpen = false;
            mod.Sandbox.Account.Refund(writes.Bytes);
        }
        // The script may keep the handle; it must not keep the writes.
        List<StorageOperation> parts = writes.Take();
        if (parts.Count == 0) return call.Return(true);
        return Begin(mod, ref call, "transactAsync", new StorageOperation { Kind = StorageKind.Batch, ModId = mod.Id, Store = writes.Store, Parts = parts });
    }

    static HostResult AddSet(ModScope mod, ref CallContext call)
    {
        Writes writes = OpenWrites(ref call);
        writes.Add(Write(mod, ref call, writes.Store), mod, ref call);
        return call.Return();
    }

    static HostResult AddRemove(ModScope mod, ref CallContext call)
    {
        Writes writes = OpenWrites(ref call);
        (long? ifVersion, _) = Options(mod, ref call, 2);
        writes.Add(new StorageOperation { Kind = StorageKind.Remove, ModId = mod.Id, Store = writes.Store, Key = Key(ref call), IfVersion = ifVersion }, mod, ref call);
        return call.Return();
    }

    static Writes OpenWrites(ref CallContext call)
    {
        Writes writes = call.Userdata<Writes>(0, TransactionTag);
        if (!writes.IsOpen) throw call.Error("the transaction is over");
        return writes.Parts.Count < PartsMax ? writes : throw call.Error($"a transaction has at most {PartsMax} writes");
    }

    static HostResult Begin(ModScope mod, ref CallContext call, string name, StorageOperation operation, LuauRef? update = null)
    {
        Backend(mod, ref call);
        int bytes = operation.Key.Length + (operation.Value?.Length ?? 0) + operation.Parts.Sum(part => part.Key.Length + (part.Value?.Length ?? 0));
        OutsideWait wait;
        try
        {
            wait = OutsideWait.Begin(mod, ref call, name, bytes);
        }
        catch (LuauException)
        {
            update?.Dispose();
            throw;
        }
        var request = new StorageRequest(wait);
        operation.State = request;
        return request.Begin(operation, update) is { } refused ? call.Return(refused[0], refused[1]) : wait.Yield(ref call);
    }

    static StorageOperation Operation(ModScope mod, ref CallContext call, StorageKind kind) =>
        new() { Kind = kind, ModId = mod.Id, Store = Name(ref call), Key = Key(ref call) };

    static StorageOperation Write(ModScope mod, ref CallContext call, string store)
    {
        byte[] key = Key(ref call);
        LuauValue value = call[2];
        if (value.IsNil) throw call.ArgumentError(2, "a value expected; use remove to take a key away");
        (long? ifVersion, TimeSpan? life) = Options(mod, ref call, 3);
        byte[] bytes = StorageRequest.Encode(mod, value, out string refusal) ?? throw call.ArgumentError(2, refusal);
        return new StorageOperation { Kind = StorageKind.Set, ModId = mod.Id, Store = store, Key = key, Value = bytes, IfVersion = ifVersion, TimeToLive = life };
    }

    static (long? IfVersion, TimeSpan? Life) Options(ModScope mod, ref CallContext call, int index)
    {
        if (call[index].IsNil) return (null, null);
        LuauTable options = call.Table(index);
        LuauValue version = mod.Vm.Get(options, "ifVersion"), ttl = mod.Vm.Get(options, "ttl");
        if (!version.IsNil && !(version.TryGetNumber(out double number) && number is >= 0 and < 9e15)) throw call.ArgumentError(index, "ifVersion must be a number from 0 on");
        if (!ttl.IsNil && !(ttl.TryGetNumber(out double seconds) && seconds is > 0 and <= SecondsMax)) throw call.ArgumentError(index, "ttl must be a positive number of seconds");
        return (version.IsNil ? null : (long)version.AsNumber(), ttl.IsNil ? null : TimeSpan.FromSeconds(ttl.AsNumber()));
    }

    static string Name(ref CallContext call) => call.Userdata<StoreHandle>(0, StoreTag).Name;

    static byte[] Key(ref CallContext call) => Bytes(call.String(1))!;

    static byte[]? Bytes(LuauString? text) => text?.Span.ToArray();

    static IModStorage Backend(ModScope mod, ref CallContext call) => mod.Services.Outside.Storage ?? throw call.Error("this server has no storage");
}
