using GameServer.Net.Wire;

namespace GameServer.Net.Channels;

/// <summary>Arithmetic of the 15-bit sequences. Source: wire specification, section 5.1.</summary>
static class SequenceNumber
{
    const int Mask = ProtocolLimits.SequenceCount - 1;
    const int Half = ProtocolLimits.SequenceCount / 2;

    /// <summary>How far <paramref name="a"/> is ahead of <paramref name="b"/>: −16384..16383.</summary>
    public static int Distance(int a, int b)
    {
        var distance = (a - b) & Mask;
        return distance >= Half ? distance - ProtocolLimits.SequenceCount : distance;
    }

    /// <summary><paramref name="sequence"/> moved by <paramref name="count"/>, which may be negative.</summary>
    public static int Add(int sequence, int count) => (sequence + count) & Mask;

    /// <summary>A received number of 32768 or more belongs to no sequence.</summary>
    public static bool IsValid(int sequence) => sequence <= Mask;
}
