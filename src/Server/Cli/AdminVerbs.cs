using System.CommandLine;
using System.CommandLine.Parsing;
using GameServer.Server.Admin;

namespace GameServer.Server.Cli;

/// <summary>The verbs that talk to a running server, made from the table of admin commands: <c>status</c>, <c>players</c>, <c>kick</c>, <c>mod reload</c>, ….</summary>
static class AdminVerbs
{
    /// <summary>Adds them all.</summary>
    public static void AddTo(Command root)
    {
        foreach (AdminCommand row in AdminCommands.All.Where(row => !row.HasOwnVerb))
        {
            string[] words = row.Name.Split(' ');
            Command parent = words.Length == 1 ? root : GroupOf(root, words[0]);
            parent.Subcommands.Add(Create(row, words[^1]));
        }
    }

    static Command GroupOf(Command root, string word)
    {
        if (root.Subcommands.FirstOrDefault(command => command.Name == word) is { } group) return group;
        group = new Command(word, GroupSummary(word));
        root.Subcommands.Add(group);
        return group;
    }

    static string GroupSummary(string word) => word switch
    {
        "config" => "The settings of a running server.",
        "perms" => "What players may do: rights and groups, on a running server.",
        "whitelist" => "Who alone may join a running server.",
        "shield" => "What a running server does about floods of strangers.",
        _ => $"See and steer the {word}s of a running server.",
    };

    static Command Create(AdminCommand row, string name)
    {
        var command = new Command(name, $"{row.Summary}\n\nExample: gameserver {row.Example}");
        var config = new ConfigOptions(command);
        var json = new Option<bool>("--json") { Description = "Print the answer as JSON." };
        command.Options.Add(json);
        var readers = new List<Action<ParseResult, Dictionary<string, object>>>();
        foreach (AdminArgument argument in row.Arguments) readers.Add(Offer(command, argument));
        command.SetAction(async (parsed, _) =>
        {
            var values = new Dictionary<string, object>(StringComparer.Ordinal);
            foreach (Action<ParseResult, Dictionary<string, object>> reader in readers) reader(parsed, values);
            return await RunAsync(row, values, config, parsed, parsed.GetValue(json)).ConfigureAwait(false);
        });
        return command;
    }

    static Action<ParseResult, Dictionary<string, object>> Offer(Command command, AdminArgument argument)
    {
        if (argument.Name == "seconds") return OfferDuration(command);
        if (argument is { Type: AdminType.Number, Required: false })
        {
            var optional = new Option<double?>($"--{argument.Name}") { Description = argument.Description, HelpName = "N" };
            command.Options.Add(optional);
            return (parsed, values) =>
            {
                if (parsed.GetValue(optional) is { } value) values[argument.Name] = value;
            };
        }
        if (argument.Type == AdminType.Number)
        {
            var number = new Argument<double>(argument.Name.ToUpperInvariant()) { Description = argument.Description };
            command.Arguments.Add(number);
            return (parsed, values) => values[argument.Name] = parsed.GetValue(number);
        }
        if (argument.Required)
        {
            var text = new Argument<string>(argument.Name.ToUpperInvariant()) { Description = argument.Description };
            command.Arguments.Add(text);
            return (parsed, values) => values[argument.Name] = parsed.GetValue(text)!;
        }
        var option = new Option<string?>($"--{argument.Name}") { Description = argument.Description };
        command.Options.Add(option);
        return (parsed, values) =>
        {
            if (parsed.GetValue(option) is { } value) values[argument.Name] = value;
        };
    }

    static Action<ParseResult, Dictionary<string, object>> OfferDuration(Command command)
    {
        var option = new Option<TimeSpan?>("--for")
        {
            Description = "How long, like 90s, 15m, 12h or 7d; for good when left out.",
            HelpName = "TIME",
            CustomParser = ParseDuration,
        };
        command.Options.Add(option);
        return (parsed, values) =>
        {
            if (parsed.GetValue(option) is { } duration) values["seconds"] = duration.TotalSeconds;
        };
    }

    /// <summary>Reads a time like 90s, 15m, 12h or 7d.</summary>
    public static TimeSpan? ParseDuration(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        double seconds = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 };
        if (seconds > 0 && double.TryParse(text.AsSpan(0, text.Length - 1), out double count) && count > 0 && count * seconds < 4e8)
            return TimeSpan.FromSeconds(count * seconds);
        result.AddError($"'{text}' is no time: write a number and s, m, h or d, like 7d");
        return null;
    }

    /// <summary>Runs a command of the table on the running server and shows the answer.</summary>
    /// <returns>Exit code.</returns>
    public static async Task<int> RunAsync(AdminCommand row, Dictionary<string, object> values, ConfigOptions config, ParseResult parsed, bool json)
    {
        TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
        return await AdminConnection.UseAsync(config.Load(parsed), error, async client =>
        {
            AdminReply reply = await client.RunAsync(row, values).ConfigureAwait(false);
            return Show(row, reply, json, output, error);
        }).ConfigureAwait(false);
    }

    /// <summary>Writes the answer of a command.</summary>
    /// <returns>Exit code.</returns>
    internal static int Show(AdminCommand row, AdminReply reply, bool json, TextWriter output, TextWriter error)
    {
        if (reply.IsStale) error.WriteLine("the tick is busy: this is what the server last published");
        if (json) output.WriteLine(reply.Body.GetRawText());
        else if (reply.Message.Length > 0) (reply.Ok ? output : error).WriteLine(reply.Message);
        else AdminTables.Write(row.Name, reply.Body, output);
        return reply.Ok ? ExitCodes.Ok : ExitCodes.Failed;
    }
}
