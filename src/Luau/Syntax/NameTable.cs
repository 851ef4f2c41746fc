using System.Security.Cryptography;

namespace GameServer.Luau.Syntax;

/// <summary>The identifiers of one chunk, reserved words included: bytes to <see cref="Name"/> and token kind.</summary>
sealed class NameTable
{
    // Secret, so that hostile source cannot choose names that collide.
    static readonly ulong Multiplier = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)) | 1;

    static readonly Name[] ReservedWords = MakeReservedWords();

    Entry[] _entries = new Entry[256];
    int _count;

    /// <summary>A table that knows the reserved words.</summary>
    public NameTable()
    {
        for (var i = 0; i < ReservedWords.Length; i++)
        {
            ref var entry = ref Find(ReservedWords[i].Bytes);
            entry.Name = ReservedWords[i];
            entry.Kind = (TokenKind)((int)TokenKind.And + i);
            _count++;
        }
    }

    /// <summary>The name with these bytes, made when new.</summary>
    public Name Intern(ReadOnlySpan<byte> bytes, out TokenKind kind)
    {
        ref var entry = ref Find(bytes);
        if (entry.Name is { } known)
        {
            kind = entry.Kind;
            return known;
        }

        var name = new Name(bytes.ToArray());
        entry.Name = name;
        entry.Kind = kind = TokenKind.Name;
        if (++_count > _entries.Length / 2)
            Grow();
        return name;
    }

    // The free or matching entry. Open addressing, at most half full.
    ref Entry Find(ReadOnlySpan<byte> bytes)
    {
        var hash = Multiplier;
        foreach (var b in bytes)
            hash = (hash + b) * Multiplier;

        var entries = _entries;
        var mask = entries.Length - 1;
        var tag = (uint)(hash >> 32);
        for (var i = (int)tag & mask; ; i = (i + 1) & mask)
        {
            ref var entry = ref entries[i];
            if (entry.Name is null)
            {
                entry.Tag = tag;
                return ref entry;
            }

            if (entry.Tag == tag && bytes.SequenceEqual(entry.Name.Bytes))
                return ref entry;
        }
    }

    void Grow()
    {
        var old = _entries;
        _entries = new Entry[old.Length * 2];
        var mask = _entries.Length - 1;
        foreach (var entry in old)
        {
            if (entry.Name is null)
                continue;

            var i = (int)entry.Tag & mask;
            while (_entries[i].Name is not null)
                i = (i + 1) & mask;
            _entries[i] = entry;
        }
    }

    static Name[] MakeReservedWords()
    {
        var words = new Name[TokenKind.While - TokenKind.And + 1];
        for (var i = 0; i < words.Length; i++)
            words[i] = new Name(System.Text.Encoding.ASCII.GetBytes(((TokenKind)((int)TokenKind.And + i)).ToString().ToLowerInvariant()));
        return words;
    }

    struct Entry
    {
        public Name? Name;
        public uint Tag;
        public TokenKind Kind;
    }
}
