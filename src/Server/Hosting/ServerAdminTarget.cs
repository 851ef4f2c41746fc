using GameServer.Net;
using GameServer.Scripting;
using GameServer.Scripting.Ports;
using GameServer.Server.Admin;
using GameServer.Server.Config;
using GameServer.Server.Observability;
using GameServer.Server.Players;
using GameServer.Server.Storage;
using GameServer.Toml;

namespace GameServer.Server.Hosting;

/// <summary>What admin commands act on: the parts of this server.</summary>
/// <remarks>Tick thread.</remarks>
sealed class ServerAdminTarget : IAdminTarget
{
    const string GroupPrefix = "group:";

    readonly LoadedConfig _loaded;
    readonly ServerConfig _config;
    readonly NetHost _net;
    readonly FileModConfig _modConfig;
    readonly PlayerRegistry _registry;
    readonly PlayerGateway _gateway;
    readonly PlayerCounters _counters;
    readonly BanList _bans;
    readonly PlayerRights _rights;
    readonly Whitelist _whitelist;
    readonly FloodWatch _floods;
    readonly BlackBox _blackBox;
    readonly AuditLog _audit;
    readonly TrafficRates _rates;
    readonly ShutdownSignal _shutdown;
    readonly TimeProvider _time;
    readonly long _start;

    public ServerAdminTarget(
        LoadedConfig loaded,
        NetHost net,
        ModHost mods,
        FileModConfig modConfig,
        PlayerRegistry registry,
        PlayerGateway gateway,
        PlayerCounters counters,
        BanList bans,
        PlayerRights rights,
        Whitelist whitelist,
        FloodWatch floods,
        BlackBox blackBox,
        AuditLog audit,
        ShutdownSignal shutdown,
        TimeProvider time)
    {
        _loaded = loaded;
        _config = loaded.Config;
        _net = net;
        Mods = mods;
        _modConfig = modConfig;
        _registry = registry;
        _gateway = gateway;
        _counters = counters;
        _bans = bans;
        _rights = rights;
        _whitelist = whitelist;
        _floods = floods;
        _blackBox = blackBox;
        _audit = audit;
        _shutdown = shutdown;
        _time = time;
        _start = time.GetTimestamp();
        _rates = new TrafficRates(time);
    }

    public ModHost Mods { get; }

    /// <summary>The stop that waits for players, set once it exists.</summary>
    public Drain? Drains { get; set; }

    /// <summary>The tick loop's figures, set once the loop exists.</summary>
    public TickStatistics Ticks { get; set; } = new();

    public Percentiles RecentTicks()
    {
        double[] sorted = [.. _blackBox.Marks().Select(mark => mark.Ms).Order()];
        return sorted.Length == 0 ? new Percentiles(0, 0, 0, 0) : new Percentiles(At(0.5), At(0.95), At(0.99), Math.Round(sorted[^1], 3));

        double At(double share) => Math.Round(sorted[(int)Math.Min(sorted.Length - 1, Math.Ceiling(sorted.Length * share))], 3);
    }

    public IReadOnlyList<LagTick> SlowTicks() => _blackBox.Slow();

    public IReadOnlyList<AuditEntry> Audit() => _audit.Recent();

    public ServerReport Server()
    {
        ServerReport report = Totals();
        long drops = Enum.GetValues<MessageDrop>().Sum(_counters.Dropped);
        (double inPerSecond, double outPerSecond, double dropsPerSecond) = _rates.See(report.InBytes, report.OutBytes, drops);
        return report with { InBytesPerSecond = inPerSecond, OutBytesPerSecond = outPerSecond, DropsPerSecond = dropsPerSecond };
    }

    ServerReport Totals() => new()
    {
        Name = _config.Server.Name,
        Version = ServerPort.ProgramVersion,
        UptimeSeconds = _time.GetElapsedTime(_start).TotalSeconds,
        Port = _net.LocalPort,
        TickRate = _config.Server.TickHz,
        Tick = Ticks.LastTick,
        TicksSkipped = Ticks.Skipped,
        TicksSlow = Ticks.Slow,
        TickMilliseconds = Summary(Ticks.Duration),
        LatenessMilliseconds = Summary(Ticks.Lateness),
        Players = _registry.All.Count,
        PlayersMax = _config.Net.MaxPlayers,
        InBytes = _net.Statistics[NetCounter.BytesReceived],
        OutBytes = _net.Statistics[NetCounter.BytesSent],
        Fields = new Dictionary<string, string>(Mods.QueryFields),
        Counters = Counters(),
    };

    public IReadOnlyList<PlayerReport> Players() => [.. _registry.All.Select(p => new PlayerReport(
        p.Id,
        p.Name,
        p.Uid,
        p.Trust.ToString().ToLowerInvariant(),
        p.Address,
        Math.Round(p.Ping.TotalMilliseconds, 1),
        Math.Round(p.ConnectedFor.TotalSeconds, 1),
        p.InBytes,
        p.OutBytes,
        p.Meter.Dropped,
        p.IsHeld ? "held" : "in"))];

