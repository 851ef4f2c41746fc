using System.Buffers;
using System.Net;
using GameServer.Net.Limits;
using GameServer.Net.Peers;
using GameServer.Net.Sockets;
using GameServer.Net.Wire;

namespace GameServer.Net;

/// <summary>
/// One UDP port and everything that is connected through it, as server, client or both. Speaks the LiteNetLib wire protocol, lines 1.x
/// and 2.x at the same time.
/// </summary>
/// <remarks>
/// <para>
/// All members belong to one thread, the tick thread; only <see cref="Statistics"/> may be read anywhere. A thread of the host's own
/// drains the socket into a bounded queue and does nothing else.
/// </para>
/// <para>A tick: <see cref="Poll"/> until it returns false, work, send, <see cref="Update"/> once.</para>
/// <para>Nothing that arrives from the network raises an exception.</para>
/// </remarks>
public sealed partial class NetHost : IDisposable
{
    readonly NetHostOptions _options;
    readonly TimeProvider _time;
    readonly long _startTimestamp;
    readonly PacketPool _pool;
    readonly PeerTable _peers = new();
    readonly Queue<PeerEvent> _events = new();
    readonly AddressLimiter _answers;
    readonly Random? _proofRandom;
    readonly int _layerBytes;
    IDatagramSocket? _socket;
    long _now;
    long _arrivedAt;
    long _lastConnectTime;
    bool _isStopped;

    /// <summary>Within <see cref="Service"/>: what is raised must outlive its datagram.</summary>
    bool _isServicing;
    bool _areEventsCopied;

