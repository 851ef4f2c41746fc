using System.Net;

namespace GameServer.Server.Players;

/// <summary>The transport of one player, as far as players need it; tests stand in with their own.</summary>
/// <remarks>Tick thread.</remarks>
interface IPlayerConnection
{
    /// <summary>Where the player comes from.</summary>
    IPAddress Address { get; }

    /// <summary>Smoothed round trip.</summary>
    TimeSpan RoundTrip { get; }

    /// <summary>False once the connection, or the attempt at one, is over.</summary>
    bool IsAlive { get; }

    /// <summary>Share of packets lost, 0 to 1.</summary>
    double Loss { get; }

    /// <summary>Longest payload that fits one datagram unreliably.</summary>
    int UnreliableBytesMax { get; }

    /// <summary>The player of this connection once it is in; set by <see cref="PlayerSessions"/>.</summary>
    Player? Player { get; set; }

    /// <summary>Queues a payload, which is copied.</summary>
    /// <returns>False when the connection has ended or its queue is full.</returns>
    bool Send(ReadOnlySpan<byte> payload, bool reliable);

    /// <summary>Ends the connection and tells the client why; what is still queued is lost.</summary>
    void Disconnect(ReadOnlySpan<byte> data);
}

/// <summary>Somebody wants in.</summary>
/// <remarks>Tick thread. Answered once, at once or many ticks later.</remarks>
interface IJoinRequest
{
    /// <summary>The connect data, untrusted.</summary>
    ReadOnlySpan<byte> Data { get; }

    /// <summary>Where the request comes from.</summary>
    IPAddress Address { get; }

    /// <summary>False when the client has given up; answers have no effect then.</summary>
    bool IsOpen { get; }

    /// <summary>Lets the client in; <see cref="PlayerSessions.Connected"/> follows when it is really there.</summary>
    /// <returns>Null when the client has given up or the transport is full.</returns>
    IPlayerConnection? Accept();

    /// <summary>Sends the client away with a reason.</summary>
    void Reject(ReadOnlySpan<byte> data);
}
