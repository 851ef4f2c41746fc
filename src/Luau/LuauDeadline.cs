namespace GameServer.Luau;

/// <summary>Kills what a VM runs when it takes too long: make one, call or resume, dispose it. The kill is uncatchable, as <see cref="LuauVm.RequestKill"/>
/// is; disposing takes back a kill of this deadline and no other.</summary>
/// <remarks>Made and disposed on the VM's thread while the host has control. Costs a timer; hosts with many VMs watch all of them from one thread instead.</remarks>
public sealed class LuauDeadline : IDisposable
{
    readonly Lock _gate = new();
    readonly LuauVm _vm;
    readonly ITimer _timer;
    bool _isOver;

    /// <summary>Starts the time.</summary>
    /// <param name="vm">The VM.</param>
    /// <param name="limit">How long scripts may run; more than zero.</param>
    /// <param name="time">Clock; the system's when null.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is not more than zero.</exception>
    public LuauDeadline(LuauVm vm, TimeSpan limit, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(limit, TimeSpan.Zero);
        _vm = vm;
        _timer = (time ?? TimeProvider.System).CreateTimer(_ => Kill(), null, limit, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the time ran out.</summary>
    public bool HasKilled { get; private set; }

    void Kill()
    {
        lock (_gate)
        {
            if (_isOver) return;
            HasKilled = true;
            _vm.RequestKill();
        }
    }

    /// <summary>Ends the time; the VM can run again afterwards.</summary>
    /// <exception cref="InvalidOperationException">A script is running.</exception>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isOver) return;
            _isOver = true;
        }
        _timer.Dispose();
        if (HasKilled) _vm.ClearKill();
    }
}
