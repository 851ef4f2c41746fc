using System.Buffers.Binary;
using System.Numerics;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Runtime;

namespace GameServer.Luau.Library;

/// <summary>Library <c>bit32</c>: 32-bit unsigned arithmetic on numbers (specification 13).</summary>
static class Bit32Library
{
    static uint And(ref CallContext call)
    {
        uint result = uint.MaxValue;
        for (int i = 0; i < call.ArgCount; i++)
        {
            result &= call.Unsigned(i);
            if ((i & 4095) == 4095) call.Heap.Poll();
        }
        return result;
    }

    static HostResult Bor(ref CallContext call)
    {
        uint result = 0;
        for (int i = 0; i < call.ArgCount; i++)
        {
            result |= call.Unsigned(i);
            if ((i & 4095) == 4095) call.Heap.Poll();
        }
        return call.Return((double)result);
    }

    static HostResult Bxor(ref CallContext call)
    {
        uint result = 0;
        for (int i = 0; i < call.ArgCount; i++)
        {
            result ^= call.Unsigned(i);
            if ((i & 4095) == 4095) call.Heap.Poll();
        }
        return call.Return((double)result);
    }

    /// <summary>Logical shift; a negative count shifts right, 32 and more give 0.</summary>
    internal static uint ShiftLeft(uint value, long count) => count switch
    {
        <= -32 or >= 32 => 0,
        < 0 => value >> (int)-count,
        _ => value << (int)count,
    };

    /// <summary>Shift right that repeats the sign bit; a negative count shifts left.</summary>
    internal static uint ShiftRightArithmetic(uint value, long count)
    {
        if (count < 0 || (value & 0x8000_0000) == 0) return ShiftLeft(value, -count);
        return count >= 32 ? uint.MaxValue : (uint)((int)value >> (int)count);
    }

    static HostResult Rotate(ref CallContext call, bool left)
    {
        // The count is checked first, as upstream does.
        int count = call.Integer(1);
        uint value = call.Unsigned(0);
        return call.Return((double)(left ? BitOperations.RotateLeft(value, count) : BitOperations.RotateRight(value, count)));
    }

    /// <summary>Reads and checks the field and width arguments that start at <paramref name="index"/>; returns the mask of the width.</summary>
    static uint Field(ref CallContext call, int index, out int field)
    {
        field = call.Integer(index);
        int width = call.Integer(index + 1, 1);
        if (field < 0) throw call.ArgumentError(index, "field cannot be negative");
        if (width <= 0) throw call.ArgumentError(index + 1, "width must be positive");
        if ((long)field + width > 32) throw call.Error("trying to access non-existent bits");
        return uint.MaxValue >> (32 - width);
    }

    static HostResult Extract(ref CallContext call)
    {
        uint value = call.Unsigned(0);
        uint mask = Field(ref call, 1, out int field);
        return call.Return((double)((value >> field) & mask));
    }

    static HostResult Replace(ref CallContext call)
    {
        uint value = call.Unsigned(0), replacement = call.Unsigned(1);
        uint mask = Field(ref call, 2, out int field);
        return call.Return((double)((value & ~(mask << field)) | ((replacement & mask) << field)));
    }

    /// <summary>The rows.</summary>
    public static LibraryTable Table { get; } = new("bit32",
    [
        new("arshift", "(n: number, count: number) -> number", "Shifts right and repeats the sign bit.")
        { Builtin = BuiltinId.Bit32_arshift, Body = static (ref CallContext c) => c.Return((double)ShiftRightArithmetic(c.Unsigned(0), c.Integer(1))) },
        new("band", "(...number) -> number", "Bits set in all arguments.")
        { Builtin = BuiltinId.Bit32_band, Body = static (ref CallContext c) => c.Return((double)And(ref c)) },
        new("bnot", "(n: number) -> number", "Bits inverted.")
        { Builtin = BuiltinId.Bit32_bnot, Body = static (ref CallContext c) => c.Return((double)~c.Unsigned(0)) },
        new("bor", "(...number) -> number", "Bits set in any argument.")
        { Builtin = BuiltinId.Bit32_bor, Body = Bor },
        new("btest", "(...number) -> boolean", "Whether band of the arguments is not 0.")
        { Builtin = BuiltinId.Bit32_btest, Body = static (ref CallContext c) => c.Return(And(ref c) != 0) },
        new("bxor", "(...number) -> number", "Bits set in an odd number of arguments.")
        { Builtin = BuiltinId.Bit32_bxor, Body = Bxor },
        new("byteswap", "(n: number) -> number", "Bytes in reverse order.")
        { Builtin = BuiltinId.Bit32_byteswap, Body = static (ref CallContext c) => c.Return((double)BinaryPrimitives.ReverseEndianness(c.Unsigned(0))) },
        new("countlz", "(n: number) -> number", "Zero bits above the highest one; 32 for 0.")
        { Builtin = BuiltinId.Bit32_countlz, Body = static (ref CallContext c) => c.Return((double)BitOperations.LeadingZeroCount(c.Unsigned(0))) },
        new("countrz", "(n: number) -> number", "Zero bits below the lowest one; 32 for 0.")
        { Builtin = BuiltinId.Bit32_countrz, Body = static (ref CallContext c) => c.Return((double)BitOperations.TrailingZeroCount(c.Unsigned(0))) },
        new("extract", "(n: number, field: number, width: number?) -> number", "The bits of a field.")
        { Builtin = BuiltinId.Bit32_extract, Body = Extract },
        new("lrotate", "(n: number, count: number) -> number", "Rotates left.")
        { Builtin = BuiltinId.Bit32_lrotate, Body = static (ref CallContext c) => Rotate(ref c, left: true) },
        new("lshift", "(n: number, count: number) -> number", "Shifts left; a negative count shifts right.")
        { Builtin = BuiltinId.Bit32_lshift, Body = static (ref CallContext c) => c.Return((double)ShiftLeft(c.Unsigned(0), c.Integer(1))) },
        new("replace", "(n: number, value: number, field: number, width: number?) -> number", "Copy with a field replaced.")
        { Builtin = BuiltinId.Bit32_replace, Body = Replace },
        new("rrotate", "(n: number, count: number) -> number", "Rotates right.")
        { Builtin = BuiltinId.Bit32_rrotate, Body = static (ref CallContext c) => Rotate(ref c, left: false) },
        new("rshift", "(n: number, count: number) -> number", "Shifts right; a negative count shifts left.")
        { Builtin = BuiltinId.Bit32_rshift, Body = static (ref CallContext c) => c.Return((double)ShiftLeft(c.Unsigned(0), -(long)c.Integer(1))) },
    ]);
}
