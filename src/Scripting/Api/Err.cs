using GameServer.Luau.Values;

namespace GameServer.Scripting.Api;

/// <summary>What a function gives as second result when something outside the script failed: <c>{ kind, message }</c>, kind being a stable word.</summary>
static class Err
{
    /// <summary>Luau type.</summary>
    public const string Type = "{ kind: string, message: string }";

    /// <summary>Makes one in a VM.</summary>
    public static LuauValue Make(ModScope mod, string kind, string message)
    {
        LuauTable table = mod.Vm.CreateTable(fieldCapacity: 2);
        mod.Vm.Set(table, "kind", mod.Vm.CreateString(kind));
        mod.Vm.Set(table, "message", mod.Vm.CreateString(message));
        return table;
    }
}
