using System.Runtime.InteropServices;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.World;

/// <summary>The entities of one mod, and what players see of them. Outlives generations of the mod, for the entities that are kept.</summary>
/// <remarks>Tick thread. Every change goes through here: limits, accounts, index and the notes for players are kept in this one place.</remarks>
sealed class ModEntities
{
    readonly EntityWorld _world;
    readonly List<Entity?> _slots = [];
    readonly Stack<int> _free = new();
    readonly Dictionary<int, PlayerView> _views = [];
    HostAccount? _account;
    double _fittedRadius;
    double _turns;
    uint _filled;

    /// <summary>Makes the empty set of a mod.</summary>
    public ModEntities(EntityWorld world, string modId) => (_world, ModId) = (world, modId);

    /// <summary>Whose.</summary>
    public string ModId { get; }

    /// <summary>Limits of the mod; set at every start and when an operator changes them.</summary>
    public ModLimits Limits { get; set; } = new();

    /// <summary>Entities alive.</summary>
    public int Count { get; private set; }

    /// <summary>Entities by slot, with gaps.</summary>
    public ReadOnlySpan<Entity?> Slots => CollectionsMarshal.AsSpan(_slots);

    /// <summary>Epoch of the last change of anything.</summary>
    public uint Changed { get; private set; }

    /// <summary>The index by place.</summary>
    public EntityGrid Grid { get; } = new();

    /// <summary>Bytes the server holds for an entity besides its keys and values: itself, and a note per player of what was sent.</summary>
    int EntityBytes => 192 + (sizeof(uint) * _world.PlayersMax);

    /// <summary>Makes an entity.</summary>
    /// <returns>The entity, or why there is none.</returns>
    public (Entity? Entity, string? Refusal) Create(string kind, bool keep)
    {
        if (Count >= Limits.Entities) return (null, $"too many entities (entities, {Limits.Entities})");
        if (!TakeTurn()) return (null, $"entities are made too fast (entities, {Limits.Entities}: twice as many at once, then half as many per second)");
        if (!Charge(EntityBytes)) return (null, HostMemory());
        var entity = new Entity(_world.NextId(), this, kind, keep, _world.Epoch);
        if (!_free.TryPop(out entity.Slot))
        {
            entity.Slot = _slots.Count;
            _slots.Add(null);
        }
        _slots[entity.Slot] = entity;
        Count++;
        Grid.Update(entity);
        Touch();
        _world.Add(entity);
        return (entity, null);
    }

    /// <summary>Writes a value; the same value again changes nothing.</summary>
    /// <param name="entity">One of these.</param>
    /// <param name="key">Name; the caller has checked it.</param>
    /// <param name="value">One value in wire format; empty takes the key away. Copied.</param>
    /// <returns>Null, or why not.</returns>
    public string? Set(Entity entity, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        int at = entity.IndexOf(key);
        int before = at < 0 ? 0 : entity.Fields[at].Length;
        if (at >= 0 ? value.SequenceEqual(entity.Fields[at].Encoded) : value.IsEmpty) return null;
        if (at < 0 && entity.Fields.Length >= Limits.EntityKeys)
        {
            Sweep(entity);
            if (entity.Fields.Length >= Limits.EntityKeys) return $"too many keys (entity_keys, {Limits.EntityKeys})";
        }
        int more = value.Length - before + (at < 0 ? key.Length : 0);
        if (more > 0 && entity.Bytes + more > Limits.EntityBytes) return $"keys and values of more than {Limits.EntityBytes} bytes (entity_bytes)";
        if (more > 0 && !Charge(more)) return HostMemory();
        if (at < 0) entity.Add(key.ToArray(), value, _world.Epoch);
        else entity.Put(at, value, _world.Epoch);
        if (more < 0) _account?.Refund(-more);
        Grid.Update(entity);
        Touch();
        return null;
    }

    /// <summary>Removes an entity; more than once is harmless.</summary>
    public void Remove(Entity entity)
    {
        if (!entity.IsAlive) return;
        entity.IsAlive = false;
        foreach (PlayerView view in _views.Values) view.Removed(entity);
        Grid.Remove(entity);
        _slots[entity.Slot] = null;
        _free.Push(entity.Slot);
        Count--;
        _account?.Refund(EntityBytes + entity.Bytes);
        Touch();
        _world.Remove(entity);
    }

    /// <summary>What a player sees of these entities, made when it is first asked for.</summary>
    public PlayerView ViewOf(IPlayer player)
    {
        if (_views.TryGetValue(player.Id, out PlayerView? view)) return view;
        _views.Add(player.Id, view = new PlayerView(this));
        return view;
    }

    /// <summary>What a player sees, if there is anything to know about it.</summary>
    public PlayerView? FindView(int player) => _views.GetValueOrDefault(player);

    /// <summary>Makes the index suit views of a radius.</summary>
    public void Fit(double radius)
    {
        if (radius <= _fittedRadius) return;
        _fittedRadius = radius;
        Grid.FitTo(radius);
    }

    /// <summary>Forgets a player: who comes again starts with nothing.</summary>
    public void Forget(int player) => _views.Remove(player);

    /// <summary>A generation begins: what was kept is charged to it, as far as it may have that much.</summary>
    public void Adopt(HostAccount account, ModLimits limits)
    {
        (_account, Limits, _filled) = (account, limits, 0);
        int count = 0;
        foreach (Entity? entity in _slots.ToArray())
        {
            if (entity is null) continue;
            if (++count <= limits.Entities && account.TryCharge(EntityBytes + entity.Bytes)) continue;
            _account = null;
            Remove(entity);
            _account = account;
        }
    }

    /// <summary>A generation has ended: entities that are not kept go with it, and views are everything again.</summary>
    public void Release()
    {
        foreach (Entity? entity in _slots.ToArray())
        {
            if (entity is { Keep: false }) Remove(entity);
        }
        foreach (PlayerView view in _views.Values) view.Show(null, default, 0);
        _account = null;
    }

    /// <summary>Whether a client still has to be told that entities are gone.</summary>
    public bool OwesRemovals
    {
        get
        {
            foreach (PlayerView view in _views.Values)
            {
                if (view.Owed > 0) return true;
            }
            return false;
        }
    }

    /// <summary>The mod is gone for good: everything goes.</summary>
    public void Clear()
    {
        foreach (Entity? entity in _slots.ToArray())
        {
            if (entity is not null) Remove(entity);
        }
    }

    /// <summary>Every entity that is made is news to other mods' hooks: twice as many at once as there may be, then half as many per second. A generation begins
    /// with all of it.</summary>
    bool TakeTurn()
    {
        double seconds = (_world.Epoch - _filled) / (double)_world.RoundsPerSecond;
        double most = 2 * Limits.Entities;
        _turns = Math.Min(most, _filled == 0 ? most : _turns + (seconds * Limits.Entities / 2));
        _filled = _world.Epoch;
        if (_turns < 1) return false;
        _turns--;
        return true;
    }

    void Touch() => Changed = _world.Epoch;

    void Sweep(Entity entity)
    {
        uint told = uint.MaxValue;
        foreach (PlayerView view in _views.Values)
        {
            if (view.SentAt(entity.Slot) is > 0 and uint sent) told = Math.Min(told, sent);
        }
        int before = entity.Bytes;
        entity.Sweep(told);
        _account?.Refund(before - entity.Bytes);
    }

    bool Charge(long bytes) => _account?.TryCharge(bytes) ?? true;

    string HostMemory() => $"the server holds too much for this mod (host_memory_kb, {_account!.BytesMax / 1024})";
}
