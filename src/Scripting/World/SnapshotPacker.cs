using System.Buffers.Binary;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.World;

/// <summary>Packs entries about entities into World messages (docs/protocol.md, section 3.1) for one player at a time, within what the player may be sent.</summary>
/// <remarks>Tick thread; reused for everybody.</remarks>
sealed class SnapshotPacker(IPlayerGateway players)
{
    /// <summary>A message is sent when it has this many bytes: with type and transport header it fits the smallest datagram.</summary>
    const int MessageBytes = 900;
    const int HeaderBytes = 6;

    enum Entry : byte
    {
        Create = 1,
        Update = 2,
        Remove = 3,
    }

    readonly List<int> _batch = [];
    readonly SlotMarks _marks = new();
    byte[] _buffer = new byte[4096];
    IPlayer _player = null!;
    PlayerView? _view;
    uint _tick;
    uint _epoch;
    int _length;
    int _entries;
    double _budget;

    /// <summary>For lists that live during one call.</summary>
    public List<int> Scratch { get; } = [];

    /// <summary>Bytes sent to the present player for the present mod.</summary>
    public int Spent { get; private set; }

    /// <summary>Bytes sent since the server started.</summary>
    public long BytesSent { get; private set; }

    /// <summary>An empty set of slots.</summary>
    public SlotMarks Marks(int slots) => _marks.Begin(slots);

    /// <summary>Begins with one player's view of one mod.</summary>
    /// <param name="player">Who gets it.</param>
    /// <param name="tick">Present tick.</param>
    /// <param name="epoch">Present epoch.</param>
    /// <param name="budget">Bytes that may be sent; the entry that passes it is still sent whole.</param>
    public void Begin(IPlayer player, uint tick, uint epoch, double budget)
    {
        (_player, _tick, _epoch, _budget) = (player, tick, epoch, budget);
        (_length, _entries, Spent) = (HeaderBytes, 0, 0);
        _batch.Clear();
        _view = null;
    }

    /// <summary>Adds what a player does not know about an entity.</summary>
    /// <param name="entity">Which.</param>
    /// <param name="known">Epoch up to which the player knows it; 0 for not at all.</param>
    /// <param name="view">Told when it was sent.</param>
    /// <returns>False when there is no room.</returns>
    public bool TryAdd(Entity entity, uint known, PlayerView view)
    {
        if (!HasRoom()) return false;
        _view = view;
        Put(known == 0 ? Entry.Create : Entry.Update, entity.Id);
        if (known == 0) PutText(entity.WireKind);
        int countAt = _length;
        PutUShort(0);
        int count = 0;
        foreach (ref readonly EntityField field in entity.Fields)
        {
            if (known == 0 ? field.Length == 0 : field.Changed <= known) continue;
            PutText(field.Key);
            PutValue(field.Encoded);
            count++;
        }
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(countAt), (ushort)count);
        _batch.Add(entity.Slot);
        return true;
    }

    /// <summary>Adds that an entity is gone.</summary>
    /// <returns>False when there is no room.</returns>
    public bool TryRemove(int id)
    {
        if (_entries == ushort.MaxValue || _length > MessageBytes * 8) return false;
        Put(Entry.Remove, id);
        return true;
    }

    /// <summary>Sends what has been packed.</summary>
    /// <returns>False when it could not be sent; then it is as if it had not been packed.</returns>
    public bool Flush(uint epoch)
    {
        if (_entries == 0) return true;
        BinaryPrimitives.WriteUInt32LittleEndian(_buffer, _tick);
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(4), (ushort)_entries);
        bool sent = players.World(_player, _buffer.AsSpan(0, _length));
        if (sent)
        {
            Spent += _length;
            BytesSent += _length;
            foreach (int slot in _batch) _view!.Note(slot, epoch);
        }
        (_length, _entries) = (HeaderBytes, 0);
        _batch.Clear();
        return sent;
    }

    bool HasRoom()
    {
        if (_length >= MessageBytes && !Flush(_epoch)) return false;
        // One entry always goes: an entity larger than the whole budget would wait for ever.
        return Spent + _length - HeaderBytes < _budget;
    }

    void Put(Entry entry, int id)
    {
        Reserve(5)[0] = (byte)entry;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_length + 1), id);
        _length += 5;
        _entries++;
    }

    // LiteNetLib's string: length plus one.
    void PutText(ReadOnlySpan<byte> text)
    {
        PutUShort(text.Length + 1);
        text.CopyTo(Reserve(text.Length));
        _length += text.Length;
    }

    // A key that was taken away is sent as nil.
    void PutValue(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            Reserve(1)[0] = 0;
            _length++;
            return;
        }
        value.CopyTo(Reserve(value.Length));
        _length += value.Length;
    }

    void PutUShort(int value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Reserve(2), (ushort)value);
        _length += 2;
    }

    Span<byte> Reserve(int bytes)
    {
        if (_length + bytes > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        return _buffer.AsSpan(_length);
    }
}
