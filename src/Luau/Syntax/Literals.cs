using System.Globalization;

namespace GameServer.Luau.Syntax;

/// <summary>What literals mean: numbers and the escapes of strings.</summary>
static class Literals
{
    /// <summary>Value of a number token; false when it is malformed.</summary>
    public static bool TryParseNumber(ReadOnlySpan<byte> text, out double value)
    {
        if (text.Length == 1)
        {
            value = text[0] - '0';
            return true;
        }

        if (text.Contains((byte)'_'))
            text = WithoutUnderscores(text);
        if (text.Length > 2 && text[0] == '0')
        {
            if ((text[1] | 0x20) == 'x')
                return TryParseInteger(text[2..], 16, out value);
            if ((text[1] | 0x20) == 'b')
                return TryParseInteger(text[2..], 2, out value);
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The bytes of a long string between its brackets: a first line end is dropped, and <c>\r\n</c> becomes <c>\n</c>.</summary>
    public static byte[] LongStringBytes(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("\r\n"u8))
            text = text[2..];
        else if (text.StartsWith("\n"u8))
            text = text[1..];

        if (text.IndexOf("\r\n"u8) < 0)
            return text.ToArray();

        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\r' || i + 1 == text.Length || text[i + 1] != '\n')
                bytes[length++] = text[i];
        }

        return bytes[..length];
    }

    /// <summary>The bytes of a quoted or interpolated text with its escapes resolved; null when one is malformed.</summary>
    public static byte[]? Unescape(ReadOnlySpan<byte> text)
    {
        var plain = text.IndexOf((byte)'\\');
        if (plain < 0)
            return text.ToArray();

        // No escape is shorter than the bytes it stands for.
        var bytes = new byte[text.Length];
        text[..plain].CopyTo(bytes);
        var length = plain;
        for (var i = plain; i < text.Length;)
        {
            var b = text[i++];
            if (b != '\\')
            {
                bytes[length++] = b;
                continue;
            }

            if (i == text.Length)
                return null;

            var escape = text[i++];
            switch (escape)
            {
                case (byte)'\n':
                    bytes[length++] = (byte)'\n';
                    break;
                case (byte)'\r':
                    bytes[length++] = (byte)'\n';
                    if (i < text.Length && text[i] == '\n')
                        i++;
                    break;
                case (byte)'x':
                    if (text.Length - i < 2 || !char.IsAsciiHexDigit((char)text[i]) || !char.IsAsciiHexDigit((char)text[i + 1]))
                        return null;
                    bytes[length++] = (byte)(HexValue(text[i]) * 16 + HexValue(text[i + 1]));
                    i += 2;
                    break;
                case (byte)'z':
                    while (i < text.Length && text[i] is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r'))
                        i++;
                    break;
                case (byte)'u':
                    if (!TryReadCodePoint(text, ref i, out var codePoint))
                        return null;
                    length += WriteUtf8(codePoint, bytes.AsSpan(length));
                    break;
                case >= (byte)'0' and <= (byte)'9':
                    var code = escape - '0';
                    for (var digits = 1; digits < 3 && i < text.Length && char.IsAsciiDigit((char)text[i]); digits++)
                        code = code * 10 + text[i++] - '0';
                    if (code > 255)
                        return null;
                    bytes[length++] = (byte)code;
                    break;
                default:
                    bytes[length++] = Control(escape);
                    break;
            }
        }

        return bytes[..length];
    }

    static byte Control(byte escape) => escape switch
    {
        (byte)'a' => 7,
        (byte)'b' => 8,
        (byte)'f' => 12,
        (byte)'n' => 10,
        (byte)'r' => 13,
        (byte)'t' => 9,
        (byte)'v' => 11,
        _ => escape,
    };

    static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    // {H…}: 1 to 16 hex digits, at most 10FFFF.
    static bool TryReadCodePoint(ReadOnlySpan<byte> text, ref int i, out uint codePoint)
    {
        codePoint = 0;
        if (i == text.Length || text[i++] != '{' || i == text.Length || text[i] == '}')
            return false;

        for (var digits = 0; digits < 16; digits++)
        {
            if (i == text.Length)
                return false;

            var b = text[i++];
            if (b == '}')
                return true;
            if (!char.IsAsciiHexDigit((char)b))
                return false;

            codePoint = codePoint * 16 + (uint)HexValue(b);
            if (codePoint > 0x10FFFF)
                return false;
        }

        return i < text.Length && text[i++] == '}';
    }

    // By hand, because surrogates are allowed here.
    static int WriteUtf8(uint codePoint, Span<byte> bytes)
    {
        if (codePoint < 0x80)
        {
            bytes[0] = (byte)codePoint;
            return 1;
        }

        var length = codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
        for (var i = length - 1; i > 0; i--, codePoint >>= 6)
            bytes[i] = (byte)(0x80 | (codePoint & 0x3F));
        bytes[0] = (byte)((0xF00u >> length) | codePoint);
        return length;
    }

    static byte[] WithoutUnderscores(ReadOnlySpan<byte> text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        foreach (var b in text)
        {
            if (b != '_')
                bytes[length++] = b;
        }

        return bytes[..length];
    }

    // Up to 2^64-1; larger values saturate there.
    static bool TryParseInteger(ReadOnlySpan<byte> digits, uint radix, out double value)
    {
        ulong result = 0;
        var saturated = false;
        value = 0;
        foreach (var b in digits)
        {
            if (!char.IsAsciiHexDigit((char)b) || HexValue(b) >= radix)
                return false;

            saturated |= result > ulong.MaxValue / radix;
            result = result * radix + (uint)HexValue(b);
        }

        value = saturated ? ulong.MaxValue : result;
        return true;
    }
}
