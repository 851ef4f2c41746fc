using System.Security.Cryptography;
using GameServer.Net.Peers;
using GameServer.Net.Sockets;
using GameServer.Net.Wire;

namespace GameServer.Net;

/// <summary>
/// What becomes of a datagram on the tick thread: a connection request, a packet for a known address, or something from a stranger.
/// Source: wire specification, sections 4.2, 4.3, 14 and 16.3.
/// </summary>
public sealed partial class NetHost
{
    /// <summary>A newcomer has at least this long before it must make room for the next.</summary>
    static readonly long NewcomerTicksMin = TimeSpan.FromMilliseconds(100).Ticks;

    void Handle(ArraySegment<byte> datagram, in NetAddress from)
    {
        if (ConnectRequest.TryRead(datagram, out var request, out var address, out var data))
            HandleRequest(request, address, data, datagram, from);
        else if (_peers.TryFind(from, out var peer))
            peer.Receive(datagram);
        else
            HandleStranger(datagram, from);
    }

    void HandleRequest(
        in ConnectRequest request, ReadOnlySpan<byte> address, ReadOnlySpan<byte> data, ReadOnlySpan<byte> datagram, in NetAddress from)
    {
        if (data.Length > _options.ConnectDataBytesMax)
        {
            Statistics.Add(NetCounter.RequestMalformed);
            return;
        }
        if (!_peers.TryFind(from, out var peer))
        {
            Welcome(request, request.ConnectionNumber, data, datagram.Length, from);
            return;
        }
        var newer = request.Time.CompareTo(peer.ConnectTime);
        switch (peer.State)
        {
            case PeerState.Connected when newer == 0 && peer.IsIncoming && peer.Dialect == request.Dialect:
                peer.RepeatAccept();
                break;
            case PeerState.Connected when newer > 0 && _options.AcceptsConnections:
                peer.Challenge(datagram);
                break;
            case PeerState.Connecting when peer.IsIncoming:
                if (newer == 0 && peer.RequestNumber == request.ConnectionNumber && peer.Dialect == request.Dialect)
                    peer.RepeatRequest(datagram.Length);
                else
                    Replace(peer, request, NumberAfter(peer, request), data, datagram.Length, from);
                break;
            case PeerState.Connecting:
                Cross(peer, request, address, data, datagram.Length, from);
                break;
            case PeerState.Closing or PeerState.Closed when newer >= 0:
                Replace(peer, request, Next(peer.ConnectionNumber), data, datagram.Length, from);
                break;
            default:
                Statistics.Add(NetCounter.RequestOutdated);
                break;
        }
    }

    /// <summary>Both sides connect to each other at once: the earlier attempt wins. Source: wire specification, section 4.6.</summary>
    void Cross(
        Peer peer, in ConnectRequest request, ReadOnlySpan<byte> address, ReadOnlySpan<byte> data, int requestBytes, in NetAddress from)
    {
        var isTheirs = request.Time < peer.ConnectTime;
        if (request.Time == peer.ConnectTime)
        {
            Span<byte> remote = stackalloc byte[ConnectRequest.HeaderBytesMax];
            remote = remote[..ConnectRequest.WriteAddress(remote, peer.RemoteEndPoint)];
            for (var i = Math.Min(remote.Length, address.Length) - 1; i >= 0 && !isTheirs; i--)
                isTheirs = remote[i] < address[i];
        }
        if (!isTheirs || !_options.AcceptsConnections)
        {
            Statistics.Add(NetCounter.RequestOutdated);
            return;
        }
        peer.GiveWay();
        Replace(peer, request, request.ConnectionNumber, data, requestBytes, from);
    }

    void Replace(
        Peer peer, in ConnectRequest request, int connectionNumber, ReadOnlySpan<byte> data, int requestBytes, in NetAddress from)
    {
        if (!_options.AcceptsConnections)
        {
            Statistics.Add(NetCounter.RequestsClosed);
            return;
        }
        peer.Forget();
        _peers.Remove(peer);
        Welcome(request, connectionNumber, data, requestBytes, from);
    }

    /// <summary>Makes a record for a newcomer, if there is room.</summary>
    void Welcome(in ConnectRequest request, int connectionNumber, ReadOnlySpan<byte> data, int requestBytes, in NetAddress from)
    {
        if (!_options.AcceptsConnections)
        {
            Statistics.Add(NetCounter.RequestsClosed);
            return;
        }
        if (!TryMakeRoom(from))
        {
            Statistics.Add(NetCounter.HalfOpenFull);
            return;
        }
        var proveFirst = _shield.IsOn || _peers.NewcomerCount >= _options.ProveFirstFrom;
        var peer = new Peer(this, _peers.TakeId(), from, request, isIncoming: true);
        _peers.Add(peer);
        _peers.AddNewcomer(peer);
        peer.StartHandshake(data, requestBytes, connectionNumber, proveFirst);
    }

