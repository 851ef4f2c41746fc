using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace GameServer.Net.Wire;

/// <summary>A connection request. Source: wire specification, section 3.1.</summary>
/// <param name="Dialect">Known from the packet number.</param>
/// <param name="ConnectionNumber">The number the client proposes.</param>
/// <param name="Time">Client's UTC ticks at the moment of connecting; identifies the attempt.</param>
/// <param name="PeerId">The client's local id for this connection.</param>
readonly record struct ConnectRequest(WireDialect Dialect, byte ConnectionNumber, long Time, int PeerId)
{
    const int AddressSizeOffset = 17;
    const int AddressOffset = 18;
    const int IPv4AddressBytes = 16;
    const int IPv6AddressBytes = 28;

    /// <summary>Smallest complete request: header and an IPv4 address block.</summary>
    public const int BytesMin = AddressOffset + IPv4AddressBytes;

    /// <summary>Header and the longest address block.</summary>
    public const int HeaderBytesMax = AddressOffset + IPv6AddressBytes;

    /// <summary>True when <paramref name="packet"/> is a well-formed request of this protocol in either dialect.</summary>
    /// <param name="packet">One datagram.</param>
    /// <param name="request">The fixed part.</param>
    /// <param name="address">The address block, a view on <paramref name="packet"/>.</param>
    /// <param name="data">The connect data, a view on <paramref name="packet"/>.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> packet, out ConnectRequest request, out ReadOnlySpan<byte> address, out ReadOnlySpan<byte> data)
    {
        request = default;
        address = default;
        data = default;
        if (!TryReadProtocolId(packet, out var dialect, out var protocolId) || protocolId != ProtocolLimits.ProtocolId)
            return false;
        if (packet.Length < BytesMin || (packet[0] & 0x80) != 0)
            return false;
        var addressBytes = packet[AddressSizeOffset];
        if (addressBytes is not (IPv4AddressBytes or IPv6AddressBytes) || packet.Length < AddressOffset + addressBytes)
            return false;
        request = new ConnectRequest(
            dialect,
            (byte)PacketHeader.RawConnectionNumber(packet),
            BinaryPrimitives.ReadInt64LittleEndian(packet[5..]),
            BinaryPrimitives.ReadInt32LittleEndian(packet[13..]));
        address = packet.Slice(AddressOffset, addressBytes);
        data = packet[(AddressOffset + addressBytes)..];
        return true;
    }

    /// <summary>Reads the dialect and protocol id of something numbered and sized like a request.</summary>
    public static bool TryReadProtocolId(ReadOnlySpan<byte> packet, out WireDialect dialect, out int protocolId)
    {
        dialect = default;
        protocolId = 0;
        if (packet.Length < AddressOffset)
            return false;
        var number = PacketHeader.RawNumber(packet);
        if (number == PacketHeader.Number(PacketKind.ConnectRequest, WireDialect.V1))
            dialect = WireDialect.V1;
        else if (number == PacketHeader.Number(PacketKind.ConnectRequest, WireDialect.V2))
            dialect = WireDialect.V2;
        else
            return false;
        protocolId = BinaryPrimitives.ReadInt32LittleEndian(packet[1..]);
        return true;
    }

    /// <summary>Writes a request with its connect data.</summary>
    /// <param name="packet">At least <see cref="HeaderBytesMax"/> bytes longer than <paramref name="data"/>.</param>
    /// <param name="server">Goes into the address block.</param>
    /// <param name="data">Connect data.</param>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> packet, IPEndPoint server, ReadOnlySpan<byte> data)
    {
        packet[0] = PacketHeader.Encode(PacketKind.ConnectRequest, Dialect, ConnectionNumber);
        BinaryPrimitives.WriteInt32LittleEndian(packet[1..], ProtocolLimits.ProtocolId);
        BinaryPrimitives.WriteInt64LittleEndian(packet[5..], Time);
        BinaryPrimitives.WriteInt32LittleEndian(packet[13..], PeerId);
        var addressBytes = WriteAddress(packet[AddressOffset..], server);
        packet[AddressSizeOffset] = (byte)addressBytes;
        data.CopyTo(packet[(AddressOffset + addressBytes)..]);
        return AddressOffset + addressBytes + data.Length;
    }

    /// <summary>Writes the address block as this operating system lays out a socket address.</summary>
    /// <returns>Bytes written: 16 or 28.</returns>
    public static int WriteAddress(Span<byte> block, IPEndPoint server)
    {
        var address = server.Address.IsIPv4MappedToIPv6 ? server.Address.MapToIPv4() : server.Address;
        var isIPv4 = address.AddressFamily == AddressFamily.InterNetwork;
        var bytes = isIPv4 ? IPv4AddressBytes : IPv6AddressBytes;
        block[..bytes].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(block, (ushort)(isIPv4 ? 2 : OperatingSystem.IsWindows() ? 23 : 10));
        BinaryPrimitives.WriteUInt16BigEndian(block[2..], (ushort)server.Port);
        _ = address.TryWriteBytes(block[(isIPv4 ? 4 : 8)..], out _);
        if (!isIPv4)
            BinaryPrimitives.WriteUInt32LittleEndian(block[24..], (uint)address.ScopeId);
        return bytes;
    }
}

