using System.Runtime.CompilerServices;

namespace GameServer.Luau.Values;

// The count only goes up: garbage is not seen when it becomes garbage. So a count at the limit says nothing yet; then the live objects
// are measured by a walk from the roots, and the count starts again from there. A VM that lives close to its limit would measure over
// and over, so a measurement that finds less than a sixteenth of the limit free counts as the limit passed.
public sealed partial class LuauHeap
{
    const int MinimumFreeFraction = 16;

    readonly Tracer _tracer;
    long _softBytes = long.MaxValue;
    MemoryFault _limitFault = MemoryFault.Kill;

    /// <summary>Reaches everything the VM holds from outside the heap: globals, registries, metatables of types, the main thread, running threads. Set by the VM.</summary>
    internal Action<Tracer>? Roots;

    /// <summary>At the end of a measurement: forgets what the VM knows about objects that were not reached, and counts what it knows about the others.</summary>
    internal Action<Tracer>? Swept;

    /// <summary>Bytes the last measurement found alive; 0 before the first.</summary>
    internal long LiveBytes { get; private set; }

    /// <summary>Number of measurements so far.</summary>
    internal int MeasureCount { get; private set; }

    /// <summary>The hard limit in bytes; <see cref="long.MaxValue"/> when there is none.</summary>
    internal long LimitBytes => ThresholdBytes;

    /// <summary>Whether the count passed the soft limit and a measurement is due at the next safe moment.</summary>
    internal bool WantsMeasure => UsedBytes > _softBytes;

    /// <summary>Whether the limit was passed in a VM that dies of it.</summary>
    internal bool IsDoomed => (Volatile.Read(ref Interrupt) & (int)InterruptReason.Memory) != 0;

    /// <summary>Sets the limits.</summary>
    /// <param name="limitBytes">Hard limit; null for none.</param>
    /// <param name="softPercent">Part of it from which on <see cref="WantsMeasure"/> asks for a measurement.</param>
    /// <param name="fault">What passing the limit does.</param>
    internal void SetLimit(long? limitBytes, int softPercent, MemoryFault fault)
    {
        ThresholdBytes = limitBytes ?? long.MaxValue;
        _softBytes = limitBytes is long limit ? limit / 100 * softPercent : long.MaxValue;
        _limitFault = fault;
    }

    /// <summary>Whether <paramref name="bytes"/> more fit as counted, without measuring.</summary>
    internal bool HasRoom(long bytes) => bytes <= ThresholdBytes - UsedBytes;

    /// <summary>Whether <paramref name="bytes"/> more would fit, measuring if necessary.</summary>
    internal bool TryReserve(long bytes)
    {
        if (bytes <= ThresholdBytes - UsedBytes) return true;
        return bytes <= ThresholdBytes && MeasureFreesEnough(bytes);
    }

    /// <summary>Walks everything reachable, sets the count to what was found and empties weak tables of what was not. 3–8 ns per value.</summary>
    /// <returns>Bytes alive.</returns>
    /// <exception cref="LuauException">A kill came while a script was running; the count stays as it was.</exception>
    internal long Measure()
    {
        if (Roots == null) return UsedBytes;
        _tracer.Begin();
        Shapes.Trace(_tracer);
        _interned.Trace(_tracer);
        Roots(_tracer);
        _tracer.Finish();
        _tracer.ClearWeak();
        Swept?.Invoke(_tracer);
        MeasureCount++;
        UsedBytes = LiveBytes = _tracer.BytesFound;
        return LiveBytes;
    }

    /// <summary>The error of the memory limit (no position); marks the VM for death when it is set to die of it.</summary>
    internal LuauException OutOfMemory()
    {
        if (_limitFault == MemoryFault.Kill) RequestInterrupt(InterruptReason.Memory);
        return new LuauException(new LuauValue(OutOfMemoryText), LuauFault.Memory);
    }

    static readonly LuauString OutOfMemoryText = LuauString.Permanent("not enough memory"u8);

    [MethodImpl(MethodImplOptions.NoInlining)]
    void OverThreshold(long bytes)
    {
        // The charge is taken back first: when the limit refuses it, nothing was allocated.
        UsedBytes -= bytes;
        if (!TryReserve(bytes)) throw OutOfMemory();
        UsedBytes += bytes;
    }

    bool MeasureFreesEnough(long bytes)
    {
        if (Roots == null) return false;
        Measure();
        return UsedBytes + bytes <= ThresholdBytes - ThresholdBytes / MinimumFreeFraction;
    }
}
