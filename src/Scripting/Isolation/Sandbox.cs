using System.Text;
using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Profiling;

namespace GameServer.Scripting.Isolation;

/// <summary>How an entry into script code came back.</summary>
enum RunStatus
{
    /// <summary>The function returned; results are in <see cref="Sandbox.Results"/>.</summary>
    Returned,
    /// <summary>It waits; whoever it waits for resumes it.</summary>
    Waiting,
    /// <summary>It raised an error, which was reported.</summary>
    Failed,
    /// <summary>It passed its deadline or the memory limit, which was reported.</summary>
    Killed,
    /// <summary>It was not entered: the VM is busy, closed, or entries are nested too deeply.</summary>
    Refused,
}

/// <summary>Hears of everything that went wrong in a sandbox.</summary>
interface IFaultSink
{
    /// <summary>A script error.</summary>
    /// <param name="source">What was running.</param>
    /// <param name="message">The error with its position.</param>
    /// <param name="traceback">Frames, innermost first.</param>
    void ScriptError(string source, string message, string traceback);

    /// <summary>A deadline passed, or (<paramref name="outOfMemory"/>) the memory limit: the VM can only be dropped then.</summary>
    void ScriptKilled(string source, double milliseconds, string traceback, bool outOfMemory);

    /// <summary>A call was stopped, not for what it did itself: the time of its caller was over.</summary>
    void ScriptCut(string source, string why);

    /// <summary>The server itself failed while this mod's code was running: a mistake of ours. The VM's state is unknown, it can only be dropped.</summary>
    void HostFailed(string source, Exception mistake);
}

/// <summary>One VM with its walls: sealed globals, limits, rights, time account. The only place that enters script code, and the only one that sees it fail.</summary>
/// <remarks>Tick thread. Nothing here raises because of what a script does.</remarks>
sealed class Sandbox : IDisposable
{
    const int PooledThreadsMax = 32;
    const int ErrorBytesMax = 4096;

    readonly DispatchStack _stack;
    readonly DeadlineCell _deadline;
    readonly IFaultSink _faults;
    readonly Stack<LuauThread> _idleThreads = new();
    readonly List<long> _killedEntries = [];
    LuauThread? _last;
    double _topMilliseconds;
    double _allowanceGiven;
    bool _hostFailed;
    string? _killedInside;
    bool _closed;

    /// <summary>Makes a VM that still takes libraries; <see cref="Seal"/> closes it.</summary>
    public Sandbox(string modId, ModLimits limits, Permission grants, LuauVmOptions options, DispatchStack stack, Watchdog watchdog, IFaultSink faults,
        ModCosts? costs = null)
    {
        ModId = modId;
        Limits = limits;
        Grants = grants;
        Vm = new LuauVm(options);
        Account = new HostAccount((long)(limits.HostMemoryKb * 1024));
        Ownership = new Ownership(Account);
        _stack = stack;
        _faults = faults;
        _deadline = new DeadlineCell(Vm, watchdog);
        Costs = costs ?? new ModCosts(modId, stack.Recorder.Clock);
        Environment = Vm.Globals;
        Vm.Sampled += _ => stack.Recorder.Take(Vm);
    }

    /// <summary>The mod.</summary>
    public string ModId { get; }

    /// <summary>The VM; enter it only through this class.</summary>
    public LuauVm Vm { get; }

    /// <summary>Globals of the mod's scripts; the shared table itself until <see cref="Seal"/>.</summary>
    public LuauTable Environment { get; private set; }

    /// <summary>Limits in force.</summary>
    public ModLimits Limits { get; private set; }

    /// <summary>All rights of the mod; code may run with less.</summary>
    public Permission Grants { get; }

    /// <summary>What the server holds for the mod.</summary>
    public HostAccount Account { get; }

    /// <summary>What its entries cost; outlives the VM.</summary>
    public ModCosts Costs { get; }
    /// <summary>What this generation has registered.</summary>
    public Ownership Ownership { get; }

    /// <summary>Number of the entry under way, or of the last one; see <see cref="WasKilled"/>.</summary>
    public long EntryNumber { get; private set; }

