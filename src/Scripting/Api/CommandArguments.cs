using System.Globalization;
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
    /// <summary>One of some words.</summary>
    Choice,
}

/// <summary>One argument of a command.</summary>
/// <param name="Name">Name in <c>ctx.args</c>.</param>
/// <param name="Type">What it takes.</param>
/// <param name="Optional">Whether it may be left out.</param>
sealed record CommandArgument(string Name, ArgumentType Type, bool Optional)
{
    /// <summary>Words of a choice.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];
    /// <summary>Least number.</summary>
    public double Min { get; init; } = double.NegativeInfinity;
    /// <summary>Greatest number.</summary>
    public double Max { get; init; } = double.PositiveInfinity;
}

/// <summary>Arguments of a command: <c>&lt;name:string&gt; [target:player]</c>; in angle brackets needed, in square brackets not. Types: <c>string</c>,
/// <c>number</c>, <c>integer</c> (both with a range: <c>integer(1..10)</c>), <c>player</c>, <c>choice(on|off)</c>, <c>text</c>.</summary>
sealed partial class CommandArguments
{
    const string Types = "string, number, integer, player, choice(a|b) or text";

    readonly List<CommandArgument> _arguments = [];

    CommandArguments(string text) => Text = text;

    /// <summary>The declaration as written.</summary>
    public string Text { get; }

    /// <summary>The arguments in order.</summary>
    public IReadOnlyList<CommandArgument> All => _arguments;

    /// <summary>Reads a declaration.</summary>
    /// <returns>Null, or what is wrong.</returns>
    public static string? TryParse(string text, out CommandArguments arguments)
    {
        arguments = new CommandArguments(text);
        string rest = text.Trim();
        while (rest.Length > 0)
        {
            Match match = Pattern().Match(rest);
            if (!match.Success) return $"'{rest}' is not <name:type> or [name:type]";
            bool optional = rest[0] == '[';
            if (optional != rest[match.Length - 1] is ']') return $"'{match.Value}' opens and closes with different brackets";
            if (ParseType(match, optional, out CommandArgument argument) is { } wrong) return wrong;
            if (arguments._arguments is [.., { Type: ArgumentType.Text }]) return "'text' must be the last argument";
            if (!optional && arguments._arguments is [.., { Optional: true }]) return "needed arguments come before those that are not";
            if (arguments._arguments.Exists(other => other.Name == argument.Name)) return $"'{argument.Name}' is named twice";
            arguments._arguments.Add(argument);
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
        foreach (CommandArgument argument in _arguments)
        {
            if (rest.IsEmpty)
            {
                if (argument.Optional) break;
                return $"'{argument.Name}' is missing; usage: {Text}";
            }
            string word = argument.Type == ArgumentType.Text ? rest.ToString() : TakeWord(ref rest);
            if (argument.Type == ArgumentType.Text) rest = default;
            if (Convert(word, argument, players, out HookValue value) is { } problem) return $"{argument.Name}: {problem}";
            fields.Add((argument.Name, value));
        }
        if (!rest.IsEmpty) return $"too many arguments; usage: {Text}";
        values = HookValue.Table([.. fields]);
        return null;
    }

    /// <summary>Takes the first word off a line, or several in double quotes.</summary>
    public static string TakeWord(ref ReadOnlySpan<char> rest)
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

    static string? ParseType(Match match, bool optional, out CommandArgument argument)
    {
        string name = match.Groups[1].Value, typeName = match.Groups[2].Value, inside = match.Groups[3].Value;
        argument = new CommandArgument(name, ArgumentType.String, optional);
        if (!Enum.TryParse(typeName, ignoreCase: true, out ArgumentType type)) return $"unknown type '{typeName}': {Types}";
        argument = argument with { Type = type };
        if (type == ArgumentType.Choice)
        {
            string[] choices = inside.Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            argument = argument with { Choices = choices };
            return choices.Length > 0 && !choices.Any(choice => choice.Contains(' ')) ? null : $"'{name}': write the words of a choice as choice(on|off)";
        }
        if (!match.Groups[3].Success) return null;
        string[] range = inside.Split("..");
        if (type is not (ArgumentType.Number or ArgumentType.Integer) || range.Length != 2 || !Number(range[0], out double min) || !Number(range[1], out double max) || min > max)
            return $"'{name}': only number and integer take a range, like integer(1..10)";
        argument = argument with { Min = min, Max = max };
        return null;
    }

    static string? Convert(string word, CommandArgument argument, IPlayerGateway players, out HookValue value)
    {
        value = default;
        switch (argument.Type)
        {
            case ArgumentType.Number or ArgumentType.Integer:
                if (!Number(word, out double number)) return $"'{word}' is not a number";
                if (argument.Type == ArgumentType.Integer && number != Math.Truncate(number)) return $"'{word}' is not a whole number";
                if (number < argument.Min || number > argument.Max) return string.Create(CultureInfo.InvariantCulture, $"must be {argument.Min} to {argument.Max}");
                value = number;
                return null;
            case ArgumentType.Player:
                if (PlayerHandles.FindOne(players, word) is not { } player) return $"no player, or more than one, fits '{word}'";
                value = PlayerHandles.ToValue(player);
                return null;
            case ArgumentType.Choice:
                if (argument.Choices.FirstOrDefault(choice => choice.Equals(word, StringComparison.OrdinalIgnoreCase)) is not { } choice)
                    return $"'{word}' is not one of {string.Join(", ", argument.Choices)}";
                value = choice;
                return null;
            default:
                value = word;
                return null;
        }
    }

    static bool Number(string text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);

    [GeneratedRegex(@"^[<\[]([a-z][A-Za-z0-9_]*):([a-z]+)(?:\(([^)>\]]*)\))?[>\]]")]
    private static partial Regex Pattern();
}
