using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

// Quicksort with the median of three as pivot; when it goes wrong (twice as deep as it should), heapsort takes over, so no order of elements
// and no comparator makes it quadratic. Two ways to reach the elements: numbers or strings compared by the language itself are
// sorted in place, because no script can run meanwhile. With a comparator or metamethods, every access goes through the table, which a
// script may change under us: the worst it can get is an odd order or an error.

/// <summary>The algorithm behind <c>table.sort</c>.</summary>
static class TableSort
{
    interface IElements
    {
        LuauValue Get(int index);
        void Set(int index, in LuauValue value);
        bool IsLess(in LuauValue a, in LuauValue b);
        LuauException InvalidOrder();
    }

    /// <summary>Sorts t[1..#t]; <paramref name="comparator"/> is a function, or nil for the order of <c>&lt;</c>.</summary>
    public static void Sort(ref CallContext call, LuauTable table, LuauValue comparator)
    {
        int count = table.Length;
        if (count < 2) return;
        int depth = 2 * (System.Numerics.BitOperations.Log2((uint)count) + 1);
        LuauType type = comparator.IsNil ? CommonType(call.Heap, table, count) : LuauType.Nil;
        switch (type)
        {
            case LuauType.Number:
                Numbers numbers = new(call, table.Array.AsSpan(0, count));
                Quicksort(ref numbers, 0, count - 1, depth);
                break;
            case LuauType.String:
                Strings strings = new(call, table.Array.AsSpan(0, count));
                Quicksort(ref strings, 0, count - 1, depth);
                break;
            default:
                Scripted scripted = new(call, table, comparator);
                Quicksort(ref scripted, 0, count - 1, depth);
                break;
        }
    }

    /// <summary>Number or String when all elements are that, else Nil.</summary>
    static LuauType CommonType(LuauHeap heap, LuauTable table, int count)
    {
        ReadOnlySpan<LuauValue> values = table.Array.AsSpan(0, count);
        LuauType type = values[0].Type;
        if (type is not (LuauType.Number or LuauType.String)) return LuauType.Nil;
        for (int i = 1; i < values.Length; i++)
        {
            if (type == LuauType.Number ? !values[i].IsNumber : values[i].Ref is not LuauString) return LuauType.Nil;
            if ((i & 0xFFFF) == 0) heap.Poll();
        }
        return type;
    }

    static void Quicksort<T>(ref T elements, int low, int high, int depthLeft) where T : IElements, allows ref struct
    {
        while (low < high)
        {
            Order(ref elements, low, high);
            if (high - low == 1) return;
            int middle = low + ((high - low) / 2);
            Order(ref elements, low, middle);
            Order(ref elements, middle, high);
            if (high - low == 2) return;
            if (depthLeft-- == 0)
            {
                Heapsort(ref elements, low, high);
                return;
            }

            LuauValue pivot = elements.Get(middle);
            Swap(ref elements, middle, high - 1);
            int i = low, j = high - 1;
            while (true)
            {
                while (elements.IsLess(elements.Get(++i), pivot))
                {
                    if (i >= high) throw elements.InvalidOrder();
                }
                while (elements.IsLess(pivot, elements.Get(--j)))
                {
                    if (j <= low) throw elements.InvalidOrder();
                }
                if (j < i) break;
                Swap(ref elements, i, j);
            }
            Swap(ref elements, high - 1, i);

            // The smaller part by recursion, so that it nests no deeper than the logarithm.
            if (i - low < high - i)
            {
                Quicksort(ref elements, low, i - 1, depthLeft);
                low = i + 1;
            }
            else
            {
                Quicksort(ref elements, i + 1, high, depthLeft);
                high = i - 1;
            }
        }
    }

    /// <summary>Swaps two elements when they stand in the wrong order.</summary>
    static void Order<T>(ref T elements, int first, int second) where T : IElements, allows ref struct
    {
        LuauValue a = elements.Get(first), b = elements.Get(second);
        if (!elements.IsLess(b, a)) return;
        elements.Set(first, b);
        elements.Set(second, a);
    }

