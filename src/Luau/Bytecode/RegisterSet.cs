namespace GameServer.Luau.Bytecode;

/// <summary>A set of registers.</summary>
struct RegisterSet
{
    ulong _0, _1, _2, _3;

    /// <summary>Whether <paramref name="register"/> is in the set.</summary>
    public readonly bool Contains(int register) => (Word(register >> 6) >> (register & 63) & 1) != 0;

    /// <summary>Adds a register.</summary>
    public void Add(int register) => SetWord(register >> 6, Word(register >> 6) | 1UL << (register & 63));

    /// <summary>Takes a register out.</summary>
    public void Remove(int register) => SetWord(register >> 6, Word(register >> 6) & ~(1UL << (register & 63)));

    /// <summary>Takes out all registers from <paramref name="first"/> on.</summary>
    public void RemoveFrom(int first)
    {
        for (int word = first >> 6; word < 4; word++)
            SetWord(word, word == first >> 6 ? Word(word) & ((1UL << (first & 63)) - 1) : 0);
    }

    /// <summary>Registers in both.</summary>
    public static RegisterSet operator &(RegisterSet a, RegisterSet b) =>
        new() { _0 = a._0 & b._0, _1 = a._1 & b._1, _2 = a._2 & b._2, _3 = a._3 & b._3 };

    /// <summary>Registers in either.</summary>
    public static RegisterSet operator |(RegisterSet a, RegisterSet b) =>
        new() { _0 = a._0 | b._0, _1 = a._1 | b._1, _2 = a._2 | b._2, _3 = a._3 | b._3 };

    /// <summary>Registers not in the set.</summary>
    public static RegisterSet operator ~(RegisterSet a) => new() { _0 = ~a._0, _1 = ~a._1, _2 = ~a._2, _3 = ~a._3 };

    /// <summary>Whether every register of this set is in <paramref name="other"/>.</summary>
    public readonly bool IsWithin(RegisterSet other) =>
        ((_0 & ~other._0) | (_1 & ~other._1) | (_2 & ~other._2) | (_3 & ~other._3)) == 0;

    readonly ulong Word(int index) => index switch { 0 => _0, 1 => _1, 2 => _2, _ => _3 };

    void SetWord(int index, ulong value)
    {
        switch (index)
        {
            case 0: _0 = value; break;
            case 1: _1 = value; break;
            case 2: _2 = value; break;
            default: _3 = value; break;
        }
    }
}
