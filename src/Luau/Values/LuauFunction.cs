namespace GameServer.Luau.Values;

/// <summary>What can be called: script closures and host functions derive from it.</summary>
public abstract class LuauFunction : LuauObject
{
    /// <inheritdoc/>
    public sealed override LuauType Type => LuauType.Function;
}
