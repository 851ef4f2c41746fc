using GameServer.Net.Wire;

namespace GameServer.Net.Peers;

/// <summary>Connecting as a client, staying connected, closing, being forgotten. Source: wire specification, section 4.</summary>
public sealed partial class Peer
{
    const int PingSequenceMax = 32767;

    /// <summary>Every connected peer is looked at this often.</summary>
    static readonly long RestTicksMax = TimeSpan.FromSeconds(1).Ticks;

    static readonly long CloseInterval = TimeSpan.FromMilliseconds(300).Ticks;

    /// <summary>A connection has this long to show life when someone asks for its place.</summary>
    static readonly long TakeoverTicks = TimeSpan.FromSeconds(1).Ticks;

    /// <summary>Client: what the server told about itself.</summary>
    ConnectionIdentity? _identity;

    /// <summary>Client: the request, sent again as it is. Closing: the disconnect, likewise.</summary>
    Packet? _repeated;
    long _repeatAt;
    int _repeats;
    long _closedAt;

    int _pingSequence = 1;

    /// <summary>When the ping was sent that waits for its pong; 0 when none does.</summary>
    long _pingSentAt;
    long _lastPingAt;
    long _pingAt;

    /// <summary>Messages in both directions up to the last ping.</summary>
    long _messagesAtPing;
    long _checkAt;

    Packet? _takeover;
    long _takeoverAt;

    /// <summary>Clock of the other side minus ours, as good as half a round trip; zero until measured.</summary>
    public TimeSpan RemoteClockOffset { get; private set; }

    /// <summary>Client: begins to ask.</summary>
    internal void StartConnecting(Packet request)
    {
        _repeated = request;
        SendDatagram(request.Bytes, default);
        _repeatAt = _host.Now + _host.Options.ConnectInterval.Ticks;
    }

    /// <summary>All timers of this connection, then everything that waits to be sent.</summary>
    /// <returns>Host time at which the next update is needed unless something happens before; 0 for the very next one.</returns>
    internal long Update()
    {
        var now = _host.Now;
        switch (_state)
        {
            case PeerState.Connected:
                UpdateConnected(now);
                return _state == PeerState.Connected ? DueAt(now) : 0;
            case PeerState.Connecting when _handshake is not null:
                UpdateHandshake(_handshake, now);
                break;
            case PeerState.Connecting:
                UpdateConnecting(now);
                break;
            case PeerState.Closing:
                UpdateClosing(now);
                break;
            default:
                if (now - _closedAt > _host.Options.PeerTimeout.Ticks)
                    _host.Remove(this);
                break;
        }
        return 0;
    }

    /// <summary>Ends everything at once: the last datagram says goodbye, nothing is repeated. For stopping the host.</summary>
    internal void Stop(ReadOnlySpan<byte> farewell)
    {
        if (_state == PeerState.Connected)
            FlushChannels();
        if (_state == PeerState.Connected || _handshake is { IsAcceptedOnWire: true } || (_state == PeerState.Connecting && !IsIncoming))
        {
            Span<byte> header = stackalloc byte[ControlPackets.DisconnectHeaderBytes];
            ControlPackets.WriteDisconnectHeader(header, Dialect, _connectionNumber, _connectTime);
            SendDatagram(header, farewell);
        }
        if (_state is PeerState.Connected or PeerState.Connecting)
            End(DisconnectReason.HostStopped, default);
        else
            SetState(PeerState.Closed);
        ReleaseControl();
    }

    /// <summary>
    /// A newer request for this connection's place came. Nothing is believed yet: the old connection gets a ping and a second to answer.
    /// </summary>
    internal void Challenge(ReadOnlySpan<byte> request)
    {
        var isFirst = _takeover is null;
        if (_takeover is not null)
            _host.Pool.Return(_takeover);
        _takeover = _host.Pool.RentCopy(request);
        if (!isFirst)
            return;
        _takeoverAt = _host.Now + TakeoverTicks;
        _host.Wake(this);
        SendPing();
    }

    /// <summary>The request that made this connection came again: its accept was lost.</summary>
    internal void RepeatAccept() => SendAccept();

    /// <summary>Client: the other side's attempt to connect to us wins over ours to it.</summary>
    internal void GiveWay() => End(DisconnectReason.PeerToPeerConnection, default);

