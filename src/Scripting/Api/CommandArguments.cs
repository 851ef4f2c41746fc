using System.Text.RegularExpressions;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>What kind of word a command takes.</summary>
enum ArgumentType
{
    /// <summary>A word, or several in double quotes.</summary>
    String,
    /// <summary>A number.</summary>
    Number,
    /// <summary>A whole number.</summary>
    Integer,
    /// <summary>A player by id, name or the beginning of a name that fits one player.</summary>
    Player,
    /// <summary>The rest of the line; last only.</summary>
    Text,
}

/// <summary>Arguments of a command: <c>&lt;name:string&gt; [target:player]</c>; in angle brackets needed, in square brackets not.</summary>
sealed partial class CommandArguments
{
    readonly List<(string Name, ArgumentType Type, bool Optional)> _arguments = [];

    CommandArguments(string text) => Text = text;

    /// <summary>The declaration as written.</summary>
    public string Text { get; }

    /// <summary>Reads a declaration.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? TryParse(string text, out CommandArguments arguments)
    {
        arguments = new CommandArguments(text);
        string rest = text.Trim();
        while (rest.Length > 0)
        {
            Match match = Argument().Match(rest);
            if (!match.Success) return $"'{rest}' is not <name:type> or [name:type]";
            bool optional = rest[0] == '[';
            if (optional != rest[match.Length - 1] is ']') return $"'{match.Value}' opens and closes with different brackets";
            if (!Enum.TryParse(match.Groups[2].Value, ignoreCase: true, out ArgumentType type))
                return $"unknown type '{match.Groups[2].Value}': string, number, integer, player or text";
            if (arguments._arguments is [.., (_, ArgumentType.Text, _)]) return "'text' must be the last argument";
            if (!optional && arguments._arguments is [.., (_, _, true)]) return "needed arguments come before those that are not";
            arguments._arguments.Add((match.Groups[1].Value, type, optional));
            rest = rest[match.Length..].TrimStart();
        }
        return null;
    }

    /// <summary>Reads what was typed.</summary>
    /// <param name="line">Everything behind the command.</param>
    /// <param name="players">To find players in.</param>
    /// <param name="values">Arguments by name.</param>
    /// <returns>Null, or what to tell who typed it.</returns>
    public string? Read(string line, IPlayerGateway players, out HookValue values)
    {
        values = default;
        var fields = new List<(string, HookValue)>();
        ReadOnlySpan<char> rest = line.AsSpan().Trim();
        foreach ((string name, ArgumentType type, bool optional) in _arguments)
        {
            if (rest.IsEmpty)
            {
                if (optional) break;
                return $"'{name}' is missing; usage: {Text}";
            }
            string word = type == ArgumentType.Text ? rest.ToString() : TakeWord(ref rest);
            if (type == ArgumentType.Text) rest = default;
            if (Convert(word, type, players, out HookValue value) is { } problem) return $"{name}: {problem}";
            fields.Add((name, value));
        }
        if (!rest.IsEmpty) return $"too many arguments; usage: {Text}";
        values = HookValue.Table([.. fields]);
        return null;
    }

    static string? Convert(string word, ArgumentType type, IPlayerGateway players, out HookValue value)
    {
        value = default;
        switch (type)
        {
            case ArgumentType.Number or ArgumentType.Integer:
                if (!double.TryParse(word, out double number) || !double.IsFinite(number)) return $"'{word}' is not a number";
                if (type == ArgumentType.Integer && number != Math.Truncate(number)) return $"'{word}' is not a whole number";
                value = number;
                return null;
            case ArgumentType.Player:
                if (PlayerHandles.FindOne(players, word) is not { } player) return $"no player, or more than one, fits '{word}'";
                value = PlayerHandles.ToValue(player);
                return null;
            default:
                value = word;
                return null;
        }
    }

    static string TakeWord(ref ReadOnlySpan<char> rest)
    {
        bool quoted = rest[0] == '"';
        int end = quoted ? rest[1..].IndexOf('"') : rest.IndexOf(' ');
        string word;
        if (quoted && end >= 0)
        {
            word = rest.Slice(1, end).ToString();
            rest = rest[(end + 2)..].TrimStart();
            return word;
        }
        word = end < 0 ? rest.ToString() : rest[..end].ToString();
        rest = end < 0 ? default : rest[end..].TrimStart();
        return word;
    }

    [GeneratedRegex(@"^[<\[]([a-z][A-Za-z0-9_]*):([a-z]+)[>\]]")]
    private static partial Regex Argument();
}
