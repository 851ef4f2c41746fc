using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Profiling;

namespace GameServer.Scripting.Api;

/// <summary>A function other mods may call.</summary>
sealed class ModExport(ModScope mod, string name, LuauRef function, Permission mask) : Registration(RegistrationKind.Export)
{
    CallEdge? _edge;
    Dictionary<string, (double Tokens, double Filled)>? _buckets;

    /// <summary>Name.</summary>
    public string Name { get; } = name;

    /// <summary>What it is entered as, for logs.</summary>
    public string Source { get; } = $"export {name}";

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

    /// <summary>Counts a call of a mod against the declared rate.</summary>
    public bool Admit(string caller, double now)
    {
        if (Declaration?.Rate is not { } rate) return true;
        // Bounded by the mods that may call: those that name this one as a dependency.
        _buckets ??= new Dictionary<string, (double Tokens, double Filled)>(StringComparer.Ordinal);
        (double tokens, double filled) = _buckets.TryGetValue(caller, out var bucket) ? bucket : (rate.Burst, now);
        tokens = Math.Min(rate.Burst, tokens + (rate.PerSecond * (now - filled)));
        _buckets[caller] = (tokens < 1 ? tokens : tokens - 1, now);
        return tokens >= 1;
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
