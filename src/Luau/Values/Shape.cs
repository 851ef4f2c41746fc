using System.Runtime.CompilerServices;

namespace GameServer.Luau.Values;

// Tables that received the same string keys in the same order share a shape. The shape says at which slot a key's value stands, so an
// instruction that once found its key at a slot only compares the shape's id the next time. Shapes belong to one VM, are only ever
// added, and are freed with it. See ShapeTree for the bounds that keep hostile scripts from growing it.

/// <summary>Which string keys a table has, and in which slots. Immutable as seen by its tables.</summary>
sealed class Shape
{
    /// <summary>Unique within the VM, never reused, never 0. Negative for the irregular shape, which no cache may hold.</summary>
    internal readonly int Id;
    /// <summary>Number of keys, and of slots in use.</summary>
    internal readonly int Count;
    /// <summary>Bit <c>hash >> 26</c> is set for every key: a clear bit proves that a string is not an own key. All ones when irregular.</summary>
    internal readonly ulong Filter;
    /// <summary>Slot of <c>__index</c>, -1 when absent.</summary>
    internal readonly int IndexSlot;
    /// <summary>The tree, and through it the heap, this shape belongs to.</summary>
    internal readonly ShapeTree Tree;

    /// <summary>Shared with all shapes of a chain without branches; entries from <see cref="Count"/> on belong to later shapes.</summary>
    internal readonly KeyTable Keys;
    /// <summary>The only child, or the table of children, hashed by their last key.</summary>
    Shape? _child;
    Shape?[]? _children;
    int _childCount;

    internal Shape(ShapeTree tree, int id, KeyTable keys, int count, ulong filter, int indexSlot)
    {
        Tree = tree;
        Id = id;
        Keys = keys;
        Count = count;
        Filter = filter;
        IndexSlot = indexSlot;
    }

    /// <summary>The heap tables of this shape are charged to.</summary>
    internal LuauHeap Heap => Tree.Heap;

    /// <summary>Whether tables of this shape keep string keys in their hash part.</summary>
    internal bool IsIrregular => Id < 0;

    /// <summary>False when <paramref name="key"/> is certainly not an own key of tables of this shape.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool MayContain(LuauString key) => (Filter & FilterBit(key.Hash)) != 0;

    /// <summary>Slot of <paramref name="key"/>, -1 when it is not a key of this shape.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int FindSlot(LuauString key)
    {
        int hash = key.Hash;
        return (Filter & FilterBit(hash)) == 0 ? -1 : Keys.Find(key, hash, Count);
    }

    /// <summary>Key of slot <paramref name="slot"/>.</summary>
    internal LuauString KeyAt(int slot) => Keys.Keys[slot];

    internal static ulong FilterBit(int hash) => 1UL << (int)((uint)hash >> 26);

    /// <summary>The shape after adding <paramref name="key"/>, which is not a key yet; null when there is none and <see cref="ShapeTree"/>'s limits forbid making it.</summary>
    /// <param name="key">The key to add.</param>
    /// <param name="constant">Whether the key stands in the source text; keys computed by scripts get fewer shapes.</param>
    internal Shape? Add(LuauString key, bool constant) => FindChild(key) ?? Tree.TryMakeChild(this, key, constant);

    /// <summary>Number of children.</summary>
    internal int ChildCount => _childCount;

    Shape? FindChild(LuauString key)
    {
        Shape? only = _child;
        if (only != null) return LuauString.Equals(only.Keys.Keys[Count], key) ? only : null;
        if (_children == null) return null;
        int mask = _children.Length - 1;
        for (int i = key.Hash & mask; ; i = (i + 1) & mask)
        {
            Shape? child = _children[i];
            if (child == null || LuauString.Equals(child.Keys.Keys[Count], key)) return child;
        }
    }

    internal void AddChild(Shape child)
    {
        _childCount++;
        if (_childCount == 1)
        {
            _child = child;
            return;
        }
        if (_children == null)
        {
            _children = new Shape?[8];
            Place(_children, _child!);
            _child = null;
        }
        else if (_childCount * 2 > _children.Length)
        {
            var grown = new Shape?[_children.Length * 2];
            foreach (Shape? old in _children)
                if (old != null) Place(grown, old);
            _children = grown;
        }
        Place(_children, child);
    }

    /// <summary>Bytes by which <see cref="AddChild"/> is about to grow the children table.</summary>
    internal long ChildGrowthBytes =>
        _childCount == 1 ? HeapSizes.References(8)
        : _children != null && (_childCount + 1) * 2 > _children.Length ? _children.Length * 8L
        : 0;

    void Place(Shape?[] table, Shape child)
    {
        int mask = table.Length - 1;
        int i = child.Keys.Keys[Count].Hash & mask;
        while (table[i] != null) i = (i + 1) & mask;
        table[i] = child;
    }
}

/// <summary>Keys in slot order with an index by hash; grows at the end only, along one chain of shapes.</summary>
sealed class KeyTable
{
    /// <summary>Keys by slot.</summary>
    internal LuauString[] Keys;
    /// <summary>Slot + 1 by hash, linear probing; at most half full.</summary>
    ushort[] _index;
    /// <summary>Keys in use.</summary>
    internal int Count;

    internal KeyTable(int capacity)
    {
        Keys = new LuauString[capacity];
        _index = new ushort[capacity * 2];
    }

    /// <summary>A copy of the first <paramref name="count"/> keys with room for one more.</summary>
    internal KeyTable(KeyTable source, int count) : this(CapacityFor(count + 1))
    {
        for (int i = 0; i < count; i++) Append(source.Keys[i]);
    }

    internal static int CapacityFor(int count)
    {
        int capacity = 4;
        while (capacity < count) capacity *= 2;
        return capacity;
    }

    internal static long BytesOf(int capacity) => 40 + HeapSizes.References(capacity) + HeapSizes.Bytes(capacity * 4L);

    /// <summary>Slot of <paramref name="key"/> when it is below <paramref name="limit"/>, else -1.</summary>
    internal int Find(LuauString key, int hash, int limit)
    {
        ushort[] index = _index;
        int mask = index.Length - 1;
        for (int i = hash & mask; ; i = (i + 1) & mask)
        {
            int slot = index[i] - 1;
            if (slot < 0) return -1;
            LuauString candidate = Keys[slot];
            if (ReferenceEquals(candidate, key) || LuauString.Equals(candidate, key)) return slot < limit ? slot : -1;
        }
    }

    /// <summary>Adds a key that is not in the table.</summary>
    internal void Append(LuauString key)
    {
        if (Count == Keys.Length)
        {
            var keys = new LuauString[Count * 2];
            Array.Copy(Keys, keys, Count);
            Keys = keys;
            _index = new ushort[keys.Length * 2];
            for (int slot = 0; slot < Count; slot++) Place(keys[slot], slot);
        }
        Keys[Count] = key;
        Place(key, Count);
        Count++;
    }

    void Place(LuauString key, int slot)
    {
        int mask = _index.Length - 1;
        int i = key.Hash & mask;
        while (_index[i] != 0) i = (i + 1) & mask;
        _index[i] = (ushort)(slot + 1);
    }
}
