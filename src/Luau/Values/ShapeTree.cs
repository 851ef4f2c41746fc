namespace GameServer.Luau.Values;

/// <summary>All shapes of one VM: the empty one at the root, one child per key added. Bounded: beyond any of the limits below a table that needs a new
/// shape keeps its string keys in its hash part instead, which is slower by a few nanoseconds per access and otherwise the same.</summary>
sealed class ShapeTree
{
    /// <summary>Shapes of one VM; ids must fit the 16 bits that inline caches have for them.</summary>
    internal const int ShapesMax = 16_384;
    /// <summary>Bytes all shapes of one VM may take.</summary>
    internal const long BytesMax = 4L << 20;
    /// <summary>Keys of one shape that stand in the source text.</summary>
    internal const int ConstantKeysMax = 512;
    /// <summary>Keys of one shape when the next one is computed by the script and no table took that step before.</summary>
    internal const int ComputedKeysMax = 8;
    /// <summary>Children of one shape that keys in the source text may make.</summary>
    internal const int ConstantChildrenMax = 4096;
    /// <summary>Children of one shape that computed keys may make.</summary>
    internal const int ComputedChildrenMax = 64;

    /// <summary>Account that shapes and the tables using them are charged to.</summary>
    internal readonly LuauHeap Heap;
    /// <summary>The shape without keys.</summary>
    internal readonly Shape Root;
    /// <summary>The shape of tables whose string keys are in the hash part. Has no slots.</summary>
    internal readonly Shape Irregular;

    readonly List<KeyTable> _keyTables = [];
    int _lastId;

    internal ShapeTree(LuauHeap heap)
    {
        Heap = heap;
        var keys = new KeyTable(4);
        _keyTables.Add(keys);
        Root = new Shape(this, ++_lastId, keys, 0, 0, -1);
        Irregular = new Shape(this, -1, new KeyTable(1), 0, ulong.MaxValue, -1);
        Bytes = 2 * HeapSizes.Shape + KeyTable.BytesOf(4) + KeyTable.BytesOf(1);
        heap.Charge(Bytes);
    }

    /// <summary>Bytes all shapes take; part of the heap's count.</summary>
    internal long Bytes { get; private set; }

    /// <summary>Shapes made so far, the root included.</summary>
    internal int Count => _lastId;

    /// <summary>The shape of a constructor with these distinct keys in this order; <see cref="Irregular"/> when limits forbid it.</summary>
    internal Shape OfKeys(ReadOnlySpan<LuauString> keys)
    {
        Shape shape = Root;
        foreach (LuauString key in keys)
        {
            Shape? next = shape.Add(key, constant: true);
            if (next == null) return Irregular;
            shape = next;
        }
        return shape;
    }

    /// <summary>A shape for one table with many keys that few others share, such as a library: no steps between, no chain from the root.</summary>
    internal Shape OfKeysDetached(ReadOnlySpan<LuauString> keys)
    {
        if (keys.Length > ConstantKeysMax) return Irregular;
        int capacity = KeyTable.CapacityFor(keys.Length);
        long bytes = HeapSizes.Shape + KeyTable.BytesOf(capacity);
        if (!HasRoom(bytes)) return Irregular;
        Charge(bytes);
        var table = new KeyTable(capacity);
        ulong filter = 0;
        int indexSlot = -1;
        foreach (LuauString key in keys)
        {
            if (IsIndex(key)) indexSlot = table.Count;
            filter |= Shape.FilterBit(key.Hash);
            table.Append(key);
        }
        _keyTables.Add(table);
        return new Shape(this, ++_lastId, table, table.Count, filter, indexSlot);
    }

    /// <summary>Makes the child of <paramref name="parent"/> for <paramref name="key"/>; null when a limit forbids it.</summary>
    internal Shape? TryMakeChild(Shape parent, LuauString key, bool constant)
    {
        if (parent.IsIrregular || parent.Count >= (constant ? ConstantKeysMax : ComputedKeysMax)
            || parent.ChildCount >= (constant ? ConstantChildrenMax : ComputedChildrenMax))
            return null;

        // The newest shape of a chain extends the chain's key table; any other is a branching point and starts a copy.
        KeyTable keys = parent.Keys;
        bool extends = keys.Count == parent.Count;
        long bytes = HeapSizes.Shape + parent.ChildGrowthBytes;
        if (!extends) bytes += KeyTable.BytesOf(KeyTable.CapacityFor(parent.Count + 1));
        else if (keys.Count == keys.Keys.Length) bytes += KeyTable.BytesOf(keys.Count * 2) - KeyTable.BytesOf(keys.Count);
        if (!HasRoom(bytes)) return null;
        Charge(bytes);

        if (!extends)
        {
            keys = new KeyTable(keys, parent.Count);
            _keyTables.Add(keys);
        }
        keys.Append(key);
        var child = new Shape(this, ++_lastId, keys, parent.Count + 1, parent.Filter | Shape.FilterBit(key.Hash), IsIndex(key) ? parent.Count : parent.IndexSlot);
        parent.AddChild(child);
        return child;
    }

    /// <summary>Reaches the keys, which live as long as the VM.</summary>
    internal void Trace(Tracer tracer)
    {
        tracer.Count(Bytes);
        foreach (KeyTable table in _keyTables)
            for (int i = 0; i < table.Count; i++) tracer.Mark(table.Keys[i]);
    }

    bool HasRoom(long bytes) => _lastId < ShapesMax && Bytes + bytes <= BytesMax;

    void Charge(long bytes)
    {
        Heap.Charge(bytes);
        Bytes += bytes;
    }

    static bool IsIndex(LuauString key) => key.Span.SequenceEqual("__index"u8);
}
