using System.Runtime.CompilerServices;

namespace GameServer.Luau.Values;

// A value is 16 bytes: a reference that also is the type tag, and a double. Measured choice (layout R2 of the performance notes):
// nil is the null reference, so fresh arrays and registers are nil without filling; numbers carry the Number tag, booleans the True
// or False tag, everything else the object itself. The tags are string literals because literals are frozen objects: the JIT emits
// them as immediates and stores them without a GC write barrier, which is what makes number writes cheap.
// The struct is mutable on purpose: registers are written in place, field by field, because copying the whole struct costs a
// barrier helper call. Everything outside the accessors below must not look at Ref and Num directly unless it is on a hot path.

/// <summary>Any Luau value. Default is nil.</summary>
public struct LuauValue
{
    /// <summary>Tag of numbers. All tags are compared by reference.</summary>
    internal const string NumberTag = "\u0001number";
    /// <summary>Tag of false.</summary>
    internal const string FalseTag = "\u0001false";
    /// <summary>Tag of true.</summary>
    internal const string TrueTag = "\u0001true";

    /// <summary>Null for nil, a tag, or the object.</summary>
    internal object? Ref;
    /// <summary>The number; meaningless for every other type (may hold leftovers).</summary>
    internal double Num;

    /// <summary>nil</summary>
    public static LuauValue Nil => default;
    /// <summary>true</summary>
    public static LuauValue True => new() { Ref = TrueTag };
    /// <summary>false</summary>
    public static LuauValue False => new() { Ref = FalseTag };

    /// <summary>A number.</summary>
    public LuauValue(double number) { Ref = NumberTag; Num = number; }
    /// <summary>A boolean.</summary>
    public LuauValue(bool boolean) { Ref = boolean ? TrueTag : FalseTag; Num = 0; }
    /// <summary>A string, table, function, coroutine, buffer, vector or userdata; null makes nil.</summary>
    public LuauValue(LuauObject? value) { Ref = value; Num = 0; }

    /// <summary>A number.</summary>
    public static implicit operator LuauValue(double number) => new(number);
    /// <summary>A boolean.</summary>
    public static implicit operator LuauValue(bool boolean) => new(boolean);
    /// <summary>An object; null makes nil.</summary>
    public static implicit operator LuauValue(LuauObject? value) => new(value);

    /// <summary>Whether this is nil.</summary>
    public readonly bool IsNil { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => Ref == null; }
    /// <summary>Whether this is a number.</summary>
    public readonly bool IsNumber { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => ReferenceEquals(Ref, NumberTag); }
    /// <summary>Whether this is a boolean.</summary>
    public readonly bool IsBoolean
    { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => ReferenceEquals(Ref, TrueTag) || ReferenceEquals(Ref, FalseTag); }
    /// <summary>Everything but nil and false.</summary>
    public readonly bool IsTruthy { [MethodImpl(MethodImplOptions.AggressiveInlining)] get => Ref != null && !ReferenceEquals(Ref, FalseTag); }

    /// <summary>Type of the value.</summary>
    public readonly LuauType Type => Ref switch
    {
        null => LuauType.Nil,
        string tag => ReferenceEquals(tag, NumberTag) ? LuauType.Number : LuauType.Boolean,
        LuauObject o => o.Type,
        _ => throw new InvalidOperationException("not a Luau value"),
    };

    /// <summary>The number; only when <see cref="IsNumber"/>.</summary>
    public readonly double AsNumber() => IsNumber ? Num : throw new InvalidOperationException($"{Type} is not a number");

    /// <summary>Whether this is a number, and which.</summary>
    public readonly bool TryGetNumber(out double number) { number = Num; return IsNumber; }

    /// <summary>The object when it is of class <typeparamref name="T"/>, else null.</summary>
    public readonly T? As<T>() where T : LuauObject => Ref as T;

    /// <summary>Raw equality as <c>rawequal</c>: numbers by value, strings by content, vectors by components, others by identity.</summary>
    public static bool RawEquals(in LuauValue a, in LuauValue b)
    {
        if (ReferenceEquals(a.Ref, b.Ref)) return !a.IsNumber || a.Num == b.Num;
        if (a.Ref is LuauString s) return b.Ref is LuauString t && LuauString.Equals(s, t);
        return a.Ref is LuauVector v && b.Ref is LuauVector w && LuauVector.Equals(v, w);
    }

    /// <summary>Makes this a number without a write barrier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetNumber(double number) { Ref = NumberTag; Num = number; }

    /// <summary>Makes this a boolean without a write barrier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetBoolean(bool boolean) { if (boolean) Ref = TrueTag; else Ref = FalseTag; }

    /// <summary>Makes this nil.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetNil() => Ref = null;

    /// <summary>Makes this an object; skips the barrier when it is there already.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void SetObject(object o) { if (!ReferenceEquals(Ref, o)) Ref = o; }

    /// <summary>Copies field by field, skipping the reference store (and its barrier) when tag or object are the same. A number over anything needs no barrier
    /// either: temporaries change between objects and numbers all the time.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CopyFrom(ref LuauValue other)
    {
        Num = other.Num;
        object? o = other.Ref;
        if (ReferenceEquals(Ref, o)) return;
        if (ReferenceEquals(o, NumberTag)) Ref = NumberTag;
        else Ref = o;
    }

    /// <summary>As <see cref="CopyFrom"/>, for places that held nothing before: numbers and booleans are stored without a barrier.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CopyFresh(in LuauValue other)
    {
        Num = other.Num;
        object? o = other.Ref;
        if (ReferenceEquals(o, NumberTag)) Ref = NumberTag;
        else if (ReferenceEquals(o, TrueTag)) Ref = TrueTag;
        else if (ReferenceEquals(o, FalseTag)) Ref = FalseTag;
        else Ref = o;
    }

    /// <summary>As <see cref="CopyFrom"/>, for a constant: booleans need no barrier, and a string that is there already none either.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void CopyConstant(ref LuauValue constant)
    {
        Num = constant.Num;
        object? o = constant.Ref;
        if (ReferenceEquals(o, NumberTag)) Ref = NumberTag;
        else if (ReferenceEquals(o, TrueTag)) Ref = TrueTag;
        else if (ReferenceEquals(o, FalseTag)) Ref = FalseTag;
        else if (!ReferenceEquals(Ref, o)) Ref = o;
    }

    /// <summary>For debuggers and messages of this code base; scripts see <c>tostring</c>.</summary>
    public override readonly string ToString() => Ref switch
    {
        null => "nil",
        string tag => ReferenceEquals(tag, NumberTag) ? Num.ToString("R") : tag[1..],
        var o => o.ToString() ?? "",
    };
}
