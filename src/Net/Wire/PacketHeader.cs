namespace GameServer.Net.Wire;

/// <summary>What a packet is. Values are the packet numbers of dialect 2; dialect 1 lacks <see cref="ReliableMerged"/>.</summary>
enum PacketKind : byte
{
    Unreliable,
    Channeled,
    ReliableMerged,
    Ack,
    Ping,
    Pong,
    ConnectRequest,
    ConnectAccept,
    Disconnect,
    UnconnectedMessage,
    MtuCheck,
    MtuOk,
    Broadcast,
    Merged,
    ShutdownOk,
    PeerNotFound,
    InvalidProtocol,
    NatMessage,
    Empty,
}

/// <summary>
/// The first byte of every packet: number in bits 0–4, connection number in bits 5–6, fragment flag in bit 7.
/// This page holds everything that is known about a packet before its kind is looked at. Source: wire specification, section 2.
/// </summary>
readonly struct PacketHeader
{
    const int NumberMask = 0x1F;
    const int ConnectionShift = 5;
    const int ConnectionMask = 3;
    const int FragmentFlag = 0x80;

    PacketHeader(PacketKind kind, int connectionNumber, bool isFragment)
    {
        Kind = kind;
        ConnectionNumber = (byte)connectionNumber;
        IsFragment = isFragment;
    }

    public PacketKind Kind { get; }

    public byte ConnectionNumber { get; }

    public bool IsFragment { get; }

    /// <summary>Smallest size of each kind, by dialect-2 number.</summary>
    static ReadOnlySpan<byte> MinimumSizes => [1, 4, 4, 4, 3, 11, 18, 15, 9, 1, 9, 9, 1, 1, 1, 1, 1, 1, 1];

    /// <summary>The raw packet number, without knowing the dialect. The packet must not be empty.</summary>
    public static int RawNumber(ReadOnlySpan<byte> packet) => packet[0] & NumberMask;

    /// <summary>The raw connection number bits. The packet must not be empty.</summary>
    public static int RawConnectionNumber(ReadOnlySpan<byte> packet) => (packet[0] >> ConnectionShift) & ConnectionMask;

    /// <summary>The number of <paramref name="kind"/> in <paramref name="dialect"/>.</summary>
    public static int Number(PacketKind kind, WireDialect dialect) =>
        dialect == WireDialect.V2 || kind < PacketKind.ReliableMerged ? (int)kind : (int)kind - 1;

    /// <summary>Builds byte 0.</summary>
    public static byte Encode(PacketKind kind, WireDialect dialect, int connectionNumber, bool isFragment = false) =>
        (byte)(Number(kind, dialect) | (connectionNumber << ConnectionShift) | (isFragment ? FragmentFlag : 0));

    /// <summary>Reads byte 0 and checks the number, the minimum size, and that only channelled packets are fragments.</summary>
    public static bool TryRead(ReadOnlySpan<byte> packet, WireDialect dialect, out PacketHeader header)
    {
        header = default;
        if (packet.IsEmpty)
            return false;
        var first = packet[0];
        var number = first & NumberMask;
        if (dialect == WireDialect.V1 && number >= (int)PacketKind.ReliableMerged)
            number++;
        if (number >= MinimumSizes.Length)
            return false;
        var isFragment = (first & FragmentFlag) != 0;
        var minimum = (int)MinimumSizes[number];
        if (isFragment)
        {
            if (number != (int)PacketKind.Channeled)
                return false;
            minimum += FragmentHeader.Bytes;
        }
        if (packet.Length < minimum)
            return false;
        header = new PacketHeader((PacketKind)number, (first >> ConnectionShift) & ConnectionMask, isFragment);
        return true;
    }
}
