namespace GameServer.Luau.Library;

/// <summary>Byte classes of patterns and case functions, as the C locale has them: bytes above 127 belong to none.</summary>
static class CharClasses
{
    const byte Letter = 1, Digit = 2, Lower = 4, Upper = 8, Space = 16, Control = 32, Punctuation = 64, Hex = 128;

    static readonly byte[] Bits = MakeBits();

    static byte[] MakeBits()
    {
        var bits = new byte[256];
        for (int i = 0; i < 128; i++)
        {
            char c = (char)i;
            int b = 0;
            if (char.IsAsciiLetter(c)) b |= Letter;
            if (char.IsAsciiDigit(c)) b |= Digit;
            if (char.IsAsciiLetterLower(c)) b |= Lower;
            if (char.IsAsciiLetterUpper(c)) b |= Upper;
            if (c is ' ' or (>= '\t' and <= '\r')) b |= Space;
            if (i is < 32 or 127) b |= Control;
            if (i is > 32 and < 127 && !char.IsAsciiLetterOrDigit(c)) b |= Punctuation;
            if (char.IsAsciiHexDigit(c)) b |= Hex;
            bits[i] = (byte)b;
        }
        return bits;
    }

    /// <summary>Whether <paramref name="c"/> belongs to the class <c>%letter</c>; a letter that names no class stands for itself.</summary>
    public static bool Matches(byte c, byte letter)
    {
        int mask;
        // No other byte than a letter of either case becomes a letter by this bit.
        switch (letter | 0x20)
        {
            case 'a': mask = Letter; break;
            case 'c': mask = Control; break;
            case 'd': mask = Digit; break;
            case 'g': mask = Letter | Digit | Punctuation; break;
            case 'l': mask = Lower; break;
            case 'p': mask = Punctuation; break;
            case 's': mask = Space; break;
            case 'u': mask = Upper; break;
            case 'w': mask = Letter | Digit; break;
            case 'x': mask = Hex; break;
            case 'z' when letter is (byte)'z' or (byte)'Z': return (c == 0) == (letter == 'z');
            default: return letter == c;
        }
        return ((Bits[c] & mask) != 0) == (letter >= 'a');
    }

    /// <summary>Whether <paramref name="c"/> is white space.</summary>
    public static bool IsSpace(byte c) => (Bits[c] & Space) != 0;

    /// <summary>Whether <paramref name="c"/> is a decimal digit.</summary>
    public static bool IsDigit(byte c) => (uint)(c - '0') <= 9;
}
