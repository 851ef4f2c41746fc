using System.Numerics;

namespace GameServer.Luau.Values;

// The Schubfach algorithm (Raffaello Giulietti, "The Schubfach way to render doubles", 2020): a double and the halves to its neighbours
// are scaled by a power of ten so that the integers around it differ in the last digit that can matter; one of at most four of them is
// the answer. The platform's own shortest text is not used because it does not read back for some powers of two (2^-25).

/// <summary>The shortest decimal that reads back to a double, and of those the closest.</summary>
static class ShortestDecimal
{
    const int PowerMin = -292;
    const int PowerMax = 324;

    /// <summary>10^k × 2^(127 - floor(log2(10^k))), rounded up, for every k.</summary>
    static readonly UInt128[] Powers = [.. Enumerable.Range(PowerMin, PowerMax - PowerMin + 1).Select(PowerOf10)];

    /// <summary>Digits of the decimal as an integer, perhaps with zeros at the end, times 10^<paramref name="exponent"/>.</summary>
    /// <param name="number">Positive and finite.</param>
    /// <param name="exponent">Power of ten.</param>
    internal static ulong Of(double number, out int exponent)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(number);
        ulong fraction = bits & ((1UL << 52) - 1);
        int biased = (int)(bits >> 52);
        ulong c = biased == 0 ? fraction : fraction | (1UL << 52);
        int q = biased == 0 ? -1074 : biased - 1075;

        // The neighbour below a power of two is only half as far away.
        bool lowerIsCloser = fraction == 0 && biased > 1;
        uint odd = (uint)(c & 1);
        int k = (q * 1262611 - (lowerIsCloser ? 524031 : 0)) >> 22;
        int h = q + FloorLog2PowerOf10(-k) + 1;
        UInt128 g = Powers[-k - PowerMin];
        ulong lower = Scale(g, ((4 * c) - (lowerIsCloser ? 1u : 2u)) << h) + odd;
        ulong value = Scale(g, (4 * c) << h);
        ulong upper = Scale(g, ((4 * c) + 2) << h) - odd;

        ulong s = value / 4;
        exponent = k;
        if (s >= 10)
        {
            ulong tens = s / 10;
            bool below = lower <= 40 * tens;
            bool above = 40 * tens + 40 <= upper;
            if (below != above)
            {
                exponent = k + 1;
                return above ? tens + 1 : tens;
            }
        }
        bool downFits = lower <= 4 * s;
        bool upFits = 4 * s + 4 <= upper;
        if (downFits != upFits) return upFits ? s + 1 : s;
        ulong middle = 4 * s + 2;
        return value > middle || (value == middle && (s & 1) != 0) ? s + 1 : s;
    }

    /// <summary>g × c / 2^128, with the lowest bit set when anything was cut off.</summary>
    static ulong Scale(UInt128 g, ulong c)
    {
        ulong carry = Math.BigMul((ulong)g, c, out _);
        ulong high = Math.BigMul((ulong)(g >> 64), c, out ulong low);
        low += carry;
        if (low < carry) high++;
        return low > 1 ? high | 1 : high;
    }

    static int FloorLog2PowerOf10(int power) => (power * 1741647) >> 19;

    static UInt128 PowerOf10(int power)
    {
        int shift = 127 - FloorLog2PowerOf10(power);
        if (power >= 0)
        {
            BigInteger exact = BigInteger.Pow(10, power);
            return shift >= 0 ? (UInt128)(exact << shift) : (UInt128)(((exact - 1) >> -shift) + 1);
        }
        return (UInt128)(((BigInteger.One << shift) - 1) / BigInteger.Pow(10, -power) + 1);
    }
}
