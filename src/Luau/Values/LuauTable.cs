using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GameServer.Luau.Values;

// Three parts. The array part holds t[1..Count] and may have holes, but never a nil at Count, so the length is known. String keys live
// in slots described by the shape, shared with all tables built alike. Everything else, and string keys of tables used as dictionaries,
// lives in a hash part that remembers insertion order. Traversal goes through the parts in that order, so it never depends on hashes
// or addresses and is the same on every run.
//
// Invariants:
// * Array[Count - 1] is not nil; all of Array from Count on is nil.
// * The hash part holds no integer key in 1..Count + 1. So t[Count + 1] is nil and Count is a border.
// * Slots.Length >= Shape.Count; slots of removed keys are nil and keep their place.
// * String keys are in slots or, when Shape.IsIrregular, in the hash part, never in both.
// Charges are made before a part changes: an error of the memory limit leaves the table as it was.

/// <summary>A table. Methods here are raw: no metamethods.</summary>
public sealed partial class LuauTable : LuauObject
{
    /// <summary>Slots of the array part and entries of the hash part at most (specification 8, <c>table overflow</c>).</summary>
    internal const int SizeMax = 1 << 26;

    /// <summary>Set in <see cref="Flags"/>: no script may change the table.</summary>
    internal const uint ReadOnlyFlag = 1u << 31;
    /// <summary>Set in <see cref="Flags"/> of an environment whose globals may be cached (specification 14).</summary>
    internal const uint SafeEnvironmentFlag = 1u << 30;
    /// <summary>Bits of <see cref="Flags"/> for metamethods known to be absent from this table in its role as a metatable. A store that may add a key clears them.</summary>
    internal const uint AbsentMask = (1u << 24) - 1;
    /// <summary>A store to an existing (non-nil) slot is plain when none of these bits is set.</summary>
    internal const uint StoreGuard = ReadOnlyFlag;
    /// <summary>A store to a nil slot is plain when none of these bits is set and there is no metatable.</summary>
    internal const uint InsertGuard = ReadOnlyFlag | AbsentMask;

    static readonly LuauValue[] NoValues = [];

    /// <summary>Array part; its length is the capacity.</summary>
    internal LuauValue[] Array = NoValues;
    /// <summary>Values of the shape's keys, by slot.</summary>
    internal LuauValue[] Slots = NoValues;
    /// <summary>Which string keys the slots hold.</summary>
    internal Shape Shape;
    /// <summary>Keys that are neither in the array part nor in slots; null until the first.</summary>
    internal HashPart? Hash;
    /// <summary>Metatable; set it with <see cref="Metatable"/> directly, protection is the caller's business.</summary>
    internal LuauTable? Metatable;
    /// <summary>Length; the values t[1..Count] are in <see cref="Array"/>.</summary>
    internal int Count;
    /// <summary>Copy of <see cref="Shape.Id"/> for inline caches.</summary>
    internal int ShapeId;
    /// <summary>Bits named above.</summary>
    internal uint Flags;

    /// <summary>Makes an empty table and charges it.</summary>
    /// <param name="heap">Account of the VM the table belongs to.</param>
    /// <param name="arrayCapacity">Room for values at 1, 2, …, at most <see cref="SizeMax"/>.</param>
    /// <param name="fieldCapacity">Room for string keys; a hint.</param>
    internal LuauTable(LuauHeap heap, int arrayCapacity = 0, int fieldCapacity = 0)
    {
        fieldCapacity = Math.Min(fieldCapacity, ShapeTree.ConstantKeysMax);
        heap.Charge(HeapSizes.Table + HeapSizes.Values(arrayCapacity) + HeapSizes.Values(fieldCapacity));
        Shape = heap.Shapes.Root;
        ShapeId = Shape.Id;
        if (arrayCapacity != 0) Array = new LuauValue[arrayCapacity];
        if (fieldCapacity != 0) Slots = new LuauValue[fieldCapacity];
    }

    /// <summary>Makes a table whose keys are those of <paramref name="shape"/>, all nil until stored: what a table constructor starts from.</summary>
    internal LuauTable(Shape shape, int arrayCapacity)
    {
        int slots = shape.Count;
        shape.Heap.Charge(HeapSizes.Table + HeapSizes.Values(slots) + HeapSizes.Values(arrayCapacity));
        Shape = shape;
        ShapeId = shape.Id;
        if (slots != 0) Slots = new LuauValue[slots];
        if (arrayCapacity != 0) Array = new LuauValue[arrayCapacity];
    }

    /// <inheritdoc/>
    public override LuauType Type => LuauType.Table;

    /// <summary>The account this table is charged to.</summary>
    internal LuauHeap Heap => Shape.Tree.Heap;

    /// <summary>Length as <c>#</c> without metamethods: a border of the table.</summary>
    public int Length => Count;

    /// <summary>Whether scripts may not change the table.</summary>
    public bool IsReadOnly => (Flags & ReadOnlyFlag) != 0;

