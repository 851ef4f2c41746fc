namespace GameServer.Luau.Library;

/// <summary>Numbers to 64-bit integers as C does it on x86 (specification 5): out of range and NaN give the lowest integer.</summary>
static class IntegerConversion
{
    const double TwoTo63 = 9223372036854775808.0;

    /// <summary>Truncates toward zero.</summary>
    public static long ToInt64(double number) => number is >= -TwoTo63 and < TwoTo63 ? (long)number : long.MinValue;

    /// <summary>Truncates toward zero; negative numbers wrap.</summary>
    public static ulong ToUInt64(double number) => number is >= TwoTo63 and < 2 * TwoTo63 ? (ulong)number : (ulong)ToInt64(number);
}
