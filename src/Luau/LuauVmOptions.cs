namespace GameServer.Luau;

/// <summary>Limits and switches of one VM.</summary>
public sealed record LuauVmOptions
{
    /// <summary>Bytes all values of the VM may occupy; default 20 MiB, at least 1 MiB. Null: no limit.</summary>
    public long? MemoryBytesMax { get; init; } = 20L << 20;

    /// <summary>What passing <see cref="MemoryBytesMax"/> does. Default: kill, which no script code can catch; the VM is then marked for death.</summary>
    public MemoryFault OnMemoryLimit { get; init; } = MemoryFault.Kill;

    /// <summary>Part of the limit, in percent, above which the live size is measured at the next safe moment; default 75, 10–100.</summary>
    public int MemorySoftPercent { get; init; } = 75;

    /// <summary>Nested calls of one thread before <c>stack overflow</c>; default 20 000 (specification 12).</summary>
    public int CallDepthMax { get; init; } = 20_000;

    /// <summary>Nested host levels (metamethods, library callbacks, nested resumes) before <c>C stack overflow</c>; default 200.</summary>
    public int HostDepthMax { get; init; } = 200;

    /// <summary>Clock of <c>os.time</c>, <c>os.date</c> and <c>os.clock</c>; a host may feed it from its tick clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Seed of <c>math.random</c>; null takes one from the time.</summary>
    public long? RandomSeed { get; init; }

    /// <summary>Where <c>print</c> writes; null for standard output.</summary>
    public PrintHandler? Print { get; init; }

    /// <summary>Functions a sandboxed mod does not get but a script runner does: <c>loadstring</c>, <c>collectgarbage</c>, <c>getfenv</c>,
    /// <c>setfenv</c>, <c>newproxy</c>. Default: off.</summary>
    public bool RunnerLibrary { get; init; }
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
