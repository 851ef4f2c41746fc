using GameServer.Luau.Bytecode;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>Library <c>vector</c>: three floats with value semantics (specification 13). All arithmetic is in single precision, as upstream's.</summary>
static class VectorLibrary
{
    static HostResult Vector(ref CallContext call, float x, float y, float z) => call.Return(call.Heap.NewVector(x, y, z));

    static float Dot(LuauVector a, LuauVector b) => (a.X * b.X) + (a.Y * b.Y) + (a.Z * b.Z);

    static HostResult Create(ref CallContext call)
    {
        double x = call.Number(0), y = call.Number(1);
        // Leaving z out is allowed, passing nil is not.
        double z = call.IsAbsent(2) ? 0 : call.Number(2);
        return Vector(ref call, (float)x, (float)y, (float)z);
    }

    static HostResult Magnitude(ref CallContext call)
    {
        LuauVector v = call.Vector(0);
        return call.Return((double)MathF.Sqrt(Dot(v, v)));
    }

    static HostResult Normalize(ref CallContext call)
    {
        LuauVector v = call.Vector(0);
        float inverse = 1f / MathF.Sqrt(Dot(v, v));
        return Vector(ref call, v.X * inverse, v.Y * inverse, v.Z * inverse);
    }

    static HostResult Cross(ref CallContext call)
    {
        LuauVector a = call.Vector(0), b = call.Vector(1);
        return Vector(ref call, (a.Y * b.Z) - (a.Z * b.Y), (a.Z * b.X) - (a.X * b.Z), (a.X * b.Y) - (a.Y * b.X));
    }

    static HostResult Angle(ref CallContext call)
    {
        LuauVector a = call.Vector(0), b = call.Vector(1);
        LuauVector? axis = call[2].IsNil ? null : call.Vector(2);
        float x = (a.Y * b.Z) - (a.Z * b.Y), y = (a.Z * b.X) - (a.X * b.Z), z = (a.X * b.Y) - (a.Y * b.X);
        double sine = MathF.Sqrt((x * x) + (y * y) + (z * z));
        double angle = Math.Atan2(sine, Dot(a, b));
        bool negative = axis != null && (x * axis.X) + (y * axis.Y) + (z * axis.Z) < 0;
        return call.Return(negative ? -angle : angle);
    }

    static HostResult Floor(ref CallContext call)
    {
        LuauVector v = call.Vector(0);
        return Vector(ref call, MathF.Floor(v.X), MathF.Floor(v.Y), MathF.Floor(v.Z));
    }

    static HostResult Ceil(ref CallContext call)
    {
        LuauVector v = call.Vector(0);
        return Vector(ref call, MathF.Ceiling(v.X), MathF.Ceiling(v.Y), MathF.Ceiling(v.Z));
    }

    static HostResult Abs(ref CallContext call)
    {
        LuauVector v = call.Vector(0);
        return Vector(ref call, MathF.Abs(v.X), MathF.Abs(v.Y), MathF.Abs(v.Z));
    }

    static HostResult Sign(ref CallContext call)
    {
        LuauVector v = call.Vector(0);
        return Vector(ref call, (float)MathLibrary.SignOf(v.X), (float)MathLibrary.SignOf(v.Y), (float)MathLibrary.SignOf(v.Z));
    }

    static HostResult Clamp(ref CallContext call)
    {
        LuauVector v = call.Vector(0), low = call.Vector(1), high = call.Vector(2);
        // Written so that NaN bounds fail too.
        if (!(low.X <= high.X)) throw call.ArgumentError(2, "max.x must be greater than or equal to min.x");
        if (!(low.Y <= high.Y)) throw call.ArgumentError(2, "max.y must be greater than or equal to min.y");
        if (!(low.Z <= high.Z)) throw call.ArgumentError(2, "max.z must be greater than or equal to min.z");
        return Vector(ref call, Clamp(v.X, low.X, high.X), Clamp(v.Y, low.Y, high.Y), Clamp(v.Z, low.Z, high.Z));
    }

    static float Clamp(float value, float low, float high)
    {
        float raised = value < low ? low : value;
        return raised > high ? high : raised;
    }

