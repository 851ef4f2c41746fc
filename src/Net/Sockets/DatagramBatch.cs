using GameServer.Net.Wire;

namespace GameServer.Net.Sockets;

/// <summary>A fixed number of datagrams that cross the socket together. Its memory is pinned for life, so it can be handed to the system as it is.</summary>
public sealed class DatagramBatch
{
    /// <summary>Room per datagram: more than the protocol's maximum, so that longer ones are seen to be longer.</summary>
    public const int SlotBytes = ProtocolLimits.DatagramBytesMax + 104;

    /// <param name="capacity">Datagrams it holds.</param>
    public DatagramBatch(int capacity)
    {
        Capacity = capacity;
        Buffer = GC.AllocateUninitializedArray<byte>(capacity * SlotBytes, pinned: true);
        Lengths = new int[capacity];
        Addresses = new NetAddress[capacity];
    }

    /// <summary>Datagrams it holds at most.</summary>
    public int Capacity { get; }

    /// <summary>Datagrams it holds now.</summary>
    public int Count { get; set; }

    /// <summary>Slot i begins at i × <see cref="SlotBytes"/>.</summary>
    public byte[] Buffer { get; }

    /// <summary>Bytes of each datagram.</summary>
    public int[] Lengths { get; }

    /// <summary>Where each came from or goes to.</summary>
    public NetAddress[] Addresses { get; }

    /// <summary>All room of one slot.</summary>
    public Span<byte> Slot(int index) => Buffer.AsSpan(index * SlotBytes, SlotBytes);

    /// <summary>The datagram in one slot.</summary>
    public ReadOnlySpan<byte> Datagram(int index) => Buffer.AsSpan(index * SlotBytes, Lengths[index]);
}
