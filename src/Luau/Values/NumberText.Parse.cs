using System.Globalization;

namespace GameServer.Luau.Values;

// Reading is one pass whatever the length: digits beyond those that can matter are only looked at, so a text of a gigabyte takes as long
// as looking at its bytes, and it polls.
static partial class NumberText
{
    /// <summary>A double halfway between two others has at most 767 significant digits; behind that only "more or nothing" counts.</summary>
    const int DigitsKept = 780;
    const int PollMask = (1 << 16) - 1;
    /// <summary>Keeps exponents of absurd texts from overflowing; far beyond what digits of a string can make up for.</summary>
    const long ExponentMax = 1L << 40;

    static readonly double[] PowersOf10 =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Reads the whole text as a number with C <c>strtod</c> rules, white space around it allowed. A zero byte ends the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="number">The nearest double.</param>
    /// <param name="heap">Polled while reading long texts; null does not poll.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, out double number, LuauHeap? heap = null)
    {
        number = 0;
        int at = SkipSpace(text, 0, heap);
        bool negative = false;
        if (at < text.Length && text[at] is (byte)'-' or (byte)'+') negative = text[at++] == '-';
        if (at >= text.Length) return false;

        int end;
        if (text[at] == '0' && at + 1 < text.Length && (text[at + 1] | 0x20) == 'x') end = ParseHex(text, at + 2, out number, heap);
        else if (text[at] is >= (byte)'0' and <= (byte)'9' or (byte)'.') end = ParseDecimal(text, at, out number, heap);
        else end = ParseWord(text, at, out number);
        if (end < 0) return false;
        end = SkipSpace(text, end, heap);
        if (end < text.Length && text[end] != 0) return false;
        if (negative) number = -number;
        return true;
    }

    /// <summary>Reads an unsigned integer of 64 bits in a base, as <c>tonumber(text, base)</c>: sign, white space around and, for 16, <c>0x</c> allowed; too large
    /// saturates, a minus sign wraps. A zero byte ends the text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="radix">2 to 36.</param>
    /// <param name="number">The value.</param>
    /// <param name="heap">Polled while reading long texts; null does not poll.</param>
    public static bool TryParseInteger(ReadOnlySpan<byte> text, int radix, out double number, LuauHeap? heap = null)
    {
        number = 0;
        int at = SkipSpace(text, 0, heap);
        bool negative = false;
        if (at < text.Length && text[at] is (byte)'-' or (byte)'+') negative = text[at++] == '-';
        if (radix == 16 && at + 1 < text.Length && text[at] == '0' && (text[at + 1] | 0x20) == 'x') at += 2;

        int first = at;
        ulong value = 0;
        bool saturated = false;
        for (; at < text.Length; at++)
        {
            int digit = DigitOf(text[at]);
            if (digit >= radix) break;
            UInt128 next = (UInt128)value * (uint)radix + (uint)digit;
            if (next > ulong.MaxValue) saturated = true;
            value = (ulong)next;
            if ((at & PollMask) == PollMask) heap?.Poll();
        }
        if (at == first) return false;
        at = SkipSpace(text, at, heap);
        if (at < text.Length && text[at] != 0) return false;
        number = saturated ? ulong.MaxValue : negative ? 0 - value : value;
        return true;
    }

    /// <summary>White space of C: space, and tab to carriage return.</summary>
    static int SkipSpace(ReadOnlySpan<byte> text, int at, LuauHeap? heap)
    {
        while (at < text.Length && text[at] is (byte)' ' or (>= 9 and <= 13))
        {
            at++;
            if ((at & PollMask) == 0) heap?.Poll();
        }
        return at;
    }

    /// <summary>Value of a digit or letter, 255 for anything else.</summary>
    static int DigitOf(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'z' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'Z' => c - 'A' + 10,
        _ => 255,
    };

    static int ParseWord(ReadOnlySpan<byte> text, int at, out double number)
    {
        number = double.PositiveInfinity;
        if (StartsWith(text, at, "infinity"u8)) return at + 8;
        if (StartsWith(text, at, "inf"u8)) return at + 3;
        number = double.NaN;
        return StartsWith(text, at, "nan"u8) ? at + 3 : -1;
    }

    static bool StartsWith(ReadOnlySpan<byte> text, int at, ReadOnlySpan<byte> word)
    {
        if (text.Length - at < word.Length) return false;
        for (int i = 0; i < word.Length; i++)
            if ((text[at + i] | 0x20) != word[i]) return false;
        return true;
    }

