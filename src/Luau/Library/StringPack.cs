using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary><c>string.pack</c>, <c>packsize</c> and <c>unpack</c>: binary layouts (specification 13).</summary>
static class StringPack
{
    const int IntegerBytesMax = 16;
    const int LongBytes = 8;
    const int PollOptions = 2048;

    enum Kind
    {
        Signed,
        Unsigned,
        Float,
        FixedString,
        CountedString,
        ZeroString,
        Padding,
        Align,
        Nothing,
    }

    /// <summary>Reads a format string option by option.</summary>
    ref struct Format(CallContext call, ReadOnlySpan<byte> text)
    {
        readonly CallContext _call = call;
        readonly ReadOnlySpan<byte> _text = text;
        int _position;
        int _optionsRead;
        int _alignMax = 1;

        /// <summary>Whether numbers are laid out little end first.</summary>
        public bool IsLittle { get; private set; } = true;

        /// <summary>Whether nothing is left; a zero byte ends a format.</summary>
        public readonly bool AtEnd => _position >= _text.Length || _text[_position] == 0;

        /// <summary>Reads the next option.</summary>
        /// <param name="total">Bytes before it, for alignment.</param>
        /// <param name="size">Its size in bytes.</param>
        /// <param name="align">Padding bytes it needs in front.</param>
        public Kind Next(long total, out int size, out int align)
        {
            if ((++_optionsRead & (PollOptions - 1)) == 0) _call.Heap.Poll();
            Kind kind = ReadOption(out size);
            int alignment = size;
            if (kind == Kind.Align)
            {
                if (AtEnd || ReadOption(out alignment) == Kind.FixedString || alignment == 0)
                    throw _call.ArgumentError(0, "invalid next option for option 'X'");
            }
            align = 0;
            if (alignment <= 1 || kind == Kind.FixedString) return kind;
            alignment = Math.Min(alignment, _alignMax);
            if ((alignment & (alignment - 1)) != 0) throw _call.ArgumentError(0, "format asks for alignment not power of 2");
            align = (alignment - (int)(total & (alignment - 1))) & (alignment - 1);
            return kind;
        }

        Kind ReadOption(out int size)
        {
            byte option = _text[_position++];
            size = 0;
            switch (option)
            {
                case (byte)'b': size = 1; return Kind.Signed;
                case (byte)'B': size = 1; return Kind.Unsigned;
                case (byte)'h': size = 2; return Kind.Signed;
                case (byte)'H': size = 2; return Kind.Unsigned;
                case (byte)'i': size = ReadLimited(4); return Kind.Signed;
                case (byte)'I': size = ReadLimited(4); return Kind.Unsigned;
                case (byte)'l': size = 8; return Kind.Signed;
                case (byte)'L': size = 8; return Kind.Unsigned;
                case (byte)'j': size = 4; return Kind.Signed;
                case (byte)'J' or (byte)'T': size = 4; return Kind.Unsigned;
                case (byte)'f': size = 4; return Kind.Float;
                case (byte)'d' or (byte)'n': size = 8; return Kind.Float;
                case (byte)'s': size = ReadLimited(4); return Kind.CountedString;
                case (byte)'c':
                    size = ReadNumber(-1);
                    if (size < 0) throw _call.Error("missing size for format option 'c'");
                    return Kind.FixedString;
                case (byte)'z': return Kind.ZeroString;
                case (byte)'x': size = 1; return Kind.Padding;
                case (byte)'X': return Kind.Align;
                case (byte)' ': return Kind.Nothing;
                case (byte)'<' or (byte)'=': IsLittle = true; return Kind.Nothing;
                case (byte)'>': IsLittle = false; return Kind.Nothing;
                case (byte)'!': _alignMax = ReadLimited(8); return Kind.Nothing;
                default: throw Errors.Runtime(_call.Thread, "invalid format option '", LuauString.OfByte(option), "'");
            }
        }

        int ReadLimited(int fallback)
        {
            int size = ReadNumber(fallback);
            return size is >= 1 and <= IntegerBytesMax ? size : throw _call.Error($"integral size ({size}) out of limits [1,{IntegerBytesMax}]");
        }

        int ReadNumber(int fallback)
        {
            if (_position >= _text.Length || !CharClasses.IsDigit(_text[_position])) return fallback;
            int number = 0;
            while (_position < _text.Length && CharClasses.IsDigit(_text[_position]))
            {
                if (number > (int.MaxValue - 9) / 10) throw _call.Error("size specifier is too large");
                number = (number * 10) + _text[_position++] - '0';
            }
            return number;
        }
    }