    /// <summary>Gives everything back without a word to anyone; the record is about to be removed.</summary>
    internal void Forget()
    {
        ReleaseTraffic();
        SetState(PeerState.Closed);
        ReleaseControl();
    }

    void UpdateConnected(long now)
    {
        if (_inbound.IsExceeded)
        {
            Count(NetCounter.InboundExceeded);
            Fail(DisconnectReason.InboundLimit);
        }
        if (now - _heardAt > _host.Options.PeerTimeout.Ticks)
        {
            End(DisconnectReason.Timeout, default);
            return;
        }
        if (_takeover is { } request && now >= _takeoverAt)
        {
            _takeover = null;
            End(DisconnectReason.Reconnect, default);
            _host.TakeOver(this, request);
            return;
        }
        if (now >= _pingAt)
            SendPingUnlessIdle(now);
        if (now >= _checkAt)
            CheckLimits(now);
        UpdateMtu(now);
        if (ActOnFailure())
            return;
        if (_active.Count > 0)
            FlushChannels();
        else
            FlushMerge();
    }

    /// <summary>Nothing of a connected peer has to happen earlier than this, unless a datagram comes or a message is sent.</summary>
    long DueAt(long now)
    {
        if (_active.Count > 0 || _merge is not null || _failure is not null)
            return 0;
        var due = Math.Min(now + RestTicksMax, Math.Min(_pingAt, _mtuProbeAt));
        if (_assembler is { IncompleteCount: > 0 })
            due = Math.Min(due, _checkAt);
        if (_takeover is not null)
            due = Math.Min(due, _takeoverAt);
        return Math.Min(due, _heardAt + _host.Options.PeerTimeout.Ticks + 1);
    }

    /// <summary>What need not be looked at in every update.</summary>
    void CheckLimits(long now)
    {
        _checkAt = now + (TimeSpan.TicksPerSecond / 2);
        _assembler?.CheckStalls();
        foreach (var channel in _active)
        {
            if (channel is Channels.ReliableChannel { OldestSentAt: { } sentAt } && now - sentAt > _host.Options.UnackedAgeMax.Ticks)
                Fail(DisconnectReason.NotAcknowledging);
        }
    }

    void UpdateConnecting(long now)
    {
        if (now <= _repeatAt)
            return;
        if (_repeats >= _host.Options.ConnectRetries)
        {
            End(DisconnectReason.ConnectionFailed, default);
            return;
        }
        _repeats++;
        _repeatAt = now + _host.Options.ConnectInterval.Ticks;
        SendDatagram(_repeated!.Bytes, default);
    }

    void UpdateClosing(long now)
    {
        if (now - _closedAt > _host.Options.PeerTimeout.Ticks)
        {
            SetState(PeerState.Closed);
        }
        else if (now >= _repeatAt)
        {
            _repeatAt = now + CloseInterval;
            SendDatagram(_repeated!.Bytes, default);
        }
    }

    void ReceiveAccept(ReadOnlySpan<byte> packet)
    {
        if (!ConnectionIdentity.TryRead(packet, out var identity) || identity.Time != _connectTime || packet[10] != 0)
        {
            Count(NetCounter.WrongConnectionTime);
            return;
        }
        _identity = identity;
        _connectionNumber = identity.ConnectionNumber;
        BecomeConnected();
    }

    void BecomeConnected()
    {
        ReleaseControl();
        _heardAt = _host.ArrivedAt;
        _pingAt = _checkAt = _host.Now;
        SetState(PeerState.Connected);
        Count(NetCounter.Connected);
        _host.Raise(new PeerEvent { Kind = PeerEventKind.Connected, Peer = this });
        StartMtuDiscovery();
    }

    /// <summary>
    /// An idle client that pings us is kept alive by our pongs, and its own silence is noticed all the same: our ping would only measure
    /// the line, which can wait. Half of what an idle peer costs.
    /// </summary>
    void SendPingUnlessIdle(long now)
    {
        var options = _host.Options;
        var isIdle = IsIncoming
            && _takeover is null
            && _statistics.MessagesReceived + _statistics.MessagesSent == _messagesAtPing
            && now - _pongSentAt < 2 * options.PingInterval.Ticks
            && now - _lastPingAt < options.IdlePingInterval.Ticks;
        if (isIdle)
            _pingAt = now + options.PingInterval.Ticks;
        else
            SendPing();
    }