    bool TryMakeRoom(in NetAddress from)
    {
        if (!from.IsLoopback && _peers.NewcomersFrom(from) >= _options.HalfOpenPerAddressMax)
            return false;
        if (_peers.NewcomerCount < _options.HalfOpenMax)
            return true;
        var oldest = _peers.OldestNewcomer!;
        if (_now - oldest.HandshakeStartedAt < NewcomerTicksMin)
            return false;
        Statistics.Add(NetCounter.HalfOpenEvicted);
        oldest.Forget();
        _peers.Remove(oldest);
        return true;
    }

    /// <summary>
    /// Packets from an address without a record. Answers are never longer than their cause, never given to an answer, and limited; only
    /// what a client of a restarted server would send is answered at all.
    /// </summary>
    void HandleStranger(ArraySegment<byte> datagram, in NetAddress from)
    {
        if (datagram.Count == 0)
        {
            Statistics.Add(NetCounter.DatagramSize);
            return;
        }
        var number = PacketHeader.RawNumber(datagram);
        if (ConnectRequest.TryReadProtocolId(datagram, out var dialect, out var protocolId))
        {
            var isOther = protocolId is >= 1 and <= 64 && protocolId != ProtocolLimits.ProtocolId;
            Statistics.Add(isOther ? NetCounter.RequestProtocol : NetCounter.RequestMalformed);
            if (isOther && _options.AcceptsConnections)
                AnswerStranger(from, [PacketHeader.Encode(PacketKind.InvalidProtocol, dialect, 0)]);
            return;
        }
        if (TryRaiseUnconnected(datagram, from))
            return;
        Statistics.Add(NetCounter.StrangerPacket);
        if (datagram.Count == ControlPackets.PingBytes && IsEither(PacketKind.Ping, number, out dialect))
            AnswerStranger(from, [PacketHeader.Encode(PacketKind.PeerNotFound, dialect, 0)]);
        else if (datagram.Count == ConnectionIdentity.Bytes && IsEither(PacketKind.PeerNotFound, number, out dialect))
            AnswerStranger(from, [PacketHeader.Encode(PacketKind.PeerNotFound, dialect, 0), 1]);
        else if (datagram.Count >= ControlPackets.DisconnectHeaderBytes && datagram.Count != ConnectionIdentity.Bytes
            && IsEither(PacketKind.Disconnect, number, out dialect))
            AnswerStranger(from, [PacketHeader.Encode(PacketKind.ShutdownOk, dialect, 0)]);
    }

    /// <summary>Receive thread: whether a stranger's datagram can be anything that <see cref="Handle"/> does more than count.</summary>
    bool MayBegin(ReadOnlySpan<byte> datagram)
    {
        if (datagram.IsEmpty)
            return false;
        var number = PacketHeader.RawNumber(datagram);
        return IsEither(PacketKind.ConnectRequest, number, out _)
            || (datagram.Length == ControlPackets.PingBytes && IsEither(PacketKind.Ping, number, out _))
            || (datagram.Length == ConnectionIdentity.Bytes && IsEither(PacketKind.PeerNotFound, number, out _))
            || (datagram.Length >= ControlPackets.DisconnectHeaderBytes && IsEither(PacketKind.Disconnect, number, out _))
            || _options.UnconnectedMessages is not null;
    }

    static bool IsEither(PacketKind kind, int number, out WireDialect dialect)
    {
        dialect = number == PacketHeader.Number(kind, WireDialect.V1) ? WireDialect.V1 : WireDialect.V2;
        return number == PacketHeader.Number(kind, dialect);
    }

    bool TryRaiseUnconnected(ArraySegment<byte> datagram, in NetAddress from)
    {
        if (_options.UnconnectedMessages is not { } dialect
            || !PacketHeader.TryRead(datagram, dialect, out var header)
            || header.Kind is not (PacketKind.UnconnectedMessage or PacketKind.Broadcast))
            return false;
        Raise(new PeerEvent
        {
            Kind = PeerEventKind.Unconnected,
            Payload = datagram[1..],
            Address = from,
            IsBroadcast = header.Kind == PacketKind.Broadcast,
        });
        return true;
    }

    void AnswerStranger(in NetAddress to, ReadOnlySpan<byte> answer)
    {
        if (_answers.TryTake(to, _now))
            ((IPeerHost)this).SendDatagram(answer, default, to);
        else
            Statistics.Add(NetCounter.AnswerRate);
    }

    /// <summary>
    /// A client that was told one number must not prove, with its pongs, somebody else's request from the same address: the
    /// replacement gets another number, and its pings are not this client's.
    /// </summary>
    static int NumberAfter(Peer newcomer, in ConnectRequest request) =>
        newcomer.IsAcceptedOnWire ? Next(newcomer.ConnectionNumber) : request.ConnectionNumber;

    static int Next(int connectionNumber) => (connectionNumber + 1) % ProtocolLimits.ConnectionNumbers;

    int NextProofNumber(int max) => _proofRandom?.Next(1, max + 1) ?? RandomNumberGenerator.GetInt32(1, max + 1);
}
