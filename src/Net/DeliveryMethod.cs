namespace GameServer.Net;

/// <summary>How a message travels. Names and values are those of LiteNetLib; the low two bits are the channel type on the wire.</summary>
public enum DeliveryMethod : byte
{
    /// <summary>All arrive once, in any order. May be longer than a datagram.</summary>
    ReliableUnordered = 0,

    /// <summary>Newest only: may be lost, never old, never twice.</summary>
    Sequenced = 1,

    /// <summary>All arrive once and in order. May be longer than a datagram.</summary>
    ReliableOrdered = 2,

    /// <summary>Newest only, and the last one is repeated until it has arrived.</summary>
    ReliableSequenced = 3,

    /// <summary>May be lost, doubled or reordered. Has no channel.</summary>
    Unreliable = 4,
}
