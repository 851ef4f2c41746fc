using GameServer.Server.Admin;
using GameServer.Server.Config;
using GameServer.Server.Hosting;
using GameServer.Support;

namespace GameServer.Server.Tests.Hosting;

/// <summary>What a whole server allocates while nothing happens.</summary>
public sealed class IdleTickTests : IDisposable
{
    const int Rate = 30;
    // Longer than anything that a server does at intervals.
    const int Seconds = 12;

    readonly TemporaryFolder _folder = new();
    readonly ManualTime _time = new();
    readonly CollectingLog _log = new();

    public void Dispose()
    {
        _log.Logger.Dispose();
        _folder.Dispose();
    }

    // With the admin interface, what it publishes for whoever looks is made once a second.
    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, Seconds + 1)]
    public void A_whole_tick_of_an_idle_server_allocates_nothing(bool hasAdmin, int publishing)
    {
        string admin = hasAdmin ? "enabled = true\nport = 0" : "enabled = false";
        _folder.Write("server.toml", $"[server]\ntick_hz = {Rate}\n[net]\nport = 0\n[admin]\n{admin}\n[mods]\nwatch = \"off\"\n");
        _folder.Write("mods/idle/init.luau", "function PlayerConnect() end");
        _folder.Write("mods/thinks/init.luau", "local n = 0 function Think(dt, tick) n += dt end mod.export('f', function() end)");
        _folder.Write("mods/calls/mod.toml", "id = \"calls\"\n[dependencies]\nthinks = \"*\"");
        _folder.Write("mods/calls/init.luau", "function OnLoad() mod.call('thinks', 'f') end");
        LoadedConfig loaded = ConfigLoader.Load(Path.Combine(_folder.Path, "server.toml"), new Dictionary<string, string>(), []);
        Assert.Empty(loaded.Problems);
        using ShutdownSignal shutdown = new(_time, _log.Log, TimeSpan.FromSeconds(5));
        using ServerHost host = new(loaded, _log.Log, new AdminEvents(), shutdown, _time);
        host.Start(() => TimeSpan.Zero);
        host.Loop.Start();
        Run(host, Seconds * Rate);

        // A collection, which tests beside this one cause, counts the unused rest of the thread's block of memory: so one of a few rounds has to be clean.
        long[] bytes;
        int rounds = 0;
        do bytes = Run(host, Seconds * Rate);
        while (bytes.Count(allocated => allocated != 0) > publishing && ++rounds < 5);
        Assert.True(rounds < 5, string.Join(", ", bytes.Index().Where(tick => tick.Item != 0)));
    }

    long[] Run(ServerHost host, int ticks)
    {
        long[] bytes = new long[ticks];
        for (int i = 0; i < ticks; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1.0 / Rate));
            long before = GC.GetAllocatedBytesForCurrentThread();
            host.Loop.RunDueTick();
            bytes[i] = GC.GetAllocatedBytesForCurrentThread() - before;
        }
        return bytes;
    }
}
