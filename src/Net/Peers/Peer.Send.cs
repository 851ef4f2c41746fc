using GameServer.Net.Channels;
using GameServer.Net.Limits;
using GameServer.Net.Wire;

namespace GameServer.Net.Peers;

/// <summary>The way out: what channels need from their connection, and merging of packets into datagrams.</summary>
public sealed partial class Peer
{
    readonly List<Channel> _active = [];
    FragmentAssembler? _assembler;
    RoundTrip _roundTrip;
    TokenBucket _messages;
    TokenBucket _violations;
    int _mtu;
    ushort _fragmentId;
    int _heldBytes;
    int _incompleteBytes;
    DisconnectReason? _failure;

    /// <summary>Packets waiting to share a datagram: byte 0 of the container, then length and bytes of each.</summary>
    Packet? _merge;
    int _mergeCount;

    long IChannelOwner.Now => _host.Now;

    long IChannelOwner.ArrivedAt => _host.ArrivedAt;

    PacketPool IChannelOwner.Pool => _host.Pool;

    int IChannelOwner.Mtu => _mtu;

    FragmentAssembler IChannelOwner.Assembler => _assembler ??= new FragmentAssembler(
        this, _host.Options.MessageBytesMax, _host.Options.IncompleteMessagesMax, _host.Options.UnackedAgeMax.Ticks);

    void IChannelOwner.Emit(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload) => Emit(header, payload);

    void IChannelOwner.Deliver(ArraySegment<byte> payload, DeliveryMethod method, byte channel) => Deliver(payload, method, channel);

    void IChannelOwner.ReturnAfterDelivery(Packet packet) =>
        _host.Raise(new PeerEvent { Kind = PeerEventKind.Release, Subject = packet });

    void IChannelOwner.ReturnAfterDelivery(byte[] rented) =>
        _host.Raise(new PeerEvent { Kind = PeerEventKind.Release, Subject = rented });

    void IChannelOwner.Activate(Channel channel)
    {
        if (channel.IsActive)
            return;
        channel.IsActive = true;
        _active.Add(channel);
    }

    long IChannelOwner.ResendDelay(int sendCount) => _roundTrip.ResendDelay(sendCount);

    long IChannelOwner.OvertakenDelay => _roundTrip.OvertakenDelay;

    long IChannelOwner.RoundTripMean => _roundTrip.Mean;

    void IChannelOwner.SampleRoundTrip(long elapsed) => _roundTrip.Add(elapsed);

    bool IChannelOwner.TryHold(int bytes)
    {
        if (_heldBytes + bytes > _host.Options.HeldBytesMax || !_host.TryTakeReceiveMemory(bytes))
            return false;
        _heldBytes += bytes;
        return true;
    }

    void IChannelOwner.Unhold(int bytes)
    {
        _heldBytes -= bytes;
        _host.GiveReceiveMemory(bytes);
    }

    bool IChannelOwner.TryAssemble(int bytes)
    {
        if (_incompleteBytes + bytes > _host.Options.IncompleteBytesMax || !_host.TryTakeReceiveMemory(bytes))
            return false;
        _incompleteBytes += bytes;
        return true;
    }

    void IChannelOwner.Unassemble(int bytes)
    {
        _incompleteBytes -= bytes;
        _host.GiveReceiveMemory(bytes);
    }

    bool IChannelOwner.TryQueue(int bytes)
    {
        // One message of the largest size always fits into an empty queue, whatever its headers add.
        if ((QueuedBytes > 0 && QueuedBytes + bytes > _host.Options.SendQueueBytesMax) || !_host.TryTakeSendMemory(bytes))
            return false;
        QueuedBytes += bytes;
        return true;
    }

    void IChannelOwner.Unqueue(int bytes)
    {
        QueuedBytes -= bytes;
        _host.GiveSendMemory(bytes);
    }

    ushort IChannelOwner.NextFragmentId() => ++_fragmentId;

    void IChannelOwner.Count(NetCounter counter) => Count(counter);

