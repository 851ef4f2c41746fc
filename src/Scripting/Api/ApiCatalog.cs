using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>Everything the server offers to scripts, and how it gets into a VM.</summary>
static class ApiCatalog
{
    /// <summary>All libraries in the order of the documentation.</summary>
    public static IReadOnlyList<ApiLibrary> Libraries { get; } =
    [
        HookApi.Library, ModApi.Library, PlayersApi.Library, NetApi.Library, WorldApi.Library, CommandsApi.Library,
        EventsApi.Library, TimerApi.Library, TaskApi.Library,
        ServerApi.Library, LogApi.Library, LangApi.Library, PermApi.Library, PermsApi.Library,
        StorageApi.Library, FilesApi.Library, ConfigApi.Library, HttpApi.Library, GlobalApi.Library,
    ];

    /// <summary>All classes.</summary>
    public static IReadOnlyList<ApiClass> Classes { get; } =
        [PlayerClass.Class, EntityClass.Class, ConnectionClass.Class, StorageApi.Store, StorageApi.Transaction, ConfigApi.Setting, Secret.Class];

    /// <summary>Puts everything into a VM that is not sealed yet.</summary>
    public static void Install(ModScope mod)
    {
        LuauVm vm = mod.Vm;
        foreach (ApiClass type in Classes) vm.RegisterUserdataClass(Describe(mod, type));
        foreach (ApiLibrary library in Libraries)
        {
            LuauTable table = library.Name.Length == 0 ? vm.Globals : vm.CreateTable(fieldCapacity: library.Rows.Count);
            foreach (ApiRow row in library.Rows) vm.Set(table, row.Name, ValueOf(mod, library.Name, row));
            if (library.Name.Length == 0) continue;
            vm.Freeze(table);
            vm.Set(vm.Globals, library.Name, table);
        }
    }

    static LuauValue ValueOf(ModScope mod, string library, ApiRow row) =>
        row.Constant is { } constant ? constant(mod) : FunctionOf(mod, library.Length == 0 ? row.Name : $"{library}.{row.Name}", row);

    static UserdataClass Describe(ModScope mod, ApiClass type)
    {
        Dictionary<string, HostBody> fields = type.Fields.ToDictionary(row => row.Name, row => Guard(mod, $"{type.Name}.{row.Name}", row));
        return new UserdataClass(type.Tag, type.Name)
        {
            Members = type.Methods.ToDictionary(row => row.Name, row => FunctionOf(mod, $"{type.Name}:{row.Name}", row)),
            Index = (ref CallContext call) => call[1].As<LuauString>() is { } key
                && fields.TryGetValue(key.ToString(), out HostBody? read) ? read(ref call) : call.Return(LuauValue.Nil),
        };
    }

    static LuauValue FunctionOf(ModScope mod, string name, ApiRow row) => new HostFunction(row.Name, Guard(mod, name, row)) { QualifiedName = name };

    /// <summary>The function behind its check: the one place that decides whether a call is allowed.</summary>
    static HostBody Guard(ModScope mod, string name, ApiRow row)
    {
        Permission needs = row.Needs ?? Permission.Internal;
        ApiBody body = row.Body ?? throw new InvalidOperationException($"{name} has neither body nor constant");
        return (ref CallContext call) =>
        {
            if (((Permission)call.Thread.HostMask & needs) != needs) throw mod.Denied(ref call, name, needs);
            return body(mod, ref call);
        };
    }
}
