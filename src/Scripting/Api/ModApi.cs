using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>mod</c>.</summary>
static class ModApi
{
    const int ExportsMax = 256;
    const int ProxiesMax = 256;

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("mod", "This mod, and others.",
    [
        new("id", "string", "Id of this mod.") { Needs = Permission.Base, Constant = mod => mod.Vm.CreateString(mod.Id) },
        new("version", "string", "Version of this mod.") { Needs = Permission.Base, Constant = mod => mod.Vm.CreateString(mod.Identity.Version) },
        new("generation", "number", "How often it was started, this time included.") { Needs = Permission.Base, Constant = mod => mod.Identity.Generation },
        new("export", "(name: string, fn: (caller: string, ...any) -> ...any) -> Connection",
            "Lets other mods call a function. It gets the id of the caller first, and runs with the rights of this mod.") { Needs = Permission.Base, Body = Export },
        new("call", "(id: string, name: string, ...any) -> ...any",
            "Calls a function of a mod named in [dependencies]. Values are copied. Failure raises an error that begins with `unavailable`, `not "
                + "exported`, `reentrant`, `bad value`, `callee error`, `timeout` or `permission denied`.")
        { Needs = Permission.ModsCall, Body = Call },
        new("callAsync", "(id: string, name: string, ...any) -> ...any", "Like call, but waits: for a mod that is busy or being reloaded, and for a function that waits itself.")
        { Needs = Permission.ModsCall, Body = CallAsync },
        new("use", "(id: string, opts: { optional: boolean? }?) -> any",
            "The exports of another mod as a table: `economy.add(uid, 5)` is `mod.call(\"economy\", \"add\", uid, 5)`. With `optional`, nil when it is not there.")
        { Needs = Permission.ModsCall, Body = Use },
        new("isLoaded", "(id: string) -> boolean", "Whether a mod is in service.")
        { Needs = Permission.ModsInspect, Body = (ModScope mod, ref CallContext call) => call.Return(mod.Services.Mods.Running(call.String(0).ToString()) is not null) },
        new("list", "() -> { { id: string, version: string, state: string } }", "All mods.") { Needs = Permission.ModsInspect, Body = List },
        new("asset", "(name: string) -> buffer", "The content of a data file that mod.toml names in [assets].")
        { Needs = Permission.Base, Body = Asset },
        new("reload", "(id: string?) -> ()", "Asks for a reload of this mod at the end of the tick; of another mod with the permission mods.manage.")
        { Needs = Permission.Base, Body = Reload },
    ]);

    static HostResult Export(ModScope mod, ref CallContext call)
    {
        string name = call.String(0).ToString();
        LuauFunction function = call.Callable(1);
        if (name.Length is 0 or > 64) throw call.ArgumentError(0, "name must have 1 to 64 bytes");
        if (mod.Exports.TryGetValue(name, out ModExport? before)) before.Release();
        var export = new ModExport(mod, name, mod.Vm.CreateRef(function), (Permission)call.Thread.HostMask);
        if (mod.Ownership.Add(export, ExportsMax) is { } refusal) throw call.Error($"mod.export: {refusal}");
        mod.Exports[name] = export;
        return call.Return(mod.ToConnection(export));
    }

    static HostResult Call(ModScope mod, ref CallContext call) => Call(mod, ref call, mod.Services.Names.Of(call.String(0)), mod.Services.Names.Of(call.String(1)), 2);

    static HostResult Call(ModScope mod, ref CallContext call, string id, string name, int from)
    {
        int given = EncodeArguments(mod, ref call, from);
        if (ModCalls.Resolve(mod, id, name, out ModScope target, out ModExport export) is { } failure) throw Error(failure);
        RunStatus status = ModCalls.Run(mod, target, export, mod.Services.Encoder.Encoded, given, mayWait: false, out CallFailure why);
        if (status != RunStatus.Returned) throw Error(why);
        if (ModCalls.EncodeResults(mod, target, name, out int count) is { } refused) throw Error(refused);
        Span<LuauValue> results = call.Results(count);
        results.Clear();
        mod.Decode(mod.Services.Encoder.Encoded, results);
        return call.ReturnResults(count);
    }

    static HostResult CallAsync(ModScope mod, ref CallContext call)
    {
        (string id, string name) = (call.String(0).ToString(), call.String(1).ToString());
        int given = EncodeArguments(mod, ref call, 2);
        var args = new EncodedValues(mod.Services.Encoder.Encoded.ToArray(), given);
        if (!call.IsYieldable) throw call.Error("attempt to wait where it is not possible: in a metamethod, a library callback or while a module loads");
        double deadline = mod.Services.Clock.Now + mod.Sandbox.Limits.ReturnWaitS;
        var pending = new PendingCall(mod, mod.Vm.CreateRef(call.Thread), id, name, args, deadline);
        if (mod.Ownership.Add(pending, mod.Sandbox.Limits.Threads) is { } refusal) throw call.Error($"mod.callAsync: {refusal}");
        ScriptTask.Of(call.Thread, "task").Waiting = pending;
        mod.Services.Calls.Add(pending);
        return call.YieldThen(Answered, pending);
    }

