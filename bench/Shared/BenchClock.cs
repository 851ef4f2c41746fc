using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GameServer.Bench;

/// <summary>What time means.</summary>
abstract partial class BenchClock
{
    /// <summary>Time as users feel it; other programs on the machine make it longer.</summary>
    public static readonly BenchClock Wall = new WallClock();

    /// <summary>Processor time of the calling thread, blocking collections included: comparable on a busy machine. Linux only.</summary>
    public static readonly BenchClock ThreadCpu = new ThreadCpuClock();

    /// <summary>Time since some moment in the past.</summary>
    public abstract TimeSpan Now();

    sealed class WallClock : BenchClock
    {
        public override TimeSpan Now() => Stopwatch.GetElapsedTime(0);
    }

    sealed partial class ThreadCpuClock : BenchClock
    {
        const int ThreadCpuTimeId = 3;

        public override TimeSpan Now()
        {
            if (ReadClock(ThreadCpuTimeId, out var time) != 0)
                throw new PlatformNotSupportedException("no processor time per thread");
            return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
        }

        [LibraryImport("libc", EntryPoint = "clock_gettime")]
        private static partial int ReadClock(int clock, out Timespec time);

        [StructLayout(LayoutKind.Sequential)]
        struct Timespec
        {
            public long Seconds;
            public long Nanoseconds;
        }
    }
}
