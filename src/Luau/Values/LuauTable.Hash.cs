using System.Numerics;
using System.Runtime.CompilerServices;

namespace GameServer.Luau.Values;

// The hash part of a table as the table uses it: stores, and the rebuild that chooses the sizes of both parts anew.
public sealed partial class LuauTable
{
    /// <summary>Stores at a key that is neither a number nor a string.</summary>
    void PutHash(in LuauValue key, in LuauValue value)
    {
        int i = Hash == null ? -1 : Hash.IndexOf(key);
        if (i >= 0) Hash!.SetAt(i, value);
        else if (value.Ref != null) AddHash(key, HashPart.HashOf(key), value);
    }

    /// <summary>Stores at a number that does not belong to the array part.</summary>
    void PutHash(double key, in LuauValue value)
    {
        int hash = StringHash.Of(key);
        int i = Hash == null ? -1 : Hash.IndexOf(key, hash);
        if (i >= 0) Hash!.SetAt(i, value);
        else if (value.Ref != null) AddHash(new LuauValue(key), hash, value);
    }

    /// <summary>Stores at a string key of an irregular table.</summary>
    void PutHash(LuauString key, in LuauValue value)
    {
        if (value.Ref != null) Flags &= ~AbsentMask;
        int i = Hash == null ? -1 : Hash.IndexOf(key);
        if (i >= 0) Hash!.SetAt(i, value);
        else if (value.Ref != null) AddHash(new LuauValue(key), key.Hash, value);
    }

    void AddHash(in LuauValue key, int keyHash, in LuauValue value)
    {
        HashPart? hash = Hash;
        if (hash == null) Hash = hash = new HashPart(Heap, 1);
        else if (hash.IsFull)
        {
            Rebuild(key, value);
            return;
        }
        hash.Add(key, keyHash, value);
    }

    /// <summary>Chooses the sizes of array and hash part anew for the present keys and a new one, moves what has to move, and stores the new pair.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    void Rebuild(in LuauValue key, in LuauValue value)
    {
        LuauValue newKey = key, newValue = value;
        Heap.Poll();
        HashPart? hash = Hash;
        if (hash != null) MayShrinkInstead(HeapSizes.Hash(RoomFor(hash.Live + 1) * 2L));
        int arraySize = ChooseArraySize(newKey, out int moving);
        int newIndex = IndexOfKey(newKey);
        int live = (hash?.Live ?? 0) + 1;
        if (arraySize < 0)
        {
            // The array part stays. A part with many removed entries will see more of that: it gets more room, to be rebuilt less often.
            int room = live <= hash!.Used * 3 / 4 ? RoomFor(Math.Min(live + live / 2, Math.Max(live, SizeMax))) : RoomFor(live);
            if (HashPart.CapacityFor(room) == hash.Entries.Length)
            {
                hash.Compact();
                hash.Add(newKey, newValue);
                return;
            }
            var replaced = new HashPart(Heap, room);
            replaced.AddAll(hash, Heap);
            replaced.Add(newKey, newValue);
            Heap.Refund(hash.Bytes);
            Hash = replaced;
            return;
        }

        // Keys right behind the array part come along, so that the length stays a border.
        for (; arraySize < SizeMax; arraySize++)
        {
            if (arraySize < Count && Array[arraySize].Ref != null) continue;
            if (newIndex != arraySize && (hash == null || !hash.HasLive(arraySize + 1))) break;
            moving++;
        }

        // Everything that can fail comes first: both parts are made, then filled.
        int inArray = moving;
        int leaving = 0;
        for (int i = arraySize; i < Count; i++)
            if (Array[i].Ref != null) leaving++;
        int inHash = live + leaving - inArray;
        LuauHeap heap = Heap;
        heap.EnsureRoom(HeapSizes.Values(arraySize) + HeapSizes.Hash(RoomFor(inHash) * 2L));
        LuauValue[] oldArray = Array;
        int oldCount = Count;
        HashPart? newHash = inHash > 0 ? new HashPart(heap, RoomFor(inHash)) : null;
        heap.Charge(HeapSizes.Values(arraySize));
        LuauValue[] newArray = arraySize == 0 ? NoValues : new LuauValue[arraySize];

        int kept = Math.Min(oldCount, arraySize);
        System.Array.Copy(oldArray, newArray, kept);
        for (int i = kept; i < oldCount; i++)
            if (oldArray[i].Ref != null) newHash!.Add(new LuauValue((double)(i + 1)), oldArray[i]);
        if (hash != null)
        {
            for (int i = 0; i < hash.Used; i++)
            {
                if ((i & PollMask) == PollMask) heap.Poll();
                ref HashEntry e = ref hash.Entries[i];
                if (e.Value.Ref == null) continue;
                int index = IndexOfKey(e.Key);
                if ((uint)index < (uint)arraySize) newArray[index].CopyFrom(ref e.Value);
                else newHash!.Add(e.Key, e.Value);
            }
        }
        if ((uint)newIndex < (uint)arraySize) newArray[newIndex].CopyFrom(ref newValue);
        else newHash!.Add(newKey, newValue);

        heap.Refund(HeapSizes.Values(oldArray.Length) + (hash?.Bytes ?? 0));
        Array = newArray;
        Hash = newHash;
        Count = arraySize;
        TrimCount();
    }

