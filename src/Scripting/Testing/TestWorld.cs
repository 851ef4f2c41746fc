using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;
using GameServer.Scripting.Testing.Doubles;
using Serilog;
using Serilog.Core;

namespace GameServer.Scripting.Testing;

/// <summary>The server of one test: the real mod host over a folder of its own, with made-up players, storage, HTTP and time. One is made for each test and
/// nothing of it is left afterwards.</summary>
/// <remarks>One thread. Time stands still except in <see cref="Tick"/>.</remarks>
sealed class TestWorld : IDisposable
{
    /// <summary>What players are told who were kicked (docs/protocol.md, section 2).</summary>
    const int KickedCode = 10;
    static readonly TimeSpan JoinTimeMax = TimeSpan.FromSeconds(30);

    readonly string _folder = Directory.CreateTempSubdirectory("gameserver-modtest-").FullName;
    readonly Logger _logger;
    readonly Dictionary<string, (double Milliseconds, int Times)> _slow = new(StringComparer.Ordinal);
    readonly TestSubject _subject;
    readonly TestSetup _setup;
    int _faultsSeen;
    long _tick;

    /// <summary>Makes the world; no mod runs yet.</summary>
    /// <param name="subject">The mod under test.</param>
    /// <param name="dependencies">Mods it needs, where there are any; stand-ins of the setup win.</param>
    /// <param name="setup">What the test wants.</param>
    /// <param name="version">Version of the server.</param>
    /// <param name="time">Real time.</param>
    public TestWorld(TestSubject subject, IReadOnlyList<TestSubject> dependencies, TestSetup setup, string version, TimeProvider time)
    {
        (_subject, _setup) = (subject, setup);
        Clock = new TestClock(time);
        Storage = new TestStorage(Clock);
        Server = new TestServer(version);
        _logger = new LoggerConfiguration().MinimumLevel.Debug().WriteTo.Sink(Log).CreateLogger();
        foreach (TestSubject other in dependencies)
            if (!setup.Mods.ContainsKey(other.Id)) WriteAll(other.Id, other.Files);
        foreach ((string id, IReadOnlyDictionary<string, byte[]> files) in setup.Mods) WriteAll(id, files);
        WriteAll(subject.Id, subject.Files);
        WriteAll(subject.Id, setup.Files);
        foreach ((string store, byte[] key, byte[] value) in setup.Storage) Storage.Write(subject.Id, store, key, value);
        foreach ((string name, object value) in setup.Config) Config.Set(subject.Id, name, value);
        Host = new ModHost(Options(dependencies), Players, Server, _logger, Clock, Storage, Http, Config, Players, Files);
        Host.Entries.Entered = OnEntered;
    }

    /// <summary>Id of the mod under test.</summary>
    public string ModId => _subject.Id;
    /// <summary>The clock.</summary>
    public TestClock Clock { get; }
    /// <summary>The players.</summary>
    public TestPlayers Players { get; } = new();
    /// <summary>The storage.</summary>
    public TestStorage Storage { get; }
    /// <summary>HTTP.</summary>
    public TestHttp Http { get; } = new();
    /// <summary>Files of mods.</summary>
    public TestFiles Files { get; } = new();
    /// <summary>The operator's settings.</summary>
    public TestConfig Config { get; } = new();
    /// <summary>The server.</summary>
    public TestServer Server { get; }
    /// <summary>The log.</summary>
    public TestLog Log { get; } = new();
    /// <summary>The mods.</summary>
    public ModHost Host { get; }
    /// <summary>Ticks so far.</summary>
    public long TickNumber => _tick;
    /// <summary>Whether the mods were started.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>Starts the mods and opens the doors.</summary>
    public void Start()
    {
        if (IsStarted) return;
        IsStarted = true;
        foreach (string name in _setup.Players) Players.Add(new TestPlayer(Players.NextId, name));
        Host.LoadAll();
        Host.ServerStart();
    }

    /// <summary>Runs ticks.</summary>
    public void Tick(long count)
    {
        for (long i = 0; i < count; i++)
        {
            double dt = 1.0 / Server.TickRate;
            Clock.Advance(TimeSpan.FromSeconds(dt));
            Players.Tick = ++_tick;
            Storage.BeginTick(_tick);
            Http.BeginTick(_tick);
            Host.BeginTick(_tick, dt);
            Host.AwaitPreparations();
            while (Players.Answered.TryDequeue(out (TestPlayer Player, uint Id, byte[] Value) answer)) Host.PlayerAnswer(answer.Player, answer.Id, false, answer.Value);
            Host.Update();
            foreach (TestPlayer player in Players.All.Cast<TestPlayer>()) player.ConnectedFor += TimeSpan.FromSeconds(dt);
            SeeOffKicked();
        }
    }

