namespace GameServer.Net.Channels;

/// <summary>
/// ReliableOrdered and ReliableUnordered. Both sides have a window of 64 packets; the receiver acknowledges selectively with a bitmap.
/// Source: wire specification, sections 6, 8.1 and 9.
/// </summary>
sealed partial class ReliableChannel : Channel
{
    readonly bool _isOrdered;

    public ReliableChannel(IChannelOwner owner, byte id)
        : base(owner, id) => _isOrdered = Method == DeliveryMethod.ReliableOrdered;

    /// <inheritdoc/>
    public override bool Flush()
    {
        if (_ackOwed)
            SendAck();
        return FlushWindow();
    }

    /// <inheritdoc/>
    public override void Release()
    {
        ReleaseOutgoing();
        ReleaseHeld();
    }
}
