using System.Reflection;
using GameServer.Luau;
using GameServer.Scripting.Api;
using GameServer.Scripting.Mods;

namespace GameServer.Scripting.Tests.Mods;

/// <summary>Looks inside a host, for the few tests that must.</summary>
static class ModHostAccess
{
    public static ModScope ScopeOf(ModHost host, string id, out LuauVm vm)
    {
        var mods = (ModTable)typeof(ModHost).GetField("_mods", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(host)!;
        ModScope scope = mods.Running(id)!;
        vm = scope.Vm;
        return scope;
    }
}
