using GameServer.Net.Sockets;
using GameServer.Net.Wire;

namespace GameServer.Net.Peers;

/// <summary>What a connection needs from the host it lives in.</summary>
interface IPeerHost
{
    NetHostOptions Options { get; }

    PacketPool Pool { get; }

    NetStatistics Statistics { get; }

    /// <summary>Host time in 100 ns units.</summary>
    long Now { get; }

    /// <summary>Host time at which the datagram being handled arrived.</summary>
    long ArrivedAt { get; }

    /// <summary>UTC in .NET ticks, as pongs carry it.</summary>
    long UtcTicks { get; }

    /// <summary>Bytes the packet layer adds to each datagram.</summary>
    int LayerBytes { get; }

    /// <summary>Queues one datagram; both parts are copied.</summary>
    void SendDatagram(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, in NetAddress to);

    /// <summary>Appends to the event queue.</summary>
    void Raise(in PeerEvent happened);

    bool TryTakeReceiveMemory(int bytes);

    void GiveReceiveMemory(int bytes);

    bool TryTakeSendMemory(int bytes);

    void GiveSendMemory(int bytes);

    /// <summary>A number nobody outside can foresee, 1..<paramref name="max"/>.</summary>
    int NextNonce(int max);

    /// <summary>False when the host has as many connections as it may.</summary>
    bool CanTakeAnotherPeer { get; }

    /// <summary>The connection has something to do in the next update, whatever it said before.</summary>
    void Wake(Peer peer);

    /// <summary>The connection changed its state.</summary>
    void StateChanged(Peer peer, PeerState before);

    /// <summary>The connection no longer counts as half-open.</summary>
    void HandshakeEnded(Peer peer);

    /// <summary>The record is of no more use: free its slot and address.</summary>
    void Remove(Peer peer);

    /// <summary>The old connection showed no life: forget it and handle the request that wants its place.</summary>
    void TakeOver(Peer peer, Packet request);
}
