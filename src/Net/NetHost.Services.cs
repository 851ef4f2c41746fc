using GameServer.Net.Peers;
using GameServer.Net.Sockets;
using GameServer.Net.Wire;

namespace GameServer.Net;

/// <summary>What the host does for its connections.</summary>
public sealed partial class NetHost : IPeerHost
{
    long _receiveBytesTaken;
    long _sendBytesTaken;

    NetHostOptions IPeerHost.Options => _options;

    PacketPool IPeerHost.Pool => _pool;

    long IPeerHost.Now => _now;

    long IPeerHost.ArrivedAt => _arrivedAt;

    long IPeerHost.UtcTicks => UtcTicks;

    int IPeerHost.LayerBytes => _layerBytes;

    bool IPeerHost.CanTakeAnotherPeer => PeerCount < _options.PeersMax;

    /// <summary>Packets rented from the pool and not returned; 0 when nothing is queued, in flight or held.</summary>
    internal int PacketsOutstanding => _pool.Outstanding;

    /// <summary>Records of any state.</summary>
    internal PeerTable Table => _peers;

    /// <summary>Bytes of incomplete and held messages at present.</summary>
    internal long ReceiveBytesTaken => _receiveBytesTaken;

    long UtcTicks => _time.GetUtcNow().UtcTicks;

    void IPeerHost.SendDatagram(ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload, in NetAddress to)
    {
        var index = _outgoing.Count;
        var slot = _outgoing.Slot(index);
        header.CopyTo(slot);
        payload.CopyTo(slot[header.Length..]);
        var length = header.Length + payload.Length + _layerBytes;
        if (_layerBytes > 0)
            Crc32C.Append(slot[..length]);
        _outgoing.Lengths[index] = length;
        _outgoing.Addresses[index] = to;
        Statistics.Add(NetCounter.DatagramsSent);
        Statistics.Add(NetCounter.BytesSent, length);
        if (++_outgoing.Count == _outgoing.Capacity)
            FlushOutgoing();
    }

    void IPeerHost.Raise(in PeerEvent happened) => Raise(happened);

    void Raise(in PeerEvent happened)
    {
        if (!_isServicing || happened.Payload.Count == 0 || !IsBorrowed(happened.Payload))
        {
            _events.Enqueue(happened);
            return;
        }
        var copy = _pool.RentCopy(happened.Payload);
        _events.Enqueue(happened with { Payload = new ArraySegment<byte>(copy.Buffer, 0, copy.Length) });
        _events.Enqueue(new PeerEvent { Kind = PeerEventKind.Release, Subject = copy });
    }

    /// <summary>True for views on the datagram being handled; everything else raised is followed by an entry that gives it back.</summary>
    bool IsBorrowed(ArraySegment<byte> bytes) => bytes.Array == _incoming.Buffer || _ring?.Owns(bytes) == true;

    bool IPeerHost.TryTakeReceiveMemory(int bytes)
    {
        if (_receiveBytesTaken + bytes > _options.ReceiveBytesTotalMax)
            return false;
        _receiveBytesTaken += bytes;
        return true;
    }

    void IPeerHost.GiveReceiveMemory(int bytes) => _receiveBytesTaken -= bytes;

    bool IPeerHost.TryTakeSendMemory(int bytes)
    {
        if (_sendBytesTaken + bytes > _options.SendQueueBytesTotalMax)
            return false;
        _sendBytesTaken += bytes;
        return true;
    }

    void IPeerHost.GiveSendMemory(int bytes) => _sendBytesTaken -= bytes;

    int IPeerHost.NextNonce(int max) => NextProofNumber(max);

    void IPeerHost.Wake(Peer peer) => _peers.SetDue(peer, 0);

    void IPeerHost.StateChanged(Peer peer, PeerState before)
    {
        _peers.SetDue(peer, 0);
        if (peer.State == PeerState.Connected)
        {
            _peers.AddConnected(peer);
            _shield.Remember(peer.Address);
        }
        else if (before == PeerState.Connected)
            _peers.RemoveConnected(peer);
    }

    void IPeerHost.HandshakeEnded(Peer peer) => _peers.RemoveNewcomer(peer);

    void IPeerHost.Remove(Peer peer) => _peers.Remove(peer);

    void IPeerHost.TakeOver(Peer peer, Packet request)
    {
        _ = ConnectRequest.TryRead(request.Bytes, out var read, out _, out var data);
        _peers.Remove(peer);
        Welcome(read, Next(peer.ConnectionNumber), data, request.Length, peer.Address);
        _pool.Return(request);
    }
}
