namespace GameServer.Scripting.World;

/// <summary>A point of the world; units are the game's own.</summary>
readonly record struct Place(float X, float Y, float Z)
{
    /// <summary>Whether it is anywhere.</summary>
    public bool IsFinite => float.IsFinite(X) && float.IsFinite(Y) && float.IsFinite(Z);

    /// <summary>Square of the distance to another point.</summary>
    public double SquareTo(in Place other)
    {
        double x = (double)X - other.X, y = (double)Y - other.Y, z = (double)Z - other.Z;
        return (x * x) + (y * y) + (z * z);
    }
}