    static HostResult Min(ref CallContext call)
    {
        LuauVector first = call.Vector(0);
        float x = first.X, y = first.Y, z = first.Z;
        for (int i = 1; i < call.ArgCount; i++)
        {
            LuauVector v = call.Vector(i);
            if (v.X < x) x = v.X;
            if (v.Y < y) y = v.Y;
            if (v.Z < z) z = v.Z;
            if ((i & 4095) == 0) call.Heap.Poll();
        }
        return Vector(ref call, x, y, z);
    }

    static HostResult Max(ref CallContext call)
    {
        LuauVector first = call.Vector(0);
        float x = first.X, y = first.Y, z = first.Z;
        for (int i = 1; i < call.ArgCount; i++)
        {
            LuauVector v = call.Vector(i);
            if (v.X > x) x = v.X;
            if (v.Y > y) y = v.Y;
            if (v.Z > z) z = v.Z;
            if ((i & 4095) == 0) call.Heap.Poll();
        }
        return Vector(ref call, x, y, z);
    }

    static HostResult Lerp(ref CallContext call)
    {
        LuauVector a = call.Vector(0), b = call.Vector(1);
        float t = (float)call.Number(2);
        return Vector(ref call, Lerp(a.X, b.X, t), Lerp(a.Y, b.Y, t), Lerp(a.Z, b.Z, t));
    }

    static float Lerp(float a, float b, float t) => t == 1f ? b : a + ((b - a) * t);

    /// <summary><c>__index</c> of the metatable that all vectors share. The interpreter reads components itself; this one is
    /// what <c>getmetatable</c> shows.</summary>
    internal static readonly HostFunction Index = HostFunction.Permanent("", Component, HostFunctionKind.Plain, BuiltinId.None);

    static HostResult Component(ref CallContext call)
    {
        LuauVector vector = call.Vector(0);
        LuauString name = call.String(1);
        if (name.Length == 1)
        {
            switch (name.Bytes[0] | 0x20)
            {
                case 'x': return call.Return((double)vector.X);
                case 'y': return call.Return((double)vector.Y);
                case 'z': return call.Return((double)vector.Z);
            }
        }
        throw Errors.Runtime(call.Thread, "attempt to index vector with '", name, "'");
    }

    /// <summary>The rows.</summary>
    public static LibraryTable Table { get; } = new("vector",
    [
        new("abs", "(v: vector) -> vector", "Components without sign.")
        { Body = Abs },
        new("angle", "(a: vector, b: vector, axis: vector?) -> number", "Angle between two vectors in radians; axis gives it a sign.")
        { Body = Angle },
        new("ceil", "(v: vector) -> vector", "Components rounded up.")
        { Body = Ceil },
        new("clamp", "(v: vector, min: vector, max: vector) -> vector", "Components kept between those of min and max.")
        { Body = Clamp },
        new("create", "(x: number, y: number, z: number?) -> vector", "Vector of three components; z is 0 when left out.")
        { Builtin = BuiltinId.Vector_create, Body = Create },
        new("cross", "(a: vector, b: vector) -> vector", "Cross product.")
        { Builtin = BuiltinId.Vector_cross, Body = Cross },
        new("dot", "(a: vector, b: vector) -> number", "Dot product.")
        { Builtin = BuiltinId.Vector_dot, Body = static (ref CallContext c) => c.Return((double)Dot(c.Vector(0), c.Vector(1))) },
        new("floor", "(v: vector) -> vector", "Components rounded down.")
        { Body = Floor },
        new("lerp", "(a: vector, b: vector, t: number) -> vector", "a at t = 0, b at t = 1, in between linearly.")
        { Body = Lerp },
        new("magnitude", "(v: vector) -> number", "Length.")
        { Builtin = BuiltinId.Vector_magnitude, Body = Magnitude },
        new("max", "(v: vector, ...vector) -> vector", "Largest of each component.")
        { Body = Max },
        new("min", "(v: vector, ...vector) -> vector", "Smallest of each component.")
        { Body = Min },
        new("normalize", "(v: vector) -> vector", "Vector of length 1 in the same direction.")
        { Builtin = BuiltinId.Vector_normalize, Body = Normalize },
        new("sign", "(v: vector) -> vector", "1, -1 or 0 for each component.")
        { Body = Sign },
        new("one", "vector", "(1, 1, 1)")
        { Constant = new LuauVector(1, 1, 1) { Mark = Tracer.PermanentMark } },
        new("zero", "vector", "(0, 0, 0)")
        { Constant = new LuauVector(0, 0, 0) { Mark = Tracer.PermanentMark } },
    ]);
}
