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

    /// <summary>For tests that start near the end of the sequence space. A new channel starts both at 0.</summary>
    internal void StartAt(int sending, int receiving)
    {
        _first = _next = sending;
        _start = _expected = receiving;
        _newest = SequenceNumber.Add(receiving, -1);
    }

    /// <inheritdoc/>
    public override bool Flush()
    {
        if (_acksOwed > 0)
            SendAck();
        return FlushWindow() || _acksOwed > 0;
    }

    /// <inheritdoc/>
    public override void Release()
    {
        ReleaseOutgoing();
        ReleaseHeld();
    }
}
