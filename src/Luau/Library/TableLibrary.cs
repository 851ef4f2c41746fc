using GameServer.Luau.Bytecode;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>Library <c>table</c> (specification 13). Access is raw unless a function says otherwise; "length" is the border.</summary>
static class TableLibrary
{
    const int PollSteps = 4096;
    static readonly LuauString CountKey = LuauString.Permanent("n"u8);

    /// <summary>The table in argument <paramref name="index"/>, which the function is about to change.</summary>
    static LuauTable Writable(ref CallContext call, int index)
    {
        LuauTable table = call.Table(index);
        ThrowIfFrozen(table);
        return table;
    }

    static void ThrowIfFrozen(LuauTable table)
    {
        if (table.IsReadOnly) throw TableFaults.Error(TableFault.ReadOnly);
    }

    static HostResult Insert(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        int length = table.Length;
        switch (call.ArgCount)
        {
            case 2:
                ThrowIfFrozen(table);
                table.PutIndex(length + 1, call[1]);
                return call.Return();
            case 3:
                int position = call.Integer(1);
                ThrowIfFrozen(table);
                if (position >= 1 && position <= length) table.InsertShifting(position, call[2]);
                else table.PutIndex(position, call[2]);
                return call.Return();
            default:
                throw call.Error("wrong number of arguments to 'insert'");
        }
    }

    static HostResult Remove(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        int length = table.Length;
        int position = call.Integer(1, length);
        if (position < 1 || position > length) return call.Return();
        ThrowIfFrozen(table);
        return call.Return(table.RemoveShifting(position));
    }

    static HostResult Concat(ref CallContext call)
    {
        ReadOnlySpan<byte> separator = call.OptionalString(1) is { } s ? s.Span : default; // Checked first, as upstream.
        LuauTable table = call.Table(0);
        int first = call.Integer(2, 1), last = call.Integer(3, table.Length);
        // Two passes, so that the one block allocated is the result: no script runs in between.
        long total = 0;
        for (long i = first; i <= last; i++)
        {
            LuauValue value = table.Get((int)i);
            if (value.Ref is LuauString text) total += text.Length;
            else if (value.IsNumber) total += TextLength(value.Num);
            else throw call.Error($"invalid value ({TypeNames.Of(value)}) at index {i} in table for 'concat'");
            if (i < last) total += separator.Length;
            if ((i & (PollSteps - 1)) == 0) call.Heap.Poll();
        }
        if (total == 0) return call.Return(LuauString.Empty);
        LuauString result = LibraryMemory.NewString(call.Heap, total);
        Span<byte> rest = result.Bytes;
        for (long i = first; i <= last; i++)
        {
            LuauValue value = table.Get((int)i);
            if (value.Ref is LuauString text)
            {
                call.Heap.Copy(text.Span, rest);
                rest = rest[text.Length..];
            }
            else
            {
                rest = rest[WriteNumber(value.Num, rest)..];
            }
            if (i < last)
            {
                call.Heap.Copy(separator, rest);
                rest = rest[separator.Length..];
            }
            if ((i & (PollSteps - 1)) == 0) call.Heap.Poll();
        }
        return call.Return(result);
    }

    static int TextLength(double number)
    {
        Span<byte> text = stackalloc byte[NumberText.LengthMax];
        return NumberText.Format(number, text);
    }

    static int WriteNumber(double number, Span<byte> target)
    {
        // The formatter may use more room than it ends up needing.
        Span<byte> text = stackalloc byte[NumberText.LengthMax];
        int length = NumberText.Format(number, text);
        text[..length].CopyTo(target);
        return length;
    }

    /// <summary><c>table.unpack</c>, and the global <c>unpack</c>.</summary>
    internal static HostResult Unpack(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        int first = call.Integer(1, 1), last = call.Integer(2, table.Length);
        if (first > last) return call.Return();
        long count = (long)last - first + 1;
        if (!ResultLimit.Allows(ref call, count)) throw call.Error("too many results to unpack");
        Span<LuauValue> results = call.Results((int)count);
        for (int i = 0; i < results.Length; i++) results[i] = table.Get(first + i);
        return call.ReturnResults((int)count);
    }

