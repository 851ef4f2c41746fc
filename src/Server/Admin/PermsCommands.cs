namespace GameServer.Server.Admin;

/// <summary>Rows of the command table about rights of players.</summary>
static class PermsCommands
{
    static readonly AdminArgument Who = new("who", AdminType.Text, "Number or name of a player online, an identity, or group:NAME.");
    static readonly AdminArgument Player = new("who", AdminType.Text, "Number or name of a player online, or an identity.");
    static readonly AdminArgument Right = new("right", AdminType.Text, "A right like kits.use, all below a name like kits.*, or *.");
    static readonly AdminArgument Group = new("group", AdminType.Text, "Name of the group.");

    /// <summary>The rows.</summary>
    public static AdminCommand[] All { get; } =
    [
        new() { Name = "perms list", Method = "GET", Route = "/perms/players", Summary = "Lists players with rights or groups.", Execute = call => call.Target.Rights().Players },
        new() { Name = "perms groups", Method = "GET", Route = "/perms/groups", Summary = "Lists groups of players.", Execute = call => call.Target.Rights().Groups },
        new()
        {
            Name = "perms known", Method = "GET", Route = "/perms/known", Summary = "Lists the rights that mods and their commands ask for.",
            Execute = call => call.Target.Rights().Known,
        },
        new()
        {
            Name = "perms explain", Method = "GET", Route = "/perms/players/{who}/explain/{right}", Summary = "Says whether a player has a right, and which rule decides.",
            Example = "perms explain Ada kits.use",
            Arguments = [Player, new("right", AdminType.Text, "A right like kits.use.")], Execute = call => call.Target.ExplainRight(call.Text("who"), call.Text("right")),
        },
        Rule("grant", "Grants a right.", true),
        Rule("deny", "Refuses a right, also where a group grants it.", false),
        Rule("revoke", "Takes back what grant or deny said.", null),
        new()
        {
            Name = "perms join", Method = "POST", Route = "/perms/players/{who}/join", Summary = "Puts a player into a group.",
            Example = "perms join Ada staff", Arguments = [Player, Group],
            Execute = call => call.Target.SetMembership(call.Text("who"), call.Text("group"), true),
        },
        new()
        {
            Name = "perms leave", Method = "POST", Route = "/perms/players/{who}/leave", Summary = "Takes a player out of a group.",
            Example = "perms leave Ada staff", Arguments = [Player, Group],
            Execute = call => call.Target.SetMembership(call.Text("who"), call.Text("group"), false),
        },
        new()
        {
            Name = "perms group", Method = "POST", Route = "/perms/groups", Summary = "Makes a group, or settles what it inherits.",
            Example = "perms group staff --inherits helpers",
            Arguments = [Group, new("inherits", AdminType.Text, "Groups whose rules count where its own say nothing, separated by commas.", Required: false)],
            Execute = call => call.Target.CreateGroup(call.Text("group"), call.Text("inherits").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)),
        },
        new()
        {
            Name = "perms ungroup", Method = "DELETE", Route = "/perms/groups/{group}", Summary = "Removes a group.",
            Example = "perms ungroup staff", Arguments = [Group],
            Execute = call => call.Target.DeleteGroup(call.Text("group")),
        },
        new()
        {
            Name = "perms reload", Method = "POST", Route = "/perms/reload", Summary = "Reads config/permissions.toml again.", Execute = call => call.Target.ReloadRights(),
        },
    ];

    static AdminCommand Rule(string verb, string summary, bool? granted) => new()
    {
        Name = $"perms {verb}", Method = "POST", Route = $"/perms/players/{{who}}/{verb}", Summary = summary, Arguments = [Who, Right], Example = $"perms {verb} Ada kits.use",
        Execute = call => call.Target.SetRight(call.Text("who"), call.Text("right"), granted),
    };
}
