namespace GameServer.Scripting.Hooks;

/// <summary>What the returns of a hook's handlers mean.</summary>
enum HookKind
{
    /// <summary>Nothing; everyone runs.</summary>
    Notify,
    /// <summary>The first verdict ends it.</summary>
    Decide,
    /// <summary>A value passes from handler to handler.</summary>
    Transform,
    /// <summary>One value of each mod makes a list.</summary>
    Collect,
}

/// <summary>What a hook does about a VM that is busy when its turn comes.</summary>
enum Reentry
{
    /// <summary>It misses this one.</summary>
    Skip,
    /// <summary>It gets it later in the same tick, in order.</summary>
    Queue,
    /// <summary>It has no say this time.</summary>
    Abstain,
}
