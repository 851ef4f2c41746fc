using System.Net;
using GameServer.Net;
using GameServer.Net.Peers;

namespace GameServer.Server.Players;

/// <summary>A player's connection over our transport.</summary>
sealed class PeerConnection : IPlayerConnection
{
    readonly Peer _peer;

    PeerConnection(Peer peer)
    {
        _peer = peer;
        Address = PlainAddress(peer.RemoteEndPoint);
        peer.Tag = this;
    }

    public IPAddress Address { get; }

    public Player? Player { get; set; }

    public bool IsAlive => _peer.State is PeerState.Connected or PeerState.Connecting;

    public TimeSpan RoundTrip => _peer.RoundTripTime;

    public double Loss => _peer.Statistics.DatagramsSent == 0 ? 0 : Math.Min(1, (double)_peer.Statistics.PacketsResent / _peer.Statistics.DatagramsSent);

    public int UnreliableBytesMax => _peer.MaxSinglePacketSize(DeliveryMethod.Unreliable);

    /// <summary>The connection that stands for a peer.</summary>
    public static PeerConnection Of(Peer peer) => peer.Tag as PeerConnection ?? new PeerConnection(peer);

    /// <summary>The address without port; IPv4 as such also when it came through an IPv6 socket.</summary>
    public static IPAddress PlainAddress(IPEndPoint endPoint) => endPoint.Address.IsIPv4MappedToIPv6 ? endPoint.Address.MapToIPv4() : endPoint.Address;

    public bool Send(ReadOnlySpan<byte> payload, bool reliable)
    {
        DeliveryMethod method = reliable ? DeliveryMethod.ReliableOrdered : DeliveryMethod.Unreliable;
        return payload.Length <= _peer.MaxMessageSize(method) && _peer.Send(payload, method);
    }

    public void Disconnect(ReadOnlySpan<byte> data) => _peer.Disconnect(data);
}

/// <summary>A join request over our transport.</summary>
sealed class PeerJoinRequest(ConnectionRequest request) : IJoinRequest
{
    public ReadOnlySpan<byte> Data => request.Data.Span;

    public IPAddress Address { get; } = PeerConnection.PlainAddress(request.RemoteEndPoint);

    public bool IsOpen => request.IsOpen;

    public IPlayerConnection? Accept() => request.Accept() is { } peer ? PeerConnection.Of(peer) : null;

    public void Reject(ReadOnlySpan<byte> data) => request.Reject(data);
}
