using System.Globalization;

namespace GameServer.Luau.Values;

/// <summary>Flags of a floating-point conversion of <c>string.format</c>.</summary>
[Flags]
enum NumberFormatFlags
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>A sign in front of positive numbers too (<c>+</c>).</summary>
    Plus = 1,
    /// <summary>A space in front of positive numbers (space).</summary>
    Space = 2,
    /// <summary>Always a point; <c>%g</c> keeps trailing zeros (<c>#</c>).</summary>
    Alternate = 4,
    /// <summary>Capital letters (<c>%E %F %G</c>).</summary>
    Upper = 8,
}

/// <summary>The conversions <c>%e %f %g</c> of C, correctly rounded at every precision. Width and padding are the caller's business (zeros go behind the sign, and never
/// in front of inf and nan).</summary>
static class NumberFormat
{
    /// <summary>Largest precision <c>string.format</c> allows.</summary>
    internal const int PrecisionMax = 99;
    /// <summary>Longest result: sign, 309 digits, point, 99 digits.</summary>
    internal const int LengthMax = 416;

    static readonly string[] FixedFormats = [.. Enumerable.Range(0, PrecisionMax + 1).Select(p => "F" + p)];
    static readonly string[] ScientificFormats = [.. Enumerable.Range(0, PrecisionMax + 1).Select(p => "E" + p)];

    /// <summary><c>%f</c>: writes into <paramref name="target"/> (<see cref="LengthMax"/> bytes) and returns the length.</summary>
    internal static int WriteF(Span<byte> target, double number, int precision, NumberFormatFlags flags)
    {
        int start = WriteSign(target, ref number, flags);
        if (!double.IsFinite(number)) return start + WriteNonFinite(target[start..], number, flags);
        number.TryFormat(target[start..], out int length, FixedFormats[precision], CultureInfo.InvariantCulture);
        length += start;
        if (precision == 0 && (flags & NumberFormatFlags.Alternate) != 0) target[length++] = (byte)'.';
        return length;
    }

    /// <summary><c>%e</c>: writes into <paramref name="target"/> (<see cref="LengthMax"/> bytes) and returns the length.</summary>
    internal static int WriteE(Span<byte> target, double number, int precision, NumberFormatFlags flags)
    {
        int start = WriteSign(target, ref number, flags);
        if (!double.IsFinite(number)) return start + WriteNonFinite(target[start..], number, flags);
        int length = start + WriteDigits(target[start..], number, precision, out int exponent);
        if (precision == 0 && (flags & NumberFormatFlags.Alternate) != 0) target[length++] = (byte)'.';
        return length + NumberText.WriteExponent(exponent, target[length..], ExponentLetter(flags));
    }

    /// <summary><c>%g</c>: writes into <paramref name="target"/> (<see cref="LengthMax"/> bytes) and returns the length.</summary>
    internal static int WriteG(Span<byte> target, double number, int precision, NumberFormatFlags flags)
    {
        int start = WriteSign(target, ref number, flags);
        if (!double.IsFinite(number)) return start + WriteNonFinite(target[start..], number, flags);
        if (precision == 0) precision = 1;
        bool keepZeros = (flags & NumberFormatFlags.Alternate) != 0;

        Span<byte> digits = stackalloc byte[PrecisionMax + 8];
        int count = WriteDigits(digits, number, precision - 1, out int exponent);
        if (count > 1)
        {
            digits[2..count].CopyTo(digits[1..]);
            count--;
        }
        int shown = count;
        if (!keepZeros)
            while (shown > 1 && digits[shown - 1] == '0') shown--;

        int at = start;
        if (exponent < -4 || exponent >= precision)
        {
            target[at++] = digits[0];
            if (shown > 1 || keepZeros) target[at++] = (byte)'.';
            digits[1..shown].CopyTo(target[at..]);
            at += shown - 1;
            return at + NumberText.WriteExponent(exponent, target[at..], ExponentLetter(flags));
        }
        if (exponent < 0)
        {
            "0."u8.CopyTo(target[at..]);
            at += 2;
            target.Slice(at, -exponent - 1).Fill((byte)'0');
            at += -exponent - 1;
            digits[..shown].CopyTo(target[at..]);
            return at + shown;
        }
        int whole = exponent + 1; // At most `precision` digits, so all of them are there.
        digits[..whole].CopyTo(target[at..]);
        at += whole;
        if (shown > whole || keepZeros) target[at++] = (byte)'.';
        if (shown > whole)
        {
            digits[whole..shown].CopyTo(target[at..]);
            at += shown - whole;
        }
        return at;
    }

    /// <summary>Writes d.ddd with <paramref name="precision"/> digits behind the point.</summary>
    static int WriteDigits(Span<byte> target, double number, int precision, out int exponent)
    {
        Span<byte> text = stackalloc byte[PrecisionMax + 16];
        number.TryFormat(text, out int length, ScientificFormats[precision], CultureInfo.InvariantCulture);
        int letter = text[..length].IndexOf((byte)'E');
        exponent = 0;
        for (int i = letter + 2; i < length; i++) exponent = exponent * 10 + (text[i] - '0');
        if (text[letter + 1] == '-') exponent = -exponent;
        text[..letter].CopyTo(target);
        return letter;
    }

    static int WriteSign(Span<byte> target, ref double number, NumberFormatFlags flags)
    {
        if (double.IsNegative(number))
        {
            number = -number;
            target[0] = (byte)'-';
            return 1;
        }
        if ((flags & (NumberFormatFlags.Plus | NumberFormatFlags.Space)) == 0) return 0;
        target[0] = (flags & NumberFormatFlags.Plus) != 0 ? (byte)'+' : (byte)' ';
        return 1;
    }

    static int WriteNonFinite(Span<byte> target, double number, NumberFormatFlags flags)
    {
        bool upper = (flags & NumberFormatFlags.Upper) != 0;
        ReadOnlySpan<byte> text = double.IsNaN(number) ? upper ? "NAN"u8 : "nan"u8 : upper ? "INF"u8 : "inf"u8;
        text.CopyTo(target);
        return 3;
    }

    static char ExponentLetter(NumberFormatFlags flags) => (flags & NumberFormatFlags.Upper) != 0 ? 'E' : 'e';
}
