using GameServer.Luau.Bytecode;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

// Slow paths of operators: string conversion, vectors, metamethods (specification 6 and 8).
static unsafe partial class Interpreter
{
    static bool Arithmetic(LuauThread t, Frame f, Instruction* i, MetaEvent operation) => Arithmetic(t, f, i, operation, Register(t, f, i->B), Register(t, f, i->C));

    static bool ArithmeticK(LuauThread t, Frame f, Instruction* i, MetaEvent operation) => Arithmetic(t, f, i, operation, Register(t, f, i->B), Constant(f, i->C));

    static bool KArithmetic(LuauThread t, Frame f, Instruction* i, MetaEvent operation) => Arithmetic(t, f, i, operation, Constant(f, i->B), Register(t, f, i->C));

    /// <returns>True when an error was raised and caught.</returns>
    static bool Arithmetic(LuauThread t, Frame f, Instruction* i, MetaEvent operation, LuauValue a, LuauValue b)
    {
        LuauException? error = Arithmetic(t, operation, a, b, out LuauValue result);
        if (error != null) return Raise(t.Vm, error);
        Register(t, f, i->A) = result;
        return false;
    }

    static void Negate(LuauThread t, Frame f, Instruction* i)
    {
        LuauValue operand = Register(t, f, i->B);
        LuauValue result = operand.Ref is LuauVector v ? t.Heap.NewVector(-v.X, -v.Y, -v.Z) : Arithmetic(t, MetaEvent.Unm, operand, operand);
        Register(t, f, i->A) = result;
    }

    /// <summary>An arithmetic operation on any values.</summary>
    internal static LuauValue Arithmetic(LuauThread t, MetaEvent operation, LuauValue a, LuauValue b)
    {
        LuauException? error = Arithmetic(t, operation, a, b, out LuauValue result);
        return error == null ? result : throw error;
    }

    /// <returns>The error when these values cannot be computed with.</returns>
    static LuauException? Arithmetic(LuauThread t, MetaEvent operation, in LuauValue a, in LuauValue b, out LuauValue result)
    {
        if (a.Ref is LuauVector || b.Ref is LuauVector)
        {
            LuauVector? vector = VectorArithmetic(t, operation, a, b);
            result = vector;
            if (vector != null) return null;
        }
        if (TryToNumber(a, out double x, t.Heap) && TryToNumber(b, out double y, t.Heap))
        {
            result = Calculate(operation, x, y);
            return null;
        }
        LuauValue handler = Metamethods.Get(t.Vm, a, operation);
        if (handler.IsNil) handler = Metamethods.Get(t.Vm, b, operation);
        result = handler.IsNil ? default : t.CallOne(t.FreeSlot, handler, a, b, 2, null);
        return handler.IsNil ? Errors.Arithmetic(t, operation, a, b) : null;
    }