    /// <summary>Script time in the current tick, in ms.</summary>
    public double TickMilliseconds { get; set; }

    /// <summary>Time in the current tick that this mod caused, in ms: its entries with everything they called in other VMs, without what others called in it.</summary>
    public double ChargedMilliseconds { get; private set; }

    /// <summary>Script time since this VM was made, in ms.</summary>
    public double TotalMilliseconds { get; private set; }

    /// <summary>Own time of the last entry, in ms.</summary>
    public double LastMilliseconds { get; private set; }

    /// <summary>Own time of the last entry and the whole of it, in timestamp units.</summary>
    public (long Self, long Total) LastTime { get; private set; }

    /// <summary>What took the longest single entry of the current tick.</summary>
    public string TopSource { get; private set; } = "";

    /// <summary>Whether script code of this VM is under way.</summary>
    public bool IsBusy { get; private set; }

    /// <summary>Not to be entered for the moment: suspended.</summary>
    public bool IsPaused { get; set; }

    /// <summary>Whether the VM can be entered now.</summary>
    public bool CanEnter => !IsBusy && !IsPaused && !_closed && !IsOverTick && _stack.Depth < DispatchStack.DepthMax;

    /// <summary>Whether all calls of this tick together have used the time that one Think may: many short calls hold up a tick like one long call.
    /// Goes on in the next tick.</summary>
    public bool IsOverTick => ChargedMilliseconds - _allowanceGiven >= Limits.TickHardMs;

    /// <summary>Whether the VM is gone or condemned.</summary>
    public bool IsClosed => _closed;

    /// <summary>Results of the last entry that returned; valid until the next entry.</summary>
    public ReadOnlySpan<LuauValue> Results => _last is null ? default : _last.Results;

    /// <summary>The thread of the last entry.</summary>
    public LuauThread? LastThread => _last;

    /// <summary>The last error's text, for callers that hand it on.</summary>
    public string LastError { get; private set; } = "";

    /// <summary>Makes the libraries read-only and gives the mod its own globals.</summary>
    public void Seal()
    {
        Vm.Seal();
        Environment = Vm.CreateEnvironment(ownG: true);
    }

    /// <summary>Puts limits into force; a deadline that runs keeps its time.</summary>
    public void EnforceLimits(ModLimits limits)
    {
        Limits = limits;
        Account.BytesMax = (long)(limits.HostMemoryKb * 1024);
        Vm.SetMemoryLimit(limits.MemoryBytes, (int)limits.MemorySoftPct);
    }

    /// <summary>Runs a function on a thread of its own.</summary>
    public RunStatus Start(LuauFunction function, ReadOnlySpan<LuauValue> args, in Entry entry, bool isCall = false)
    {
        if (!CanEnter) return RunStatus.Refused;
        LuauThread thread;
        try
        {
            thread = TakeThread(function);
        }
        catch (LuauException refusal)
        {
            // Boundary: the VM has no memory left for a thread.
            ReportKill(entry.Source, 0, refusal.Message);
            return RunStatus.Killed;
        }
        thread.HostMask = (ulong)entry.Mask;
        return Run(thread, args, entry, error: default, isCall, ownThread: true);
    }

    /// <summary>Continues a thread that waits.</summary>
    /// <param name="thread">Suspended.</param>
    /// <param name="args">What the wait gives.</param>
    /// <param name="entry">Mask is ignored: a thread keeps its rights.</param>
    public RunStatus Resume(LuauThread thread, ReadOnlySpan<LuauValue> args, in Entry entry)
    {
        if (!CanEnter || thread.Status != CoroutineStatus.Suspended) return RunStatus.Refused;
        return Run(thread, args, entry, error: default, isCall: false, ownThread: false);
    }

    /// <summary>Continues a thread that waits, with an error from its wait.</summary>
    public RunStatus ResumeWithError(LuauThread thread, string error, in Entry entry)
    {
        if (!CanEnter || thread.Status != CoroutineStatus.Suspended) return RunStatus.Refused;
        return Run(thread, [], entry, Vm.CreateString(error), isCall: false, ownThread: false);
    }

