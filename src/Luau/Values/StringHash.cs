using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace GameServer.Luau.Values;

/// <summary>Seeded 32-bit hash of bytes: multiply and fold eight bytes at a time. Iteration order never depends on it (tables keep insertion order).</summary>
static class StringHash
{
    static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8)) | 1;
    const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    /// <summary>Hash of <paramref name="bytes"/>.</summary>
    public static int Of(ReadOnlySpan<byte> bytes)
    {
        ulong h = Seed ^ ((ulong)bytes.Length * Multiplier);
        while (bytes.Length >= 8)
        {
            h = Mix(h ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }
        int rest = bytes.Length;
        ulong tail = rest >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes[(rest - 4)..]) << 32)
            : rest > 0 ? bytes[0] | ((uint)bytes[rest >> 1] << 8) | ((uint)bytes[rest - 1] << 16)
            : 0;
        h = Mix(h ^ tail ^ Seed);
        return (int)(h ^ (h >> 32));
    }

    /// <summary>Hash of a number that is not NaN; both zeros alike.</summary>
    public static int Of(double number)
    {
        ulong h = Mix((ulong)BitConverter.DoubleToInt64Bits(number + 0.0) ^ Seed);
        return (int)(h ^ (h >> 32));
    }

    static ulong Mix(ulong h)
    {
        ulong high = Math.BigMul(h, Multiplier, out ulong low);
        return BitOperations.RotateLeft(high ^ low, 23) ^ low;
    }
}
