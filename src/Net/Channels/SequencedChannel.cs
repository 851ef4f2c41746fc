using GameServer.Net.Wire;

namespace GameServer.Net.Channels;

/// <summary>
/// Sequenced and ReliableSequenced: the newest message wins. The reliable kind acknowledges, and repeats its last packet until it is
/// acknowledged. Source: wire specification, section 7.
/// </summary>
/// <remarks>
/// Clients of the 2.x "Lite" API treat Sequenced like ReliableSequenced, so a doubled Sequenced packet is answered with an ack; everyone
/// else ignores that. They never acknowledge ReliableSequenced, so the repeats end after a while.
/// </remarks>
sealed class SequencedChannel : Channel
{
    /// <summary>Repeats of one packet end after this time: some clients never acknowledge.</summary>
    static readonly long RepeatTicksMax = TimeSpan.FromSeconds(30).Ticks;

    readonly bool _isReliable;
    int _lastSent;
    int _lastReceived;
    bool _ackOwed;

    /// <summary>Reliable only: the last packet sent, until acknowledged.</summary>
    Packet? _unacknowledged;

    public SequencedChannel(IChannelOwner owner, byte id)
        : base(owner, id) => _isReliable = Method == DeliveryMethod.ReliableSequenced;

    /// <summary>For tests that start near the end of the sequence space.</summary>
    internal void StartAt(int lastSent, int lastReceived) => (_lastSent, _lastReceived) = (lastSent, lastReceived);

    /// <inheritdoc/>
    public override bool TrySend(ReadOnlySpan<byte> payload)
    {
        if (_isReliable && !TryKeep(payload))
            return false;
        _lastSent = SequenceNumber.Add(_lastSent, 1);
        Span<byte> header = stackalloc byte[ChannelHeader.Bytes];
        ChannelHeader.Write(
            header, PacketHeader.Encode(PacketKind.Channeled, Owner.Dialect, Owner.ConnectionNumber), _lastSent, Id);
        Owner.Emit(header, payload);
        if (_unacknowledged is { } packet)
        {
            header.CopyTo(packet.Buffer);
            packet.FirstSentAt = packet.SentAt = Owner.Now;
            packet.SendCount = 1;
            Owner.Activate(this);
        }
        return true;
    }

    /// <inheritdoc/>
    public override void Receive(in PacketHeader header, ArraySegment<byte> packet)
    {
        var sequence = ChannelHeader.Sequence(packet);
        if (!SequenceNumber.IsValid(sequence) || header.IsFragment || header.Kind != PacketKind.Channeled)
        {
            Owner.Violation(NetCounter.SequencedMalformed);
            return;
        }
        var ahead = SequenceNumber.Distance(sequence, _lastReceived);
        if (_isReliable || ahead == 0)
        {
            _ackOwed = true;
            Owner.Activate(this);
        }
        if (ahead <= 0)
        {
            Owner.Count(NetCounter.DuplicatesReceived);
            return;
        }
        _lastReceived = sequence;
        Owner.Deliver(packet[ChannelHeader.Bytes..], Method, Number);
    }

    /// <inheritdoc/>
    public override void ReceiveAck(ReadOnlySpan<byte> packet)
    {
        if (packet.Length != AckPacket.SequencedBytes)
        {
            Owner.Violation(NetCounter.AckMalformed);
            return;
        }
        if (_unacknowledged is not { } kept || ChannelHeader.Sequence(packet) != _lastSent)
            return;
        if (kept.SendCount == 1)
            Owner.SampleRoundTrip(Owner.ArrivedAt - kept.SentAt);
        Forget();
    }

    /// <inheritdoc/>
    public override bool Flush()
    {
        if (_ackOwed)
            SendAck();
        if (_unacknowledged is not { } packet)
            return false;
        if (Owner.Now - packet.FirstSentAt > RepeatTicksMax)
        {
            Owner.Count(NetCounter.RepeatsGivenUp);
            Forget();
            return false;
        }
        if (Owner.Now - packet.SentAt >= Owner.ResendDelay(packet.SendCount))
        {
            packet.SentAt = Owner.Now;
            packet.SendCount++;
            Owner.Count(NetCounter.PacketsResent);
            Owner.Emit(packet.Bytes, default);
        }
        return true;
    }

    /// <inheritdoc/>
    public override void Release() => Forget();

    void SendAck()
    {
        Span<byte> ack = stackalloc byte[AckPacket.SequencedBytes];
        ChannelHeader.Write(ack, PacketHeader.Encode(PacketKind.Ack, Owner.Dialect, Owner.ConnectionNumber), _lastReceived, Id);
        Owner.Emit(ack, default);
        _ackOwed = false;
    }

    bool TryKeep(ReadOnlySpan<byte> payload)
    {
        Forget();
        if (!Owner.TryQueue(ChannelHeader.Bytes + payload.Length))
            return false;
        _unacknowledged = Owner.Pool.Rent(ChannelHeader.Bytes + payload.Length);
        payload.CopyTo(_unacknowledged.Buffer.AsSpan(ChannelHeader.Bytes));
        return true;
    }

    void Forget()
    {
        if (_unacknowledged is null)
            return;
        Owner.Unqueue(_unacknowledged.Length);
        Owner.Pool.Return(_unacknowledged);
        _unacknowledged = null;
    }
}
