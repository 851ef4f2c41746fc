using System.Runtime.CompilerServices;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>Library <c>string</c> (specification 13). Case and class functions work on ASCII bytes only.</summary>
static class StringLibrary
{
    const int PollSteps = 4096;
    /// <summary>Bytes transformed one by one between two polls; about a tenth of a millisecond.</summary>
    const int TransformBytes = 1 << 17;

    /// <summary>A 1-based position that may count from the end; 0 when it lies before the start.</summary>
    internal static long Absolute(int position, int length) => position >= 0 ? position : Math.Max(0, (long)length + position + 1);

    static HostResult Sub(ref CallContext call)
    {
        LuauString text = call.String(0);
        long first = Math.Max(1, Absolute(call.Integer(1), text.Length));
        long last = Math.Min(text.Length, Absolute(call.Integer(2, -1), text.Length));
        if (first == 1 && last == text.Length) return call.Return(text);
        if (first > last) return call.Return(LuauString.Empty);
        return call.Return(call.Heap.NewString(text.Span[(int)(first - 1)..(int)last]));
    }

    static HostResult Byte(ref CallContext call)
    {
        LuauString text = call.String(0);
        long first = Absolute(call.Integer(1, 1), text.Length);
        long last = Math.Min(text.Length, call[2].IsNil ? first : Absolute(call.Integer(2), text.Length));
        first = Math.Max(1, first);
        if (first > last) return call.Return();
        if (first == last) return call.Return((double)text.Bytes[first - 1]);
        if (!ResultLimit.Allows(ref call, last - first + 1)) throw call.Error("stack overflow (string slice too long)");
        int count = (int)(last - first + 1);
        Span<LuauValue> results = call.Results(count);
        for (int i = 0; i < count; i++) results[i].SetNumber(text.Bytes[first - 1 + i]);
        return call.ReturnResults(count);
    }

    static HostResult Char(ref CallContext call)
    {
        ByteBuilder result = new(call, stackalloc byte[128]);
        for (int i = 0; i < call.ArgCount; i++)
        {
            int code = call.Integer(i);
            if ((uint)code > 255) throw call.ArgumentError(i, "invalid value");
            result.Append((byte)code);
            if ((i & (PollSteps - 1)) == PollSteps - 1) call.Heap.Poll();
        }
        return call.Return(result.ToLuauString());
    }

    static HostResult Lower(ref CallContext call) => Transform(ref call, static (from, to) =>
    {
        for (int i = 0; i < from.Length; i++)
        {
            byte c = from[i];
            to[i] = (uint)(c - 'A') <= 'Z' - 'A' ? (byte)(c | 0x20) : c;
        }
    });

    static HostResult Upper(ref CallContext call) => Transform(ref call, static (from, to) =>
    {
        for (int i = 0; i < from.Length; i++)
        {
            byte c = from[i];
            to[i] = (uint)(c - 'a') <= 'z' - 'a' ? (byte)(c & ~0x20) : c;
        }
    });

    delegate void ByteTransform(ReadOnlySpan<byte> from, Span<byte> to);

    static HostResult Transform(ref CallContext call, ByteTransform transform)
    {
        LuauString text = call.String(0);
        LuauString result = LibraryMemory.NewString(call.Heap, text.Length);
        byte[] bytes = result.Bytes;
        for (int start = 0; start < bytes.Length; start += TransformBytes)
        {
            int length = Math.Min(TransformBytes, bytes.Length - start);
            transform(text.Span.Slice(start, length), bytes.AsSpan(start, length));
            call.Heap.Poll();
        }
        return call.Return(result);
    }

    static HostResult Reverse(ref CallContext call)
    {
        LuauString text = call.String(0);
        LuauString result = LibraryMemory.NewString(call.Heap, text.Length);
        byte[] bytes = result.Bytes;
        for (int start = 0; start < bytes.Length; start += TransformBytes)
        {
            int length = Math.Min(TransformBytes, bytes.Length - start);
            Span<byte> target = bytes.AsSpan(bytes.Length - start - length, length);
            text.Span.Slice(start, length).CopyTo(target);
            target.Reverse();
            call.Heap.Poll();
        }
        return call.Return(result);
    }

