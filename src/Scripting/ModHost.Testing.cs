using GameServer.Scripting.Api;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Mods;

namespace GameServer.Scripting;

// What the test harness (Testing/) reaches beyond what operators do: the real parts, held still or made to fail.
public sealed partial class ModHost
{
    /// <summary>The entries into script code.</summary>
    internal DispatchStack Entries => _stack;

    /// <summary>What mods share.</summary>
    internal ApiServices Services => _services;

    /// <summary>A mod with everything that belongs to it.</summary>
    internal Mod? FindMod(string id) => _mods.Find(id);

    /// <summary>Waits until the pool has read and compiled what it was asked to, so that it is taken in the next tick however busy the machine is.</summary>
    internal void AwaitPreparations()
    {
        foreach (Task<PrepareResult> job in _preparing.Values) job.Wait();
    }

    /// <summary>The mod's VM is given up as after a hard stop too many; the usual restart follows.</summary>
    internal static void Condemn(Mod mod, string reason)
    {
        mod.Pending = new PendingFault(FaultVerdict.Restart, reason);
        if (mod.Scope is { } scope) scope.Sandbox.IsPaused = true;
    }
}
