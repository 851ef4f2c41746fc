using GameServer.Net.Wire;

namespace GameServer.Net.Channels;

/// <summary>One delivery type on one channel number: payloads in, packets out, packets in, payloads out.</summary>
abstract class Channel
{
    protected Channel(IChannelOwner owner, byte id)
    {
        Owner = owner;
        Id = id;
    }

    /// <summary>Channel id on the wire: number × 4 + type.</summary>
    public byte Id { get; }

    /// <summary>True while the owner has this channel on its list of channels to flush.</summary>
    public bool IsActive { get; set; }

    protected IChannelOwner Owner { get; }

    protected DeliveryMethod Method => (DeliveryMethod)(Id % ChannelHeader.Types);

    protected byte Number => (byte)(Id / ChannelHeader.Types);

    /// <summary>Takes a copy of <paramref name="payload"/> for sending. Its size was checked by the owner.</summary>
    /// <returns>False when the outgoing queue is full.</returns>
    public abstract bool TrySend(ReadOnlySpan<byte> payload);

    /// <summary>Handles a Channeled or ReliableMerged packet.</summary>
    /// <param name="header">Already read from <paramref name="packet"/>.</param>
    /// <param name="packet">The whole packet.</param>
    public abstract void Receive(in PacketHeader header, ArraySegment<byte> packet);

    /// <summary>Handles an ack for this channel.</summary>
    public abstract void ReceiveAck(ReadOnlySpan<byte> packet);

    /// <summary>Emits owed acks, then data that is new or due again.</summary>
    /// <returns>False when nothing is left to do until the channel activates itself again.</returns>
    public abstract bool Flush();

    /// <summary>Returns every packet to the pool. The channel is not used afterwards.</summary>
    public abstract void Release();
}
