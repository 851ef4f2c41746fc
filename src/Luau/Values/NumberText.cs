using System.Text;

namespace GameServer.Luau.Values;

/// <summary>Numbers to text and back, exactly as Luau prints and reads them (specification 5).</summary>
static class NumberText
{
    /// <summary>Reads the whole text as a number with C <c>strtod</c> rules.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double number) =>
        double.TryParse(text, out number);

    /// <summary>Longest text of a number, sign included.</summary>
    public const int LengthMax = 32;

    /// <summary>Writes the text of a number.</summary>
    /// <param name="number">Any number.</param>
    /// <param name="target">At least <see cref="LengthMax"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int Format(double number, Span<byte> target)
    {
        string text = number.ToString("R");
        return Encoding.ASCII.GetBytes(text, target);
    }

    /// <summary>Text of a number as a string value, charged to nobody.</summary>
    public static LuauString ToLuauString(double number)
    {
        Span<byte> text = stackalloc byte[LengthMax];
        return new LuauString(text[..Format(number, text)].ToArray());
    }

    /// <summary>Truncates toward zero; NaN and out of range give <see cref="int.MinValue"/>.</summary>
    public static int ToInt32(double number) => number is > -2147483649.0 and < 2147483648.0 ? (int)number : int.MinValue;

    /// <summary>Truncates to 64 bits and keeps the low 32; NaN and beyond 2^63 give 0.</summary>
    public static uint ToUInt32(double number) => number is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (uint)(long)number : 0;
}