    /// <summary><c>string.pack</c></summary>
    public static HostResult Pack(ref CallContext call)
    {
        LuauString formatText = call.String(0);
        Format format = new(call, formatText.Span);
        ByteBuilder result = new(call, stackalloc byte[256]);
        int argument = 0;
        while (!format.AtEnd)
        {
            Kind kind = format.Next(result.Length, out int size, out int align);
            result.AppendRepeated(0, align);
            switch (kind)
            {
                case Kind.Signed:
                    long signed = IntegerConversion.ToInt64(Number(ref call, ++argument));
                    if (size < LongBytes)
                    {
                        long limit = 1L << ((size * 8) - 1);
                        if (signed < -limit || signed >= limit) throw call.ArgumentError(argument, "integer overflow");
                    }
                    WriteInteger(result.Reserve(size), (ulong)signed, format.IsLittle, signed < 0);
                    break;
                case Kind.Unsigned:
                    ulong unsigned = (ulong)IntegerConversion.ToInt64(Number(ref call, ++argument));
                    if (size < LongBytes && unsigned >= 1UL << (size * 8)) throw call.ArgumentError(argument, "unsigned overflow");
                    WriteInteger(result.Reserve(size), unsigned, format.IsLittle, negative: false);
                    break;
                case Kind.Float:
                    double number = Number(ref call, ++argument);
                    ulong bits = size == 4 ? BitConverter.SingleToUInt32Bits((float)number) : BitConverter.DoubleToUInt64Bits(number);
                    WriteInteger(result.Reserve(size), bits, format.IsLittle, negative: false);
                    break;
                case Kind.FixedString:
                    ReadOnlySpan<byte> text = String(ref call, ++argument).Span;
                    if (text.Length > size) throw call.ArgumentError(argument, "string longer than given size");
                    result.Append(text);
                    result.AppendRepeated(0, size - text.Length);
                    break;
                case Kind.CountedString:
                    ReadOnlySpan<byte> counted = String(ref call, ++argument).Span;
                    if (size < LongBytes && (ulong)counted.Length >= 1UL << (size * 8)) throw call.ArgumentError(argument, "string length does not fit in given size");
                    WriteInteger(result.Reserve(size), (ulong)counted.Length, format.IsLittle, negative: false);
                    result.Append(counted);
                    break;
                case Kind.ZeroString:
                    ReadOnlySpan<byte> zeroed = String(ref call, ++argument).Span;
                    if (ByteSearch.IndexOf(call.Heap, zeroed, "\0"u8, 0) >= 0) throw call.ArgumentError(argument, "string contains zeros");
                    result.Append(zeroed);
                    result.Append(0);
                    break;
                case Kind.Padding:
                    result.Append(0);
                    break;
            }
        }
        return call.Return(result.ToLuauString());
    }

    /// <summary><c>string.packsize</c></summary>
    public static HostResult PackSize(ref CallContext call)
    {
        LuauString formatText = call.String(0);
        Format format = new(call, formatText.Span);
        long total = 0;
        while (!format.AtEnd)
        {
            Kind kind = format.Next(total, out int size, out int align);
            if (kind is Kind.CountedString or Kind.ZeroString) throw call.ArgumentError(0, "variable-length format");
            total += align + (long)size;
            if (total > int.MaxValue) throw call.ArgumentError(0, "format result too large");
        }
        return call.Return((double)total);
    }

