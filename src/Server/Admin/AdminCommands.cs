using GameServer.Scripting;

namespace GameServer.Server.Admin;

/// <summary>The one table of admin commands. Every front (HTTP, console, command line) and the OpenAPI document read it.</summary>
static partial class AdminCommands
{
    static readonly AdminArgument Mod = new("id", AdminType.Text, "Id of the mod.");
    static readonly AdminArgument Reason = new("reason", AdminType.Text, "Shown to the player.", Required: false);

    /// <summary>All commands.</summary>
    public static AdminCommand[] All { get; } =
    [
        new()
        {
            Name = "status", Method = "GET", Route = "/status", Summary = "Shows the server: ticks, players, traffic, counters.", Example = "status",
            Execute = call => call.Target.Server(), Stale = (last, _) => last.Server,
        },
        new()
        {
            Name = "mod list", Method = "GET", Route = "/mods", Summary = "Lists every mod with its state and cost.", Example = "mod list",
            Execute = call => call.Target.Mods.List(), Stale = (last, _) => last.Mods,
        },
        .. Looking,
        Order("reload", "Reads a mod's files again and swaps it in.", (mods, id) => mods.Reload(id)),
        Order("start", "Starts a mod that is not running.", (mods, id) => mods.Start(id)),
        Order("stop", "Unloads a mod until it is started again.", (mods, id) => mods.Stop(id), cutsShort: true),
        Order("suspend", "Keeps a mod in memory but does not call it.", (mods, id) => mods.Suspend(id), cutsShort: true),
        new()
        {
            Name = "mod limit", Method = "POST", Route = "/mods/{id}/limits", Summary = "Sets one limit of one mod from now on.",
            Example = "mod limit hello tick_budget_ms 8",
            Arguments = [Mod, new("key", AdminType.Text, "Key as in [limits.user]."), new("value", AdminType.Number, "New value.")],
            Execute = call => Answer(call.Target.Mods.SetLimit(call.Text("id"), call.Text("key"), call.Number("value") ?? 0)),
        },
        new()
        {
            Name = "config reload", Method = "POST", Route = "/config/reload", Summary = "Reads server.toml again: limits, rights, trust and settings of mods take effect at once.",
            Example = "config reload",
            Execute = call => call.Target.ReloadConfig(),
        },
        new()
        {
            Name = "players", Method = "GET", Route = "/players", Summary = "Lists everybody online.", Example = "players",
            Execute = call => call.Target.Players(), Stale = (last, _) => last.Players,
        },
        new()
        {
            Name = "kick", Method = "POST", Route = "/players/{who}/kick", Summary = "Ends a player's connection.",
            Example = "kick Ada --reason \"team kill\"",
            Arguments = [new("who", AdminType.Text, "Number, identity or exact name."), Reason],
            Execute = call => call.Target.Kick(call.Text("who"), OrDefault(call.Text("reason"), "kicked by an operator"), call.By),
        },
        new()
        {
            Name = "bans", Method = "GET", Route = "/bans", Summary = "Lists the bans in force.", Example = "bans", Execute = call => call.Target.Bans(),
        },
        new()
        {
            Name = "ban", Method = "POST", Route = "/bans", Summary = "Keeps somebody out; a player online is disconnected.",
            Example = "ban Ada --for 7d --reason \"team kill\"",
            Arguments =
            [
                new("who", AdminType.Text, "Number or name of a player online, an identity, or an address range like 203.0.113.0/24."), Reason,
                new("seconds", AdminType.Number, "How long; for good when left out.", Required: false),
            ],
            Execute = call => Duration(call.Number("seconds"), out TimeSpan? duration)
                ? call.Target.Ban(call.Text("who"), OrDefault(call.Text("reason"), "banned by an operator"), duration, call.By)
                : new AdminAnswer(false, "seconds: a positive number up to ten years"),
        },
        new()
        {
            Name = "unban", Method = "DELETE", Route = "/bans/{which}", Summary = "Lifts bans.", Example = "unban 203.0.113.0/24",
            Arguments = [new("which", AdminType.Text, "Id of the ban, an identity, or an address range.")],
            Execute = call => call.Target.Unban(call.Text("which"), call.By),
        },
        .. PermsCommands.All,
        new() { Name = "commands", Method = "GET", Route = "/commands", Summary = "Lists the commands of mods.", Execute = call => call.Target.Mods.Commands() },
        new()
        {
            Name = "whitelist list", Method = "GET", Route = "/whitelist", Summary = "Lists who may join while the whitelist is on.",
            Execute = call => call.Target.Whitelist(),
        },
        new()
        {
            Name = "whitelist add", Method = "POST", Route = "/whitelist", Summary = "Puts somebody on the whitelist.", Example = "whitelist add Ada",
            Arguments = [new("who", AdminType.Text, "Number or name of a player online, a name, an identity, or an address range like 203.0.113.0/24.")],
            Execute = call => call.Target.WhitelistAdd(call.Text("who"), call.By),
        },
        new()
        {
            Name = "whitelist remove", Method = "DELETE", Route = "/whitelist/{who}", Summary = "Takes somebody off the whitelist.", Example = "whitelist remove Ada",
            Arguments = [new("who", AdminType.Text, "As it was added, or as the list shows it.")],
            Execute = call => call.Target.WhitelistRemove(call.Text("who"), call.By),
        },
        Switch("whitelist", true, "Lets in only who is on the whitelist. Nobody online is disconnected.", (target, on, by) => target.WhitelistSwitch(on, by)),
        Switch("whitelist", false, "Lets in everybody again.", (target, on, by) => target.WhitelistSwitch(on, by)),
        new() { Name = "shield status", Method = "GET", Route = "/shield", Summary = "Shows the shield and the last flood.", Execute = call => call.Target.Shield() },
        Switch("shield", true, "Under attack: newcomers from networks that had players go first, all others share a small rate.", (target, on, by) => target.ShieldSwitch(on, by)),
        Switch("shield", false, "Lets newcomers from everywhere in at the usual rates again.", (target, on, by) => target.ShieldSwitch(on, by)),
        new()
        {
            Name = "say", Method = "POST", Route = "/say", Summary = "Shows a line of chat to everybody.",
            Example = "say \"restart in five minutes\"",
            Arguments = [new("text", AdminType.Text, "The line.")],
            Execute = call =>
            {
                call.Target.Say(call.Text("text"));
                return new AdminAnswer(true, "said");
            },
        },
        new()
        {
            Name = "command", Method = "POST", Route = "/command", Summary = "Runs a command that a mod offers to operators.",
            Example = "command \"kit sword\"",
            Arguments = [new("line", AdminType.Text, "Name and arguments.")],
            Execute = call =>
            {
                var lines = new List<string>();
                bool known = call.Target.Mods.ConsoleCommand(call.By, call.Text("line"), lines.Add);
                return new AdminAnswer(known, known ? string.Join('\n', lines) : "no mod knows this command");
            },
        },
        new()
        {
            Name = "drain", Method = "POST", Route = "/drain", Summary = "Lets nobody new in, tells the players, and stops when the last has left or the time is up.",
            Arguments =
            [
                new("seconds", AdminType.Number, "Longest wait; without it the last player decides.", Required: false),
                new("reason", AdminType.Text, "Shown to players and mods.", Required: false),
            ],
            Execute = call => Duration(call.Number("seconds"), out TimeSpan? limit)
                ? call.Target.DrainPlayers(limit, OrDefault(call.Text("reason"), "stopped by an operator"))
                : new AdminAnswer(false, "seconds: a positive number up to ten years"),
        },
        new()
        {
            Name = "undrain", Method = "POST", Route = "/undrain", Summary = "Takes a drain back: players may come in again.",
            Execute = call => call.Target.CancelDrain(),
        },
        new()
        {
            Name = "stop", Method = "POST", Route = "/stop", Summary = "Stops the server cleanly.",
            Example = "stop --reason \"back in five minutes\"",
            Arguments = [new("reason", AdminType.Text, "Shown to players and mods.", Required: false)],
            Execute = call =>
            {
                call.Target.Stop(OrDefault(call.Text("reason"), "stopped by an operator"));
                return new AdminAnswer(true, "stopping at the end of the tick");
            },
        },
    ];

