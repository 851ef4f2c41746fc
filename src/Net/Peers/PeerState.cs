namespace GameServer.Net.Peers;

/// <summary>Where a connection stands.</summary>
public enum PeerState : byte
{
    /// <summary>Client: requests are being sent. Server: accepted or undecided, address not proven yet.</summary>
    Connecting,

    /// <summary>Messages flow.</summary>
    Connected,

    /// <summary>Closed here; the other side is being told. Nothing can be sent any more.</summary>
    Closing,

    /// <summary>Over. The host remembers the address a little longer to recognise late packets.</summary>
    Closed,
}
