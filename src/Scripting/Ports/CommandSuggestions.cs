namespace GameServer.Scripting.Ports;

/// <summary>What could stand where somebody is typing a command.</summary>
/// <param name="Usage">The command with its arguments; empty while its name is being typed, or when there is no such command.</param>
/// <param name="Words">Words that go on from what was typed, each in place of the last word; in double quotes where they hold blanks.</param>
public readonly record struct CommandSuggestions(string Usage, IReadOnlyList<string> Words);
