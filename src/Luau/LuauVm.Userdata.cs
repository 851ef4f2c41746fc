using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau;

public sealed partial class LuauVm
{
    /// <summary>Describes what scripts can do with userdata of one tag.</summary>
    /// <exception cref="ArgumentException">The tag is taken or out of range.</exception>
    public void RegisterUserdataClass(UserdataClass type)
    {
        Enter();
        if (type.Tag is < 1 or > 127) throw new ArgumentException($"tag {type.Tag} is not in 1..127", nameof(type));
        if (_state.UserdataMetatables[type.Tag] != null) throw new ArgumentException($"tag {type.Tag} is taken", nameof(type));
        LuauTable members = CreateTable(0, type.Members.Count), meta = CreateTable();
        foreach ((string name, LuauValue member) in type.Members) Set(members, name, member);
        members.Freeze();
        Set(meta, "__type", new LuauValue(CreateString(type.TypeName)));
        Set(meta, "__metatable", false);
        Set(meta, "__index", type.Index == null ? new LuauValue(members) : new LuauValue(new HostFunction("__index", ReadField(members, type.Index))));
        if (type.Index != null) _state.UserdataMembers[type.Tag] = members;
        if (type.NewIndex != null) Set(meta, "__newindex", new LuauValue(new HostFunction("__newindex", type.NewIndex)));
        if (type.ToText != null) Set(meta, "__tostring", new LuauValue(new HostFunction("__tostring", type.ToText)));
        foreach ((string name, HostBody body) in type.Metamethods) Set(meta, name, new LuauValue(new HostFunction(name, body)));
        _state.UserdataMetatables[type.Tag] = meta;
    }

    /// <summary>Members first, then the class's own handler.</summary>
    static HostBody ReadField(LuauTable members, HostBody handler) => (ref CallContext call) =>
    {
        LuauValue member = members.Get(call[1]);
        return member.IsNil ? handler(ref call) : call.Return(member);
    };

    /// <summary>Wraps a host object for scripts. Each call makes a new identity; hosts keep one userdata per object.</summary>
    /// <param name="target">The object; scripts see it through the class of the tag only.</param>
    /// <param name="tag">A tag registered with <see cref="RegisterUserdataClass"/>.</param>
    /// <param name="hostBytes">What the object holds on the script's behalf: counted against the memory limit as long as the userdata is alive.</param>
    /// <exception cref="ArgumentException">No class has the tag.</exception>
    /// <exception cref="LuauException">The memory limit refuses it.</exception>
    public Userdata CreateUserdata(object? target, int tag, int hostBytes = 0)
    {
        Enter();
        LuauTable? meta = tag is >= 1 and <= 127 ? _state.UserdataMetatables[tag] : null;
        if (meta == null) throw new ArgumentException($"no userdata class has tag {tag}", nameof(tag));
        Heap.Charge(HeapSizes.Userdata + hostBytes);
        return new Userdata(target, tag, meta, hostBytes);
    }
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
    /// <summary>Writes a field: userdata, key, value. Null: writing is an error, as for any value without fields.</summary>
    public HostBody? NewIndex { get; init; }
    /// <summary>Text for <c>tostring</c>: the userdata in, a string out. Null: the type name and a made-up id.</summary>
    public HostBody? ToText { get; init; }
    /// <summary>Further metamethods by name, e.g. <c>__eq</c>, <c>__lt</c>, <c>__len</c>, <c>__iter</c>.</summary>
    public IReadOnlyDictionary<string, HostBody> Metamethods { get; init; } = new Dictionary<string, HostBody>();
}