    /// <summary>Runs when the thread goes on, whoever resumed it.</summary>
    static HostResult Answered(ref CallContext call)
    {
        (call.State as Registration)?.Release();
        return call.ReturnArgs(0);
    }

    static HostResult Use(ModScope mod, ref CallContext call)
    {
        string id = call.String(0).ToString();
        bool optional = !call[1].IsNil && mod.Vm.Get(call.Table(1), "optional").IsTruthy;
        if (optional && mod.Services.Mods.Running(id) is null) return call.Return(LuauValue.Nil);
        if (mod.Identity.Trust != ModTrust.Core && !mod.Declarations.Dependencies.Contains(id))
            throw new LuauException($"unavailable: '{mod.Id}' uses '{ModLog.Clean(id, 64)}', which is not among the dependencies in its mod.toml");
        // One for each mod: asking again does not pile up functions.
        if (mod.Proxies.TryGetValue(id, out LuauRef? made)) return call.Return(made.Value);
        if (mod.Proxies.Count >= ProxiesMax) throw call.Error($"mod.use: at most {ProxiesMax} mods");
        LuauTable proxy = mod.Vm.CreateTable();
        // One function per name, so that asking again and again does not pile up functions.
        var functions = new Dictionary<string, LuauValue>(StringComparer.Ordinal);
        LuauTable metatable = mod.Vm.CreateTable(fieldCapacity: 2);
        mod.Vm.Set(metatable, "__index", new HostFunction("__index", (ref CallContext index) =>
        {
            string name = index.String(1).ToString();
            if (functions.TryGetValue(name, out LuauValue known)) return index.Return(known);
            if (functions.Count >= ExportsMax || name.Length > 64) throw index.Error($"mod.use: '{id}' cannot have that many exports");
            // Looked up by name at every call, so a reloaded mod is found again.
            LuauValue function = new HostFunction(name, (ref CallContext use) =>
            {
                if (((Permission)use.Thread.HostMask & Permission.ModsCall) == 0) throw mod.Denied(ref use, "mod.call", Permission.ModsCall);
                return Call(mod, ref use, id, name, 0);
            });
            functions.Add(name, function);
            return index.Return(function);
        }));
        mod.Vm.Set(metatable, "__metatable", false);
        mod.Vm.Freeze(metatable);
        mod.Vm.SetMetatable(proxy, metatable);
        mod.Vm.Freeze(proxy);
        mod.Proxies[id] = mod.Vm.CreateRef(proxy);
        return call.Return(proxy);
    }

    static HostResult List(ModScope mod, ref CallContext call)
    {
        LuauTable list = mod.Vm.CreateTable();
        int count = 0;
        foreach (ModInfo info in mod.Services.Mods.All)
        {
            LuauTable entry = mod.Vm.CreateTable(fieldCapacity: 3);
            mod.Vm.Set(entry, "id", mod.Vm.CreateString(info.Id));
            mod.Vm.Set(entry, "version", mod.Vm.CreateString(info.Version));
            mod.Vm.Set(entry, "state", mod.Vm.CreateString(info.State));
            mod.Vm.Set(list, ++count, entry);
        }
        return call.Return(list);
    }

    static HostResult Asset(ModScope mod, ref CallContext call)
    {
        string name = call.String(0).ToString();
        return mod.Assets.TryGetValue(name, out byte[]? content) ? call.Return(mod.Vm.CreateBuffer(content))
            : throw call.Error($"mod.asset: mod.toml names no asset '{ModLog.Clean(name, 64)}'");
    }

    static HostResult Reload(ModScope mod, ref CallContext call)
    {
        string id = call.OptionalString(0)?.ToString() ?? mod.Id;
        if (id != mod.Id && ((Permission)call.Thread.HostMask & Permission.ModsManage) == 0) throw mod.Denied(ref call, "mod.reload", Permission.ModsManage);
        return mod.Services.Mods.RequestReload(id) is { } refusal ? throw call.Error($"mod.reload: {refusal}") : call.Return();
    }

    /// <summary>Puts the arguments of a call into the shared encoder.</summary>
    /// <returns>How many there are.</returns>
    static int EncodeArguments(ModScope mod, ref CallContext call, int from)
    {
        int count = Math.Max(0, call.ArgCount - from);
        if (count > ModCalls.ValuesMax) throw new LuauException($"bad value: {count} arguments, at most {ModCalls.ValuesMax}");
        return mod.TryEncode(call.Args[Math.Min(from, call.ArgCount)..], "args") is { } refusal ? throw new LuauException($"bad value: {refusal}") : count;
    }

    /// <summary>Without position: the message begins with the stable word.</summary>
    static LuauException Error(CallFailure failure) => new(failure.ToString());
}
