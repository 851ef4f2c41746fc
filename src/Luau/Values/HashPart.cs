using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GameServer.Luau.Values;

/// <summary>Keys and values in insertion order with an index by hash. Removing leaves the entry in place with a nil value, so that traversal goes on
/// undisturbed and storing again finds it; such entries go when the part is rebuilt, which only the table does (<see cref="LuauTable"/>).</summary>
sealed class HashPart
{
    /// <summary>Replaces the key of a removed entry when a measurement of the heap passes, so that a removed key does not keep its object alive, and when the
    /// key moves to the array part.</summary>
    internal const string DeadKey = "\u0001dead";

    const int CapacityMin = 4;
    const int PollMask = (1 << 14) - 1;

    /// <summary>Entries in insertion order; the length is a power of two.</summary>
    internal readonly HashEntry[] Entries;
    /// <summary>First entry of each chain + 1, 0 = none; as long as <see cref="Entries"/>.</summary>
    readonly int[] _buckets;
    /// <summary>Entries in use, removed ones included.</summary>
    internal int Used;
    /// <summary>Entries whose value is not nil.</summary>
    internal int Live;
    /// <summary>Live entries with a number as key.</summary>
    internal int LiveNumbers;
    /// <summary>No entry before this one is live: taking the first pair again and again stays cheap.</summary>
    int _first;

    /// <summary>Makes an empty part with room for <paramref name="count"/> entries and charges it.</summary>
    internal HashPart(LuauHeap heap, int count)
    {
        int capacity = CapacityFor(count);
        if (capacity > LuauTable.SizeMax) throw new LuauException(TableFaults.Overflow);
        heap.Charge(HeapSizes.Hash(capacity));
        Entries = new HashEntry[capacity];
        _buckets = new int[capacity];
    }

    /// <summary>Capacity of a part asked for room for <paramref name="count"/> entries.</summary>
    internal static int CapacityFor(int count)
    {
        int capacity = CapacityMin;
        while (capacity < count) capacity *= 2;
        return capacity;
    }

    /// <summary>What it is charged at.</summary>
    internal long Bytes => HeapSizes.Hash(Entries.Length);

    /// <summary>Whether the next new key needs a rebuild.</summary>
    internal bool IsFull => Used == Entries.Length;

    internal LuauValue Get(in LuauValue key)
    {
        int i = IndexOf(key);
        return i < 0 ? default : Entries[i].Value;
    }

    internal LuauValue Get(LuauString key)
    {
        int i = IndexOf(key);
        return i < 0 ? default : Entries[i].Value;
    }

    internal LuauValue Get(double key)
    {
        int i = IndexOf(key);
        return i < 0 ? default : Entries[i].Value;
    }

    internal ref LuauValue Find(in LuauValue key)
    {
        int i = IndexOf(key);
        if (i < 0) return ref Unsafe.NullRef<LuauValue>();
        return ref Entries[i].Value;
    }

    // The two below are what scripts with tables as dictionaries spend their time in: one loop each, no bounds checks, because chains hold indexes of entries in use.

    internal ref LuauValue Find(double key)
    {
        int hash = StringHash.Of(key);
        ref HashEntry first = ref MemoryMarshal.GetArrayDataReference(Entries);
        for (int i = _buckets[hash & (_buckets.Length - 1)] - 1; i >= 0;)
        {
            ref HashEntry e = ref Unsafe.Add(ref first, i);
            if (e.Key.Num == key && e.Key.IsNumber) return ref e.Value;
            i = e.Next;
        }
        return ref Unsafe.NullRef<LuauValue>();
    }

    internal ref LuauValue Find(LuauString key)
    {
        int hash = key.Hash;
        ref HashEntry first = ref MemoryMarshal.GetArrayDataReference(Entries);
        for (int i = _buckets[hash & (_buckets.Length - 1)] - 1; i >= 0;)
        {
            ref HashEntry e = ref Unsafe.Add(ref first, i);
            if (ReferenceEquals(e.Key.Ref, key)) return ref e.Value;
            if (e.Hash == hash && e.Key.Ref is LuauString s && LuauString.Equals(s, key)) return ref e.Value;
            i = e.Next;
        }
        return ref Unsafe.NullRef<LuauValue>();
    }

