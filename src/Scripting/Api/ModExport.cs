using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Profiling;

namespace GameServer.Scripting.Api;

/// <summary>A function other mods may call.</summary>
sealed class ModExport(ModScope mod, string name, LuauRef function, Permission mask) : Registration(RegistrationKind.Export)
{
    CallEdge? _edge;

    /// <summary>Name.</summary>
    public string Name { get; } = name;

    /// <summary>What the manifest says; null when nothing.</summary>
    public ExportDeclaration? Declaration { get; } = mod.Declarations.Exports.GetValueOrDefault(name);

    /// <summary>Rights it runs with: those of the code that exported it, never those of the caller.</summary>
    public Permission Mask { get; } = mask;

    /// <summary>Who pays for it.</summary>
    public CostAccount Cost { get; } = mod.Costs[$"export {name}"];

    /// <summary>What a caller costs this mod by calling it.</summary>
    public CostAccount EdgeFrom(string caller)
    {
        // One lookup per change of caller: most exports are called by one mod, again and again.
        if (_edge?.Caller != caller) _edge = mod.Costs.From(caller, Name);
        return _edge.Cost;
    }

    /// <summary>The function.</summary>
    public LuauFunction Function => function.Value.As<LuauFunction>()!;

    /// <inheritdoc/>
    protected override void OnReleased()
    {
        if (mod.Exports.TryGetValue(Name, out ModExport? current) && current == this) mod.Exports.Remove(Name);
        function.Dispose();
    }
}