    public IReadOnlyList<BanReport> Bans() =>
        [.. _bans.All.Where(b => b.IsActive(_time.GetUtcNow())).Select(b => new BanReport(b.Id, b.Uid, b.Address?.ToString(), b.Name, b.Reason, b.By, b.Created, b.Expires))];

    public AdminAnswer Kick(string who, string reason, string by) => Find(who) is { } player
        ? new AdminAnswer(_gateway.Kick(player, reason), $"{player.Name} ({player.Id}) is kicked")
        : new AdminAnswer(false, $"nobody online is '{who}'");

    public AdminAnswer Ban(string who, string reason, TimeSpan? duration, string by)
    {
        Player? player = Find(who);
        AddressRange? range = null;
        if (player is null && AddressRange.TryParse(who, out AddressRange parsed))
            range = parsed;
        string? uid = player?.Uid ?? (range is null ? UidOf(who) : null);
        if (_gateway.Ban(uid, range, player?.Name ?? "", reason, by, duration, out int left) is not { } ban)
            return new AdminAnswer(false, $"the list of bans is full ({BanList.BansMax})");
        return new AdminAnswer(true, $"{ban.Id}: {uid ?? range!.Value.ToString()} is banned; {left} online are disconnected");
    }

    public AdminAnswer Unban(string which, string by)
    {
        int lifted = _bans.Remove(which);
        if (lifted == 0)
            lifted = _bans.Remove(UidOf(which));
        return new AdminAnswer(lifted > 0, lifted > 0 ? $"{lifted} bans lifted" : $"no ban matches '{which}'");
    }

    public RightsReport Rights() => new(
        [.. _rights.Groups.Select(group => new GroupReport(group.Name, [.. group.Inherits], [.. group.Rules.Written]))],
        [.. _rights.Players.Select(player => new HolderReport(player.Uid, player.Name, [.. player.Groups], [.. player.Rules.Written]))],
        [.. Mods.Rights()]);

    public AdminAnswer ExplainRight(string who, string right)
    {
        string uid = Identity(who).Uid;
        (bool has, string why) = Mods.Explain(uid, right);
        return new AdminAnswer(true, $"{uid} {(has ? "has" : "does not have")} {right}: {why}");
    }

    public AdminAnswer SetRight(string who, string right, bool? granted)
    {
        string Done(string whom) => granted switch
        {
            true => $"{right} is granted to {whom}",
            false => $"{right} is refused to {whom}",
            null => $"there is no rule about {right} for {whom} any more",
        };
        if (GroupOf(who) is { } group)
            return Answer(_rights.SetGroup(group, right, granted), Done($"the group {group}"));
        (string uid, string name) = Identity(who);
        return Answer(_rights.SetPlayer(uid, name, right, granted), Done(uid) + Unsure(uid, granted));
    }

    public AdminAnswer SetMembership(string who, string group, bool member)
    {
        (string uid, string name) = Identity(who);
        return member
            ? Answer(_rights.Join(uid, name, group), $"{uid} is in the group {group}{Unsure(uid, true)}")
            : Answer(_rights.Leave(uid, group), $"{uid} is no longer in the group {group}");
    }

    public AdminAnswer CreateGroup(string name, IReadOnlyList<string> inherits) => Answer(_rights.CreateGroup(name, inherits), $"the group {name} is there");

    public AdminAnswer DeleteGroup(string name) => Answer(_rights.DeleteGroup(name), $"the group {name} is gone");

    public AdminAnswer ReloadRights()
    {
        List<TomlError> problems = [];
        _rights.Reload(problems);
        return new AdminAnswer(problems.Count == 0, problems.Count == 0
            ? $"{_rights.Groups.Count} groups, {_rights.Players.Count} players"
            : string.Join('\n', problems.Select(problem => $"config/permissions.toml:{problem}")));
    }

    static AdminAnswer Answer(string? refusal, string done) => new(refusal is null, refusal ?? done);

    static string? GroupOf(string who) => who.StartsWith(GroupPrefix, StringComparison.Ordinal) ? who[GroupPrefix.Length..] : null;

    (string Uid, string Name) Identity(string who) => Find(who) is { } player ? (player.Uid, player.Name) : (UidOf(who), "");

    // Without a ticket or a key anybody may come under a name nobody else is using.
    static string Unsure(string uid, bool? granted) => granted == true && uid.StartsWith(JoinGate.GuestPrefix, StringComparison.Ordinal)
        ? "; careful: this identity is nothing but a name, which anybody may use (see [auth] mode)"
        : "";

    public IReadOnlyList<WhitelistReport> Whitelist() =>
        [.. _whitelist.All.Select(e => new WhitelistReport(e.Who, e.Note, e.By, e.Added, _whitelist.IsOn ? "on" : "off"))];

