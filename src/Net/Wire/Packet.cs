namespace GameServer.Net.Wire;

/// <summary>A pooled buffer holding one packet that has to outlive the call that made it: queued, in flight, or held back.</summary>
/// <remarks>Whoever takes it off a list owns it and returns it to the pool it came from, once.</remarks>
sealed class Packet
{
    /// <param name="buffer">Its memory.</param>
    /// <param name="sizeClass">Index of the pool's size class.</param>
    internal Packet(byte[] buffer, int sizeClass)
    {
        Buffer = buffer;
        SizeClass = sizeClass;
    }

    public byte[] Buffer { get; private set; }

    /// <summary>Bytes in use.</summary>
    public int Length { get; set; }

    /// <summary>Next in whatever list holds this packet.</summary>
    public Packet? Next { get; set; }

    /// <summary>Host time of the last transmission.</summary>
    public long SentAt { get; set; }

    /// <summary>Host time of the first transmission.</summary>
    public long FirstSentAt { get; set; }

    /// <summary>Transmissions so far.</summary>
    public int SendCount { get; set; }

    /// <summary>The bytes in use.</summary>
    public Span<byte> Bytes => Buffer.AsSpan(0, Length);

    internal int SizeClass { get; private set; }

    /// <summary>Trades memory with another packet of the same pool.</summary>
    internal void SwapBuffer(Packet other)
    {
        (Buffer, other.Buffer) = (other.Buffer, Buffer);
        (SizeClass, other.SizeClass) = (other.SizeClass, SizeClass);
    }
}

/// <summary>
/// Packets by size class. Keeps a bounded number of returned ones, so steady traffic allocates nothing and a burst does not stay for ever.
/// </summary>
/// <remarks>Single-threaded: each host has one for its tick thread.</remarks>
sealed class PacketPool
{
    /// <summary>Returned packets kept per class.</summary>
    readonly int _keepMax;
    readonly Packet?[] _free = new Packet?[Capacities.Length];
    readonly int[] _freeCount = new int[Capacities.Length];

    /// <param name="keepMax">Returned packets kept for each of the three sizes.</param>
    public PacketPool(int keepMax) => _keepMax = keepMax;

    /// <summary>Packets rented and not yet returned.</summary>
    public int Outstanding { get; private set; }

    /// <summary>The largest holds every datagram the protocol allows.</summary>
    static ReadOnlySpan<int> Capacities => [80, 320, ProtocolLimits.DatagramBytesMax];

    /// <param name="length">Bytes in use from the start; at most <see cref="ProtocolLimits.DatagramBytesMax"/>. Contents are old.</param>
    public Packet Rent(int length)
    {
        var sizeClass = 0;
        while (Capacities[sizeClass] < length)
            sizeClass++;
        Outstanding++;
        var packet = _free[sizeClass];
        if (packet is null)
            return new Packet(new byte[Capacities[sizeClass]], sizeClass) { Length = length };
        _free[sizeClass] = packet.Next;
        _freeCount[sizeClass]--;
        packet.Next = null;
        packet.Length = length;
        packet.SendCount = 0;
        return packet;
    }

    /// <summary>A packet with a copy of <paramref name="bytes"/>.</summary>
    public Packet RentCopy(ReadOnlySpan<byte> bytes)
    {
        var packet = Rent(bytes.Length);
        bytes.CopyTo(packet.Buffer);
        return packet;
    }

    /// <summary>Makes a packet longer, wherever it is listed; its present bytes stay.</summary>
    public void Grow(Packet packet, int length)
    {
        if (packet.Buffer.Length < length)
        {
            var larger = Rent(length);
            packet.Bytes.CopyTo(larger.Buffer);
            packet.SwapBuffer(larger);
            Return(larger);
        }
        packet.Length = length;
    }

    public void Return(Packet packet)
    {
        Outstanding--;
        var sizeClass = packet.SizeClass;
        if (_freeCount[sizeClass] >= _keepMax)
            return;
        packet.Next = _free[sizeClass];
        _free[sizeClass] = packet;
        _freeCount[sizeClass]++;
    }

    /// <summary>Returns a whole list.</summary>
    public void ReturnAll(Packet? head)
    {
        while (head is not null)
        {
            var next = head.Next;
            Return(head);
            head = next;
        }
    }
}
