using System.Runtime.CompilerServices;
using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>A coroutine: its register stack, its frames and its status. The main thread of a VM is one too.</summary>
public sealed partial class LuauThread : LuauObject
{
    /// <summary>Registers of all frames, one after the other. Replaced when it grows: never hold a reference into it across a call.</summary>
    internal LuauValue[] Stack = new LuauValue[64];

    /// <summary>The heap of the VM this thread belongs to.</summary>
    internal readonly LuauHeap Heap;

    internal LuauThread(LuauHeap heap) => Heap = heap;

    /// <inheritdoc/>
    public override LuauType Type => LuauType.Thread;

    /// <summary>Rights of the code running on this thread, host-defined bits; coroutines it creates inherit them. The host sets it, scripts cannot.</summary>
    public ulong HostMask { get; set; }

    /// <summary>Makes room for <paramref name="slots"/> stack slots in all; charges the heap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void EnsureStack(int slots)
    {
        if (Stack.Length < slots) GrowStack(slots);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    void GrowStack(int slots)
    {
        int length = Math.Max(slots, Stack.Length * 2);
        Heap.Charge((long)(length - Stack.Length) * Unsafe.SizeOf<LuauValue>());
        var grown = new LuauValue[length];
        Array.Copy(Stack, grown, Stack.Length);
        Stack = grown;
    }
}
