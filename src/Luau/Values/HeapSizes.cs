namespace GameServer.Luau.Values;

/// <summary>What objects are charged at, in bytes: the size .NET gives them on 64 bit, header included. The only place that knows;
/// <see cref="LuauHeap.Charge"/> and <see cref="Tracer"/> both use it, so that a measurement and the running count agree to the byte.</summary>
static class HeapSizes
{
    /// <summary>Header and length of any array.</summary>
    const int ArrayOverhead = 24;

    /// <summary>A table without its parts.</summary>
    internal const int Table = 72;
    /// <summary>Bookkeeping of a hash part, without entries and buckets.</summary>
    internal const int HashPart = 48;
    /// <summary>One entry of a hash part with its bucket.</summary>
    internal const int HashEntry = 40 + sizeof(int);
    /// <summary>A string object without its bytes.</summary>
    internal const int StringObject = 32;
    /// <summary>A vector.</summary>
    internal const int Vector = 32;
    /// <summary>A captured variable that is assigned.</summary>
    internal const int Cell = 40;
    /// <summary>A userdata; what the host object behind it holds is the host's business.</summary>
    internal const int Userdata = 48;
    /// <summary>A shape without its key table.</summary>
    internal const int Shape = 96;
    /// <summary>A host function; its delegate is charged with it.</summary>
    internal const int HostFunction = 48 + 64;

    /// <summary>An array of <paramref name="count"/> values; an empty one is shared and free.</summary>
    internal static long Values(long count) => count == 0 ? 0 : ArrayOverhead + count * 16;

    /// <summary>An array of <paramref name="count"/> references.</summary>
    internal static long References(long count) => ArrayOverhead + count * 8;

    /// <summary>An array of <paramref name="count"/> bytes.</summary>
    internal static long Bytes(long count) => ArrayOverhead + ((count + 7) & ~7L);

    /// <summary>A string of <paramref name="length"/> bytes.</summary>
    internal static long String(long length) => StringObject + Bytes(length);

    /// <summary>A buffer of <paramref name="length"/> bytes.</summary>
    internal static long Buffer(long length) => 32 + Bytes(length);

    /// <summary>A hash part with room for <paramref name="capacity"/> entries.</summary>
    internal static long Hash(long capacity) => HashPart + 2 * ArrayOverhead + capacity * HashEntry;
}
