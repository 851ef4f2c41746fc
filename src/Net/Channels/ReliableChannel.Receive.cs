using GameServer.Net.Wire;

namespace GameServer.Net.Channels;

/// <summary>The receiving half: bitmap, acks, packets held back until their predecessors arrive.</summary>
sealed partial class ReliableChannel
{
    /// <summary>Lowest sequence the bitmap covers. It trails the newest by at most 63; it is not "next expected".</summary>
    int _start;

    /// <summary>Next sequence in order.</summary>
    int _expected;

    /// <summary>Highest sequence received.</summary>
    int _newest = SequenceNumber.Add(0, -1);

    /// <summary>Sequence s was received: bit s mod 64.</summary>
    ulong _received;

    /// <summary>Updates in which the ack is still to be sent.</summary>
    int _acksOwed;

    /// <summary>Ordered only, made with the first gap.</summary>
    Packet?[]? _held;

    /// <inheritdoc/>
    public override void Receive(in PacketHeader header, ArraySegment<byte> packet)
    {
        var sequence = ChannelHeader.Sequence(packet);
        var ahead = SequenceNumber.Distance(sequence, _expected);
        if (!SequenceNumber.IsValid(sequence) || ahead >= ProtocolLimits.Window)
        {
            Owner.Violation(NetCounter.SequenceOutsideWindow);
            return;
        }
        var fromStart = SequenceNumber.Distance(sequence, _start);
        if (fromStart < 0)
        {
            Owner.Count(NetCounter.DuplicatesReceived);
            return;
        }
        if (fromStart >= ProtocolLimits.Window)
            MoveStart(SequenceNumber.Add(sequence, 1 - ProtocolLimits.Window));
        // A duplicate repeats the ack too: the earlier one may have been lost. Where packets get lost the ack goes out twice, because
        // a lost ack costs the other side needless resends.
        var isNewest = SequenceNumber.Distance(sequence, _newest) > 0;
        _acksOwed = isNewest && ahead == 0 ? 1 : 2;
        if (isNewest)
            _newest = sequence;
        Owner.Activate(this);
        var bit = 1UL << (sequence % ProtocolLimits.Window);
        if ((_received & bit) != 0)
        {
            Owner.Count(NetCounter.DuplicatesReceived);
            return;
        }
        if (ahead > 0 && _isOrdered)
        {
            if (TryHold(sequence, packet))
                _received |= bit;
            return;
        }
        _received |= bit;
        Process(header, packet);
        if (ahead == 0)
            AdvanceExpected();
    }

    void MoveStart(int start)
    {
        for (var moved = SequenceNumber.Distance(start, _start); moved > 0; moved--)
        {
            _received &= ~(1UL << (_start % ProtocolLimits.Window));
            _start = SequenceNumber.Add(_start, 1);
        }
    }

    void AdvanceExpected()
    {
        do
        {
            _expected = SequenceNumber.Add(_expected, 1);
            var slot = _expected % ProtocolLimits.Window;
            if (_held?[slot] is not { } packet)
                continue;
            _held[slot] = null;
            Owner.Unhold(packet.Length);
            _ = PacketHeader.TryRead(packet.Bytes, Owner.Dialect, out var header);
            Process(header, new ArraySegment<byte>(packet.Buffer, 0, packet.Length));
            Owner.ReturnAfterDelivery(packet);
        }
        while (SequenceNumber.Distance(_expected, _start) < ProtocolLimits.Window
            && (_received >> (_expected % ProtocolLimits.Window) & 1) != 0);
    }

    /// <summary>False when the connection holds too much already: unacknowledged, so it comes again.</summary>
    bool TryHold(int sequence, ArraySegment<byte> packet)
    {
        if (!Owner.TryHold(packet.Count))
        {
            Owner.Count(NetCounter.HoldLimit);
            return false;
        }
        _held ??= new Packet?[ProtocolLimits.Window];
        _held[sequence % ProtocolLimits.Window] = Owner.Pool.RentCopy(packet);
        return true;
    }

    void Process(in PacketHeader header, ArraySegment<byte> packet)
    {
        if (header.Kind == PacketKind.ReliableMerged)
            DeliverEntries(packet);
        else if (header.IsFragment)
            Owner.Assembler.Add(this, FragmentHeader.Read(packet), packet[FragmentHeader.PayloadOffset..]);
        else
            Owner.Deliver(packet[ChannelHeader.Bytes..], Method, Number);
    }

    /// <summary>The assembler has put a message of this channel together.</summary>
    public void DeliverAssembled(ArraySegment<byte> payload) => Owner.Deliver(payload, Method, Number);

    void DeliverEntries(ArraySegment<byte> packet)
    {
        var entries = new EntryReader(packet, ChannelHeader.Bytes);
        while (entries.TryRead(out var offset, out var length))
            Owner.Deliver(packet.Slice(offset, length), Method, Number);
        if (!entries.IsAtEnd)
            Owner.Violation(NetCounter.EntryMalformed);
    }

    void SendAck()
    {
        Span<byte> ack = stackalloc byte[AckPacket.WindowBytes];
        AckPacket.WriteWindow(ack, PacketHeader.Encode(PacketKind.Ack, Owner.Dialect, Owner.ConnectionNumber), _start, Id, _received);
        Owner.Emit(ack, default);
        _acksOwed--;
    }

    void ReleaseHeld()
    {
        if (_held is null)
            return;
        foreach (var packet in _held)
        {
            if (packet is null)
                continue;
            Owner.Unhold(packet.Length);
            Owner.Pool.Return(packet);
        }
        _held = null;
    }
}
