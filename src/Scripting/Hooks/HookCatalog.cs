using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Hooks;

/// <summary>One hook of the server.</summary>
/// <param name="Name">Name that scripts register under; a global function of this name is registered by itself.</param>
/// <param name="Kind">What returns mean.</param>
/// <param name="Parameters">Luau parameter list.</param>
/// <param name="Reentry">What happens when the VM is busy.</param>
/// <param name="When">When it is raised.</param>
sealed record HookRow(string Name, HookKind Kind, string Parameters, Reentry Reentry, string When)
{
    /// <summary>Right a mod needs to register a handler.</summary>
    public Permission Needs { get; init; } = Permission.Base;
    /// <summary>Right a mod needs for its verdict to count.</summary>
    public Permission NeedsVerdict { get; init; } = Permission.Base;
    /// <summary>Whether handlers may wait.</summary>
    public bool MayYield { get; init; }
    /// <summary>Whether only the mod it is about gets it.</summary>
    public bool OwnVm { get; init; }
    /// <summary>Index of the argument that a transform passes on; −1 for other kinds.</summary>
    public int Passes { get; init; } = -1;
    /// <summary>Whether an error or a kill in a handler counts as a refusal.</summary>
    public bool FailClosed { get; init; }
    /// <summary>The limit that stops a handler, by key of <see cref="LimitCatalog"/>.</summary>
    public string LimitKey { get; init; } = "event_hard_ms";
    /// <summary>Milliseconds a handler gets.</summary>
    public Func<ModLimits, double> Limit { get; init; } = limits => limits.EventHardMs;

    /// <summary>Parameter names in order, for filters.</summary>
    public IReadOnlyList<string> ParameterNames { get; } = [.. Parameters.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(p => p.Split(':')[0].Trim())];
}

/// <summary>The only list of hooks. Adding one: a row here and the place that raises it.</summary>
static class HookCatalog
{
    public static readonly HookRow OnLoad = new("OnLoad", HookKind.Notify, "info: LoadInfo", Reentry.Queue, "the main chunk has run; last step of a start or reload")
    { OwnVm = true, LimitKey = "onload_ms", Limit = limits => limits.OnloadMs };

    public static readonly HookRow OnUnload = new("OnUnload", HookKind.Collect, "reason: string", Reentry.Queue,
        "before the VM is destroyed; what it returns is `info.state` of the next OnLoad")
    { OwnVm = true, LimitKey = "unload_ms", Limit = limits => limits.UnloadMs };

    public static readonly HookRow ServerStart = new("ServerStart", HookKind.Notify, "info: StartInfo", Reentry.Queue,
        "all mods are loaded and players may come; with `late` for a mod that is loaded later");

    public static readonly HookRow ServerShutdown = new("ServerShutdown", HookKind.Notify, "info: ShutdownInfo", Reentry.Queue,
        "the server is about to stop and waits for handlers until the deadline")
    { MayYield = true };

    public static readonly HookRow Think = new("Think", HookKind.Notify, "dt: number, tick: number", Reentry.Skip, "every tick; `dt` covers the time since this mod's last one")
    { LimitKey = "tick_hard_ms", Limit = limits => limits.TickHardMs };

    public static readonly HookRow PlayerConnecting = new("PlayerConnecting", HookKind.Decide, "candidate: Candidate", Reentry.Queue,
        "somebody is at the door, before a slot is visible")
    { MayYield = true, FailClosed = true, Needs = Permission.ConnectDecide };

    public static readonly HookRow PlayerConnect = new("PlayerConnect", HookKind.Notify, "player: Player", Reentry.Queue, "a player is in and can be sent messages")
    { MayYield = true, Needs = Permission.PlayerRead };

    public static readonly HookRow PlayerHold = new("PlayerHold", HookKind.Notify, "player: Player, reason: string", Reentry.Queue,
        "a player's connection was lost and its place is held: nothing sent arrives; PlayerResume or, after the reconnect window, PlayerDisconnect follows")
    { MayYield = true, Needs = Permission.PlayerRead };

    public static readonly HookRow PlayerResume = new("PlayerResume", HookKind.Notify, "player: Player, away: number", Reentry.Queue,
        "a player whose connection was lost is back within the reconnect window, with the same handle; what was sent meanwhile did not arrive: send it again")
    { MayYield = true, Needs = Permission.PlayerRead };

    public static readonly HookRow PlayerDisconnect = new("PlayerDisconnect", HookKind.Notify, "player: Player, reason: string, code: number", Reentry.Queue,
        "a player has left; the last time its handle means anything")
    { MayYield = true, Needs = Permission.PlayerRead };

    public static readonly HookRow PlayerMessage = new("PlayerMessage", HookKind.Decide, "player: Player, name: string, payload: any, bytes: number", Reentry.Queue,
        "a message for some mod passed its schema and rate, before `net.on` of that mod")
    { FailClosed = true, Needs = Permission.NetFilter };

