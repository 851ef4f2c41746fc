using System.CommandLine;
using GameServer.Server.Admin;

namespace GameServer.Server.Cli.Terminal;

/// <summary>Completes console lines: verbs, options, ids of mods, names of players, levels of the log.</summary>
/// <param name="root">The tree of verbs.</param>
/// <param name="client">Asked for mods and players, at most once in a while.</param>
/// <param name="isOffered">Whether words that lead to a verb are offered.</param>
sealed class ConsoleCompletion(RootCommand root, AdminClient client, Func<string[], bool> isOffered)
{
    static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2);
    static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    readonly Dictionary<string, (long At, string[] Names)> _known = [];

    /// <summary>Completes the word at the end of a text.</summary>
    public Completion Complete(string text)
    {
        int start = text.LastIndexOf(' ') + 1;
        string prefix = text[start..];
        string[] words = text[..start].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        string[] names = [.. Candidates(words, prefix).Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal)];
        // The only candidate is whole: the next word begins.
        if (names.Length == 1 && !names[0].EndsWith('=')) names[0] += " ";
        return new Completion(start, names);
    }

    IEnumerable<string> Candidates(string[] words, string prefix)
    {
        if (words is ["log"]) return ["debug", "info", "warn", "error", "off", "mod"];
        if (words is ["log", "mod"]) return Mods();
        if (words.Length > 0 && words[0] == "help") words = words[1..];
        Command command = root;
        int used = 0;
        while (used < words.Length && command.Subcommands.FirstOrDefault(sub => sub.Name == words[used]) is { } next) (command, used) = (next, used + 1);
        if (command == root) return used < words.Length ? [] : [.. root.Subcommands.Select(sub => sub.Name).Where(name => isOffered([name])), "help", "log", "clear", "exit"];
        if (prefix.StartsWith('-')) return command.Options.Select(option => option.Name).Where(name => name is not ("--config" or "--set"));
        IEnumerable<string> names = command.Subcommands.Select(sub => sub.Name).Where(name => isOffered([.. words[..used], name]));
        string argument = words is [.., "--mod"] ? "ID" : command.Arguments.Count > words.Length - used ? command.Arguments[words.Length - used].Name : "";
        return argument switch
        {
            "ID" or "MODS" or "WHAT" => names.Concat(Mods()).Concat(argument == "WHAT" ? ["hook="] : []),
            "WHO" => names.Concat(Ask("players", "name")),
            "WHICH" => names.Concat(Ask("bans", "id")),
            _ => names,
        };
    }

    string[] Mods() => Ask("mod list", "id");

    string[] Ask(string command, string field)
    {
        if (_known.TryGetValue(command, out (long At, string[] Names) known) && TimeProvider.System.GetElapsedTime(known.At) < Fresh) return known.Names;
        string[] names = [];
        try
        {
            // A key was pressed and waits for this; the editor has nothing else to do.
            Task<AdminReply> asked = client.RunAsync(AdminCommands.All.Single(row => row.Name == command), new Dictionary<string, object>());
            if (asked.Wait(Patience) && asked.Result is { Ok: true } reply)
                names = [.. reply.Body.EnumerateArray().Select(row => row.GetProperty(field).GetString()!).Where(name => !name.Contains(' '))];
        }
        catch (AggregateException)
        {
            // No server, no names.
        }
        _known[command] = (TimeProvider.System.GetTimestamp(), names);
        return names;
    }
}
