using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace GameServer.Net.Sockets;

/// <summary>
/// A remote address and port as a value: compared and hashed per datagram without touching the heap.
/// IPv4 is kept in its IPv6-mapped form, so one client has one key whichever kind of socket it came through.
/// </summary>
public readonly struct NetAddress : IEquatable<NetAddress>
{
    const ulong MappedPrefix = 0x0000_FFFF_0000_0000;

    readonly ulong _high;
    readonly ulong _low;
    readonly uint _scope;
    readonly ushort _port;

    /// <summary>From the raw parts of an IPv6 address.</summary>
    /// <param name="high">First eight address bytes, big-endian.</param>
    /// <param name="low">Last eight address bytes, big-endian.</param>
    /// <param name="scope">Scope id, 0 unless link-local.</param>
    /// <param name="port">Port number.</param>
    public NetAddress(ulong high, ulong low, uint scope, ushort port)
    {
        _high = high;
        _low = low;
        _scope = scope;
        _port = port;
    }

    /// <summary>Port number.</summary>
    public ushort Port => _port;

    /// <summary>Scope id of a link-local address.</summary>
    public uint Scope => _scope;

    /// <summary>First eight address bytes, big-endian.</summary>
    public ulong High => _high;

    /// <summary>Last eight address bytes, big-endian.</summary>
    public ulong Low => _low;

    /// <summary>True when this is an IPv4 address in mapped form.</summary>
    public bool IsIPv4 => _high == 0 && (_low & 0xFFFF_FFFF_0000_0000) == MappedPrefix;

    /// <summary>True for 127.0.0.0/8 and ::1.</summary>
    public bool IsLoopback => IsIPv4 ? (byte)(_low >> 24) == 127 : _high == 0 && _low == 1;

    /// <summary>A number shared by all addresses of one /24 (IPv4) or /56 (IPv6): what limits per network count by.</summary>
    public ulong NetworkPrefix => IsIPv4 ? _low & ~0xFFUL : _high & ~0xFFUL;

    /// <summary>The network as people write it; allocates.</summary>
    public string NetworkText => IsIPv4
        ? $"{new NetAddress(0, _low & ~0xFFUL, 0, 0).ToIPEndPoint().Address}/24"
        : $"{new NetAddress(_high & ~0xFFUL, 0, 0, 0).ToIPEndPoint().Address}/56";

    /// <summary>The same address with port 0: what limits per remote machine count by.</summary>
    public NetAddress WithoutPort => new(_high, _low, _scope, 0);

    /// <summary>From the four bytes of an IPv4 address.</summary>
    public static NetAddress FromIPv4(uint bigEndianAddress, ushort port) => new(0, MappedPrefix | bigEndianAddress, 0, port);

    /// <summary>From a .NET end point.</summary>
    public static NetAddress From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        Span<byte> bytes = stackalloc byte[16];
        var address = endPoint.Address;
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            _ = address.TryWriteBytes(bytes, out _);
            return FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(bytes), (ushort)endPoint.Port);
        }
        _ = address.TryWriteBytes(bytes, out _);
        var scope = address.IsIPv6LinkLocal ? (uint)address.ScopeId : 0;
        return new NetAddress(
            BinaryPrimitives.ReadUInt64BigEndian(bytes), BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]), scope, (ushort)endPoint.Port);
    }

    /// <summary>As a .NET end point; allocates.</summary>
    public IPEndPoint ToIPEndPoint()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], _low);
        return new IPEndPoint(IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes, _scope), _port);
    }

    /// <inheritdoc/>
    public bool Equals(NetAddress other) =>
        _low == other._low && _high == other._high && _port == other._port && _scope == other._scope;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is NetAddress other && Equals(other);

    // HashCode is seeded per process, so nobody can choose addresses that collide.
    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_high, _low, _port, _scope);

    /// <inheritdoc/>
    public override string ToString() => ToIPEndPoint().ToString();
}
