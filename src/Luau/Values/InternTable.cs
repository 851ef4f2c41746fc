namespace GameServer.Luau.Values;

/// <summary>Strings of which a VM keeps one object each: constants of loaded code and names of libraries, so that looking up a constant key compares references.
/// Grows with loaded code only; strings that scripts compute are not interned.</summary>
sealed class InternTable
{
    LuauString?[] _strings = new LuauString?[64];
    int _count;

    /// <summary>Bytes of the table itself.</summary>
    internal long Bytes => HeapSizes.References(_strings.Length);

    /// <summary>Number of strings.</summary>
    internal int Count => _count;

    /// <summary>The string with this content, null when there is none yet.</summary>
    internal LuauString? Find(ReadOnlySpan<byte> content, int hash)
    {
        int mask = _strings.Length - 1;
        for (int i = hash & mask; ; i = (i + 1) & mask)
        {
            LuauString? s = _strings[i];
            if (s == null || (s.Hash == hash && s.Span.SequenceEqual(content))) return s;
        }
    }

    /// <summary>Adds a string that is not there.</summary>
    /// <returns>Bytes by which the table grew.</returns>
    internal long Add(LuauString s)
    {
        long grown = 0;
        if (++_count * 2 > _strings.Length)
        {
            LuauString?[] old = _strings;
            grown = HeapSizes.References(old.Length * 2) - HeapSizes.References(old.Length);
            _strings = new LuauString?[old.Length * 2];
            foreach (LuauString? moved in old)
                if (moved != null) Place(moved);
        }
        Place(s);
        return grown;
    }

    /// <summary>Reaches all strings.</summary>
    internal void Trace(Tracer tracer)
    {
        tracer.Count(Bytes);
        foreach (LuauString? s in _strings) tracer.Mark(s);
    }

    void Place(LuauString s)
    {
        int mask = _strings.Length - 1;
        int i = s.Hash & mask;
        while (_strings[i] != null) i = (i + 1) & mask;
        _strings[i] = s;
    }
}
