using System.Buffers.Binary;
using System.Text;

namespace GameServer.Scripting.Tests.Support;

/// <summary>A client's copy of the entities it is told of, written from docs/protocol.md, section 3.1, alone. Strict: what the document does not allow fails.</summary>
sealed class Mirror
{
    public sealed record Thing(int Id, string Kind, SortedDictionary<string, byte[]> Fields);

    public SortedDictionary<int, Thing> Things { get; } = [];
    public int Creates { get; private set; }
    public int Updates { get; private set; }
    public int Removes { get; private set; }
    public int Bytes { get; private set; }
    public uint Tick { get; private set; }

    /// <summary>Takes all snapshots a player has got.</summary>
    public Mirror Take(TestPlayer player)
    {
        foreach (byte[] snapshot in player.Snapshots) Take(snapshot);
        player.Snapshots.Clear();
        return this;
    }

    public void Take(ReadOnlySpan<byte> snapshot)
    {
        Bytes += snapshot.Length;
        int at = 0;
        uint tick = BinaryPrimitives.ReadUInt32LittleEndian(Next(snapshot, ref at, 4));
        Assert.True(tick >= Tick, "ticks go forward");
        Tick = tick;
        int entries = UShort(snapshot, ref at);
        Assert.True(entries > 0);
        for (int i = 0; i < entries; i++)
        {
            byte entry = Next(snapshot, ref at, 1)[0];
            int id = BinaryPrimitives.ReadInt32LittleEndian(Next(snapshot, ref at, 4));
            switch (entry)
            {
                case 1:
                    Creates++;
                    Things.Add(id, new Thing(id, Text(snapshot, ref at), []));
                    Fields(snapshot, ref at, Things[id]);
                    break;
                case 2:
                    Updates++;
                    Assert.True(Things.ContainsKey(id), $"an update of {id}, which was never made");
                    Fields(snapshot, ref at, Things[id]);
                    break;
                case 3:
                    Removes++;
                    Assert.True(Things.Remove(id), $"a remove of {id}, which was never made");
                    break;
                default:
                    Assert.Fail($"entry {entry}");
                    break;
            }
        }
        Assert.Equal(snapshot.Length, at);
    }

    /// <summary>All of it as text: <c>3 kits:crate gold=… position=…</c>, values in hexadecimal.</summary>
    public override string ToString() => string.Join('\n', Things.Values.Select(thing =>
        $"{thing.Id} {thing.Kind} {string.Join(' ', thing.Fields.Select(field => $"{field.Key}={Convert.ToHexStringLower(field.Value)}"))}".TrimEnd()));

    static void Fields(ReadOnlySpan<byte> bytes, ref int at, Thing thing)
    {
        int count = UShort(bytes, ref at);
        for (int i = 0; i < count; i++)
        {
            string key = Text(bytes, ref at);
            int begin = at;
            Skip(bytes, ref at);
            if (bytes[begin] == 0) thing.Fields.Remove(key);
            else thing.Fields[key] = bytes[begin..at].ToArray();
        }
    }

    static void Skip(ReadOnlySpan<byte> bytes, ref int at)
    {
        byte tag = Next(bytes, ref at, 1)[0];
        int count;
        switch (tag)
        {
            case 0 or 1 or 2: break;
            case 3: at += 8; break;
            case 4: at += 4; break;
            case 5: Text(bytes, ref at); break;
            case 6 or 7:
                count = UShort(bytes, ref at);
                at += count;
                break;
            case 8: at += 12; break;
            case 9 or 10:
                count = UShort(bytes, ref at) * (tag == 10 ? 2 : 1);
                for (int i = 0; i < count; i++) Skip(bytes, ref at);
                break;
            default:
                Assert.Fail($"tag {tag}");
                break;
        }
    }

    static string Text(ReadOnlySpan<byte> bytes, ref int at)
    {
        int length = UShort(bytes, ref at);
        return length == 0 ? "" : Encoding.UTF8.GetString(Next(bytes, ref at, length - 1));
    }

    static int UShort(ReadOnlySpan<byte> bytes, ref int at) => BinaryPrimitives.ReadUInt16LittleEndian(Next(bytes, ref at, 2));

    static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> bytes, ref int at, int count)
    {
        ReadOnlySpan<byte> part = bytes.Slice(at, count);
        at += count;
        return part;
    }
}
