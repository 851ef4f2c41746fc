using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace GameServer.Luau.Syntax;

/// <summary>Bytes of scripts inside .NET texts, without loss: read as UTF-8, and a byte that is not part of any UTF-8 becomes a lone low surrogate, which no
/// UTF-8 gives otherwise. For messages that go back to scripts.</summary>
static class ByteText
{
    const int SurrogateBase = 0xDC00;

    /// <summary>Text of any bytes.</summary>
    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        var text = new StringBuilder(bytes.Length);
        while (bytes.Length > 0)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int length) == OperationStatus.Done)
            {
                text.Append(rune.ToString());
                bytes = bytes[length..];
            }
            else
            {
                text.Append((char)(SurrogateBase + bytes[0]));
                bytes = bytes[1..];
            }
        }
        return text.ToString();
    }

    /// <summary>The bytes that <see cref="Decode"/> made a text of; UTF-8 for any other text.</summary>
    public static byte[] Encode(string text)
    {
        var bytes = new ArrayBufferWriter<byte>(text.Length + 8);
        ReadOnlySpan<char> rest = text;
        Span<byte> one = stackalloc byte[4];
        while (rest.Length > 0)
        {
            if (Rune.DecodeFromUtf16(rest, out Rune rune, out int length) == OperationStatus.Done) bytes.Write(one[..rune.EncodeToUtf8(one)]);
            else if (rest[0] is >= (char)(SurrogateBase + 0x80) and <= (char)(SurrogateBase + 0xFF)) bytes.Write([(byte)(rest[0] - SurrogateBase)]);
            else bytes.Write("\uFFFD"u8);
            rest = rest[length..];
        }
        return bytes.WrittenSpan.ToArray();
    }
}
