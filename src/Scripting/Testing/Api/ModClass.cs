using System.Text;
using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Api;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Mods;

namespace GameServer.Scripting.Testing.Api;

/// <summary>A mod of a test.</summary>
/// <param name="Id">Id.</param>
sealed record ModHandle(string Id);

/// <summary>What tests see of a mod and do to it.</summary>
static class ModClass
{
    /// <summary>Userdata tag.</summary>
    public const int Tag = 4;

    /// <summary>Fields and methods.</summary>
    public static TestClass Class { get; } = new("TestMod", Tag, "A mod of the test: the one under test, or one beside it.",
    [
        new("id", "string", "Id.", (TestScript script, ref CallContext call) => call.Return(script.Vm.CreateString(Of(ref call).Id))),
        Text("state", "State, as `gameserver mod list` shows it: `running`, `suspended`, `backoff`, `broken`, `blocked`, `invalid`, `stopped`.",
            status => status.State.ToString().ToLowerInvariant()),
        Text("reason", "Why it is in this state; empty for a mod in service.", status => status.Reason),
        Text("version", "Version.", status => status.Version),
        Text("lastError", "Last error with its place; empty when there was none.", status => status.LastError),
        Number("generation", "How often it was started.", status => status.Generation),
        Number("errors", "Errors so far.", status => status.Errors),
        Number("kills", "Calls that were stopped at a limit so far.", status => status.Kills),
        Number("memory", "Bytes its VM holds.", status => status.MemoryBytes),
        Number("handlers", "Live handlers.", status => status.Handlers),
        Number("timers", "Live timers and sleeping tasks.", status => status.Timers),
    ],
    [
        new("call", "(self: TestMod, export: string, ...any) -> ...any", "Calls an export, as another mod named `test` does; a failure raises.", Call),
        new("eval", "(self: TestMod, source: string, ...any) -> ...any", "Runs source inside the mod, with its globals and its rights; the arguments are `...` there.", Eval),
        new("emit", "(self: TestMod, event: string, payload: any?) -> ()", "Emits an event of this mod, as it does itself; delivered within the next tick.", Emit),
        new("reload", "(self: TestMod) -> ()", "Reloads it, as saving a file does.", (TestScript script, ref CallContext call) =>
        {
            Reload(script, Of(ref call).Id, ref call);
            return call.Return();
        }),
        new("kill", "(self: TestMod) -> ()", "Destroys its VM as a limit does; it starts again after the usual wait.", Kill),
        Order("stop", "Unloads it, as an operator does.", (host, id) => host.Stop(id)),
        Order("start", "Starts it again, as an operator does.", (host, id) => host.Start(id)),
        Order("suspend", "Keeps it in memory but calls it no more, until it is started.", (host, id) => host.Suspend(id)),
    ]);

    /// <summary>Reloads a mod and waits until that is done.</summary>
    public static void Reload(TestScript script, string id, ref CallContext call)
    {
        ModOrder order = script.World.Host.Reload(id);
        if (!order.Accepted) throw call.Error(order.Message);
        script.World.Tick(2);
        script.RaiseFaults(ref call);
    }

    static ModHandle Of(ref CallContext call) => call.Userdata<ModHandle>(0, Tag);

    static ModStatus StatusOf(TestScript script, ref CallContext call) =>
        script.World.Host.Status(Of(ref call).Id) ?? throw call.Error($"there is no mod '{Of(ref call).Id}' in this test");

    static TestRow Text(string name, string doc, Func<ModStatus, string> read) => new(name, "string", doc,
        (TestScript script, ref CallContext call) => call.Return(script.Vm.CreateString(read(StatusOf(script, ref call)))));

    static TestRow Number(string name, string doc, Func<ModStatus, double> read) => new(name, "number", doc,
        (TestScript script, ref CallContext call) => call.Return(read(StatusOf(script, ref call))));

    static TestRow Order(string name, string doc, Func<ModHost, string, ModOrder> order) => new(name, "(self: TestMod) -> ()", doc,
        (TestScript script, ref CallContext call) =>
        {
            ModOrder answer = order(script.World.Host, Of(ref call).Id);
            if (!answer.Accepted) throw call.Error(answer.Message);
            script.World.Tick(2);
            script.RaiseFaults(ref call);
            return call.Return();
        });

