using System.CommandLine;
using GameServer.Server.Config;

namespace GameServer.Server.Cli.Terminal;

/// <summary><c>gameserver console</c>: a command line inside a running server, with its log.</summary>
static class ConsoleCommand
{
    public static Command Create()
    {
        Option<bool> quiet = new("--quiet", "-q") { Description = "Begin without the log; 'log info' turns it on." };
        Command console = new(
            "console",
            "Attaches to a running server: its log as it is written, and a command line for everything that gameserver can do with a running server."
            + " Tab completes, the up and down keys recall lines, Ctrl+C ends what runs or clears the line, Ctrl+D leaves. Lines from a pipe are carried out one by one."
            + "\n\nExample: gameserver console")
        {
            quiet,
        };
        ConfigOptions config = new(console);
        console.SetAction((parsed, _) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            LoadedConfig loaded = config.Load(parsed);
            return AdminConnection.UseAsync(loaded, error, client =>
                new ConsoleSession(client, config.ToArguments(parsed), output, error).RunAsync(parsed.GetValue(quiet)));
        });
        return console;
    }
}
