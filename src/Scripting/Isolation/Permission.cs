namespace GameServer.Scripting.Isolation;

/// <summary>Rights of script code; one bit each, carried by every Luau thread. <see cref="PermissionCatalog"/> says what each gives.</summary>
[Flags]
enum Permission : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Log, hooks, tasks, timers, own state.</summary>
    Base = 1UL << 0,
    /// <summary>See players.</summary>
    PlayerRead = 1UL << 1,
    /// <summary>See players' addresses.</summary>
    PlayerAddress = 1UL << 2,
    /// <summary>Change any player's state.</summary>
    PlayerWrite = 1UL << 3,
    /// <summary>Throw players out.</summary>
    PlayerKick = 1UL << 4,
    /// <summary>Keep players out.</summary>
    PlayerBan = 1UL << 5,
    /// <summary>Hear chat.</summary>
    ChatRead = 1UL << 6,
    /// <summary>Write chat.</summary>
    ChatSend = 1UL << 7,
    /// <summary>Change or swallow chat.</summary>
    ChatFilter = 1UL << 8,
    /// <summary>Refuse joins.</summary>
    ConnectDecide = 1UL << 9,
    /// <summary>Messages to and from the own client side.</summary>
    NetMessage = 1UL << 10,
    /// <summary>Refuse other mods' messages.</summary>
    NetFilter = 1UL << 11,
    /// <summary>Read entities.</summary>
    WorldRead = 1UL << 12,
    /// <summary>Change own entities.</summary>
    WorldWrite = 1UL << 13,
    /// <summary>Change any entity.</summary>
    WorldWriteAny = 1UL << 14,
    /// <summary>Keys and values on disk.</summary>
    StorageKv = 1UL << 15,
    /// <summary>Files in the mod's data folder.</summary>
    StorageFile = 1UL << 16,
    /// <summary>HTTP to listed hosts.</summary>
    NetHttp = 1UL << 17,
    /// <summary>Call exports of declared dependencies.</summary>
    ModsCall = 1UL << 18,
    /// <summary>List mods.</summary>
    ModsInspect = 1UL << 19,
    /// <summary>Commands for players and operators.</summary>
    ConsoleCommand = 1UL << 20,
    /// <summary>Wall clock.</summary>
    TimeWall = 1UL << 21,
    /// <summary>Start, stop and reload other mods.</summary>
    ModsManage = 1UL << 22,
    /// <summary>Stop the server.</summary>
    ServerControl = 1UL << 23,
    /// <summary>Run source given as text.</summary>
    DebugExec = 1UL << 24,
    /// <summary>What an API row without annotation needs; no user mod can have it.</summary>
    Internal = 1UL << 63,
}

/// <summary>One permission as operators and documentation see it.</summary>
/// <param name="Bit">Its bit.</param>
/// <param name="Name">Name in manifests, server.toml and errors.</param>
/// <param name="Gives">What it allows.</param>
/// <param name="UserDefault">Whether user mods have it without asking.</param>
/// <param name="Grantable">Whether an operator may give it to a user mod.</param>
sealed record PermissionRow(Permission Bit, string Name, string Gives, bool UserDefault, bool Grantable);

/// <summary>The only list of permissions.</summary>
static class PermissionCatalog
{
    /// <summary>All rows in the order of the documentation.</summary>
    public static IReadOnlyList<PermissionRow> Rows { get; } =
    [
        new(Permission.Base, "base", "log, hooks, tasks, timers, events, own state", true, true),
        new(Permission.PlayerRead, "player.read", "see players: ids, names, languages, pings", true, true),
        new(Permission.PlayerAddress, "player.address", "see players' network addresses", false, true),
        new(Permission.PlayerWrite, "player.write", "change the state of any player", false, true),
        new(Permission.PlayerKick, "player.kick", "disconnect players, decide about kicks", false, true),
        new(Permission.PlayerBan, "player.ban", "keep players out, decide about bans", false, true),
        new(Permission.ChatRead, "chat.read", "hear what players say", true, true),
        new(Permission.ChatSend, "chat.send", "write lines of chat", true, true),
        new(Permission.ChatFilter, "chat.filter", "change or swallow lines of chat", false, true),
        new(Permission.ConnectDecide, "connect.decide", "see and refuse joins", false, true),
        new(Permission.NetMessage, "net.message", "messages to and from the mod's own client side", true, true),
        new(Permission.NetFilter, "net.filter", "see and refuse messages for any mod", false, true),
        new(Permission.WorldRead, "world.read", "read entities", true, true),
        new(Permission.WorldWrite, "world.write", "make and change own entities", true, true),
        new(Permission.WorldWriteAny, "world.write.any", "change entities of any mod", false, true),
        new(Permission.StorageKv, "storage.kv", "keys and values on disk, within a quota", false, true),
        new(Permission.StorageFile, "storage.file", "files in the mod's data folder", false, true),
        new(Permission.NetHttp, "net.http", "HTTP requests to hosts the operator lists", false, true),
        new(Permission.ModsCall, "mods.call", "call exports of declared dependencies", true, true),
        new(Permission.ModsInspect, "mods.inspect", "list mods and their versions", true, true),
        new(Permission.ConsoleCommand, "console.command", "register commands", true, true),
        new(Permission.TimeWall, "time.wall", "the wall clock; breaks determinism", false, true),
        new(Permission.ModsManage, "mods.manage", "start, stop and reload mods", false, false),
        new(Permission.ServerControl, "server.control", "stop the server", false, false),
        new(Permission.DebugExec, "debug.exec", "run source given as text", false, false),
    ];

    /// <summary>What a user mod has when nobody says anything.</summary>
    public static Permission UserDefault { get; } = Sum(Rows.Where(row => row.UserDefault));

    /// <summary>What an operator may give a user mod at most.</summary>
    public static Permission Grantable { get; } = Sum(Rows.Where(row => row.Grantable));

    /// <summary>Everything: core mods and the operator's bootstrap script.</summary>
    public static Permission All { get; } = Sum(Rows) | Permission.Internal;

    /// <summary>The row with this name; null when there is none.</summary>
    public static PermissionRow? Find(string name) => Rows.FirstOrDefault(row => row.Name == name);

    /// <summary>Names of the bits set, in catalog order.</summary>
    public static IReadOnlyList<string> Names(Permission mask) => [.. Rows.Where(row => (mask & row.Bit) != 0).Select(row => row.Name)];

    /// <summary>Names for an error message.</summary>
    public static string Text(Permission mask) => (mask & Permission.Internal) != 0 ? "core" : string.Join(", ", Names(mask));

    static Permission Sum(IEnumerable<PermissionRow> rows) => rows.Aggregate(Permission.None, (mask, row) => mask | row.Bit);
}
