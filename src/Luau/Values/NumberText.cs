using System.Buffers.Text;

namespace GameServer.Luau.Values;

/// <summary>Numbers to text and back, exactly as Luau prints and reads them (specification 5).</summary>
static partial class NumberText
{
    /// <summary>Longest text of a number, sign included.</summary>
    public const int LengthMax = 32;

    /// <summary>Truncates toward zero; NaN and out of range give <see cref="int.MinValue"/>.</summary>
    public static int ToInt32(double number) => number is > -2147483649.0 and < 2147483648.0 ? (int)number : int.MinValue;

    /// <summary>Truncates to 64 bits and keeps the low 32; NaN and beyond 2^63 give 0.</summary>
    public static uint ToUInt32(double number) => number is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (uint)(long)number : 0;

    /// <summary>Writes the text of a number: the shortest digits that read back to the same number, plain between 1e-6 and 1e21, else scientific.</summary>
    /// <param name="number">Any number.</param>
    /// <param name="target">At least <see cref="LengthMax"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int Format(double number, Span<byte> target)
    {
        if (!double.IsFinite(number)) return FormatNonFinite(number, target);
        int start = 0;
        if (double.IsNegative(number))
        {
            target[start++] = (byte)'-';
            number = -number;
        }

        // Whole numbers and short decimal fractions, which are most numbers scripts print, need no search for the shortest digits: a
        // decimal of at most 15 digits that reads back to the number is the only one of its length.
        if (number < 1e15)
        {
            long whole = (long)number;
            if (whole == number)
            {
                Utf8Formatter.TryFormat(whole, target[start..], out int length);
                return start + length;
            }
            if (number is >= 1e-3 and < 1e9)
            {
                long scaled = (long)Math.Round(number * 1e3);
                if (scaled / 1e3 == number) return start + WriteFraction(scaled, 3, target[start..]);
                scaled = (long)Math.Round(number * 1e6);
                if (scaled / 1e6 == number) return start + WriteFraction(scaled, 6, target[start..]);
            }
        }
        return start + FormatShortest(number, target[start..]);
    }

    static int FormatNonFinite(double number, Span<byte> target)
    {
        ReadOnlySpan<byte> text = double.IsNaN(number) ? "nan"u8 : number > 0 ? "inf"u8 : "-inf"u8;
        text.CopyTo(target);
        return text.Length;
    }

    /// <summary>Writes <paramref name="scaled"/> / 10^<paramref name="decimals"/> without trailing zeros; not a whole number.</summary>
    static int WriteFraction(long scaled, int decimals, Span<byte> target)
    {
        while (scaled % 10 == 0)
        {
            scaled /= 10;
            decimals--;
        }
        long unit = 1;
        for (int i = 0; i < decimals; i++) unit *= 10;
        long whole = scaled / unit;
        Utf8Formatter.TryFormat(whole, target, out int length);
        target[length] = (byte)'.';
        long rest = scaled - whole * unit;
        for (int i = length + decimals; i > length; i--)
        {
            target[i] = (byte)('0' + rest % 10);
            rest /= 10;
        }
        return length + 1 + decimals;
    }

    static int FormatShortest(double number, Span<byte> target)
    {
        ulong digits = ShortestDecimal.Of(number, out int exponent);
        while (digits % 10 == 0)
        {
            digits /= 10;
            exponent++;
        }
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(digits, text, out int count);
        return WriteDigits(text[..count], count + exponent, target);
    }

    /// <summary>Lays digits out: the number is 0.d1…dn × 10^<paramref name="point"/>.</summary>
    static int WriteDigits(ReadOnlySpan<byte> digits, int point, Span<byte> target)
    {
        int n = digits.Length;
        if (point is < -5 or > 21)
        {
            target[0] = digits[0];
            int at = 1;
            if (n > 1)
            {
                target[at++] = (byte)'.';
                digits[1..].CopyTo(target[at..]);
                at += n - 1;
            }
            return at + WriteExponent(point - 1, target[at..], 'e');
        }
        if (point <= 0)
        {
            target[0] = (byte)'0';
            target[1] = (byte)'.';
            target.Slice(2, -point).Fill((byte)'0');
            digits.CopyTo(target[(2 - point)..]);
            return 2 - point + n;
        }
        if (point >= n)
        {
            digits.CopyTo(target);
            target[n..point].Fill((byte)'0');
            return point;
        }
        digits[..point].CopyTo(target);
        target[point] = (byte)'.';
        digits[point..].CopyTo(target[(point + 1)..]);
        return n + 1;
    }

    /// <summary>Writes an exponent as C does: letter, sign, at least two digits.</summary>
    internal static int WriteExponent(int exponent, Span<byte> target, char letter)
    {
        target[0] = (byte)letter;
        target[1] = exponent < 0 ? (byte)'-' : (byte)'+';
        exponent = Math.Abs(exponent);
        int at = 2;
        if (exponent >= 100) target[at++] = (byte)('0' + exponent / 100);
        target[at++] = (byte)('0' + exponent / 10 % 10);
        target[at++] = (byte)('0' + exponent % 10);
        return at;
    }
}
