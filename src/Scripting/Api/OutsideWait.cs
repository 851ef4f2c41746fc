using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Api;

/// <summary>A thread of a mod that waits for something outside the scripts: the disk, or another server. Ends with the answer, with the thread, or
/// with the generation, whichever comes first; an answer that comes later finds nobody and is dropped.</summary>
/// <remarks>Tick thread.</remarks>
sealed class OutsideWait : Registration
{
    readonly LuauRef _thread;
    readonly string _source;

    OutsideWait(ModScope mod, LuauThread thread, string source, int bytes) : base(RegistrationKind.Task)
    {
        Mod = mod;
        _thread = mod.Vm.CreateRef(thread);
        _source = source;
        HostBytes = HostAccount.RegistrationBytes + bytes;
    }

    /// <summary>Who waits.</summary>
    public ModScope Mod { get; }

    /// <inheritdoc/>
    public override int HostBytes { get; }

    /// <summary>Whether the mod can take the answer now; otherwise it is kept for a later tick.</summary>
    public bool CanAnswer => Mod.Sandbox.CanEnter;

    /// <summary>Rights of the waiting thread.</summary>
    public Permission Mask => (Permission)_thread.Value.As<LuauThread>()!.HostMask;

    /// <summary>Registers the calling thread as waiting.</summary>
    /// <param name="mod">Its mod.</param>
    /// <param name="call">The call that is going to yield.</param>
    /// <param name="name">Name of the API function, for errors.</param>
    /// <param name="bytes">Bytes the server holds for the request.</param>
    /// <exception cref="LuauException">It cannot wait here, or waits too often already.</exception>
    public static OutsideWait Begin(ModScope mod, ref CallContext call, string name, int bytes)
    {
        if (!call.IsYieldable) throw call.Error($"{name}: attempt to wait where it is not possible: in a metamethod, a library callback or while a module loads");
        ScriptTask task = ScriptTask.Of(call.Thread, "task");
        var wait = new OutsideWait(mod, call.Thread, task.Source, bytes);
        if (mod.Ownership.Add(wait, mod.Sandbox.Limits.Threads) is { } refusal) throw call.Error($"{name}: {refusal}");
        task.WaitingSince ??= mod.Services.Clock.Now;
        task.Waiting = wait;
        return wait;
    }

    /// <summary>Yields until the answer comes.</summary>
    public HostResult Yield(ref CallContext call) => call.YieldThen(Woken, this);

    /// <summary>Takes the wait back: the request was refused before it began.</summary>
    public void Cancel()
    {
        if (ScriptTask.Of(_thread.Value.As<LuauThread>()!, "task") is { } task && task.Waiting == this) task.Waiting = null;
        Release();
    }

    /// <summary>Continues the thread with the answer.</summary>
    /// <param name="make">Makes the values in the mod's VM; may raise for lack of memory.</param>
    public void Answer(Func<ModScope, LuauValue[]> make)
    {
        LuauThread thread = _thread.Value.As<LuauThread>()!;
        bool isOurs = ScriptTask.Of(thread, "task").Waiting == this && thread.Status == CoroutineStatus.Suspended;
        LuauValue[] values;
        try
        {
            values = make(Mod);
        }
        catch (LuauException)
        {
            // Boundary: the VM has no room for the answer.
            Release();
            Mod.Sandbox.OutOfMemory(_source);
            return;
        }
        Cancel();
        if (isOurs) Mod.Sandbox.Resume(thread, values, new Entry(_source, Mod.Sandbox.Limits.EventHardMs, MayYield: true, Permission.None));
    }

    /// <inheritdoc/>
    protected override void OnReleased() => _thread.Dispose();

    /// <summary>Runs when the thread goes on, whoever resumed it: the wait is over then.</summary>
    static HostResult Woken(ref CallContext call)
    {
        (call.State as Registration)?.Release();
        return call.ReturnArgs(0);
    }
}
