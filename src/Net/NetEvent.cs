using System.Net;
using GameServer.Net.Peers;

namespace GameServer.Net;

/// <summary>What happened.</summary>
public enum NetEventKind : byte
{
    /// <summary>Somebody wants to connect: <see cref="NetEvent.Request"/>.</summary>
    ConnectionRequest,

    /// <summary>A connection is established: <see cref="NetEvent.Peer"/>.</summary>
    Connected,

    /// <summary>A message: <see cref="NetEvent.Payload"/> from <see cref="NetEvent.Peer"/>.</summary>
    Received,

    /// <summary>
    /// A connection, or a client's attempt at one, is over: <see cref="NetEvent.Reason"/>, and in <see cref="NetEvent.Payload"/> what the other
    /// side said. Comes exactly once after <see cref="Connected"/>.
    /// </summary>
    Disconnected,

    /// <summary>A message outside any connection, from <see cref="NetEvent.RemoteEndPoint"/>; only where they are enabled.</summary>
    Unconnected,
}

/// <summary>One thing that happened, as <see cref="NetHost.Poll"/> hands it out.</summary>
public readonly ref struct NetEvent
{
    readonly PeerEvent _event;

    internal NetEvent(scoped in PeerEvent happened) => _event = happened;

    /// <summary>What happened; decides which other members have a meaning.</summary>
    public NetEventKind Kind => (NetEventKind)_event.Kind;

    /// <summary>Whom it concerns; null for requests and unconnected messages.</summary>
    public Peer? Peer => _event.Peer;

    /// <summary>The request to answer, now or later.</summary>
    public ConnectionRequest? Request => _event.Subject as ConnectionRequest;

    /// <summary>Message, or what the other side said when it left. Valid until the next <see cref="NetHost.Poll"/>.</summary>
    public ReadOnlySpan<byte> Payload => _event.Payload;

    /// <summary>How the message travelled.</summary>
    public DeliveryMethod Method => _event.Method;

    /// <summary>Channel number the message travelled on.</summary>
    public byte Channel => _event.Channel;

    /// <summary>Why the connection ended.</summary>
    public DisconnectReason Reason => _event.Reason;

    /// <summary>Unconnected messages: sent to everybody on the local network.</summary>
    public bool IsBroadcast => _event.IsBroadcast;

    /// <summary>Where it came from.</summary>
    public IPEndPoint RemoteEndPoint => _event.Peer?.RemoteEndPoint ?? Request?.RemoteEndPoint ?? _event.Address.ToIPEndPoint();
}
