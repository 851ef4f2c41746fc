using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary><c>string.format</c> (specification 13).</summary>
static class StringFormat
{
    const int FlagsMax = 5;
    /// <summary>From this length on a width is ignored.</summary>
    const int LongStringBytes = 100;
    /// <summary>Sign or prefix, 99 digits of precision.</summary>
    const int IntegerBytesMax = 128;

    /// <summary>A conversion between percent sign and letter.</summary>
    struct Form
    {
        public bool Left, Plus, Space, Alternate, Zero, IsPlain;
        public int Width;
        /// <summary>-1 when not given.</summary>
        public int Precision;
        public byte Conversion;
    }

    /// <summary>The function.</summary>
    public static HostResult Format(ref CallContext call)
    {
        LuauString formatText = call.String(0);
        ReadOnlySpan<byte> format = formatText.Span;
        ByteBuilder result = new(call, stackalloc byte[512]);
        int argument = 0, conversions = 0;
        int position = 0;
        while (true)
        {
            int literal = ByteSearch.IndexOf(call.Heap, format, "%"u8, position);
            result.Append(literal < 0 ? format[position..] : format[position..literal]);
            if (literal < 0) return call.Return(result.ToLuauString());
            position = literal + 1;
            if ((++conversions & 255) == 0) call.Heap.Poll();
            if (position < format.Length && format[position] == '%')
            {
                result.Append((byte)'%');
                position++;
                continue;
            }
            if (++argument >= call.ArgCount) throw call.Error($"missing argument #{argument + 1}");
            Form form = ReadForm(ref call, format, ref position);
            Convert(call, form, argument, ref result);
        }
    }

    static Form ReadForm(ref CallContext call, ReadOnlySpan<byte> format, ref int position)
    {
        int start = position;
        Form form = new() { Precision = -1 };
        for (; position < format.Length; position++)
        {
            switch (format[position])
            {
                case (byte)'-': form.Left = true; continue;
                case (byte)'+': form.Plus = true; continue;
                case (byte)' ': form.Space = true; continue;
                case (byte)'#': form.Alternate = true; continue;
                case (byte)'0': form.Zero = true; continue;
            }
            break;
        }
        if (position - start > FlagsMax) throw call.Error("invalid format (repeated flags)");
        form.Width = ReadDigits(format, ref position);
        if (position < format.Length && format[position] == '.')
        {
            position++;
            form.Precision = ReadDigits(format, ref position);
        }
        if (position < format.Length && CharClasses.IsDigit(format[position])) throw call.Error("invalid format (width or precision too long)");
        form.IsPlain = position == start;
        form.Conversion = position < format.Length ? format[position++] : (byte)0;
        return form;
    }

    static int ReadDigits(ReadOnlySpan<byte> format, ref int position)
    {
        int value = 0;
        for (int i = 0; i < 2 && position < format.Length && CharClasses.IsDigit(format[position]); i++) value = (value * 10) + format[position++] - '0';
        return value;
    }

    static void Convert(CallContext call, in Form form, int argument, scoped ref ByteBuilder result)
    {
        switch (form.Conversion)
        {
            case (byte)'c':
                Pad(ref result, [(byte)call.Integer(argument)], form);
                return;
            case (byte)'d' or (byte)'i':
                long integer = IntegerConversion.ToInt64(call.Number(argument));
                AppendInteger(ref result, integer < 0 ? (ulong)-integer : (ulong)integer, 10, integer < 0 ? "-"u8 : form.Plus ? "+"u8 : form.Space ? " "u8 : default, form);
                return;
            case (byte)'u':
                AppendInteger(ref result, IntegerConversion.ToUInt64(call.Number(argument)), 10, default, form);
                return;
            case (byte)'o':
                AppendInteger(ref result, IntegerConversion.ToUInt64(call.Number(argument)), 8, default, form);
                return;
            case (byte)'x' or (byte)'X':
                ulong hex = IntegerConversion.ToUInt64(call.Number(argument));
                AppendInteger(ref result, hex, 16, !form.Alternate || hex == 0 ? default : form.Conversion == 'x' ? "0x"u8 : "0X"u8, form);
                return;
            case (byte)'e' or (byte)'E' or (byte)'f' or (byte)'g' or (byte)'G':
                AppendFloat(ref result, call.Number(argument), form);
                return;
            case (byte)'q':
                AppendQuoted(call, call.String(argument).Span, ref result);
                return;
            case (byte)'s':
                AppendString(ref result, call.String(argument).Span, form);
                return;
            case (byte)'*' when form.IsPlain:
                result.Append(call.ToText(call[argument]).Span);
                return;
            case (byte)'*':
                throw call.Error("'%*' does not take a form");
            case 0:
                // Upstream's message goes through a C string here, which the zero byte ends.
                throw call.Error("invalid option '%");
            default:
                throw Errors.Runtime(call.Thread, "invalid option '%", LuauString.OfByte(form.Conversion), "' to 'format'");
        }
    }

