using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.World;

namespace GameServer.Scripting.Api;

/// <summary>What <c>world.query</c> looks for.</summary>
sealed class EntityFilter
{
    const int WhereMax = 16;

    static readonly string[] Keys = ["kind", "mod", "near", "radius", "where", "limit"];

    readonly List<(byte[] Key, byte[] Value)> _where = [];
    string? _kind;
    Place? _near;
    double _radius = double.PositiveInfinity;

    /// <summary>Whose; null for everybody's.</summary>
    public string? Mod { get; private set; }

    /// <summary>Results at most.</summary>
    public int Limit { get; private set; } = int.MaxValue;

    /// <summary>Reads the table at the first argument; nothing means all of the mod's own.</summary>
    public static EntityFilter Read(ModScope mod, ref CallContext call)
    {
        var filter = new EntityFilter { Mod = mod.Id };
        if (call[0].IsNil) return filter;
        LuauTable table = call.Table(0);
        LuauValue key = default;
        while (mod.Vm.Next(table, ref key, out _))
        {
            if (!Keys.Contains(key.As<LuauString>()?.ToString())) throw call.ArgumentError(0, $"unknown key '{ModLog.Clean(mod.Vm.ToText(key), 32)}'; {string.Join(", ", Keys)}");
        }
        filter._kind = Text(mod, ref call, table, "kind");
        filter.Mod = Text(mod, ref call, table, "mod") ?? mod.Id;
        if (filter.Mod == "*") filter.Mod = null;
        LuauValue near = mod.Vm.Get(table, "near"), where = mod.Vm.Get(table, "where");
        if (!near.IsNil)
        {
            filter._near = near.As<LuauVector>() is { } at && new Place(at.X, at.Y, at.Z) is { IsFinite: true } place
                ? place
                : throw call.ArgumentError(0, "near must be a vector");
            filter._radius = Number(mod, ref call, table, "radius") ?? throw call.ArgumentError(0, "near needs a radius");
        }
        filter.Limit = (int)Math.Clamp(Number(mod, ref call, table, "limit") ?? int.MaxValue, 0, int.MaxValue);
        if (!where.IsNil) filter.ReadWhere(mod, ref call, where.As<LuauTable>() ?? throw call.ArgumentError(0, "where must be a table"));
        return filter;
    }

    /// <summary>Adds the entities of a mod that fit.</summary>
    /// <param name="entities">Where to look.</param>
    /// <param name="into">Gets them, in no order.</param>
    public void Find(ModEntities entities, List<Entity> into)
    {
        if (_near is not { } center)
        {
            foreach (Entity? entity in entities.Slots)
            {
                if (entity is not null && Fits(entity)) into.Add(entity);
            }
            return;
        }
        var slots = new List<int>();
        entities.Grid.Around(center, _radius, slots);
        foreach (int slot in slots)
        {
            if (entities.Slots[slot] is { } entity && Fits(entity)) into.Add(entity);
        }
    }

    bool Fits(Entity entity)
    {
        if (_kind is not null && entity.Kind != _kind) return false;
        foreach ((byte[] key, byte[] value) in _where)
        {
            if (!entity.Get(key).SequenceEqual(value)) return false;
        }
        return true;
    }

    void ReadWhere(ModScope mod, ref CallContext call, LuauTable where)
    {
        LuauValue key = default;
        while (mod.Vm.Next(where, ref key, out LuauValue value))
        {
            LuauString name = key.As<LuauString>() ?? throw call.ArgumentError(0, "keys of where must be strings");
            if (_where.Count == WhereMax) throw call.ArgumentError(0, $"where has at most {WhereMax} keys");
            ValueEncoder encoder = mod.Services.Encoder;
            encoder.Begin(mod.Vm, ValueFormat.Wire, ValueLimits.Of(mod.Sandbox.Limits), handles: null);
            if (!encoder.TryAdd(value, "where")) throw call.Error($"bad value: {encoder.Refusal}");
            _where.Add((name.Span.ToArray(), encoder.Encoded.ToArray()));
        }
    }

    static string? Text(ModScope mod, ref CallContext call, LuauTable table, string name)
    {
        LuauValue value = mod.Vm.Get(table, name);
        return value.IsNil ? null : value.As<LuauString>()?.ToString() ?? throw call.ArgumentError(0, $"{name} must be a string");
    }

    static double? Number(ModScope mod, ref CallContext call, LuauTable table, string name)
    {
        LuauValue value = mod.Vm.Get(table, name);
        if (value.IsNil) return null;
        return value.TryGetNumber(out double number) && number >= 0 ? number : throw call.ArgumentError(0, $"{name} must be a number from 0 on");
    }
}
