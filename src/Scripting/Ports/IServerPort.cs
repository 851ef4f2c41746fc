namespace GameServer.Scripting.Ports;

/// <summary>What scripts may know of the server they run in.</summary>
/// <remarks>Tick thread.</remarks>
public interface IServerPort
{
    /// <summary>Name shown to players.</summary>
    string Name { get; }
    /// <summary>Version of the server.</summary>
    string Version { get; }
    /// <summary>Slots.</summary>
    int PlayersMax { get; }
    /// <summary>Ticks per second.</summary>
    int TickRate { get; }
    /// <summary>Asks the server to stop; it drains at the end of the tick. Only core mods reach this.</summary>
    void RequestStop(string reason);
}
