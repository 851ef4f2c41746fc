using GameServer.Net.Limits;
using GameServer.Net.Sockets;
using GameServer.Net.Wire;

namespace GameServer.Net;

/// <summary>
/// From the socket to the tick thread. What can be refused without knowing a connection's state is refused here, so that a flood does not
/// get into the queue: wrong sizes and checksums, peers over their rate, strangers with nothing to say.
/// </summary>
public sealed partial class NetHost
{
    /// <summary>How often the receive thread looks whether it should end.</summary>
    static readonly TimeSpan WaitMax = TimeSpan.FromMilliseconds(100);

    /// <summary>How long datagrams may gather in the system's buffer: until a flood of 100 000 a second would have filled it.</summary>
    static readonly TimeSpan GatherTimeMin = TimeSpan.FromMilliseconds(1);
    static readonly TimeSpan GatherTimeMax = TimeSpan.FromMilliseconds(10);
    const double FloodPerSecond = 100_000;

    /// <summary>What the system charges for the longest datagram (measured on Linux).</summary>
    const double ChargedBytesMax = 2304;

    /// <summary>A flood must not keep either thread here for ever.</summary>
    const int BatchesPerDrainMax = 64;

    readonly AddressLimiter _strangers;
    readonly Shield _shield;

    /// <summary>Under <see cref="_receiveGate"/>.</summary>
    FloodGauge _flood;
    readonly DatagramBatch _incoming;
    readonly DatagramBatch _outgoing;
    readonly ManualResetEvent _stopReceiving = new(false);

    /// <summary>Held by whoever moves datagrams from the socket into the ring.</summary>
    readonly Lock _receiveGate = new();

    DatagramRing? _ring;
    Thread? _receiveThread;
    bool _isStarted;

    /// <summary>Without a receive thread: the datagram of <see cref="_incoming"/> that comes next.</summary>
    int _incomingNext;

    /// <summary>With a receive thread: the datagram read in place, to be removed from the ring before the next.</summary>
    bool _isReadingRing;

    int _datagramsThisUpdate;

    void StartReceiving()
    {
        _ring = new DatagramRing(_options.ReceiveQueueBytes);
        _receiveThread = new Thread(ReceiveLoop) { IsBackground = true, Name = "net receive" };
        _receiveThread.Start();
    }

    void StopReceiving()
    {
        _stopReceiving.Set();
        _receiveThread?.Join();
        _receiveThread = null;
        _stopReceiving.Dispose();
    }

    /// <summary>
    /// The whole receive thread. It keeps the system's small buffer from overflowing between ticks and otherwise stays out of the way: after
    /// each drain it lets datagrams gather, because waking up for every one would cost more than the rest of their handling. The tick
    /// thread empties the socket itself before it finds that there is nothing to do, so the pause delays nobody.
    /// </summary>
    void ReceiveLoop()
    {
        var socket = Socket;
        var untilFull = TimeSpan.FromSeconds(socket.ReceiveBufferBytes / ChargedBytesMax / FloodPerSecond);
        var gatherTime = untilFull < GatherTimeMin ? GatherTimeMin : untilFull > GatherTimeMax ? GatherTimeMax : untilFull;
        do
        {
            if (socket.WaitForDatagram(WaitMax))
                Drain(socket);
        }
        while (!_stopReceiving.WaitOne(gatherTime));
    }

    /// <summary>Moves everything that has arrived into the ring. Either thread.</summary>
    void Drain(IDatagramSocket socket)
    {
        lock (_receiveGate)
        {
            for (var i = 0; i < BatchesPerDrainMax; i++)
            {
                DrainOnce(socket);
                if (_incoming.Count < _incoming.Capacity)
                    return;
            }
        }
    }

    void DrainOnce(IDatagramSocket socket)
    {
        var errors = socket.Receive(_incoming);
        if (errors > 0)
            Statistics.AddReceiving(NetCounter.ReceiveErrors, errors);
        var now = ReadClock();
        for (var i = 0; i < _incoming.Count; i++)
        {
            if (TryAdmit(i, now, out var datagram) && !_ring!.TryWrite(datagram, _incoming.Addresses[i], now))
                Statistics.AddReceiving(NetCounter.ReceiveQueueFull);
        }
    }

