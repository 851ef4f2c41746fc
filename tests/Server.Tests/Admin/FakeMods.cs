using GameServer.Scripting;
using GameServer.Scripting.Ports;
using Serilog;

namespace GameServer.Server.Tests.Admin;

/// <summary>A mod host without mods and players.</summary>
static class FakeMods
{
    public static ModHost Empty() => new(
        new ModHostOptions { ModsFolder = Path.GetTempPath(), Watch = WatchMode.Off }, new NoPlayers(), new NoServer(), new LoggerConfiguration().CreateLogger(), TimeProvider.System);

    sealed class NoPlayers : IPlayerGateway
    {
        public IReadOnlyList<IPlayer> All => [];
        public IPlayer? ById(int id) => null;
        public bool Send(IPlayer player, string name, ReadOnlySpan<byte> value, bool reliable) => false;
        public bool Chat(IPlayer player, IPlayer? speaker, string text) => false;
        public bool Kick(IPlayer player, string reason) => false;
        public bool World(IPlayer player, ReadOnlySpan<byte> snapshot) => false;
        public bool Request(IPlayer player, uint id, string name, ReadOnlySpan<byte> value) => false;
        public PlayerTraffic Traffic(IPlayer player) => default;
    }

    sealed class NoServer : IServerPort
    {
        public string Name => "test";
        public string Version => "0";
        public int PlayersMax => 0;
        public int TickRate => 30;
        public void RequestStop(string reason) { }
    }
}
