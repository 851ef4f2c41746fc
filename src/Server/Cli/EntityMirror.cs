using GameServer.Net.Payloads;

namespace GameServer.Server.Cli;

/// <summary>An entity as a client knows it.</summary>
/// <param name="id">Number.</param>
/// <param name="kind">Kind, <c>mod:kind</c>.</param>
sealed class MirroredEntity(int id, string kind)
{
    /// <summary>Number.</summary>
    public int Id { get; } = id;

    /// <summary>Kind, <c>mod:kind</c>.</summary>
    public string Kind { get; } = kind;

    /// <summary>Encoded values by key (docs/protocol.md, section 4).</summary>
    public Dictionary<string, byte[]> Fields { get; } = new(StringComparer.Ordinal);
}

/// <summary>A client's copy of the entities it sees: takes World messages (docs/protocol.md, section 3.1).</summary>
/// <remarks>One thread.</remarks>
sealed class EntityMirror
{
    readonly Dictionary<int, MirroredEntity> _byId = [];

    /// <summary>Entities by number.</summary>
    public IReadOnlyDictionary<int, MirroredEntity> Entities => _byId;

    /// <summary>Tick of the last snapshot.</summary>
    public uint Tick { get; private set; }

    /// <summary>Entries taken.</summary>
    public long Changes { get; private set; }

    /// <summary>Forgets everything: the server does too when a client comes in.</summary>
    public void Clear() => _byId.Clear();

    /// <summary>Takes one message.</summary>
    /// <param name="snapshot">What stands behind the type byte.</param>
    /// <returns>False when it does not follow the document.</returns>
    public bool Take(ReadOnlySpan<byte> snapshot)
    {
        PayloadReader reader = new(snapshot);
        if (!reader.TryReadUInt32(out uint tick) || !reader.TryReadUInt16(out ushort entries)) return false;
        Tick = tick;
        for (int i = 0; i < entries; i++)
        {
            if (!reader.TryReadByte(out byte entry) || !reader.TryReadInt32(out int id) || !TakeEntry(entry, id, ref reader, snapshot)) return false;
            Changes++;
        }
        return reader.IsAtEnd;
    }

    bool TakeEntry(byte entry, int id, ref PayloadReader reader, ReadOnlySpan<byte> snapshot)
    {
        switch (entry)
        {
            case 1 when reader.TryReadString(out string kind):
                return _byId.TryAdd(id, new MirroredEntity(id, kind)) && TakeFields(_byId[id], ref reader, snapshot);
            case 2:
                return _byId.TryGetValue(id, out MirroredEntity? known) && TakeFields(known, ref reader, snapshot);
            case 3:
                return _byId.Remove(id);
            default:
                return false;
        }
    }

    static bool TakeFields(MirroredEntity entity, ref PayloadReader reader, ReadOnlySpan<byte> snapshot)
    {
        if (!reader.TryReadUInt16(out ushort count)) return false;
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadString(out string key)) return false;
            int begin = reader.Position;
            if (!TrySkip(ref reader, 0)) return false;
            byte[] value = snapshot[begin..reader.Position].ToArray();
            if (value[0] == 0) entity.Fields.Remove(key);
            else entity.Fields[key] = value;
        }
        return true;
    }

    static bool TrySkip(ref PayloadReader reader, int depth)
    {
        if (depth > 32 || !reader.TryReadByte(out byte tag)) return false;
        return tag switch
        {
            0 or 1 or 2 => true,
            3 => reader.TryReadDouble(out _),
            4 => reader.TryReadInt32(out _),
            5 => reader.TryReadString(out _),
            6 or 7 => reader.TryReadBytesWithLength(out _),
            8 => reader.TryReadSingle(out _) && reader.TryReadSingle(out _) && reader.TryReadSingle(out _),
            9 or 10 => TrySkipEntries(tag, ref reader, depth),
            _ => false,
        };
    }

    static bool TrySkipEntries(byte tag, ref PayloadReader reader, int depth)
    {
        if (!reader.TryReadUInt16(out ushort count)) return false;
        for (int i = tag == 10 ? count * 2 : count; i > 0; i--)
        {
            if (!TrySkip(ref reader, depth + 1)) return false;
        }
        return true;
    }
}
