namespace GameServer.Net.Peers;

/// <summary>What one connection has moved so far. Sizes are datagrams without UDP and IP headers.</summary>
public struct PeerStatistics
{
    /// <summary>Datagrams received in this connection.</summary>
    public long DatagramsReceived { get; internal set; }

    /// <summary>Their bytes.</summary>
    public long BytesReceived { get; internal set; }

    /// <summary>Datagrams sent.</summary>
    public long DatagramsSent { get; internal set; }

    /// <summary>Their bytes.</summary>
    public long BytesSent { get; internal set; }

    /// <summary>Messages handed to the application.</summary>
    public long MessagesReceived { get; internal set; }

    /// <summary>Messages taken from the application.</summary>
    public long MessagesSent { get; internal set; }

    /// <summary>Reliable packets sent again.</summary>
    public long PacketsResent { get; internal set; }

    /// <summary>Packets no correct peer sends.</summary>
    public long Violations { get; internal set; }
}
