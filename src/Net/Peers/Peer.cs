using System.Net;
using GameServer.Net.Channels;
using GameServer.Net.Limits;
using GameServer.Net.Sockets;
using GameServer.Net.Wire;

namespace GameServer.Net.Peers;

/// <summary>One connection to a remote host, from the first request until its address is forgotten.</summary>
/// <remarks>
/// Tick thread only, except where a member says otherwise. A peer stays the same object for one connection; a reconnecting client gets a new one.
/// </remarks>
public sealed partial class Peer : IChannelOwner
{
    readonly IPeerHost _host;
    readonly long _connectTime;
    readonly int _remoteId;
    IPEndPoint? _remoteEndPoint;
    byte _connectionNumber;
    PeerState _state;
    long _heardAt;
    PeerStatistics _statistics;
    InboundMeter _inbound;

    /// <summary>Made when the first channel is used; indexed by channel id.</summary>
    Channel?[] _channels = [];

    internal Peer(IPeerHost host, int id, in NetAddress address, in ConnectRequest request, bool isIncoming)
    {
        _host = host;
        Id = id;
        Address = address;
        Dialect = request.Dialect;
        IsIncoming = isIncoming;
        _connectTime = request.Time;
        _remoteId = request.PeerId;
        _connectionNumber = RequestNumber = request.ConnectionNumber;
        _heardAt = host.Now;
        _mtu = ProtocolLimits.InitialMtu - host.LayerBytes;
        var options = host.Options;
        _inbound = new InboundMeter(options.PeerDatagramsPerSecond, options.PeerBytesPerSecond, options.InboundHardFactor, host.Now);
        _messages = new TokenBucket(options.PeerMessagesPerSecond, host.Now);
        _violations = new TokenBucket(options.ViolationsMax, host.Now);
    }

    /// <summary>This host's number for the connection, from 0; used again after the connection is forgotten.</summary>
    public int Id { get; }

    /// <summary>The other side's number for the connection.</summary>
    public int RemoteId => _identity?.PeerId ?? _remoteId;

    /// <summary>Address and port of the other side.</summary>
    public IPEndPoint RemoteEndPoint => _remoteEndPoint ??= Address.ToIPEndPoint();

    /// <summary>Which LiteNetLib line the other side speaks.</summary>
    public WireDialect Dialect { get; }

    /// <summary>True when the other side asked for the connection.</summary>
    public bool IsIncoming { get; }

    /// <summary>Where the connection stands.</summary>
    public PeerState State => _state;

    /// <summary>Smoothed time from a packet to its answer; zero until measured, which takes about one round trip after connecting.</summary>
    public TimeSpan RoundTripTime => TimeSpan.FromTicks(_roundTrip.Mean);

    /// <summary>Whatever the application wants to find again.</summary>
    public object? Tag { get; set; }

    /// <summary>What this connection has moved so far.</summary>
    public PeerStatistics Statistics => _statistics;

    /// <summary>Reliable bytes queued or not yet acknowledged, headers included.</summary>
    public int QueuedBytes { get; private set; }

    internal NetAddress Address { get; }

    /// <summary>Place in the host's list of connected peers; −1 while not in it.</summary>
    internal int ListIndex { get; set; } = -1;

    /// <summary>Set by <see cref="Disconnect"/>: events of this peer that wait in the queue are dropped.</summary>
    internal bool DiscardsReceived { get; private set; }

    /// <summary>The connection number the request proposed.</summary>
    internal byte RequestNumber { get; }

    internal long ConnectTime => _connectTime;

    internal int ConnectionNumber => _connectionNumber;

    int IChannelOwner.ConnectionNumber => _connectionNumber;

    /// <summary>Longest message of <paramref name="method"/> that travels in one packet at present.</summary>
    public int MaxSinglePacketSize(DeliveryMethod method) => method switch
    {
        DeliveryMethod.Unreliable => _mtu - 1,
        _ => _mtu - ChannelHeader.Bytes,
    };

