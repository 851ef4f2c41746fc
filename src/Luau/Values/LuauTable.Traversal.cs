namespace GameServer.Luau.Values;

// Traversal: array part, then slots, then hash part, each in order. A cursor is the position of the next candidate. Values may be
// replaced and keys removed on the way; when new keys are added meanwhile, some pairs may come twice or not at all, as the language
// allows, but the traversal ends.
public sealed partial class LuauTable
{
    /// <summary>Cursor of slot 0. Cursors below are indexes into <see cref="Array"/>.</summary>
    internal const int SlotCursor = 1 << 28;
    /// <summary>Cursor of entry 0 of the hash part.</summary>
    internal const int HashCursor = 1 << 29;
    /// <summary>Returned at the end.</summary>
    internal const int EndCursor = -1;

    /// <summary>The pair at or behind <paramref name="cursor"/>; 0 starts.</summary>
    /// <returns>Cursor for the next call, or <see cref="EndCursor"/>, with key and value untouched.</returns>
    internal int Next(int cursor, ref LuauValue key, ref LuauValue value)
    {
        if (cursor < SlotCursor)
        {
            LuauValue[] array = Array;
            for (int i = cursor; i < Count; i++)
            {
                ref LuauValue v = ref array[i];
                if (v.Ref == null) continue;
                key.SetNumber(i + 1);
                value.CopyFrom(ref v);
                return i + 1;
            }
            cursor = SlotCursor;
        }
        if (cursor < HashCursor)
        {
            Shape shape = Shape;
            LuauValue[] slots = Slots;
            for (int slot = cursor - SlotCursor; slot < shape.Count; slot++)
            {
                ref LuauValue v = ref slots[slot];
                if (v.Ref == null) continue;
                key.SetObject(shape.KeyAt(slot));
                value.CopyFrom(ref v);
                return SlotCursor + slot + 1;
            }
            cursor = HashCursor;
        }
        HashPart? hash = Hash;
        if (hash == null) return EndCursor;
        int entry = hash.NextLive(cursor - HashCursor);
        if (entry < 0) return EndCursor;
        ref HashEntry e = ref hash.Entries[entry];
        key.CopyFrom(ref e.Key);
        value.CopyFrom(ref e.Value);
        return HashCursor + entry + 1;
    }

    /// <summary>The pair behind <paramref name="key"/>, which is replaced; nil starts. Constant time but for removed neighbours.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="LuauException"><c>invalid key to 'next'</c>: the key never was in the table, or the table changed too much since.</exception>
    public bool Next(ref LuauValue key, out LuauValue value)
    {
        int cursor = CursorBehind(key);
        if (cursor < 0) throw new LuauException(TableFaults.UnknownKey);
        value = default;
        return Next(cursor, ref key, ref value) >= 0;
    }

    /// <summary>Cursor behind a key, for the function <c>next</c>: 0 for nil, -1 when the key is unknown.</summary>
    internal int CursorBehind(in LuauValue key)
    {
        object? o = key.Ref;
        if (o == null) return 0;
        if (ReferenceEquals(o, LuauValue.NumberTag))
        {
            int index = double.ConvertToIntegerNative<int>(key.Num);
            // Removing the last value lowers Count: a key that was in the array part may be above it now.
            if (index == key.Num && index >= 1 && index <= Count) return index;
            int entry = Hash == null ? -1 : Hash.IndexOf(key.Num);
            if (entry >= 0) return HashCursor + entry + 1;
            if (index == key.Num && index >= 1 && index <= Array.Length) return index;
        }
        else
        {
            if (o is LuauString s)
            {
                int slot = Shape.FindSlot(s);
                if (slot >= 0) return SlotCursor + slot + 1;
            }
            int entry = Hash == null ? -1 : Hash.IndexOf(key);
            if (entry >= 0) return HashCursor + entry + 1;
        }
        int dead = Hash == null ? -1 : Hash.IndexOfDead(key);
        return dead >= 0 ? HashCursor + dead + 1 : -1;
    }
}
