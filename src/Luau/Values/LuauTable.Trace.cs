using System.Runtime.CompilerServices;

namespace GameServer.Luau.Values;

public sealed partial class LuauTable
{
    /// <inheritdoc/>
    internal override void Trace(Tracer tracer) => Trace(tracer, Heap);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Trace(Tracer tracer, LuauHeap heap)
    {
        tracer.Count(HeapSizes.Table + HeapSizes.Values(Array.Length) + HeapSizes.Values(Slots.Length) + (Hash?.Bytes ?? 0));
        bool weakKeys = false, weakValues = false;
        if (Metatable != null)
        {
            tracer.Mark(Metatable);
            if (Metatable.Get(heap.ModeName).Ref is LuauString mode)
            {
                weakKeys = mode.Span.Contains((byte)'k');
                weakValues = mode.Span.Contains((byte)'v');
                if (weakKeys || weakValues) tracer.AddWeak(this);
            }
        }
        if (weakValues)
        {
            MarkStrings(tracer, Array, Count);
            MarkStrings(tracer, Slots, Shape.Count);
        }
        else
        {
            tracer.Mark(Array, Count);
            tracer.Mark(Slots, Shape.Count);
        }
        if (Hash == null) return;
        HashEntry[] entries = Hash.Entries;
        for (int i = 0; i < Hash.Used; i++)
        {
            if ((i & (Tracer.PollStride - 1)) == Tracer.PollStride - 1) heap.Poll();
            ref HashEntry e = ref entries[i];
            if (e.Value.Ref == null)
            {
                // Removed: `next` may still ask for the key, but it must not keep its object alive.
                if (!e.Key.IsNumber) e.Key.Ref = HashPart.DeadKey;
                continue;
            }
            if (!weakKeys || IsStrong(e.Key)) tracer.Mark(e.Key);
            if (!weakValues || IsStrong(e.Value)) tracer.Mark(e.Value);
        }
    }

    /// <summary>Removes the pairs whose weak side was not reached; called for tables with a weak mode at the end of a walk.</summary>
    internal void RemoveUnreached(Tracer tracer)
    {
        // A weak side that does not count as weak in this table's mode was marked by Trace, so both sides can be asked alike.
        for (int i = 0; i < Count; i++)
            if (!tracer.IsReached(Array[i])) Array[i].SetNil();
        TrimCount();
        for (int i = 0; i < Shape.Count; i++)
            if (!tracer.IsReached(Slots[i])) Slots[i].SetNil();
        if (Hash == null) return;
        for (int i = 0; i < Hash.Used; i++)
        {
            ref HashEntry e = ref Hash.Entries[i];
            if (e.Value.Ref == null || (tracer.IsReached(e.Key) && tracer.IsReached(e.Value))) continue;
            Hash.Erase(i);
        }
    }

    static void MarkStrings(Tracer tracer, LuauValue[] values, int count)
    {
        for (int i = 0; i < count; i++)
            if (IsStrong(values[i])) tracer.Mark(values[i]);
    }

    /// <summary>Strings and vectors have no identity, so a weak table holds them like numbers.</summary>
    static bool IsStrong(in LuauValue value) => value.Ref is LuauString or LuauVector;
}