    static HostResult Rep(ref CallContext call)
    {
        LuauString text = call.String(0);
        int count = call.Integer(1);
        if (count <= 0 || text.Length == 0) return call.Return(LuauString.Empty);
        long total = (long)text.Length * count;
        if (total > LibraryMemory.BytesMax) throw call.Error("resulting string too large");
        if (count == 1) return call.Return(text);
        LuauString result = LibraryMemory.NewString(call.Heap, total);
        byte[] bytes = result.Bytes;
        if (text.Length == 1)
        {
            LibraryMemory.Fill(call.Heap, bytes, text.Bytes[0]);
            return call.Return(result);
        }
        text.Span.CopyTo(bytes);
        for (int filled = text.Length; filled < bytes.Length;)
        {
            int more = Math.Min(filled, bytes.Length - filled);
            LibraryMemory.Copy(call.Heap, bytes.AsSpan(0, more), bytes.AsSpan(filled, more));
            filled += more;
        }
        return call.Return(result);
    }

    static HostResult Split(ref CallContext call)
    {
        LuauString text = call.String(0);
        LuauString? separator = call.OptionalString(1);
        ReadOnlySpan<byte> needle = separator is null ? ","u8 : separator.Span;
        LuauTable pieces = call.Heap.NewTable();
        LibraryMemory.Root(call, pieces);
        ReadOnlySpan<byte> bytes = text.Span;
        if (needle.Length == 0)
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                pieces.Append(LuauString.OfByte(bytes[i]));
                if ((i & (PollSteps - 1)) == 0) call.Heap.Poll();
            }
            return call.Return(pieces);
        }
        for (int start = 0, count = 0; ; count++)
        {
            int found = ByteSearch.IndexOf(call.Heap, bytes, needle, start);
            pieces.Append(call.Heap.NewString(found < 0 ? bytes[start..] : bytes[start..found]));
            if (found < 0) return call.Return(pieces);
            start = found + needle.Length;
            if ((count & (PollSteps - 1)) == 0) call.Heap.Poll();
        }
    }

    // ---- patterns

    static HostResult Find(ref CallContext call) => FindOrMatch(ref call, find: true);

    static HostResult Match(ref CallContext call) => FindOrMatch(ref call, find: false);

    static HostResult FindOrMatch(ref CallContext call, bool find)
    {
        LuauString text = call.String(0), patternText = call.String(1);
        long init = Math.Max(1, Absolute(call.Integer(2, 1), text.Length));
        if (init > text.Length + 1L) return call.Return(LuauValue.Nil);
        int start = (int)init - 1;
        ReadOnlySpan<byte> subject = text.Span, pattern = patternText.Span;
        if (find && (call[3].IsTruthy || !HasSpecials(call.Heap, pattern)))
        {
            int found = ByteSearch.IndexOf(call.Heap, subject, pattern, start);
            return found < 0 ? call.Return(LuauValue.Nil) : call.Return(found + 1.0, (double)(found + pattern.Length));
        }
        bool anchored = pattern.Length > 0 && pattern[0] == '^';
        if (anchored) pattern = pattern[1..];
        LuauPattern match = new(call, subject, pattern);
        bool skips = !anchored && StartsWithLiteral(pattern);
        do
        {
            if (skips)
            {
                start = ByteSearch.IndexOf(call.Heap, subject, pattern[..1], start);
                if (start < 0) break;
            }
            int end = match.MatchAt(start);
            if (end >= 0) return ReturnMatch(ref call, ref match, start, end, find);
            start++;
        }
        while (start <= subject.Length && !anchored);
        return call.Return(LuauValue.Nil);
    }

    static HostResult ReturnMatch(ref CallContext call, scoped ref LuauPattern match, int start, int end, bool find)
    {
        int captures = match.CaptureCount, before = find ? 2 : 0;
        if (!find && captures == 0) captures = 1;
        if (!find && captures == 1) return call.Return(match.CaptureValue(0, start, end));
        match.EnsureRoomForCaptures(start, end);
        // No script runs while the results are filled in, so the span stays valid.
        Span<LuauValue> results = call.Results(before + captures);
        if (find)
        {
            results[0].SetNumber(start + 1.0);
            results[1].SetNumber(end);
        }
        for (int i = 0; i < captures; i++) results[before + i] = match.CaptureValue(i, start, end);
        return call.ReturnResults(before + captures);
    }

    static bool HasSpecials(LuauHeap heap, ReadOnlySpan<byte> pattern)
    {
        while (pattern.Length > LibraryMemory.PollBytes)
        {
            if (pattern[..LibraryMemory.PollBytes].IndexOfAny(Specials) >= 0) return true;
            pattern = pattern[LibraryMemory.PollBytes..];
            heap.Poll();
        }
        return pattern.IndexOfAny(Specials) >= 0;
    }

    static readonly System.Buffers.SearchValues<byte> Specials = System.Buffers.SearchValues.Create("^$*+?.([%-"u8);

    /// <summary>Whether every match must begin with the first byte of the pattern.</summary>
    static bool StartsWithLiteral(ReadOnlySpan<byte> pattern) =>
        pattern.Length > 0 && !"$.([%)"u8.Contains(pattern[0]) && (pattern.Length == 1 || !"*?-"u8.Contains(pattern[1]));

    sealed class GlobalMatch(LuauString text, LuauString pattern)
    {
        int _next;

        public HostResult Next(ref CallContext call)
        {
            LuauPattern match = new(call, text.Span, pattern.Span);
            for (int start = _next; start <= text.Length; start++)
            {
                int end = match.MatchAt(start);
                if (end < 0) continue;
                _next = end == start ? end + 1 : end;
                return ReturnMatch(ref call, ref match, start, end, find: false);
            }
            _next = text.Length + 1;
            return call.Return();
        }
    }

    static HostResult GlobalMatchIterator(ref CallContext call)
    {
        GlobalMatch state = new(call.String(0), call.String(1));
        call.Heap.Charge(HeapBytesOfIterator);
        return call.Return(new HostFunction("", state.Next));
    }

    /// <summary>The iterator function, its delegate and its state.</summary>
    const int HeapBytesOfIterator = 192;

    [InlineArray(32)]
    struct CaptureValues
    {
        LuauValue _first;
    }

    static HostResult GlobalSubstitute(ref CallContext call)
    {
        LuauString text = call.String(0), patternText = call.String(1);
        LuauValue replacement = call[2];
        if (!replacement.IsNumber && replacement.Ref is not (LuauString or LuauTable or LuauFunction)) throw call.TypeError(2, "string/function/table");
        long max = call[3].IsNil ? long.MaxValue : call.Integer(3);
        LuauString? template = replacement.IsNumber || replacement.Ref is LuauString ? call.String(2) : null;

        ReadOnlySpan<byte> subject = text.Span, pattern = patternText.Span;
        bool anchored = pattern.Length > 0 && pattern[0] == '^';
        if (anchored) pattern = pattern[1..];
        LuauPattern match = new(call, subject, pattern);
        ByteBuilder result = new(call, stackalloc byte[512]);
        int position = 0, copied = 0;
        long count = 0;
        while (count < max)
        {
            int end = match.MatchAt(position);
            if (end >= 0)
            {
                count++;
                // Text between matches is copied in one piece when the next replacement comes.
                result.Append(subject[copied..position]);
                copied = end;
                if (template != null) AppendTemplate(call, match, template, position, end, ref result);
                else AppendReplacement(call, match, replacement, subject, position, end, ref result);
                if ((count & 1023) == 0) call.Heap.Poll();
            }
            if (end > position) position = end;
            else if (position < subject.Length) position++;
            else break;
            if (anchored) break;
        }
        if (count == 0) return call.Return(text, 0.0);
        result.Append(subject[copied..]);
        return call.Return(result.ToLuauString(), (double)count);
    }

    static void AppendTemplate(CallContext call, in LuauPattern match, LuauString template, int start, int end, scoped ref ByteBuilder result)
    {
        ReadOnlySpan<byte> rest = template.Span;
        while (true)
        {
            int escape = rest.IndexOf((byte)'%');
            if (escape < 0)
            {
                result.Append(rest);
                return;
            }
            result.Append(rest[..escape]);
            byte next = escape + 1 < rest.Length ? rest[escape + 1] : (byte)0;
            if (next == '%') result.Append(next);
            else if (next == '0') match.AppendWhole(start, end, ref result);
            else if (CharClasses.IsDigit(next)) match.AppendCapture(next - '1', start, end, ref result);
            else throw call.Error("invalid use of '%' in replacement string");
            rest = rest[(escape + 2)..];
            call.Heap.Poll();
        }
    }

    static void AppendReplacement(
        CallContext call, in LuauPattern match, in LuauValue replacement, ReadOnlySpan<byte> subject, int start, int end, scoped ref ByteBuilder result)
    {
        LuauValue value;
        if (replacement.Ref is LuauTable)
        {
            value = call.Index(replacement, match.CaptureValue(0, start, end));
        }
        else if (match.CaptureCount <= 1)
        {
            value = call.Call(replacement, match.CaptureValue(0, start, end));
        }
        else
        {
            CaptureValues captures = default;
            int count = match.CaptureCount;
            match.EnsureRoomForCaptures(start, end);
            for (int i = 0; i < count; i++) captures[i] = match.CaptureValue(i, start, end);
            value = call.Call(replacement, ((ReadOnlySpan<LuauValue>)captures)[..count]);
        }
        if (!value.IsTruthy) result.Append(subject[start..end]);
        else if (value.Ref is LuauString s) result.Append(s.Span);
        else if (value.IsNumber) result.Append(value.Num);
        else throw call.Error($"invalid replacement value (a {TypeNames.Of(value)})");
    }

    /// <summary>The rows.</summary>
    public static LibraryTable Table { get; } = new("string",
    [
        new("byte", "(s: string, i: number?, j: number?) -> (...number)", "Bytes from i to j as numbers.")
        { Builtin = BuiltinId.String_byte, Body = Byte },
        new("char", "(...number) -> string", "String of the given bytes.")
        { Builtin = BuiltinId.String_char, Body = Char },
        new("find", "(s: string, pattern: string, init: number?, plain: boolean?) -> (number?, number?, ...string)",
            "Start, end and captures of the first match from init on; plain turns patterns off.")
        { Body = Find },
        new("format", "(format: string, ...any) -> string", "Text made after a format like C's printf; %* takes any value.")
        { Body = StringFormat.Format },
        new("gmatch", "(s: string, pattern: string) -> () -> (...string)", "Iterator over the matches of a pattern.")
        { Body = GlobalMatchIterator },
        new("gsub", "(s: string, pattern: string, replacement: string | { [string]: any } | (...string) -> any, max: number?) -> (string, number)",
            "Replaces matches by text with %1, by table look-up or by function; also returns their number.")
        { Body = GlobalSubstitute },
        new("len", "(s: string) -> number", "Length in bytes.")
        { Builtin = BuiltinId.String_len, Body = static (ref CallContext c) => c.Return((double)c.String(0).Length) },
        new("lower", "(s: string) -> string", "Copy with ASCII letters in lower case.")
        { Body = Lower },
        new("match", "(s: string, pattern: string, init: number?) -> (...string)", "Captures of the first match, or the whole match.")
        { Body = Match },
        new("pack", "(format: string, ...any) -> string", "Binary layout of values.")
        { Body = StringPack.Pack },
        new("packsize", "(format: string) -> number", "Size of a binary layout without variable parts.")
        { Body = StringPack.PackSize },
        new("rep", "(s: string, n: number) -> string", "The string n times.")
        { Body = Rep },
        new("reverse", "(s: string) -> string", "The bytes in reverse order.")
        { Body = Reverse },
        new("split", "(s: string, separator: string?) -> { string }",
            "Pieces between separators (comma unless told); with an empty separator every byte.")
        { Body = Split },
        new("sub", "(s: string, i: number, j: number?) -> string", "Part from i to j; negative positions count from the end.")
        { Builtin = BuiltinId.String_sub, Body = Sub },
        new("unpack", "(format: string, s: string, position: number?) -> (...any)", "Values read from a binary layout, and the position behind them.")
        { Body = StringPack.Unpack },
        new("upper", "(s: string) -> string", "Copy with ASCII letters in upper case.")
        { Body = Upper },
    ]);
}
