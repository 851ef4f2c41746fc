using System.Runtime.CompilerServices;
using GameServer.Luau.Runtime;
using GameServer.Support;
using Xunit.Abstractions;

namespace GameServer.Luau.Tests.Runtime;

/// <summary>Every script of tests/Luau.Tests/hostile tries to run for ever or to take all memory, and to survive being stopped. Each is killed from another
/// thread, or dies of its memory limit; how long it went on after the kill is measured.</summary>
public class HostileScriptTests(ITestOutputHelper output)
{
    /// <summary>Nothing may run on longer than this after the kill, in processor time of the script's thread.</summary>
    const double LatencyMillisecondsMax = 5;
    const int Kills = 4;
    /// <summary>Code that runs for the first time is compiled on the way, which counts; and no test machine is perfect.</summary>
    const int Rounds = 4;

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
        var moments = new Random(source.Length);
        double worst = 0;
        for (int round = 0; round < Rounds; round++)
        {
            worst = 0;
            for (int kill = 0; kill < Kills && worst <= LatencyMillisecondsMax; kill++)
                worst = Math.Max(worst, RunAndKill(source, name, TimeSpan.FromMilliseconds(15 + moments.Next(60))));
            if (worst <= LatencyMillisecondsMax) break;
        }
        output.WriteLine($"{name}: went on for {worst:0.0} ms");
        Assert.True(worst <= LatencyMillisecondsMax, $"{name} went on for {worst:0.0} ms after the kill");
    }

    static double RunAndKill(byte[] source, string name, TimeSpan killAfter)
    {
        const long Limit = 20 << 20;
        using var vm = new LuauVm(new LuauVmOptions { MemoryBytesMax = Limit, RunnerLibrary = true, Print = _ => { } });
        vm.Seal();
        LuauThread thread = vm.CreateThread(vm.Load(LuauVm.Compile(source, "=" + name), vm.CreateEnvironment()));
        ResumeStatus status = ResumeStatus.Finished;
        ThreadCpuClock? clock = null;
        double ended = 0;
        using var started = new ManualResetEventSlim();
        using var finished = new ManualResetEventSlim();
        using var measured = new ManualResetEventSlim();
        var script = new Thread(() =>
        {
            clock = new ThreadCpuClock();
            started.Set();
            status = vm.Resume(thread);
            ended = clock.Milliseconds;
            finished.Set();
            measured.Wait();
        }, 1 << 20);
        script.Start();
        started.Wait();
        double killed = double.NaN;
        if (!finished.Wait(killAfter))
        {
            killed = clock!.Milliseconds;
            vm.RequestKill();
            Assert.True(finished.Wait(TimeSpan.FromSeconds(60)), $"{name} cannot be stopped");
        }
        measured.Set();
        script.Join();
        Assert.Equal(ResumeStatus.Killed, status);
        // The error values of the VM itself may stand on top of a full heap.
        Assert.True(vm.MemoryUsed <= Limit + (64 << 10), $"{vm.MemoryUsed} bytes");
        return double.IsNaN(killed) ? 0 : ended - killed;
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
