using System.Buffers.Binary;
using System.Text;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Api;

// Values made up to fit a declaration, for bots: by chance, but small, as clients send them.
sealed partial class MessageSchema
{
    const int TextMax = 12;
    const int ItemsMax = 4;

    /// <summary>Appends a value that fits, in wire format (docs/protocol.md, section 4).</summary>
    public void WriteSample(Random random, List<byte> into)
    {
        switch (_shape)
        {
            case Shape.Text:
                WriteText(into, Words[random.Next(Words.Length)][..Math.Min(TextMax, Math.Min((int)_max, 4))]);
                break;
            case Shape.Number:
                WriteNumber(random, into);
                break;
            case Shape.Boolean:
                into.Add((byte)(random.Next(2) == 0 ? ValueTag.False : ValueTag.True));
                break;
            case Shape.Vector:
                into.Add((byte)ValueTag.Vector);
                for (int i = 0; i < 3; i++) Append(into, BitConverter.SingleToInt32Bits((float)(random.NextDouble() * 100)));
                break;
            case Shape.Buffer:
                int length = random.Next(Math.Min((int)_max, 16) + 1);
                into.Add((byte)ValueTag.Buffer);
                AppendShort(into, length);
                for (int i = 0; i < length; i++) into.Add((byte)random.Next(256));
                break;
            case Shape.List:
                int count = random.Next(Math.Min((int)_max, ItemsMax) + 1);
                into.Add((byte)ValueTag.List);
                AppendShort(into, count);
                for (int i = 0; i < count; i++) _item!.WriteSample(random, into);
                break;
            case Shape.Fields:
                WriteFields(random, into);
                break;
            default:
                into.Add((byte)ValueTag.True);
                break;
        }
    }

    static readonly string[] Words = ["left", "right", "axe!", "bow!", "here", "gold"];

    void WriteFields(Random random, List<byte> into)
    {
        (byte[] Name, MessageSchema Type, bool Optional)[] chosen = [.. _fields.Where(field => !field.Optional || random.Next(2) == 0)];
        into.Add((byte)ValueTag.Map);
        AppendShort(into, chosen.Length);
        foreach ((byte[] name, MessageSchema type, _) in chosen)
        {
            WriteText(into, Encoding.UTF8.GetString(name));
            type.WriteSample(random, into);
        }
    }

    void WriteNumber(Random random, List<byte> into)
    {
        double low = Math.Max(_min, -1000), high = Math.Min(_max, 1000);
        into.Add((byte)ValueTag.Integer);
        Append(into, (int)Math.Round(low + (random.NextDouble() * (high - low))));
    }

    static void WriteText(List<byte> into, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        into.Add((byte)ValueTag.Text);
        AppendShort(into, bytes.Length == 0 ? 0 : bytes.Length + 1);
        into.AddRange(bytes);
    }

    static void Append(List<byte> into, int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        into.AddRange(bytes);
    }

    static void AppendShort(List<byte> into, int value)
    {
        into.Add((byte)value);
        into.Add((byte)(value >> 8));
    }
}