    static ModScope Running(TestScript script, ref CallContext call)
    {
        string id = Of(ref call).Id;
        Mod mod = script.World.Host.FindMod(id) ?? throw call.Error($"there is no mod '{id}' in this test");
        if (mod is { IsRunning: true, Scope: { } scope }) return scope;
        throw call.Error($"mod '{id}' is {mod.State.ToString().ToLowerInvariant()}{(mod.Reason.Length > 0 ? $": {mod.Reason}" : "")}");
    }

    static HostResult Call(TestScript script, ref CallContext call)
    {
        ModScope mod = Running(script, ref call);
        string name = call.String(1).ToString();
        if (!mod.Exports.TryGetValue(name, out ModExport? export))
            throw call.Error($"'{mod.Id}' exports no '{name}'{Toml.Suggestion.For(name, mod.Exports.Keys)}");
        LuauValue[] args = [mod.Vm.CreateString("test"), .. mod.Decode(script.Encode(call.Args[2..], ref call))];
        return Run(script, mod, export.Function, args, new Entry($"export {name}", mod.Sandbox.Limits.CallHardMs, MayYield: true, export.Mask), ref call);
    }

    static HostResult Eval(TestScript script, ref CallContext call)
    {
        ModScope mod = Running(script, ref call);
        LuauFunction function;
        try
        {
            function = mod.Vm.Load(LuauVm.Compile(Encoding.UTF8.GetBytes(call.String(1).ToString()), "=eval"), mod.Sandbox.Environment);
        }
        catch (LuauCompileException wrong)
        {
            throw call.Error(wrong.Message);
        }
        LuauValue[] args = mod.Decode(script.Encode(call.Args[2..], ref call));
        return Run(script, mod, function, args, new Entry("eval", mod.Sandbox.Limits.EventHardMs, MayYield: true, mod.Sandbox.Grants), ref call);
    }

    static HostResult Run(TestScript script, ModScope mod, LuauFunction function, LuauValue[] args, Entry entry, ref CallContext call)
    {
        RunStatus status = mod.Sandbox.Start(function, args, entry);
        if (status == RunStatus.Refused) throw call.Error($"mod '{mod.Id}' cannot be entered now");
        if (status == RunStatus.Waiting) return call.Return();
        if (status != RunStatus.Returned)
        {
            // The caller gets the error itself, so it is no surprise in the log.
            script.World.TakeFaults();
            throw new LuauException(mod.Sandbox.LastError);
        }
        if (mod.TryEncode(mod.Sandbox.Results, "result", out EncodedValues results) is { } refusal) throw call.Error($"the results cannot be copied: {refusal}");
        script.RaiseFaults(ref call);
        LuauValue[] values = script.Decode(results);
        values.CopyTo(call.Results(values.Length));
        return call.ReturnResults(values.Length);
    }

    static HostResult Emit(TestScript script, ref CallContext call)
    {
        string id = Of(ref call).Id, name = call.String(1).ToString();
        string full = name.Contains(':') ? name : $"{id}:{name}";
        if (script.World.Host.Services.Registry.Find(EventBus.Prefix + full) is not { IsEmpty: false } list) throw call.Error($"no mod listens to '{full}'");
        EncodedValues payload = call[2].IsNil ? EncodedValues.None : script.Encode(call.Args.Slice(2, 1), ref call);
        script.World.Host.Services.Hooks.Notify(list, payload.Count == 0 ? default : HookValue.Encoded(payload), id);
        script.RaiseFaults(ref call);
        return call.Return();
    }

    static HostResult Kill(TestScript script, ref CallContext call)
    {
        ModScope scope = Running(script, ref call);
        script.HoldsFaults = true;
        ModHost.Condemn(script.World.Host.FindMod(scope.Id)!, "killed by the test");
        script.World.Tick(1);
        script.World.TakeFaults();
        script.HoldsFaults = false;
        return call.Return();
    }
}
