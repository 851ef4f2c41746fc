namespace GameServer.Luau;

public sealed partial class LuauVm
{
    /// <summary>Bytes counted for this VM's values, garbage not yet measured away included.</summary>
    public long MemoryUsed => Heap.UsedBytes;

    /// <summary>Whether the memory limit killed a script of this VM: it can only be dropped then. Every entry ends in <see cref="ResumeStatus.Killed"/>.</summary>
    public bool IsDoomed => Heap.IsDoomed;

    /// <summary>Measures what is alive, by a walk from the VM's roots, and corrects <see cref="MemoryUsed"/>. Takes up to 6 ms for 20 MiB. Call it between
    /// ticks when <see cref="WantsMeasure"/>.</summary>
    /// <returns>Bytes alive.</returns>
    public long MeasureLive()
    {
        Enter();
        if (_state.Entries == 0) MainThread.ClearUnused();
        return Heap.Measure();
    }

    /// <summary>Whether <see cref="MemoryUsed"/> passed the soft limit since the last measurement.</summary>
    public bool WantsMeasure => Heap.WantsMeasure;

    /// <summary>Changes the memory limit from now on. Lowering it below what is alive dooms the VM at its next allocation; measure before if that matters.</summary>
    /// <param name="bytesMax">New value of <see cref="LuauVmOptions.MemoryBytesMax"/>.</param>
    /// <param name="softPercent">New value of <see cref="LuauVmOptions.MemorySoftPercent"/>.</param>
    public void SetMemoryLimit(long? bytesMax, int softPercent)
    {
        Enter();
        Heap.SetLimit(bytesMax, softPercent, Options.OnMemoryLimit);
    }
}
