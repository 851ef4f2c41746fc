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

    /// <summary>What the coroutine is doing.</summary>
    public CoroutineStatus Status => throw new NotSupportedException();

    /// <summary>Values of the last return or yield to the host; valid until the VM is entered again.</summary>
    public ReadOnlySpan<LuauValue> Results => throw new NotSupportedException();

    /// <summary>The error value after <see cref="ResumeStatus.Failed"/> or <see cref="ResumeStatus.Killed"/>.</summary>
    public LuauValue Error => throw new NotSupportedException();

    /// <summary>Anything the host wants to find again from a running call, e.g. which task this is.</summary>
    public object? HostData { get; set; }

    /// <summary>Makes a finished, failed or never started thread ready to run another function; its stack is reused. Cheaper than a new thread.</summary>
    /// <exception cref="InvalidOperationException">The thread is running, waits in a yield, or is the main thread.</exception>
    public void Reset(LuauFunction function) => throw new NotSupportedException();

    /// <summary>Drops the frames of a suspended or dead thread, which is dead afterwards.</summary>
    /// <exception cref="InvalidOperationException">The thread is running or has resumed the running one.</exception>
    public void Close() => throw new NotSupportedException();

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

/// <summary>Status of a coroutine as <c>coroutine.status</c> tells it.</summary>
public enum CoroutineStatus
{
    /// <summary>Not started, or waiting in a yield.</summary>
    Suspended,
    /// <summary>Running.</summary>
    Running,
    /// <summary>Resumed another one that is running.</summary>
    Normal,
    /// <summary>Finished, failed or closed.</summary>
    Dead,
}
