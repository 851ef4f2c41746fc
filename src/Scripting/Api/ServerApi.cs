using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>server</c>.</summary>
static class ServerApi
{
    const int QueryFieldsMax = 16, QueryValueMax = 128;

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("server", "The server this mod runs in.",
    [
        new("now", "() -> number", "Seconds of script time since the server started; moves once per tick.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => call.Return(mod.Services.Clock.Now) },
        new("tick", "() -> number", "Number of the present tick.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => call.Return((double)mod.Services.Clock.Tick) },
        new("tickRate", "number", "Ticks per second.") { Needs = Permission.Base, Constant = mod => mod.Services.Clock.TickRate },
        new("budgetLeft", "() -> number", "Milliseconds this call may still take before it is stopped.")
        { Needs = Permission.Base, Body = (ModScope mod, ref CallContext call) => call.Return(Math.Round(mod.Services.Stack.RemainingMilliseconds, 3)) },
        new("info", "() -> { name: string, version: string, players: number, maxPlayers: number }", "Name, version and slots.") { Needs = Permission.Base, Body = Info },
        new("setQueryField", "(key: string, value: string?) -> ()",
            "Shows something about the server to those who look from outside: `mod.key` in `gameserver status`. nil takes it away; it goes with the mod. At most 16.")
        { Needs = Permission.Base, Body = SetQueryField },
        new("stop", "(reason: string?) -> ()", "Stops the server at the end of the tick.") { Needs = Permission.ServerControl, Body = Stop },
    ]);

    static HostResult Info(ModScope mod, ref CallContext call)
    {
        LuauTable table = mod.Vm.CreateTable(fieldCapacity: 4);
        mod.Vm.Set(table, "name", mod.Vm.CreateString(mod.Services.Server.Name));
        mod.Vm.Set(table, "version", mod.Vm.CreateString(mod.Services.Server.Version));
        mod.Vm.Set(table, "players", mod.Services.Players.All.Count);
        mod.Vm.Set(table, "maxPlayers", mod.Services.Server.PlayersMax);
        return call.Return(table);
    }

    static HostResult SetQueryField(ModScope mod, ref CallContext call)
    {
        string key = call.String(0).ToString();
        if (!MessageNames.IsName(key)) throw call.ArgumentError(0, "a key has letters, digits, '_', '-' and '.'");
        string full = $"{mod.Id}.{key}";
        SortedDictionary<string, string> fields = mod.Services.QueryFields;
        if (call[1].IsNil) fields.Remove(full);
        else if (fields.ContainsKey(full) || fields.Keys.Count(name => name.StartsWith($"{mod.Id}.", StringComparison.Ordinal)) < QueryFieldsMax)
            fields[full] = ModLog.Clean(call.String(1).ToString(), QueryValueMax);
        else throw call.Error($"server.setQueryField: at most {QueryFieldsMax} fields");
        return call.Return();
    }

    static HostResult Stop(ModScope mod, ref CallContext call)
    {
        mod.Services.Server.RequestStop(ModLog.Clean(call.OptionalString(0)?.ToString() ?? $"asked by mod '{mod.Id}'", 256));
        return call.Return();
    }
}
