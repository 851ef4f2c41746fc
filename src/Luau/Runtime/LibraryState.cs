using GameServer.Luau.Values;

namespace GameServer.Luau.Runtime;

/// <summary>What library functions keep per VM: the random generator and the clock. Hangs on the heap, which all threads of a VM share.</summary>
sealed class LibraryState
{
    readonly TimeProvider _measuringTime;
    readonly long _started;

    /// <summary>State of a new VM.</summary>
    /// <param name="time">The only source of time for <c>os.time</c> and <c>os.date</c>.</param>
    /// <param name="measuringTime">The only source of time for <c>os.clock</c>.</param>
    /// <param name="randomSeed">Seed of <c>math.random</c>; null takes one from the time.</param>
    public LibraryState(TimeProvider time, TimeProvider measuringTime, long? randomSeed)
    {
        Time = time;
        _measuringTime = measuringTime;
        _started = measuringTime.GetTimestamp();
        Random = new Pcg32(randomSeed ?? time.GetUtcNow().Ticks ^ (_started << 20));
    }

    /// <summary>Source of time.</summary>
    public TimeProvider Time { get; }

    /// <summary>Source of <c>math.random</c>.</summary>
    public Pcg32 Random { get; }

    /// <summary>Seconds since the VM was made.</summary>
    public double ElapsedSeconds => _measuringTime.GetElapsedTime(_started).TotalSeconds;

    /// <summary>The state of the VM that owns <paramref name="heap"/>; made from the options' defaults when the VM set none.</summary>
    public static LibraryState Of(LuauHeap heap) =>
        (LibraryState)(heap.LibraryState ??= new LibraryState(TimeProvider.System, TimeProvider.System, null));
}