    /// <summary>Whether globals read from this environment may be cached.</summary>
    internal bool IsSafeEnvironment
    {
        get => (Flags & SafeEnvironmentFlag) != 0;
        set => Flags = value ? Flags | SafeEnvironmentFlag : Flags & ~SafeEnvironmentFlag;
    }

    /// <summary>Makes the table read-only for good; shallow.</summary>
    internal void Freeze() => Flags |= ReadOnlyFlag;

    // ---- reading

    /// <summary>Value at <paramref name="key"/>, nil when absent.</summary>
    public LuauValue Get(in LuauValue key)
    {
        object? o = key.Ref;
        if (ReferenceEquals(o, LuauValue.NumberTag)) return Get(key.Num);
        if (o == null) return default;
        if (o.GetType() == typeof(LuauString)) return Get(Unsafe.As<LuauString>(o));
        return Hash == null ? default : Hash.Get(key);
    }

    /// <summary>Value at a string key, nil when absent.</summary>
    public LuauValue Get(LuauString key)
    {
        if (ShapeId < 0) return Hash == null ? default : Hash.Get(key);
        int slot = Shape.FindSlot(key);
        return slot >= 0 ? Slots[slot] : default;
    }

    /// <summary>Value at an integer key, nil when absent.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LuauValue Get(int key)
    {
        int index = key - 1;
        if ((uint)index < (uint)Count) return Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Array), index);
        return Hash == null ? default : Hash.Get((double)key);
    }

    /// <summary>Value at a number key, nil when absent or NaN.</summary>
    internal LuauValue Get(double key)
    {
        int index = double.ConvertToIntegerNative<int>(key) - 1;
        if ((uint)index < (uint)Count && index + 1 == key) return Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Array), index);
        return Hash == null ? default : Hash.Get(key);
    }

    /// <summary>Where the value of <paramref name="key"/> stands; a null reference when the key was never stored. May point at nil. Valid until the
    /// next store of a new key. Write through it only non-nil over non-nil.</summary>
    internal ref LuauValue Find(in LuauValue key)
    {
        object? o = key.Ref;
        if (ReferenceEquals(o, LuauValue.NumberTag))
        {
            int index = double.ConvertToIntegerNative<int>(key.Num) - 1;
            if ((uint)index < (uint)Count && index + 1 == key.Num) return ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Array), index);
        }
        else if (o != null && o.GetType() == typeof(LuauString))
        {
            return ref Find(Unsafe.As<LuauString>(o));
        }
        if (o == null || Hash == null) return ref Unsafe.NullRef<LuauValue>();
        return ref Hash.Find(key);
    }

    /// <summary>As the other Find, for a string key.</summary>
    internal ref LuauValue Find(LuauString key)
    {
        if (ShapeId < 0)
        {
            if (Hash == null) return ref Unsafe.NullRef<LuauValue>();
            return ref Hash.Find(key);
        }
        int slot = Shape.FindSlot(key);
        if (slot < 0) return ref Unsafe.NullRef<LuauValue>();
        return ref Slots[slot];
    }

    // ---- writing

    /// <summary>Stores <paramref name="value"/>; nil removes the key.</summary>
    /// <exception cref="LuauException">Read-only, a key that cannot be stored, too many keys, or the memory limit.</exception>
    public void Set(in LuauValue key, in LuauValue value)
    {
        TableFault fault = TrySet(key, value);
        if (fault != TableFault.None) throw TableFaults.Error(fault);
    }

    /// <summary>Stores at a string key; nil removes the key.</summary>
    /// <exception cref="LuauException">Read-only, too many keys, or the memory limit.</exception>
    public void Set(LuauString key, in LuauValue value)
    {
        if (IsReadOnly) throw TableFaults.Error(TableFault.ReadOnly);
        PutField(key, value, constant: false);
    }

    /// <summary>Stores at an integer key; nil removes the key.</summary>
    /// <exception cref="LuauException">Read-only, too many keys, or the memory limit.</exception>
    public void Set(int key, in LuauValue value)
    {
        if (IsReadOnly) throw TableFaults.Error(TableFault.ReadOnly);
        PutIndex(key, value);
    }

    /// <summary>Stores as a script does, but hands faults back, so that the caller can raise them with its own position.</summary>
    /// <exception cref="LuauException">The memory limit, or <c>table overflow</c>; both without position.</exception>
    internal TableFault TrySet(in LuauValue key, in LuauValue value)
    {
        if (IsReadOnly) return TableFault.ReadOnly;
        if (ReferenceEquals(key.Ref, LuauValue.NumberTag))
        {
            if (double.IsNaN(key.Num)) return TableFault.NaNKey;
            PutNumber(key.Num, value);
            return TableFault.None;
        }
        TableFault fault = CheckKey(key);
        if (fault == TableFault.None) Put(key, value);
        return fault;
    }

    /// <summary>Whether <paramref name="key"/> can be a key at all.</summary>
    internal static TableFault CheckKey(in LuauValue key)
    {
        object? o = key.Ref;
        if (ReferenceEquals(o, LuauValue.NumberTag)) return double.IsNaN(key.Num) ? TableFault.NaNKey : TableFault.None;
        if (o == null) return TableFault.NilKey;
        if (o.GetType() != typeof(LuauVector)) return TableFault.None;
        LuauVector v = Unsafe.As<LuauVector>(o);
        return LuauVector.Equals(v, v) ? TableFault.None : TableFault.VectorWithNaNKey;
    }

    /// <summary>Stores even into a read-only table. The key has passed <see cref="CheckKey"/>.</summary>
    internal void Put(in LuauValue key, in LuauValue value)
    {
        object? o = key.Ref;
        if (ReferenceEquals(o, LuauValue.NumberTag)) PutNumber(key.Num, value);
        else if (o!.GetType() == typeof(LuauString)) PutField(Unsafe.As<LuauString>(o), value, constant: false);
        else PutHash(key, value);
    }

    /// <summary>Stores at a string key, even into a read-only table.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; nil removes the key.</param>
    /// <param name="constant">Whether the key stands in the source text, see <see cref="Shape.Add"/>.</param>
    internal void PutField(LuauString key, in LuauValue value, bool constant)
    {
        if (ShapeId < 0)
        {
            PutHash(key, value);
            return;
        }
        int slot = Shape.FindSlot(key);
        if (slot >= 0)
        {
            Slots[slot].CopyFrom(ref Unsafe.AsRef(in value));
            if (value.Ref != null) Flags &= ~AbsentMask;
        }
        else if (value.Ref != null)
        {
            AddField(key, value, constant);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void AddField(LuauString key, in LuauValue value, bool constant)
    {
        LuauValue copy = value; // `value` may stand in a part that is about to move.
        Shape? next = Shape.Add(key, constant);
        if (next == null)
        {
            BecomeIrregular();
            PutHash(key, copy);
            return;
        }
        int slot = Shape.Count;
        if (slot == Slots.Length)
        {
            int capacity = slot < 4 ? 4 : slot * 2;
            Heap.Charge(HeapSizes.Values(capacity));
            LuauValue[] old = Slots;
            var grown = new LuauValue[capacity];
            System.Array.Copy(old, grown, old.Length);
            Slots = grown;
            Heap.Refund(HeapSizes.Values(old.Length));
        }
        Slots[slot].CopyFresh(copy);
        Shape = next;
        ShapeId = next.Id;
        Flags &= ~AbsentMask;
    }

    /// <summary>Moves the string keys to the hash part, before those that are there, so that traversal order stays.</summary>
    void BecomeIrregular()
    {
        Shape old = Shape;
        LuauValue[] slots = Slots;
        int live = 1 + (Hash?.Live ?? 0);
        for (int i = 0; i < old.Count; i++)
            if (slots[i].Ref != null) live++;
        var hash = new HashPart(Heap, RoomFor(live));
        for (int i = 0; i < old.Count; i++)
            if (slots[i].Ref != null) hash.Add(new LuauValue(old.KeyAt(i)), slots[i]);
        if (Hash != null)
        {
            hash.AddAll(Hash, Heap);
            Heap.Refund(Hash.Bytes);
        }
        Heap.Refund(HeapSizes.Values(slots.Length));
        Hash = hash;
        Slots = NoValues;
        Shape = old.Tree.Irregular;
        ShapeId = Shape.Id;
    }

    // ---- whole-table operations

    /// <summary>Removes all keys; capacity, metatable and flags stay.</summary>
    internal void Clear()
    {
        ClearValues(Array, Count, Heap);
        Count = 0;
        if (!Shape.IsIrregular)
        {
            ClearValues(Slots, Shape.Count, Heap);
            Shape = Shape.Tree.Root;
            ShapeId = Shape.Id;
        }
        Hash?.Clear();
    }

    static void ClearValues(LuauValue[] values, int count, LuauHeap heap)
    {
        for (int start = 0; start < count; start += PollStride)
        {
            heap.Poll();
            System.Array.Clear(values, start, Math.Min(PollStride, count - start));
        }
    }

    /// <summary>Values moved between two polls of the interrupt flag; well under a millisecond.</summary>
    const int PollStride = 1 << 16;
    /// <summary>Steps of loops with more work per value between two polls, less one.</summary>
    const int PollMask = (1 << 14) - 1;

    /// <summary>A shallow copy with the same metatable and traversal order; not read-only.</summary>
    internal LuauTable Clone()
    {
        LuauHeap heap = Heap;
        int slots = Shape.Count;
        heap.EnsureRoom(HeapSizes.Table + HeapSizes.Values(Count) + HeapSizes.Values(slots) + (Hash == null ? 0 : HeapSizes.Hash(Hash.Live)));
        var copy = new LuauTable(Shape, Count) { Metatable = Metatable, Count = Count };
        for (int start = 0; start < Count; start += PollStride)
        {
            heap.Poll();
            System.Array.Copy(Array, start, copy.Array, start, Math.Min(PollStride, Count - start));
        }
        System.Array.Copy(Slots, copy.Slots, slots);
        if (Hash != null && Hash.Live > 0)
        {
            copy.Hash = new HashPart(heap, Hash.Live);
            copy.Hash.AddAll(Hash, heap);
        }
        return copy;
    }
}
