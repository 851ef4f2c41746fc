namespace GameServer.Scripting;

/// <summary>How changed files are noticed.</summary>
public enum WatchMode
{
    /// <summary>File events where a probe at start shows that they arrive, else polling.</summary>
    Auto,
    /// <summary>Looking at the files at an interval.</summary>
    Polling,
    /// <summary>Not at all; reload by command.</summary>
    Off,
}

/// <summary>Settings of the mod host.</summary>
public sealed record ModHostOptions
{
    /// <summary>Folder with one folder per mod. Made when absent is not our business: a missing one is reported.</summary>
    public required string ModsFolder { get; init; }

    /// <summary>Operator's script, run before any mod with all permissions; null or absent: none.</summary>
    public string? BootstrapFile { get; init; }

    /// <summary>Folder with the operator's secrets for mods, <c>&lt;mod&gt;/&lt;name&gt;</c>; null: none.</summary>
    public string? SecretsFolder { get; init; }

    /// <summary>Ids that are not loaded.</summary>
    public IReadOnlySet<string> Disabled { get; init; } = new HashSet<string>();

    /// <summary>Ids of trust level core, each with the SHA-256 its files must have (hex) or null.</summary>
    public IReadOnlyDictionary<string, string?> CoreMods { get; init; } = new Dictionary<string, string?>();

    /// <summary>Limits of a user mod.</summary>
    public ModLimits UserLimits { get; init; } = new();

    /// <summary>Limits of a core mod.</summary>
    public ModLimits CoreLimits { get; init; } = ModLimits.Core;

    /// <summary>What the operator settles for single mods, by id.</summary>
    public IReadOnlyDictionary<string, ModSettings> Mods { get; init; } = new Dictionary<string, ModSettings>();

    /// <summary>How saved files are noticed; default auto.</summary>
    public WatchMode Watch { get; init; } = WatchMode.Auto;

    /// <summary>A mod is reloaded when its files have been quiet this long; default 100 ms.</summary>
    public TimeSpan QuietPeriod { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Under endless writes a mod is looked at after this long anyway; default 2 s.</summary>
    public TimeSpan QuietPeriodMax { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Interval of looking at the files where events do not arrive; default 1 s.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Interval of looking at the files where events do arrive, for the ones that got lost; default 2 s.</summary>
    public TimeSpan ScanInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Shortest time between two reloads of one mod; default 250 ms. The last content wins.</summary>
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Reloads carried out in one tick; default 4.</summary>
    public int ReloadsPerTickMax { get; init; } = 4;

    /// <summary>Time a yielding PlayerConnecting may take in all; default 10 s. Then the candidate is refused.</summary>
    public TimeSpan ConnectDecisionMax { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How entities are sent to players.</summary>
    public WorldOptions World { get; init; } = new();

    /// <summary>Whether this is a development server: operators may run code in mods.</summary>
    public bool Development { get; init; }

    /// <summary>Whether costs are booked; off only to measure what booking costs.</summary>
    public bool Accounts { get; init; } = true;

    /// <summary>Whether code is made ready before the first mod starts, so that no first call is slow; default true. A test run does without: its limits are wide, and
    /// its start counts.</summary>
    public bool WarmsUp { get; init; } = true;

    /// <summary>Seed of all random numbers of scripts; null takes one from the clock.</summary>
    public long? RandomSeed { get; init; }
}

/// <summary>What the operator settles for one mod.</summary>
public sealed record ModSettings
{
    /// <summary>Permissions granted beyond those of the trust level.</summary>
    public IReadOnlyList<string> Grant { get; init; } = [];

    /// <summary>Permissions taken away.</summary>
    public IReadOnlyList<string> Deny { get; init; } = [];

    /// <summary>Limits that replace those of the trust level, by key of <see cref="LimitCatalog"/>.</summary>
    public IReadOnlyDictionary<string, double> Limits { get; init; } = new Dictionary<string, double>();

    /// <summary>Hosts it may send HTTP requests to: <c>api.example.com</c>, <c>*.example.com</c>, with <c>:port</c> when it is not the scheme's own.</summary>
    public IReadOnlyList<string> HttpHosts { get; init; } = [];

    /// <summary>Whether these hosts may lie in private networks or on this machine.</summary>
    public bool HttpPrivate { get; init; }

    /// <summary>Values of the mod's own configuration.</summary>
    public IReadOnlyDictionary<string, object> Config { get; init; } = new Dictionary<string, object>();
}