    void IChannelOwner.Violation(NetCounter counter) => Violation(counter);

    void IChannelOwner.Fail(DisconnectReason reason) => Fail(reason);

    void Count(NetCounter counter)
    {
        _host.Statistics.Add(counter);
        if (counter != NetCounter.PacketsResent)
            return;
        _statistics.PacketsResent++;
        _roundTrip.BackOff(_host.Now);
    }

    void Violation(NetCounter counter)
    {
        Count(counter);
        _statistics.Violations++;
        if (_violations.TryTake(1, 10, _host.Options.ViolationsMax, _host.Now))
            return;
        if (_failure is null)
            Count(NetCounter.ViolationLimit);
        Fail(DisconnectReason.ProtocolViolation);
    }

    /// <summary>Notes the first reason to end the connection; it is acted upon where nothing is being walked through.</summary>
    void Fail(DisconnectReason reason) => _failure ??= reason;

    void Deliver(ArraySegment<byte> payload, DeliveryMethod method, byte channel)
    {
        if (!_messages.TryTake(1, _host.Options.PeerMessagesPerSecond, _host.Options.PeerMessagesPerSecond, _host.Now))
        {
            Count(NetCounter.MessageRate);
            if (method is DeliveryMethod.ReliableOrdered or DeliveryMethod.ReliableUnordered)
                Fail(DisconnectReason.InboundLimit);
            return;
        }
        _statistics.MessagesReceived++;
        Count(NetCounter.MessagesReceived);
        _host.Raise(new PeerEvent { Kind = PeerEventKind.Received, Peer = this, Payload = payload, Method = method, Channel = channel });
    }

    /// <summary>Adds a packet to the datagram being filled, or sends it alone when it is nearly one itself.</summary>
    void Emit(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        var length = header.Length + payload.Length;
        var entry = EntryReader.LengthBytes + length;
        if (length + EntryReader.LengthBytes + 1 + ProtocolLimits.MergeSlack >= _mtu)
        {
            SendDatagram(header, payload);
            return;
        }
        if (_merge is not null && _merge.Length + entry > _mtu)
            FlushMerge();
        if (_merge is null)
        {
            _merge = _host.Pool.Rent(ProtocolLimits.DatagramBytesMax);
            _merge.Length = 1;
            _mergeCount = 0;
        }
        var target = _merge.Buffer.AsSpan(_merge.Length);
        EntryReader.WriteLength(target, length);
        header.CopyTo(target[EntryReader.LengthBytes..]);
        payload.CopyTo(target[(EntryReader.LengthBytes + header.Length)..]);
        _merge.Length += entry;
        _mergeCount++;
    }

    void FlushMerge()
    {
        if (_merge is not { } packet)
            return;
        _merge = null;
        if (_mergeCount == 1)
        {
            SendDatagram(packet.Bytes[(1 + EntryReader.LengthBytes)..], default);
        }
        else
        {
            packet.Buffer[0] = PacketHeader.Encode(PacketKind.Merged, Dialect, _connectionNumber);
            SendDatagram(packet.Bytes, default);
        }
        _host.Pool.Return(packet);
    }

    void SendDatagram(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        _statistics.DatagramsSent++;
        _statistics.BytesSent += header.Length + payload.Length + _host.LayerBytes;
        _host.SendDatagram(header, payload, Address);
    }

    void FlushChannels()
    {
        var kept = 0;
        for (var i = 0; i < _active.Count; i++)
        {
            var channel = _active[i];
            if (channel.Flush())
                _active[kept++] = channel;
            else
                channel.IsActive = false;
        }
        _active.RemoveRange(kept, _active.Count - kept);
        FlushMerge();
    }

    void ReleaseTraffic()
    {
        foreach (var channel in _channels)
            channel?.Release();
        _channels = [];
        _active.Clear();
        _assembler?.Release();
        _assembler = null;
        if (_merge is not null)
            _host.Pool.Return(_merge);
        _merge = null;
    }
}
