using GameServer.Scripting;

namespace GameServer.Server.Config;

/// <summary>
/// Everything an operator can set. One record per table of server.toml; the key is the property's name in snake case
/// (<c>TickHz</c> is <c>tick_hz</c>). Immutable after start.
/// </summary>
sealed record ServerConfig
{
    [Section("The server as a whole.")]
    public ServerSection Server { get; init; } = new();

    [Section("The UDP port where players connect.")]
    public NetSection Net { get; init; } = new();

    [Section("Where mods are and how changes are noticed. Tables [mods.<id>] below it set one mod: see docs/operating.md.")]
    public ModsSection Mods { get; init; } = new();

    [Section("Entities of mods and how players get to see them.")]
    public WorldSection World { get; init; } = new();

    [Section("How scripts are run.")]
    public ScriptingSection Scripting { get; init; } = new();

    /// <summary>[limits.user]: limits of one mod of trust level user. The keys are those of <see cref="LimitCatalog"/>.</summary>
    public ModLimits LimitsUser { get; init; } = new();

    /// <summary>[limits.core]: limits of one mod of trust level core.</summary>
    public ModLimits LimitsCore { get; init; } = ModLimits.Core;

    [Section("Mods the operator trusts like the server itself.")]
    public CoreSection Core { get; init; } = new();

    [Section("Players and their places.")]
    public PlayersSection Players { get; init; } = new();

    [Section("Who players are: how the server knows that a name belongs to somebody.")]
    public AuthSection Auth { get; init; } = new();

    [Section("Keys and values of mods, in one file.")]
    public StorageSection Storage { get; init; } = new();

    [Section("HTTP requests of mods; the hosts of each are granted in [mods.<id>] http_hosts.")]
    public HttpSection Http { get; init; } = new();

    [Section("What the server writes about itself.")]
    public LogSection Log { get; init; } = new();

    [Section("The HTTP interface for operators; the command line verbs use it.")]
    public AdminSection Admin { get; init; } = new();

    /// <summary>Settings of single mods by id: tables <c>[mods.&lt;id&gt;]</c>.</summary>
    public IReadOnlyDictionary<string, ModSection> PerMod { get; init; } = new Dictionary<string, ModSection>();

    /// <summary>What is set of a mod's own configuration; empty for a mod without a table.</summary>
    public IReadOnlyDictionary<string, object> SettingsOf(string modId) => (PerMod.GetValueOrDefault(modId) ?? new ModSection()).Config;
}

/// <summary>[server]</summary>
sealed record ServerSection
{
    [Setting("The name players see.", Min = 1, Max = 64)]
    public string Name { get; init; } = "GameServer";

    [Setting("A development server: operators may run code in mods (gameserver eval). Never set it where players are strangers.")]
    public bool Dev { get; init; }

    [Setting("Ticks per second. Every tick reads the network, runs the mods and sends.", Min = 10, Max = 128, Unit = "Hz")]
    public int TickHz { get; init; } = 30;

    [Setting("After a stall, ticks that are made up for at once; older ones are skipped and reported.", Min = 1, Max = 100)]
    public int CatchUpTicksMax { get; init; } = 5;

    [Setting("Time for stopping cleanly: mods unload, players are told, logs are written. Then the process ends anyway.",
        Min = 1, Max = 300, Unit = "s")]
    public int ShutdownGraceS { get; init; } = 10;
}

/// <summary>[net]</summary>
sealed record NetSection
{
    [Setting("Local address to listen on; \"*\" is every address, IPv4 and IPv6.", Min = 1, Max = 64)]
    public string Address { get; init; } = "*";

    [Setting("UDP port; 0 takes a free one and logs it.", Min = 0, Max = 65535)]
    public int Port { get; init; } = 27015;

    [Setting("What a client must send to be let in, unless auth.mode is \"open\". It keeps strangers' clients out; it is not a secret once a client has it.", Max = 128)]
    public string Key { get; init; } = "gameserver";

    [Setting("Players at the same time. More are refused as full.", Min = 1, Max = 2000)]
    public int MaxPlayers { get; init; } = 64;

    [Setting("Players from one address at the same time; the server's own machine is not counted.", Min = 1, Max = 2000)]
    public int MaxPlayersPerAddress { get; init; } = 16;

    [Setting("A player who has been silent this long is gone.", Min = 1000, Max = 60000, Unit = "ms")]
    public int TimeoutMs { get; init; } = 5000;

