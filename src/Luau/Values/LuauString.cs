using System.Runtime.CompilerServices;
using System.Text;

namespace GameServer.Luau.Values;

/// <summary>Immutable bytes of any content. Not interned: equality is by reference first, then length, hashes where known, and bytes. The hash is computed
/// once, when asked for.</summary>
public sealed class LuauString : LuauObject
{
    /// <summary>The bytes; never written after construction.</summary>
    internal readonly byte[] Bytes;
    /// <summary>0 = not computed yet.</summary>
    int _hash;

    /// <summary>Wraps <paramref name="bytes"/> without copying: the caller gives the array away. Charging the heap is the caller's business (see <see cref="LuauHeap"/>).</summary>
    internal LuauString(byte[] bytes) => Bytes = bytes;

    /// <summary>The string without bytes.</summary>
    internal static readonly LuauString Empty = Permanent([]);
    static readonly LuauString[] Bytes1 = MakeSingleBytes();

    /// <summary>The string of one byte; always the same object.</summary>
    internal static LuauString OfByte(byte b) => Bytes1[b];

    /// <summary>Makes a string that belongs to the process and is charged to no VM: for texts known when this code was written.</summary>
    internal static LuauString Permanent(ReadOnlySpan<byte> content) => new(content.ToArray()) { Mark = Tracer.PermanentMark };

    /// <summary>Whether the string belongs to the process.</summary>
    internal bool IsPermanent => Mark == Tracer.PermanentMark;

    /// <inheritdoc/>
    public override LuauType Type => LuauType.String;

    /// <summary>Length in bytes.</summary>
    public int Length => Bytes.Length;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => Bytes;

    /// <summary>Content hash, never 0. Seeded per process, so scripts cannot prepare collisions.</summary>
    internal int Hash
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _hash != 0 ? _hash : ComputeHash();
    }

    /// <summary>Whether both hold the same bytes.</summary>
    public static bool Equals(LuauString a, LuauString b) =>
        ReferenceEquals(a, b) || (a.Bytes.Length == b.Bytes.Length && (a._hash == b._hash || a._hash == 0 || b._hash == 0) && a.Span.SequenceEqual(b.Bytes));

    /// <summary>Byte order, as <c>&lt;</c> and <c>table.sort</c> compare: negative, zero or positive.</summary>
    internal static int Compare(LuauString a, LuauString b) => a.Span.SequenceCompareTo(b.Bytes);

    /// <summary>Hash that a string with this content has.</summary>
    internal static int HashOf(ReadOnlySpan<byte> content)
    {
        int hash = StringHash.Of(content);
        return hash == 0 ? 1 : hash;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    int ComputeHash() => _hash = HashOf(Bytes);

    static LuauString[] MakeSingleBytes()
    {
        var all = new LuauString[256];
        for (int b = 0; b < 256; b++) all[b] = Permanent([(byte)b]);
        return all;
    }

    /// <summary>Decodes as UTF-8; bytes that are not become the replacement character.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes);
}
