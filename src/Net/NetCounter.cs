namespace GameServer.Net;

/// <summary>Everything a host counts. Every datagram, packet or request that is refused raises exactly one of the refusal counters.</summary>
public enum NetCounter
{
    /// <summary>Datagrams received, whatever became of them.</summary>
    DatagramsReceived,

    /// <summary>Their bytes, without UDP and IP headers.</summary>
    BytesReceived,

    /// <summary>Datagrams handed to the system.</summary>
    DatagramsSent,

    /// <summary>Their bytes, without UDP and IP headers.</summary>
    BytesSent,

    /// <summary>Messages handed to the application.</summary>
    MessagesReceived,

    /// <summary>Messages taken from the application.</summary>
    MessagesSent,

    /// <summary>Reliable packets sent again because no ack came in time.</summary>
    PacketsResent,

    /// <summary>Packets received that had been received before, or are older than the window.</summary>
    DuplicatesReceived,

    /// <summary>Acks that say nothing new because they were overtaken.</summary>
    AckStale,

    /// <summary>Connections that reached the connected state.</summary>
    Connected,

    /// <summary>Connections that left it, for any reason.</summary>
    Disconnected,

    /// <summary>Connection requests put before the application.</summary>
    Requests,

    /// <summary>Connection requests answered with a rejection.</summary>
    RequestsRejected,

    /// <summary>Times a receive call of the system failed.</summary>
    ReceiveErrors,

    /// <summary>Datagrams the system refused to send.</summary>
    SendErrors,

    /// <summary>Messages not taken from the application because the peer's outgoing queue, or the sum of all, was full.</summary>
    SendQueueFull,

    /// <summary>Messages not taken from the application because they are too long for their delivery method.</summary>
    SendTooLong,

    /// <summary>ReliableSequenced packets no longer repeated because the other side never acknowledges them.</summary>
    RepeatsGivenUp,

    /// <summary>Refused: empty, or longer than the protocol allows.</summary>
    DatagramSize,

    /// <summary>Refused: wrong or missing checksum of the packet layer.</summary>
    ChecksumWrong,

    /// <summary>Refused: unknown packet number, too short for its kind, or a fragment flag where none belongs.</summary>
    HeaderMalformed,

    /// <summary>Refused: from an address without connection, and nothing that may begin one.</summary>
    StrangerPacket,

    /// <summary>Refused: more from strangers than their share of the receive queue.</summary>
    StrangerRate,

    /// <summary>Refused while the shield is on: strangers from networks nobody was connected from before.</summary>
    Shielded,

    /// <summary>Refused: no room between the receive thread and the tick thread.</summary>
    ReceiveQueueFull,

    /// <summary>Refused: a peer over its soft inbound limit.</summary>
    InboundRate,

    /// <summary>Peers disconnected for passing the hard inbound limit.</summary>
    InboundExceeded,

    /// <summary>Refused: connection request with a wrong layout or too much data.</summary>
    RequestMalformed,

    /// <summary>Refused: connection request of another protocol version.</summary>
    RequestProtocol,

    /// <summary>Refused: connection request while this host takes none.</summary>
    RequestsClosed,

    /// <summary>Refused: connection request while too many unproven newcomers are waiting.</summary>
    HalfOpenFull,

    /// <summary>Newcomers dropped to make room for others.</summary>
    HalfOpenEvicted,

    /// <summary>Ignored: connection request older than the connection it would replace.</summary>
    RequestOutdated,

    /// <summary>Ignored: repetition of a request that is being decided.</summary>
    RequestRepeated,

    /// <summary>Ignored: newer request for a connection that then showed life, so forged or late.</summary>
    RequestForged,

    /// <summary>Newcomers dropped because their address was not proven in time.</summary>
    ProofTimeout,

    /// <summary>Newcomers dropped because of too many wrong pongs.</summary>
    ProofWrong,

    /// <summary>Refused: data of a newcomer beyond what is held until its address is proven.</summary>
    EarlyData,

    /// <summary>Answers to strangers not sent because of their rate limit.</summary>
    AnswerRate,

    /// <summary>Ignored: a packet for the wrong state of the connection.</summary>
    WrongState,

    /// <summary>Ignored: connection number of an earlier connection.</summary>
    WrongConnectionNumber,

    /// <summary>Ignored: disconnect, accept or identity that does not name this connection.</summary>
    WrongConnectionTime,

    /// <summary>Ignored: PeerNotFound while the connection was alive.</summary>
    PeerNotFoundIgnored,

    /// <summary>Refused: sequence of 32768 or more, or outside the window.</summary>
    SequenceOutsideWindow,

    /// <summary>Refused: channel beyond the configured count.</summary>
    ChannelUnknown,

    /// <summary>Refused: ack of a wrong size or sequence.</summary>
    AckMalformed,

    /// <summary>Refused: ack of packets that were never sent.</summary>
    AckOfUnsent,

    /// <summary>Refused: merged packet, or the rest of one, that does not add up or holds what may not be inside.</summary>
    MergedMalformed,

    /// <summary>Refused: rest of a packet of merged messages that does not add up.</summary>
    EntryMalformed,

    /// <summary>Refused: fragment flag or merged messages on a sequenced channel, or a sequence out of range there.</summary>
    SequencedMalformed,

    /// <summary>Refused: part of a long message that contradicts itself or the parts before.</summary>
    FragmentMalformed,

    /// <summary>Connections ended because a message, or all incomplete ones together, passed the limits.</summary>
    FragmentLimit,

    /// <summary>Connections ended because an incomplete message got no part for too long.</summary>
    FragmentStalled,

    /// <summary>Dropped unacknowledged, to come again: too much held back for order already.</summary>
    HoldLimit,

    /// <summary>Refused: MTU probe whose sizes disagree, or an answer to none of ours.</summary>
    MtuMalformed,

    /// <summary>Ignored: repeated ping, or more pings than anyone needs.</summary>
    PingIgnored,

    /// <summary>Ignored: pong for no ping of ours.</summary>
    PongIgnored,

    /// <summary>Dropped: messages of a peer over its message rate.</summary>
    MessageRate,

    /// <summary>Dropped: messages received for a connection that was closed here in the meantime.</summary>
    MessagesDiscarded,

    /// <summary>Connections ended because of too many packets no correct peer sends.</summary>
    ViolationLimit,
}