    [Setting("Longest message taken from a player. Longer ones are dropped and counted.", Min = 256, Max = 262144, Unit = "bytes")]
    public int MessageBytesMax { get; init; } = 16384;

    [Setting("Messages per second taken from one player in the long run. At five times as many the player is disconnected.",
        Min = 1, Max = 10000, Unit = "1/s")]
    public int MessagesPerSecond { get; init; } = 60;

    [Setting("Messages one player may send at once.", Min = 1, Max = 100000)]
    public int MessagesBurst { get; init; } = 120;

    [Setting("Longest chat text. Longer ones are dropped and counted.", Min = 16, Max = 4096, Unit = "bytes")]
    public int ChatBytesMax { get; init; } = 512;

    [Setting("Chat lines per second taken from one player in the long run.", Min = 0.1, Max = 100, Unit = "1/s")]
    public double ChatPerSecond { get; init; } = 2;

    [Setting("Chat lines one player may send at once.", Min = 1, Max = 1000)]
    public int ChatBurst { get; init; } = 8;
}

/// <summary>[mods]</summary>
sealed record ModsSection
{
    [Setting("Folder with one folder per mod. Relative paths start at the folder of server.toml.", Min = 1, Max = 1024)]
    public string Folder { get; init; } = "mods";

    [Setting("Mods that are not loaded.", Max = 1000)]
    public IReadOnlyList<string> Disabled { get; init; } = [];

    [Setting("How saved files are noticed.")]
    public WatchMode Watch { get; init; } = WatchMode.Auto;

    [Setting("A mod is reloaded when its files have been quiet this long.", Min = 10, Max = 5000, Unit = "ms")]
    public int QuietMs { get; init; } = 100;

    [Setting("Interval of looking at the files when events do not arrive.", Min = 100, Max = 60000, Unit = "ms")]
    public int PollMs { get; init; } = 1000;
}

/// <summary>[world]</summary>
sealed record WorldSection
{
    [Setting("Snapshots per second and player: how often changed entities are sent. At most the ticks per second.", Min = 1, Max = 128, Unit = "Hz")]
    public double SnapshotHz { get; init; } = 10;

    [Setting("Bytes of snapshots per second and player, of all mods together; what does not fit is sent later.", Min = 1, Max = 100_000, Unit = "KiB/s")]
    public int PlayerKbps { get; init; } = 64;
}

/// <summary>Where the VMs of mods run.</summary>
enum ScriptingStrategy
{
    /// <summary>One after another on the tick thread.</summary>
    Inline,
}

/// <summary>[scripting]</summary>
sealed record ScriptingSection
{
    [Setting("Where the VMs of mods run.")]
    public ScriptingStrategy Strategy { get; init; } = ScriptingStrategy.Inline;
}

/// <summary>[core]</summary>
sealed record CoreSection
{
    [Setting("Ids of mods with trust level core: limits of [limits.core], every permission. \"kits@sha256:<hex>\" trusts only these files.",
        Max = 1000)]
    public IReadOnlyList<string> Mods { get; init; } = [];
}

/// <summary>How much is logged.</summary>
enum LogLevel
{
    /// <summary>Every message and hook.</summary>
    Debug,

    /// <summary>Start, stop, mods loaded, players joined and left.</summary>
    Info,

    /// <summary>What an operator should look at.</summary>
    Warn,

    /// <summary>What failed.</summary>
    Error,
}

/// <summary>[log]</summary>
sealed record LogSection
{
    [Setting("Least severe level that is written.")]
    public LogLevel Level { get; init; } = LogLevel.Info;

    [Setting("Write to the terminal.")]
    public bool Console { get; init; } = true;

    [Setting("Folder of the log files, one per day; empty writes none.", Max = 1024)]
    public string Folder { get; init; } = "logs";

    [Setting("Log files kept; older ones are deleted.", Min = 1, Max = 1000)]
    public int FilesMax { get; init; } = 14;

    [Setting("Size at which a new log file is begun within the day.", Min = 1, Max = 4096, Unit = "MiB")]
    public int FileMb { get; init; } = 64;
}

/// <summary>[players]</summary>
sealed record PlayersSection
{
    [Setting("A player whose connection was lost keeps its place, its number and everything mods know about it this long, and may come back to it. 0: it is gone at once.",
        Min = 0, Max = 3600, Unit = "s")]
    public int ReconnectWindowS { get; init; } = 15;
}

