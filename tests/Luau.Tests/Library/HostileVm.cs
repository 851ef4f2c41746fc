using System.Diagnostics;
using System.Text;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Library;

/// <summary>Runs one script the way a mod runs, in a sealed VM with an environment of its own, and stops it from another thread.</summary>
sealed class HostileVm : IDisposable
{
    readonly LuauFunction _main;

    public HostileVm(string source, long memoryBytesMax = 20 << 20, MemoryFault onLimit = MemoryFault.Kill)
    {
        Vm = new LuauVm(new LuauVmOptions { MemoryBytesMax = memoryBytesMax, OnMemoryLimit = onLimit, RandomSeed = 1 });
        CompiledChunk chunk = LuauVm.Compile(Encoding.UTF8.GetBytes(source), "=hostile");
        Vm.Seal();
        _main = Vm.Load(chunk, Vm.CreateEnvironment());
    }

    public LuauVm Vm { get; }

    /// <summary>How long the script went on after it was told to stop.</summary>
    public TimeSpan Overrun { get; private set; }

    /// <summary>Runs to the end or to an error; a script that does neither is killed after <paramref name="killAfter"/>.</summary>
    public LuauException? Run(TimeSpan killAfter)
    {
        long killedAt = 0;
        using var timer = new Timer(_ =>
        {
            Volatile.Write(ref killedAt, Stopwatch.GetTimestamp());
            Vm.RequestKill();
        });
        timer.Change(killAfter, Timeout.InfiniteTimeSpan);
        try
        {
            Vm.Call(_main);
            return null;
        }
        catch (LuauException e)
        {
            long at = Volatile.Read(ref killedAt);
            if (at != 0) Overrun = Stopwatch.GetElapsedTime(at);
            return e;
        }
    }

    public void Dispose() => Vm.Dispose();
}