    static HostResult Pack(ref CallContext call)
    {
        LuauTable table = call.Heap.NewTable(call.ArgCount, 1);
        table.SetList(1, call.Args);
        table.PutField(CountKey, (double)call.ArgCount, constant: true);
        return call.Return(table);
    }

    static HostResult Create(ref CallContext call)
    {
        int size = call.Integer(0);
        if (size < 0) throw call.ArgumentError(0, "size out of range");
        if (size > LuauTable.SizeMax) throw new LuauException(TableFaults.Overflow);
        LuauTable table = call.Heap.NewTable(size);
        table.Fill(size, call[1]);
        return call.Return(table);
    }

    static HostResult Find(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        LuauValue wanted = call.Any(1);
        int init = call.Integer(2, 1);
        if (init < 1) throw call.ArgumentError(2, "index out of range");
        long i = init;
        int pollMask = wanted.Ref is LuauString { Length: > PollSteps } ? 0 : PollSteps - 1;
        if (wanted.Ref is not (LuauTable or Userdata))
        {
            // No metamethod can answer for such a value, so no script runs on the way through the array part.
            ReadOnlySpan<LuauValue> values = table.Array.AsSpan(0, table.Count);
            for (; i <= values.Length; i++)
            {
                ref readonly LuauValue value = ref values[(int)i - 1];
                if (value.IsNil) return call.Return(LuauValue.Nil);
                if (LuauValue.RawEquals(value, wanted)) return call.Return((double)i);
                if ((i & pollMask) == 0) call.Heap.Poll();
            }
        }
        for (; i <= int.MaxValue; i++)
        {
            LuauValue value = table.Get((int)i);
            if (value.IsNil) break;
            if (call.AreEqual(value, wanted)) return call.Return((double)i);
            if ((i & pollMask) == 0) call.Heap.Poll();
        }
        return call.Return(LuauValue.Nil);
    }

    static HostResult Clear(ref CallContext call)
    {
        Writable(ref call, 0).Clear();
        return call.Return();
    }

    static HostResult Freeze(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        if (table.IsReadOnly) throw call.ArgumentError(0, "table is already frozen");
        ThrowIfProtected(ref call, table);
        table.Freeze();
        return call.Return(table);
    }

    static HostResult Clone(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        ThrowIfProtected(ref call, table);
        return call.Return(table.Clone());
    }

    static void ThrowIfProtected(ref CallContext call, LuauTable table)
    {
        if (!Metamethods.Get(table.Metatable, MetaEvent.Metatable).IsNil) throw call.ArgumentError(0, "table has a protected metatable");
    }

    static HostResult MaxN(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        double max = Math.Max(0, table.Length);
        LuauValue key = default, value = default;
        // The array part counts no further than the length.
        int cursor = LuauTable.HashCursor;
        for (int steps = 1; (cursor = table.Next(cursor, ref key, ref value)) >= 0; steps++)
        {
            if (key.IsNumber && key.Num > max) max = key.Num;
            if ((steps & (PollSteps - 1)) == 0) call.Heap.Poll();
        }
        return call.Return(max);
    }

    static HostResult ForEach(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        LuauFunction function = call.Callable(1);
        LuauValue key = default, value = default;
        int cursor = 0;
        while ((cursor = table.Next(cursor, ref key, ref value)) >= 0)
        {
            LuauValue result = call.Call(function, key, value);
            if (!result.IsNil) return call.Return(result);
        }
        return call.Return();
    }

    static HostResult ForEachI(ref CallContext call)
    {
        LuauTable table = call.Table(0);
        LuauFunction function = call.Callable(1);
        int length = table.Length;
        for (int i = 1; i <= length; i++)
        {
            LuauValue result = call.Call(function, (double)i, table.Get(i));
            if (!result.IsNil) return call.Return(result);
        }
        return call.Return();
    }

