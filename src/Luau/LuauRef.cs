using GameServer.Luau.Values;

namespace GameServer.Luau;

/// <summary>A host's handle to a script value: keeps it alive and counted until <see cref="Dispose"/>, and knows the VM it belongs to, so that a handle
/// that outlives its VM is found out instead of keeping the VM's memory.</summary>
public sealed class LuauRef : IDisposable
{
    LuauVm? _vm;
    LuauValue _value;

    internal LuauRef(LuauVm vm, in LuauValue value)
    {
        _vm = vm;
        _value = value;
    }

    /// <summary>The VM; null after release or after the VM's end.</summary>
    public LuauVm? Vm => _vm;

    /// <summary>Whether the value can still be used.</summary>
    public bool IsAlive => _vm != null;

    /// <summary>The value.</summary>
    /// <exception cref="ObjectDisposedException">Released, or the VM is gone.</exception>
    public LuauValue Value => _vm == null ? throw new ObjectDisposedException(nameof(LuauRef)) : _value;

    /// <summary>Releases the value. Thread of the VM; more than once is harmless.</summary>
    public void Dispose()
    {
        _vm?.Release(this);
        _vm = null;
        _value = default;
    }
}
