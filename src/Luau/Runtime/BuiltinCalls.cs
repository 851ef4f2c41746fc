using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

// Library functions without a frame. Each answers only for the argument types it is made for and returns false for everything else; then the
// ordinary call runs, which converts, raises errors and calls metamethods. So nothing here may have an effect before it is certain to succeed,
// and nothing here calls scripts.

/// <summary>Bodies of fast calls.</summary>
static class BuiltinCalls
{
    const double RadiansPerDegree = Math.PI / 180.0;

    /// <summary>One argument.</summary>
    internal static bool Call1(BuiltinId id, ref LuauValue result, ref LuauValue a, LuauThread t)
    {
        if (a.IsNumber)
        {
            double x = a.Num;
            switch (id)
            {
                case BuiltinId.Math_abs: result.SetNumber(Math.Abs(x)); return true;
                case BuiltinId.Math_acos: result.SetNumber(Math.Acos(x)); return true;
                case BuiltinId.Math_asin: result.SetNumber(Math.Asin(x)); return true;
                case BuiltinId.Math_atan: result.SetNumber(Math.Atan(x)); return true;
                case BuiltinId.Math_ceil: result.SetNumber(Math.Ceiling(x)); return true;
                case BuiltinId.Math_cos: result.SetNumber(Math.Cos(x)); return true;
                case BuiltinId.Math_deg: result.SetNumber(x / RadiansPerDegree); return true;
                case BuiltinId.Math_exp: result.SetNumber(Math.Exp(x)); return true;
                case BuiltinId.Math_floor: result.SetNumber(Math.Floor(x)); return true;
                case BuiltinId.Math_log: result.SetNumber(Math.Log(x)); return true;
                case BuiltinId.Math_max or BuiltinId.Math_min: result.SetNumber(x); return true;
                case BuiltinId.Math_rad: result.SetNumber(x * RadiansPerDegree); return true;
                case BuiltinId.Math_round: result.SetNumber(Math.Round(x, MidpointRounding.AwayFromZero)); return true;
                case BuiltinId.Math_sign: result.SetNumber(x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0); return true;
                case BuiltinId.Math_sin: result.SetNumber(Math.Sin(x)); return true;
                case BuiltinId.Math_sqrt: result.SetNumber(Math.Sqrt(x)); return true;
                case BuiltinId.Math_tan: result.SetNumber(Math.Tan(x)); return true;
                case BuiltinId.Bit32_band or BuiltinId.Bit32_bor or BuiltinId.Bit32_bxor: result.SetNumber(Bits(x)); return true;
                case BuiltinId.Bit32_bnot: result.SetNumber(~Bits(x)); return true;
                case BuiltinId.Bit32_btest: result.SetBoolean(Bits(x) != 0); return true;
                case BuiltinId.Bit32_countlz: result.SetNumber(BitOperations.LeadingZeroCount(Bits(x))); return true;
                case BuiltinId.Bit32_countrz: result.SetNumber(Bits(x) == 0 ? 32 : BitOperations.TrailingZeroCount(Bits(x))); return true;
                case BuiltinId.Bit32_byteswap: result.SetNumber(BinaryPrimitives.ReverseEndianness(Bits(x))); return true;
                case BuiltinId.String_char:
                    int code = NumberText.ToInt32(x);
                    if ((uint)code > 255) return false;
                    result.SetObject(LuauString.OfByte((byte)code));
                    return true;
            }
        }
        return CallAny(id, ref result, ref a, t);
    }

