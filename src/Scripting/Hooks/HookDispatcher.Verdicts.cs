using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Hooks;

// A verdict is a plain table, { verdict = "deny", reason = ..., code = ... }, made by hook.deny and its kin. It lives in the mod's own heap, so a mod that
// hoards verdicts hoards its own memory.

/// <summary>What a handler said, and hooks whose handlers may take their time to say it.</summary>
sealed partial class HookDispatcher
{
    readonly List<PendingDecision> _pending = [];

    /// <summary>Asks handlers that may wait, one after the other, until the first verdict.</summary>
    /// <param name="list">A deciding hook.</param>
    /// <param name="args">Arguments.</param>
    /// <param name="deadline">Host time in seconds at which it is refused.</param>
    /// <param name="decided">Told exactly once, before this returns if nobody waits.</param>
    public void DecideWaiting(HookList list, HookValue[] args, double deadline, Action<Verdict> decided)
    {
        if (list.IsEmpty)
        {
            decided(Verdict.None);
            return;
        }
        var decision = new PendingDecision(this, list, args, deadline, decided);
        decision.Continue();
        if (!decision.IsOver) _pending.Add(decision);
    }

    /// <summary>Ends decisions whose time is over or whose mod is gone.</summary>
    /// <param name="now">Host time in seconds.</param>
    public void ExpirePending(double now)
    {
        for (int i = _pending.Count - 1; i >= 0; i--)
        {
            _pending[i].Check(now);
            if (_pending[i].IsOver) _pending.RemoveAt(i);
        }
    }

    Verdict VerdictOf(Handler handler, RunStatus status, out HookValue replacement)
    {
        Verdict verdict = ReadVerdict(handler, status, out replacement);
        TraceVerdict(handler, verdict);
        return verdict;
    }

    Verdict ReadVerdict(Handler handler, RunStatus status, out HookValue replacement)
    {
        replacement = default;
        HookSubscriber subscriber = handler.Subscriber;
        if (status is RunStatus.Failed or RunStatus.Killed)
        {
            return handler.List.Row is { FailClosed: true } ? new Verdict(VerdictKind.Deny, subscriber.ModId, "an error occurred", "error") : Verdict.None;
        }
        ReadOnlySpan<LuauValue> results = subscriber.Sandbox.Results;
        if (status != RunStatus.Returned || results.Length == 0 || results[0].IsNil) return Verdict.None;
        LuauVm vm = subscriber.Sandbox.Vm;
        if (results[0].As<LuauTable>() is not { } table || KindOf(vm, table) is not { } kind || !Fits(kind, handler.List.Kind))
        {
            subscriber.Sandbox.Report(handler.List.Name,
                $"returned something that is no verdict of a {handler.List.Kind.ToString().ToLowerInvariant()} hook; use hook.deny, hook.replace or hook.handled");
            return Verdict.None;
        }
        Permission needs = handler.List.Row?.NeedsVerdict ?? Permission.Base;
        if ((handler.Mask & needs) != needs)
        {
            subscriber.Sandbox.Report(handler.List.Name,
                $"permission denied: {PermissionCatalog.Text(needs)} (mod '{subscriber.ModId}', hook '{handler.List.Name}'): the verdict does not count");
            return Verdict.None;
        }
        if (kind == VerdictKind.Replace && !TryReplacement(handler, vm.Get(table, "value"), out replacement)) return Verdict.None;
        return new Verdict(kind, subscriber.ModId, TextOf(vm, table, "reason"), TextOf(vm, table, "code"));
    }

    bool TryReplacement(Handler handler, in LuauValue value, out HookValue replacement)
    {
        Sandbox sandbox = handler.Subscriber.Sandbox;
        replacement = default;
        if (handler.List.Row is { } row)
        {
            // All transforming hooks of the server pass text.
            replacement = value.As<LuauString>()?.ToString();
            if (replacement.Text is not null) return true;
            sandbox.Report(row.Name, $"hook.replace needs a string here, got {value.Type}");
            return false;
        }
        _encoder.Begin(sandbox.Vm, ValueFormat.Internal, ValueLimits.Of(sandbox.Limits), handler.Subscriber.Handles);
        if (_encoder.TryAdd(value, "value"))
        {
            replacement = HookValue.Encoded(new EncodedValues(_encoder.Encoded.ToArray(), 1));
            return true;
        }
        sandbox.Report(handler.List.Name, $"the replacement was left out: {_encoder.Refusal}");
        return false;
    }

    static VerdictKind? KindOf(LuauVm vm, LuauTable table) => vm.Get(table, "verdict").As<LuauString>()?.ToString() switch
    {
        "deny" => VerdictKind.Deny,
        "handled" => VerdictKind.Handled,
        "replace" => VerdictKind.Replace,
        _ => null,
    };

    static bool Fits(VerdictKind verdict, HookKind hook) => hook switch
    {
        HookKind.Decide => verdict is VerdictKind.Deny or VerdictKind.Handled,
        HookKind.Transform => verdict is VerdictKind.Deny or VerdictKind.Replace,
        _ => false,
    };

    static string TextOf(LuauVm vm, LuauTable table, string field)
    {
        string text = vm.Get(table, field).As<LuauString>()?.ToString() ?? "";
        return text.Length <= 500 ? text : text[..500];
    }

    /// <summary>One decision under way: where it stands in the list of handlers.</summary>
    sealed class PendingDecision(HookDispatcher dispatcher, HookList list, HookValue[] args, double deadline, Action<Verdict> decided)
    {
        readonly Handler[] _handlers = list.Handlers;
        int _next;
        Handler? _waitsFor;
        LuauThread? _thread;

        public bool IsOver { get; private set; }

        public void Continue()
        {
            while (!IsOver && _next < _handlers.Length)
            {
                Handler handler = _handlers[_next++];
                if (!handler.IsLive || !handler.Wants(args) || !handler.Subscriber.Sandbox.CanEnter) continue;
                RunStatus status = dispatcher.Invoke(handler, args);
                if (status == RunStatus.Waiting)
                {
                    _waitsFor = handler;
                    _thread = handler.Subscriber.Sandbox.LastThread!;
                    ScriptTask.Of(_thread, list.Name).Ended = ended => OnEnded(handler, ended);
                    return;
                }
                Take(handler, status);
            }
            if (!IsOver) Finish(Verdict.None);
        }

        public void Check(double now)
        {
            if (IsOver || _waitsFor is null) return;
            if (_waitsFor.Subscriber.Sandbox.IsClosed) Finish(new Verdict(VerdictKind.Deny, _waitsFor.Subscriber.ModId, "please try again", "reloading"));
            // Its own script resumed it to the end, or closed it: nobody will tell.
            else if (_thread!.Status == CoroutineStatus.Dead) OnEnded(_waitsFor, RunStatus.Failed);
            else if (now >= deadline) Finish(new Verdict(VerdictKind.Deny, _waitsFor.Subscriber.ModId, "the server took too long to answer", "timeout"));
        }

        void OnEnded(Handler handler, RunStatus status)
        {
            if (IsOver) return;
            (_waitsFor, _thread) = (null, null);
            Take(handler, status);
            Continue();
        }

        void Take(Handler handler, RunStatus status)
        {
            Verdict verdict = dispatcher.VerdictOf(handler, status, out _);
            if (verdict.Kind is VerdictKind.Deny or VerdictKind.Handled) Finish(verdict);
        }

        void Finish(Verdict verdict)
        {
            IsOver = true;
            dispatcher.Observe(list, args, verdict);
            decided(verdict);
        }
    }
}
