using GameServer.Scripting.Mods;

namespace GameServer.Scripting.Reload;

/// <summary>How a swap ended.</summary>
enum SwapResult
{
    /// <summary>The new version runs.</summary>
    Swapped,
    /// <summary>The new version did not start; the last good one runs again.</summary>
    RolledBack,
    /// <summary>Neither runs.</summary>
    Failed,
}

/// <summary>Replaces the running generation of a mod: OnUnload → destroy → create → run scripts → OnLoad, never with two VMs alive; back to the last good version
/// when the new one does not start.</summary>
/// <remarks>Tick thread, between two ticks. What can be found out before (files, manifest, compiling) has been: see <see cref="ModLoader"/>.</remarks>
/// <param name="starter">Begins and ends generations.</param>
/// <param name="equip">Gives a mod the rights and limits that go with a manifest.</param>
/// <param name="log">Log.</param>
/// <param name="time">Clock.</param>
sealed class ModReloader(ModStarter starter, Action<Mod, ModManifest> equip, ScriptingLog log, TimeProvider time)
{
    int _correlation;

    /// <summary>Carries out one swap.</summary>
    /// <param name="mod">Running or suspended.</param>
    /// <param name="next">What to start.</param>
    public SwapResult Swap(Mod mod, PreparedMod next)
    {
        long begin = time.GetTimestamp();
        int correlation = ++_correlation;
        PreparedMod? lastGood = mod.LastGood;
        mod.Move(ModState.Reloading, "its files changed");

        log.ReloadStep(mod.Id, correlation, "OnUnload");
        Inheritance inheritance = starter.Stop(mod, "reload", next.Manifest.KeepState);

        log.ReloadStep(mod.Id, correlation, "create, run scripts, OnLoad");
        equip(mod, next.Manifest);
        if (starter.Start(mod, next, "reload", inheritance) is { } failure) return GoBack(mod, next, lastGood, failure, inheritance, correlation);
        mod.LastGood = next;
        mod.Stale = false;
        mod.Move(ModState.Running);
        log.Reloaded(mod.Id, next.Version, mod.Generation, time.GetElapsedTime(begin).TotalMilliseconds);
        return SwapResult.Swapped;
    }

    SwapResult GoBack(Mod mod, PreparedMod next, PreparedMod? lastGood, string failure, Inheritance inheritance, int correlation)
    {
        log.ReloadStep(mod.Id, correlation, $"failed: {failure}");
        mod.Stale = true;
        if (lastGood is null || next.Manifest.OnError == ReloadFailure.Stop)
        {
            mod.Move(ModState.Faulted, failure);
            return SwapResult.Failed;
        }

        log.ReloadStep(mod.Id, correlation, "back to the last good version");
        equip(mod, lastGood.Manifest);
        if (starter.Start(mod, lastGood, "rollback", inheritance) is { } second)
        {
            mod.Move(ModState.Faulted, $"{failure}; going back failed too: {second}");
            return SwapResult.Failed;
        }
        mod.Move(ModState.Running, $"the new version did not start: {failure}");
        log.RolledBack(mod.Id, failure);
        return SwapResult.RolledBack;
    }
}
