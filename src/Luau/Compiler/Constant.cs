using GameServer.Luau.Values;

namespace GameServer.Luau.Compiler;

/// <summary>What kind of value a <see cref="Constant"/> is.</summary>
enum ConstantKind : byte
{
    /// <summary>Not known before running.</summary>
    None,
    /// <summary>nil</summary>
    Nil,
    /// <summary>false or true</summary>
    Boolean,
    /// <summary>A number.</summary>
    Number,
    /// <summary>A string.</summary>
    String,
}

/// <summary>A value known before running, or the fact that there is none (the default).</summary>
readonly struct Constant
{
    /// <summary>What it is.</summary>
    public ConstantKind Kind { get; private init; }

    /// <summary>The number; 0 and 1 for booleans.</summary>
    public double Number { get; private init; }

    /// <summary>The string.</summary>
    public byte[]? Bytes { get; private init; }

    /// <summary>nil</summary>
    public static Constant Nil => new() { Kind = ConstantKind.Nil };

    /// <summary>A boolean.</summary>
    public static Constant Of(bool value) => new() { Kind = ConstantKind.Boolean, Number = value ? 1 : 0 };

    /// <summary>A number.</summary>
    public static Constant Of(double value) => new() { Kind = ConstantKind.Number, Number = value };

    /// <summary>A string.</summary>
    public static Constant Of(byte[] value) => new() { Kind = ConstantKind.String, Bytes = value };

    /// <summary>Whether the value is known.</summary>
    public bool IsKnown => Kind != ConstantKind.None;

    /// <summary>Whether this is a known number.</summary>
    public bool IsNumber => Kind == ConstantKind.Number;

    /// <summary>Whether this is a known string.</summary>
    public bool IsString => Kind == ConstantKind.String;

    /// <summary>The boolean.</summary>
    public bool Boolean => Number != 0;

    /// <summary>Everything but nil and false; only when <see cref="IsKnown"/>.</summary>
    public bool IsTruthy => Kind switch
    {
        ConstantKind.Nil => false,
        ConstantKind.Boolean => Boolean,
        _ => true,
    };

    /// <summary>Raw equality of two known values.</summary>
    public static bool Equal(in Constant a, in Constant b) => a.Kind == b.Kind && a.Kind switch
    {
        ConstantKind.Nil => true,
        ConstantKind.String => a.Bytes.AsSpan().SequenceEqual(b.Bytes),
        _ => a.Number == b.Number,
    };

    /// <summary>The value for a constant table.</summary>
    public LuauValue ToValue() => Kind switch
    {
        ConstantKind.Boolean => new LuauValue(Boolean),
        ConstantKind.Number => new LuauValue(Number),
        ConstantKind.String => new LuauValue(new LuauString(Bytes!)),
        _ => LuauValue.Nil,
    };
}
