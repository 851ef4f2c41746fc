using GameServer.Luau;

namespace GameServer.Scripting.Isolation;

/// <summary>The deadline of the entry a VM is in. The VM's thread arms and disarms it, the watchdog lets it expire; whoever exchanges the word first wins,
/// so a kill never hits the entry after the one it was meant for.</summary>
sealed class DeadlineCell
{
    const long Idle = 0;
    const long Expired = -1;

    readonly LuauVm _vm;
    readonly Watchdog _watchdog;
    long _deadline;
    bool _requested;

    /// <summary>Makes an idle cell that the watchdog looks at until <see cref="Watchdog.Remove"/>.</summary>
    public DeadlineCell(LuauVm vm, Watchdog watchdog)
    {
        _vm = vm;
        _watchdog = watchdog;
        watchdog.Add(this);
    }

    /// <summary>The armed deadline as a timestamp; 0 when idle. Any thread.</summary>
    public long Deadline => Math.Max(Idle, Volatile.Read(ref _deadline));

    /// <summary>[VM's thread] From now until <see cref="Disarm"/> the VM is killed when the clock passes <paramref name="deadline"/>.</summary>
    public void Arm(long deadline)
    {
        Interlocked.Exchange(ref _deadline, deadline);
        _watchdog.WakeIfParked();
    }

    /// <summary>[VM's thread] The entry is over.</summary>
    /// <returns>Whether the kill was requested; it is in effect then and the caller takes it back.</returns>
    public bool Disarm()
    {
        if (Interlocked.Exchange(ref _deadline, Idle) != Expired) return false;
        // The watchdog won: its request is out or will be within nanoseconds. Wait for it, else it would hit the next entry.
        var spin = new SpinWait();
        while (!Volatile.Read(ref _requested)) spin.SpinOnce();
        _requested = false;
        return true;
    }

    /// <summary>[watchdog] The clock passed <paramref name="deadline"/>; kills unless the entry ended meanwhile.</summary>
    public void Expire(long deadline)
    {
        if (Interlocked.CompareExchange(ref _deadline, Expired, deadline) != deadline) return;
        _vm.RequestKill();
        Volatile.Write(ref _requested, true);
    }

    /// <summary>Stops being looked at.</summary>
    public void Remove() => _watchdog.Remove(this);
}