    // ---- move

    static HostResult Move(ref CallContext call)
    {
        LuauTable source = call.Table(0);
        int first = call.Integer(1), last = call.Integer(2), to = call.Integer(3);
        int targetIndex = call[4].IsNil ? 0 : 4;
        LuauTable target = call.Table(targetIndex);
        if (last < first) return call.Return(target);
        if (first <= 0 && last >= (long)int.MaxValue + first) throw call.ArgumentError(2, "too many elements to move");
        int count = last - first + 1;
        if (to > int.MaxValue - count + 1) throw call.ArgumentError(3, "destination wrap around");
        ThrowIfFrozen(target);
        if (!ReferenceEquals(source, target) && first >= 1 && last <= source.Count && to >= 1 && to <= target.Count + 1L)
        {
            MoveBlock(ref call, source, first, count, target, to);
        }
        else if (count > DenseMoveMax(source, target))
        {
            MoveSparse(ref call, source, first, last, target, to);
        }
        else if (ReferenceEquals(source, target) && to > first && to <= last)
        {
            for (int i = count - 1; i >= 0; i--)
            {
                target.PutIndex(to + i, source.Get(first + i));
                if ((i & (PollSteps - 1)) == 0) call.Heap.Poll();
            }
        }
        else
        {
            for (int i = 0; i < count; i++)
            {
                target.PutIndex(to + i, source.Get(first + i));
                if ((i & (PollSteps - 1)) == 0) call.Heap.Poll();
            }
        }
        return call.Return(target);
    }

    /// <summary>Copies from array part to array part.</summary>
    static void MoveBlock(ref CallContext call, LuauTable source, int first, int count, LuauTable target, int to)
    {
        const int Stride = 1 << 14;
        if (to - 1L + count <= LuauTable.SizeMax) target.EnsureArray(to - 1 + count);
        for (int done = 0; done < count; done += Stride)
        {
            target.SetList(to + done, source.Array.AsSpan(first - 1 + done, Math.Min(Stride, count - done)));
            call.Heap.Poll();
        }
    }

    /// <summary>Longest range that is worth walking index by index: about what visiting all elements of both tables costs.</summary>
    static long DenseMoveMax(LuauTable source, LuauTable target) =>
        1024 + (4L * (source.Count + target.Count + (source.Hash?.Used ?? 0) + (target.Hash?.Used ?? 0)));

    /// <summary>Moves by visiting elements instead of indexes.</summary>
    static void MoveSparse(ref CallContext call, LuauTable source, int first, int last, LuauTable target, int to)
    {
        LuauHeap heap = call.Heap;
        // Taken out before the target is cleared: both may be the same table.
        LuauTable keys = heap.NewTable(), values = heap.NewTable();
        LibraryMemory.Root(call, keys);
        heap.EnsureRoom(HeapSizes.Values(2L * (source.Count + (source.Hash?.Live ?? 0))));
        LuauValue key = default, value = default;
        int cursor = 0;
        for (int steps = 1; (cursor = NextNumber(source, cursor, ref key, ref value)) >= 0; steps++)
        {
            if (key.Num >= first && key.Num <= last && Math.Floor(key.Num) == key.Num)
            {
                keys.Append(key);
                values.Append(value);
            }
            if ((steps & (PollSteps - 1)) == 0) heap.Poll();
        }
        long offset = (long)to - first, end = last + offset;
        cursor = 0;
        for (int steps = 1; (cursor = NextNumber(target, cursor, ref key, ref value)) >= 0; steps++)
        {
            if (key.Num >= to && key.Num <= end && Math.Floor(key.Num) == key.Num) target.PutIndex((int)key.Num, default);
            if ((steps & (PollSteps - 1)) == 0) heap.Poll();
        }
        for (int i = 1; i <= keys.Count; i++)
        {
            target.PutIndex((int)((long)keys.Get(i).Num + offset), values.Get(i));
            if ((i & (PollSteps - 1)) == 0) heap.Poll();
        }
    }

