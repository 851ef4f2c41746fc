using GameServer.Luau.Bytecode;
using GameServer.Luau.Runtime;

namespace GameServer.Luau.Library;

/// <summary>Library <c>math</c> (specification 13).</summary>
static class MathLibrary
{
    const double RadiansPerDegree = Math.PI / 180.0;

    static HostResult Log(ref CallContext call)
    {
        double x = call.Number(0);
        if (call[1].IsNil) return call.Return(Math.Log(x));
        double @base = call.Number(1);
        if (@base == 2.0) return call.Return(Math.Log2(x));
        if (@base == 10.0) return call.Return(Math.Log10(x));
        return call.Return(Math.Log(x) / Math.Log(@base));
    }

    static HostResult Frexp(ref CallContext call)
    {
        double x = call.Number(0);
        if (x == 0 || !double.IsFinite(x)) return call.Return(x, 0.0);
        int exponent = Math.ILogB(x) + 1;
        // Two steps: the exponent of a subnormal is outside what one scaling can undo.
        double fraction = Math.ScaleB(Math.ScaleB(x, -(exponent / 2)), -(exponent - (exponent / 2)));
        return call.Return(fraction, (double)exponent);
    }

    static HostResult Modf(ref CallContext call)
    {
        double x = call.Number(0);
        double whole = Math.Truncate(x);
        double fraction = double.IsInfinity(x) ? 0.0 : x - whole;
        return call.Return(whole, double.IsNaN(x) ? x : Math.CopySign(fraction, x));
    }

    static HostResult Min(ref CallContext call)
    {
        double min = call.Number(0);
        for (int i = 1; i < call.ArgCount; i++)
        {
            double d = call.Number(i);
            if (d < min) min = d;
            if ((i & 4095) == 0) call.Heap.Poll();
        }
        return call.Return(min);
    }

    static HostResult Max(ref CallContext call)
    {
        double max = call.Number(0);
        for (int i = 1; i < call.ArgCount; i++)
        {
            double d = call.Number(i);
            if (d > max) max = d;
            if ((i & 4095) == 0) call.Heap.Poll();
        }
        return call.Return(max);
    }

    static HostResult Clamp(ref CallContext call)
    {
        double value = call.Number(0), min = call.Number(1), max = call.Number(2);
        // Written so that a NaN bound fails too.
        if (!(min <= max)) throw call.ArgumentError(2, "max must be greater than or equal to min");
        double raised = value < min ? min : value;
        return call.Return(raised > max ? max : raised);
    }

    static HostResult Lerp(ref CallContext call)
    {
        double a = call.Number(0), b = call.Number(1), t = call.Number(2);
        return call.Return(t == 1.0 ? b : a + ((b - a) * t));
    }

    static HostResult Map(ref CallContext call)
    {
        double x = call.Number(0);
        double inMin = call.Number(1), inMax = call.Number(2), outMin = call.Number(3), outMax = call.Number(4);
        return call.Return(outMin + ((x - inMin) * (outMax - outMin) / (inMax - inMin)));
    }

    static HostResult Random(ref CallContext call)
    {
        Pcg32 random = LibraryState.Of(call.Heap).Random;
        switch (call.ArgCount)
        {
            case 0:
                return call.Return(random.NextDouble());
            case 1:
                int count = call.Integer(0);
                if (count < 1) throw call.ArgumentError(0, "interval is empty");
                return call.Return(random.NextInteger(1, count));
            case 2:
                int low = call.Integer(0), high = call.Integer(1);
                if (low > high) throw call.ArgumentError(1, "interval is empty");
                if ((uint)high - (uint)low == uint.MaxValue) throw call.ArgumentError(1, "interval is too large");
                return call.Return(random.NextInteger(low, high));
            default:
                throw call.Error("wrong number of arguments");
        }
    }

    static HostResult RandomSeed(ref CallContext call)
    {
        LibraryState.Of(call.Heap).Random.Seed(call.Integer(0));
        return call.Return();
    }

    static HostResult Noise(ref CallContext call)
    {
        double x = call.Number(0), y = call.Number(1, 0), z = call.Number(2, 0);
        return call.Return(PerlinNoise.At((float)x, (float)y, (float)z));
    }

