using System.Runtime.CompilerServices;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>Names of metamethods and their raw lookup, with a bit per metatable for "has no such field".</summary>
static class Metamethods
{
    /// <summary>Field names in the order of <see cref="MetaEvent"/>; shared by all VMs, immutable.</summary>
    internal static readonly LuauString[] Names =
    [
        Name("__index"), Name("__newindex"), Name("__eq"), Name("__len"), Name("__call"), Name("__iter"), Name("__namecall"), Name("__add"),
        Name("__sub"), Name("__mul"), Name("__div"), Name("__idiv"), Name("__mod"), Name("__pow"), Name("__unm"), Name("__lt"), Name("__le"),
        Name("__concat"), Name("__tostring"), Name("__metatable"), Name("__type"), Name("__mode"),
    ];

    /// <summary>Names of arithmetic operations in messages, from <see cref="MetaEvent.Add"/> on.</summary>
    internal static readonly string[] OperationNames = ["add", "sub", "mul", "div", "idiv", "mod", "pow", "unm"];

    static LuauString Name(string name) => LuauString.Permanent(System.Text.Encoding.ASCII.GetBytes(name));

    /// <summary>The metamethod in <paramref name="metatable"/>, nil when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static LuauValue Get(LuauTable? metatable, MetaEvent @event) =>
        metatable == null || (metatable.Flags & (1u << (int)@event)) != 0 ? default : Find(metatable, @event);

    /// <summary>Metatable of any value; null when it has none.</summary>
    internal static LuauTable? MetatableOf(VmState vm, in LuauValue value) => value.Ref switch
    {
        LuauTable table => table.Metatable,
        Userdata userdata => userdata.Metatable,
        LuauString => vm.StringMetatable,
        LuauVector => vm.VectorMetatable,
        _ => null,
    };

    /// <summary>The metamethod of any value, nil when it has none.</summary>
    internal static LuauValue Get(VmState vm, in LuauValue value, MetaEvent @event) => Get(MetatableOf(vm, value), @event);

    [MethodImpl(MethodImplOptions.NoInlining)]
    static LuauValue Find(LuauTable metatable, MetaEvent @event)
    {
        LuauValue found = metatable.Get(Names[(int)@event]);
        if (found.IsNil) metatable.Flags |= 1u << (int)@event;
        return found;
    }
}
