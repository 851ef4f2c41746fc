using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Hooks;

/// <summary>One generation of a mod as the hooks see it.</summary>
sealed class HookSubscriber(Sandbox sandbox, Ownership ownership, IHandleTable handles, DeferredQueue queue, ModPlace place)
{
    /// <summary>Where its code runs.</summary>
    public Sandbox Sandbox { get; } = sandbox;

    /// <summary>What it has registered.</summary>
    public Ownership Ownership { get; } = ownership;

    /// <summary>Host objects of its VM.</summary>
    public IHandleTable Handles { get; } = handles;

    /// <summary>What waits for it; outlives the generation.</summary>
    public DeferredQueue Queue { get; } = queue;

    /// <summary>Its place in the start order.</summary>
    public ModPlace Place { get; } = place;

    /// <summary>Number of the latest handler when this generation began; its own have greater numbers.</summary>
    public long Since { get; init; }

    /// <summary>Id of the mod.</summary>
    public string ModId => Sandbox.ModId;

    /// <summary>Think runs every that many ticks; the budget ladder sets it.</summary>
    public int ThinkEvery { get; set; } = 1;

    /// <summary>Tick it was last considered for Think; its handlers share one decision per tick.</summary>
    internal long ThinkTick { get; set; } = -1;

    /// <summary>Seconds since its last Think, before the present one.</summary>
    internal double ThinkSeconds { get; set; }

    /// <summary>What its handlers get as dt in this tick; null when they do not run.</summary>
    internal double? ThinkDt { get; set; }
}

/// <summary>Place of a mod in the start order; changes when mods are added.</summary>
sealed class ModPlace
{
    /// <summary>0 starts first.</summary>
    public int Order { get; set; }
}
