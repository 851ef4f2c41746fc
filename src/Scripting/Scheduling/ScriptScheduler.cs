using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Profiling;

namespace GameServer.Scripting.Scheduling;

/// <summary>Timers and waiting threads of one generation of a mod, by the tick they are due. Dies with it.</summary>
/// <remarks>Tick thread. Nothing due costs one comparison.</remarks>
sealed class ScriptScheduler(Sandbox sandbox, Ownership ownership, TickClock clock)
{
    readonly PriorityQueue<Wake, (long Due, long Sequence)> _due = new();
    Queue<Wake> _deferred = new();
    Queue<Wake> _running = new();
    long _sequence;

    /// <summary>Clock that due times refer to.</summary>
    public TickClock Clock => clock;

    /// <summary>Live timers and waiting threads.</summary>
    public int Count => ownership.CountOf(RegistrationKind.Timer) + ownership.CountOf(RegistrationKind.Task);

    /// <summary>Whether something is due now.</summary>
    public bool HasWork => _due.TryPeek(out _, out (long Due, long) first) && first.Due <= clock.Tick;

    /// <summary>Whether something waits for the end of the tick.</summary>
    public bool HasDeferred => _deferred.Count > 0;

    /// <summary>Calls a function later, once or again and again.</summary>
    /// <returns>The registration, or why there is none.</returns>
    public (Registration? Timer, string? Refusal) AddTimer(LuauFunction function, long ticks, bool repeats, Permission mask)
    {
        var timer = new ScriptTimer(this, sandbox.Vm.CreateRef(function), sandbox.Costs.Of("timer", function), Math.Max(1, ticks), repeats, mask);
        if (ownership.Add(timer, sandbox.Limits.Timers) is { } refusal) return (null, refusal);
        Enqueue(timer, clock.Tick + timer.Ticks);
        return (timer, null);
    }

    /// <summary>Continues a thread that is about to yield, with the seconds it waited.</summary>
    /// <returns>The wait, or why it cannot wait.</returns>
    public (Registration? Wait, string? Refusal) Sleep(LuauThread thread, double seconds) => AddWait(thread, [], clock.DueIn(seconds), reportElapsed: true);

    /// <summary>Starts or continues a thread later.</summary>
    /// <param name="thread">Suspended.</param>
    /// <param name="args">What it gets.</param>
    /// <param name="seconds">When; null for the end of the present tick.</param>
    public (Registration? Wait, string? Refusal) Delay(LuauThread thread, ReadOnlySpan<LuauValue> args, double? seconds) =>
        AddWait(thread, args, seconds is { } later ? clock.DueIn(later) : clock.Tick, reportElapsed: false);

    /// <summary>Runs what is due in this tick.</summary>
    public void RunDue()
    {
        while (sandbox.CanEnter && _due.TryPeek(out Wake? wake, out (long Due, long) first) && first.Due <= clock.Tick)
        {
            _due.Dequeue();
            if (wake.IsLive) wake.Run(sandbox);
        }
    }

    /// <summary>Runs what was deferred to the end of the tick before this call; what that defers comes in the next round.</summary>
    public void RunDeferred()
    {
        if (_deferred.Count == 0 || !sandbox.CanEnter) return;
        (_running, _deferred) = (_deferred, _running);
        while (_running.TryDequeue(out Wake? wake))
        {
            if (!wake.IsLive) continue;
            if (sandbox.CanEnter) wake.Run(sandbox);
            else _deferred.Enqueue(wake);
        }
    }

    (Registration? Wait, string? Refusal) AddWait(LuauThread thread, ReadOnlySpan<LuauValue> args, long due, bool reportElapsed)
    {
        ScriptTask task = ScriptTask.Of(thread, "task");
        task.WaitingSince ??= clock.Now;
        long last = clock.DueIn(Math.Max(0, task.WaitingSince.Value + sandbox.Limits.TaskLifetimeS - clock.Now));
        var references = new LuauRef[args.Length];
        for (int i = 0; i < args.Length; i++) references[i] = sandbox.Vm.CreateRef(args[i]);
        var wait = new ThreadWait(sandbox.Vm.CreateRef(thread), references, clock.Now, reportElapsed, clock) { Expires = due > last };
        if (ownership.Add(wait, sandbox.Limits.Threads) is { } refusal) return (null, refusal);
        task.Waiting = wait;
        Enqueue(wait, Math.Min(due, last));
        return (wait, null);
    }