    public static readonly HookRow PlayerChat = new("PlayerChat", HookKind.Transform, "player: Player, text: string, channel: string", Reentry.Abstain,
        "a player said something, before anybody sees it")
    { Passes = 1, Needs = Permission.ChatRead, NeedsVerdict = Permission.ChatFilter };

    public static readonly HookRow PlayerCommand = new("PlayerCommand", HookKind.Decide, "player: Player, name: string, args: string", Reentry.Abstain,
        "a player gave a command of some mod, before it runs")
    { Needs = Permission.ChatRead, NeedsVerdict = Permission.ChatFilter };

    public static readonly HookRow ConsoleCommand = new("ConsoleCommand", HookKind.Decide, "source: string, name: string, args: string", Reentry.Abstain,
        "an operator gave a command of some mod, before it runs")
    { Needs = Permission.ConsoleCommand, NeedsVerdict = Permission.ModsManage };

    public static readonly HookRow PlayerKick = new("PlayerKick", HookKind.Decide, "player: Player, by: string, reason: string", Reentry.Abstain,
        "a mod is about to throw a player out")
    { Needs = Permission.PlayerRead, NeedsVerdict = Permission.PlayerKick };

    public static readonly HookRow PermissionsChanged = new("PermissionsChanged", HookKind.Notify, "player: Player", Reentry.Queue,
        "an operator changed what a player who is here may do")
    { MayYield = true, Needs = Permission.PlayerRead };

    public static readonly HookRow ModLoaded = new("ModLoaded", HookKind.Notify, "modId: string, version: string, generation: number, reason: string", Reentry.Queue,
        "a mod is in service")
    { MayYield = true, Needs = Permission.ModsInspect };

    public static readonly HookRow ModUnloaded = new("ModUnloaded", HookKind.Notify, "modId: string, version: string, generation: number, reason: string",
        Reentry.Queue, "a mod is gone")
    { MayYield = true, Needs = Permission.ModsInspect };

    public static readonly HookRow ModFailed = new("ModFailed", HookKind.Notify, "modId: string, version: string, generation: number, reason: string", Reentry.Queue,
        "a mod was stopped or does not load")
    { MayYield = true, Needs = Permission.ModsInspect };

    public static readonly HookRow PlayerBan = new("PlayerBan", HookKind.Decide, "uid: string, by: string, reason: string, seconds: number, player: Player", Reentry.Abstain,
        "a mod is about to keep somebody out; `seconds` is nil for good, `player` is nil for somebody who is not here")
    { Needs = Permission.PlayerRead, NeedsVerdict = Permission.PlayerBan };

    public static readonly HookRow MessageDropped = new("MessageDropped", HookKind.Notify, "player: Player, name: string, count: number, why: string", Reentry.Queue,
        "messages of a player were thrown away; at most once per second and player")
    { Needs = Permission.PlayerRead };

    public static readonly HookRow ConfigChanged = new("ConfigChanged", HookKind.Notify, "keys: { string }", Reentry.Queue,
        "the operator changed settings of this mod, after `config.onChange` of each")
    { OwnVm = true, MayYield = true };

    public static readonly HookRow EntityCreated = new("EntityCreated", HookKind.Notify, "entity: Entity, kind: string, mod: string", Reentry.Queue,
        "a mod made an entity; at the end of the tick, if it is still there")
    { MayYield = true, Needs = Permission.WorldRead };

    public static readonly HookRow EntityRemoved = new("EntityRemoved", HookKind.Notify, "entity: Entity, kind: string, mod: string", Reentry.Queue,
        "an entity is gone; at the end of the tick, the last time its handle means anything")
    { MayYield = true, Needs = Permission.WorldRead };

    public static readonly HookRow TickOverrun = new("TickOverrun", HookKind.Notify, "milliseconds: number, mod: string, hook: string", Reentry.Skip,
        "a tick took too long; names the mod and hook that took most of it")
    { Needs = Permission.ModsInspect };

    /// <summary>All hooks in the order of the documentation.</summary>
    public static IReadOnlyList<HookRow> Rows { get; } =
    [
        OnLoad, OnUnload, ServerStart, ServerShutdown, Think, PlayerConnecting, PlayerConnect, PlayerHold, PlayerResume, PlayerDisconnect, PlayerMessage, PlayerChat,
        PlayerCommand, ConsoleCommand, PlayerKick, PlayerBan, PermissionsChanged, MessageDropped, ConfigChanged, ModLoaded, ModUnloaded, ModFailed,
        EntityCreated, EntityRemoved, TickOverrun,
    ];

    /// <summary>The row of a name; null for hooks that mods define.</summary>
    public static HookRow? Find(string name) => Rows.FirstOrDefault(row => row.Name == name);
}