    /// <summary>Entry of a string key, -1 when there is none.</summary>
    internal int IndexOf(LuauString key)
    {
        int hash = key.Hash;
        HashEntry[] entries = Entries;
        int[] buckets = _buckets;
        for (int i = buckets[hash & (buckets.Length - 1)] - 1; (uint)i < (uint)entries.Length; i = entries[i].Next)
        {
            ref HashEntry e = ref entries[i];
            if (ReferenceEquals(e.Key.Ref, key)) return i;
            if (e.Hash == hash && e.Key.Ref is LuauString s && LuauString.Equals(s, key)) return i;
        }
        return -1;
    }

    /// <summary>Entry of a number key, -1 when there is none.</summary>
    internal int IndexOf(double key) => IndexOf(key, StringHash.Of(key));

    /// <summary>As the other IndexOf, with the hash of the key.</summary>
    internal int IndexOf(double key, int hash)
    {
        HashEntry[] entries = Entries;
        int[] buckets = _buckets;
        for (int i = buckets[hash & (buckets.Length - 1)] - 1; (uint)i < (uint)entries.Length; i = entries[i].Next)
        {
            ref HashEntry e = ref entries[i];
            if (e.Key.Num == key && e.Key.IsNumber) return i;
        }
        return -1;
    }

    /// <summary>Whether an integer key has a value.</summary>
    internal bool HasLive(int key)
    {
        if (LiveNumbers == 0) return false;
        int i = IndexOf((double)key);
        return i >= 0 && Entries[i].Value.Ref != null;
    }

    /// <summary>Entry of any key, -1 when there is none.</summary>
    internal int IndexOf(in LuauValue key)
    {
        object? o = key.Ref;
        if (ReferenceEquals(o, LuauValue.NumberTag)) return IndexOf(key.Num);
        if (o!.GetType() == typeof(LuauString)) return IndexOf(Unsafe.As<LuauString>(o));
        if (o.GetType() == typeof(LuauVector)) return IndexOf(Unsafe.As<LuauVector>(o));
        HashEntry[] entries = Entries;
        int[] buckets = _buckets;
        for (int i = buckets[IdentityHash(o) & (buckets.Length - 1)] - 1; (uint)i < (uint)entries.Length; i = entries[i].Next)
            if (ReferenceEquals(entries[i].Key.Ref, o)) return i;
        return -1;
    }

    int IndexOf(LuauVector key)
    {
        for (int i = _buckets[key.Hash & (_buckets.Length - 1)] - 1; i >= 0; i = Entries[i].Next)
            if (Entries[i].Key.Ref is LuauVector v && LuauVector.Equals(v, key)) return i;
        return -1;
    }

    /// <summary>Hash of any key; equal keys have equal hashes. Not predictable by scripts.</summary>
    internal static int HashOf(in LuauValue key)
    {
        object? o = key.Ref;
        if (ReferenceEquals(o, LuauValue.NumberTag)) return StringHash.Of(key.Num);
        if (o!.GetType() == typeof(LuauString)) return Unsafe.As<LuauString>(o).Hash;
        return o.GetType() == typeof(LuauVector) ? Unsafe.As<LuauVector>(o).Hash : IdentityHash(o);
    }

    /// <summary>The platform's random number in the object's header, spread; the tags of booleans are objects too.</summary>
    static int IdentityHash(object o)
    {
        uint hash = (uint)RuntimeHelpers.GetHashCode(o) * 0x9E37_79B1;
        return (int)(hash ^ (hash >> 15));
    }

    /// <summary>Appends a key that is not in the part; there is room.</summary>
    internal void Add(in LuauValue key, in LuauValue value) => Add(key, HashOf(key), value);

