using System.CommandLine;
using GameServer.Server.Admin;

namespace GameServer.Server.Cli.Operating;

/// <summary><c>gameserver stop</c>: at once, or when the players have left.</summary>
static class StopCommand
{
    /// <summary>Puts the verb in the place of the plain one that the table of admin commands makes.</summary>
    public static void Replace(Command root)
    {
        root.Subcommands.Remove(root.Subcommands.First(command => command.Name == "stop"));
        Option<bool> whenEmpty = new("--when-empty") { Description = "Let nobody new in, and stop when the last player has left." };
        Option<TimeSpan?> drain = new("--drain")
        {
            Description = "Let nobody new in, tell the players, and stop when they have left or after this time, like 90s, 10m or 1h.",
            HelpName = "TIME",
            CustomParser = AdminVerbs.ParseDuration,
        };
        Option<string?> reason = new("--reason") { Description = "Shown to players and mods.", HelpName = "TEXT" };
        Option<bool> json = new("--json") { Description = "Print the answer as JSON." };
        Command stop = new(
            "stop", "Stop the server cleanly: at once, or when the players have left; gameserver undrain takes a waiting stop back.\n\nExample: gameserver stop --drain 10m")
        {
            whenEmpty, drain, reason, json,
        };
        ConfigOptions config = new(stop);
        stop.SetAction((parsed, _) =>
        {
            bool waits = parsed.GetValue(whenEmpty) || parsed.GetValue(drain) is not null;
            Dictionary<string, object> values = [];
            if (parsed.GetValue(reason) is { Length: > 0 } text) values["reason"] = text;
            if (parsed.GetValue(drain) is { } limit) values["seconds"] = limit.TotalSeconds;
            AdminCommand row = AdminCommands.All.First(command => command.Name == (waits ? "drain" : "stop"));
            return AdminVerbs.RunAsync(row, values, config, parsed, parsed.GetValue(json));
        });
        root.Subcommands.Add(stop);
    }
}
