namespace GameServer.Luau.Runtime;

/// <summary>The generator behind <c>math.random</c>: PCG32 with upstream's increment, so that seeded scripts repeat upstream's sequence (specification 13, math).</summary>
sealed class Pcg32
{
    ulong _state;

    /// <summary>A generator seeded as <c>math.randomseed(seed)</c> does.</summary>
    public Pcg32(long seed) => Seed(seed);

    /// <summary>Starts the sequence of <paramref name="seed"/>.</summary>
    public void Seed(long seed)
    {
        _state = 0;
        Next();
        _state += (ulong)seed;
        Next();
    }

    /// <summary>32 random bits.</summary>
    public uint Next()
    {
        ulong old = _state;
        _state = unchecked((old * 6364136223846793005UL) + 105UL);
        return uint.RotateRight((uint)(((old >> 18) ^ old) >> 27), (int)(old >> 59));
    }

    /// <summary>A number in [0, 1): 64 bits, low word drawn first.</summary>
    public double NextDouble()
    {
        ulong low = Next();
        return ((((ulong)Next()) << 32) | low) * (1.0 / 18446744073709551616.0);
    }

    /// <summary>An integer from <paramref name="low"/> to <paramref name="high"/>, both included; low is at most high.</summary>
    public double NextInteger(int low, int high)
    {
        ulong count = (ulong)((long)high - low) + 1;
        return low + (double)((count * Next()) >> 32);
    }
}
