using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>Operators of the language with their metamethods, for the few library functions that honour them.</summary>
static class ScriptOperators
{
    /// <summary>Text of any value as <c>tostring</c> gives it.</summary>
    public static LuauString ToText(CallContext call, in LuauValue value) => call.ToText(value);

    /// <summary>Field of a value as <c>target[key]</c> reads it.</summary>
    public static LuauValue Index(CallContext call, in LuauValue target, in LuauValue key) =>
        call.Index(target, key);

    /// <summary>Equality as <c>==</c> decides it.</summary>
    public static bool AreEqual(CallContext call, in LuauValue a, in LuauValue b) =>
        call.AreEqual(a, b);

    /// <summary>Order as <c>&lt;</c> decides it; the error for values without order carries no position, as in all library code (specification 10).</summary>
    public static bool IsLess(CallContext call, in LuauValue a, in LuauValue b)
    {
        if (a.IsNumber && b.IsNumber) return a.Num < b.Num;
        if (a.Ref is LuauString s && b.Ref is LuauString t) return s.Span.SequenceCompareTo(t.Span) < 0;
        return call.IsLess(a, b);
    }
}
