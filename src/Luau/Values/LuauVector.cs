namespace GameServer.Luau.Values;

/// <summary>Three floats with value semantics; immutable (specification 5).</summary>
/// <param name="x">First component.</param>
/// <param name="y">Second component.</param>
/// <param name="z">Third component.</param>
public sealed class LuauVector(float x, float y, float z) : LuauObject
{
    /// <summary>First component.</summary>
    public readonly float X = x;
    /// <summary>Second component.</summary>
    public readonly float Y = y;
    /// <summary>Third component.</summary>
    public readonly float Z = z;

    /// <inheritdoc/>
    public override LuauType Type => LuauType.Vector;

    /// <summary>Component-wise; NaN equals nothing, both zeros are equal.</summary>
    public static bool Equals(LuauVector a, LuauVector b) => a.X == b.X && a.Y == b.Y && a.Z == b.Z;

    /// <summary>Hash as a table key; both zeros alike.</summary>
    internal int Hash => StringHash.Of((double)X * 3 + 0.0) ^ (StringHash.Of((double)Y * 5 + 1.0) * 31) ^ (StringHash.Of((double)Z * 7 + 2.0) * 961);

    /// <inheritdoc/>
    internal override void Trace(Tracer tracer) => tracer.Count(HeapSizes.Vector);
}
