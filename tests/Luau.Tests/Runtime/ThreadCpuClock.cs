using System.Runtime.InteropServices;

namespace GameServer.Luau.Tests.Runtime;

/// <summary>Processor time of the thread it was made on, readable from any thread: how long a script really ran on, however busy the machine is. Pauses
/// of the .NET collector, which works on the thread that allocates, are taken off. Elsewhere than on Linux simply the time.</summary>
sealed unsafe partial class ThreadCpuClock
{
    readonly int _clock;
    readonly bool _isAvailable;

    /// <summary>The clock of the calling thread; it must not end before the last reading.</summary>
    public ThreadCpuClock() =>
        _isAvailable = OperatingSystem.IsLinux() && pthread_getcpuclockid(pthread_self(), out _clock) == 0;

    /// <summary>Milliseconds so far.</summary>
    public double Milliseconds
    {
        get
        {
            double pauses = GC.GetTotalPauseDuration().TotalMilliseconds;
            if (!_isAvailable) return (System.Diagnostics.Stopwatch.GetTimestamp() * 1e3 / System.Diagnostics.Stopwatch.Frequency) - pauses;
            long* time = stackalloc long[2];
            if (clock_gettime(_clock, time) != 0) throw new InvalidOperationException("the thread is gone");
            return (time[0] * 1e3) + (time[1] / 1e6) - pauses;
        }
    }

    [LibraryImport("libc")]
    private static partial nint pthread_self();

    [LibraryImport("libc")]
    private static partial int pthread_getcpuclockid(nint thread, out int clock);

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, long* time);
}