    /// <summary>Ends the entry under way, if there is one, as if its time were over. Any thread.</summary>
    public void CutShort() => _deadline.CutShort();

    /// <summary>Begins a new tick's account.</summary>
    public void BeginTick()
    {
        TickMilliseconds = 0;
        _topMilliseconds = 0;
        ChargedMilliseconds = 0;
        _allowanceGiven = 0;
        if (_killedEntries.Count > 0) _killedEntries.Clear();
    }

    /// <summary>Whether an entry of this tick was killed.</summary>
    public bool WasKilled(long entryNumber) => _killedEntries.Contains(entryNumber);

    /// <summary>Gives the VM the time of a whole tick again: for starting and ending a generation, which have limits of their own.</summary>
    public void ResetTickAllowance() => _allowanceGiven = ChargedMilliseconds;

    /// <summary>Starts or continues a thread from inside a host function that this VM called: no new entry, the time of the present one goes on.</summary>
    public RunStatus ResumeInside(LuauThread thread, ReadOnlySpan<LuauValue> args, string source)
    {
        ResumeStatus status = Vm.Resume(thread, args);
        RunStatus run = status switch
        {
            ResumeStatus.Finished => RunStatus.Returned,
            ResumeStatus.Yielded => RunStatus.Waiting,
            ResumeStatus.Failed => RunStatus.Failed,
            _ => RunStatus.Killed,
        };
        // The kill stays in force and is reported where the entry ends, even if the caller reaches its end without another safepoint.
        if (run == RunStatus.Killed) _killedInside ??= Vm.GetTraceback(thread);
        if (run == RunStatus.Failed) _faults.ScriptError(source, ErrorText(thread.Error), Vm.GetTraceback(thread));
        if (run != RunStatus.Waiting && thread.HostData is ScriptTask task) task.End(run);
        return run;
    }

    /// <summary>Reports a mistake of the script that the host found by itself.</summary>
    public void Report(string source, string message) => _faults.ScriptError(source, message, "");

    /// <summary>The VM refused to take a value for lack of memory, outside of any script.</summary>
    public void OutOfMemory(string source) => ReportKill(source, 0, "");