    /// <summary><c>string.unpack</c></summary>
    public static HostResult Unpack(ref CallContext call)
    {
        LuauString formatText = call.String(0), dataText = call.String(1);
        ReadOnlySpan<byte> data = dataText.Span;
        long start = Math.Max(0, StringLibrary.Absolute(call.Integer(2, 1), data.Length) - 1);
        if (start > data.Length) throw call.ArgumentError(2, "initial position out of string");
        int position = (int)start;
        Format format = new(call, formatText.Span);
        // Each value needs at least one byte of the format; the position comes behind them.
        Span<LuauValue> results = call.Results(Math.Min(formatText.Length + 1, ResultLimit.Slots));
        int count = 0;
        while (!format.AtEnd)
        {
            Kind kind = format.Next(position, out int size, out int align);
            if ((long)align + size > data.Length - position) throw call.ArgumentError(1, "data string too short");
            position += align;
            if (!ResultLimit.Allows(ref call, count + 2)) throw call.Error("stack overflow (too many results)");
            ReadOnlySpan<byte> item = data.Slice(position, size);
            position += size;
            switch (kind)
            {
                case Kind.Signed:
                    results[count++].SetNumber((long)ReadInteger(ref call, item, format.IsLittle, signed: true));
                    break;
                case Kind.Unsigned:
                    results[count++].SetNumber(ReadInteger(ref call, item, format.IsLittle, signed: false));
                    break;
                case Kind.Float:
                    ulong bits = ReadInteger(ref call, item, format.IsLittle, signed: false);
                    results[count++].SetNumber(size == 4 ? BitConverter.UInt32BitsToSingle((uint)bits) : BitConverter.UInt64BitsToDouble(bits));
                    break;
                case Kind.FixedString:
                    results[count++] = call.Heap.NewString(item);
                    break;
                case Kind.CountedString:
                    ulong length = ReadInteger(ref call, item, format.IsLittle, signed: false);
                    if (length > (ulong)(data.Length - position)) throw call.ArgumentError(1, "data string too short");
                    results[count++] = call.Heap.NewString(data.Slice(position, (int)length));
                    position += (int)length;
                    break;
                case Kind.ZeroString:
                    int end = ByteSearch.IndexOf(call.Heap, data, "\0"u8, position);
                    if (end < 0) throw call.ArgumentError(1, "unfinished string for format 'z'");
                    results[count++] = call.Heap.NewString(data[position..end]);
                    position = end + 1;
                    break;
            }
        }
        results[count++].SetNumber(position + 1.0);
        return call.ReturnResults(count);
    }

    // An absent value reads as nil here: upstream keeps a nil behind the arguments while it packs.

    static double Number(ref CallContext call, int argument) =>
        call.IsAbsent(argument) ? throw call.ArgumentError(argument, "number expected, got nil") : call.Number(argument);

    static LuauString String(ref CallContext call, int argument) =>
        call.IsAbsent(argument) ? throw call.ArgumentError(argument, "string expected, got nil") : call.String(argument);

    static void WriteInteger(Span<byte> target, ulong value, bool little, bool negative)
    {
        byte extension = negative ? (byte)0xFF : (byte)0;
        for (int i = 0; i < target.Length; i++)
        {
            target[little ? i : target.Length - 1 - i] = i < LongBytes ? (byte)(value >> (i * 8)) : extension;
        }
    }

    static ulong ReadInteger(ref CallContext call, ReadOnlySpan<byte> item, bool little, bool signed)
    {
        ulong value = 0;
        int size = item.Length;
        for (int i = Math.Min(size, LongBytes) - 1; i >= 0; i--) value = (value << 8) | item[little ? i : size - 1 - i];
        if (size < LongBytes)
        {
            if (!signed) return value;
            int unused = 64 - (size * 8);
            return (ulong)((long)(value << unused) >> unused);
        }
        // Bytes beyond the eighth may only repeat the sign.
        byte extension = signed && (long)value < 0 ? (byte)0xFF : (byte)0;
        for (int i = LongBytes; i < size; i++)
        {
            if (item[little ? i : size - 1 - i] != extension) throw call.Error($"{size}-byte integer does not fit into Lua Integer");
        }
        return value;
    }
}
