using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>perm</c>.</summary>
static class PermApi
{
    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("perm", "What this code may do. Rights can be given up for a while, never gained.",
    [
        new("has", "(name: string) -> boolean", "Whether the running code has a permission.") { Needs = Permission.Base, Body = Has },
        new("list", "() -> { string }", "Permissions of the running code.") { Needs = Permission.Base, Body = List },
        new("with", "(names: { string }, fn: (...any) -> any, ...any) -> any",
            "Calls a function with these permissions alone, as far as the running code has them; what it registers or starts keeps that. Gives its first result.")
        { Needs = Permission.Base, Body = With },
    ]);

    static HostResult Has(ModScope mod, ref CallContext call)
    {
        Permission bit = Find(ref call, 0, call.String(0).ToString());
        return call.Return(((Permission)call.Thread.HostMask & bit) == bit);
    }

    static HostResult List(ModScope mod, ref CallContext call)
    {
        IReadOnlyList<string> names = PermissionCatalog.Names((Permission)call.Thread.HostMask);
        LuauTable list = mod.Vm.CreateTable(arrayCapacity: names.Count);
        for (int i = 0; i < names.Count; i++) mod.Vm.Set(list, i + 1, mod.Vm.CreateString(names[i]));
        return call.Return(list);
    }

    static HostResult With(ModScope mod, ref CallContext call)
    {
        LuauTable names = call.Table(0);
        LuauValue function = call.Callable(1);
        Permission keep = Permission.Base;
        for (int i = 1; i <= mod.Vm.Length(names) && i <= PermissionCatalog.Rows.Count; i++)
            keep |= Find(ref call, 0, mod.Vm.Get(names, (LuauValue)i).As<LuauString>()?.ToString() ?? "");
        ulong before = call.Thread.HostMask;
        call.Thread.HostMask = before & (ulong)keep;
        try
        {
            return call.Return(call.Call(function, call.Args[2..].ToArray()));
        }
        finally
        {
            call.Thread.HostMask = before;
        }
    }

    static Permission Find(ref CallContext call, int index, string name) =>
        PermissionCatalog.Find(name)?.Bit ?? throw call.ArgumentError(index, $"unknown permission '{ModLog.Clean(name, 64)}'");
}