/// <summary>How identities are settled.</summary>
enum AuthMode
{
    /// <summary>Nothing is asked; players are guests.</summary>
    Open,

    /// <summary>The key of [net] is asked; players are guests.</summary>
    Key,

    /// <summary>The key and a signed ticket are asked for (docs/protocol.md, "Tickets").</summary>
    Ticket,
}

/// <summary>[auth]</summary>
sealed record AuthSection
{
    [Setting("\"open\": whoever knocks comes in, as a guest known by name. \"key\": the same for clients that send net.key. \"ticket\": players also bring a signed ticket from "
        + "your web back end.")]
    public AuthMode Mode { get; init; } = AuthMode.Key;

    [Setting("File with the key shared with the issuer of tickets: at least 32 bytes, used as they are.", Min = 1, Max = 1024)]
    public string TicketKeyFile { get; init; } = "config/ticket.key";

    [Setting("This server's name in tickets; tickets for another name are refused, those without one are taken.", Max = 64)]
    public string Audience { get; init; } = "";
}

/// <summary>[storage]</summary>
sealed record StorageSection
{
    [Setting("Offer storage to mods that have the permission storage.kv.")]
    public bool Enabled { get; init; } = true;

    [Setting("Database file; its folder is made.", Min = 1, Max = 1024)]
    public string File { get; init; } = "data/storage.db";

    [Setting("Keys and values one mod may keep.", Min = 1, Max = 65536, Unit = "MiB")]
    public int QuotaMb { get; init; } = 16;

    [Setting("One value.", Min = 1, Max = 16384, Unit = "KiB")]
    public int ValueKb { get; init; } = 256;

    [Setting("Storage calls of one mod that may wait at a time.", Min = 1, Max = 100000)]
    public int PendingMax { get; init; } = 1024;

    [Setting("Folder of the files of mods that have the permission storage.file, with one folder per mod; empty offers none.", Max = 1024)]
    public string FilesFolder { get; init; } = "data/files";

    [Setting("Files one mod may keep.", Min = 1, Max = 65536, Unit = "MiB")]
    public int FilesMb { get; init; } = 64;
}

/// <summary>[http]</summary>
sealed record HttpSection
{
    [Setting("Offer HTTP to mods that have the permission net.http.")]
    public bool Enabled { get; init; } = true;

    [Setting("Longest time for one request, redirects included.", Min = 1, Max = 300, Unit = "s")]
    public int TimeoutS { get; init; } = 30;

    [Setting("Longest body sent or received.", Min = 1, Max = 65536, Unit = "KiB")]
    public int BodyKb { get; init; } = 1024;

    [Setting("Requests of one mod under way at a time.", Min = 1, Max = 1000)]
    public int PerModMax { get; init; } = 16;
}

/// <summary>[admin]</summary>
sealed record AdminSection
{
    [Setting("Offer the interface. Without it the verbs that talk to a running server do not work.")]
    public bool Enabled { get; init; } = true;

    [Setting("Local address to listen on. Anything but loopback needs a proxy with TLS in front.", Min = 1, Max = 64)]
    public string Address { get; init; } = "127.0.0.1";

    [Setting("TCP port; 0 takes a free one and logs it.", Min = 0, Max = 65535)]
    public int Port { get; init; } = 27016;

    [Setting("File with the bearer token; made at the first start, readable by the owner alone.", Min = 1, Max = 1024)]
    public string TokenFile { get; init; } = "config/admin.token";
}

/// <summary>[mods.&lt;id&gt;]: what the operator settles for one mod.</summary>
sealed record ModSection
{
    /// <summary>Permissions granted although the trust level does not have them.</summary>
    public IReadOnlyList<string> Grant { get; init; } = [];

    /// <summary>Permissions taken away.</summary>
    public IReadOnlyList<string> Deny { get; init; } = [];

    /// <summary>Limits that replace those of the trust level, by key of <see cref="LimitCatalog"/>.</summary>
    public IReadOnlyDictionary<string, double> Limits { get; init; } = new Dictionary<string, double>();

    /// <summary>Hosts the mod may send HTTP requests to.</summary>
    public IReadOnlyList<string> HttpHosts { get; init; } = [];

    /// <summary>Whether these hosts may lie in private networks or on this machine.</summary>
    public bool HttpPrivate { get; init; }

    /// <summary>Values of the mod's own configuration: booleans, whole numbers, numbers, strings.</summary>
    public IReadOnlyDictionary<string, object> Config { get; init; } = new Dictionary<string, object>();
}
