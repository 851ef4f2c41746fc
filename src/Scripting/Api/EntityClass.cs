using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.World;

namespace GameServer.Scripting.Api;

/// <summary>The Entity object.</summary>
static class EntityClass
{
    /// <summary>Userdata tag.</summary>
    public const int Tag = 6;

    /// <summary>Fields and methods.</summary>
    public static ApiClass Class { get; } = new("Entity", Tag,
        "A thing of a mod that players' clients mirror: values by key. Once `valid` is false it is gone, and nothing can be changed.",
    [
        Field("id", "number", "Number on this server.", (_, entity) => entity.Id),
        Field("kind", "string", "Kind, without the mod's id.", (mod, entity) => mod.Vm.CreateString(entity.Kind)),
        Field("mod", "string", "Id of the mod it belongs to.", (mod, entity) => mod.Vm.CreateString(entity.Owner.ModId)),
        Field("keep", "boolean", "Whether it stays when its mod is reloaded.", (_, entity) => entity.Keep),
        Field("valid", "boolean", "Whether it is still there.", (_, entity) => entity.IsAlive),
    ],
    [
        new("get", "(self: Entity, key: string) -> any", "The value of a key; nil when there is none.") { Needs = Permission.WorldRead, Body = Get },
        new("fields", "(self: Entity) -> { [string]: any }", "A new table with all keys and values.") { Needs = Permission.WorldRead, Body = Fields },
        new("set", "(self: Entity, key: string, value: any) -> ()",
            "Writes a value, which players who see the entity get with their next snapshot; nil takes the key away. The vector under `position` is the "
                + "entity's place. Entities of other mods need world.write.any.") { Needs = Permission.WorldWrite, Body = Set },
        new("remove", "(self: Entity) -> ()", "Removes it; more than once is harmless. Entities of other mods need world.write.any.")
        { Needs = Permission.WorldWrite, Body = Remove },
    ]);

    /// <summary>The entity a method was called on.</summary>
    public static Entity Of(ref CallContext call, int index = 0) => call.Userdata<Entity>(index, Tag);

    /// <summary>Writes the value at an argument, or of a table, under a key.</summary>
    public static void Put(ModScope mod, ref CallContext call, Entity entity, LuauString key, in LuauValue value)
    {
        if (!IsKey(key)) throw call.Error($"'{ModLog.Clean(key.ToString(), 64)}' is no key: 1 to 32 letters, digits, '_', '-' and '.'");
        ReadOnlySpan<byte> encoded = default;
        if (!value.IsNil)
        {
            if (Entity.PositionKey.SequenceEqual(key.Span) && !(value.As<LuauVector>() is { } at && new Place(at.X, at.Y, at.Z).IsFinite))
                throw call.Error("'position' must be a vector of finite numbers");
            ValueEncoder encoder = mod.Services.Encoder;
            encoder.Begin(mod.Vm, ValueFormat.Wire, ValueLimits.Of(mod.Sandbox.Limits), handles: null);
            if (!encoder.TryAdd(value, "value")) throw call.Error($"bad value: {encoder.Refusal}");
            encoded = encoder.Encoded;
        }
        if (entity.Owner.Set(entity, key.Span, encoded) is { } refusal) throw call.Error($"entity: {refusal}");
    }

    static HostResult Get(ModScope mod, ref CallContext call)
    {
        Entity entity = Of(ref call);
        ReadOnlySpan<byte> encoded = entity.Get(call.String(1).Span);
        return call.Return(encoded.IsEmpty ? LuauValue.Nil : Decode(mod, encoded));
    }

    static HostResult Fields(ModScope mod, ref CallContext call)
    {
        Entity entity = Of(ref call);
        LuauTable table = mod.Vm.CreateTable(fieldCapacity: entity.Fields.Length);
        for (int i = 0; i < entity.Fields.Length; i++)
        {
            EntityField field = entity.Fields[i];
            if (field.Length > 0) mod.Vm.Set(table, mod.Vm.CreateString(field.Key), Decode(mod, field.Encoded));
        }
        return call.Return(table);
    }

    static HostResult Set(ModScope mod, ref CallContext call)
    {
        Entity entity = Writable(mod, ref call, "Entity:set");
        if (!entity.IsAlive) throw call.Error($"entity {entity.Id} is gone");
        Put(mod, ref call, entity, call.String(1), call[2]);
        return call.Return();
    }

    static HostResult Remove(ModScope mod, ref CallContext call)
    {
        Entity entity = Writable(mod, ref call, "Entity:remove");
        entity.Owner.Remove(entity);
        return call.Return();
    }

    static Entity Writable(ModScope mod, ref CallContext call, string name)
    {
        Entity entity = Of(ref call);
        bool any = ((Permission)call.Thread.HostMask & Permission.WorldWriteAny) != 0;
        return any || entity.Owner == mod.OwnEntities ? entity : throw mod.Denied(ref call, $"{name} on an entity of '{entity.Owner.ModId}'", Permission.WorldWriteAny);
    }

    /// <summary>Makes an encoded value in a VM.</summary>
    public static LuauValue Decode(ModScope mod, ReadOnlySpan<byte> encoded)
    {
        var reader = new ValueReader(encoded, ValueFormat.Wire);
        ValueLimits limits = new(int.MaxValue, ValueLimits.DepthMax, int.MaxValue, ushort.MaxValue);
        return ValueDecoder.TryDecode(ref reader, mod.Vm, limits, handles: null, out LuauValue value) ? value : LuauValue.Nil;
    }

    static bool IsKey(LuauString key)
    {
        if (key.Length is 0 or > 32) return false;
        foreach (byte b in key.Span)
        {
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'_' or (byte)'-' or (byte)'.')) return false;
        }
        return true;
    }

    static ApiRow Field(string name, string type, string doc, Func<ModScope, Entity, LuauValue> read) => new(name, type, doc)
    {
        Needs = Permission.WorldRead, Body = (ModScope mod, ref CallContext call) => call.Return(read(mod, Of(ref call))),
    };
}
