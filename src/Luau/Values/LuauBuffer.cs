namespace GameServer.Luau.Values;

/// <summary>A fixed number of mutable bytes with identity (specification 13, buffer).</summary>
public sealed class LuauBuffer : LuauObject
{
    /// <summary>The bytes.</summary>
    internal readonly byte[] Bytes;

    /// <summary>Wraps <paramref name="bytes"/> without copying; callers charge the heap.</summary>
    internal LuauBuffer(byte[] bytes) => Bytes = bytes;

    /// <inheritdoc/>
    public override LuauType Type => LuauType.Buffer;

    /// <summary>The bytes, live.</summary>
    public Span<byte> Span => Bytes;

    /// <inheritdoc/>
    internal override void Trace(Tracer tracer) => tracer.Count(HeapSizes.Buffer(Bytes.Length));
}