    static double Calculate(MetaEvent operation, double a, double b) => operation switch
    {
        MetaEvent.Add => a + b,
        MetaEvent.Sub => a - b,
        MetaEvent.Mul => a * b,
        MetaEvent.Div => a / b,
        MetaEvent.IDiv => Math.Floor(a / b),
        MetaEvent.Mod => a - (Math.Floor(a / b) * b),
        MetaEvent.Pow => Math.Pow(a, b),
        MetaEvent.Unm => -a,
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    static LuauVector? VectorArithmetic(LuauThread t, MetaEvent operation, in LuauValue a, in LuauValue b)
    {
        if (!TryToVector(a, out float ax, out float ay, out float az, out bool isVectorA) || !TryToVector(b, out float bx, out float by, out float bz, out bool isVectorB))
            return null;
        LuauHeap heap = t.Heap;
        bool bothVectors = isVectorA && isVectorB;
        return operation switch
        {
            MetaEvent.Add when bothVectors => heap.NewVector(ax + bx, ay + by, az + bz),
            MetaEvent.Sub when bothVectors => heap.NewVector(ax - bx, ay - by, az - bz),
            MetaEvent.Mul => heap.NewVector(ax * bx, ay * by, az * bz),
            MetaEvent.Div => heap.NewVector(ax / bx, ay / by, az / bz),
            MetaEvent.IDiv => heap.NewVector(FloorDivide(ax, bx), FloorDivide(ay, by), FloorDivide(az, bz)),
            _ => null,
        };
    }

    static float FloorDivide(float a, float b) => (float)Math.Floor((double)a / b);

    static bool TryToVector(in LuauValue value, out float x, out float y, out float z, out bool isVector)
    {
        isVector = value.Ref is LuauVector;
        if (value.Ref is LuauVector v)
        {
            (x, y, z) = (v.X, v.Y, v.Z);
            return true;
        }
        bool isNumber = TryToNumber(value, out double number);
        x = y = z = (float)number;
        return isNumber;
    }

    /// <summary>The number, or the number a string reads as; <paramref name="heap"/> is polled while reading long strings.</summary>
    internal static bool TryToNumber(in LuauValue value, out double number, LuauHeap? heap = null)
    {
        number = value.Num;
        if (value.IsNumber) return true;
        return value.Ref is LuauString s && NumberText.TryParse(s.Span, out number, heap);
    }

    // ---- comparison

    static bool AreEqual(LuauThread t, Frame f, Instruction* i) => AreEqual(t, Register(t, f, i->A), Register(t, f, i->B));

    /// <summary><c>a == b</c> with __eq.</summary>
    internal static bool AreEqual(LuauThread t, in LuauValue a, in LuauValue b)
    {
        if (a.Ref is LuauTable x && b.Ref is LuauTable y)
        {
            if (x.Metatable != null && y.Metatable != null) return AreEqual(t, a, b, x.Metatable, y.Metatable);
        }
        else if (a.Ref is Userdata u && b.Ref is Userdata v && u.Metatable != null && v.Metatable != null)
        {
            return AreEqual(t, a, b, u.Metatable, v.Metatable);
        }
        return LuauValue.RawEquals(a, b);
    }

    static bool AreEqual(LuauThread t, in LuauValue a, in LuauValue b, LuauTable metaA, LuauTable metaB)
    {
        LuauValue handler = Metamethods.Get(metaA, MetaEvent.Eq);
        if (handler.IsNil) return ReferenceEquals(a.Ref, b.Ref);
        if (!ReferenceEquals(metaA, metaB) && !LuauValue.RawEquals(handler, Metamethods.Get(metaB, MetaEvent.Eq))) return ReferenceEquals(a.Ref, b.Ref);
        return t.CallOne(t.FreeSlot, handler, a, b, 2, null).IsTruthy;
    }

    static bool IsLess(LuauThread t, Frame f, Instruction* i) => IsLess(t, Register(t, f, i->A), Register(t, f, i->B));

    static bool IsLessOrEqual(LuauThread t, Frame f, Instruction* i) => IsLessOrEqual(t, Register(t, f, i->A), Register(t, f, i->B));

    /// <summary><c>a &lt; b</c>.</summary>
    internal static bool IsLess(LuauThread t, LuauValue a, LuauValue b)
    {
        if (!TryLess(t, a, b, out bool result)) throw Errors.Compare(t, a, b, "<");
        return result;
    }

    /// <summary><c>a &lt; b</c>; false when these values have no order.</summary>
    internal static bool TryLess(LuauThread t, LuauValue a, LuauValue b, out bool result)
    {
        if (a.IsNumber && b.IsNumber)
        {
            result = a.Num < b.Num;
            return true;
        }
        if (a.Ref is LuauString x && b.Ref is LuauString y)
        {
            result = LuauString.Compare(x, y) < 0;
            return true;
        }
        return TryCompare(t, MetaEvent.Lt, a, b, out result);
    }

    /// <summary><c>a &lt;= b</c>.</summary>
    internal static bool IsLessOrEqual(LuauThread t, LuauValue a, LuauValue b)
    {
        if (a.IsNumber && b.IsNumber) return a.Num <= b.Num;
        if (a.Ref is LuauString x && b.Ref is LuauString y) return x.Span.SequenceCompareTo(y.Span) <= 0;
        if (TryCompare(t, MetaEvent.Le, a, b, out bool result)) return result;
        if (TryCompare(t, MetaEvent.Lt, b, a, out result)) return !result;
        throw Errors.Compare(t, a, b, "<=");
    }

    /// <summary>Order by metamethod: both operands of one type, with the same handler.</summary>
    static bool TryCompare(LuauThread t, MetaEvent @event, in LuauValue a, in LuauValue b, out bool result)
    {
        result = false;
        if (a.Type != b.Type) return false;
        LuauValue handler = Metamethods.Get(t.Vm, a, @event);
        if (handler.IsNil || !LuauValue.RawEquals(handler, Metamethods.Get(t.Vm, b, @event))) return false;
        result = t.CallOne(t.FreeSlot, handler, a, b, 2, null).IsTruthy;
        return true;
    }

    // ---- length, concatenation

    static void Length(LuauThread t, Frame f, Instruction* i)
    {
        LuauValue result = Length(t, Register(t, f, i->B));
        Register(t, f, i->A) = result;
    }

    /// <summary><c>#value</c>.</summary>
    internal static LuauValue Length(LuauThread t, LuauValue value)
    {
        if (value.Ref is LuauString s) return (double)s.Length;
        LuauValue handler = Metamethods.Get(t.Vm, value, MetaEvent.Len);
        if (handler.IsNil) return value.Ref is LuauTable table ? (double)table.Length : throw Errors.Length(t, value);
        LuauValue length = t.CallOne(t.FreeSlot, handler, value, default, 2, null);
        return length.IsNumber ? length : throw Errors.Runtime(t, "'__len' must return a number");
    }

    static void Concat(LuauThread t, Frame f, Instruction* i)
    {
        int first = f.Base + (i->B >> 4), count = ((i->C - i->B) >> 4) + 1;
        LuauValue result = Concat(t, t.Stack.AsSpan(first, count));
        Register(t, f, i->A) = result;
    }

    static bool IsText(in LuauValue value) => value.IsNumber || value.Ref is LuauString;

    static LuauValue Concat(LuauThread t, ReadOnlySpan<LuauValue> operands)
    {
        int last = operands.Length - 1;
        while (last >= 0 && IsText(operands[last])) last--;
        if (last < 0) return Join(t, operands);

        // From the right: texts in a row are joined in one step, anything else is asked pair by pair.
        LuauValue[] rest = operands.ToArray();
        int count = rest.Length;
        while (count > 1)
        {
            LuauValue a = rest[count - 2], b = rest[count - 1];
            if (IsText(a) && IsText(b))
            {
                int start = count - 2;
                while (start > 0 && IsText(rest[start - 1])) start--;
                rest[start] = Join(t, rest.AsSpan(start, count - start));
                count = start + 1;
                continue;
            }
            LuauValue handler = Metamethods.Get(t.Vm, a, MetaEvent.Concat);
            if (handler.IsNil) handler = Metamethods.Get(t.Vm, b, MetaEvent.Concat);
            if (handler.IsNil) throw Errors.Concat(t, a, b);
            rest[count - 2] = t.CallOne(t.FreeSlot, handler, a, b, 2, null);
            count--;
        }
        return rest[0];
    }

    static LuauValue Join(LuauThread t, ReadOnlySpan<LuauValue> texts)
    {
        LuauString? joined = t.Heap.Concat(texts);
        return joined ?? throw Errors.Runtime(t, "string length overflow");
    }

    /// <summary>Upstream calls <c>string.format</c> here, which metamethods and errors show as a frame.</summary>
    static void Interpolate(LuauThread t, Frame f, Instruction* i)
    {
        int first = f.Base + (i->B >> 4), count = ((i->C - i->B) >> 4) + 1;
        // The registers are temporaries of this instruction: texts replace the values.
        for (int n = 0; n < count; n++)
        {
            LuauValue value = t.Stack[first + n];
            if (!IsText(value)) t.Stack[first + n] = new LuauValue(ToText(t, value, t.FreeSlot, t.Vm.FormatFunction));
        }
        LuauValue result = Join(t, t.Stack.AsSpan(first, count));
        Register(t, f, i->A) = result;
    }

    static readonly LuauString NilText = LuauString.Permanent("nil"u8);
    static readonly LuauString TrueText = LuauString.Permanent("true"u8);
    static readonly LuauString FalseText = LuauString.Permanent("false"u8);

    /// <summary><c>tostring(value)</c>; __tostring is called at stack slot <paramref name="free"/> by <paramref name="caller"/>.</summary>
    internal static LuauString ToText(LuauThread t, LuauValue value, int free, HostFunction caller)
    {
        if (value.Ref is LuauString s) return s;
        if (value.IsNumber) return t.Heap.NewString(value.Num);
        if (value.IsNil) return NilText;
        if (value.IsBoolean) return value.IsTruthy ? TrueText : FalseText;
        LuauValue handler = Metamethods.Get(t.Vm, value, MetaEvent.ToString);
        if (!handler.IsNil)
        {
            LuauValue text = t.CallOne(free, handler, value, default, 1, caller);
            if (text.Ref is LuauString own) return own;
            return text.IsNumber ? t.Heap.NewString(text.Num) : throw Errors.Runtime(t, "'__tostring' must return a string");
        }
        return RawText(t.Vm, value);
    }

    /// <summary>Text of a value without asking metamethods.</summary>
    internal static LuauString RawText(VmState vm, in LuauValue value)
    {
        switch (value.Ref)
        {
            case null:
                return NilText;
            case string:
                return value.IsNumber ? vm.Heap.NewString(value.Num) : value.IsTruthy ? TrueText : FalseText;
            case LuauString s:
                return s;
            case LuauVector v:
                Span<byte> text = stackalloc byte[(NumberText.LengthMax + 2) * 3];
                int length = NumberText.Format(v.X, text);
                ", "u8.CopyTo(text[length..]);
                length += 2;
                length += NumberText.Format(v.Y, text[length..]);
                ", "u8.CopyTo(text[length..]);
                length += 2;
                length += NumberText.Format(v.Z, text[length..]);
                return vm.Heap.NewString(text[..length]);
            default:
                return vm.Heap.NewString(System.Text.Encoding.UTF8.GetBytes($"{TypeNames.Of(value)}: {vm.IdText(value.Ref)}"));
        }
    }
}
