using System.Buffers.Binary;
using GameServer.Net.Sockets;

namespace GameServer.Net.Tests.Simulation;

/// <summary>
/// A client that behaves as the wire specification says a real one does, with its haste (27 ms to the first resend, no back-off), its merging and
/// its gaps in checking. Written from the specification alone and sharing nothing with our host, so that a mistake of ours does not meet itself on
/// the other side.
/// </summary>
sealed class StockPeer
{
    const int Window = 64;
    const int Mtu = 1024;
    const int Slack = 20;

    readonly World _world;
    readonly SimulatedSocket _socket;
    readonly NetAddress _address;
    readonly NetAddress _target;
    readonly bool _isV2;
    readonly SortedDictionary<int, ChannelState> _channels = [];
    readonly Queue<byte[]> _unreliable = new();
    readonly Dictionary<int, Assembly> _assemblies = [];
    readonly List<byte[]> _merge = [];
    readonly byte[] _request;
    int _mergeBytes = 1;
    int _connectionNumber;
    ushort _fragmentId;
    ushort _pingSequence = 1;
    ushort _lastPing;
    double _pingSentAt;
    bool _isPingOpen;
    double _nextPing;
    double _nextRequest;
    double _heardAt;
    double _roundTripSum;
    int _roundTripCount;

    public StockPeer(World world, WireDialect dialect, Node server, string address = "10.0.0.9", long time = 5000)
    {
        _world = world;
        _isV2 = dialect == WireDialect.V2;
        _socket = world.Network.Open(address);
        _address = NetAddress.From(_socket.LocalEndPoint);
        _target = Addresses.Of(server);
        _request = new byte[34];
        _request[0] = First(6);
        BinaryPrimitives.WriteInt32LittleEndian(_request.AsSpan(1), 13);
        BinaryPrimitives.WriteInt64LittleEndian(_request.AsSpan(5), time);
        _request[17] = 16;
        _request[18] = 2;
        _heardAt = Now;
    }

    public bool IsConnected { get; private set; }

    /// <summary>Why it ended; null while it has not.</summary>
    public string? Ended { get; private set; }

    /// <summary>Called for every message.</summary>
    public required NetMessageReceiver OnMessage { get; init; }

    /// <summary>True while something is queued or not acknowledged.</summary>
    public bool IsSending => _channels.Values.Any(c => c.Queue.Count > 0 || c.First != c.Next || c.Last is not null);

    double Now => _world.Time.Elapsed.TotalMilliseconds;

    double ResendDelay => _roundTripCount == 0 ? 27 : 25 + (2.1 * (int)(_roundTripSum / _roundTripCount));