    public AdminAnswer WhitelistAdd(string who, string by)
    {
        Player? player = Find(who);
        AddressRange? range = player is null && AddressRange.TryParse(who, out AddressRange parsed) ? parsed : null;
        string? uid = player?.Uid ?? (range is null ? UidOf(who) : null);
        if (!_whitelist.Add(uid, range, player?.Name ?? "", by))
            return new AdminAnswer(false, $"the whitelist is full ({GameServer.Server.Players.Whitelist.EntriesMax})");
        return new AdminAnswer(true, $"{uid ?? range!.Value.ToString()} may join{(_whitelist.IsOn ? "" : "; the list is off, so may everybody")}");
    }

    public AdminAnswer WhitelistRemove(string who, string by)
    {
        string uid = Find(who)?.Uid ?? UidOf(who);
        string range = AddressRange.TryParse(who, out AddressRange parsed) ? parsed.ToString() : who;
        bool removed = _whitelist.Remove(who) || _whitelist.Remove(uid) || _whitelist.Remove(range);
        return new AdminAnswer(removed, removed ? $"{who} is off the list" : $"'{who}' is not on the list");
    }

    public AdminAnswer WhitelistSwitch(bool on, string by)
    {
        _whitelist.Switch(on);
        return new AdminAnswer(true, on ? $"only those on the list may join now ({_whitelist.Count} entries)" : "everybody may join now");
    }

    public ShieldReport Shield() => new(
        _net.IsShielded, _net.Statistics[NetCounter.Shielded], _net.Statistics[NetCounter.StrangerRate], _net.Statistics[NetCounter.StrangerPacket], _floods.Last);

    public AdminAnswer ShieldSwitch(bool on, string by)
    {
        _net.IsShielded = on;
        return new AdminAnswer(true, on
            ? "the shield is on: newcomers from networks that had players go first, all others wait; players online notice nothing"
            : "the shield is off");
    }

    public void Say(string text)
    {
        foreach (IPlayer player in _gateway.All)
            _gateway.Chat(player, null, text);
    }

    public AdminAnswer ReloadConfig()
    {
        if (_loaded.Again?.Invoke() is not { } fresh) return new AdminAnswer(false, "these settings did not come from a file");
        if (fresh.HasErrors) return new AdminAnswer(false, string.Join('\n', fresh.Problems.Where(problem => !problem.IsWarning)));
        ModOrder order = Mods.Reconfigure(ServerOptionsMap.Mods(fresh));
        int settings = _modConfig.Settle(fresh.Config.SettingsOf);
        string[] waiting = [.. SettingCatalog.All.Where(setting => !setting.IsSame(_loaded.Config, fresh.Config) && !TakesEffect(setting)).Select(setting => setting.FullKey)];
        string told = settings == 0 ? "" : $"; settings of {settings} changed";
        return new AdminAnswer(true, order.Message + told + (waiting.Length == 0 ? "" : $"; after a restart: {string.Join(", ", waiting)}"));
    }

    static bool TakesEffect(Setting setting) => setting.Section is "limits.user" or "limits.core" or "core";

    public void Stop(string reason) => _shutdown.Request(reason);

    public AdminAnswer DrainPlayers(TimeSpan? limit, string reason) => Drains?.Begin(limit, reason) ?? new AdminAnswer(false, "the server is not running yet");

    public AdminAnswer CancelDrain() => Drains?.Cancel() ?? new AdminAnswer(false, "the server is not running yet");

    // Guests are known by name, so a name stands for the identity made from it.
    string UidOf(string who) => _config.Auth.Mode == AuthMode.Ticket || who.Contains(':') ? who : JoinGate.GuestUid(who);

    Player? Find(string who) =>
        (int.TryParse(who, out int id) ? _registry.ById(id) : null)
        ?? _registry.All.FirstOrDefault(p => p.Uid == who || string.Equals(p.Name, who, StringComparison.OrdinalIgnoreCase));

    Dictionary<string, long> Counters()
    {
        Dictionary<string, long> counters = [];
        foreach (NetCounter counter in Enum.GetValues<NetCounter>())
            counters[$"net_{Snake(counter.ToString())}"] = _net.Statistics[counter];
        foreach (LeaveCode code in Enum.GetValues<LeaveCode>().Where(c => c != LeaveCode.None))
            counters[$"refused_{Snake(code.ToString())}"] = _counters.Refused(code);
        foreach (MessageDrop why in Enum.GetValues<MessageDrop>())
            counters[$"dropped_{Snake(why.ToString())}"] = _counters.Dropped(why);
        counters["players_joined"] = _counters.Joined;
        counters["players_held"] = _counters.Held;
        counters["players_resumed"] = _counters.Resumed;
        counters["joins_never_arrived"] = _counters.NeverArrived;
        counters["world_bytes_out"] = Mods.WorldBytesSent;
        counters["messages_in"] = _counters.MessagesIn;
        counters["messages_out"] = _counters.MessagesOut;
        return counters;
    }

    static string Snake(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    static Percentiles Summary(Histogram histogram) => new(
        histogram.Percentile(0.5) / 1000.0,
        histogram.Percentile(0.95) / 1000.0,
        histogram.Percentile(0.99) / 1000.0,
        histogram.MaxMicroseconds / 1000.0);
}
