using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

/// <summary>Import chains of library functions that have a call without a frame; derived from the names in <see cref="BuiltinId"/>.</summary>
static class BuiltinNames
{
    static readonly Dictionary<string, BuiltinId> ByChain = Enum.GetValues<BuiltinId>()
        .Where(id => id != BuiltinId.None)
        .ToDictionary(ChainOf);

    /// <summary>Builtin that a global (without <paramref name="library"/>) or a member of a library stands for, if any.</summary>
    public static BuiltinId Find(Name? library, Name function) =>
        ByChain.GetValueOrDefault(library is null ? function.ToString() : $"{library}.{function}");

    // Where upstream's choice differs from ours.
    static readonly HashSet<string> UpstreamOnly =
    [
        "math.cosh", "math.frexp", "math.isfinite", "math.isinf", "math.isnan", "math.ldexp", "math.log10", "math.modf", "math.sinh", "math.tanh", "table.unpack",
        "vector.abs", "vector.ceil", "vector.clamp", "vector.floor", "vector.lerp", "vector.max", "vector.min", "vector.sign",
    ];

    /// <summary>Whether upstream calls this member of a library without a frame, which decides the line of errors in a call over several lines.</summary>
    public static bool IsUpstreamBuiltin(Name library, Name function)
    {
        string chain = $"{library}.{function}";
        return UpstreamOnly.Contains(chain) || ByChain.GetValueOrDefault(chain) is not (BuiltinId.None or BuiltinId.Math_random);
    }

    /// <summary>How a script names the builtin: <c>type</c>, <c>math.floor</c>.</summary>
    public static string ChainOf(BuiltinId id)
    {
        var parts = id.ToString().Split('_', 2);
        return parts[0] == "Base" ? parts[1] : $"{char.ToLowerInvariant(parts[0][0])}{parts[0].AsSpan(1)}.{parts[1]}";
    }
}
