using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>What can stand where somebody is typing a command: names of commands, then words for their arguments.</summary>
static class CommandCompletion
{
    /// <summary>Words offered at most.</summary>
    public const int WordsMax = 50;
    const int WordLengthMax = 64;

    /// <summary>Offers words.</summary>
    /// <param name="services">Shared.</param>
    /// <param name="player">Who is typing; null for an operator.</param>
    /// <param name="line">What was typed so far, without the slash.</param>
    public static CommandSuggestions Complete(ApiServices services, IPlayer? player, string line)
    {
        ReadOnlySpan<char> rest = line.AsSpan().TrimStart();
        int blank = rest.IndexOf(' ');
        if (blank < 0) return new CommandSuggestions("", Names(services, player, rest.ToString()));
        if (services.Commands.Find(rest[..blank].ToString()) is not { } command || (player is not null && !CommandsApi.MayUse(services, command, player)))
            return new CommandSuggestions("", []);
        string usage = $"{command.Name} {command.Declaration?.Arguments?.Text}".TrimEnd();
        rest = rest[(blank + 1)..].TrimStart();
        foreach (CommandArgument argument in command.Declaration?.Arguments?.All ?? [])
        {
            ReadOnlySpan<char> before = rest;
            string word = rest.IsEmpty ? "" : CommandArguments.TakeWord(ref rest);
            // The word under the cursor is the last one that no blank ends.
            bool isOpen = rest.IsEmpty && (before.IsEmpty || argument.Type == ArgumentType.Text || !line.EndsWith(' '));
            if (isOpen) return new CommandSuggestions(usage, Words(services, command, argument, player, argument.Type == ArgumentType.Text ? "" : word.Trim('"')));
        }
        return new CommandSuggestions(usage, []);
    }

    static List<string> Names(ApiServices services, IPlayer? player, string beginning) =>
    [
        .. services.Commands.Shortest.Where(entry => entry.Key.StartsWith(beginning, StringComparison.OrdinalIgnoreCase)
            && (player is null || CommandsApi.MayUse(services, entry.Value, player))).Select(entry => entry.Key).Take(WordsMax),
    ];

    static List<string> Words(ApiServices services, ModCommand command, CommandArgument argument, IPlayer? player, string word)
    {
        IEnumerable<string> words = argument.Type switch
        {
            ArgumentType.Choice => argument.Choices,
            ArgumentType.Player => services.Players.All.Select(other => other.Name).ToArray(),
            _ => [],
        };
        if (command.Complete is { } complete) words = words.Concat(Ask(command, complete, argument, player, word));
        return [.. words.Where(offer => offer.StartsWith(word, StringComparison.OrdinalIgnoreCase)).Distinct().Take(WordsMax).Select(Quoted)];
    }

    static List<string> Ask(ModCommand command, LuauFunction complete, CommandArgument argument, IPlayer? player, string word)
    {
        ModScope mod = command.Mod;
        List<string> words = [];
        LuauValue[] args;
        try
        {
            args = [mod.Vm.CreateString(argument.Name), mod.Vm.CreateString(word), player is null ? LuauValue.Nil : mod.Players.ToLuau(player)];
        }
        catch (LuauException)
        {
            // Boundary: the VM has no memory for the question.
            mod.Sandbox.OutOfMemory($"completion of {command.Name}");
            return words;
        }
        var entry = new Entry($"completion of {command.Name}", mod.Sandbox.Limits.CallHardMs, MayYield: false, command.Mask);
        if (mod.Sandbox.Start(complete, args, entry) != RunStatus.Returned || mod.Sandbox.Results is not [var first, ..] || first.As<LuauTable>() is not { } list) return words;
        for (int i = 1; i <= mod.Vm.Length(list) && words.Count < WordsMax; i++)
        {
            if (mod.Vm.Get(list, (LuauValue)i).As<LuauString>() is { Length: <= WordLengthMax } offer) words.Add(ModLog.Clean(offer.ToString(), WordLengthMax));
        }
        return words;
    }

    static string Quoted(string word) => word.Contains(' ') ? $"\"{word}\"" : word;
}
