namespace GameServer.Scripting.Ports;

/// <summary>Rights that operators gave to players by name, like <c>kits.use</c>.</summary>
/// <remarks>Tick thread.</remarks>
public interface IPlayerRights
{
    /// <summary>What the operator's rules say about a player and a right.</summary>
    /// <param name="uid">Identity of the player.</param>
    /// <param name="right">Full name of the right.</param>
    /// <returns>Granted, refused, or null when no rule names it.</returns>
    bool? Find(string uid, string right);

    /// <summary>The rule behind <see cref="Find"/>, in words; empty when none names the right.</summary>
    string Explain(string uid, string right);

    /// <summary>Takes news: whose rights changed since it was last asked.</summary>
    /// <param name="uid">The player, or null for anybody's.</param>
    bool TryTakeChanged(out string? uid);
}
