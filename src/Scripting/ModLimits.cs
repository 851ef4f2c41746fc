namespace GameServer.Scripting;

/// <summary>Limits of one mod. A manifest may lower them, the operator sets them per trust level and per mod, also while the mod runs.</summary>
/// <remarks><see cref="LimitCatalog"/> names each with its key, range and the place that enforces it.</remarks>
public sealed record ModLimits
{
    /// <summary>Bytes of the VM in MiB; default 20. Passing it destroys the VM.</summary>
    public double MemoryHardMb { get; init; } = 20;
    /// <summary>Percent of the hard limit at which the VM measures what is alive; default 75.</summary>
    public double MemorySoftPct { get; init; } = 75;
    /// <summary>KiB the server holds on the mod's behalf; default 4096. Passing it refuses the request that would.</summary>
    public double HostMemoryKb { get; init; } = 4096;
    /// <summary>Script time per tick in ms above which the mod runs into debt; default 4.</summary>
    public double TickBudgetMs { get; init; } = 4;
    /// <summary>Think of one mod in ms before it is killed; default 50.</summary>
    public double TickHardMs { get; init; } = 50;
    /// <summary>One dispatch of any other hook, timer or task step in ms before it is killed; default 20.</summary>
    public double EventHardMs { get; init; } = 20;
    /// <summary>One call into this mod in ms; the caller's remaining time if that is less; default 10.</summary>
    public double CallHardMs { get; init; } = 10;
    /// <summary>Main chunk in ms; default 1000.</summary>
    public double LoadMs { get; init; } = 1000;
    /// <summary>OnLoad in ms; default 500.</summary>
    public double OnloadMs { get; init; } = 500;
    /// <summary>OnUnload in ms; default 200.</summary>
    public double UnloadMs { get; init; } = 200;
    /// <summary>Seconds a suspended task may live since it was started; default 600.</summary>
    public double TaskLifetimeS { get; init; } = 600;
    /// <summary>Seconds an asynchronous answer is waited for; default 60.</summary>
    public double ReturnWaitS { get; init; } = 60;
    /// <summary>Suspended tasks; default 1000.</summary>
    public double Threads { get; init; } = 1000;
    /// <summary>Timers; default 1000.</summary>
    public double Timers { get; init; } = 1000;
    /// <summary>Registered handlers of hooks, events and messages; default 256.</summary>
    public double Hooks { get; init; } = 256;
    /// <summary>Registered commands; default 32.</summary>
    public double Commands { get; init; } = 32;
    /// <summary>Bytes of one value that leaves the VM; default 262 144.</summary>
    public double ValueBytes { get; init; } = 262_144;
    /// <summary>Nesting of one value that leaves the VM; default 32.</summary>
    public double ValueDepth { get; init; } = 32;
    /// <summary>Values inside one value that leaves the VM; default 4096.</summary>
    public double ValueNodes { get; init; } = 4096;
    /// <summary>Entries of one table that leaves the VM; default 2048.</summary>
    public double TableEntries { get; init; } = 2048;
    /// <summary>Entities; default 2000.</summary>
    public double Entities { get; init; } = 2000;
    /// <summary>Keys of one entity; default 32.</summary>
    public double EntityKeys { get; init; } = 32;
    /// <summary>Bytes of one entity's keys and values as they are sent; default 2048.</summary>
    public double EntityBytes { get; init; } = 2048;
    /// <summary>Calls from mod to mod inside one another; default 8.</summary>
    public double CallDepth { get; init; } = 8;
    /// <summary>KiB of all script files; default 2048.</summary>
    public double SourceKb { get; init; } = 2048;
    /// <summary>KiB of one script file; default 512.</summary>
    public double FileKb { get; init; } = 512;
    /// <summary>Script files; default 256.</summary>
    public double Files { get; init; } = 256;
    /// <summary>Log lines per second; default 20. More are counted and left out.</summary>
    public double LogLinesS { get; init; } = 20;
    /// <summary>Bytes of one log line; default 2048. The rest is cut.</summary>
    public double LogLineBytes { get; init; } = 2048;
    /// <summary>KiB per second sent to players; default 64 per connected player, at least 64.</summary>
    public double NetOutKbps { get; init; } = 64;
    /// <summary>Messages per second sent to one player; default 50.</summary>
    public double NetMsgsS { get; init; } = 50;
    /// <summary>Errors within ten seconds after which the mod is suspended for five; default 20.</summary>
    public double ErrorsWindow { get; init; } = 20;
    /// <summary>Restarts within ten minutes after which it is broken; default 5.</summary>
    public double RestartsWindow { get; init; } = 5;

    /// <summary><see cref="MemoryHardMb"/> in bytes.</summary>
    internal long MemoryBytes => (long)(MemoryHardMb * (1 << 20));

    /// <summary>Limits of a mod of trust level core.</summary>
    public static ModLimits Core => new()
    {
        MemoryHardMb = 256,
        HostMemoryKb = 65_536,
        TickBudgetMs = 10,
        TickHardMs = 90,
        LoadMs = 5000,
        OnloadMs = 5000,
        UnloadMs = 1000,
        Hooks = 4096,
        Commands = 256,
        Entities = 20_000,
        SourceKb = 16_384,
        FileKb = 4096,
        Files = 1024,
        LogLinesS = 200,
        NetOutKbps = 1024,
        NetMsgsS = 500,
    };
}
