using GameServer.Scripting.Isolation;
using GameServer.Scripting.Profiling;

namespace GameServer.Scripting.Hooks;

/// <summary>Shows who decided what, to whoever watches. Without watchers it costs one comparison per handler.</summary>
sealed partial class HookDispatcher
{
    HookWatch[] _watches = [];
    long _tick;
    int _second;

    /// <summary>Adds a watcher.</summary>
    public void Watch(HookWatch watch) => _watches = [.. _watches, watch];

    /// <summary>A tick begins; watchers that left are forgotten.</summary>
    public void BeginTick(long tick, int second)
    {
        (_tick, _second) = (tick, second);
        if (_watches.Length > 0 && Array.Exists(_watches, watch => watch.IsClosed)) _watches = [.. _watches.Where(watch => !watch.IsClosed)];
    }

    void TraceRun(Handler handler, RunStatus status)
    {
        if (_watches.Length == 0) return;
        Sandbox sandbox = handler.Subscriber.Sandbox;
        (string what, string detail) = status switch
        {
            RunStatus.Returned => ("returned", handler.Observes ? "observer" : ""),
            RunStatus.Waiting => ("waits", ""),
            RunStatus.Failed => ("failed", sandbox.LastError),
            RunStatus.Killed => ("killed", sandbox.LastError),
            _ => ("skipped", "it could not be entered"),
        };
        Tell(new HookTrace(_tick, handler.List.Name, sandbox.ModId, what, ModLog.Clean(detail, 300), status == RunStatus.Refused ? 0 : sandbox.LastMilliseconds));
    }

    void TraceVerdict(Handler handler, in Verdict verdict)
    {
        if (_watches.Length == 0 || verdict.Kind == VerdictKind.None) return;
        string detail = verdict.Code.Length == 0 ? verdict.Reason : $"{verdict.Reason} ({verdict.Code})";
        Tell(new HookTrace(_tick, handler.List.Name, handler.Subscriber.ModId, verdict.Kind.ToString().ToLowerInvariant(), ModLog.Clean(detail, 300), 0));
    }

    void TraceLeftOut(Handler handler, string what, string why)
    {
        if (_watches.Length > 0) Tell(new HookTrace(_tick, handler.List.Name, handler.Subscriber.ModId, what, why, 0));
    }

    void TraceOutcome(HookList list, in Verdict verdict)
    {
        if (_watches.Length == 0) return;
        string detail = verdict.Kind == VerdictKind.None ? "nobody objected" : $"{verdict.Kind.ToString().ToLowerInvariant()} by {verdict.By}: {verdict.Reason}";
        Tell(new HookTrace(_tick, list.Name, "", "outcome", ModLog.Clean(detail, 300), 0));
    }

    void Tell(in HookTrace trace)
    {
        foreach (HookWatch watch in _watches)
        {
            if (!watch.IsClosed) watch.Tell(trace, _second);
        }
    }
}