    static AdminCommand Order(string verb, string summary, Func<ModHost, string, ModOrder> order, bool cutsShort = false) => new()
    {
        Name = $"mod {verb}", Method = "POST", Route = $"/mods/{{id}}/{verb}", Summary = summary, Arguments = [Mod], Example = $"mod {verb} hello", CutsShort = cutsShort,
        Execute = call => call.Target.Mods.Status(call.Text("id")) == null ? null : Answer(order(call.Target.Mods, call.Text("id"))),
    };

    static AdminCommand Switch(string what, bool on, string summary, Func<IAdminTarget, bool, string, AdminAnswer> turn) => new()
    {
        Name = $"{what} {(on ? "on" : "off")}", Method = "POST", Route = $"/{what}/{(on ? "on" : "off")}", Summary = summary,
        Execute = call => turn(call.Target, on, call.By),
    };

    static AdminAnswer Answer(ModOrder order) => new(order.Accepted, order.Message);

    static string OrDefault(string text, string fallback) => text.Length > 0 ? text : fallback;

    static bool Duration(double? seconds, out TimeSpan? duration)
    {
        const double TenYears = 315_360_000;
        duration = null;
        if (seconds is not { } value) return true;
        if (!(value > 0 && value <= TenYears)) return false;
        duration = TimeSpan.FromSeconds(value);
        return true;
    }
}
