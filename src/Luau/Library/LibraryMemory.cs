using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>Large blocks made and moved by library functions: checked and charged before they are allocated, and copied in pieces so that a kill never
/// waits for a gigabyte.</summary>
static class LibraryMemory
{
    /// <summary>Longest string or buffer (specification 12).</summary>
    public const int BytesMax = LuauHeap.BlockBytesMax;
    /// <summary>Bytes copied, compared or transformed between two polls; takes well under a millisecond.</summary>
    public const int PollBytes = LuauHeap.CopyStride;

    /// <summary>The error for a block longer than any may be. It comes from the memory core and carries no position.</summary>
    public static LuauException BlockTooBig() => new("memory allocation error: block too big");

    /// <summary>A string of <paramref name="length"/> bytes that the caller fills before a script can see it.</summary>
    /// <exception cref="LuauException">The memory limit refuses it, or it is longer than any block may be.</exception>
    public static LuauString NewString(LuauHeap heap, long length)
    {
        if (length > BytesMax) throw BlockTooBig();
        heap.Poll();
        return heap.NewString((int)length);
    }

    /// <summary>A buffer of zeros.</summary>
    /// <exception cref="LuauException">The memory limit refuses it, or it is longer than any block may be.</exception>
    public static LuauBuffer NewBuffer(LuauHeap heap, int length)
    {
        if (length > BytesMax) throw BlockTooBig();
        return heap.NewBuffer(length);
    }

    /// <summary>Makes an unfinished result known to measurements of the heap: puts it where the function's first result will stand. What only C# locals
    /// hold is not found and not counted.</summary>
    public static void Root(CallContext call, LuauObject unfinished) => _ = call.Return(unfinished);

    /// <summary>Copies, polling on the way; the spans may overlap.</summary>
    public static void Copy(LuauHeap heap, ReadOnlySpan<byte> from, Span<byte> to)
    {
        // Backwards when the target lies behind the source in the same block, so that no byte is overwritten before it was read.
        if (from.Length > PollBytes && from.Overlaps(to, out int distance) && distance > 0)
        {
            for (int end = from.Length; end > 0; end -= PollBytes)
            {
                int start = Math.Max(0, end - PollBytes);
                from[start..end].CopyTo(to[start..]);
                heap.Poll();
            }
            return;
        }
        heap.Copy(from, to);
    }

    /// <summary>Fills, polling on the way.</summary>
    public static void Fill(LuauHeap heap, Span<byte> target, byte value)
    {
        while (target.Length > PollBytes)
        {
            target[..PollBytes].Fill(value);
            target = target[PollBytes..];
            heap.Poll();
        }
        target.Fill(value);
    }
}
