namespace GameServer.Luau.Values;

/// <summary>Base of everything a value can refer to. All classes that derive from it and that scripts see are sealed, so that type tests are one
/// comparison of the exact class.</summary>
public abstract class LuauObject
{
    /// <summary>Epoch of the last measurement of the live heap that reached this object; see <see cref="LuauHeap"/>.</summary>
    internal int Mark;

    /// <summary>Tells a measurement of the live heap the bytes of this object (<see cref="Tracer.Count"/>) and reaches what it refers to. Called once per walk.</summary>
    internal virtual void Trace(Tracer tracer) { }

    /// <summary>Type a script sees.</summary>
    public abstract LuauType Type { get; }
}

/// <summary>A local variable shared by closures that is assigned after its initialisation. Never visible to scripts.</summary>
sealed class Cell : LuauObject
{
    /// <summary>The variable.</summary>
    internal LuauValue Value;

    /// <summary>Not a script type.</summary>
    public override LuauType Type => throw new InvalidOperationException("a cell is not a value");

    /// <inheritdoc/>
    internal override void Trace(Tracer tracer)
    {
        tracer.Count(HeapSizes.Cell);
        tracer.Mark(Value);
    }
}
