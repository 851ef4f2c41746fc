using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>events</c>.</summary>
static class EventsApi
{
    const int NameMax = 96;

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("events", "News from mod to mod: nobody waits for anybody.",
    [
        new("emit", "(name: string, payload: any?) -> ()", "Tells every mod that listens to `mod:name`, later in the same tick, in mod order.")
        { Needs = Permission.Base, Body = Emit },
        new("on", "(name: string, fn: (payload: any, from: string) -> ()) -> Connection", "Listens to an event by its full name, like `kits:given`.")
        { Needs = Permission.Base, Body = On },
    ]);

    static HostResult Emit(ModScope mod, ref CallContext call)
    {
        string name = call.String(0).ToString();
        string full = name.Contains(':') ? name : $"{mod.Id}:{name}";
        if (!full.StartsWith($"{mod.Id}:", StringComparison.Ordinal) || full.Length > NameMax)
            throw call.Error($"events.emit: '{name}' must be a name of this mod, at most {NameMax} bytes");
        if (mod.Services.Registry.Find(EventBus.Prefix + full) is not { IsEmpty: false } list) return call.Return();
        EncodedValues payload = EncodedValues.None;
        if (!call[1].IsNil && mod.TryEncode([call[1]], "payload", out payload) is { } refusal) throw call.Error($"bad value: {refusal}");
        return mod.Services.Events.Emit(list, payload, mod) is { } why ? throw call.Error($"events.emit: {why}") : call.Return();
    }

    static HostResult On(ModScope mod, ref CallContext call)
    {
        string name = call.String(0).ToString();
        LuauFunction function = call.Callable(1);
        int colon = name.IndexOf(':');
        if (colon < 1 || colon == name.Length - 1 || name.Length > NameMax) throw call.Error($"events.on: '{name}' must be a full name like 'kits:given'");
        (Handler? handler, string? refusal) = mod.AddHandler(EventBus.Prefix + name, function, (Permission)call.Thread.HostMask);
        return handler is null ? throw call.Error($"events.on: {refusal}") : call.Return(mod.ToConnection(handler));
    }
}