    /// <summary>New length of the array part, -1 to leave it alone. <paramref name="moving"/> = keys of the hash part (new key included) that go into it.</summary>
    int ChooseArraySize(in LuauValue newKey, out int moving)
    {
        moving = 0;
        HashPart? hash = Hash;
        int numbers = (hash?.LiveNumbers ?? 0) + (newKey.IsNumber ? 1 : 0);
        if (numbers == 0) return -1;

        // More than half of the new array part would be used, so keys beyond twice the number of keys do not matter.
        double end = 2.0 * (Count + numbers);
        Span<int> perPower = stackalloc int[27];
        perPower.Clear();
        int waiting = newKey.Num <= end ? CountIndex(perPower, newKey) : 0;
        if (hash != null && hash.LiveNumbers > 0)
        {
            for (int i = 0; i < hash.Used; i++)
            {
                ref HashEntry e = ref hash.Entries[i];
                if (e.Key.Num <= end && e.Value.Ref != null) waiting += CountIndex(perPower, e.Key);
                if ((i & PollMask) == PollMask) Heap.Poll();
            }
        }

        // Looking at the whole array part must be worth it.
        bool appending = IndexOfKey(newKey) == Count;
        if (waiting == 0 || (!appending && waiting < Count / 4)) return -1;
        Span<int> fromHash = stackalloc int[27];
        perPower.CopyTo(fromHash);
        int slice = 0, sliceEnd = 1;
        for (int i = 0; i < Count; i++)
        {
            while (i + 1 > sliceEnd)
            {
                slice++;
                sliceEnd *= 2;
            }
            if (Array[i].Ref != null) perPower[slice]++;
            if ((i & PollMask) == PollMask) Heap.Poll();
        }

        int size = 0, seen = 0, seenFromHash = 0;
        for (int power = 0; power <= 26; power++)
        {
            seen += perPower[power];
            seenFromHash += fromHash[power];
            if (seen <= (1 << power) / 2) continue;
            size = 1 << power;
            moving = seenFromHash;
        }
        // A size that holds no key of the hash part is no gain, unless the array part is to shrink.
        if (!appending && size <= Array.Length) return -1;
        return size;
    }

    /// <summary>Counts a key that could be in the array part: slice p holds 2^(p-1) + 1 … 2^p.</summary>
    static int CountIndex(Span<int> perPower, in LuauValue key)
    {
        int index = IndexOfKey(key);
        if ((uint)index >= SizeMax) return 0;
        perPower[BitOperations.Log2((uint)index) + (index == 0 ? 0 : 1)]++;
        return 1;
    }

    /// <summary>Zero-based array index of a key, -1 when it cannot be in an array part.</summary>
    static int IndexOfKey(in LuauValue key)
    {
        if (!key.IsNumber) return -1;
        int i = double.ConvertToIntegerNative<int>(key.Num);
        return i == key.Num && i >= 1 && i <= SizeMax ? i - 1 : -1;
    }

    /// <summary>Entries to ask for when <paramref name="live"/> are needed: a third of them to spare, so that the next rebuild is paid for.</summary>
    static int RoomFor(int live) => live > SizeMax ? live : Math.Min(live + live / 2, SizeMax);
}
