namespace GameServer.Luau;

/// <summary>Limits and switches of one VM.</summary>
public sealed record LuauVmOptions
{
    /// <summary>Smallest <see cref="MemoryBytesMax"/>: the libraries alone take more than half of it.</summary>
    public const long MemoryBytesMin = 64 << 10;

    /// <summary>Bytes all values of the VM may occupy; default 20 MiB, at least <see cref="MemoryBytesMin"/>. Null: no limit, only for scripts that are trusted.</summary>
    public long? MemoryBytesMax { get; init; } = 20L << 20;

    /// <summary>What passing <see cref="MemoryBytesMax"/> does. Default: kill, which no script code can catch; the VM is then marked for death.</summary>
    public MemoryFault OnMemoryLimit { get; init; } = MemoryFault.Kill;

    /// <summary>Part of the limit, in percent, above which the live size is measured at the next safe moment; default 75, 10–100.</summary>
    public int MemorySoftPercent { get; init; } = 75;

    /// <summary>Nested calls of one thread before <c>stack overflow</c>; default 20 000 (specification 12), 100–1 000 000.</summary>
    public int CallDepthMax { get; init; } = 20_000;

    /// <summary>Nested host levels (metamethods, library callbacks, nested resumes) before <c>C stack overflow</c>; default 200, 10–200. Each takes
    /// about 1 KiB of the host thread's stack.</summary>
    public int HostDepthMax { get; init; } = 200;

    /// <summary>Clock of <c>os.time</c> and <c>os.date</c>; a host may feed it from its tick clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Clock of <c>os.clock</c>, which scripts measure themselves with; null for that of <see cref="Time"/>.</summary>
    public TimeProvider? MeasuringTime { get; init; }

    /// <summary>Seed of <c>math.random</c>; null takes one from the time.</summary>
    public long? RandomSeed { get; init; }

    /// <summary>Where <c>print</c> writes; null for standard output.</summary>
    public PrintHandler? Print { get; init; }

    /// <summary>Functions a sandboxed mod does not get but a script runner does: <c>loadstring</c>, <c>collectgarbage</c>, <c>getfenv</c>,
    /// <c>setfenv</c>, <c>newproxy</c>. Default: off.</summary>
    public bool RunnerLibrary { get; init; }

    /// <summary>All problems with these values, each naming the property and what is allowed; empty when they can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        var problems = new List<string>();
        Check(MemoryBytesMax is null or >= MemoryBytesMin, nameof(MemoryBytesMax), $"null, or {MemoryBytesMin} or more");
        Check(Enum.IsDefined(OnMemoryLimit), nameof(OnMemoryLimit), "Kill or Error");
        Check(MemorySoftPercent is >= 10 and <= 100, nameof(MemorySoftPercent), "10–100");
        Check(CallDepthMax is >= 100 and <= 1_000_000, nameof(CallDepthMax), "100–1000000");
        Check(HostDepthMax is >= 10 and <= 200, nameof(HostDepthMax), "10–200");
        Check(Time is not null, nameof(Time), "not null");
        return problems;

        void Check(bool isGood, string property, string allowed)
        {
            if (!isGood) problems.Add($"{property}: {allowed}");
        }
    }
}

/// <summary>Takes one line of <c>print</c>, without its line end; the bytes are valid during the call only.</summary>
public delegate void PrintHandler(ReadOnlySpan<byte> line);

/// <summary>What happens when a VM passes its memory limit.</summary>
public enum MemoryFault
{
    /// <summary>The script dies uncatchably and the VM is marked for death.</summary>
    Kill,
    /// <summary>A catchable <c>not enough memory</c> error, as upstream's command-line program does.</summary>
    Error,
}
