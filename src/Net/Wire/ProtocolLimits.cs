using System.Diagnostics;

namespace GameServer.Net.Wire;

/// <summary>Sizes and counts fixed by the format; none of them can be configured. Source: wire specification, section 15.</summary>
static class ProtocolLimits
{
    /// <summary>Protocol id of both dialects.</summary>
    public const int ProtocolId = 13;

    /// <summary>Connection numbers run 0..3; they separate successive connections between the same two addresses.</summary>
    public const int ConnectionNumbers = 4;

    /// <summary>Longest datagram any peer sends, packet layer included.</summary>
    public const int DatagramBytesMax = 1432;

    /// <summary>Sequences are 15-bit.</summary>
    public const int SequenceCount = 32768;

    /// <summary>Packets in flight per reliable channel and direction. The ack bitmap is exactly this wide.</summary>
    public const int Window = 64;

    /// <summary>Channels per delivery method.</summary>
    public const int ChannelsMax = 64;

    /// <summary>Parts one message may be cut into.</summary>
    public const int FragmentsMax = 65535;

    /// <summary>Both kinds of merging leave this many bytes unused rather than split hairs.</summary>
    public const int MergeSlack = 20;

    /// <summary>Largest datagram before MTU discovery has found more.</summary>
    public const int InitialMtu = 1024;

    /// <summary>Bytes the CRC32C layer appends.</summary>
    public const int ChecksumBytes = 4;

    /// <summary>Sizes MTU discovery steps through.</summary>
    public static ReadOnlySpan<ushort> MtuTable => [1024, 1164, 1392, 1404, 1424, 1432];

    [Conditional("DEBUG")]
    public static void AssertRelations()
    {
        Debug.Assert(MtuTable[0] == InitialMtu && MtuTable[^1] == DatagramBytesMax, "The table spans initial to maximum.");
        Debug.Assert(Window == sizeof(ulong) * 8, "The ack bitmap is one machine word.");
        Debug.Assert(Window < SequenceCount / 4, "Old and new sequences stay apart.");
    }
}