    /// <summary>Half away from zero; the sign of zero is kept.</summary>
    internal static double RoundHalfAway(double x) => Math.Round(x, MidpointRounding.AwayFromZero);

    /// <summary>1, -1, or 0 for zeros and NaN.</summary>
    internal static double SignOf(double x) => x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0;

    /// <summary>The rows.</summary>
    public static LibraryTable Table { get; } = new("math",
    [
        new("abs", "(n: number) -> number", "Absolute value.")
        { Builtin = BuiltinId.Math_abs, Body = static (ref CallContext c) => c.Return(Math.Abs(c.Number(0))) },
        new("acos", "(n: number) -> number", "Arc cosine in radians.")
        { Builtin = BuiltinId.Math_acos, Body = static (ref CallContext c) => c.Return(Math.Acos(c.Number(0))) },
        new("asin", "(n: number) -> number", "Arc sine in radians.")
        { Builtin = BuiltinId.Math_asin, Body = static (ref CallContext c) => c.Return(Math.Asin(c.Number(0))) },
        new("atan", "(n: number) -> number", "Arc tangent in radians.")
        { Builtin = BuiltinId.Math_atan, Body = static (ref CallContext c) => c.Return(Math.Atan(c.Number(0))) },
        new("atan2", "(y: number, x: number) -> number", "Angle of the point (x, y) in radians, in the right quadrant.")
        { Builtin = BuiltinId.Math_atan2, Body = static (ref CallContext c) => c.Return(Math.Atan2(c.Number(0), c.Number(1))) },
        new("ceil", "(n: number) -> number", "Smallest whole number not below n.")
        { Builtin = BuiltinId.Math_ceil, Body = static (ref CallContext c) => c.Return(Math.Ceiling(c.Number(0))) },
        new("clamp", "(n: number, min: number, max: number) -> number", "n, but not below min nor above max.")
        { Builtin = BuiltinId.Math_clamp, Body = Clamp },
        new("cos", "(n: number) -> number", "Cosine of an angle in radians.")
        { Builtin = BuiltinId.Math_cos, Body = static (ref CallContext c) => c.Return(Math.Cos(c.Number(0))) },
        new("cosh", "(n: number) -> number", "Hyperbolic cosine.")
        { Body = static (ref CallContext c) => c.Return(Math.Cosh(c.Number(0))) },
        new("deg", "(radians: number) -> number", "Radians to degrees.")
        { Builtin = BuiltinId.Math_deg, Body = static (ref CallContext c) => c.Return(c.Number(0) / RadiansPerDegree) },
        new("exp", "(n: number) -> number", "e to the power of n.")
        { Builtin = BuiltinId.Math_exp, Body = static (ref CallContext c) => c.Return(Math.Exp(c.Number(0))) },
        new("floor", "(n: number) -> number", "Largest whole number not above n.")
        { Builtin = BuiltinId.Math_floor, Body = static (ref CallContext c) => c.Return(Math.Floor(c.Number(0))) },
        new("fmod", "(x: number, y: number) -> number", "Remainder of the division that rounds toward zero.")
        { Builtin = BuiltinId.Math_fmod, Body = static (ref CallContext c) => c.Return(c.Number(0) % c.Number(1)) },
        new("frexp", "(n: number) -> (number, number)", "Fraction from 0.5 to 1 and exponent of 2 that give n.")
        { Body = Frexp },
        new("isfinite", "(n: number) -> boolean", "Whether n is neither infinite nor NaN.")
        { Body = static (ref CallContext c) => c.Return(double.IsFinite(c.Number(0))) },
        new("isinf", "(n: number) -> boolean", "Whether n is infinite.")
        { Body = static (ref CallContext c) => c.Return(double.IsInfinity(c.Number(0))) },
        new("isnan", "(n: number) -> boolean", "Whether n is NaN.")
        { Body = static (ref CallContext c) => c.Return(double.IsNaN(c.Number(0))) },
        new("ldexp", "(n: number, exponent: number) -> number", "n times 2 to the power of exponent.")
        { Body = static (ref CallContext c) => c.Return(Math.ScaleB(c.Number(0), c.Integer(1))) },
        new("lerp", "(a: number, b: number, t: number) -> number", "a at t = 0, b at t = 1, in between linearly.")
        { Builtin = BuiltinId.Math_lerp, Body = Lerp },
        new("log", "(n: number, base: number?) -> number", "Logarithm, natural unless a base is given.")
        { Builtin = BuiltinId.Math_log, Body = Log },
        new("log10", "(n: number) -> number", "Logarithm to base 10.")
        { Body = static (ref CallContext c) => c.Return(Math.Log10(c.Number(0))) },
        new("map", "(n: number, inMin: number, inMax: number, outMin: number, outMax: number) -> number", "n from the first range to the second, linearly.")
        { Body = Map },
        new("max", "(n: number, ...number) -> number", "Largest of the arguments.")
        { Builtin = BuiltinId.Math_max, Body = Max },
        new("min", "(n: number, ...number) -> number", "Smallest of the arguments.")
        { Builtin = BuiltinId.Math_min, Body = Min },
        new("modf", "(n: number) -> (number, number)", "Whole part and fraction, both with the sign of n.")
        { Body = Modf },
        new("noise", "(x: number, y: number?, z: number?) -> number", "Perlin noise from about -1 to 1; 0 at whole coordinates.")
        { Body = Noise },
        new("pow", "(n: number, exponent: number) -> number", "n to the power of exponent.")
        { Builtin = BuiltinId.Math_pow, Body = static (ref CallContext c) => c.Return(Math.Pow(c.Number(0), c.Number(1))) },
        new("rad", "(degrees: number) -> number", "Degrees to radians.")
        { Builtin = BuiltinId.Math_rad, Body = static (ref CallContext c) => c.Return(c.Number(0) * RadiansPerDegree) },
        new("random", "(() -> number) & ((max: number) -> number) & ((min: number, max: number) -> number)", "Number in [0, 1); or whole number from 1 to max; or from min to max.")
        { Builtin = BuiltinId.Math_random, Body = Random },
        new("randomseed", "(seed: number) -> ()", "Starts the sequence of random that belongs to seed.")
        { Body = RandomSeed },
        new("round", "(n: number) -> number", "Nearest whole number, halves away from zero.")
        { Builtin = BuiltinId.Math_round, Body = static (ref CallContext c) => c.Return(RoundHalfAway(c.Number(0))) },
        new("sign", "(n: number) -> number", "1, -1 or 0.")
        { Builtin = BuiltinId.Math_sign, Body = static (ref CallContext c) => c.Return(SignOf(c.Number(0))) },
        new("sin", "(n: number) -> number", "Sine of an angle in radians.")
        { Builtin = BuiltinId.Math_sin, Body = static (ref CallContext c) => c.Return(Math.Sin(c.Number(0))) },
        new("sinh", "(n: number) -> number", "Hyperbolic sine.")
        { Body = static (ref CallContext c) => c.Return(Math.Sinh(c.Number(0))) },
        new("sqrt", "(n: number) -> number", "Square root.")
        { Builtin = BuiltinId.Math_sqrt, Body = static (ref CallContext c) => c.Return(Math.Sqrt(c.Number(0))) },
        new("tan", "(n: number) -> number", "Tangent of an angle in radians.")
        { Builtin = BuiltinId.Math_tan, Body = static (ref CallContext c) => c.Return(Math.Tan(c.Number(0))) },
        new("tanh", "(n: number) -> number", "Hyperbolic tangent.")
        { Body = static (ref CallContext c) => c.Return(Math.Tanh(c.Number(0))) },
        new("e", "number", "Euler's number.")
        { Constant = Math.E },
        new("huge", "number", "Infinity.")
        { Constant = double.PositiveInfinity },
        new("nan", "number", "Not a number; equals nothing.")
        { Constant = double.NaN },
        new("phi", "number", "Golden ratio.")
        { Constant = 1.618033988749895 },
        new("pi", "number", "Circle constant.")
        { Constant = Math.PI },
        new("sqrt2", "number", "Square root of 2.")
        { Constant = 1.4142135623730951 },
        new("tau", "number", "Twice pi.")
        { Constant = Math.Tau },
    ]);
}
