using GameServer.Net.Wire;

namespace GameServer.Net.Peers;

/// <summary>The server's side of becoming connected; <see cref="Handshake"/> holds the facts, this acts on them.</summary>
public sealed partial class Peer
{
    /// <summary>A client that stopped repeating its request for this long has given up.</summary>
    static readonly long GoneAfter = TimeSpan.FromSeconds(3).Ticks;

    /// <summary>A rejection is remembered this long, so that repeated requests do not bother the application again.</summary>
    static readonly long RejectionTicks = TimeSpan.FromSeconds(6).Ticks;

    Handshake? _handshake;

    /// <summary>True while the address is not proven and the record counts against the half-open limits.</summary>
    internal bool IsHalfOpen => _handshake is not null;

    /// <summary>True when the other side was told that it is connected.</summary>
    internal bool IsAcceptedOnWire => _handshake is { IsAcceptedOnWire: true };

    /// <summary>When the newcomer was first seen; for choosing who gives way at the limit.</summary>
    internal long HandshakeStartedAt => _handshake?.StartedAt ?? long.MaxValue;

    /// <summary>Begins as a newcomer.</summary>
    /// <param name="data">Connect data.</param>
    /// <param name="requestBytes">Size of the request datagram.</param>
    /// <param name="connectionNumber">The number the connection will have.</param>
    /// <param name="proveFirst">Do not ask the application before the address is proven.</param>
    internal void StartHandshake(ReadOnlySpan<byte> data, int requestBytes, int connectionNumber, bool proveFirst)
    {
        _connectionNumber = (byte)connectionNumber;
        _handshake = new Handshake(data.ToArray(), requestBytes, _host.Now);
        if (proveFirst)
            AcceptOnWire(_handshake);
        else
            AskApplication(_handshake);
    }

    /// <summary>The request of this newcomer came again.</summary>
    /// <param name="bytes">Size of the datagram.</param>
    internal void RepeatRequest(int bytes)
    {
        if (_handshake is not { } handshake)
            return;
        handshake.Earn(bytes);
        handshake.RequestedAt = _host.Now;
        Count(NetCounter.RequestRepeated);
        if (handshake.Rejection is { } rejection)
            SendRejection(rejection);
        else if (handshake.IsAcceptedOnWire && _host.Now - handshake.AcceptSentAt > TimeSpan.TicksPerMillisecond * 100)
            SendAccept();
    }

    internal bool AcceptRequest()
    {
        if (_handshake is not { IsAcceptedByApplication: false, Rejection: null } handshake)
            return false;
        handshake.Request!.IsOpen = false;
        if (!_host.CanTakeAnotherPeer)
        {
            Reject(handshake, default);
            return false;
        }
        handshake.IsAcceptedByApplication = true;
        _host.Wake(this);
        if (!handshake.IsAcceptedOnWire)
            AcceptOnWire(handshake);
        CompleteIfReady(handshake);
        return true;
    }

    internal void RejectRequest(ReadOnlySpan<byte> data)
    {
        CheckFarewell(data);
        if (_handshake is not { IsAcceptedByApplication: false, Rejection: null } handshake)
            return;
        handshake.Request!.IsOpen = false;
        Reject(handshake, data);
    }

    void Reject(Handshake handshake, ReadOnlySpan<byte> data)
    {
        Count(NetCounter.RequestsRejected);
        if (handshake.IsProven)
        {
            Close(DisconnectReason.LocalClose, data);
            return;
        }
        handshake.Rejection = data.ToArray();
        if (handshake.IsAcceptedOnWire)
            return;
        if (ControlPackets.DisconnectHeaderBytes + data.Length <= handshake.RequestBytes)
            SendRejection(handshake.Rejection);
        else
            AcceptOnWire(handshake);
    }

    void AskApplication(Handshake handshake)
    {
        Count(NetCounter.Requests);
        handshake.Request = new ConnectionRequest(this, handshake.Data);
        _host.Raise(new PeerEvent { Kind = PeerEventKind.ConnectionRequest, Subject = handshake.Request });
    }

    void AcceptOnWire(Handshake handshake)
    {
        handshake.AcceptOnWire(_host.Now);
        SendAccept();
        SendProofPings(handshake);
    }

    void SendAccept()
    {
        if (_handshake is { } handshake)
        {
            if (!handshake.TrySpend(ConnectionIdentity.Bytes))
                return;
            handshake.AcceptSentAt = _host.Now;
        }
        Span<byte> accept = stackalloc byte[ConnectionIdentity.Bytes];
        new ConnectionIdentity(_connectTime, _connectionNumber, Id).Write(accept, PacketKind.ConnectAccept, Dialect);
        SendDatagram(accept, default);
    }

    void SendProofPings(Handshake handshake)
    {
        var (first, second) = handshake.NextPings(_host);
        Span<byte> ping = stackalloc byte[ControlPackets.PingBytes];
        foreach (var number in (ReadOnlySpan<int>)[first, second])
        {
            if (number == 0)
                continue;
            ControlPackets.WritePing(ping, Dialect, _connectionNumber, (ushort)number);
            SendDatagram(ping, default);
        }
    }

