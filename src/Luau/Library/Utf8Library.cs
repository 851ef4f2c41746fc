using GameServer.Luau.Bytecode;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>Library <c>utf8</c> (specification 13). Decoding is strict: no overlong forms, no surrogates, nothing above 10FFFF.</summary>
static class Utf8Library
{
    const uint CodePointMax = 0x10FFFF;
    const string InvalidCode = "invalid UTF-8 code";
    const int PollSteps = 1 << 14;

    static readonly LuauString CharPattern = LuauString.Permanent(
        [(byte)'[', 0, (byte)'-', 0x7F, 0xC2, (byte)'-', 0xF4, (byte)']', (byte)'[', 0x80, (byte)'-', 0xBF, (byte)']', (byte)'*']);
    static readonly HostFunction NextCode = HostFunction.Permanent("", NextCodeBody, HostFunctionKind.Plain, BuiltinId.None);

    /// <summary>Decodes the character at <paramref name="position"/> (0-based).</summary>
    /// <returns>Its length in bytes, 0 when the bytes are not a character.</returns>
    static int Decode(ReadOnlySpan<byte> s, int position, out uint code)
    {
        code = s[position];
        if (code < 0x80) return 1;
        int length = code switch { >= 0xF0 and < 0xF8 => 4, >= 0xE0 and < 0xF0 => 3, >= 0xC0 and < 0xE0 => 2, _ => 0 };
        if (length == 0 || position + length > s.Length) return 0;
        code &= 0x7Fu >> length;
        for (int i = 1; i < length; i++)
        {
            byte next = s[position + i];
            if (!IsContinuation(next)) return 0;
            code = (code << 6) | (next & 0x3Fu);
        }
        uint least = length switch { 2 => 0x80, 3 => 0x800, _ => 0x10000 };
        return code < least || code > CodePointMax || code is >= 0xD800 and <= 0xDFFF ? 0 : length;
    }

    static bool IsContinuation(byte b) => (b & 0xC0) == 0x80;

    static bool IsContinuation(ReadOnlySpan<byte> s, long position) => position < s.Length && IsContinuation(s[(int)position]);

    /// <summary>A 1-based position that may count from the end; 0 when it lies before the start.</summary>
    static long Absolute(int position, int length) => position >= 0 ? position : -(long)position > length ? 0 : (long)length + position + 1;

    static HostResult Char(ref CallContext call)
    {
        int length = 0;
        for (int i = 0; i < call.ArgCount; i++)
        {
            uint code = (uint)call.Integer(i);
            if (code > CodePointMax) throw call.ArgumentError(i, "value out of range");
            length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
            if ((i & 4095) == 4095) call.Heap.Poll();
        }
        LuauString result = call.Heap.NewString(length);
        byte[] bytes = result.Bytes;
        int at = 0;
        for (int i = 0; i < call.ArgCount; i++)
        {
            uint code = (uint)call.Integer(i);
            switch (code)
            {
                case < 0x80:
                    bytes[at++] = (byte)code;
                    break;
                case < 0x800:
                    bytes[at++] = (byte)(0xC0 | (code >> 6));
                    bytes[at++] = (byte)(0x80 | (code & 0x3F));
                    break;
                case < 0x10000:
                    bytes[at++] = (byte)(0xE0 | (code >> 12));
                    bytes[at++] = (byte)(0x80 | ((code >> 6) & 0x3F));
                    bytes[at++] = (byte)(0x80 | (code & 0x3F));
                    break;
                default:
                    bytes[at++] = (byte)(0xF0 | (code >> 18));
                    bytes[at++] = (byte)(0x80 | ((code >> 12) & 0x3F));
                    bytes[at++] = (byte)(0x80 | ((code >> 6) & 0x3F));
                    bytes[at++] = (byte)(0x80 | (code & 0x3F));
                    break;
            }
        }
        return call.Return(result);
    }

    static HostResult Codes(ref CallContext call) => call.Return(NextCode, call.String(0), 0.0);

    static HostResult NextCodeBody(ref CallContext call)
    {
        LuauString text = call.String(0);
        ReadOnlySpan<byte> s = text.Span;
        // The control value is the 1-based position of the character returned last; anything else a script passes counts as 0.
        long position = (call[1].IsNil ? 0 : (long)call.Integer(1)) - 1;
        if (position < 0)
        {
            position = 0;
        }
        else if (position < s.Length)
        {
            position++;
            for (; IsContinuation(s, position); position++)
            {
                if ((position & (PollSteps - 1)) == 0) call.Heap.Poll();
            }
        }
        if (position >= s.Length) return call.Return();
        int length = Decode(s, (int)position, out uint code);
        if (length == 0 || IsContinuation(s, position + length)) throw call.Error(InvalidCode);
        return call.Return((double)(position + 1), (double)code);
    }