    static bool CallAny(BuiltinId id, ref LuauValue result, ref LuauValue a, LuauThread t)
    {
        switch (id)
        {
            case BuiltinId.Base_assert:
                if (!a.IsTruthy) return false;
                result.CopyFrom(ref a);
                return true;
            case BuiltinId.Base_type:
                result.SetObject(TypeText.Of(a.Type));
                return true;
            case BuiltinId.Base_typeof:
                if (a.Ref is Userdata) return false;
                result.SetObject(TypeText.Of(a.Type));
                return true;
            case BuiltinId.Base_rawlen:
            {
                if (a.Ref is LuauTable table) result.SetNumber(table.Length);
                else if (a.Ref is LuauString text) result.SetNumber(text.Length);
                else return false;
                return true;
            }
            case BuiltinId.Base_tonumber:
            {
                if (a.IsNumber) result.CopyFrom(ref a);
                else if (a.Ref is not LuauString text) result.SetNil();
                else if (NumberText.TryParse(text.Span, out double number, t.Heap)) result.SetNumber(number);
                else result.SetNil();
                return true;
            }
            case BuiltinId.Base_tostring:
            {
                if (a.Ref is LuauTable or Userdata) return false;
                result.SetObject(Interpreter.RawText(t.Vm, a));
                return true;
            }
            case BuiltinId.Base_getmetatable:
            {
                LuauTable? meta = Metamethods.MetatableOf(t.Vm, a);
                LuauValue locked = Metamethods.Get(meta, MetaEvent.Metatable);
                if (!locked.IsNil) result.CopyFrom(ref locked);
                else if (meta != null) result.SetObject(meta);
                else result.SetNil();
                return true;
            }
            case BuiltinId.String_len:
            {
                if (a.Ref is not LuauString text) return false;
                result.SetNumber(text.Length);
                return true;
            }
            case BuiltinId.String_byte:
            {
                if (a.Ref is not LuauString { Length: > 0 } text) return false;
                result.SetNumber(text.Bytes[0]);
                return true;
            }
            case BuiltinId.Vector_magnitude:
            {
                if (a.Ref is not LuauVector v) return false;
                result.SetNumber(MathF.Sqrt(Dot(v, v)));
                return true;
            }
            case BuiltinId.Vector_normalize:
            {
                if (a.Ref is not LuauVector v) return false;
                float inverse = 1f / MathF.Sqrt(Dot(v, v));
                result.SetObject(t.Heap.NewVector(v.X * inverse, v.Y * inverse, v.Z * inverse));
                return true;
            }
            default:
                return false;
        }
    }

