using System.Buffers.Binary;

namespace GameServer.Net.Payloads;

/// <summary>What writer and reader agree on about NetDataWriter's length-prefixed values. Source: wire specification, section 12.2.</summary>
static class PayloadEncoding
{
    /// <summary>Longest string in UTF-8 bytes: its length plus one is 16-bit.</summary>
    public const int StringBytesMax = ushort.MaxValue - 1;

    /// <summary>Writes text that already is UTF-8 as a string: length plus one, bytes.</summary>
    /// <returns>False when it does not fit.</returns>
    public static bool TryWriteUtf8(Span<byte> target, ReadOnlySpan<byte> utf8, out int written)
    {
        written = 0;
        if (utf8.Length > StringBytesMax || target.Length < sizeof(ushort) + utf8.Length)
            return false;
        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)(utf8.Length + 1));
        utf8.CopyTo(target[sizeof(ushort)..]);
        written = sizeof(ushort) + utf8.Length;
        return true;
    }
}
