using System.Runtime.CompilerServices;

namespace GameServer.Luau.Values;

/// <summary>The account of one VM: bytes its values occupy, their limit, and the flag that stops it. Everything that allocates for a script charges it
/// before allocating. Used by one thread at a time; only <see cref="RequestInterrupt"/> may be called from any thread.</summary>
public sealed partial class LuauHeap
{
    /// <summary>Bytes charged and not known to be garbage.</summary>
    internal long UsedBytes;
    /// <summary>Crossing it takes the slow path: measure what is alive, then refuse or go on. The hard limit, or none.</summary>
    internal long ThresholdBytes = long.MaxValue;
    /// <summary>Non-zero when the running script must stop at its next safepoint or poll for one of the reasons of <see cref="InterruptReason"/>.</summary>
    internal int Interrupt;

    /// <summary>Per-VM state of library functions (random generator, clock), opaque here; the VM sets it at creation.</summary>
    internal object? LibraryState;

    /// <summary>Charges <paramref name="bytes"/> about to be allocated.</summary>
    /// <exception cref="LuauException">The limit would be passed even after measuring what is alive; nothing was charged.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Charge(long bytes)
    {
        if ((UsedBytes += bytes) > ThresholdBytes) OverThreshold(bytes);
    }

    /// <summary>Gives back bytes known to be garbage, e.g. the old array of a grown table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Refund(long bytes) => UsedBytes -= bytes;

    /// <summary>Raises what <see cref="Charge"/> would raise for this many bytes, but charges nothing: a check before work whose parts are charged one by one.</summary>
    /// <exception cref="LuauException">There is no room.</exception>
    internal void EnsureRoom(long bytes)
    {
        Charge(bytes);
        Refund(bytes);
    }

    /// <summary>Long loops of library code call this every few thousand steps: throws when the VM was told to stop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Poll()
    {
        if (Volatile.Read(ref Interrupt) != 0) OnPoll();
    }

    /// <summary>Asks the running script to stop at its next safepoint. Any thread.</summary>
    internal void RequestInterrupt(InterruptReason reason)
    {
        Interlocked.Or(ref Interrupt, (int)reason);
        if (reason == InterruptReason.Kill) Volatile.Read(ref _kill)?.Cancel();
    }

    /// <summary>Cancelled by a kill: for work that polls a token instead of this heap, such as compiling. The VM's thread.</summary>
    internal CancellationToken KillToken
    {
        get
        {
            // A cancelled source belongs to a kill that is over.
            if (_kill == null || (_kill.IsCancellationRequested && (Interrupt & (int)InterruptReason.Kill) == 0)) Volatile.Write(ref _kill, new CancellationTokenSource());
            // A kill that came before the source was visible has not cancelled it.
            if ((Volatile.Read(ref Interrupt) & (int)InterruptReason.Kill) != 0) _kill!.Cancel();
            return _kill!.Token;
        }
    }

    CancellationTokenSource? _kill;

    /// <summary>What to do at <see cref="Poll"/>; set by the VM. Throws to stop.</summary>
    internal Action? Polled;

    [MethodImpl(MethodImplOptions.NoInlining)]
    void OnPoll() => Polled?.Invoke();
}

/// <summary>Reasons to leave the fast path at a safepoint; a bit set.</summary>
[Flags]
public enum InterruptReason
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>The host wants the script dead: deadline passed or explicit kill. Sticky until the host has control again.</summary>
    Kill = 1,
    /// <summary>The memory limit was passed and the VM is marked for death. Sticky for good.</summary>
    Memory = 2,
    /// <summary>A profiler wants a sample of the running frames.</summary>
    Sample = 4,
}
