using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.World;

namespace GameServer.Scripting.Api;

/// <summary>Entities as one VM holds them: the same userdata every time, until the entity is gone.</summary>
/// <remarks>Tick thread. Never longer than the entities there are; the userdata is charged to the VM.</remarks>
sealed class EntityTable
{
    readonly ModScope _mod;
    readonly Dictionary<int, LuauRef> _handles = [];

    /// <summary>Makes the empty table of a VM.</summary>
    public EntityTable(ModScope mod)
    {
        _mod = mod;
        mod.Services.World.Removed += Forget;
    }

    /// <summary>Handles made.</summary>
    public int Count => _handles.Count;

    /// <summary>The userdata of an entity.</summary>
    public LuauValue ToLuau(Entity entity)
    {
        if (_handles.TryGetValue(entity.Id, out LuauRef? known)) return known.Value;
        LuauValue handle = _mod.Vm.CreateUserdata(entity, EntityClass.Tag);
        if (entity.IsAlive) _handles.Add(entity.Id, _mod.Vm.CreateRef(handle));
        return handle;
    }

    /// <summary>Lets go of everything.</summary>
    public void Clear()
    {
        _mod.Services.World.Removed -= Forget;
        foreach (LuauRef handle in _handles.Values) handle.Dispose();
        _handles.Clear();
    }

    void Forget(Entity entity)
    {
        if (_handles.Remove(entity.Id, out LuauRef? handle)) handle.Dispose();
    }
}
