using System.Runtime.CompilerServices;
using System.Text;

namespace GameServer.Luau.Values;

/// <summary>Immutable bytes of any content. Not interned: equality is by reference first, then hash, length and bytes. The hash is computed once, when asked for.</summary>
public sealed class LuauString : LuauObject
{
    /// <summary>The bytes; never written after construction.</summary>
    internal readonly byte[] Bytes;
    /// <summary>0 = not computed yet.</summary>
    int _hash;

    /// <summary>Wraps <paramref name="bytes"/> without copying: the caller gives the array away. Charging the heap is the caller's business (see <see cref="LuauHeap"/>).</summary>
    internal LuauString(byte[] bytes) => Bytes = bytes;

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
        ReferenceEquals(a, b) || (a.Bytes.Length == b.Bytes.Length && a.Hash == b.Hash && a.Span.SequenceEqual(b.Bytes));

    [MethodImpl(MethodImplOptions.NoInlining)]
    int ComputeHash()
    {
        int hash = StringHash.Of(Bytes);
        _hash = hash == 0 ? 1 : hash;
        return _hash;
    }

    /// <summary>Decodes as UTF-8; bytes that are not become the replacement character.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes);
}
