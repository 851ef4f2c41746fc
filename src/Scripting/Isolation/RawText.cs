using System.Text;
using GameServer.Luau;
using GameServer.Luau.Values;

namespace GameServer.Scripting.Isolation;

/// <summary>Values of a VM as operators read them. Runs no script code: metamethods are not asked.</summary>
static class RawText
{
    const int DepthMax = 3;
    const int EntriesMax = 40;
    const int CharsMax = 8000;

    /// <summary>Text of some values, one per line.</summary>
    public static string Of(LuauVm vm, ReadOnlySpan<LuauValue> values)
    {
        var text = new StringBuilder();
        foreach (LuauValue value in values)
        {
            if (text.Length > 0) text.Append('\n');
            Append(text, vm, value, 0);
        }
        return text.Length <= CharsMax ? text.ToString() : $"{text.ToString(0, CharsMax)}…";
    }

    static void Append(StringBuilder text, LuauVm vm, in LuauValue value, int depth)
    {
        if (value.As<LuauString>() is { } bytes) text.Append('"').Append(Clean(bytes.ToString())).Append('"');
        else if (value.As<LuauTable>() is { } table) AppendTable(text, vm, table, depth);
        else text.Append(vm.ToText(value));
    }

    static void AppendTable(StringBuilder text, LuauVm vm, LuauTable table, int depth)
    {
        if (depth >= DepthMax)
        {
            text.Append("{…}");
            return;
        }
        text.Append('{');
        LuauValue key = LuauValue.Nil;
        int count = 0, position = 1;
        while (text.Length <= CharsMax && vm.Next(table, ref key, out LuauValue value))
        {
            text.Append(count == 0 ? " " : ", ");
            if (count++ == EntriesMax)
            {
                text.Append('…');
                break;
            }
            if (key.TryGetNumber(out double index) && index == position) position++;
            else if (key.As<LuauString>() is { } name) text.Append(Clean(name.ToString())).Append(" = ");
            else text.Append('[').Append(vm.ToText(key)).Append("] = ");
            Append(text, vm, value, depth + 1);
        }
        text.Append(count == 0 ? "}" : " }");
    }

    static string Clean(string text) => ModLog.Clean(text, 2000);
}