    /// <summary>Reads digits, point and exponent; -1 when there is no digit.</summary>
    static int ParseDecimal(ReadOnlySpan<byte> text, int at, out double number, LuauHeap? heap)
    {
        number = 0;
        ulong mantissa = 0;         // The first 19 significant digits.
        int significant = 0;        // Digits in it.
        long exponent = 0;          // Of ten, for the mantissa.
        bool anyDigit = false, point = false, more = false;
        int first = -1;             // Where the significant digits start.
        for (; at < text.Length; at++)
        {
            byte c = text[at];
            if (c == '.' && !point)
            {
                point = true;
                continue;
            }
            if (c is < (byte)'0' or > (byte)'9') break;
            anyDigit = true;
            if ((at & PollMask) == PollMask) heap?.Poll();
            if (c == '0' && first < 0)
            {
                if (point) exponent--;
                continue;
            }
            if (first < 0) first = at;
            if (significant < 19)
            {
                mantissa = mantissa * 10 + (uint)(c - '0');
                significant++;
                if (point) exponent--;
            }
            else
            {
                more |= c != '0';
                if (!point) exponent++;
            }
        }
        if (!anyDigit) return -1;
        int digitsEnd = at;
        at = ParseExponent(text, at, 'e', ref exponent, heap);
        if (first < 0) return at;

        if (!more && mantissa <= 1UL << 53 && exponent is >= -22 and <= 22)
        {
            // Both are exact, so the one rounding of the operation is the right one.
            number = exponent < 0 ? mantissa / PowersOf10[-exponent] : mantissa * PowersOf10[exponent];
            return at;
        }
        number = ParseLong(text[first..digitsEnd], mantissa, exponent, more);
        return at;
    }

    /// <summary>Hands the digits that can matter to the platform's parser, which rounds correctly.</summary>
    static double ParseLong(ReadOnlySpan<byte> digits, ulong mantissa, long exponent, bool more)
    {
        Span<byte> buffer = stackalloc byte[DigitsKept + 32];
        int length = 0;
        if (!more)
        {
            System.Buffers.Text.Utf8Formatter.TryFormat(mantissa, buffer, out length);
        }
        else
        {
            int at = 0;
            for (; at < digits.Length && length < DigitsKept; at++)
                if (digits[at] != '.') buffer[length++] = digits[at];
            bool dropped = digits[at..].ContainsAnyExcept((byte)'0', (byte)'.');
            // `exponent` belongs to the first 19 digits.
            exponent -= length - 19;
            if (dropped)
            {
                buffer[length++] = (byte)'1';
                exponent--;
            }
        }
        // Texts like 0.000…1e400 need the true exponent; beyond this it only decides between zero and infinity.
        exponent = Math.Clamp(exponent, -100_000, 100_000);
        buffer[length++] = (byte)'e';
        System.Buffers.Text.Utf8Formatter.TryFormat(exponent, buffer[length..], out int written);
        return double.Parse(buffer[..(length + written)], NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    /// <summary>Reads e±digits and adds it; without a digit nothing is read, as strtod does.</summary>
    static int ParseExponent(ReadOnlySpan<byte> text, int at, char letter, ref long exponent, LuauHeap? heap)
    {
        if (at >= text.Length || (text[at] | 0x20) != letter) return at;
        int i = at + 1;
        bool negative = false;
        if (i < text.Length && text[i] is (byte)'-' or (byte)'+') negative = text[i++] == '-';
        int first = i;
        long value = 0;
        for (; i < text.Length && text[i] is >= (byte)'0' and <= (byte)'9'; i++)
        {
            if (value < ExponentMax) value = value * 10 + (text[i] - '0');
            if ((i & PollMask) == PollMask) heap?.Poll();
        }
        if (i == first) return at;
        exponent += negative ? -value : value;
        return i;
    }

    /// <summary>Reads hexadecimal digits, point and binary exponent behind 0x; -1 when there is no digit.</summary>
    static int ParseHex(ReadOnlySpan<byte> text, int at, out double number, LuauHeap? heap)
    {
        number = 0;
        ulong mantissa = 0;
        long exponent = 0;
        bool anyDigit = false, point = false, more = false;
        for (; at < text.Length; at++)
        {
            byte c = text[at];
            if (c == '.' && !point)
            {
                point = true;
                continue;
            }
            int digit = DigitOf(c);
            if (digit >= 16) break;
            anyDigit = true;
            if ((at & PollMask) == PollMask) heap?.Poll();
            if (mantissa >> 60 == 0)
            {
                mantissa = (mantissa << 4) | (uint)digit;
                if (point) exponent -= 4;
            }
            else
            {
                more |= digit != 0;
                if (!point) exponent += 4;
            }
        }
        if (!anyDigit) return -1;
        at = ParseExponent(text, at, 'p', ref exponent, heap);
        number = Scale(mantissa, exponent, more);
        return at;
    }

    /// <summary>mantissa × 2^exponent, rounded once to the nearest double; <paramref name="more"/> stands for bits behind the mantissa.</summary>
    static double Scale(ulong mantissa, long exponent, bool more)
    {
        if (mantissa == 0) return 0;
        int zeros = System.Numerics.BitOperations.LeadingZeroCount(mantissa);
        mantissa <<= zeros;
        exponent -= zeros;
        long top = exponent + 63;
        if (top > 1023) return double.PositiveInfinity;
        // Below the normal range fewer bits are left.
        int kept = (int)Math.Min(53, 53 - (-1022 - top));
        if (kept < 0) return 0;
        int shift = 64 - kept;
        ulong head = shift == 64 ? 0 : mantissa >> shift;
        ulong rest = shift == 64 ? mantissa : mantissa << kept;
        const ulong Half = 1UL << 63;
        if (rest > Half || (rest == Half && (more || (head & 1) != 0))) head++;
        return Math.ScaleB(head, (int)(exponent + shift));
    }
}