    /// <summary>Next pair with a number as key; skips the slots, which hold strings only.</summary>
    static int NextNumber(LuauTable table, int cursor, ref LuauValue key, ref LuauValue value)
    {
        do
        {
            cursor = table.Next(cursor, ref key, ref value);
            if (cursor > LuauTable.SlotCursor && cursor <= LuauTable.HashCursor) cursor = table.Next(LuauTable.HashCursor, ref key, ref value);
        }
        while (cursor >= 0 && !key.IsNumber);
        return cursor;
    }

    static HostResult Sort(ref CallContext call)
    {
        LuauTable table = Writable(ref call, 0);
        LuauValue comparator = call[1];
        if (!comparator.IsNil) _ = call.Callable(1);
        TableSort.Sort(ref call, table, comparator);
        return call.Return();
    }

    /// <summary>The rows.</summary>
    public static LibraryTable Table { get; } = new("table",
    [
        new("clear", "<K, V>(t: { [K]: V }) -> ()", "Removes all keys and keeps the room for new ones.")
        { Body = Clear },
        new("clone", "<T>(t: T) -> T", "Shallow copy with the same metatable, not frozen.")
        { Body = Clone },
        new("concat", "(t: { string | number }, separator: string?, i: number?, j: number?) -> string", "Joins strings and numbers from i to j.")
        { Body = Concat },
        new("create", "<V>(count: number, value: V?) -> { V }", "List of count values; room without values when none is given.")
        { Body = Create },
        new("find", "<V>(t: { V }, value: V, init: number?) -> number?", "First index from init with that value, nil when absent; stops at nil.")
        { Body = Find },
        new("foreach", "<K, V, R>(t: { [K]: V }, f: (K, V) -> R?) -> R?", "Calls f for each pair until it returns something. Legacy: use for.")
        { Body = ForEach },
        new("foreachi", "<V, R>(t: { V }, f: (number, V) -> R?) -> R?", "Calls f for each index until it returns something. Legacy: use for.")
        { Body = ForEachI },
        new("freeze", "<T>(t: T) -> T", "Makes the table read-only for good; returns it. Shallow.")
        { Body = Freeze },
        new("getn", "<V>(t: { V }) -> number", "Length. Legacy: use #.")
        { Body = static (ref CallContext c) => c.Return((double)c.Table(0).Length) },
        new("insert", "(<V>(t: { V }, value: V) -> ()) & (<V>(t: { V }, position: number, value: V) -> ())",
            "Appends, or inserts at a position and moves the rest up.")
        { Builtin = BuiltinId.Table_insert, Body = Insert },
        new("isfrozen", "(t: {}) -> boolean", "Whether the table is read-only.")
        { Body = static (ref CallContext c) => c.Return(c.Table(0).IsReadOnly) },
        new("maxn", "<V>(t: { V }) -> number", "Largest number used as a key, or 0.")
        { Body = MaxN },
        new("move", "<V>(source: { V }, first: number, last: number, to: number, target: { V }?) -> { V }",
            "Copies a range of elements to another place or table; ranges may overlap.")
        { Body = Move },
        new("pack", "<V>(...V) -> { n: number, [number]: V }", "List of the arguments with their number in field n.")
        { Body = Pack },
        new("remove", "<V>(t: { V }, position: number?) -> V?", "Removes and returns an element, the last unless told; moves the rest down.")
        { Body = Remove },
        new("sort", "<V>(t: { V }, less: ((V, V) -> boolean)?) -> ()",
            "Sorts in place, not stable; less tells whether its first argument comes first.")
        { Body = Sort },
        new("unpack", "<V>(t: { V }, i: number?, j: number?) -> ...V", "Elements from i to j as results.")
        { Body = Unpack },
    ]);
}