    static HostResult CodePoint(ref CallContext call)
    {
        LuauString text = call.String(0);
        ReadOnlySpan<byte> s = text.Span;
        long first = Absolute(call.Integer(1, 1), s.Length);
        long last = call[2].IsNil ? first : Absolute(call.Integer(2), s.Length);
        if (first < 1) throw call.ArgumentError(1, "out of range");
        if (last > s.Length) throw call.ArgumentError(2, "out of range");
        if (first > last) return call.Return();
        if (!ResultLimit.Allows(ref call, last - first + 1)) throw call.Error("stack overflow (string slice too long)");
        Span<LuauValue> results = call.Results((int)(last - first + 1));
        int count = 0;
        for (int position = (int)first - 1; position < last;)
        {
            int length = Decode(s, position, out uint code);
            if (length == 0) throw call.Error(InvalidCode);
            results[count++].SetNumber(code);
            position += length;
        }
        return call.ReturnResults(count);
    }

    static HostResult Len(ref CallContext call)
    {
        LuauString text = call.String(0);
        ReadOnlySpan<byte> s = text.Span;
        long first = Absolute(call.Integer(1, 1), s.Length) - 1, last = Absolute(call.Integer(2, -1), s.Length) - 1;
        if (first < 0 || first > s.Length) throw call.ArgumentError(1, "initial position out of string");
        if (last >= s.Length) throw call.ArgumentError(2, "final position out of string");
        int count = 0;
        for (int position = (int)first; position <= last;)
        {
            int length = Decode(s, position, out _);
            if (length == 0) return call.Return(LuauValue.Nil, position + 1.0);
            position += length;
            if ((++count & (PollSteps - 1)) == 0) call.Heap.Poll();
        }
        return call.Return((double)count);
    }

    static HostResult Offset(ref CallContext call)
    {
        LuauString text = call.String(0);
        ReadOnlySpan<byte> s = text.Span;
        int n = call.Integer(1);
        long position = (call[2].IsNil ? (n >= 0 ? 1 : s.Length + 1L) : Absolute(call.Integer(2), s.Length)) - 1;
        if (position < 0 || position > s.Length) throw call.ArgumentError(2, "position out of range");
        int steps = 0;
        if (n == 0)
        {
            while (position > 0 && IsContinuation(s, position))
            {
                position--;
                if ((++steps & (PollSteps - 1)) == 0) call.Heap.Poll();
            }
            return call.Return((double)(position + 1));
        }
        if (IsContinuation(s, position)) throw call.Error("initial position is a continuation byte");
        if (n < 0)
        {
            for (; n < 0 && position > 0; n++)
            {
                do
                {
                    position--;
                    if ((++steps & (PollSteps - 1)) == 0) call.Heap.Poll();
                }
                while (position > 0 && IsContinuation(s, position));
            }
        }
        else
        {
            for (n--; n > 0 && position < s.Length; n--)
            {
                do
                {
                    position++;
                    if ((++steps & (PollSteps - 1)) == 0) call.Heap.Poll();
                }
                while (IsContinuation(s, position));
            }
        }
        return n == 0 ? call.Return((double)(position + 1)) : call.Return(LuauValue.Nil);
    }

    /// <summary>The rows.</summary>
    public static LibraryTable Table { get; } = new("utf8",
    [
        new("char", "(...number) -> string", "String of the given code points.")
        { Body = Char },
        new("charpattern", "string", "Pattern that matches one character of a valid string.")
        { Constant = CharPattern },
        new("codepoint", "(s: string, i: number?, j: number?) -> (...number)", "Code points of the characters that start from i to j.")
        { Body = CodePoint },
        new("codes", "(s: string) -> ((string, number) -> (number, number), string, number)", "Iterator over byte positions and code points.")
        { Body = Codes },
        new("len", "(s: string, i: number?, j: number?) -> (number?, number?)", "Number of characters; nil and the position of the first bad byte otherwise.")
        { Body = Len },
        new("offset", "(s: string, n: number, i: number?) -> number?", "Byte position of the n-th character counted from i.")
        { Body = Offset },
    ]);
}
