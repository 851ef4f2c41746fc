using GameServer.Scripting;

namespace GameServer.Server.Admin;

/// <summary>What admin commands act on, answered by the composition. Tick thread.</summary>
interface IAdminTarget
{
    /// <summary>The mods.</summary>
    ModHost Mods { get; }

    /// <summary>Numbers of the server as a whole.</summary>
    ServerReport Server();

    /// <summary>Time of the last ticks, percentiles in milliseconds. Any thread.</summary>
    Percentiles RecentTicks();

    /// <summary>The last ticks that were too long, the latest first. Any thread.</summary>
    IReadOnlyList<LagTick> SlowTicks();

    /// <summary>The last changes of operators, the latest first. Any thread.</summary>
    IReadOnlyList<AuditEntry> Audit();

    /// <summary>Everybody online.</summary>
    IReadOnlyList<PlayerReport> Players();

    /// <summary>Bans in force.</summary>
    IReadOnlyList<BanReport> Bans();

    /// <summary>Ends a player's connection.</summary>
    /// <param name="who">Number, identity or exact name.</param>
    /// <param name="reason">Shown to the player.</param>
    /// <param name="by">Who orders it.</param>
    AdminAnswer Kick(string who, string reason, string by);

    /// <summary>Keeps somebody out: a player online (number, name), an identity, or an address range.</summary>
    /// <param name="who">Whom.</param>
    /// <param name="reason">Shown to the player.</param>
    /// <param name="duration">How long; null = for good.</param>
    /// <param name="by">Who orders it.</param>
    AdminAnswer Ban(string who, string reason, TimeSpan? duration, string by);

    /// <summary>Lifts bans by id, identity or address range.</summary>
    AdminAnswer Unban(string which, string by);

    /// <summary>Rights of players: groups, players with rules, and the rights that mods know.</summary>
    RightsReport Rights();

    /// <summary>Says whether somebody has a right, and which rule decided.</summary>
    AdminAnswer ExplainRight(string who, string right);

    /// <summary>Sets a rule of a player, or of a group written <c>group:NAME</c>.</summary>
    /// <param name="who">Number, identity or exact name of a player online, any identity, or a group.</param>
    /// <param name="right">A right or a pattern.</param>
    /// <param name="granted">Granted or refused; null takes the rule away.</param>
    AdminAnswer SetRight(string who, string right, bool? granted);

    /// <summary>Puts a player into a group, or takes it out.</summary>
    AdminAnswer SetMembership(string who, string group, bool member);

    /// <summary>Makes a group, or settles what it inherits.</summary>
    AdminAnswer CreateGroup(string name, IReadOnlyList<string> inherits);

    /// <summary>Removes a group.</summary>
    AdminAnswer DeleteGroup(string name);

    /// <summary>Reads permissions.toml again.</summary>
    AdminAnswer ReloadRights();

    /// <summary>Who may join while the whitelist is on.</summary>
    IReadOnlyList<WhitelistReport> Whitelist();

    /// <summary>Puts somebody on the whitelist: a player online (number, name), an identity, a name, or an address range.</summary>
    AdminAnswer WhitelistAdd(string who, string by);

    /// <summary>Takes somebody off the whitelist; written as for adding.</summary>
    AdminAnswer WhitelistRemove(string who, string by);

    /// <summary>Puts the whitelist in force, or out of it. Nobody online is disconnected.</summary>
    AdminAnswer WhitelistSwitch(bool on, string by);

    /// <summary>The shield against floods of strangers.</summary>
    ShieldReport Shield();

    /// <summary>Turns the shield on or off.</summary>
    AdminAnswer ShieldSwitch(bool on, string by);

    /// <summary>Shows a line of chat to everybody.</summary>
    void Say(string text);

    /// <summary>Reads the settings again; limits and rights of mods take effect.</summary>
    AdminAnswer ReloadConfig();

    /// <summary>Starts a clean stop at the end of the tick.</summary>
    void Stop(string reason);

    /// <summary>Lets nobody new in, and stops when the last player has left or the time is up.</summary>
    /// <param name="limit">Longest wait; null waits for the last player.</param>
    /// <param name="reason">Shown to players and mods.</param>
    AdminAnswer DrainPlayers(TimeSpan? limit, string reason);

    /// <summary>Takes a stop that waits back.</summary>
    AdminAnswer CancelDrain();
}

