namespace GameServer.Scripting.Ports;

/// <summary>What could stand where somebody is typing a command.</summary>
/// <param name="Usage">The command with its arguments; empty while its name is being typed, or when there is no such command.</param>
/// <param name="Words">Words that go on from what was typed, each in place of the last word; in double quotes where they hold blanks.</param>
public readonly record struct CommandSuggestions(string Usage, IReadOnlyList<string> Words);

/// <summary>A command that mods offer.</summary>
/// <param name="Name">What is typed.</param>
/// <param name="Mod">Whose.</param>
/// <param name="Args">Arguments as declared; empty for a line of text.</param>
/// <param name="Right">Right players need for it; empty for none.</param>
/// <param name="Help">One line.</param>
public sealed record CommandInfo(string Name, string Mod, string Args, string Right, string Help);

/// <summary>A right of players that a mod made known.</summary>
/// <param name="Name">Full name.</param>
/// <param name="Mod">Whose.</param>
/// <param name="ByDefault">Whether players have it where no rule names it.</param>
/// <param name="Description">One line.</param>
public sealed record RightInfo(string Name, string Mod, bool ByDefault, string Description);