    /// <summary>Two arguments.</summary>
    internal static bool Call2(BuiltinId id, ref LuauValue result, ref LuauValue a, ref LuauValue b, LuauThread t)
    {
        if (a.IsNumber && b.IsNumber)
        {
            double x = a.Num, y = b.Num;
            switch (id)
            {
                case BuiltinId.Math_atan2: result.SetNumber(Math.Atan2(x, y)); return true;
                case BuiltinId.Math_fmod: result.SetNumber(x % y); return true;
                case BuiltinId.Math_max: result.SetNumber(y > x ? y : x); return true;
                case BuiltinId.Math_min: result.SetNumber(y < x ? y : x); return true;
                case BuiltinId.Math_pow: result.SetNumber(Math.Pow(x, y)); return true;
                case BuiltinId.Math_log:
                    result.SetNumber(y == 2.0 ? Math.Log2(x) : y == 10.0 ? Math.Log10(x) : Math.Log(x) / Math.Log(y));
                    return true;
                case BuiltinId.Math_random:
                {
                    int low = NumberText.ToInt32(x), high = NumberText.ToInt32(y);
                    if (low > high || (uint)high - (uint)low == uint.MaxValue) return false;
                    result.SetNumber(LibraryState.Of(t.Heap).Random.NextInteger(low, high));
                    return true;
                }
                case BuiltinId.Bit32_band: result.SetNumber(Bits(x) & Bits(y)); return true;
                case BuiltinId.Bit32_bor: result.SetNumber(Bits(x) | Bits(y)); return true;
                case BuiltinId.Bit32_bxor: result.SetNumber(Bits(x) ^ Bits(y)); return true;
                case BuiltinId.Bit32_btest: result.SetBoolean((Bits(x) & Bits(y)) != 0); return true;
                case BuiltinId.Bit32_lshift: result.SetNumber(ShiftLeft(Bits(x), NumberText.ToInt32(y))); return true;
                case BuiltinId.Bit32_rshift: result.SetNumber(ShiftLeft(Bits(x), -(long)NumberText.ToInt32(y))); return true;
                case BuiltinId.Bit32_arshift: result.SetNumber(ShiftRightArithmetic(Bits(x), NumberText.ToInt32(y))); return true;
                case BuiltinId.Bit32_lrotate: result.SetNumber(BitOperations.RotateLeft(Bits(x), NumberText.ToInt32(y))); return true;
                case BuiltinId.Bit32_rrotate: result.SetNumber(BitOperations.RotateRight(Bits(x), NumberText.ToInt32(y))); return true;
                case BuiltinId.Bit32_extract:
                {
                    int field = NumberText.ToInt32(y);
                    if ((uint)field > 31) return false;
                    result.SetNumber((Bits(x) >> field) & 1);
                    return true;
                }
                case BuiltinId.Vector_create:
                    result.SetObject(t.Heap.NewVector((float)x, (float)y, 0));
                    return true;
            }
        }
        switch (id)
        {
            case BuiltinId.Base_assert:
                if (!a.IsTruthy) return false;
                result.CopyFrom(ref a);
                return true;
            case BuiltinId.Base_rawequal:
                result.SetBoolean(LuauValue.RawEquals(a, b));
                return true;
            case BuiltinId.Base_rawget:
            {
                if (a.Ref is not LuauTable table) return false;
                LuauValue value = table.Get(b);
                result.CopyFrom(ref value);
                return true;
            }
            case BuiltinId.Base_setmetatable:
            {
                if (a.Ref is not LuauTable table || table.IsReadOnly || table.IsSafeEnvironment || (b.Ref != null && b.Ref is not LuauTable)) return false;
                if (!Metamethods.Get(table.Metatable, MetaEvent.Metatable).IsNil) return false;
                table.Metatable = Unsafe.As<LuauTable?>(b.Ref);
                result.SetObject(table);
                return true;
            }
            case BuiltinId.String_byte:
            {
                if (a.Ref is not LuauString text || !b.IsNumber) return false;
                int index = (int)b.Num - 1;
                if ((uint)index >= (uint)text.Length) return false;
                result.SetNumber(text.Bytes[index]);
                return true;
            }
            case BuiltinId.String_sub:
            {
                if (a.Ref is not LuauString text || !b.IsNumber) return false;
                result.SetObject(Substring(t, text, NumberText.ToInt32(b.Num), -1));
                return true;
            }
            case BuiltinId.Table_insert:
            {
                if (a.Ref is not LuauTable table || table.IsReadOnly) return false;
                table.Append(b);
                return true;
            }
            case BuiltinId.Vector_dot:
            {
                if (a.Ref is not LuauVector v || b.Ref is not LuauVector w) return false;
                result.SetNumber(Dot(v, w));
                return true;
            }
            case BuiltinId.Vector_cross:
            {
                if (a.Ref is not LuauVector v || b.Ref is not LuauVector w) return false;
                result.SetObject(t.Heap.NewVector((v.Y * w.Z) - (v.Z * w.Y), (v.Z * w.X) - (v.X * w.Z), (v.X * w.Y) - (v.Y * w.X)));
                return true;
            }
            default:
                return a.Ref is LuauBuffer buffer && b.IsNumber && ReadBuffer(id, ref result, buffer.Bytes, NumberText.ToInt32(b.Num));
        }
    }

