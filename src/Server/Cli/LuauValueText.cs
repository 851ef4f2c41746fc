using System.Text;
using GameServer.Luau;
using GameServer.Luau.Values;

namespace GameServer.Server.Cli;

/// <summary>
/// Values as a prompt shows them: strings in quotes, tables with their own fields one level deep, whatever has a <c>__tostring</c> as that says.
/// </summary>
sealed class LuauValueText(LuauVm vm)
{
    /// <summary>Fields of a table that are shown.</summary>
    public const int FieldsMax = 50;

    /// <summary>Characters of a string that are shown.</summary>
    public const int CharsMax = 1000;

    const int FieldCharsMax = 80;
    const int LineChars = 76;

    readonly LuauFunction _toString = vm.Get(vm.Globals, "tostring").As<LuauFunction>()!;
    readonly LuauFunction _getMetatable = vm.Get(vm.Globals, "getmetatable").As<LuauFunction>()!;

    /// <summary>Text of a value; may call its <c>__tostring</c>.</summary>
    /// <exception cref="LuauException">That raised an error, or was killed.</exception>
    public string Of(in LuauValue value)
    {
        if (value.As<LuauString>() is { } text)
            return Quote(text, CharsMax);
        if (value.As<LuauTable>() is { } table && !HasText(table))
            return OfFields(table);
        return Bound(vm.Call(_toString, value)[0].ToString() ?? "", CharsMax);
    }

    bool HasText(LuauTable table)
    {
        LuauValue metatable = vm.Call(_getMetatable, table)[0];
        // Of a locked metatable only its own word is known; tostring knows better.
        return metatable.As<LuauTable>() is { } open ? !vm.Get(open, "__tostring").IsNil : !metatable.IsNil;
    }

    string OfFields(LuauTable table)
    {
        List<string> fields = [];
        LuauValue key = LuauValue.Nil;
        int position = 1;
        while (vm.Next(table, ref key, out LuauValue value))
        {
            if (fields.Count == FieldsMax)
            {
                fields.Add("…");
                break;
            }
            if (key.TryGetNumber(out double index) && index == position)
            {
                position++;
                fields.Add(OfField(value));
            }
            else
            {
                fields.Add($"{OfKey(key)} = {OfField(value)}");
            }
        }
        if (fields.Count == 0)
            return "{}";
        string line = $"{{ {string.Join(", ", fields)} }}";
        return line.Length <= LineChars ? line : $"{{\n    {string.Join(",\n    ", fields)}\n}}";
    }

    string OfKey(in LuauValue key)
    {
        if (key.As<LuauString>() is not { } text)
            return $"[{vm.ToText(key)}]";
        string name = text.ToString();
        bool isName = name.Length is > 0 and <= FieldCharsMax && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
        return isName ? name : $"[{Quote(text, FieldCharsMax)}]";
    }

    string OfField(in LuauValue value)
    {
        if (value.As<LuauString>() is { } text)
            return Quote(text, FieldCharsMax);
        if (value.As<LuauTable>() is not { } table)
            return Bound(vm.ToText(value), FieldCharsMax);
        LuauValue first = LuauValue.Nil;
        return vm.Next(table, ref first, out _) ? "{…}" : "{}";
    }

    static string Quote(LuauString text, int max)
    {
        StringBuilder quoted = new("\"");
        // A character takes four bytes at most.
        string shown = Encoding.UTF8.GetString(text.Span[..Math.Min(text.Length, max * 4)]);
        quoted.AppendEscaped(shown.AsSpan(0, Math.Min(shown.Length, max)));
        quoted.Append('"');
        if (shown.Length > max || text.Length > max * 4)
            quoted.Append($"… ({text.Length} bytes)");
        return quoted.ToString();
    }

    static string Bound(string text, int max) => text.Length <= max ? text : $"{text[..max]}…";
}