    /// <summary>Destroys the VM. Script code is not run; entries from now on are refused.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        _deadline.Remove();
        _idleThreads.Clear();
        _last = null;
        Vm.Dispose();
    }

    RunStatus Run(LuauThread thread, ReadOnlySpan<LuauValue> args, in Entry entry, in LuauValue error, bool isCall, bool ownThread)
    {
        IsBusy = true;
        _killedInside = null;
        long latest = Ownership.Latest;
        EntryNumber++;
        var task = thread.HostData as ScriptTask;
        CostAccount account = entry.Account ?? task?.Account ?? Costs[entry.Source];
        (long deadline, long limit) = _stack.Push(this, entry.Source, entry.LimitMilliseconds, isCall, account);
        _deadline.Arm(deadline, limit, _stack.Clock);
        if (_stack.Entered is { } entered && entered(this, entry.Source)) _deadline.Expire(deadline);
        ResumeStatus status;
        EntryTime spent;
        double self;
        try
        {
            status = error.IsNil ? Vm.Resume(thread, args) : Vm.ResumeWithError(thread, error);
        }
        catch (Exception mistake) when (mistake is not OutOfMemoryException)
        {
            // Boundary: a mistake of the host while it served this script. It costs this mod its VM and nobody else anything; the log has all of it.
            status = ResumeStatus.Killed;
            _hostFailed = true;
            LastError = "the server failed";
            _faults.HostFailed(entry.Source, mistake);
        }
        finally
        {
            spent = _stack.Pop();
            LastTime = (spent.Self, spent.Total);
            self = _stack.Milliseconds(spent.Self);
            Costs.SeeMemory(Vm.MemoryUsed);
            IsBusy = false;
            if (_deadline.Disarm()) Vm.ClearKill();
            TickMilliseconds += self;
            TotalMilliseconds += self;
            // Time that others asked for is on their account: a greedy caller degrades alone.
            if (_stack.Depth == 0) (_stack.Payer ?? this).ChargedMilliseconds += _stack.Milliseconds(spent.Total);
        }
        if (_hostFailed)
        {
            account.AddKill();
            return RunStatus.Killed;
        }
        _last = thread;
        LastMilliseconds = self;
        if (self > _topMilliseconds) (_topMilliseconds, TopSource) = (self, entry.Source);
        RunStatus run = Conclude(status, thread, entry, spent, ownThread);
        if (run == RunStatus.Failed) account.AddError();
        else if (run == RunStatus.Killed)
        {
            account.AddKill();
            // What it had begun is not trusted: its handlers, timers and waits end with it, its events are not delivered.
            _killedEntries.Add(EntryNumber);
            Ownership.ReleaseAfter(latest);
        }
        task = thread.HostData as ScriptTask;
        if (run == RunStatus.Waiting) ScriptTask.Of(thread, entry.Source).Account = account;
        else task?.End(run);
        return run;
    }

    RunStatus Conclude(ResumeStatus status, LuauThread thread, in Entry entry, in EntryTime spent, bool ownThread)
    {
        if (_killedInside is not null && status is ResumeStatus.Finished or ResumeStatus.Yielded or ResumeStatus.Failed)
        {
            if (status == ResumeStatus.Yielded) thread.Close();
            ReportStop(entry, spent, _killedInside);
            return RunStatus.Killed;
        }
        switch (status)
        {
            case ResumeStatus.Finished:
                if (ownThread && _idleThreads.Count < PooledThreadsMax && thread.HostData is null) _idleThreads.Push(thread);
                return RunStatus.Returned;
            case ResumeStatus.Yielded when entry.MayYield:
                return RunStatus.Waiting;
            case ResumeStatus.Yielded:
                LastError = $"attempt to yield in {entry.Source}, which must not wait";
                string where = Vm.GetTraceback(thread);
                thread.Close();
                _faults.ScriptError(entry.Source, LastError, where);
                return RunStatus.Failed;
            case ResumeStatus.Failed:
                LastError = ErrorText(thread.Error);
                _faults.ScriptError(entry.Source, LastError, Vm.GetTraceback(thread));
                return RunStatus.Failed;
            default:
                ReportStop(entry, spent, _killedInside ?? Vm.GetTraceback(thread));
                return RunStatus.Killed;
        }
    }

    /// <summary>Blames whose time it was: the entry for more than its own limit, else who called it with too little left.</summary>
    void ReportStop(in Entry entry, in EntryTime spent, string traceback)
    {
        if (!Vm.IsDoomed && spent.IsBorrowed && _stack.Milliseconds(spent.Total) < entry.LimitMilliseconds && _stack.Current is { } caller)
        {
            LastError = $"stopped because the time of its caller '{caller.ModId}' was over";
            _faults.ScriptCut(entry.Source, LastError);
            caller._killedInside ??= caller.Vm.RunningThread is { } thread ? caller.Vm.GetTraceback(thread) : "";
            return;
        }
        ReportKill(entry.Source, _stack.Milliseconds(spent.Self), traceback);
    }

    void ReportKill(string source, double milliseconds, string traceback)
    {
        bool outOfMemory = Vm.IsDoomed;
        LastError = outOfMemory ? "out of memory" : "time limit reached";
        _faults.ScriptKilled(source, milliseconds, traceback, outOfMemory);
    }

    /// <summary>Text of an error value, never calling script code.</summary>
    public string ErrorText(in LuauValue error) => error.Type switch
    {
        LuauType.String when error.As<LuauString>() is { Length: > ErrorBytesMax } text => Encoding.UTF8.GetString(text.Span[..ErrorBytesMax]) + "...",
        LuauType.String => error.ToString(),
        LuauType.Number or LuauType.Boolean => Vm.ToText(error),
        LuauType.Nil => "error object is nil",
        var type => $"error object is a {type.ToString().ToLowerInvariant()}",
    };

    LuauThread TakeThread(LuauFunction function)
    {
        if (!_idleThreads.TryPop(out LuauThread? thread)) return Vm.CreateThread(function);
        thread.Reset(function);
        return thread;
    }
}