    static bool ReadBuffer(BuiltinId id, ref LuauValue result, byte[] bytes, int offset)
    {
        int size = id switch
        {
            BuiltinId.Buffer_readi8 or BuiltinId.Buffer_readu8 => 1,
            BuiltinId.Buffer_readi16 or BuiltinId.Buffer_readu16 => 2,
            BuiltinId.Buffer_readi32 or BuiltinId.Buffer_readu32 or BuiltinId.Buffer_readf32 => 4,
            BuiltinId.Buffer_readf64 => 8,
            _ => int.MaxValue,
        };
        if (offset < 0 || size > bytes.Length - offset) return false;
        ref byte at = ref bytes[offset];
        switch (id)
        {
            case BuiltinId.Buffer_readi8: result.SetNumber((sbyte)at); return true;
            case BuiltinId.Buffer_readu8: result.SetNumber(at); return true;
            case BuiltinId.Buffer_readi16: result.SetNumber(Unsafe.ReadUnaligned<short>(ref at)); return true;
            case BuiltinId.Buffer_readu16: result.SetNumber(Unsafe.ReadUnaligned<ushort>(ref at)); return true;
            case BuiltinId.Buffer_readi32: result.SetNumber(Unsafe.ReadUnaligned<int>(ref at)); return true;
            case BuiltinId.Buffer_readu32: result.SetNumber(Unsafe.ReadUnaligned<uint>(ref at)); return true;
            case BuiltinId.Buffer_readf32: result.SetNumber(Unsafe.ReadUnaligned<float>(ref at)); return true;
            case BuiltinId.Buffer_readf64: result.SetNumber(Unsafe.ReadUnaligned<double>(ref at)); return true;
            default: return false;
        }
    }

    /// <summary>No, three or more arguments, which stand in a row from <paramref name="a"/> on.</summary>
    internal static bool CallN(BuiltinId id, ref LuauValue result, ref LuauValue a, int count, LuauThread t)
    {
        if (count == 0)
        {
            if (id != BuiltinId.Math_random) return false;
            result.SetNumber(LibraryState.Of(t.Heap).Random.NextDouble());
            return true;
        }
        if (count == 1) return Call1(id, ref result, ref a, t);
        ref LuauValue b = ref Unsafe.Add(ref a, 1);
        if (count == 2) return Call2(id, ref result, ref a, ref b, t);
        ref LuauValue c = ref Unsafe.Add(ref a, 2);
        switch (id)
        {
            case BuiltinId.Math_max or BuiltinId.Math_min:
            {
                for (int n = 0; n < count; n++)
                    if (!Unsafe.Add(ref a, n).IsNumber) return false;
                double best = a.Num;
                for (int n = 1; n < count; n++)
                {
                    double x = Unsafe.Add(ref a, n).Num;
                    if (id == BuiltinId.Math_max ? x > best : x < best) best = x;
                }
                result.SetNumber(best);
                return true;
            }
            case BuiltinId.Bit32_band or BuiltinId.Bit32_bor or BuiltinId.Bit32_bxor:
            {
                for (int n = 0; n < count; n++)
                    if (!Unsafe.Add(ref a, n).IsNumber) return false;
                uint bits = Bits(a.Num);
                for (int n = 1; n < count; n++)
                {
                    uint x = Bits(Unsafe.Add(ref a, n).Num);
                    bits = id == BuiltinId.Bit32_band ? bits & x : id == BuiltinId.Bit32_bor ? bits | x : bits ^ x;
                }
                result.SetNumber(bits);
                return true;
            }
            case BuiltinId.Math_clamp:
            {
                if (count != 3 || !(a.IsNumber && b.IsNumber && c.IsNumber) || !(b.Num <= c.Num)) return false;
                double raised = a.Num < b.Num ? b.Num : a.Num;
                result.SetNumber(raised > c.Num ? c.Num : raised);
                return true;
            }
            case BuiltinId.Math_lerp:
                if (count != 3 || !(a.IsNumber && b.IsNumber && c.IsNumber)) return false;
                result.SetNumber(c.Num == 1.0 ? b.Num : a.Num + ((b.Num - a.Num) * c.Num));
                return true;
            case BuiltinId.Bit32_extract:
            {
                if (count != 3 || !(a.IsNumber && b.IsNumber && c.IsNumber)) return false;
                int field = NumberText.ToInt32(b.Num), width = NumberText.ToInt32(c.Num);
                if (field < 0 || width <= 0 || (long)field + width > 32) return false;
                result.SetNumber((Bits(a.Num) >> field) & (uint.MaxValue >> (32 - width)));
                return true;
            }
            case BuiltinId.Base_rawset:
            {
                if (count != 3 || a.Ref is not LuauTable table || table.IsReadOnly || LuauTable.CheckKey(b) != TableFault.None) return false;
                table.Put(b, c);
                result.SetObject(table);
                return true;
            }
            case BuiltinId.String_sub:
                if (count != 3 || a.Ref is not LuauString text || !b.IsNumber || !c.IsNumber) return false;
                result.SetObject(Substring(t, text, NumberText.ToInt32(b.Num), NumberText.ToInt32(c.Num)));
                return true;
            case BuiltinId.Vector_create:
                if (count != 3 || !(a.IsNumber && b.IsNumber && c.IsNumber)) return false;
                result.SetObject(t.Heap.NewVector((float)a.Num, (float)b.Num, (float)c.Num));
                return true;
            default:
                return count == 3 && a.Ref is LuauBuffer buffer && b.IsNumber && c.IsNumber && WriteBuffer(id, buffer.Bytes, NumberText.ToInt32(b.Num), c.Num);
        }
    }

