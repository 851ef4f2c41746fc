namespace GameServer.Scripting.Marshalling;

/// <summary>A row of values between two VMs, or between two generations of one: bytes in the internal format, of no VM.</summary>
/// <param name="Bytes">The values, one after the other.</param>
/// <param name="Count">How many.</param>
sealed record EncodedValues(byte[] Bytes, int Count)
{
    /// <summary>No values.</summary>
    public static EncodedValues None { get; } = new([], 0);
}
