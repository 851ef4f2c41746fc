using GameServer.Net.Limits;
using GameServer.Net.Wire;

namespace GameServer.Net.Peers;

/// <summary>The way in: one datagram from a known address, except connection requests. Nothing here raises for any bytes.</summary>
public sealed partial class Peer
{
    /// <summary>Nobody needs more pongs than this.</summary>
    const int PongsPerSecond = 10;

    /// <summary>Silence after which a PeerNotFound is believed; before that it may be forged.</summary>
    static readonly long BelieveNotFoundAfter = TimeSpan.FromSeconds(2).Ticks;

    TokenBucket _pongs = new(PongsPerSecond, 0);
    ushort _lastPing;
    long _pongSentAt;
    long _identitySentAt;

    /// <summary>Handles one datagram.</summary>
    internal void Receive(ArraySegment<byte> datagram)
    {
        _host.Wake(this);
        _statistics.DatagramsReceived++;
        _statistics.BytesReceived += datagram.Count + _host.LayerBytes;
        if (!PacketHeader.TryRead(datagram, Dialect, out var header))
            RefuseHeader(datagram);
        else if (_state == PeerState.Connected)
            ReceiveConnected(header, datagram);
        else if (_handshake is { } handshake)
            ReceiveEarly(handshake, header, datagram);
        else
            ReceiveUnconnected(header, datagram);
        ActOnFailure();
    }

    void RefuseHeader(ReadOnlySpan<byte> datagram)
    {
        // Garbage under the number of an earlier connection may be late; under this one it is the peer's own.
        if (_state == PeerState.Connected && PacketHeader.RawConnectionNumber(datagram) == _connectionNumber)
            Violation(NetCounter.HeaderMalformed);
        else
            Count(NetCounter.HeaderMalformed);
    }

    void ReceiveConnected(in PacketHeader header, ArraySegment<byte> datagram)
    {
        switch (header.Kind)
        {
            case PacketKind.Disconnect:
                ReceiveDisconnect(header, datagram);
                return;
            case PacketKind.PeerNotFound:
                ReceivePeerNotFound(datagram);
                return;
            case PacketKind.ConnectRequest or PacketKind.ConnectAccept or PacketKind.ShutdownOk or PacketKind.InvalidProtocol:
                Count(NetCounter.WrongState);
                return;
            case PacketKind.UnconnectedMessage or PacketKind.Broadcast or PacketKind.NatMessage or PacketKind.Empty:
                ReceiveConnectionless(header.Kind, datagram);
                return;
            case PacketKind.MtuCheck or PacketKind.MtuOk when header.ConnectionNumber == 0:
                // Stock senders never set the connection number on these.
                break;
            default:
                if (header.ConnectionNumber == _connectionNumber)
                    break;
                Count(NetCounter.WrongConnectionNumber);
                return;
        }
        ShowLife();
        Dispatch(header, datagram);
    }

    void Dispatch(in PacketHeader header, ArraySegment<byte> packet)
    {
        switch (header.Kind)
        {
            case PacketKind.Merged:
                ReceiveMerged(packet);
                break;
            case PacketKind.Ping:
                ReceivePing(packet);
                break;
            case PacketKind.Pong:
                ReceivePong(packet);
                break;
            case PacketKind.MtuCheck:
                AnswerMtuProbe(packet);
                break;
            case PacketKind.MtuOk:
                ReceiveMtuOk(packet);
                break;
            default:
                DispatchData(header, packet);
                break;
        }
    }

    void DispatchData(in PacketHeader header, ArraySegment<byte> packet)
    {
        if (header.Kind == PacketKind.Unreliable)
        {
            Deliver(packet[1..], DeliveryMethod.Unreliable, 0);
            return;
        }
        var id = ChannelHeader.ChannelId(packet);
        if (id / ChannelHeader.Types >= _host.Options.ChannelsPerMethod)
        {
            Count(NetCounter.ChannelUnknown);
            return;
        }
        if (header.Kind != PacketKind.Ack)
            ReceiveOnChannel(header, packet, id);
        else if (id < _channels.Length && _channels[id] is { } channel)
            channel.ReceiveAck(packet);
        else if (id % ChannelHeader.Types != (int)DeliveryMethod.Sequenced)
            Violation(NetCounter.AckOfUnsent);
    }

    void ReceiveOnChannel(in PacketHeader header, ArraySegment<byte> packet, int id) => ChannelOf(id).Receive(header, packet);

