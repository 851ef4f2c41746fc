using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>Search for bytes in bytes that polls the interrupt, however long and however repetitive both are.</summary>
static class ByteSearch
{
    const int WindowBytes = 1 << 16;
    const int ShortNeedleBytes = 32;

    /// <summary>First position of <paramref name="needle"/> at or behind <paramref name="start"/>, -1 when there is none. An empty needle is found at once.</summary>
    public static int IndexOf(LuauHeap heap, ReadOnlySpan<byte> text, ReadOnlySpan<byte> needle, int start)
    {
        if (needle.Length == 0) return start;
        return needle.Length <= ShortNeedleBytes ? IndexOfShort(heap, text, needle, start) : IndexOfLong(heap, text, needle, start);
    }

    static int IndexOfShort(LuauHeap heap, ReadOnlySpan<byte> text, ReadOnlySpan<byte> needle, int start)
    {
        while (start <= text.Length - needle.Length)
        {
            // Windows overlap by the needle less one byte, so that a match across their border is found.
            int length = Math.Min(WindowBytes + needle.Length - 1, text.Length - start);
            int found = text.Slice(start, length).IndexOf(needle);
            if (found >= 0) return start + found;
            start += WindowBytes;
            heap.Poll();
        }
        return -1;
    }

    // One candidate at a time: the library's search compares up to the whole needle at each of them without a chance to poll.
    static int IndexOfLong(LuauHeap heap, ReadOnlySpan<byte> text, ReadOnlySpan<byte> needle, int start)
    {
        byte first = needle[0];
        long work = 0;
        int last = text.Length - needle.Length;
        while (start <= last)
        {
            int window = Math.Min(WindowBytes, last + 1 - start);
            int found = text.Slice(start, window).IndexOf(first);
            int skipped = found < 0 ? window : found;
            start += skipped;
            work += 64 + skipped;
            if (found >= 0)
            {
                int common = needle.CommonPrefixLength(text.Slice(start, needle.Length));
                if (common == needle.Length) return start;
                work += common;
                start++;
            }
            if (work >= WindowBytes)
            {
                work = 0;
                heap.Poll();
            }
        }
        return -1;
    }
}
