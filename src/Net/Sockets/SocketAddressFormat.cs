using System.Buffers.Binary;
using System.Net.Sockets;

namespace GameServer.Net.Sockets;

/// <summary>
/// The bytes of a system socket address (sockaddr_in, sockaddr_in6) after its family field, which are the same on every supported
/// system: port and address big-endian, scope in host order.
/// </summary>
static class SocketAddressFormat
{
    public const int IPv4Bytes = 16;

    public const int IPv6Bytes = 28;

    public static NetAddress Read(ReadOnlySpan<byte> address, AddressFamily family)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        if (family == AddressFamily.InterNetwork)
            return NetAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(address[4..]), port);
        var high = BinaryPrimitives.ReadUInt64BigEndian(address[8..]);
        var low = BinaryPrimitives.ReadUInt64BigEndian(address[16..]);
        var isLinkLocal = high >> 54 == 0x3FA;
        return new NetAddress(high, low, isLinkLocal ? BitConverter.ToUInt32(address[24..]) : 0, port);
    }

    /// <summary>Writes everything but the family.</summary>
    public static void Write(Span<byte> address, AddressFamily family, in NetAddress value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], value.Port);
        if (family == AddressFamily.InterNetwork)
        {
            BinaryPrimitives.WriteUInt32BigEndian(address[4..], (uint)value.Low);
            address[8..IPv4Bytes].Clear();
            return;
        }
        address[4..8].Clear();
        BinaryPrimitives.WriteUInt64BigEndian(address[8..], value.High);
        BinaryPrimitives.WriteUInt64BigEndian(address[16..], value.Low);
        _ = BitConverter.TryWriteBytes(address[24..], value.Scope);
    }
}
