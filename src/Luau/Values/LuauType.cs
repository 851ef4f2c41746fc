namespace GameServer.Luau.Values;

/// <summary>Types a script can tell apart with <c>type</c> (specification 5).</summary>
public enum LuauType
{
    /// <summary>nil</summary>
    Nil,
    /// <summary>true or false</summary>
    Boolean,
    /// <summary>A double.</summary>
    Number,
    /// <summary>Three floats with value semantics.</summary>
    Vector,
    /// <summary>Immutable bytes.</summary>
    String,
    /// <summary>A table.</summary>
    Table,
    /// <summary>A script or host function.</summary>
    Function,
    /// <summary>A host object, or what <c>newproxy</c> makes.</summary>
    Userdata,
    /// <summary>A coroutine.</summary>
    Thread,
    /// <summary>A fixed block of mutable bytes.</summary>
    Buffer,
}
