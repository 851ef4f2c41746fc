namespace GameServer.Scripting.Profiling;

/// <summary>What a handler did when its hook was raised, or what came of the hook in the end.</summary>
/// <param name="Tick">In which tick.</param>
/// <param name="Hook">Name of the hook.</param>
/// <param name="Mod">Whose handler; empty for the outcome.</param>
/// <param name="What">Of a handler: <c>returned</c>, <c>waits</c>, <c>failed</c>, <c>killed</c>, <c>skipped</c>, <c>deferred</c>, <c>filtered</c>; of its verdict:
/// <c>deny</c>, <c>handled</c>, <c>replace</c>; of the hook: <c>outcome</c>.</param>
/// <param name="Detail">Reason of a verdict, error, or who decided.</param>
/// <param name="Ms">Own time of the handler; 0 when it did not run.</param>
public readonly record struct HookTrace(long Tick, string Hook, string Mod, string What, string Detail, double Ms);

/// <summary>Somebody who watches hooks as they are raised.</summary>
/// <param name="mod">Only handlers of this mod, and outcomes; null for all.</param>
/// <param name="hook">Only this hook; null for all.</param>
/// <param name="tell">Gets what happens. Tick thread: must be quick.</param>
/// <remarks>Tick thread, except <see cref="Close"/>.</remarks>
public sealed class HookWatch(string? mod, string? hook, Action<HookTrace> tell)
{
    /// <summary>Traces per second; what comes beyond is counted and left out.</summary>
    public const int PerSecondMax = 400;

    volatile bool _isClosed;
    int _second;
    int _told;

    /// <summary>Traces left out so far.</summary>
    public long Suppressed { get; private set; }

    /// <summary>Whether nobody wants to know any more.</summary>
    public bool IsClosed => _isClosed;

    /// <summary>Ends it. Any thread.</summary>
    public void Close() => _isClosed = true;

    internal void Tell(in HookTrace trace, int second)
    {
        if (hook is not null && trace.Hook != hook) return;
        if (mod is not null && trace.Mod.Length > 0 && trace.Mod != mod) return;
        if (second != _second) (_second, _told) = (second, 0);
        if (++_told > PerSecondMax) Suppressed++;
        else tell(trace);
    }
}
