using System.Runtime.InteropServices;

namespace GameServer.Server.Hosting;

/// <summary>Waits until a moment.</summary>
interface ITickWait
{
    /// <summary>Returns at or shortly after the moment, or early when <paramref name="stop"/> is set.</summary>
    /// <param name="due">Timestamp of the time provider.</param>
    /// <param name="stop">Ends the wait.</param>
    void WaitUntil(long due, CancellationToken stop);

    /// <summary>How precision is achieved, for the log.</summary>
    string Description { get; }
}

/// <summary>
/// Waits in three steps: asleep on the stop signal until 2 ms before the moment, then in a fine sleep, then spinning for the rest. The fine
/// sleep ends earlier than the moment by what it was late before, so spinning is as short as the machine allows.
/// </summary>
/// <remarks>Linux: the fine sleep is <c>nanosleep</c> (about 60 µs late). Elsewhere there is none, and spinning takes up to 2 ms per tick.</remarks>
sealed partial class PreciseWait : ITickWait
{
    static readonly TimeSpan CoarseMargin = TimeSpan.FromMilliseconds(2);
    static readonly TimeSpan SpinLeast = TimeSpan.FromMicroseconds(20);

    readonly TimeProvider _time;
    readonly bool _fineSleep = OperatingSystem.IsLinux();
    double _oversleepMicroseconds = 100;

    public PreciseWait(TimeProvider time) => _time = time;

    public string Description => _fineSleep
        ? "sleep to 2 ms before, nanosleep to the measured lateness before, then spin"
        : "sleep to 2 ms before, then spin";

    public void WaitUntil(long due, CancellationToken stop)
    {
        TimeSpan coarse = Remaining(due) - CoarseMargin;
        if (coarse >= TimeSpan.FromMilliseconds(1))
            stop.WaitHandle.WaitOne(coarse);
        if (stop.IsCancellationRequested)
            return;
        if (_fineSleep)
            SleepFinely(due);
        SpinWait spin = default;
        while (_time.GetTimestamp() < due && !stop.IsCancellationRequested)
        {
            // Yields the processor every now and then but never sleeps a whole millisecond.
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    TimeSpan Remaining(long due) => _time.GetElapsedTime(_time.GetTimestamp(), due);

    void SleepFinely(long due)
    {
        TimeSpan margin = TimeSpan.FromMicroseconds(_oversleepMicroseconds) + SpinLeast;
        TimeSpan sleep = Remaining(due) - margin;
        if (sleep <= TimeSpan.Zero)
            return;
        long wake = _time.GetTimestamp() + (long)(sleep.TotalSeconds * _time.TimestampFrequency);
        TimeSpec request = new()
        {
            Seconds = (nint)(sleep.Ticks / TimeSpan.TicksPerSecond),
            Nanoseconds = (nint)(sleep.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick),
        };
        _ = NanoSleep(in request, IntPtr.Zero);
        double late = _time.GetElapsedTime(wake, _time.GetTimestamp()).TotalMicroseconds;
        // Follows a rise at once and a fall slowly; a machine that is late by more than the coarse margin is not to be outrun.
        _oversleepMicroseconds = Math.Clamp(Math.Max(late, _oversleepMicroseconds * 0.98), 10, CoarseMargin.TotalMicroseconds / 2);
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int NanoSleep(in TimeSpec request, nint remaining);
}
