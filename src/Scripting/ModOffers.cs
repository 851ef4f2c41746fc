namespace GameServer.Scripting;

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