    public bool Send(byte[] payload, DeliveryMethod method, byte channel)
    {
        if (method == DeliveryMethod.Unreliable)
        {
            _unreliable.Enqueue(payload);
            return true;
        }
        var state = Channel((channel * 4) + (int)method);
        if (!state.IsReliable || payload.Length + 4 <= Mtu)
        {
            state.Queue.Enqueue((payload, null));
            return true;
        }
        const int Chunk = Mtu - 10;
        var count = (payload.Length + Chunk - 1) / Chunk;
        _fragmentId++;
        for (var i = 0; i < count; i++)
        {
            var header = new byte[6];
            BinaryPrimitives.WriteUInt16LittleEndian(header, _fragmentId);
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(2), (ushort)i);
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(4), (ushort)count);
            state.Queue.Enqueue((payload[(i * Chunk)..Math.Min(payload.Length, (i + 1) * Chunk)], header));
        }
        return true;
    }

    /// <summary>One update of 15 ms.</summary>
    public void Step()
    {
        while (_socket.TryTake(out var datagram, out _))
        {
            if (Ended is null && datagram.Length is > 0 and <= 1432)
                ReceiveDatagram(datagram);
        }
        if (Ended is not null)
            return;
        if (!IsConnected)
        {
            if (Now >= _nextRequest)
                Carry(_request);
            _nextRequest = Now >= _nextRequest ? Now + 500 : _nextRequest;
            return;
        }
        if (Now - _heardAt > 5000)
        {
            Ended = "timeout";
            return;
        }
        if (Now >= _nextPing)
            Ping();
        foreach (var channel in _channels.Values)
            channel.Flush(this);
        while (_unreliable.TryDequeue(out var payload))
            Emit([First(0), .. payload]);
        FlushMerge();
    }

    /// <summary>Byte 0 of a packet given by its number in dialect 2.</summary>
    byte First(int number, bool isFragment = false) =>
        (byte)((!_isV2 && number > 1 ? number - 1 : number) | (_connectionNumber << 5) | (isFragment ? 0x80 : 0));

    /// <summary>The number in dialect 2 of a received packet; −1 for none.</summary>
    int Kind(byte first)
    {
        var number = first & 0x1F;
        return _isV2 ? (number <= 18 ? number : -1) : number < 2 ? number : number <= 17 ? number + 1 : -1;
    }

    void Carry(byte[] datagram) => _world.Network.Carry(_address, _target, datagram);

    void Ping()
    {
        if (_isPingOpen)
            Sample(Now - _pingSentAt);
        _nextPing = Now + 1000;
        _pingSentAt = Now;
        _isPingOpen = true;
        _pingSequence++;
        Carry([First(4), (byte)_pingSequence, (byte)(_pingSequence >> 8)]);
    }

    void Sample(double milliseconds)
    {
        _roundTripSum += Math.Floor(milliseconds);
        if (++_roundTripCount > 4)
            (_roundTripSum, _roundTripCount) = (Math.Floor(_roundTripSum / _roundTripCount), 1);
    }

    void ReceiveDatagram(byte[] datagram)
    {
        var kind = Kind(datagram[0]);
        if (!IsConnected)
        {
            if (kind == 7 && datagram.Length == 15 && datagram.AsSpan(1, 8).SequenceEqual(_request.AsSpan(5, 8)))
            {
                _connectionNumber = datagram[9];
                IsConnected = true;
                _heardAt = Now;
            }
            else if (kind == 8 && datagram.Length >= 9)
            {
                Ended = "rejected";
            }
            return;
        }
        if (kind == 8 && datagram.Length >= 9 && datagram.AsSpan(1, 8).SequenceEqual(_request.AsSpan(5, 8)))
            Ended = "closed: " + System.Text.Encoding.Latin1.GetString(datagram.AsSpan(9));
        else if (kind is not (6 or 7 or 15 or 16))
            Receive(datagram);
    }

    void Receive(ReadOnlySpan<byte> packet)
    {
        var kind = Kind(packet[0]);
        if (((packet[0] >> 5) & 3) != _connectionNumber)
            return;
        _heardAt = Now;
        switch (kind)
        {
            case 13:
                for (var at = 1; at + 2 <= packet.Length;)
                {
                    int length = BinaryPrimitives.ReadUInt16LittleEndian(packet[at..]);
                    Assert.InRange(length, 1, packet.Length - at - 2);
                    Assert.Contains(Kind(packet[at + 2]), (int[])[0, 1, 2, 3]);
                    Receive(packet.Slice(at + 2, length));
                    at += 2 + length;
                }
                break;
            case 4:
                var ping = BinaryPrimitives.ReadUInt16LittleEndian(packet[1..]);
                if ((((ping - _lastPing) + 49152) % 32768) - 16384 <= 0)
                    return;
                _lastPing = ping;
                Carry([First(5), packet[1], packet[2], 0, 0, 0, 0, 0, 0, 0, 0]);
                break;
            case 5 when BinaryPrimitives.ReadUInt16LittleEndian(packet[1..]) == _pingSequence && _isPingOpen:
                _isPingOpen = false;
                Sample(Now - _pingSentAt);
                break;
            case 0:
                OnMessage(packet[1..], DeliveryMethod.Unreliable, 0);
                break;
            case 3:
                Channel(packet[3]).ReceiveAck(packet);
                break;
            case 1 or 2:
                Assert.True(kind == 1 || _isV2, "a merged reliable message for a 1.x client");
                Channel(packet[3]).Receive(this, packet, kind == 2);
                break;
        }
    }

    void Deliver(ReadOnlySpan<byte> packet, int id, bool isMerged)
    {
        var method = (DeliveryMethod)(id % 4);
        var channel = (byte)(id / 4);
        if (isMerged)
        {
            for (var at = 4; at + 2 <= packet.Length;)
            {
                int length = BinaryPrimitives.ReadUInt16LittleEndian(packet[at..]);
                // A real client would lose this and all behind it.
                Assert.InRange(length, 1, packet.Length - at - 2);
                OnMessage(packet.Slice(at + 2, length), method, channel);
                at += 2 + length;
            }
        }
        else if ((packet[0] & 0x80) != 0)
        {
            Assemble(packet, id);
        }
        else
        {
            OnMessage(packet[4..], method, channel);
        }
    }

    void Assemble(ReadOnlySpan<byte> packet, int id)
    {
        var fragment = BinaryPrimitives.ReadUInt16LittleEndian(packet[4..]);
        int index = BinaryPrimitives.ReadUInt16LittleEndian(packet[6..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(packet[8..]);
        if (!_assemblies.TryGetValue(fragment, out var assembly))
            _assemblies[fragment] = assembly = new Assembly(new byte[count][], id);
        Assert.Equal((assembly.Parts.Length, assembly.Channel), (count, id));
        Assert.Null(assembly.Parts[index]);
        assembly.Parts[index] = packet[10..].ToArray();
        if (assembly.Parts.Any(p => p is null))
            return;
        _assemblies.Remove(fragment);
        Assert.All(assembly.Parts[..^1], p => Assert.Equal(assembly.Parts[0].Length, p.Length));
        OnMessage([.. assembly.Parts.SelectMany(p => p)], (DeliveryMethod)(id % 4), (byte)(id / 4));
    }

    void Emit(byte[] packet)
    {
        if (packet.Length + 3 + Slack >= Mtu)
        {
            Carry(packet);
            return;
        }
        if (_mergeBytes + packet.Length + 2 > Mtu)
            FlushMerge();
        _merge.Add(packet);
        _mergeBytes += packet.Length + 2;
    }

    void FlushMerge()
    {
        if (_merge.Count == 1)
            Carry(_merge[0]);
        else if (_merge.Count > 1)
            Carry([First(13), .. _merge.SelectMany(p => (byte[])[(byte)p.Length, (byte)(p.Length >> 8), .. p])]);
        _merge.Clear();
        _mergeBytes = 1;
    }

    ChannelState Channel(int id) => _channels.TryGetValue(id, out var channel) ? channel : _channels[id] = new ChannelState(id);

    static int Distance(int a, int b)
    {
        var d = (a - b) & 0x7FFF;
        return d >= 0x4000 ? d - 0x8000 : d;
    }

    sealed record Assembly(byte[][] Parts, int Channel);

    sealed class ChannelState(int id)
    {
        readonly (byte[]? Packet, double SentAt)[] _slots = new (byte[]?, double)[Window];
        readonly byte[]?[] _held = new byte[]?[Window];
        readonly bool[] _received = new bool[Window];
        readonly bool[] _delivered = new bool[Window];
        bool _isAckOwed;
        int _start;
        int _expected;
        int _lastReceived;
        int _lastSent;

        public Queue<(byte[] Payload, byte[]? Fragment)> Queue { get; } = new();

        public int First { get; private set; }

        public int Next { get; private set; }

        /// <summary>ReliableSequenced: sent and not acknowledged.</summary>
        public (byte[] Packet, double SentAt)? Last { get; private set; }

        public bool IsReliable => id % 4 is 0 or 2;

        public void Flush(StockPeer peer)
        {
            if (_isAckOwed)
                SendAck(peer);
            if (!IsReliable)
            {
                FlushSequenced(peer);
                return;
            }
            while (Queue.Count > 0 && Distance(Next, First) < Window)
            {
                _slots[Next % Window] = (Build(peer), double.NegativeInfinity);
                Next = (Next + 1) & 0x7FFF;
            }
            for (var sequence = First; sequence != Next; sequence = (sequence + 1) & 0x7FFF)
            {
                ref var slot = ref _slots[sequence % Window];
                if (slot.Packet is null || peer.Now - slot.SentAt < peer.ResendDelay)
                    continue;
                slot.SentAt = peer.Now;
                peer.Emit(slot.Packet);
            }
        }

        public void ReceiveAck(ReadOnlySpan<byte> packet)
        {
            int start = BinaryPrimitives.ReadUInt16LittleEndian(packet[1..]);
            if (!IsReliable)
            {
                Assert.Equal(4, packet.Length);
                if (Last is not null && start == _lastSent)
                    Last = null;
                return;
            }
            Assert.Equal(13, packet.Length);
            if (start >= 32768 || Distance(First, start) is < 0 or >= Window)
                return;
            for (var sequence = First; sequence != Next && Distance(sequence, start) < Window; sequence = (sequence + 1) & 0x7FFF)
            {
                var slot = sequence % Window;
                if ((packet[4 + (slot / 8)] >> (slot % 8) & 1) == 0)
                    continue;
                _slots[slot].Packet = null;
                if (sequence == First)
                    First = (First + 1) & 0x7FFF;
            }
        }

        public void Receive(StockPeer peer, ReadOnlySpan<byte> packet, bool isMerged)
        {
            int sequence = BinaryPrimitives.ReadUInt16LittleEndian(packet[1..]);
            Assert.True(sequence < 32768);
            if (!IsReliable)
            {
                _isAckOwed |= id % 4 == 3;
                if (Distance(sequence, _lastReceived) <= 0)
                    return;
                _lastReceived = sequence;
                peer.OnMessage(packet[4..], (DeliveryMethod)(id % 4), (byte)(id / 4));
                return;
            }
            Assert.True(Distance(sequence, _expected) < Window, "beyond the window of a real receiver");
            var ahead = Distance(sequence, _start);
            if (ahead is < 0 or >= 2 * Window)
                return;
            if (ahead >= Window)
            {
                for (var to = (sequence - Window + 1) & 0x7FFF; _start != to; _start = (_start + 1) & 0x7FFF)
                    _received[_start % Window] = false;
            }
            _isAckOwed = true;
            if (_received[sequence % Window])
                return;
            _received[sequence % Window] = true;
            if (sequence != _expected)
            {
                if (id % 4 == 2)
                    _held[sequence % Window] = packet.ToArray();
                else
                    _delivered[sequence % Window] = true;
                if (id % 4 == 0)
                    peer.Deliver(packet, id, isMerged);
                return;
            }
            peer.Deliver(packet, id, isMerged);
            _expected = (_expected + 1) & 0x7FFF;
            while (true)
            {
                var slot = _expected % Window;
                if (_held[slot] is { } held)
                {
                    _held[slot] = null;
                    peer.Deliver(held, id, peer.Kind(held[0]) == 2);
                }
                else if (_delivered[slot])
                {
                    _delivered[slot] = false;
                }
                else
                {
                    return;
                }
                _expected = (_expected + 1) & 0x7FFF;
            }
        }

        byte[] Build(StockPeer peer)
        {
            var (payload, fragment) = Queue.Dequeue();
            byte[] head = [(byte)Next, (byte)(Next >> 8), (byte)id];
            if (fragment is not null)
                return [peer.First(1, isFragment: true), .. head, .. fragment, .. payload];
            if (!peer._isV2 || payload.Length + 2 > Mtu - 4)
                return [peer.First(1), .. head, .. payload];
            var entries = new List<byte> { (byte)payload.Length, (byte)(payload.Length >> 8) };
            entries.AddRange(payload);
            while (Queue.TryPeek(out var more) && more.Fragment is null && entries.Count + 2 + more.Payload.Length + Slack <= Mtu - 4)
            {
                Queue.Dequeue();
                entries.AddRange([(byte)more.Payload.Length, (byte)(more.Payload.Length >> 8), .. more.Payload]);
            }
            return [peer.First(2), .. head, .. entries];
        }

        void FlushSequenced(StockPeer peer)
        {
            while (Queue.TryDequeue(out var message))
            {
                _lastSent = (_lastSent + 1) & 0x7FFF;
                byte[] packet = [peer.First(1), (byte)_lastSent, (byte)(_lastSent >> 8), (byte)id, .. message.Payload];
                peer.Emit(packet);
                Last = id % 4 == 3 ? (packet, peer.Now) : null;
            }
            if (Last is not { } last || peer.Now - last.SentAt < peer.ResendDelay)
                return;
            Last = (last.Packet, peer.Now);
            peer.Emit(last.Packet);
        }

        void SendAck(StockPeer peer)
        {
            _isAckOwed = false;
            if (!IsReliable)
            {
                peer.Emit([peer.First(3), (byte)_lastReceived, (byte)(_lastReceived >> 8), (byte)id]);
                return;
            }
            var ack = new byte[13];
            (ack[0], ack[1], ack[2], ack[3]) = (peer.First(3), (byte)_start, (byte)(_start >> 8), (byte)id);
            for (var slot = 0; slot < Window; slot++)
                ack[4 + (slot / 8)] |= (byte)((_received[slot] ? 1 : 0) << (slot % 8));
            peer.Emit(ack);
        }
    }
}

delegate void NetMessageReceiver(ReadOnlySpan<byte> payload, DeliveryMethod method, byte channel);
