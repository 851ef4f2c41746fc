using GameServer.Luau.Bytecode;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

// Preparation of loops (specification 7) and safepoints (section 15).
static unsafe partial class Interpreter
{
    /// <summary>Converts initial value, limit and step, which stand in a row, to numbers.</summary>
    static void PrepareFor(LuauThread t, ref LuauValue index)
    {
        ref LuauValue limit = ref System.Runtime.CompilerServices.Unsafe.Add(ref index, 1);
        ref LuauValue step = ref System.Runtime.CompilerServices.Unsafe.Add(ref index, 2);
        ConvertBound(t, ref index, "initial value");
        ConvertBound(t, ref limit, "limit");
        ConvertBound(t, ref step, "step");
    }

    static void ConvertBound(LuauThread t, ref LuauValue bound, string what)
    {
        if (bound.IsNumber) return;
        if (!TryToNumber(bound, out double number)) throw Errors.For(t, what, bound);
        bound.SetNumber(number);
    }

    /// <summary>Decides how a generic loop goes: built-in traversal (nil in the first slot, cursor in the third), ipairs (true in the first slot), or calls.</summary>
    static void PrepareForG(LuauThread t, Frame f, Instruction* i)
    {
        int slot = f.Base + (i->A >> 4);
        LuauValue source = t.Stack[slot];
        if (source.Ref is LuauFunction)
        {
            RecogniseIterator(t, slot);
            return;
        }
        LuauTable? meta = source.Ref is LuauTable or Userdata ? Metamethods.MetatableOf(t.Vm, source) : null;
        LuauValue iter = Metamethods.Get(meta, MetaEvent.Iter);
        if (!iter.IsNil)
        {
            int top = f.Limit;
            t.EnsureStack(top + 4);
            t.Stack[top] = iter;
            t.Stack[top + 1] = source;
            CallFromHost(t, top, 1, null);
            int first = t.ResultFirst, count = t.ResultCount;
            for (int n = 0; n < 3; n++) t.Stack[slot + n] = n < count ? t.Stack[first + n] : default;
            if (t.Stack[slot].IsNil) throw Errors.Call(t, default);
            // True is a mark of ours; false cannot be called either, and the error is the same.
            if (t.Stack[slot].IsBoolean) t.Stack[slot].SetBoolean(false);
            RecogniseIterator(t, slot);
            return;
        }
        if (!Metamethods.Get(meta, MetaEvent.Call).IsNil) return;
        if (source.Ref is not LuauTable) throw Errors.Iterate(t, source);
        StartTraversal(t, slot, source);
    }

    /// <summary><c>next, t, nil</c> and what ipairs returns are walked without calls.</summary>
    static void RecogniseIterator(LuauThread t, int slot)
    {
        if (t.Stack[slot].Ref is not HostFunction function || t.Stack[slot + 1].Ref is not LuauTable) return;
        ref LuauValue control = ref t.Stack[slot + 2];
        if (function.Kind == HostFunctionKind.Next && control.IsNil) StartTraversal(t, slot, t.Stack[slot + 1]);
        else if (function.Kind == HostFunctionKind.IpairsNext && control.IsNumber && control.Num == 0) t.Stack[slot].SetBoolean(true);
    }

    static void StartTraversal(LuauThread t, int slot, LuauValue table)
    {
        t.Stack[slot].SetNil();
        t.Stack[slot + 1] = table;
        t.Stack[slot + 2].SetNumber(0);
    }

    /// <summary>Something waits at a safepoint: a kill ends the script, a sample is taken. The frame's Pc is stored.</summary>
    static void Safepoint(LuauThread t)
    {
        LuauHeap heap = t.Heap;
        int reasons = Volatile.Read(ref heap.Interrupt);
        if ((reasons & (int)InterruptReason.Memory) != 0) throw heap.OutOfMemory();
        if ((reasons & (int)InterruptReason.Kill) != 0) throw Errors.Killed();
        if ((reasons & (int)InterruptReason.Sample) != 0) t.Vm.TakeSample(t);
    }
}
