using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.World;

/// <summary>One value of an entity under its key, in wire format.</summary>
struct EntityField
{
    /// <summary>Name, ASCII.</summary>
    public byte[] Key;
    /// <summary>Memory of the value; <see cref="Length"/> bytes of it count. Empty: the key was taken away and clients have to be told.</summary>
    public byte[] Value;
    /// <summary>Bytes of the value; 0 for a key that was taken away.</summary>
    public int Length;
    /// <summary>Epoch of the last change.</summary>
    public uint Changed;

    /// <summary>The encoded value.</summary>
    public readonly ReadOnlySpan<byte> Encoded => Value.AsSpan(0, Length);
}

/// <summary>A thing of a mod that players' clients mirror: a kind, and values by key.</summary>
/// <remarks>Tick thread. Belongs to the mod that made it; changed only through <see cref="ModEntities"/>, which keeps the accounts.</remarks>
sealed class Entity
{
    /// <summary>The key whose vector is the entity's place.</summary>
    public static ReadOnlySpan<byte> PositionKey => "position"u8;

    EntityField[] _fields = [];
    int _count;

    /// <summary>Makes an entity; <see cref="ModEntities.Create"/> is the one caller.</summary>
    public Entity(int id, ModEntities owner, string kind, bool keep, uint epoch)
    {
        (Id, Owner, Kind, Keep, Changed) = (id, owner, kind, keep, epoch);
        WireKind = System.Text.Encoding.UTF8.GetBytes($"{owner.ModId}:{kind}");
    }

    /// <summary>Number on this server; not used twice while anybody could know the first.</summary>
    public int Id { get; }
    /// <summary>The entities of the mod it belongs to.</summary>
    public ModEntities Owner { get; }
    /// <summary>Kind without the mod's id.</summary>
    public string Kind { get; }
    /// <summary>Kind on the wire: <c>mod:kind</c>.</summary>
    public byte[] WireKind { get; }
    /// <summary>Whether it stays when its mod is reloaded or starts again after a fault.</summary>
    public bool Keep { get; }
    /// <summary>False once it was removed; everything else keeps its last value.</summary>
    public bool IsAlive { get; internal set; } = true;

    /// <summary>Where it is; meaningless without <see cref="HasPosition"/>.</summary>
    public Place Position { get; private set; }
    /// <summary>Whether it is anywhere: without a place it is seen from everywhere.</summary>
    public bool HasPosition { get; private set; }
    /// <summary>Epoch of the last change of any key.</summary>
    public uint Changed { get; private set; }
    /// <summary>Keys, those taken away included.</summary>
    public ReadOnlySpan<EntityField> Fields => _fields.AsSpan(0, _count);
    /// <summary>Bytes of keys and values.</summary>
    public int Bytes { get; private set; }

    /// <summary>Index among the entities of its mod.</summary>
    internal int Slot;
    /// <summary>Whether the hooks have told of it.</summary>
    internal bool Announced;

    /// <summary>The value of a key; empty when there is none.</summary>
    public ReadOnlySpan<byte> Get(ReadOnlySpan<byte> key) => IndexOf(key) is >= 0 and var at ? _fields[at].Encoded : default;

    /// <summary>Index of a key among <see cref="Fields"/>; −1 when there is none.</summary>
    public int IndexOf(ReadOnlySpan<byte> key)
    {
        for (int i = 0; i < _count; i++)
        {
            if (key.SequenceEqual(_fields[i].Key)) return i;
        }
        return -1;
    }

    /// <summary>Writes a value over a key that is there. The bytes are copied.</summary>
    internal void Put(int index, ReadOnlySpan<byte> value, uint epoch)
    {
        ref EntityField field = ref _fields[index];
        if (value.Length > field.Value.Length) field.Value = new byte[Math.Max(value.Length, Math.Min(64, field.Value.Length * 2))];
        value.CopyTo(field.Value);
        Bytes += value.Length - field.Length;
        field.Length = value.Length;
        field.Changed = Changed = epoch;
        if (PositionKey.SequenceEqual(field.Key)) ReadPosition(value);
    }

    /// <summary>Adds a key.</summary>
    internal void Add(byte[] key, ReadOnlySpan<byte> value, uint epoch)
    {
        if (_count == _fields.Length) Array.Resize(ref _fields, Math.Max(4, _count * 2));
        _fields[_count] = new EntityField { Key = key, Value = [] };
        Bytes += key.Length;
        Put(_count++, value, epoch);
    }

    /// <summary>Forgets keys that were taken away and that nobody has to be told of any more.</summary>
    /// <param name="told">Everybody knows what happened up to this epoch.</param>
    internal void Sweep(uint told)
    {
        int kept = 0;
        for (int i = 0; i < _count; i++)
        {
            if (_fields[i].Length == 0 && _fields[i].Changed <= told) Bytes -= _fields[i].Key.Length;
            else _fields[kept++] = _fields[i];
        }
        Array.Clear(_fields, kept, _count - kept);
        _count = kept;
    }

    void ReadPosition(ReadOnlySpan<byte> value)
    {
        var reader = new ValueReader(value, ValueFormat.Wire);
        HasPosition = reader.TryTag(out ValueTag tag) && tag == ValueTag.Vector && reader.TryVector(out float x, out float y, out float z) && Set(x, y, z);
    }

    bool Set(float x, float y, float z)
    {
        Position = new Place(x, y, z);
        return Position.IsFinite;
    }
}
