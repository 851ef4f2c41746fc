using GameServer.Net.Wire;

namespace GameServer.Net.Channels;

/// <summary>The sending half: queue, window, resend.</summary>
sealed partial class ReliableChannel
{
    /// <summary>In flight; sequence s is in slot s mod 64. Made with the first message.</summary>
    Packet?[]? _window;
    int _first;
    int _next;

    /// <summary>Host time when the newest of the acknowledged packets was sent: whatever was sent before it and is not there yet is late.</summary>
    long _newestAckedSentAt;

    Packet? _queueHead;
    Packet? _queueTail;

    /// <summary>Host time when the oldest unacknowledged packet was first sent; null when nothing is in flight.</summary>
    public long? OldestSentAt => _window?[_first % ProtocolLimits.Window] is { SendCount: > 0 } oldest ? oldest.FirstSentAt : null;

    /// <inheritdoc/>
    public override bool TrySend(ReadOnlySpan<byte> payload)
    {
        var length = payload.Length;
        var mtu = Owner.Mtu;
        if (length + ChannelHeader.Bytes > mtu)
            return TrySendFragments(payload, mtu - FragmentHeader.PayloadOffset);
        // An empty entry is lost in a stock receiver, with everything behind it: empty messages travel alone.
        var isMergeable = Owner.Dialect == WireDialect.V2 && length > 0 && length + EntryReader.LengthBytes + ChannelHeader.Bytes <= mtu;
        var isSent = isMergeable ? TryAppendToTail(payload, mtu) ?? TryQueueMerged(payload) : TryQueuePlain(payload);
        if (isSent)
            Owner.Activate(this);
        return isSent;
    }

    /// <inheritdoc/>
    public override void ReceiveAck(ReadOnlySpan<byte> packet)
    {
        var start = ChannelHeader.Sequence(packet);
        if (packet.Length != AckPacket.WindowBytes || !SequenceNumber.IsValid(start))
        {
            Owner.Violation(NetCounter.AckMalformed);
            return;
        }
        var lag = SequenceNumber.Distance(_first, start);
        if (lag is < 0 or >= ProtocolLimits.Window)
        {
            Owner.Count(NetCounter.AckStale);
            return;
        }
        var bitmap = AckPacket.Bitmap(packet);
        if (ClaimsUnsent(bitmap, start))
            Owner.Violation(NetCounter.AckOfUnsent);
        if (_window is null)
            return;
        // One sample per ack: many equal ones would make the variation look smaller than it is.
        long? sample = null;
        var covered = Math.Min(SequenceNumber.Distance(_next, _first), ProtocolLimits.Window - lag);
        for (var i = 0; i < covered; i++)
        {
            var slot = SequenceNumber.Add(_first, i) % ProtocolLimits.Window;
            if ((bitmap >> slot & 1) == 0 || _window[slot] is not { } acknowledged)
                continue;
            if (acknowledged.SendCount == 1)
                sample = Owner.ArrivedAt - acknowledged.SentAt;
            Acknowledge(slot, acknowledged);
        }
        if (sample is { } elapsed)
            Owner.SampleRoundTrip(elapsed);
        while (_first != _next && _window[_first % ProtocolLimits.Window] is null)
            _first = SequenceNumber.Add(_first, 1);
    }

    /// <summary>True when a bit stands for a sequence at or beyond the next new one.</summary>
    bool ClaimsUnsent(ulong bitmap, int start)
    {
        var sent = SequenceNumber.Distance(_next, start);
        if (sent >= ProtocolLimits.Window)
            return false;
        // Turned so that bit i stands for start + i.
        var fromStart = System.Numerics.BitOperations.RotateRight(bitmap, start % ProtocolLimits.Window);
        return fromStart >> sent != 0;
    }

    void Acknowledge(int slot, Packet packet)
    {
        _window![slot] = null;
        // The ack of a resent packet may belong to an earlier sending; then it says nothing about the last one.
        if (packet.SendCount == 1 || Owner.ArrivedAt - packet.SentAt > Owner.RoundTripMean / 2)
            _newestAckedSentAt = Math.Max(_newestAckedSentAt, packet.SentAt);
        Owner.Unqueue(packet.Length);
        Owner.Pool.Return(packet);
    }

    bool FlushWindow()
    {
        while (_queueHead is { } packet && SequenceNumber.Distance(_next, _first) < ProtocolLimits.Window)
        {
            _queueHead = packet.Next;
            packet.Next = null;
            if (_queueHead is null)
                _queueTail = null;
            _window ??= new Packet?[ProtocolLimits.Window];
            ChannelHeader.WriteSequence(packet.Buffer, _next);
            _window[_next % ProtocolLimits.Window] = packet;
            _next = SequenceNumber.Add(_next, 1);
        }
        var inFlight = SequenceNumber.Distance(_next, _first);
        for (var i = 0; i < inFlight; i++)
        {
            if (_window![SequenceNumber.Add(_first, i) % ProtocolLimits.Window] is { } packet)
                SendIfDue(packet);
        }
        return inFlight > 0;
    }

