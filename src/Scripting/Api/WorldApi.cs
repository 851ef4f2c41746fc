using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.World;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>world</c>.</summary>
static class WorldApi
{
    const int ResultsMax = 10_000;

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("world", "Entities: things with values by key that the clients of players mirror.",
    [
        new("create", "(kind: string, fields: { [string]: any }?, opts: { keep: boolean? }?) -> Entity",
            "Makes an entity with these values. It goes with this mod; with `keep` it stays when the mod is reloaded or starts again after a fault.")
        { Needs = Permission.WorldWrite, Body = Create },
        new("get", "(id: number) -> Entity?", "The entity of a number, whoever it belongs to.")
        {
            Needs = Permission.WorldRead,
            Body = (ModScope mod, ref CallContext call) => call.Return(mod.Services.World.Find(call.Integer(0)) is { } entity ? mod.Entities.ToLuau(entity) : default),
        },
        new("query", "(filter: { kind: string?, mod: string?, near: vector?, radius: number?, where: { [string]: any }?, limit: number? }?) -> { Entity }",
            "Entities that fit, by id: of this mod, or of `mod` (`\"*\"` for all); of a kind; within `radius` of `near`; with the plain values of `where`. "
                + "With `near`, entities without a `position` are left out.") { Needs = Permission.WorldRead, Body = Query },
        new("count", "() -> number", "How many entities this mod has.")
        { Needs = Permission.WorldRead, Body = (ModScope mod, ref CallContext call) => call.Return((double)mod.OwnEntities.Count) },
        new("setView", "(player: Player, at: (vector | Entity)?, radius: number?) -> ()",
            "What a player sees of this mod's entities: those within `radius` (default 100) of a point, or of an entity wherever it goes, and those without a "
                + "`position`. Without `at`, everything, as it is before.") { Needs = Permission.WorldWrite, Body = SetView },
    ]);

    static HostResult Create(ModScope mod, ref CallContext call)
    {
        string kind = call.String(0).ToString();
        if (!MessageNames.IsName(kind)) throw call.ArgumentError(0, $"a kind has letters, digits, '_', '-' and '.', at most {MessageNames.LengthMax}");
        LuauTable? fields = call[1].IsNil ? null : call.Table(1);
        bool keep = !call[2].IsNil && mod.Vm.Get(call.Table(2), "keep").IsTruthy;
        (Entity? entity, string? refusal) = mod.OwnEntities.Create(kind, keep);
        if (entity is null) throw call.Error($"world.create: {refusal}");
        try
        {
            LuauValue handle = mod.Entities.ToLuau(entity), key = default;
            while (fields is not null && mod.Vm.Next(fields, ref key, out LuauValue value))
                EntityClass.Put(mod, ref call, entity, key.As<LuauString>() ?? throw call.ArgumentError(1, "keys must be strings"), value);
            return call.Return(handle);
        }
        catch (LuauException)
        {
            // All or nothing.
            mod.OwnEntities.Remove(entity);
            throw;
        }
    }

    static HostResult Query(ModScope mod, ref CallContext call)
    {
        EntityFilter filter = EntityFilter.Read(mod, ref call);
        var found = new List<Entity>();
        foreach (ModEntities entities in mod.Services.World.Mods)
        {
            if (filter.Mod is null || filter.Mod == entities.ModId) filter.Find(entities, found);
        }
        found.Sort((a, b) => a.Id.CompareTo(b.Id));
        int count = Math.Min(found.Count, Math.Min(filter.Limit, ResultsMax));
        LuauTable list = mod.Vm.CreateTable(arrayCapacity: count);
        for (int i = 0; i < count; i++) mod.Vm.Set(list, i + 1, mod.Entities.ToLuau(found[i]));
        return call.Return(list);
    }

    static HostResult SetView(ModScope mod, ref CallContext call)
    {
        PlayerHandle handle = PlayerClass.Of(ref call);
        if (!handle.Player.IsConnected) return call.Return();
        PlayerView view = mod.OwnEntities.ViewOf(handle.Player);
        if (call[1].IsNil)
        {
            view.Show(null, default, 0);
            return call.Return();
        }
        double radius = call.Number(2, 100);
        if (!(radius is > 0 and <= 1e9)) throw call.ArgumentError(2, "the radius must be more than 0 and at most 1e9");
        mod.OwnEntities.Fit(radius);
        if (call[1].As<LuauVector>() is { } at && new Place(at.X, at.Y, at.Z) is { IsFinite: true } place) view.Show(null, place, radius);
        else view.Show(Followed(mod, ref call), default, radius);
        return call.Return();
    }

    static Entity Followed(ModScope mod, ref CallContext call)
    {
        Entity entity = call[1].As<Userdata>()?.Target as Entity ?? throw call.TypeError(1, "vector or Entity");
        return entity.Owner == mod.OwnEntities ? entity : throw call.ArgumentError(1, "a view follows entities of its own mod");
    }
}
