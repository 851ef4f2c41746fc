using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GameServer.Luau.Values;

// The array part and the traffic between it and the hash part.
//
// * A store at Count + 1 appends; then following keys waiting in the hash part move over.
// * A store further up goes to the hash part. When that is full, integer keys are counted per power of two and the array part becomes
//   the largest 2^k of which more than half is used, as in upstream.
// * When the array part is full and hardly used any more (a queue whose front was removed), the same count shrinks it.
// Every such count is paid for by the stores since the last one, so that no order of stores is quadratic.
public sealed partial class LuauTable
{
    /// <summary>Stores at an integer key, even into a read-only table.</summary>
    internal void PutIndex(int key, in LuauValue value)
    {
        int index = key - 1;
        if ((uint)index < (uint)Count)
        {
            Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Array), index).CopyFrom(ref Unsafe.AsRef(in value));
            if (index == Count - 1 && value.Ref == null) TrimCount();
        }
        else if (index == Count)
        {
            Append(value);
        }
        else
        {
            PutHash((double)key, value);
        }
    }

    /// <summary>Stores at a number key that is not NaN, even into a read-only table.</summary>
    void PutNumber(double key, in LuauValue value)
    {
        int index = double.ConvertToIntegerNative<int>(key);
        if (index == key && index != 0) PutIndex(index, value); // Not zero, whose sign `next` shows.
        else PutHash(key, value);
    }

    /// <summary>Removes an element of the array part.</summary>
    /// <returns>False when there is no value at that place of it.</returns>
    internal bool TryRemove(double key)
    {
        int index = double.ConvertToIntegerNative<int>(key) - 1;
        if ((uint)index >= (uint)Count || index + 1 != key || Array[index].Ref == null) return false;
        Array[index].SetNil();
        if (index == Count - 1) TrimCount();
        return true;
    }

    /// <summary>Stores at Count + 1; nil does nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Append(in LuauValue value)
    {
        if (value.Ref == null) return;
        int index = Count;
        if (index < Array.Length && Hash == null)
        {
            Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Array), index).CopyFresh(value);
            Count = index + 1;
        }
        else
        {
            AppendSlow(value);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void AppendSlow(in LuauValue value)
    {
        LuauValue copy = value; // `value` may stand in the array that is about to be replaced.
        int count = Count;
        if (count >= 16 && count == Array.Length && CountLive() * 4 < count)
        {
            // Mostly holes: rather a small array part, or none.
            Rebuild((double)(count + 1), copy);
            return;
        }
        EnsureRoomToAppend();
        if (Count != count)
        {
            PutIndex(count + 1, copy); // Weak, and emptied by a measurement.
            return;
        }
        Array[count].CopyFresh(copy);
        Count = count + 1;
        MoveWaiting();
    }

    /// <summary>Makes room for one value more and for those keys behind it that wait in the hash part. The only step of an append that can fail.</summary>
    void EnsureRoomToAppend()
    {
        int needed = Count + 1;
        if (Hash != null)
        {
            while (Hash.HasLive(needed + 1))
            {
                needed++;
                if ((needed & PollMask) == 0) Heap.Poll();
            }
        }
        if (needed <= Array.Length) return;
        if (needed > SizeMax) throw new LuauException(TableFaults.Overflow);
        int capacity = Math.Max(Math.Max(needed, 4), Math.Min(Array.Length * 2, SizeMax));
        int count = Count;
        if (MayShrinkInstead(HeapSizes.Values(capacity)) && Count != count) return;
        ResizeArray(capacity);
    }

    /// <summary>Moves t[Count + 1], t[Count + 2], … over from the hash part while they are there; there is room.</summary>
    void MoveWaiting()
    {
        HashPart? hash = Hash;
        if (hash == null) return;
        while (hash.LiveNumbers > 0)
        {
            int i = hash.IndexOf((double)(Count + 1));
            if (i < 0 || hash.Entries[i].Value.Ref == null) return;
            Array[Count].CopyFrom(ref hash.Entries[i].Value);
            hash.Erase(i);
            Count++;
        }
    }

    /// <summary>Before a table that may be weak grows for lack of room, a measurement empties it of what nothing else holds.</summary>
    /// <returns>Whether a measurement was made, so that sizes may have changed.</returns>
    bool MayShrinkInstead(long bytes)
    {
        if (Metatable == null || Heap.HasRoom(bytes)) return false;
        Heap.Measure();
        return true;
    }

    /// <summary>Makes room for <paramref name="capacity"/> values at 1, 2, …; never shrinks.</summary>
    /// <exception cref="LuauException"><c>table overflow</c>, or the memory limit.</exception>
    internal void EnsureArray(int capacity)
    {
        if (capacity <= Array.Length) return;
        if (capacity > SizeMax) throw new LuauException(TableFaults.Overflow);
        ResizeArray(capacity);
    }

    /// <summary>Fills a new table with t[1..count] = value, as table.create.</summary>
    internal void Fill(int count, in LuauValue value)
    {
        EnsureArray(count);
        if (value.Ref == null) return;
        LuauHeap heap = Heap;
        for (int i = 0; i < count; i++)
        {
            if (i % PollStride == 0) heap.Poll();
            Array[i].CopyFresh(value);
        }
        Count = count;
    }

    /// <summary>Stores <paramref name="values"/> at <paramref name="first"/>, …: the positional part of a constructor. Nils count for the size, not for the length.</summary>
    internal void SetList(int first, ReadOnlySpan<LuauValue> values)
    {
        if (values.Length == 0) return;
        int end = first - 1 + values.Length;
        if (end > SizeMax || end < 0) throw new LuauException(TableFaults.Overflow);
        if (Hash != null && Hash.LiveNumbers > 0)
        {
            // `{[2] = x, "a", "b"}`: keys may already wait in the hash part.
            for (int i = 0; i < values.Length; i++) PutIndex(first + i, values[i]);
            return;
        }
        if (end > Array.Length) EnsureArray(first == 1 ? end : Math.Max(end, (int)Math.Min(Array.Length * 2L, SizeMax)));
        ref LuauValue target = ref MemoryMarshal.GetArrayDataReference(Array);
        ref LuauValue source = ref MemoryMarshal.GetReference(values);
        for (int i = 0; i < values.Length; i++) Unsafe.Add(ref target, first - 1 + i).CopyFresh(Unsafe.Add(ref source, i));
        if (end >= Count)
        {
            Count = end;
            if (Array[end - 1].Ref == null)
            {
                TrimCount();
                if (end == Array.Length) CutAtBorder(end);
            }
        }
    }

    /// <summary>A constructor that ended in nil: of several possible lengths the table gets the one that a binary search over the whole list finds, as upstream,
    /// because scripts print it. Values behind it wait in the hash part.</summary>
    void CutAtBorder(int size)
    {
        int border = FindBorder(Array.AsSpan(0, size));
        if (border >= Count) return;
        int leaving = 0;
        for (int i = border; i < Count; i++)
            if (Array[i].Ref != null) leaving++;
        HashPart? old = Hash;
        HashPart hash = new(Heap, (old?.Live ?? 0) + leaving);
        if (old != null)
        {
            hash.AddAll(old, Heap);
            Heap.Refund(old.Bytes);
        }
        for (int i = border; i < Count; i++)
        {
            if (Array[i].Ref == null) continue;
            hash.Add(new LuauValue((double)(i + 1)), Array[i]);
            Array[i].SetNil();
        }
        Hash = hash;
        Count = Math.Min(Count, border); // Weak, and emptied by a measurement.
        TrimCount();
    }

    /// <summary>Halves the list until one value is left, going right where the value in the middle is not nil.</summary>
    static int FindBorder(ReadOnlySpan<LuauValue> list)
    {
        int first = 0;
        for (int rest = list.Length; rest > 1;)
        {
            int half = rest / 2;
            if (list[first + half].Ref != null) first += half;
            rest -= half;
        }
        return list[first].Ref == null ? 0 : first + 1;
    }

    /// <summary>Inserts before t[position], 1 &lt;= position &lt;= Length + 1, moving the rest up.</summary>
    internal void InsertShifting(int position, in LuauValue value)
    {
        if (position > Count)
        {
            Append(value);
            return;
        }
        LuauValue copy = value;
        EnsureRoomToAppend();
        int count = Count;
        int index = position - 1;
        if (index < count) System.Array.Copy(Array, index, Array, index + 1, count - index);
        Array[index] = copy;
        // A measurement while growing may have emptied a weak table; otherwise the last value has only moved up.
        Count = Math.Max(index, count) + 1;
        if (Array[Count - 1].Ref == null) TrimCount();
        else MoveWaiting();
    }

    /// <summary>Removes and returns t[position], 1 &lt;= position &lt;= Length, moving the rest down.</summary>
    internal LuauValue RemoveShifting(int position)
    {
        int index = position - 1;
        int last = Count - 1;
        LuauValue removed = Array[index];
        if (index < last) System.Array.Copy(Array, index + 1, Array, index, last - index);
        Array[last].SetNil();
        TrimCount();
        return removed;
    }

    /// <summary>Lowers Count to the last value that is not nil. Each hole is passed once: it was paid for when Count rose over it.</summary>
    void TrimCount()
    {
        LuauValue[] array = Array;
        int count = Count;
        while (count > 0 && array[count - 1].Ref == null) count--;
        Count = count;
    }

    void ResizeArray(int capacity)
    {
        LuauHeap heap = Heap;
        heap.Charge(HeapSizes.Values(capacity));
        LuauValue[] old = Array;
        var grown = new LuauValue[capacity];
        System.Array.Copy(old, grown, Count);
        Array = grown;
        heap.Refund(HeapSizes.Values(old.Length));
    }

    int CountLive()
    {
        int live = 0;
        for (int i = 0; i < Count; i++)
            if (Array[i].Ref != null) live++;
        return live;
    }
}
