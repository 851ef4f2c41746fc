namespace GameServer.Scripting.World;

/// <summary>What one player sees of one mod's entities, and what its client has been told so far.</summary>
/// <remarks>Tick thread. Four bytes per entity of the mod.</remarks>
sealed class PlayerView(ModEntities entities)
{
    /// <summary>An entity goes out of sight only this much farther away than it came into sight, so that one on the border does not flicker.</summary>
    const double LeaveFactor = 1.1;

    // Only what the client knows gets in here, and it learns of nothing new before all of it is out: never more than the mod had entities when sending began to fail.
    readonly List<int> _removals = [];
    uint[] _sent = [];
    Entity? _follows;
    Place _center;
    double _radius;
    int _cursor;
    uint _complete;

    /// <summary>Whether everything is in sight: no view was set, or the entity that it followed is gone.</summary>
    bool SeesAll => _radius <= 0 || (_follows is { } followed && !(followed.IsAlive && followed.HasPosition));

    /// <summary>Sets what is in sight.</summary>
    /// <param name="follows">Entity whose place is the centre; null for a fixed one.</param>
    /// <param name="center">The centre when it is fixed.</param>
    /// <param name="radius">How far; 0 for everything.</param>
    public void Show(Entity? follows, Place center, double radius)
    {
        if (_follows == follows && _center == center && _radius == radius) return;
        (_follows, _center, _radius) = (follows, center, radius);
        _complete = 0;
    }

    /// <summary>The client knows nothing any more; what is in sight stays as it was set.</summary>
    public void Restart()
    {
        Array.Clear(_sent);
        _removals.Clear();
        _complete = 0;
    }

    /// <summary>Epoch of what the client was last told about a slot's entity; 0 when it does not know it.</summary>
    public uint SentAt(int slot) => slot < _sent.Length ? _sent[slot] : 0;

    /// <summary>Entities the client knows that are gone or out of sight, and it has not been told.</summary>
    public int Owed => _removals.Count;

    /// <summary>Whether there is nothing to tell the client.</summary>
    public bool IsIdle(uint changed) => _complete >= changed && _complete > 0 && _removals.Count == 0;

    /// <summary>An entity was removed: the client has to hear of it if it knows it.</summary>
    public void Removed(Entity entity)
    {
        if (SentAt(entity.Slot) == 0) return;
        _removals.Add(entity.Id);
        _sent[entity.Slot] = 0;
    }

    /// <summary>Sends what the client does not know yet, as far as there is room.</summary>
    /// <param name="packer">Takes entries and sends them.</param>
    /// <param name="epoch">The present epoch.</param>
    public void Send(SnapshotPacker packer, uint epoch)
    {
        if (_sent.Length < entities.Slots.Length) Array.Resize(ref _sent, Math.Max(16, Math.Max(entities.Slots.Length, _sent.Length * 2)));
        List<int> due = packer.Scratch;
        due.Clear();
        Gather(due, packer.Marks(entities.Slots.Length));
        if (!SendRemovals(packer)) return;
        if (due.Count == 0)
        {
            _complete = epoch;
            return;
        }
        // Where it stopped for want of room it goes on next time, so nothing waits for ever behind what changes all the time.
        int start = _cursor % due.Count;
        for (int i = 0; i < due.Count; i++)
        {
            int slot = due[(start + i) % due.Count];
            Entity entity = entities.Slots[slot]!;
            if (!packer.TryAdd(entity, _sent[slot], this))
            {
                _cursor = start + i;
                packer.Flush(epoch);
                return;
            }
        }
        if (packer.Flush(epoch)) _complete = epoch;
    }

    /// <summary>Entries about these slots are on their way.</summary>
    public void Note(int slot, uint epoch) => _sent[slot] = epoch;

    /// <summary>Lists what is in sight and not up to date, and takes out of sight what has gone from it.</summary>
    void Gather(List<int> due, SlotMarks marks)
    {
        ReadOnlySpan<Entity?> slots = entities.Slots;
        if (SeesAll)
        {
            for (int slot = 0; slot < slots.Length; slot++)
            {
                if (slots[slot] is { } entity && IsBehind(entity)) due.Add(slot);
            }
            return;
        }
        Place center = _follows?.Position ?? _center;
        entities.Grid.Nowheres(due);
        entities.Grid.Around(center, _radius, due);
        int kept = 0;
        for (int i = 0; i < due.Count; i++)
        {
            marks.Set(due[i]);
            if (IsBehind(slots[due[i]]!)) due[kept++] = due[i];
        }
        due.RemoveRange(kept, due.Count - kept);
        DropFarOnes(due, marks, center, slots);
    }

    /// <summary>What the client knows and is not in sight any more.</summary>
    void DropFarOnes(List<int> due, SlotMarks marks, in Place center, ReadOnlySpan<Entity?> slots)
    {
        double leave = _radius * _radius * LeaveFactor * LeaveFactor;
        Span<uint> sent = _sent.AsSpan(0, slots.Length);
        for (int slot = 0, next; (next = sent[slot..].IndexOfAnyExcept(0u)) >= 0; slot++)
        {
            slot += next;
            if (marks.Has(slot)) continue;
            Entity entity = slots[slot]!;
            if (entity.HasPosition && entity.Position.SquareTo(center) <= leave)
            {
                if (IsBehind(entity)) due.Add(slot);
                continue;
            }
            _removals.Add(entity.Id);
            sent[slot] = 0;
        }
    }

    bool IsBehind(Entity entity) => _sent[entity.Slot] < entity.Changed;

    bool SendRemovals(SnapshotPacker packer)
    {
        int done = 0;
        while (done < _removals.Count && packer.TryRemove(_removals[done])) done++;
        // What has been packed but not sent is packed again: removals go out in messages of their own.
        if (done > 0 && !packer.Flush(0)) return false;
        _removals.RemoveRange(0, done);
        return _removals.Count == 0;
    }
}
