namespace GameServer.Luau.Values;

/// <summary>A host object a script can hold, or what <c>newproxy</c> makes. Identity semantics.</summary>
public sealed class Userdata : LuauObject
{
    /// <summary>Wraps <paramref name="target"/> (null for <c>newproxy</c>) under a host-chosen tag.</summary>
    internal Userdata(object? target, int tag, LuauTable? metatable, int hostBytes = 0)
    {
        Target = target;
        Tag = tag;
        Metatable = metatable;
        _hostBytes = hostBytes;
    }

    // What the target holds on the script's behalf; counted as long as the script holds the userdata.
    readonly int _hostBytes;

    /// <inheritdoc/>
    public override LuauType Type => LuauType.Userdata;

    /// <summary>The host's object; null when the host released it, or for <c>newproxy</c>.</summary>
    public object? Target { get; internal set; }

    /// <summary>Class of the object, chosen by the host; 0 for <c>newproxy</c>.</summary>
    public int Tag { get; }

    /// <summary>Metatable, shared by all userdata of a tag, own for <c>newproxy(true)</c>.</summary>
    internal LuauTable? Metatable;

    /// <inheritdoc/>
    internal override void Trace(Tracer tracer)
    {
        tracer.Count(HeapSizes.Userdata + _hostBytes);
        tracer.Mark(Metatable);
    }
}
