using GameServer.Net.Wire;

namespace GameServer.Net.Peers;

/// <summary>MTU discovery: probes of our own when enabled, answers always. Source: wire specification, section 10.</summary>
public sealed partial class Peer
{
    const int MtuAttemptsMax = 4;

    static readonly long MtuInterval = TimeSpan.FromSeconds(1).Ticks;

    int _mtuIndex;
    int _mtuAttempts;
    long _mtuProbeAt = long.MaxValue;

    void StartMtuDiscovery()
    {
        if (_host.Options.UseMtuDiscovery)
            _mtuProbeAt = _host.Now + MtuInterval;
    }

    void UpdateMtu(long now)
    {
        if (now < _mtuProbeAt)
            return;
        _mtuProbeAt = now + MtuInterval;
        if (++_mtuAttempts >= MtuAttemptsMax || _mtuIndex + 1 >= ProtocolLimits.MtuTable.Length)
        {
            _mtuProbeAt = long.MaxValue;
            return;
        }
        SendMtuProbe(PacketKind.MtuCheck, 0, NextMtu);
    }

    int NextMtu => ProtocolLimits.MtuTable[_mtuIndex + 1] - _host.LayerBytes;

    void AnswerMtuProbe(ReadOnlySpan<byte> packet)
    {
        if (!ControlPackets.TryReadMtuProbe(packet, _host.LayerBytes, out var size))
        {
            Violation(NetCounter.MtuMalformed);
            return;
        }
        _mtuAttempts = 0;
        SendMtuProbe(PacketKind.MtuOk, _connectionNumber, size);
    }

    void ReceiveMtuOk(ReadOnlySpan<byte> packet)
    {
        var isExpected = _mtuProbeAt != long.MaxValue
            && _mtuIndex + 1 < ProtocolLimits.MtuTable.Length
            && ControlPackets.TryReadMtuProbe(packet, _host.LayerBytes, out var size)
            && size == NextMtu;
        if (!isExpected)
        {
            Count(NetCounter.MtuMalformed);
            return;
        }
        _mtu = NextMtu;
        _mtuIndex++;
        _mtuAttempts = 0;
    }

    void SendMtuProbe(PacketKind kind, int connectionNumber, int size)
    {
        Span<byte> probe = stackalloc byte[ProtocolLimits.DatagramBytesMax];
        probe = probe[..size];
        ControlPackets.WriteMtuProbe(probe, kind, Dialect, connectionNumber);
        SendDatagram(probe, default);
    }
}