/// <summary>
/// Connection accept, and the 15-byte PeerNotFound that says "I am connection so-and-so" with the same layout.
/// Source: wire specification, sections 3.2 and 3.6.
/// </summary>
/// <param name="Time">Connection time from the request.</param>
/// <param name="ConnectionNumber">The number both sides use from now on.</param>
/// <param name="PeerId">Accept: the server's id for the client. PeerNotFound: the id the other side gave the sender.</param>
readonly record struct ConnectionIdentity(long Time, byte ConnectionNumber, int PeerId)
{
    /// <summary>Exact size of both packets.</summary>
    public const int Bytes = 15;

    public static bool TryRead(ReadOnlySpan<byte> packet, out ConnectionIdentity identity)
    {
        identity = default;
        if (packet.Length != Bytes || packet[9] >= ProtocolLimits.ConnectionNumbers || packet[10] > 1)
            return false;
        identity = new ConnectionIdentity(
            BinaryPrimitives.ReadInt64LittleEndian(packet[1..]), packet[9], BinaryPrimitives.ReadInt32LittleEndian(packet[11..]));
        return identity.PeerId >= 0;
    }

    /// <param name="packet"><see cref="Bytes"/> long.</param>
    /// <param name="kind">ConnectAccept or PeerNotFound.</param>
    /// <param name="dialect">Decides the number.</param>
    public void Write(Span<byte> packet, PacketKind kind, WireDialect dialect)
    {
        packet[0] = PacketHeader.Encode(kind, dialect, 0);
        BinaryPrimitives.WriteInt64LittleEndian(packet[1..], Time);
        packet[9] = ConnectionNumber;
        packet[10] = (byte)(kind == PacketKind.PeerNotFound ? 1 : 0);
        BinaryPrimitives.WriteInt32LittleEndian(packet[11..], PeerId);
    }
}

/// <summary>The packets without a table of their own: disconnect, ping, pong, MTU probe, one-byte answers.</summary>
static class ControlPackets
{
    /// <summary>Disconnect without data.</summary>
    public const int DisconnectHeaderBytes = 9;

    /// <summary>Longest data of a disconnect at the initial MTU: the whole packet must stay below it.</summary>
    public const int DisconnectDataBytesMax = ProtocolLimits.InitialMtu - DisconnectHeaderBytes - 1;

    public const int PingBytes = 3;

    public const int PongBytes = 11;

    /// <summary>"Really unknown, give up": the answer to a PeerNotFound that carries an identity.</summary>
    public const int PeerNotFoundFinalBytes = 2;

    /// <summary>Smallest MTU probe answered; 1.0–1.2 peers start below the present table.</summary>
    const int MtuProbeBytesMin = 508;

    public static long DisconnectTime(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadInt64LittleEndian(packet[1..]);

    public static void WriteDisconnectHeader(Span<byte> packet, WireDialect dialect, int connectionNumber, long time)
    {
        packet[0] = PacketHeader.Encode(PacketKind.Disconnect, dialect, connectionNumber);
        BinaryPrimitives.WriteInt64LittleEndian(packet[1..], time);
    }

    public static ushort PingSequence(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadUInt16LittleEndian(packet[1..]);

    public static void WritePing(Span<byte> packet, WireDialect dialect, int connectionNumber, ushort sequence)
    {
        packet[0] = PacketHeader.Encode(PacketKind.Ping, dialect, connectionNumber);
        BinaryPrimitives.WriteUInt16LittleEndian(packet[1..], sequence);
    }

    public static long PongUtcTicks(ReadOnlySpan<byte> packet) => BinaryPrimitives.ReadInt64LittleEndian(packet[3..]);

    public static void WritePong(Span<byte> packet, WireDialect dialect, int connectionNumber, ushort sequence, long utcTicks)
    {
        packet[0] = PacketHeader.Encode(PacketKind.Pong, dialect, connectionNumber);
        BinaryPrimitives.WriteUInt16LittleEndian(packet[1..], sequence);
        BinaryPrimitives.WriteInt64LittleEndian(packet[3..], utcTicks);
    }

    /// <summary>True when the three sizes of an MTU probe, or its answer, agree.</summary>
    /// <param name="packet">The probe without its packet layer.</param>
    /// <param name="layerBytes">Bytes the packet layer adds: the size on the wire counts against the maximum.</param>
    /// <param name="size">Size the packet claims and has.</param>
    public static bool TryReadMtuProbe(ReadOnlySpan<byte> packet, int layerBytes, out int size)
    {
        size = BinaryPrimitives.ReadInt32LittleEndian(packet[1..]);
        return size == packet.Length
            && size + layerBytes is >= MtuProbeBytesMin and <= ProtocolLimits.DatagramBytesMax
            && BinaryPrimitives.ReadInt32LittleEndian(packet[^4..]) == size;
    }

    /// <summary>Fills the whole of <paramref name="packet"/>; the filler is zeros, so nothing of older buffers leaks.</summary>
    public static void WriteMtuProbe(Span<byte> packet, PacketKind kind, WireDialect dialect, int connectionNumber)
    {
        packet.Clear();
        packet[0] = PacketHeader.Encode(kind, dialect, connectionNumber);
        BinaryPrimitives.WriteInt32LittleEndian(packet[1..], packet.Length);
        BinaryPrimitives.WriteInt32LittleEndian(packet[^4..], packet.Length);
    }
}
