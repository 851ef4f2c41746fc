namespace GameServer.Scripting.Ports;

/// <summary>How sure the server is who a player is.</summary>
public enum PlayerTrust
{
    /// <summary>Nothing but a name.</summary>
    Guest,
    /// <summary>Brought an identity that nobody vouched for.</summary>
    Claimed,
    /// <summary>Brought a signed ticket.</summary>
    Verified,
}

/// <summary>A connected player, as scripts see one. The same object stands for the player from join to leave and is never reused for another.</summary>
/// <remarks>Tick thread.</remarks>
public interface IPlayer
{
    /// <summary>Number of the player on this server, from 1; not reused while the server runs.</summary>
    int Id { get; }
    /// <summary>Stable identity across visits.</summary>
    string Uid { get; }
    /// <summary>Name as accepted at the door.</summary>
    string Name { get; }
    /// <summary>Language tag the client sent; may be empty.</summary>
    string Language { get; }
    /// <summary>Network address without port; scripts need a right to read it.</summary>
    string Address { get; }
    /// <summary>How sure the identity is.</summary>
    PlayerTrust Trust { get; }
    /// <summary>Smoothed round trip.</summary>
    TimeSpan Ping { get; }
    /// <summary>Time since the player joined.</summary>
    TimeSpan ConnectedFor { get; }
    /// <summary>False from the moment the player has left; every other property keeps its last value.</summary>
    bool IsConnected { get; }
}
