namespace GameServer.Net;

/// <summary>Why a connection, or an attempt at one, ended.</summary>
public enum DisconnectReason : byte
{
    /// <summary>Client: no answer to any connection request.</summary>
    ConnectionFailed,

    /// <summary>Client: the server refused; the event's data is what it said.</summary>
    ConnectionRejected,

    /// <summary>Client: the server speaks another protocol version.</summary>
    InvalidProtocol,

    /// <summary>The other side closed the connection; the event's data is what it said.</summary>
    RemoteClose,

    /// <summary>Nothing valid was heard for <see cref="NetHostOptions.PeerTimeout"/>.</summary>
    Timeout,

    /// <summary>The other side no longer knows this connection, usually because it was restarted.</summary>
    PeerNotFound,

    /// <summary><c>Peer.Disconnect</c> was called here.</summary>
    LocalClose,

    /// <summary>The same remote address has started a new connection and the old one showed no life.</summary>
    Reconnect,

    /// <summary>Both sides connected to each other at once and the other attempt won.</summary>
    PeerToPeerConnection,

    /// <summary>The host was stopped.</summary>
    HostStopped,

    /// <summary>The other side kept sending packets that no correct peer sends.</summary>
    ProtocolViolation,

    /// <summary>The other side kept sending more than the hard inbound limit.</summary>
    InboundLimit,

    /// <summary>A message, or the sum of incomplete messages, passed the receive limits.</summary>
    MessageLimit,

    /// <summary>Reliable data sent to the other side stayed unacknowledged for <see cref="NetHostOptions.UnackedAgeMax"/>.</summary>
    NotAcknowledging,
}
