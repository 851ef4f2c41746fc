using GameServer.Net.Sockets;

namespace GameServer.Net.Peers;

/// <summary>What an entry of the host's event queue is.</summary>
enum PeerEventKind : byte
{
    ConnectionRequest,
    Connected,
    Received,
    Disconnected,
    Unconnected,

    /// <summary>Not for the application: everything before it was polled, so its memory can go back.</summary>
    Release,
}

/// <summary>One entry of the host's event queue.</summary>
struct PeerEvent
{
    public PeerEventKind Kind;
    public DeliveryMethod Method;
    public byte Channel;
    public DisconnectReason Reason;
    public bool IsBroadcast;
    public Peer? Peer;
    public ArraySegment<byte> Payload;
    public NetAddress Address;

    /// <summary>The request, or for <see cref="PeerEventKind.Release"/> a packet or a rented array.</summary>
    public object? Subject;
}
