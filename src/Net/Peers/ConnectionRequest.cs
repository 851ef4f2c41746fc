using System.Net;

namespace GameServer.Net.Peers;

/// <summary>Somebody wants to connect. Answer with <see cref="Accept"/> or <see cref="Reject"/>, at once or many ticks later.</summary>
/// <remarks>
/// Tick thread. The client is kept waiting meanwhile: its repetitions are swallowed, and before it would give up it is accepted on the wire
/// (<see cref="NetHostOptions.HoldAfter"/>). A request that is never answered is rejected after <see cref="NetHostOptions.DecisionTimeout"/>.
/// </remarks>
public sealed class ConnectionRequest
{
    readonly Peer _peer;

    internal ConnectionRequest(Peer peer, ReadOnlySpan<byte> data)
    {
        _peer = peer;
        Data = data.ToArray();
    }

    /// <summary>The connect data: what the client passed to its connect call, usually a key first.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Where it came from. Can be forged until the connection is established.</summary>
    public IPEndPoint RemoteEndPoint => _peer.RemoteEndPoint;

    /// <summary>Which LiteNetLib line the client speaks.</summary>
    public WireDialect Dialect => _peer.Dialect;

    /// <summary>False once it was answered, or the client has gone or started over; answering has no effect then.</summary>
    public bool IsOpen { get; internal set; } = true;

    /// <summary>Takes the client in.</summary>
    /// <returns>
    /// The connection, still connecting: <see cref="NetEventKind.Connected"/> follows when its address is proven, and nothing when that fails.
    /// Null when the request is no longer open or the host is full.
    /// </returns>
    public Peer? Accept() => IsOpen && _peer.AcceptRequest() ? _peer : null;

    /// <summary>Sends the client away.</summary>
    /// <param name="data">
    /// Told to the client, at most 1014 bytes. Up to 25 bytes more than the client's own connect data it is a rejection. A longer answer
    /// would serve forgers as an amplifier, so the client is let in on the wire first, proves its address, and is then disconnected with it.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="data"/> is too long.</exception>
    public void Reject(ReadOnlySpan<byte> data = default)
    {
        if (IsOpen)
            _peer.RejectRequest(data);
    }
}