/// <summary>What came of a command.</summary>
/// <param name="Ok">Whether it was carried out.</param>
/// <param name="Message">One sentence.</param>
sealed record AdminAnswer(bool Ok, string Message);

/// <summary>The server at one moment.</summary>
sealed record ServerReport
{
    /// <summary>Name players see.</summary>
    public string Name { get; init; } = "";
    /// <summary>Version of the program.</summary>
    public string Version { get; init; } = "";
    /// <summary>Seconds since start.</summary>
    public double UptimeSeconds { get; init; }
    /// <summary>UDP port.</summary>
    public int Port { get; init; }
    /// <summary>Ticks per second.</summary>
    public int TickRate { get; init; }
    /// <summary>Number of the last tick.</summary>
    public long Tick { get; init; }
    /// <summary>Ticks left out after stalls.</summary>
    public long TicksSkipped { get; init; }
    /// <summary>Ticks longer than a period.</summary>
    public long TicksSlow { get; init; }
    /// <summary>Time of a tick, percentiles in milliseconds.</summary>
    public Percentiles TickMilliseconds { get; init; } = new(0, 0, 0, 0);
    /// <summary>How late ticks began, percentiles in milliseconds.</summary>
    public Percentiles LatenessMilliseconds { get; init; } = new(0, 0, 0, 0);
    /// <summary>Players online.</summary>
    public int Players { get; init; }
    /// <summary>Slots.</summary>
    public int PlayersMax { get; init; }
    /// <summary>Payload and protocol bytes received since start.</summary>
    public long InBytes { get; init; }
    /// <summary>Bytes sent since start.</summary>
    public long OutBytes { get; init; }
    /// <summary>What mods show about the server, by <c>mod.key</c>.</summary>
    public IReadOnlyDictionary<string, string> Fields { get; init; } = new Dictionary<string, string>();
    /// <summary>Bytes received per second, lately.</summary>
    public double InBytesPerSecond { get; init; }
    /// <summary>Bytes sent per second, lately.</summary>
    public double OutBytesPerSecond { get; init; }
    /// <summary>Messages of players that were thrown away, per second, lately.</summary>
    public double DropsPerSecond { get; init; }
    /// <summary>Counters of the transport and of refusals, by name.</summary>
    public IReadOnlyDictionary<string, long> Counters { get; init; } = new Dictionary<string, long>();
}

/// <summary>Percentiles of a duration.</summary>
/// <param name="P50">Median.</param>
/// <param name="P95">95 %.</param>
/// <param name="P99">99 %.</param>
/// <param name="Max">Longest.</param>
sealed record Percentiles(double P50, double P95, double P99, double Max);

/// <summary>A player online; state is <c>in</c>, or <c>held</c> while its connection is lost and its place kept.</summary>
sealed record PlayerReport(
    int Id, string Name, string Uid, string Trust, string Address, double PingMilliseconds, double ConnectedSeconds, long InBytes, long OutBytes, long Dropped, string State);

/// <summary>An entry of the whitelist; state is <c>on</c> or <c>off</c> for the list as a whole.</summary>
sealed record WhitelistReport(string Who, string Note, string By, DateTimeOffset Added, string State);

/// <summary>The shield: whether it is on, what it has held off, what the limits have, and the last flood.</summary>
sealed record ShieldReport(bool On, long Shielded, long OverRate, long Senseless, string LastFlood);

/// <summary>Rights of players.</summary>
/// <param name="Groups">Groups.</param>
/// <param name="Players">Players with rules or groups.</param>
/// <param name="Known">Rights that mods know.</param>
sealed record RightsReport(IReadOnlyList<GroupReport> Groups, IReadOnlyList<HolderReport> Players, IReadOnlyList<RightInfo> Known);

/// <summary>A group of players.</summary>
sealed record GroupReport(string Name, IReadOnlyList<string> Inherits, IReadOnlyList<string> Rights);

/// <summary>A player with rules or groups.</summary>
sealed record HolderReport(string Uid, string Name, IReadOnlyList<string> Groups, IReadOnlyList<string> Rights);

/// <summary>A ban in force.</summary>
sealed record BanReport(string Id, string? Uid, string? Address, string Name, string Reason, string By, DateTimeOffset Created, DateTimeOffset? Expires);
