using System.CommandLine;

namespace GameServer.Server.Cli.Terminal;

/// <summary>The verbs that look at a running server in a way of their own.</summary>
static class TerminalVerbs
{
    /// <summary>Adds them.</summary>
    public static void AddTo(RootCommand root)
    {
        root.Subcommands.Add(TopCommand.Create());
        root.Subcommands.Add(ConsoleCommand.Create());
        root.Subcommands.Add(LagCommand.Create());
        root.Subcommands.Add(ProfileCommand.Create());
        root.Subcommands.Add(TraceCommand.Create());
    }
}