    /// <param name="options">All choices; checked here.</param>
    /// <param name="time">Clock; the system's when null.</param>
    /// <param name="socket">Network; real UDP, bound as the options say, when null. The host disposes it.</param>
    /// <exception cref="ArgumentException">Options that cannot be used; the message names every one.</exception>
    public NetHost(NetHostOptions options, TimeProvider? time = null, IDatagramSocket? socket = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate() is { Count: > 0 } problems)
            throw new ArgumentException(string.Join("; ", problems), nameof(options));
        ProtocolLimits.AssertRelations();
        _options = options;
        _time = time ?? TimeProvider.System;
        _startTimestamp = _time.GetTimestamp();
        _socket = socket;
        _pool = new PacketPool(options.PooledPacketsMax);
        _layerBytes = options.UseChecksum ? ProtocolLimits.ChecksumBytes : 0;
        _answers = new AddressLimiter(options.AnswersPerSecond, options.AnswersPerNetworkPerSecond);
        _strangers = new AddressLimiter(options.StrangersPerSecond, options.StrangersPerNetworkPerSecond);
        _shield = new Shield(options.ShieldPerSecond, options.ShieldPerNetworkPerSecond);
        _proofRandom = options.ProofSeed is { } seed ? new Random(seed) : null;
        _incoming = new DatagramBatch(options.BatchDatagrams);
        _outgoing = new DatagramBatch(options.BatchDatagrams);
        // Host time begins a minute in, so that "long ago" is a valid time.
        _now = _arrivedAt = ReadClock();
    }

    /// <summary>Everything counted so far. Any thread.</summary>
    public NetStatistics Statistics { get; } = new();

    /// <summary>Connected peers, in no particular order. Disconnecting one while walking through changes the list: walk backwards.</summary>
    public IReadOnlyList<Peer> Peers => _peers.Connected;

    /// <summary>How many peers are connected.</summary>
    public int PeerCount => _peers.Connected.Count;

    /// <summary>
    /// For the time of an attack: strangers from networks that never had a connected peer share a small rate, and every address is proven before the
    /// application is asked. Connected peers notice nothing.
    /// </summary>
    public bool IsShielded
    {
        get => _shield.IsOn;
        set => _shield.IsOn = value;
    }

    /// <summary>What was refused of strangers since the last call, and who sent most of it.</summary>
    public NetFlood TakeFlood()
    {
        lock (_receiveGate)
            return _flood.Take();
    }

    /// <summary>True between <see cref="Start"/> and <see cref="Stop"/>.</summary>
    public bool IsRunning => _isStarted && !_isStopped;

    /// <summary>Where the host is bound.</summary>
    /// <exception cref="InvalidOperationException">Not started.</exception>
    public IPEndPoint LocalEndPoint => Socket.LocalEndPoint;

    /// <summary>The port the host is bound to.</summary>
    /// <exception cref="InvalidOperationException">Not started.</exception>
    public int LocalPort => LocalEndPoint.Port;

    IDatagramSocket Socket => _socket ?? throw new InvalidOperationException("The host was not started.");

    /// <summary>Opens the socket and begins to receive.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The port is in use, or the address is not ours.</exception>
    /// <exception cref="InvalidOperationException">Already started once.</exception>
    public void Start()
    {
        if (_isStarted)
            throw new InvalidOperationException("A host is started once.");
        _socket ??= OpenSocket();
        _isStarted = true;
        _now = ReadClock();
        if (_options.UseReceiveThread)
            StartReceiving();
    }

    /// <summary>Client: begins to connect. A Connected or Disconnected event follows within <see cref="NetHostOptions.ConnectInterval"/> × retries.</summary>
    /// <param name="endPoint">The server.</param>
    /// <param name="connectData">Shown to the server before it decides; by convention begins with a key written as a string.</param>
    /// <param name="dialect">Which LiteNetLib line to speak; stock servers understand only their own.</param>
    /// <returns>The connection, still connecting; the present one when there is one to this address already.</returns>
    /// <exception cref="ArgumentException">Connect data that does not fit one datagram.</exception>
    /// <exception cref="InvalidOperationException">Not running.</exception>
    public Peer Connect(IPEndPoint endPoint, ReadOnlySpan<byte> connectData, WireDialect dialect = WireDialect.V2)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (!IsRunning)
            throw new InvalidOperationException("The host is not running.");
        if (connectData.Length > ProtocolLimits.DatagramBytesMax - ConnectRequest.HeaderBytesMax - _layerBytes)
            throw new ArgumentException("Connect data must fit one datagram.", nameof(connectData));
        _now = ReadClock();
        var address = NetAddress.From(endPoint);
        var connectionNumber = 0;
        if (_peers.TryFind(address, out var before))
        {
            if (before.State is PeerState.Connected or PeerState.Connecting)
                return before;
            connectionNumber = (before.ConnectionNumber + 1) % ProtocolLimits.ConnectionNumbers;
            before.Forget();
            _peers.Remove(before);
        }
        _lastConnectTime = Math.Max(_lastConnectTime + 1, UtcTicks);
        var id = _peers.TakeId();
        var request = new ConnectRequest(dialect, (byte)connectionNumber, _lastConnectTime, id);
        var peer = new Peer(this, id, address, request, isIncoming: false);
        _peers.Add(peer);
        var packet = _pool.Rent(ProtocolLimits.DatagramBytesMax);
        packet.Length = request.Write(packet.Buffer, endPoint, connectData);
        peer.StartConnecting(packet);
        FlushOutgoing();
        return peer;
    }

    /// <summary>Takes the next thing that happened.</summary>
    /// <param name="happened">Its payload is valid until the next call.</param>
    /// <returns>False when there is nothing more in this tick.</returns>
    public bool Poll(out NetEvent happened)
    {
        do
        {
            while (_events.TryDequeue(out var next))
            {
                if (IsForApplication(next))
                {
                    happened = new NetEvent(next);
                    return true;
                }
            }
        }
        while (TryReceiveFresh());
        happened = default;
        FlushOutgoing();
        return false;
    }

    /// <summary>
    /// Runs the timers that are due, then sends acks, messages, resends and pings. Once per tick, after sending; more often for less
    /// latency: connections with nothing to do cost nothing.
    /// </summary>
    public void Update()
    {
        if (!IsRunning)
            return;
        _now = ReadClock();
        _datagramsThisUpdate = 0;
        // By id, and backwards: records may remove themselves.
        for (var id = _peers.IdLimit - 1; id >= 0; id--)
        {
            if (_peers.DueById(id, _now) is { } peer)
                _peers.SetDue(peer, peer.Update());
        }
        FlushOutgoing();
    }

    /// <summary>
    /// Between two ticks: handles what has arrived and answers pings and handshakes, so that they do not wait for a slow tick. What concerns the application
    /// waits for the next <see cref="Poll"/>, copied; what was polled before is no longer valid.
    /// </summary>
    /// <param name="sendsAll">
    /// Also what <see cref="Update"/> does: acks, resends, messages. Clients resend what is not acknowledged within 27 to 60 ms, so this is needed where
    /// ticks are more than 40 ms apart, and costs datagrams that would otherwise be shared with the answers of the tick.
    /// </param>
    public void Service(bool sendsAll)
    {
        if (!IsRunning)
            return;
        // Events that were not polled to the end may be views on what would be given back here.
        if (_events.Count == 0 || _areEventsCopied)
        {
            _areEventsCopied = _isServicing = true;
            while (_events.Count < _options.DatagramsPerUpdateMax && TryReceiveNext())
            {
                // Its events wait.
            }
            _isServicing = false;
        }
        if (sendsAll)
            Update();
        else
            FlushOutgoing();
    }

    /// <summary>Sends a message outside any connection. It may be lost, and receivers drop it unless they enabled such messages.</summary>
    /// <param name="endPoint">Where to.</param>
    /// <param name="payload">At most 1023 bytes.</param>
    /// <param name="dialect">Which LiteNetLib line the receiver speaks.</param>
    /// <exception cref="ArgumentException">Too long.</exception>
    public void SendUnconnected(IPEndPoint endPoint, ReadOnlySpan<byte> payload, WireDialect dialect)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        if (payload.Length >= ProtocolLimits.InitialMtu - _layerBytes)
            throw new ArgumentException("At most 1023 bytes.", nameof(payload));
        if (!IsRunning)
            return;
        ((IPeerHost)this).SendDatagram(
            [PacketHeader.Encode(PacketKind.UnconnectedMessage, dialect, 0)], payload, NetAddress.From(endPoint));
        FlushOutgoing();
    }

    /// <summary>
    /// Ends all connections with one last datagram each, stops receiving and closes the socket. Disconnected events with reason HostStopped
    /// can still be polled. To be sure that every client hears it, disconnect all, go on updating for a moment, and then stop.
    /// </summary>
    /// <param name="farewell">Told to every client; at most 1014 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="farewell"/> is too long.</exception>
    public void Stop(ReadOnlySpan<byte> farewell = default)
    {
        Peer.CheckFarewell(farewell);
        if (_isStopped)
            return;
        if (_isStarted)
        {
            _now = ReadClock();
            for (var id = _peers.IdLimit - 1; id >= 0; id--)
                _peers.ById(id)?.Stop(farewell);
            FlushOutgoing();
        }
        _isStopped = true;
        StopReceiving();
        _socket?.Dispose();
    }

    /// <summary>Stops without a farewell.</summary>
    public void Dispose() => Stop();

    /// <summary>False for entries that only give memory back, and for messages of a peer that was disconnected here since.</summary>
    bool IsForApplication(in PeerEvent next)
    {
        switch (next.Kind)
        {
            case PeerEventKind.Release when next.Subject is Packet packet:
                _pool.Return(packet);
                return false;
            case PeerEventKind.Release:
                ArrayPool<byte>.Shared.Return((byte[])next.Subject!);
                return false;
            case PeerEventKind.Received when next.Peer!.DiscardsReceived:
                Statistics.Add(NetCounter.MessagesDiscarded);
                return false;
            case PeerEventKind.ConnectionRequest:
                return ((ConnectionRequest)next.Subject!).IsOpen;
            default:
                return true;
        }
    }

    bool TryReceiveFresh()
    {
        _areEventsCopied = false;
        return TryReceiveNext();
    }

    IDatagramSocket OpenSocket()
    {
        var endPoint = new IPEndPoint(_options.BindAddress, _options.Port);
        return _options.UseSystemBatches && LinuxUdpSocket.IsSupported
            ? LinuxUdpSocket.Bind(endPoint, _options.SocketBufferBytes, _options.BatchDatagrams)
            : UdpSocket.Bind(endPoint, _options.SocketBufferBytes);
    }

    long ReadClock() => _time.GetElapsedTime(_startTimestamp).Ticks + TimeSpan.TicksPerMinute;

    void FlushOutgoing()
    {
        if (_outgoing.Count == 0)
            return;
        if (!_isStopped)
        {
            var refused = Socket.Send(_outgoing);
            if (refused > 0)
                Statistics.Add(NetCounter.SendErrors, refused);
        }
        _outgoing.Count = 0;
    }
}