    internal void Enqueue(Wake wake, long due)
    {
        if (due <= clock.Tick) _deferred.Enqueue(wake);
        else _due.Enqueue(wake, (due, ++_sequence));
        // Entries released early stay until their tick; when they are most of it, it is made anew.
        if (_due.Count > 64 && _due.Count > 4 * Count) Compact();
        if (_deferred.Count > 64 && _deferred.Count > 4 * Count) _deferred = new Queue<Wake>(_deferred.Where(one => one.IsLive));
    }

    void Compact()
    {
        (Wake Element, (long, long) Priority)[] live = [.. _due.UnorderedItems.Where(item => item.Element.IsLive)];
        _due.Clear();
        _due.EnqueueRange(live);
    }
}

/// <summary>Something that happens at a tick.</summary>
abstract class Wake(RegistrationKind kind) : Registration(kind)
{
    /// <summary>Does it.</summary>
    public abstract void Run(Sandbox sandbox);
}

/// <summary>A function called later, once or again and again.</summary>
sealed class ScriptTimer(ScriptScheduler scheduler, LuauRef function, CostAccount cost, long ticks, bool repeats, Permission mask) : Wake(RegistrationKind.Timer)
{
    /// <summary>Ticks until the first call and between calls.</summary>
    public long Ticks { get; } = ticks;

    /// <inheritdoc/>
    public override void Run(Sandbox sandbox)
    {
        LuauFunction callee = function.Value.As<LuauFunction>()!;
        // Ticks that were missed while the mod was suspended are not made up for.
        if (repeats) scheduler.Enqueue(this, scheduler.Clock.Tick + Ticks);
        else Release();
        sandbox.Start(callee, [], new Entry("timer", sandbox.Limits.EventHardMs, MayYield: true, mask, cost));
    }

    /// <inheritdoc/>
    protected override void OnReleased() => function.Dispose();
}

/// <summary>A thread that goes on at a tick.</summary>
sealed class ThreadWait(LuauRef thread, LuauRef[] args, double since, bool reportElapsed, TickClock clock) : Wake(RegistrationKind.Task)
{
    /// <summary>Whether its task has lived long enough then and is cancelled instead.</summary>
    public bool Expires { get; init; }

    /// <inheritdoc/>
    public override int HostBytes => HostAccount.RegistrationBytes + (32 * args.Length);

    /// <inheritdoc/>
    public override void Run(Sandbox sandbox)
    {
        LuauThread waiting = thread.Value.As<LuauThread>()!;
        var values = new LuauValue[reportElapsed ? 1 : args.Length];
        if (reportElapsed) values[0] = clock.Now - since;
        else for (int i = 0; i < args.Length; i++) values[i] = args[i].Value;
        bool isOurs = ScriptTask.Of(waiting, "task").Waiting == this && waiting.Status == CoroutineStatus.Suspended;
        string source = ScriptTask.Of(waiting, "task").Source;
        Release();
        if (!isOurs) return;
        ScriptTask.Of(waiting, "task").Waiting = null;
        if (Expires)
        {
            waiting.Close();
            sandbox.Report(source, $"task cancelled: it lived longer than {sandbox.Limits.TaskLifetimeS} s (task_lifetime_s)");
            return;
        }
        sandbox.Resume(waiting, values, new Entry(source, sandbox.Limits.EventHardMs, MayYield: true, Permission.None));
    }

    /// <inheritdoc/>
    protected override void OnReleased()
    {
        thread.Dispose();
        foreach (LuauRef arg in args) arg.Dispose();
    }
}