    void SendIfDue(Packet packet)
    {
        var now = Owner.Now;
        if (packet.SendCount == 0)
        {
            packet.FirstSentAt = now;
        }
        else
        {
            var delay = packet.SentAt < _newestAckedSentAt ? Owner.OvertakenDelay : Owner.ResendDelay(packet.SendCount);
            if (now - packet.SentAt < delay)
                return;
            Owner.Count(NetCounter.PacketsResent);
        }
        packet.SentAt = now;
        packet.SendCount++;
        Owner.Emit(packet.Bytes, default);
    }

    bool TrySendFragments(ReadOnlySpan<byte> payload, int chunk)
    {
        var count = (payload.Length + chunk - 1) / chunk;
        if (!Owner.TryQueue(payload.Length + (count * FragmentHeader.PayloadOffset)))
            return false;
        var id = Owner.NextFragmentId();
        for (var index = 0; index < count; index++)
        {
            var part = payload[(index * chunk)..Math.Min(payload.Length, (index + 1) * chunk)];
            var packet = Owner.Pool.Rent(FragmentHeader.PayloadOffset + part.Length);
            WriteHeader(packet, PacketKind.Channeled, isFragment: true);
            new FragmentHeader(id, (ushort)index, (ushort)count).Write(packet.Buffer);
            part.CopyTo(packet.Buffer.AsSpan(FragmentHeader.PayloadOffset));
            Enqueue(packet);
        }
        Owner.Activate(this);
        return true;
    }

    bool TryQueuePlain(ReadOnlySpan<byte> payload)
    {
        var length = ChannelHeader.Bytes + payload.Length;
        if (!Owner.TryQueue(length))
            return false;
        var packet = Owner.Pool.Rent(length);
        WriteHeader(packet, PacketKind.Channeled, isFragment: false);
        payload.CopyTo(packet.Buffer.AsSpan(ChannelHeader.Bytes));
        Enqueue(packet);
        return true;
    }

    bool TryQueueMerged(ReadOnlySpan<byte> payload)
    {
        var length = ChannelHeader.Bytes + EntryReader.LengthBytes + payload.Length;
        if (!Owner.TryQueue(length))
            return false;
        var packet = Owner.Pool.Rent(length);
        WriteHeader(packet, PacketKind.ReliableMerged, isFragment: false);
        WriteEntry(packet.Buffer.AsSpan(ChannelHeader.Bytes), payload);
        Enqueue(packet);
        return true;
    }

    /// <summary>Adds a message to the newest packet that has no sequence yet. Null: it does not fit there.</summary>
    bool? TryAppendToTail(ReadOnlySpan<byte> payload, int mtu)
    {
        var tail = _queueTail;
        if (tail is null || PacketHeader.RawNumber(tail.Buffer) != PacketHeader.Number(PacketKind.ReliableMerged, WireDialect.V2))
            return null;
        var added = EntryReader.LengthBytes + payload.Length;
        var offset = tail.Length;
        if (offset + added + ProtocolLimits.MergeSlack > mtu)
            return null;
        if (!Owner.TryQueue(added))
            return false;
        Owner.Pool.Grow(tail, offset + added);
        WriteEntry(tail.Buffer.AsSpan(offset), payload);
        return true;
    }

    static void WriteEntry(Span<byte> entry, ReadOnlySpan<byte> payload)
    {
        EntryReader.WriteLength(entry, payload.Length);
        payload.CopyTo(entry[EntryReader.LengthBytes..]);
    }

    void WriteHeader(Packet packet, PacketKind kind, bool isFragment) =>
        ChannelHeader.Write(packet.Buffer, PacketHeader.Encode(kind, Owner.Dialect, Owner.ConnectionNumber, isFragment), 0, Id);

    void Enqueue(Packet packet)
    {
        if (_queueTail is null)
            _queueHead = packet;
        else
            _queueTail.Next = packet;
        _queueTail = packet;
    }

    void ReleaseOutgoing()
    {
        for (var packet = _queueHead; packet is not null; packet = packet.Next)
            Owner.Unqueue(packet.Length);
        Owner.Pool.ReturnAll(_queueHead);
        _queueHead = _queueTail = null;
        if (_window is null)
            return;
        foreach (var packet in _window)
        {
            if (packet is null)
                continue;
            Owner.Unqueue(packet.Length);
            Owner.Pool.Return(packet);
        }
        _window = null;
        _first = _next;
    }
}
