using System.Text;
using GameServer.Luau;
using GameServer.Luau.Values;

namespace GameServer.Scripting.Testing.Api;

/// <summary>Values as a reader of a failed test wants them: as Luau source, fields in a fixed order, and where two of them differ.</summary>
sealed class ValueText(LuauVm vm)
{
    const int DepthMax = 12;
    const int ItemsMax = 200;
    const int StringMax = 2000;

    /// <summary>A value as text.</summary>
    public string Of(in LuauValue value) => Of(value, 0);

    /// <summary>Where two values differ first.</summary>
    /// <returns>Null when they are equal; else path and both values there.</returns>
    public (string Path, string Actual, string Expected)? Difference(in LuauValue actual, in LuauValue expected) => Difference(actual, expected, "", 0);

    /// <summary>Whether two values are equal, tables by what they hold.</summary>
    public bool AreEqual(in LuauValue a, in LuauValue b) => Difference(a, b) is null;

    string Of(in LuauValue value, int depth)
    {
        if (value.As<LuauString>() is { } text) return Quote(text);
        if (value.As<LuauBuffer>() is { } block) return $"buffer {Convert.ToHexStringLower(block.Span[..Math.Min(block.Span.Length, 64)])}{(block.Span.Length > 64 ? "…" : "")}";
        if (value.As<LuauTable>() is not { } table) return vm.ToText(value);
        if (depth >= DepthMax) return "{…}";
        var parts = new List<string>();
        int listed = vm.Length(table);
        for (int i = 1; i <= listed && parts.Count < ItemsMax; i++) parts.Add(Of(vm.Get(table, i), depth + 1));
        foreach ((string key, LuauValue item) in Fields(table, listed).Take(ItemsMax)) parts.Add($"{key} = {Of(item, depth + 1)}");
        return parts.Count == 0 ? "{}" : $"{{ {string.Join(", ", parts)} }}";
    }

    (string, string, string)? Difference(in LuauValue actual, in LuauValue expected, string path, int depth)
    {
        if (actual.As<LuauBuffer>() is { } left && expected.As<LuauBuffer>() is { } right && left.Span.SequenceEqual(right.Span)) return null;
        if (actual.As<LuauTable>() is not { } a || expected.As<LuauTable>() is not { } b || depth >= DepthMax)
        {
            bool bothNaN = actual.TryGetNumber(out double x) && double.IsNaN(x) && expected.TryGetNumber(out double y) && double.IsNaN(y);
            return bothNaN || LuauValue.RawEquals(actual, expected) ? null : (path, Of(actual), Of(expected));
        }
        LuauValue key = default;
        while (vm.Next(b, ref key, out LuauValue wanted))
        {
            if (Difference(vm.Get(a, key), wanted, path + Step(key), depth + 1) is { } found) return found;
        }
        key = default;
        while (vm.Next(a, ref key, out LuauValue more))
        {
            if (vm.Get(b, key).IsNil) return (path + Step(key), Of(more), "nil");
        }
        return null;
    }

    // Keys in byte order, numbers by value before them: the same table always reads the same.
    IEnumerable<(string Key, LuauValue Value)> Fields(LuauTable table, int listed)
    {
        var fields = new List<(int Kind, double Number, string Key, LuauValue Value)>();
        LuauValue key = default;
        while (vm.Next(table, ref key, out LuauValue value))
        {
            bool number = key.TryGetNumber(out double n);
            if (number && n >= 1 && n <= listed && n == Math.Truncate(n)) continue;
            fields.Add((number ? 0 : 1, number ? n : 0, IsName(key) ? key.ToString()! : $"[{Of(key)}]", value));
        }
        return fields.OrderBy(field => field.Kind).ThenBy(field => field.Number).ThenBy(field => field.Key, StringComparer.Ordinal).Select(field => (field.Key, field.Value));
    }

    string Step(in LuauValue key) => IsName(key) ? $".{key}" : $"[{Of(key)}]";

    static bool IsName(in LuauValue key) => key.As<LuauString>() is { Length: > 0 } text && !char.IsAsciiDigit((char)text.Span[0])
        && text.ToString().All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    static string Quote(LuauString text)
    {
        var quoted = new StringBuilder("\"");
        string shown = text.ToString();
        quoted.AppendEscaped(shown.AsSpan(0, Math.Min(shown.Length, StringMax)));
        return quoted.Append(shown.Length > StringMax ? "…\"" : "\"").ToString();
    }
}
