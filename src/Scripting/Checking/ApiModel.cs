using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Api;
using GameServer.Scripting.Hooks;

namespace GameServer.Scripting.Checking;

/// <summary>All names that scripts can use, from the tables that put them into VMs.</summary>
/// <param name="Rows">Entries of the server's libraries by library and name; plain globals under the empty name.</param>
/// <param name="Classes">Classes by name.</param>
/// <param name="Hooks">Hooks by name.</param>
/// <param name="Standard">Luau's own libraries: their names, empty for plain globals.</param>
sealed record ApiModel(
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, ApiRow>> Rows, IReadOnlyDictionary<string, ApiClass> Classes,
    IReadOnlyDictionary<string, HookRow> Hooks, IReadOnlyDictionary<string, IReadOnlySet<string>> Standard)
{
    /// <summary>What this server offers.</summary>
    public static ApiModel Current { get; } = Build();

    /// <summary>All globals.</summary>
    public IEnumerable<string> Globals => Standard.Keys.Concat(Rows.Keys.Where(name => name.Length > 0)).Concat(Rows.GetValueOrDefault("")?.Keys ?? []);

    static ApiModel Build()
    {
        Dictionary<string, IReadOnlyDictionary<string, ApiRow>> rows = new(StringComparer.Ordinal);
        foreach (ApiLibrary library in ApiCatalog.Libraries) rows[library.Name] = library.Rows.ToDictionary(row => row.Name, StringComparer.Ordinal);
        return new ApiModel(
            rows, ApiCatalog.Classes.ToDictionary(type => type.Name, StringComparer.Ordinal),
            HookCatalog.Rows.ToDictionary(row => row.Name, StringComparer.Ordinal), ReadStandard());
    }

    // Asked of a VM: a list of our own could lag behind.
    static Dictionary<string, IReadOnlySet<string>> ReadStandard()
    {
        using var vm = new LuauVm();
        Dictionary<string, IReadOnlySet<string>> standard = new(StringComparer.Ordinal) { ["_G"] = new HashSet<string>() };
        LuauValue key = default;
        while (vm.Next(vm.Globals, ref key, out LuauValue value))
        {
            var members = new HashSet<string>(StringComparer.Ordinal);
            if (value.As<LuauTable>() is { } library && key.ToString() != "_G")
            {
                LuauValue name = default;
                while (vm.Next(library, ref name, out _)) members.Add(name.ToString()!);
            }
            standard[key.ToString()!] = members;
        }
        return standard;
    }
}
