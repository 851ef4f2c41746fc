using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace GameServer.Luau.Values;

/// <summary>One walk over everything reachable in a VM, to learn how many bytes are alive. Reached objects carry the number of the walk, so nothing has to
/// be collected or reset; the stack of objects to visit is explicit, so depth does not matter. Weak references are not followed.</summary>
sealed class Tracer
{
    /// <summary>Mark of objects that belong to the process and count for no VM.</summary>
    internal const int PermanentMark = -1;

    /// <summary>Kept between walks when not larger than this many references.</summary>
    const int StackKept = 1 << 14;

    /// <summary>Values or objects visited between two polls of the interrupt flag; takes well under a millisecond.</summary>
    internal const int PollStride = 1 << 14;

    readonly LuauHeap _heap;
    readonly List<LuauTable> _weak = [];
    LuauObject[] _stack = new LuauObject[256];
    int _depth;
    int _epoch;
    long _bytes;

    internal Tracer(LuauHeap heap) => _heap = heap;

    /// <summary>Bytes found so far.</summary>
    internal long BytesFound => _bytes;

    /// <summary>Starts a walk. One that a kill broke off leaves nothing behind that matters.</summary>
    internal void Begin()
    {
        _epoch = _epoch == int.MaxValue ? 1 : _epoch + 1; // 0 is what new objects carry, negative is not an epoch.
        _bytes = 0;
        _depth = 0;
        _weak.Clear();
    }

    /// <summary>Counts bytes of the object being visited.</summary>
    internal void Count(long bytes) => _bytes += bytes;

    /// <summary>Reaches an object; null does nothing.</summary>
    internal void Mark(LuauObject? o)
    {
        if (o == null || o.Mark == _epoch || o.Mark == PermanentMark) return;
        o.Mark = _epoch;
        if (o.GetType() == typeof(LuauString))
        {
            _bytes += HeapSizes.String(Unsafe.As<LuauString>(o).Bytes.Length);
            return;
        }
        if (_depth == _stack.Length) Array.Resize(ref _stack, _depth * 2);
        _stack[_depth++] = o;
    }

    /// <summary>Reaches a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Mark(in LuauValue value)
    {
        object? o = value.Ref;
        if (o != null && !ReferenceEquals(o, LuauValue.NumberTag) && o.GetType() != typeof(string)) Mark(Unsafe.As<LuauObject>(o));
    }

    // The first walk of a VM happens when memory is short already: it must not run in unoptimised code.
    /// <summary>Reaches the first <paramref name="count"/> values of an array.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Mark(LuauValue[] values, int count)
    {
        ref LuauValue first = ref MemoryMarshal.GetArrayDataReference(values);
        for (int start = 0; start < count; start += PollStride)
        {
            int end = Math.Min(count, start + PollStride);
            for (int i = start; i < end; i++) Mark(Unsafe.Add(ref first, i));
            if (end - start == PollStride) _heap.Poll();
        }
    }

    /// <summary>Visits everything reached until nothing is left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Finish()
    {
        int steps = 0;
        while (_depth > 0)
        {
            if ((++steps & (PollStride - 1)) == 0) _heap.Poll();
            LuauObject o = _stack[--_depth];
            _stack[_depth] = null!;
            if (o.GetType() == typeof(LuauTable)) Unsafe.As<LuauTable>(o).Trace(this, _heap);
            else o.Trace(this);
        }
        if (_stack.Length > StackKept) _stack = new LuauObject[256];
    }

    /// <summary>Remembers a table with weak references for <see cref="ClearWeak"/>.</summary>
    internal void AddWeak(LuauTable table) => _weak.Add(table);

    /// <summary>Removes the pairs of weak tables whose weak side was not reached otherwise. After <see cref="Finish"/>.</summary>
    internal void ClearWeak()
    {
        foreach (LuauTable table in _weak)
        {
            table.RemoveUnreached(this);
            _heap.Poll();
        }
        _weak.Clear();
    }

    /// <summary>Whether an object was reached, or belongs to the process.</summary>
    internal bool IsReached(LuauObject o) => o.Mark == _epoch || o.Mark == PermanentMark;

    /// <summary>Whether a value survives in a weak table: not an object, an object without identity, or reached.</summary>
    internal bool IsReached(in LuauValue value)
    {
        object? o = value.Ref;
        if (o is null or string) return true;
        var target = (LuauObject)o;
        return target.Mark == _epoch || target is LuauString or LuauVector;
    }
}
