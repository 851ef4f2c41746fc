using GameServer.Scripting.Hooks;

namespace GameServer.Scripting.World;

/// <summary>All entities of all mods, and the news about them.</summary>
/// <remarks>Tick thread.</remarks>
sealed class EntityWorld(int playersMax, int tickRate = 30)
{
    /// <summary>Kind byte of entities as handles.</summary>
    public const byte HandleKind = 2;

    readonly Dictionary<int, Entity> _byId = [];
    readonly List<ModEntities> _mods = [];
    // Of mods that are gone, until every client has been told so or has left.
    readonly List<ModEntities> _leaving = [];
    // Made and removed since the hooks last told; what was made and removed in between is in neither.
    List<Entity> _created = [];
    List<Entity> _removed = [];
    List<Entity> _telling = [];
    int _lastId;

    /// <summary>Counts the rounds of sending: every change carries the number of the round it will go out in.</summary>
    public uint Epoch { get; private set; } = 1;

    /// <summary>Rounds per second.</summary>
    public int RoundsPerSecond { get; } = tickRate;

    /// <summary>Players there can be at a time, for accounts.</summary>
    public int PlayersMax { get; } = playersMax;

    /// <summary>Everybody's entities, in the order the mods were met; those of a mod that is gone stay, empty, until all clients know.</summary>
    public IReadOnlyList<ModEntities> Mods => _mods;

    /// <summary>Entities alive.</summary>
    public int Count => _byId.Count;

    /// <summary>Raised when an entity is gone, so that handles can be let go of.</summary>
    public event Action<Entity>? Removed;

    /// <summary>The set of a mod that is met for the first time.</summary>
    public ModEntities Join(string modId)
    {
        var entities = new ModEntities(this, modId);
        _mods.Add(entities);
        return entities;
    }

    /// <summary>A mod is gone.</summary>
    public void Leave(ModEntities entities)
    {
        entities.Clear();
        _leaving.Add(entities);
    }

    /// <summary>The entity of a number; null when there is none.</summary>
    public Entity? Find(int id) => _byId.GetValueOrDefault(id);

    /// <summary>An entity that is alive, or was removed in this tick and is still being told of.</summary>
    public Entity? FindEvenRemoved(int id) => Find(id) ?? _telling.Find(entity => entity.Id == id);

    /// <summary>A player has left, or starts with nothing again.</summary>
    public void Forget(int player)
    {
        foreach (ModEntities mod in _mods) mod.Forget(player);
    }

    /// <summary>A player came back with an empty mirror: everything in sight is sent again.</summary>
    public void Restart(int player)
    {
        foreach (ModEntities mod in _mods) mod.FindView(player)?.Restart();
    }

    /// <summary>Tells handlers of EntityCreated and EntityRemoved what happened since the last time.</summary>
    public void Announce(HookDispatcher hooks, HookRegistry registry)
    {
        if (_created.Count > 0) Tell(ref _created, hooks, registry[HookCatalog.EntityCreated], created: true);
        if (_removed.Count > 0) Tell(ref _removed, hooks, registry[HookCatalog.EntityRemoved], created: false);
    }

    /// <summary>A round of sending is over.</summary>
    public void EndRound()
    {
        Epoch++;
        for (int i = _leaving.Count - 1; i >= 0; i--)
        {
            if (_leaving[i].OwesRemovals) continue;
            _mods.Remove(_leaving[i]);
            _leaving.RemoveAt(i);
        }
    }

    internal int NextId()
    {
        do _lastId = _lastId == int.MaxValue ? 1 : _lastId + 1;
        while (_byId.ContainsKey(_lastId));
        return _lastId;
    }

    internal void Add(Entity entity)
    {
        _byId.Add(entity.Id, entity);
        _created.Add(entity);
    }

    internal void Remove(Entity entity)
    {
        _byId.Remove(entity.Id);
        Removed?.Invoke(entity);
        // Made and removed before anybody was told: nothing happened. Otherwise a mod could pile up news without owning anything.
        if (entity.Announced) _removed.Add(entity);
        else if (_created.Count > 64 && _created.Count > 2 * _byId.Count) _created.RemoveAll(made => !made.IsAlive);
    }

    void Tell(ref List<Entity> news, HookDispatcher hooks, HookList list, bool created)
    {
        // Handlers make and remove more: that is the next tick's news.
        (news, _telling) = (_telling, news);
        foreach (Entity entity in _telling)
        {
            if (created && !entity.IsAlive) continue;
            entity.Announced = true;
            if (!list.IsEmpty) hooks.Notify(list, HookValue.Handle(HandleKind, entity.Id), entity.Kind, entity.Owner.ModId);
        }
        _telling.Clear();
    }
}
