using GameServer.Luau;

namespace GameServer.Scripting.Isolation;

/// <summary>The deadline of the entry a VM is in. The VM's thread arms and disarms it, the watchdog lets it expire; whoever exchanges the word first wins,
/// so a kill never hits the entry after the one it was meant for.</summary>
sealed class DeadlineCell
{
    const long Idle = 0;
    const long Expired = -1;

    /// <summary>Part of its time that an entry must really have had the processor for before it is killed.</summary>
    const double ProcessorShare = 0.5;
    /// <summary>After so many times its time it is killed whatever it did with it: the loop must go on.</summary>
    const double PatienceFactor = 4;

    readonly LuauVm _vm;
    readonly Watchdog _watchdog;
    long _deadline;
    bool _requested;

    // Written by the VM's thread before the deadline is published, read by the watchdog after it. If the entry ends meanwhile the exchange in Expire fails.
    long _limit;
    IThreadClock? _clock;

    // The watchdog's own: which entry it has met, and what the thread's clock showed then.
    long _met;
    double _metAtMilliseconds;

    /// <summary>Makes an idle cell that the watchdog looks at until <see cref="Watchdog.Remove"/>.</summary>
    public DeadlineCell(LuauVm vm, Watchdog watchdog)
    {
        _vm = vm;
        _watchdog = watchdog;
        watchdog.Add(this);
    }

    /// <summary>[VM's thread] From now until <see cref="Disarm"/> the VM is killed when its time is over.</summary>
    /// <param name="deadline">Timestamp at which it is over.</param>
    /// <param name="limit">How long it is, in timestamp units.</param>
    /// <param name="clock">Processor time of this thread: an entry is not killed for time in which the machine ran something else. Null: wall-clock alone.</param>
    public void Arm(long deadline, long limit = 0, IThreadClock? clock = null)
    {
        _limit = limit;
        if (!ReferenceEquals(_clock, clock)) _clock = clock;
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

    /// <summary>[watchdog] Kills the entry when its time is over.</summary>
    /// <param name="now">Timestamp.</param>
    /// <param name="perMillisecond">Timestamp units per millisecond.</param>
    /// <returns>The timestamp at which to look again at the latest; <see cref="long.MaxValue"/> when idle.</returns>
    public long Look(long now, double perMillisecond)
    {
        long deadline = Volatile.Read(ref _deadline);
        if (deadline <= Idle) return long.MaxValue;
        long limit = _limit;
        double? used = _clock?.Milliseconds;
        if (used is { } reading && deadline != _met) (_met, _metAtMilliseconds) = (deadline, reading);
        if (now < deadline) return deadline;
        // How much of its time the thread did not even run since the watchdog met this entry, which is at most a look after it began.
        double missing = used is null ? 0 : (limit * ProcessorShare) - ((used.Value - _metAtMilliseconds) * perMillisecond);
        long patience = deadline - limit + (long)(limit * PatienceFactor);
        if (missing > 0 && now < patience) return Math.Min(patience, now + (long)missing);
        Expire(deadline);
        return long.MaxValue;
    }

    /// <summary>Stops being looked at.</summary>
    public void Remove() => _watchdog.Remove(this);

    /// <summary>Kills the entry under way, if there is one, as if its time were over. Any thread.</summary>
    public void CutShort()
    {
        long deadline = Volatile.Read(ref _deadline);
        if (deadline > Idle) Expire(deadline);
    }

    /// <summary>Kills the entry of this deadline, unless it has ended meanwhile. Any thread.</summary>
    public void Expire(long deadline)
    {
        if (Interlocked.CompareExchange(ref _deadline, Expired, deadline) != deadline) return;
        _vm.RequestKill();
        Volatile.Write(ref _requested, true);
    }
}