    /// <summary>As the other Add, with the hash of the key.</summary>
    internal void Add(in LuauValue key, int hash, in LuauValue value)
    {
        int i = Used++;
        ref HashEntry e = ref Entries[i];
        if (key.IsNumber)
        {
            e.Key.SetNumber(key.Num); // Negative zero stays what it is: it is the same key as zero, but `next` shows the one that was stored, as upstream.
            LiveNumbers++;
        }
        else
        {
            e.Key.Ref = key.Ref;
        }
        e.Value.CopyFresh(value);
        e.Hash = hash;
        ref int bucket = ref _buckets[hash & (_buckets.Length - 1)];
        e.Next = bucket - 1;
        bucket = i + 1;
        Live++;
    }

    /// <summary>Appends the live entries of <paramref name="other"/>, none of which is here; there is room.</summary>
    internal void AddAll(HashPart other, LuauHeap heap)
    {
        for (int i = 0; i < other.Used; i++)
        {
            if ((i & PollMask) == PollMask) heap.Poll();
            ref HashEntry e = ref other.Entries[i];
            if (e.Value.Ref != null) Add(e.Key, e.Hash, e.Value);
        }
    }

    /// <summary>Replaces the value of entry <paramref name="i"/>; nil removes it.</summary>
    internal void SetAt(int i, in LuauValue value)
    {
        ref HashEntry e = ref Entries[i];
        if (e.Value.Ref == null)
        {
            if (value.Ref == null) return;
            Live++;
            if (e.Key.IsNumber) LiveNumbers++;
            if (i < _first) _first = i;
        }
        else if (value.Ref == null)
        {
            Live--;
            if (e.Key.IsNumber) LiveNumbers--;
        }
        e.Value.CopyFrom(ref Unsafe.AsRef(in value));
    }

    /// <summary>Removes entry <paramref name="i"/> and forgets its key, which goes on living elsewhere.</summary>
    internal void Erase(int i)
    {
        SetAt(i, default);
        Entries[i].Key.Ref = DeadKey;
    }

    /// <summary>First live entry at or behind <paramref name="i"/>, -1 at the end.</summary>
    internal int NextLive(int i)
    {
        bool fromStart = i <= _first;
        if (fromStart) i = _first;
        HashEntry[] entries = Entries;
        for (int end = Used; i < end; i++)
        {
            if (entries[i].Value.Ref == null) continue;
            if (fromStart) _first = i;
            return i;
        }
        if (fromStart) _first = Used;
        return -1;
    }

    /// <summary>Entry that held <paramref name="key"/> before it was removed and a measurement erased it; -1 when there is none.</summary>
    internal int IndexOfDead(in LuauValue key)
    {
        int hash = HashOf(key);
        for (int i = _buckets[hash & (_buckets.Length - 1)] - 1; i >= 0; i = Entries[i].Next)
            if (Entries[i].Hash == hash && ReferenceEquals(Entries[i].Key.Ref, DeadKey)) return i;
        return -1;
    }

    /// <summary>Drops removed entries without changing the capacity.</summary>
    internal void Compact()
    {
        HashEntry[] entries = Entries;
        int used = Used;
        System.Array.Clear(_buckets);
        Used = Live = LiveNumbers = _first = 0;
        for (int i = 0; i < used; i++)
        {
            ref HashEntry e = ref entries[i];
            if (e.Value.Ref != null) Add(e.Key, e.Hash, e.Value);
        }
        System.Array.Clear(entries, Used, used - Used);
    }

    /// <summary>Removes everything, keeps the capacity.</summary>
    internal void Clear()
    {
        System.Array.Clear(Entries, 0, Used);
        System.Array.Clear(_buckets);
        Used = Live = LiveNumbers = _first = 0;
    }
}

/// <summary>One key and value of a <see cref="HashPart"/>.</summary>
struct HashEntry
{
    /// <summary>The key; numbers are never NaN.</summary>
    internal LuauValue Key;
    /// <summary>The value; nil when removed.</summary>
    internal LuauValue Value;
    /// <summary>Hash of the key.</summary>
    internal int Hash;
    /// <summary>Next entry with the same bucket, -1 at the end.</summary>
    internal int Next;
}
