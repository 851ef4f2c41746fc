namespace GameServer.Scripting.Mods;

/// <summary>The state machine of a mod: which moves there are. (What causes them: see <see cref="Mod"/> and the host.)</summary>
static class ModStates
{
    static readonly Dictionary<ModState, ModState[]> Moves = new()
    {
        //                        the folder is looked at
        [ModState.Discovered] = [ModState.Invalid, ModState.Blocked, ModState.Validated, ModState.Stopped],
        //                        an edit, or a dependency that appears, gives another try
        [ModState.Invalid] = [ModState.Invalid, ModState.Blocked, ModState.Validated, ModState.Stopped],
        [ModState.Blocked] = [ModState.Invalid, ModState.Blocked, ModState.Validated, ModState.Stopped],
        [ModState.Validated] = [ModState.Invalid, ModState.Blocked, ModState.Validated, ModState.Loading, ModState.Stopped],
        //                        main chunk and OnLoad
        [ModState.Loading] = [ModState.Running, ModState.Faulted],
        [ModState.Running] = [ModState.Reloading, ModState.Suspended, ModState.Faulted, ModState.Unloading],
        //                        the new version, else the old one again, else neither
        [ModState.Reloading] = [ModState.Running, ModState.Faulted],
        [ModState.Suspended] = [ModState.Running, ModState.Reloading, ModState.Faulted, ModState.Unloading],
        //                        the VM is destroyed; wait and start again, or give up
        [ModState.Faulted] = [ModState.Backoff, ModState.Broken, ModState.Validated, ModState.Invalid, ModState.Blocked, ModState.Stopped],
        [ModState.Backoff] = [ModState.Loading, ModState.Validated, ModState.Invalid, ModState.Blocked, ModState.Stopped],
        [ModState.Broken] = [ModState.Loading, ModState.Validated, ModState.Invalid, ModState.Blocked, ModState.Stopped],
        //                        OnUnload
        [ModState.Unloading] = [ModState.Stopped],
        [ModState.Stopped] = [ModState.Validated, ModState.Invalid, ModState.Blocked, ModState.Loading, ModState.Stopped],
    };

    /// <summary>Whether a mod can go from one state to another.</summary>
    public static bool IsMove(ModState from, ModState to) => Moves[from].Contains(to);

    /// <summary>Whether a VM exists in this state.</summary>
    public static bool HasVm(ModState state) => state is ModState.Loading or ModState.Running or ModState.Reloading or ModState.Suspended or ModState.Unloading;
}
