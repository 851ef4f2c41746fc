using System.Reflection;
using GameServer.Scripting.Ports;
using GameServer.Server.Config;

namespace GameServer.Server.Hosting;

/// <summary>What scripts may know of the server.</summary>
sealed class ServerPort(ServerConfig config, ShutdownSignal shutdown) : IServerPort
{
    /// <summary>Version of this program.</summary>
    public static string ProgramVersion { get; } =
        typeof(ServerPort).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    public string Name => config.Server.Name;

    public string Version => ProgramVersion;

    public int PlayersMax => config.Net.MaxPlayers;

    public int TickRate => config.Server.TickHz;

    public void RequestStop(string reason) => shutdown.Request(reason);
}
