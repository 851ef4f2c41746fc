using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau;

public sealed partial class LuauVm
{
    /// <summary>Describes what scripts can do with userdata of one tag.</summary>
    /// <exception cref="ArgumentException">The tag is taken or out of range.</exception>
    public void RegisterUserdataClass(UserdataClass type) => throw new NotSupportedException();

    /// <summary>Wraps a host object for scripts. Each call makes a new identity; hosts keep one userdata per object.</summary>
    /// <param name="target">The object; scripts see it through the class of the tag only.</param>
    /// <param name="tag">A tag registered with <see cref="RegisterUserdataClass"/>.</param>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public Userdata CreateUserdata(object? target, int tag) => throw new NotSupportedException();
}

/// <summary>What scripts can do with userdata of one tag. Methods are found in constant time and called without making a bound function; their first
/// argument is the userdata (<see cref="CallContext.Userdata{T}(int, int)"/> checks it).</summary>
/// <param name="Tag">1 to 127, the same for all userdata of the class.</param>
/// <param name="TypeName">What <c>typeof</c> gives and messages show.</param>
public sealed record UserdataClass(int Tag, string TypeName)
{
    /// <summary>Methods (and constants) by name.</summary>
    public IReadOnlyDictionary<string, LuauValue> Members { get; init; } = new Dictionary<string, LuauValue>();
    /// <summary>Reads a field that is not a member: arguments are the userdata and the key, one result. Null: such fields are nil.</summary>
    public HostBody? Index { get; init; }
    /// <summary>Writes a field: userdata, key, value. Null: writing raises <c>attempt to modify a readonly …</c>.</summary>
    public HostBody? NewIndex { get; init; }
    /// <summary>Text for <c>tostring</c>: the userdata in, a string out. Null: the type name and a made-up id.</summary>
    public HostBody? ToText { get; init; }
    /// <summary>Further metamethods by name, e.g. <c>__eq</c>, <c>__lt</c>, <c>__len</c>, <c>__iter</c>.</summary>
    public IReadOnlyDictionary<string, HostBody> Metamethods { get; init; } = new Dictionary<string, HostBody>();
}