    void SendPing()
    {
        // Stock peers compare in 15 bits: kept within 1..32767, the answer rule holds for ever.
        _pingSequence = _pingSequence >= PingSequenceMax ? 1 : _pingSequence + 1;
        _pingSentAt = _lastPingAt = _host.Now;
        _messagesAtPing = _statistics.MessagesReceived + _statistics.MessagesSent;
        // Under challenge several are sent: one lost datagram must not cost the connection.
        _pingAt = _host.Now + (_takeover is null ? _host.Options.PingInterval.Ticks : TakeoverTicks / 4);
        Span<byte> ping = stackalloc byte[ControlPackets.PingBytes];
        ControlPackets.WritePing(ping, Dialect, _connectionNumber, (ushort)_pingSequence);
        SendDatagram(ping, default);
    }

    /// <summary>A valid packet came: the connection lives, and whoever wanted its place was lying or late.</summary>
    void ShowLife()
    {
        _heardAt = _host.ArrivedAt;
        if (_takeover is null)
            return;
        Count(NetCounter.RequestForged);
        _host.Pool.Return(_takeover);
        _takeover = null;
    }

    bool ActOnFailure()
    {
        if (_failure is not { } reason || _state is PeerState.Closing or PeerState.Closed)
            return false;
        if (_host.Options.FarewellOf?.Invoke(reason) is { Length: <= ControlPackets.DisconnectDataBytesMax } farewell)
        {
            Close(reason, farewell);
            return true;
        }
        Span<byte> text = stackalloc byte[64];
        Close(reason, text[..FailureText.Write(text, reason)]);
        return true;
    }

    /// <summary>Ends the connection from this side and keeps telling the other one.</summary>
    void Close(DisconnectReason reason, ReadOnlySpan<byte> data)
    {
        var wasKnown = _state == PeerState.Connected || _handshake is { IsAcceptedOnWire: true } || !IsIncoming;
        if (_state == PeerState.Connected)
            FlushChannels();
        RaiseDisconnected(reason, default);
        ReleaseTraffic();
        ReleaseControl();
        _closedAt = _heardAt = _host.Now;
        if (!wasKnown)
        {
            SetState(PeerState.Closed);
            return;
        }
        SetState(PeerState.Closing);
        _repeated = _host.Pool.Rent(ControlPackets.DisconnectHeaderBytes + data.Length);
        ControlPackets.WriteDisconnectHeader(_repeated.Buffer, Dialect, _connectionNumber, _connectTime);
        data.CopyTo(_repeated.Buffer.AsSpan(ControlPackets.DisconnectHeaderBytes));
        _repeatAt = _host.Now + CloseInterval;
        SendDatagram(_repeated.Bytes, default);
    }

    /// <summary>Ends the connection without telling the other side; its address is remembered for a while.</summary>
    void End(DisconnectReason reason, ArraySegment<byte> data)
    {
        RaiseDisconnected(reason, data);
        ReleaseTraffic();
        ReleaseControl();
        _closedAt = _host.Now;
        SetState(PeerState.Closed);
    }

    /// <summary>Nothing is raised for newcomers the application has never seen connected.</summary>
    void RaiseDisconnected(DisconnectReason reason, ArraySegment<byte> data)
    {
        if (_state == PeerState.Connected)
            Count(NetCounter.Disconnected);
        else if (IsIncoming)
            return;
        _host.Raise(new PeerEvent { Kind = PeerEventKind.Disconnected, Peer = this, Reason = reason, Payload = data });
    }

    void SetState(PeerState state)
    {
        var before = _state;
        if (before == state)
            return;
        _state = state;
        if (state == PeerState.Closed)
            ReleaseControl();
        _host.StateChanged(this, before);
    }

    /// <summary>Gives back what belongs to one state only.</summary>
    void ReleaseControl()
    {
        if (_repeated is not null)
            _host.Pool.Return(_repeated);
        _repeated = null;
        if (_takeover is not null)
            _host.Pool.Return(_takeover);
        _takeover = null;
        if (_handshake is null)
            return;
        if (_handshake.Request is { } request)
            request.IsOpen = false;
        _host.Pool.ReturnAll(_handshake.TakeHeld());
        _handshake = null;
        _host.HandshakeEnded(this);
    }
}
