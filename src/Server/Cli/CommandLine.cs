using System.CommandLine;
using System.CommandLine.Parsing;
using GameServer.Server.Cli.Bots;
using GameServer.Server.Cli.Modding;
using GameServer.Server.Cli.Operating;
using GameServer.Server.Cli.Terminal;

namespace GameServer.Server.Cli;

/// <summary>
/// All verbs of <c>gameserver</c>. Each verb's file makes its <see cref="Command"/>; this one puts them together and settles exit codes.
/// </summary>
static class CommandLine
{
    /// <summary>Parses, runs, and tells the exit code (<see cref="ExitCodes"/>).</summary>
    /// <param name="args">The arguments as the process got them.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        RootCommand root = Build();
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError mistake in parsed.Errors)
                error.WriteLine(mistake.Message);
            error.WriteLine($"'{PathOf(parsed.CommandResult.Command, root)} --help' shows what is allowed.");
            return ExitCodes.OperatorMistake;
        }
        // The verbs that wait handle signals themselves; errors of our own code may show their stack.
        InvocationConfiguration configuration = new()
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        return parsed.Invoke(configuration);
    }

    /// <summary>The tree of verbs. Without a verb the server runs.</summary>
    public static RootCommand Build()
    {
        RootCommand root = new(
            "A dedicated game server: sandboxed Luau mods, reloaded as you save, behind one UDP port. Without a verb: run.\n\n"
            + "Example: gameserver --set net.port=27020");
        RunCommand.Configure(root);
        root.Subcommands.Add(RunCommand.Create());
        root.Subcommands.Add(InitCommand.Create());
        root.Subcommands.Add(CheckCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(BackupCommand.CreateBackup());
        root.Subcommands.Add(BackupCommand.CreateRestore());
        root.Subcommands.Add(LuauCommand.Create());
        root.Subcommands.Add(BotsCommand.Create());
        AdminVerbs.AddTo(root);
        StopCommand.Replace(root);
        TerminalVerbs.AddTo(root);
        ModdingVerbs.AddTo(root.Subcommands.First(command => command.Name == "mod"));
        ConfigCommands.AddTo(root.Subcommands.First(command => command.Name == "config"));
        return root;
    }

    /// <summary>The words that lead to a command: <c>gameserver luau run</c>.</summary>
    public static string PathOf(Command command, RootCommand root)
    {
        if (command == root)
            return "gameserver";
        Command? parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? command.Name : $"{PathOf(parent, root)} {command.Name}";
    }
}