    /// <summary>Lets somebody come to the door.</summary>
    /// <returns>Null and the reason when the mods refuse.</returns>
    public (TestPlayer? Player, string Reason) Join(TestPlayer player)
    {
        JoinVerdict? verdict = null;
        Host.PlayerConnecting(new JoinCandidate(player.Name, player.Uid, player.Address, player.Trust, player.Language) { Data = player.JoinData }, decided => verdict = decided);
        double ticksMax = JoinTimeMax.TotalSeconds * Server.TickRate;
        for (int i = 0; verdict is null && i < ticksMax; i++) Tick(1);
        if (verdict is not { Allowed: true }) return (null, verdict?.Reason ?? "nobody decided");
        Players.Add(player);
        Host.PlayerConnect(player);
        SeeOffKicked();
        return (player, "");
    }

    /// <summary>A player leaves.</summary>
    public void Leave(TestPlayer player, string reason, int code = 0)
    {
        if (!player.IsConnected) return;
        player.IsConnected = false;
        Host.PlayerDisconnect(player, reason, code);
        Players.Remove(player);
    }

    /// <summary>A player says something; everybody hears what the mods leave of it.</summary>
    public string? Say(TestPlayer player, string text)
    {
        string? heard = Host.PlayerChat(player, text).Text;
        if (heard is not null)
        {
            foreach (IPlayer everybody in Players.All.ToArray()) Players.Chat(everybody, player, heard);
        }
        SeeOffKicked();
        return heard;
    }

    /// <summary>From the next entry of this source on, scripts seem to take so long.</summary>
    public void Slow(string source, double milliseconds, int times) => _slow[source] = (milliseconds, times);

    /// <summary>Replaces a file of a mod on the test's own disk.</summary>
    public void Write(string mod, string path, byte[] content)
    {
        string folder = Path.Combine(_folder, mod);
        string file = Path.GetFullPath(Path.Combine(folder, path));
        if (!file.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)) throw new ArgumentException($"'{path}' leads out of the mod's folder", nameof(path));
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }

    /// <summary>Faults of mods since the last call.</summary>
    public IReadOnlyList<TestLogLine> TakeFaults()
    {
        IReadOnlyList<TestLogLine> faults = [.. Log.Lines.Where(line => line.IsFault)];
        IReadOnlyList<TestLogLine> fresh = [.. faults.Skip(_faultsSeen)];
        _faultsSeen = faults.Count;
        return fresh;
    }

    /// <summary>Ends everything and removes the folder.</summary>
    public void Dispose()
    {
        Host.Dispose();
        _logger.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    void SeeOffKicked()
    {
        while (Players.Kicked.Count > 0)
        {
            TestPlayer player = Players.Kicked[0];
            Players.Kicked.RemoveAt(0);
            Leave(player, player.Kicked ?? "kicked", KickedCode);
        }
    }

    bool OnEntered(Sandbox sandbox, string source)
    {
        if (!_slow.TryGetValue(source, out (double Milliseconds, int Times) slow) || slow.Times <= 0) return false;
        _slow[source] = (slow.Milliseconds, slow.Times - 1);
        Clock.Advance(TimeSpan.FromMilliseconds(slow.Milliseconds));
        return Host.Entries.RemainingMilliseconds <= 0;
    }

    ModHostOptions Options(IReadOnlyList<TestSubject> dependencies)
    {
        var settings = new Dictionary<string, ModSettings>(StringComparer.Ordinal);
        var core = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (TestSubject mod in dependencies.Prepend(_subject))
        {
            bool subject = mod == _subject;
            IReadOnlyList<string> asked = [.. mod.Manifest?.RequiredPermissions ?? [], .. mod.Manifest?.OptionalPermissions ?? []];
            settings[mod.Id] = new ModSettings
            {
                Grant = [.. asked.Where(IsGrantable), .. subject ? _setup.Grant : []], Deny = subject ? _setup.Deny : [],
                Limits = subject ? _setup.Limits : new Dictionary<string, double>(),
            };
            // What no operator can grant to a user mod, only a core mod can have required.
            if ((subject && _setup.Core) || mod.Manifest?.RequiredPermissions.Any(name => !IsGrantable(name)) == true) core[mod.Id] = null;
        }
        return new ModHostOptions
        {
            ModsFolder = _folder, Watch = WatchMode.Off, QuietPeriod = TimeSpan.Zero, ReloadInterval = TimeSpan.Zero, RandomSeed = 1, WarmsUp = false,
            Mods = settings, CoreMods = core,
        };
    }

    static bool IsGrantable(string name) => PermissionCatalog.Find(name) is { Grantable: true } or { UserDefault: true };

    void WriteAll(string mod, IReadOnlyDictionary<string, byte[]> files)
    {
        Directory.CreateDirectory(Path.Combine(_folder, mod));
        foreach ((string path, byte[] content) in files) Write(mod, path, content);
    }
}
