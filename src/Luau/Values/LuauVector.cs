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
}
