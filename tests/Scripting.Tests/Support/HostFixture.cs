using GameServer.Support;
using Serilog;

namespace GameServer.Scripting.Tests.Support;

/// <summary>A mod host over a temporary mods folder, ticked by hand.</summary>
sealed class HostFixture : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly Serilog.Core.Logger _logger;
    ModHostOptions _options;
    ModHost? _host;
    TestRights? _rights;
    long _tick;

    public HostFixture(Func<ModHostOptions, ModHostOptions>? options = null, TimeProvider? time = null)
    {
        Time = time ?? TimeProvider.System;
        TickSeconds = 1.0 / Server.TickRate;
        _logger = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(Log).CreateLogger();
        _options = new ModHostOptions { ModsFolder = ModsFolder, Watch = WatchMode.Off, RandomSeed = 1, QuietPeriod = TimeSpan.Zero, ReloadInterval = TimeSpan.Zero };
        // The machine that tests run on may be busy: tests that are not about time limits get generous ones.
        _options = _options with { UserLimits = _options.UserLimits with { EventHardMs = 5000, TickHardMs = 5000, CallHardMs = 5000, LoadMs = 10_000, OnloadMs = 10_000, UnloadMs = 10_000, TickBudgetMs = 100 } };
        if (options is not null) _options = options(_options);
        Directory.CreateDirectory(ModsFolder);
    }

    public TimeProvider Time { get; }
    public string ModsFolder => Path.Combine(_folder.Path, "mods");
    public string Root => _folder.Path;
    public CollectingSink Log { get; } = new();
    public TestPlayers Players { get; } = new();
    public TestServer Server { get; } = new();
    public MemoryStorage Storage { get; } = new();
    public MemoryHttp Http { get; } = new();
    public MemoryConfig Config { get; } = new();
    public TestRights Rights => _rights ??= new TestRights(Players);
    public ModHost Host => _host ?? throw new InvalidOperationException("not loaded yet");
    public long TickNumber => _tick;

    /// <summary>Seconds by the scripts' clock that a tick takes. A wait for the pool takes any number of ticks: what must not run out meanwhile makes this small.</summary>
    public double TickSeconds { get; set; }

    /// <summary>Writes a mod's file.</summary>
    public HostFixture Mod(string id, string source, string file = "init.luau")
    {
        _folder.Write(Path.Combine("mods", id, file), source);
        return this;
    }

    /// <summary>Writes a mod's manifest; the id is put in front.</summary>
    public HostFixture Manifest(string id, string toml) => Mod(id, $"id = \"{id}\"\n{toml}", "mod.toml");

    /// <summary>Grants permissions as server.toml does.</summary>
    public HostFixture Grant(string id, params string[] permissions)
    {
        var mods = new Dictionary<string, ModSettings>(_options.Mods) { [id] = (_options.Mods.GetValueOrDefault(id) ?? new ModSettings()) with { Grant = permissions } };
        _options = _options with { Mods = mods };
        return this;
    }

    public HostFixture Limit(string id, string key, double value)
    {
        ModSettings settings = _options.Mods.GetValueOrDefault(id) ?? new ModSettings();
        var limits = new Dictionary<string, double>(settings.Limits) { [key] = value };
        _options = _options with { Mods = new Dictionary<string, ModSettings>(_options.Mods) { [id] = settings with { Limits = limits } } };
        return this;
    }

    /// <summary>Makes the host and loads all mods.</summary>
    public HostFixture Load()
    {
        _host = new ModHost(_options, Players, Server, _logger, Time, Storage, Http, Config, Rights);
        _host.LoadAll();
        return this;
    }

    /// <summary>Runs whole ticks.</summary>
    public HostFixture Tick(int count = 1)
    {
        for (int i = 0; i < count; i++)
        {
            Host.BeginTick(++_tick, TickSeconds);
            Host.Update();
        }
        return this;
    }

    /// <summary>Ticks until something holds; fails after a generous while.</summary>
    public HostFixture TickUntil(Func<bool> holds, string what, int seconds = 60)
    {
        long begin = TimeProvider.System.GetTimestamp();
        while (!holds())
        {
            if (TimeProvider.System.GetElapsedTime(begin).TotalSeconds > seconds) Assert.Fail($"waited {seconds} s for: {what}\n{string.Join('\n', Log.Lines)}");
            Tick();
            Thread.Sleep(1);
        }
        return this;
    }

    /// <summary>Orders a reload and waits until it has been dealt with.</summary>
    public HostFixture Reload(string id)
    {
        int generation = Host.Status(id)?.Generation ?? 0;
        int lines = Log.Lines.Count;
        Assert.True(Host.Reload(id).Accepted);
        return TickUntil(() => (Host.Status(id)?.Generation ?? 0) != generation || Log.Lines.Skip(lines).Any(line => line.Contains("keeps its old version") || line.Contains("does not load") || line.Contains("cannot start")), $"reload of {id}");
    }

    public TestPlayer Join(string name)
    {
        TestPlayer player = Players.Add(name);
        Host.PlayerConnect(player);
        return player;
    }

    public void Leave(TestPlayer player, string reason = "left")
    {
        Host.PlayerDisconnect(player, reason, 0);
        Players.Remove(player);
    }

    public ModState StateOf(string id) => Host.Status(id)!.State;

    /// <summary>Lines a mod printed.</summary>
    public IReadOnlyList<string> Printed(string id) => [.. Log.Lines.Where(line => line.StartsWith($"[{id}] ", StringComparison.Ordinal)).Select(line => line[(id.Length + 3)..])];

    public void AssertPrinted(string id, params string[] lines) => Assert.True(lines.SequenceEqual(Printed(id)), $"expected:\n{string.Join('\n', lines)}\nlog:\n{string.Join('\n', Log.Lines)}");

    public void AssertLogged(string part) => Assert.True(Log.Lines.Any(line => line.Contains(part, StringComparison.Ordinal)), $"no line with '{part}' in:\n{string.Join('\n', Log.Lines)}");

    public void Dispose()
    {
        _host?.Dispose();
        _logger.Dispose();
        _folder.Dispose();
    }
}