    void ReceiveMerged(ArraySegment<byte> packet)
    {
        var entries = new EntryReader(packet, 1);
        while (entries.TryRead(out var offset, out var length) && length > 0)
        {
            var inner = packet.Slice(offset, length);
            if (!PacketHeader.TryRead(inner, Dialect, out var header)
                || header.Kind is not (PacketKind.Unreliable or PacketKind.Channeled or PacketKind.ReliableMerged or PacketKind.Ack))
            {
                Violation(NetCounter.MergedMalformed);
                return;
            }
            if (header.ConnectionNumber == _connectionNumber)
                DispatchData(header, inner);
            else
                Count(NetCounter.WrongConnectionNumber);
        }
        if (!entries.IsAtEnd)
            Violation(NetCounter.MergedMalformed);
    }

    void ReceivePing(ReadOnlySpan<byte> packet)
    {
        var sequence = ControlPackets.PingSequence(packet);
        if (sequence == _lastPing || !_pongs.TryTake(1, PongsPerSecond, PongsPerSecond, _host.Now))
        {
            Count(NetCounter.PingIgnored);
            return;
        }
        _lastPing = sequence;
        _pongSentAt = _host.Now;
        Span<byte> pong = stackalloc byte[ControlPackets.PongBytes];
        ControlPackets.WritePong(pong, Dialect, _connectionNumber, sequence, _host.UtcTicks);
        SendDatagram(pong, default);
    }

    void ReceivePong(ReadOnlySpan<byte> packet)
    {
        if (ControlPackets.PingSequence(packet) != _pingSequence || _pingSentAt == 0)
        {
            Count(NetCounter.PongIgnored);
            return;
        }
        _roundTrip.Add(_host.ArrivedAt - _pingSentAt);
        _pingSentAt = 0;
        RemoteClockOffset = TimeSpan.FromTicks(ControlPackets.PongUtcTicks(packet) + (_roundTrip.Mean / 2) - _host.UtcTicks);
    }

    void ReceiveDisconnect(in PacketHeader header, ArraySegment<byte> packet)
    {
        if (header.ConnectionNumber != _connectionNumber || ControlPackets.DisconnectTime(packet) != _connectTime)
        {
            Count(NetCounter.WrongConnectionTime);
            return;
        }
        _heardAt = _host.ArrivedAt;
        Answer(PacketKind.ShutdownOk);
        var reason = _state == PeerState.Connected ? DisconnectReason.RemoteClose : DisconnectReason.ConnectionRejected;
        End(reason, packet[ControlPackets.DisconnectHeaderBytes..]);
    }

    void ReceivePeerNotFound(ReadOnlySpan<byte> packet)
    {
        var isFinal = packet.Length == ControlPackets.PeerNotFoundFinalBytes && packet[1] == 1;
        if (isFinal && _host.Now - _heardAt > BelieveNotFoundAfter)
        {
            End(DisconnectReason.PeerNotFound, default);
            return;
        }
        Count(NetCounter.PeerNotFoundIgnored);
        if (packet.Length != 1 || _host.Now - _identitySentAt < TimeSpan.TicksPerSecond)
            return;
        _identitySentAt = _host.Now;
        _mtu = Math.Min(_mtu, ProtocolLimits.InitialMtu - _host.LayerBytes);
        Span<byte> identity = stackalloc byte[ConnectionIdentity.Bytes];
        new ConnectionIdentity(_connectTime, _connectionNumber, RemoteId).Write(identity, PacketKind.PeerNotFound, Dialect);
        SendDatagram(identity, default);
    }

    void ReceiveConnectionless(PacketKind kind, ArraySegment<byte> packet)
    {
        if (_host.Options.UnconnectedMessages != Dialect || kind is not (PacketKind.UnconnectedMessage or PacketKind.Broadcast))
        {
            Count(NetCounter.WrongState);
            return;
        }
        _host.Raise(new PeerEvent
        {
            Kind = PeerEventKind.Unconnected,
            Payload = packet[1..],
            Address = Address,
            IsBroadcast = kind == PacketKind.Broadcast,
        });
    }

    /// <summary>Client still connecting, or a connection that is closing or remembered.</summary>
    void ReceiveUnconnected(in PacketHeader header, ArraySegment<byte> datagram)
    {
        switch (header.Kind)
        {
            case PacketKind.ConnectAccept when _state == PeerState.Connecting:
                ReceiveAccept(datagram);
                break;
            case PacketKind.Disconnect when _state == PeerState.Connecting:
                ReceiveDisconnect(header, datagram);
                break;
            case PacketKind.InvalidProtocol when _state == PeerState.Connecting:
                End(DisconnectReason.InvalidProtocol, default);
                break;
            case PacketKind.ShutdownOk when _state == PeerState.Closing:
                _heardAt = _host.ArrivedAt;
                SetState(PeerState.Closed);
                break;
            default:
                Count(NetCounter.WrongState);
                break;
        }
    }

    void Answer(PacketKind kind) => SendDatagram([PacketHeader.Encode(kind, Dialect, 0)], default);
}