    static void AppendString(scoped ref ByteBuilder result, ReadOnlySpan<byte> text, in Form form)
    {
        if (form.IsPlain || (form.Precision < 0 && text.Length >= LongStringBytes))
        {
            result.Append(text);
            return;
        }
        // With a width or precision the text is a C string: it ends at a zero byte.
        if (form.Precision >= 0 && text.Length > form.Precision) text = text[..form.Precision];
        int end = text.IndexOf((byte)0);
        Pad(ref result, end < 0 ? text : text[..end], form);
    }

    static void Pad(scoped ref ByteBuilder result, scoped ReadOnlySpan<byte> text, in Form form)
    {
        int padding = Math.Max(0, form.Width - text.Length);
        if (!form.Left) result.AppendRepeated((byte)' ', padding);
        result.Append(text);
        if (form.Left) result.AppendRepeated((byte)' ', padding);
    }

    /// <summary>Pads to the width, with zeros behind the first <paramref name="prefix"/> bytes when <paramref name="zeros"/> is set.</summary>
    static void PadNumber(scoped ref ByteBuilder result, scoped ReadOnlySpan<byte> text, int prefix, bool zeros, in Form form)
    {
        if (!zeros || form.Left)
        {
            Pad(ref result, text, form);
            return;
        }
        result.Append(text[..prefix]);
        result.AppendRepeated((byte)'0', Math.Max(0, form.Width - text.Length));
        result.Append(text[prefix..]);
    }

    static void AppendInteger(scoped ref ByteBuilder result, ulong value, uint radix, scoped ReadOnlySpan<byte> prefix, in Form form)
    {
        Span<byte> text = stackalloc byte[IntegerBytesMax];
        int start = text.Length;
        int letters = form.Conversion == 'X' ? 'A' - 10 : 'a' - 10;
        for (; value != 0; value /= radix)
        {
            int digit = (int)(value % radix);
            text[--start] = (byte)(digit < 10 ? '0' + digit : letters + digit);
        }
        int digits = text.Length - start;
        int least = form.Precision < 0 ? 1 : form.Precision;
        if (radix == 8 && form.Alternate) least = Math.Max(least, digits + 1);
        for (; digits < least; digits++) text[--start] = (byte)'0';
        start -= prefix.Length;
        prefix.CopyTo(text[start..]);
        PadNumber(ref result, text[start..], prefix.Length, form.Zero && form.Precision < 0, form);
    }

    static void AppendFloat(scoped ref ByteBuilder result, double value, in Form form)
    {
        Span<byte> text = stackalloc byte[NumberFormat.LengthMax];
        NumberFormatFlags flags = (form.Plus ? NumberFormatFlags.Plus : NumberFormatFlags.None)
            | (form.Space && !form.Plus ? NumberFormatFlags.Space : NumberFormatFlags.None)
            | (form.Alternate ? NumberFormatFlags.Alternate : NumberFormatFlags.None)
            | (form.Conversion is (byte)'E' or (byte)'G' ? NumberFormatFlags.Upper : NumberFormatFlags.None);
        int precision = form.Precision < 0 ? 6 : form.Precision;
        int length = (form.Conversion | 0x20) switch
        {
            'e' => NumberFormat.WriteE(text, value, precision, flags),
            'f' => NumberFormat.WriteF(text, value, precision, flags),
            _ => NumberFormat.WriteG(text, value, precision, flags),
        };
        int sign = text[0] is (byte)'-' or (byte)'+' or (byte)' ' ? 1 : 0;
        PadNumber(ref result, text[..length], sign, form.Zero && double.IsFinite(value), form);
    }

    static void AppendQuoted(CallContext call, ReadOnlySpan<byte> text, scoped ref ByteBuilder result)
    {
        result.Append((byte)'"');
        for (int start = 0; start < text.Length;)
        {
            ReadOnlySpan<byte> window = text.Slice(start, Math.Min(1 << 16, text.Length - start));
            int plain = window.IndexOfAny("\"\\\n\r\0"u8);
            result.Append(plain < 0 ? window : window[..plain]);
            start += plain < 0 ? window.Length : plain + 1;
            if (plain >= 0)
            {
                switch (window[plain])
                {
                    case (byte)'\r': result.Append("\\r"u8); break;
                    case 0: result.Append("\\000"u8); break;
                    case byte c:
                        result.Append((byte)'\\');
                        result.Append(c);
                        break;
                }
            }
            if (plain < 0 || (start & 1023) == 0) call.Heap.Poll();
        }
        result.Append((byte)'"');
    }
}
