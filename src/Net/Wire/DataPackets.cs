using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GameServer.Net.Wire;

/// <summary>Header of channelled packets and of merged reliable messages. Source: wire specification, sections 3.9 and 3.10.</summary>
static class ChannelHeader
{
    /// <summary>Byte 0, sequence, channel id.</summary>
    public const int Bytes = 4;

    /// <summary>Delivery types per channel number.</summary>
    public const int Types = 4;

    public static int Sequence(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt16LittleEndian(packet[1..]);

    public static byte ChannelId(ReadOnlySpan<byte> packet) => packet[3];

    public static void Write(Span<byte> packet, byte first, int sequence, byte channelId)
    {
        packet[0] = first;
        WriteSequence(packet, sequence);
        packet[3] = channelId;
    }

    public static void WriteSequence(Span<byte> packet, int sequence) =>
        BinaryPrimitives.WriteUInt16LittleEndian(packet[1..], (ushort)sequence);
}

/// <summary>What follows the channel header when the fragment flag is set. Source: wire specification, section 9.</summary>
/// <param name="Id">Which message of this peer.</param>
/// <param name="Index">Which part, from 0.</param>
/// <param name="Count">Parts of the message.</param>
readonly record struct FragmentHeader(ushort Id, ushort Index, ushort Count)
{
    /// <summary>Size of the addition.</summary>
    public const int Bytes = 6;

    /// <summary>Where the payload of a part begins.</summary>
    public const int PayloadOffset = ChannelHeader.Bytes + Bytes;

    public static FragmentHeader Read(ReadOnlySpan<byte> packet) => new(
        BinaryPrimitives.ReadUInt16LittleEndian(packet[4..]),
        BinaryPrimitives.ReadUInt16LittleEndian(packet[6..]),
        BinaryPrimitives.ReadUInt16LittleEndian(packet[8..]));

    public void Write(Span<byte> packet)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(packet[4..], Id);
        BinaryPrimitives.WriteUInt16LittleEndian(packet[6..], Index);
        BinaryPrimitives.WriteUInt16LittleEndian(packet[8..], Count);
    }
}

/// <summary>Acknowledgements. Source: wire specification, section 3.11.</summary>
static class AckPacket
{
    /// <summary>Exact size on reliable channels.</summary>
    public const int WindowBytes = 13;

    /// <summary>Exact size on reliable-sequenced channels.</summary>
    public const int SequencedBytes = ChannelHeader.Bytes;

    /// <summary>The bitmap; sequence s is bit s mod 64.</summary>
    public static ulong Bitmap(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt64LittleEndian(packet[ChannelHeader.Bytes..]);

    public static void WriteWindow(Span<byte> packet, byte first, int start, byte channelId, ulong bitmap)
    {
        ChannelHeader.Write(packet, first, start, channelId);
        BinaryPrimitives.WriteUInt64LittleEndian(packet[ChannelHeader.Bytes..], bitmap);
        packet[WindowBytes - 1] = 0;
    }
}

/// <summary>
/// Walks the length-prefixed entries of a Merged packet (whole packets) or a ReliableMerged packet (messages).
/// Source: wire specification, section 8.
/// </summary>
ref struct EntryReader
{
    /// <summary>Size of the length before each entry.</summary>
    public const int LengthBytes = 2;

    readonly ReadOnlySpan<byte> _packet;

    /// <param name="packet">The whole container.</param>
    /// <param name="offset">Where its entries begin.</param>
    public EntryReader(ReadOnlySpan<byte> packet, int offset)
    {
        _packet = packet;
        Offset = offset;
    }

    /// <summary>Where reading stands; the end of the packet after a complete walk.</summary>
    public int Offset { get; private set; }

    /// <summary>True when nothing but complete entries was found up to here.</summary>
    public readonly bool IsAtEnd => Offset == _packet.Length;

    /// <summary>The next entry as offset and length in the packet; false at the end and at the first malformed entry.</summary>
    public bool TryRead(out int offset, out int length)
    {
        offset = Offset + LengthBytes;
        length = 0;
        if (offset > _packet.Length)
            return false;
        length = BinaryPrimitives.ReadUInt16LittleEndian(_packet[Offset..]);
        if (length > _packet.Length - offset)
            return false;
        Offset = offset + length;
        return true;
    }

    /// <summary>Writes the length of an entry.</summary>
    public static void WriteLength(Span<byte> entry, int length) => BinaryPrimitives.WriteUInt16LittleEndian(entry, (ushort)length);
}

/// <summary>CRC-32C, the optional packet layer. Source: wire specification, section 13.</summary>
static class Crc32C
{
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        if (BitConverter.IsLittleEndian)
        {
            foreach (var word in words)
                crc = System.Numerics.BitOperations.Crc32C(crc, word);
            bytes = bytes[(words.Length * sizeof(ulong))..];
        }
        foreach (var value in bytes)
            crc = System.Numerics.BitOperations.Crc32C(crc, value);
        return ~crc;
    }

    /// <summary>Checks the last four bytes against the ones before them.</summary>
    public static bool Verify(ReadOnlySpan<byte> datagram) =>
        datagram.Length > ProtocolLimits.ChecksumBytes
        && BinaryPrimitives.ReadUInt32LittleEndian(datagram[^ProtocolLimits.ChecksumBytes..])
            == Compute(datagram[..^ProtocolLimits.ChecksumBytes]);

    /// <summary>Fills the last four bytes of <paramref name="datagram"/>.</summary>
    public static void Append(Span<byte> datagram) =>
        BinaryPrimitives.WriteUInt32LittleEndian(
            datagram[^ProtocolLimits.ChecksumBytes..], Compute(datagram[..^ProtocolLimits.ChecksumBytes]));
}
