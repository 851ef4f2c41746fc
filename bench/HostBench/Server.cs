using System.Diagnostics;
using GameServer.Scripting;
using GameServer.Scripting.Ports;
using Serilog;

namespace GameServer.HostBench;

/// <summary>A mod host over a folder of its own, without players and network.</summary>
sealed class Server : IPlayerGateway, IServerPort, IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("hostbench-").FullName;
    long _tick;

    public ModHost Host { get; private set; } = null!;
    public List<string> Log { get; } = [];

    /// <summary>Time limit of every entry, in ms; beyond reach even when the machine stalls.</summary>
    const double Hard = 10_000;

    /// <summary>Whether costs are booked.</summary>
    public bool Accounts { get; init; } = true;

    public Visitor Player => (Visitor)All[0];

    /// <param name="players">Players who are here, at least one.</param>
    public Server(int players = 1) => All = [.. Enumerable.Range(1, players).Select(id => new Visitor(id))];

    /// <summary>Bytes of entities sent.</summary>
    public long WorldBytes { get; private set; }

    public IReadOnlyList<IPlayer> All { get; }
    public string Name => "bench";
    public string Version => "0";
    public int PlayersMax => Math.Max(64, All.Count);
    public int TickRate => 30;

    public Server Mod(string id, string source, string? manifest = null)
    {
        Directory.CreateDirectory(Path.Combine(_folder, id));
        File.WriteAllText(Path.Combine(_folder, id, "init.luau"), source);
        if (manifest is not null) File.WriteAllText(Path.Combine(_folder, id, "mod.toml"), $"id = \"{id}\"\n{manifest}");
        return this;
    }

    public Server Load(WatchMode watch = WatchMode.Off)
    {
        var limits = new ModLimits { TickBudgetMs = 1000, CallHardMs = 1000, TickHardMs = Hard, EventHardMs = Hard };
        Logger sink = new(Log);
        Host = new ModHost(new ModHostOptions { ModsFolder = _folder, Watch = watch, UserLimits = limits, RandomSeed = 1, Accounts = Accounts, ReloadInterval = TimeSpan.Zero },
            this, this, new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger(), TimeProvider.System);
        LoadReport report = Host.LoadAll();
        if (report.Failed.Count > 0) throw new InvalidOperationException(string.Join('\n', Log));
        return this;
    }

    public void Tick(int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            Host.BeginTick(++_tick, 1.0 / TickRate);
            Host.Update();
        }
    }

    /// <summary>Best of several rounds, in µs per run.</summary>
    public static double Best(int rounds, int runs, Action run)
    {
        double best = double.MaxValue;
        for (int round = 0; round < rounds; round++)
        {
            long begin = Stopwatch.GetTimestamp();
            for (int i = 0; i < runs; i++) run();
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalMicroseconds / runs);
        }
        return best;
    }

    public static long Allocated(int runs, Action run)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < runs; i++) run();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / runs;
    }

    public IPlayer? ById(int id) => id >= 1 && id <= All.Count ? All[id - 1] : null;
    public bool Send(IPlayer player, string name, ReadOnlySpan<byte> value, bool reliable) => true;
    public bool Chat(IPlayer player, IPlayer? speaker, string text) => true;
    public bool Kick(IPlayer player, string reason) => true;
    public bool World(IPlayer player, ReadOnlySpan<byte> snapshot)
    {
        WorldBytes += snapshot.Length;
        return true;
    }

    public bool Request(IPlayer player, uint id, string name, ReadOnlySpan<byte> value) => true;
    public PlayerTraffic Traffic(IPlayer player) => default;
    public void RequestStop(string reason) { }

    public void Dispose()
    {
        Host.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    sealed class Logger(List<string> lines) : Serilog.Core.ILogEventSink
    {
        public void Emit(Serilog.Events.LogEvent logEvent)
        {
            lock (lines) lines.Add(logEvent.RenderMessage());
        }
    }
}

/// <summary>The one player there is.</summary>
sealed class Visitor(int id) : IPlayer
{
    public int Id => id;
    public string Uid => "u";
    public string Name => "Ada";
    public string Language => "en";
    public string Address => "";
    public PlayerTrust Trust => PlayerTrust.Guest;
    public TimeSpan Ping => TimeSpan.Zero;
    public TimeSpan ConnectedFor => TimeSpan.Zero;
    public bool IsConnected => true;
}