    /// <summary>Longest message of <paramref name="method"/> that can be sent at all.</summary>
    public int MaxMessageSize(DeliveryMethod method) => method switch
    {
        DeliveryMethod.ReliableOrdered or DeliveryMethod.ReliableUnordered =>
            (int)Math.Min(_host.Options.SendQueueBytesMax, (long)(_mtu - FragmentHeader.PayloadOffset) * ProtocolLimits.FragmentsMax),
        _ => MaxSinglePacketSize(method),
    };

    /// <summary>Sends a message. It leaves with the next update, sooner when a datagram is full.</summary>
    /// <param name="payload">Copied before return; 0 to <see cref="MaxMessageSize"/> bytes.</param>
    /// <param name="method">Guarantees of the delivery.</param>
    /// <param name="channel">Channel number below <see cref="NetHostOptions.ChannelsPerMethod"/>; no meaning for Unreliable.</param>
    /// <returns>
    /// False when the peer is not connected, when its outgoing queue (or that of all peers) is full, and when the message is too long for
    /// the method: what came in on a larger datagram may not fit into one of ours, and that must not raise in a program that echoes.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">No such method, or no such channel.</exception>
    public bool Send(ReadOnlySpan<byte> payload, DeliveryMethod method, byte channel = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((byte)method, (byte)DeliveryMethod.Unreliable, nameof(method));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(channel, _host.Options.ChannelsPerMethod);
        if (_state != PeerState.Connected)
            return false;
        if (payload.Length > MaxMessageSize(method))
        {
            Count(NetCounter.SendTooLong);
            return false;
        }
        if (method == DeliveryMethod.Unreliable)
        {
            Emit([PacketHeader.Encode(PacketKind.Unreliable, Dialect, _connectionNumber)], payload);
        }
        else if (!ChannelOf((channel * ChannelHeader.Types) + (int)method).TrySend(payload))
        {
            Count(NetCounter.SendQueueFull);
            return false;
        }
        _host.Wake(this);
        _statistics.MessagesSent++;
        Count(NetCounter.MessagesSent);
        return true;
    }

    /// <summary>
    /// Ends the connection, or the attempt at one. Queued and unacknowledged messages are lost; what should still be read goes into
    /// <paramref name="data"/>. The host keeps telling the other side until it answers, at most <see cref="NetHostOptions.PeerTimeout"/>.
    /// A <see cref="NetEventKind.Disconnected"/> event with reason LocalClose follows; received events still waiting are dropped.
    /// </summary>
    /// <param name="data">At most 1014 bytes.</param>
    /// <exception cref="ArgumentException"><paramref name="data"/> is too long.</exception>
    /// <remarks>Nothing happens when the connection is already closing or closed.</remarks>
    public void Disconnect(ReadOnlySpan<byte> data = default)
    {
        CheckFarewell(data);
        if (_state is PeerState.Closing or PeerState.Closed)
            return;
        DiscardsReceived = true;
        Close(DisconnectReason.LocalClose, data);
    }

    internal static void CheckFarewell(ReadOnlySpan<byte> data)
    {
        if (data.Length > ControlPackets.DisconnectDataBytesMax)
            throw new ArgumentException($"At most {ControlPackets.DisconnectDataBytesMax} bytes.", nameof(data));
    }

    /// <summary>Counts a datagram against the inbound limits. Receiving thread.</summary>
    /// <returns>False: drop it.</returns>
    internal bool AdmitInbound(int bytes, long now) => _inbound.TryAdmit(bytes, now);

    /// <summary>Makes a channel begin at other sequences than a new connection does; for tests of the wrap-around.</summary>
    internal void StartChannelAt(int id, int sending, int receiving)
    {
        if (ChannelOf(id) is ReliableChannel reliable)
            reliable.StartAt(sending, receiving);
        else
            ((SequencedChannel)ChannelOf(id)).StartAt(sending, receiving);
    }

    Channel ChannelOf(int id)
    {
        if (id >= _channels.Length)
            Array.Resize(ref _channels, (id / ChannelHeader.Types * ChannelHeader.Types) + ChannelHeader.Types);
        return _channels[id] ??= (DeliveryMethod)(id % ChannelHeader.Types) is DeliveryMethod.ReliableOrdered or DeliveryMethod.ReliableUnordered
            ? new ReliableChannel(this, (byte)id)
            : new SequencedChannel(this, (byte)id);
    }
}