    static void Swap<T>(ref T elements, int first, int second) where T : IElements, allows ref struct
    {
        LuauValue a = elements.Get(first), b = elements.Get(second);
        elements.Set(first, b);
        elements.Set(second, a);
    }

    static void Heapsort<T>(ref T elements, int low, int high) where T : IElements, allows ref struct
    {
        int count = high - low + 1;
        for (int root = (count / 2) - 1; root >= 0; root--) SiftDown(ref elements, low, root, count);
        for (int end = count - 1; end > 0; end--)
        {
            Swap(ref elements, low, low + end);
            SiftDown(ref elements, low, 0, end);
        }
    }

    static void SiftDown<T>(ref T elements, int low, int root, int count) where T : IElements, allows ref struct
    {
        while (true)
        {
            int child = (2 * root) + 1;
            if (child >= count) return;
            if (child + 1 < count && elements.IsLess(elements.Get(low + child), elements.Get(low + child + 1))) child++;
            if (!elements.IsLess(elements.Get(low + root), elements.Get(low + child))) return;
            Swap(ref elements, low + root, low + child);
            root = child;
        }
    }

    static LuauException InvalidOrder(CallContext call) => call.Error("invalid order function for sorting");

    const int PollSteps = 4096;

    ref struct Numbers(CallContext call, Span<LuauValue> values) : IElements
    {
        readonly CallContext _call = call;
        readonly Span<LuauValue> _values = values;
        int _steps;

        public readonly LuauValue Get(int index) => _values[index];

        public readonly void Set(int index, in LuauValue value) => _values[index].SetNumber(value.Num);

        public bool IsLess(in LuauValue a, in LuauValue b)
        {
            if ((++_steps & (PollSteps - 1)) == 0) _call.Heap.Poll();
            return a.Num < b.Num;
        }

        // NaN among the numbers makes their order inconsistent too.
        public readonly LuauException InvalidOrder() => TableSort.InvalidOrder(_call);
    }

    ref struct Strings(CallContext call, Span<LuauValue> values) : IElements
    {
        readonly CallContext _call = call;
        readonly Span<LuauValue> _values = values;
        int _steps;

        public readonly LuauValue Get(int index) => _values[index];

        public readonly void Set(int index, in LuauValue value) => _values[index] = value;

        public bool IsLess(in LuauValue a, in LuauValue b)
        {
            ReadOnlySpan<byte> x = ((LuauString)a.Ref!).Span, y = ((LuauString)b.Ref!).Span;
            // Long common beginnings cost more than a step.
            _steps += 1 + (Math.Min(x.Length, y.Length) >> 8);
            if (_steps >= PollSteps)
            {
                _steps = 0;
                _call.Heap.Poll();
            }
            return x.SequenceCompareTo(y) < 0;
        }

        public readonly LuauException InvalidOrder() => TableSort.InvalidOrder(_call);
    }

    ref struct Scripted(CallContext call, LuauTable table, LuauValue comparator) : IElements
    {
        readonly LuauTable _table = table;
        readonly LuauValue[] _array = table.Array;
        readonly LuauValue _comparator = comparator;
        readonly CallContext _call = call;
        int _steps;

        public readonly LuauValue Get(int index) => _table.Get(index + 1);

        public readonly void Set(int index, in LuauValue value) => _table.PutIndex(index + 1, value);

        public bool IsLess(in LuauValue a, in LuauValue b)
        {
            if ((++_steps & 255) == 0) _call.Heap.Poll();
            bool less = _comparator.IsNil ? _call.IsLess(a, b) : _call.Call(_comparator, a, b).IsTruthy;
            if (!ReferenceEquals(_array, _table.Array)) throw _call.Error("table modified during sorting");
            return less;
        }

        public readonly LuauException InvalidOrder() => TableSort.InvalidOrder(_call);
    }
}
