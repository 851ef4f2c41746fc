namespace GameServer.Server.Players;

/// <summary>A group of players: rules of its own, and those of the groups it inherits from behind them.</summary>
/// <param name="name">Name.</param>
sealed class RightGroup(string name)
{
    /// <summary>Name.</summary>
    public string Name { get; } = name;

    /// <summary>Groups whose rules count where its own say nothing, first named first.</summary>
    public List<string> Inherits { get; } = [];

    /// <summary>Its own rules.</summary>
    public RightRules Rules { get; } = new();
}

/// <summary>A player with rules or groups.</summary>
/// <param name="uid">Identity.</param>
sealed class RightHolder(string uid)
{
    /// <summary>Identity.</summary>
    public string Uid { get; } = uid;

    /// <summary>Name when the entry was made, for reading; may be empty.</summary>
    public string Name { get; set; } = "";

    /// <summary>Groups, first named first.</summary>
    public List<string> Groups { get; } = [];

    /// <summary>The player's own rules; they come before any group's.</summary>
    public RightRules Rules { get; } = new();

    /// <summary>Whether there is nothing left to keep.</summary>
    public bool IsEmpty => Groups.Count == 0 && Rules.All.Count == 0;
}