    /// <summary>Decides whether a datagram may go on, and takes its packet layer off.</summary>
    bool TryAdmit(int index, long now, out ArraySegment<byte> datagram)
    {
        var length = _incoming.Lengths[index];
        datagram = new ArraySegment<byte>(_incoming.Buffer, index * DatagramBatch.SlotBytes, Math.Max(length - _layerBytes, 0));
        Statistics.AddReceiving(NetCounter.DatagramsReceived);
        Statistics.AddReceiving(NetCounter.BytesReceived, length);
        ref var address = ref _incoming.Addresses[index];
        if (_peers.TryFind(address, out var peer))
        {
            if (!peer.AdmitInbound(length, now))
                return RefuseReceiving(NetCounter.InboundRate);
        }
        else if (length <= ProtocolLimits.DatagramBytesMax && !MayBegin(datagram))
        {
            return RefuseStranger(address, length == 0 ? NetCounter.DatagramSize : NetCounter.StrangerPacket);
        }
        else if (!_shield.TryAdmit(address, now))
        {
            return RefuseStranger(address, NetCounter.Shielded);
        }
        else if (!_strangers.TryTake(address, now))
        {
            return RefuseStranger(address, NetCounter.StrangerRate);
        }
        if (length is 0 or > ProtocolLimits.DatagramBytesMax)
            return RefuseReceiving(NetCounter.DatagramSize);
        if (_layerBytes > 0 && !Crc32C.Verify(_incoming.Datagram(index)))
            return RefuseReceiving(NetCounter.ChecksumWrong);
        return true;
    }

    bool RefuseStranger(in NetAddress address, NetCounter counter)
    {
        _flood.Add(address);
        return RefuseReceiving(counter);
    }

    bool RefuseReceiving(NetCounter counter)
    {
        Statistics.AddReceiving(counter);
        return false;
    }

    /// <summary>The next datagram, handled. Tick thread.</summary>
    /// <returns>False when there is none, or enough were handled since the last update.</returns>
    bool TryReceiveNext()
    {
        ReleaseRing();
        if (!IsRunning || _datagramsThisUpdate >= _options.DatagramsPerUpdateMax)
            return false;
        if (!TryTakeDatagram(out var datagram, out var from))
            return false;
        _datagramsThisUpdate++;
        Handle(datagram, from);
        return true;
    }

    bool TryTakeDatagram(out ArraySegment<byte> datagram, out NetAddress from)
    {
        if (_ring is null)
            return TryTakeFromSocket(out datagram, out from);
        if (_ring.IsEmpty)
        {
            Drain(Socket);
            _now = ReadClock();
        }
        _isReadingRing = _ring.TryPeek(out datagram, out from, out var arrivedAt);
        if (!_isReadingRing)
            return false;
        _arrivedAt = arrivedAt;
        // The clock is read once per drain; while datagrams lie waiting, time goes on at their pace.
        _now = Math.Max(_now, _arrivedAt);
        return true;
    }

    bool TryTakeFromSocket(out ArraySegment<byte> datagram, out NetAddress from)
    {
        while (true)
        {
            if (_incomingNext >= _incoming.Count && !TryFillFromSocket())
            {
                datagram = default;
                from = default;
                return false;
            }
            var index = _incomingNext++;
            if (!TryAdmit(index, _now, out datagram))
                continue;
            from = _incoming.Addresses[index];
            return true;
        }
    }

    bool TryFillFromSocket()
    {
        _incomingNext = 0;
        var errors = Socket.Receive(_incoming);
        if (errors > 0)
            Statistics.AddReceiving(NetCounter.ReceiveErrors, errors);
        _now = _arrivedAt = ReadClock();
        return _incoming.Count > 0;
    }

    void ReleaseRing()
    {
        if (!_isReadingRing)
            return;
        _isReadingRing = false;
        _ring!.Advance();
    }
}