    void SendRejection(ReadOnlySpan<byte> data)
    {
        if (!_handshake!.TrySpend(ControlPackets.DisconnectHeaderBytes + data.Length))
            return;
        Span<byte> header = stackalloc byte[ControlPackets.DisconnectHeaderBytes];
        ControlPackets.WriteDisconnectHeader(header, Dialect, _connectionNumber, _connectTime);
        SendDatagram(header, data);
    }

    /// <summary>Packets of a newcomer.</summary>
    void ReceiveEarly(Handshake handshake, in PacketHeader header, ArraySegment<byte> datagram)
    {
        if (header.ConnectionNumber == _connectionNumber)
            _heardAt = _host.ArrivedAt;
        handshake.Earn(datagram.Count);
        if (header.Kind == PacketKind.Disconnect && IsGivenUp(header, datagram))
        {
            // The client changed its mind, which it may do before it hears from us.
            Answer(PacketKind.ShutdownOk);
            Vanish();
        }
        else if (!handshake.IsAcceptedOnWire)
        {
            Count(NetCounter.WrongState);
        }
        else if (header.ConnectionNumber != _connectionNumber)
        {
            Count(NetCounter.WrongConnectionNumber);
        }
        else if (header.Kind == PacketKind.Pong)
        {
            if (handshake.IsProven)
                ReceivePong(datagram);
            else
                ReceiveProof(handshake, datagram);
        }
        else if (!IsWorthHolding(header.Kind) || !handshake.TryHold(_host.Pool, datagram))
        {
            Count(NetCounter.EarlyData);
        }
    }

    /// <summary>True for a disconnect of this very attempt, under our connection number or the one it proposed.</summary>
    bool IsGivenUp(in PacketHeader header, ReadOnlySpan<byte> datagram) =>
        ControlPackets.DisconnectTime(datagram) == _connectTime
        && (header.ConnectionNumber == _connectionNumber || header.ConnectionNumber == RequestNumber);

    static bool IsWorthHolding(PacketKind kind) => kind is
        PacketKind.Unreliable or PacketKind.Channeled or PacketKind.ReliableMerged or PacketKind.Ack or PacketKind.Merged
        or PacketKind.Ping or PacketKind.MtuCheck;

    void ReceiveProof(Handshake handshake, ReadOnlySpan<byte> packet)
    {
        if (handshake.Answer(ControlPackets.PingSequence(packet), _host.ArrivedAt) is { } elapsed)
        {
            _roundTrip.Add(elapsed);
        }
        else
        {
            Count(NetCounter.PongIgnored);
            if (handshake.IsGuessing)
            {
                Count(NetCounter.ProofWrong);
                Vanish();
            }
            return;
        }
        if (!handshake.IsProven)
            return;
        _pingSequence = handshake.LastNumber;
        _pingAt = _host.Now + _host.Options.PingInterval.Ticks;
        if (handshake.Rejection is { } rejection)
            Close(DisconnectReason.LocalClose, rejection);
        else if (handshake.Request is null)
            AskApplication(handshake);
        else
            CompleteIfReady(handshake);
    }

    void CompleteIfReady(Handshake handshake)
    {
        if (!handshake.IsComplete)
            return;
        if (!_host.CanTakeAnotherPeer)
        {
            // Others were faster since this one was accepted.
            Count(NetCounter.RequestsRejected);
            Close(DisconnectReason.LocalClose, default);
            return;
        }
        var held = handshake.TakeHeld();
        BecomeConnected();
        while (held is { } packet)
        {
            held = packet.Next;
            packet.Next = null;
            if (_state == PeerState.Connected)
                Receive(new ArraySegment<byte>(packet.Buffer, 0, packet.Length));
            _host.Raise(new PeerEvent { Kind = PeerEventKind.Release, Subject = packet });
        }
    }

    void UpdateHandshake(Handshake handshake, long now)
    {
        var options = _host.Options;
        if (handshake.Rejection is not null && now - handshake.StartedAt > RejectionTicks)
        {
            Vanish();
        }
        else if (handshake.Rejection is not null && !handshake.IsAcceptedOnWire)
        {
            // Only repeated requests bring anything forth now.
        }
        else if (!handshake.IsAcceptedOnWire)
        {
            if (now - handshake.RequestedAt > GoneAfter)
                Vanish();
            else if (now - handshake.StartedAt > options.HoldAfter.Ticks)
                AcceptOnWire(handshake);
        }
        else if (!handshake.IsProven)
        {
            if (now - handshake.AcceptedAt > options.ProofTimeout.Ticks)
            {
                Count(NetCounter.ProofTimeout);
                Vanish();
            }
            else if (now >= handshake.NextPingsAt)
            {
                SendProofPings(handshake);
            }
        }
        else
        {
            UpdateUndecided(handshake, now);
        }
    }

    /// <summary>Proven and held: the client believes it is connected, so it is pinged like one.</summary>
    void UpdateUndecided(Handshake handshake, long now)
    {
        if (now - _heardAt > _host.Options.PeerTimeout.Ticks)
            Vanish();
        else if (now - handshake.StartedAt > _host.Options.DecisionTimeout.Ticks)
            Reject(handshake, default);
        else if (now >= _pingAt)
            SendPing();
    }

    /// <summary>As if it had never come.</summary>
    void Vanish()
    {
        SetState(PeerState.Closed);
        _host.Remove(this);
    }
}
