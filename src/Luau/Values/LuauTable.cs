namespace GameServer.Luau.Values;

/// <summary>A table: array part, shape with slots for string keys, nodes for everything else (vm-performance notes, section 8).</summary>
public sealed class LuauTable : LuauObject
{
    /// <inheritdoc/>
    public override LuauType Type => LuauType.Table;
}
