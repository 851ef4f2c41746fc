using System.CommandLine;
using System.Text;

namespace GameServer.Server.Cli;

/// <summary>docs/reference/cli.md: every verb with its options, from the same tree that parses them. A test keeps the file equal to this.</summary>
static class CommandReference
{
    /// <summary>The whole page.</summary>
    public static string Write()
    {
        RootCommand root = CommandLine.Build();
        StringBuilder page = new("# Command line\n\nGenerated from `src/Server/Cli`. `gameserver VERB --help` shows the same.\n");
        Append(page, root, root);
        page.Append("\n## Exit codes\n\n| Code | Meaning |\n|---|---|\n");
        foreach ((int code, string meaning) in ExitCodes.All)
            page.Append($"| {code} | {meaning} |\n");
        return page.ToString();
    }

    static void Append(StringBuilder page, Command command, RootCommand root)
    {
        string[] description = command.Description!.Split("\n\nExample: ");
        page.Append($"\n## {CommandLine.PathOf(command, root)}\n\n{description[0]}\n");
        if (description.Length > 1)
            page.Append($"\n```\n{description[1]}\n```\n");
        if (command.Arguments.Count + command.Options.Count(IsShown) > 0)
        {
            page.Append("\n| Argument or option | Meaning |\n|---|---|\n");
            foreach (Argument argument in command.Arguments)
                page.Append($"| `{argument.Name}` | {Cell(argument.Description)} |\n");
            foreach (Option option in command.Options.Where(IsShown))
                page.Append($"| `{string.Join("`, `", option.Aliases.Prepend(option.Name))}`{Value(option)} | {Cell(option.Description)} |\n");
        }
        if (command.Subcommands.Count > 0)
            page.Append($"\nVerbs: {string.Join(", ", command.Subcommands.Select(c => $"`{c.Name}`"))}\n");
        foreach (Command sub in command.Subcommands)
            Append(page, sub, root);
    }

    static bool IsShown(Option option) => !option.Hidden && option.Name is not ("--help" or "--version");

    static string Value(Option option) => option.HelpName is { Length: > 0 } name ? $" {name}" : "";

    static string Cell(string? text) => (text ?? "").Replace("|", "\\|", StringComparison.Ordinal);
}