    static bool WriteBuffer(BuiltinId id, byte[] bytes, int offset, double value)
    {
        int size = id switch
        {
            BuiltinId.Buffer_writei8 or BuiltinId.Buffer_writeu8 => 1,
            BuiltinId.Buffer_writei16 or BuiltinId.Buffer_writeu16 => 2,
            BuiltinId.Buffer_writei32 or BuiltinId.Buffer_writeu32 or BuiltinId.Buffer_writef32 => 4,
            BuiltinId.Buffer_writef64 => 8,
            _ => int.MaxValue,
        };
        if (offset < 0 || size > bytes.Length - offset) return false;
        ref byte at = ref bytes[offset];
        switch (id)
        {
            case BuiltinId.Buffer_writef32: Unsafe.WriteUnaligned(ref at, (float)value); return true;
            case BuiltinId.Buffer_writef64: Unsafe.WriteUnaligned(ref at, value); return true;
            default:
                uint bits = Bits(value);
                if (size == 1) at = (byte)bits;
                else if (size == 2) Unsafe.WriteUnaligned(ref at, (ushort)bits);
                else Unsafe.WriteUnaligned(ref at, bits);
                return true;
        }
    }

    static uint Bits(double x) => NumberText.ToUInt32(x);

    static uint ShiftLeft(uint value, long count) => count switch
    {
        <= -32 or >= 32 => 0,
        < 0 => value >> (int)-count,
        _ => value << (int)count,
    };

    static uint ShiftRightArithmetic(uint value, long count)
    {
        if (count < 0 || (value & 0x8000_0000) == 0) return ShiftLeft(value, -count);
        return count >= 32 ? uint.MaxValue : (uint)((int)value >> (int)count);
    }

    static float Dot(LuauVector a, LuauVector b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);

    static LuauString Substring(LuauThread t, LuauString text, int from, int to)
    {
        int length = text.Length;
        long first = from < 0 ? Math.Max(1, (long)length + from + 1) : Math.Max(1, from);
        long last = to < 0 ? (long)length + to + 1 : Math.Min(length, to);
        if (first > last) return LuauString.Empty;
        if (first == 1 && last == length) return text;
        return t.Heap.NewString(text.Span[(int)(first - 1)..(int)last]);
    }
}

/// <summary>Type names as string values that belong to the process.</summary>
static class TypeText
{
    static readonly LuauString[] Names =
        [.. Enum.GetValues<LuauType>().Select(type => LuauString.Permanent(System.Text.Encoding.ASCII.GetBytes(TypeNames.OfType(type))))];

    /// <summary>What <c>type</c> returns.</summary>
    internal static LuauString Of(LuauType type) => Names[(int)type];
}
