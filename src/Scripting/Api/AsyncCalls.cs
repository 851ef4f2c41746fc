using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Api;

/// <summary>A thread that waits for the answer of another mod.</summary>
sealed class PendingCall(ModScope caller, LuauRef thread, string target, string name, EncodedValues args, double deadline) : Registration(RegistrationKind.Task)
{
    /// <summary>Who waits.</summary>
    public ModScope Caller { get; } = caller;

    /// <summary>Which of its threads.</summary>
    public LuauThread Thread => thread.Value.As<LuauThread>()!;

    /// <summary>Mod to call.</summary>
    public string Target { get; } = target;

    /// <summary>Export to call.</summary>
    public string Name { get; } = name;

    /// <summary>Arguments.</summary>
    public EncodedValues Args { get; } = args;

    /// <summary>Script time at which it gives up.</summary>
    public double Deadline { get; } = deadline;

    /// <summary>Whose code is answering; null before it began.</summary>
    public ModScope? Answering { get; set; }

    /// <summary>The answer, until the caller can take it; on the caller's account.</summary>
    public EncodedValues? Results { get; private set; }

    /// <summary>Keeps the answer.</summary>
    /// <returns>False when the server holds too much for the caller already.</returns>
    public bool TryKeep(EncodedValues results)
    {
        if (!Caller.Sandbox.Account.TryCharge(results.Bytes.Length)) return false;
        Results = results;
        return true;
    }

    /// <summary>Why there is none, until the caller can take it.</summary>
    public CallFailure? Failure { get; set; }

    /// <inheritdoc/>
    public override int HostBytes => HostAccount.RegistrationBytes + Args.Bytes.Length;

    /// <inheritdoc/>
    protected override void OnReleased()
    {
        if (Results is { } kept) Caller.Sandbox.Account.Refund(kept.Bytes.Length);
        Results = null;
        thread.Dispose();
    }
}

/// <summary>Calls from mod to mod whose caller waits: they go through when the callee is free, also after its reload.</summary>
/// <remarks>Tick thread.</remarks>
sealed class AsyncCalls(Scheduling.TickClock clock)
{
    List<PendingCall> _pending = [];
    List<PendingCall> _working = [];

    /// <summary>Answers that came after their caller had given up or gone.</summary>
    public long Late { get; private set; }

    /// <summary>Calls under way.</summary>
    public int Count => _pending.Count;

    /// <summary>Takes a call.</summary>
    public void Add(PendingCall call) => _pending.Add(call);

    /// <summary>Starts what can start and gives up what waited too long.</summary>
    public void Run()
    {
        if (_pending.Count == 0) return;
        (_pending, _working) = (_working, _pending);
        foreach (PendingCall call in _working)
        {
            if (call.IsLive && !Advance(call)) _pending.Add(call);
        }
        _working.Clear();
    }

    /// <summary>One step of a call.</summary>
    /// <returns>Whether it is over.</returns>
    bool Advance(PendingCall call)
    {
        // Whatever there is to tell, the caller must be able to hear it.
        if (!call.Caller.Sandbox.CanEnter) return false;
        if (call.Results is not null || call.Failure is not null) return Deliver(call);
        if (clock.Now >= call.Deadline) return Fail(call, new CallFailure("timeout", $"'{call.Caller.Id}' calls '{call.Target}.{call.Name}': no answer in time"));
        if (call.Answering is { } answering)
            return answering.Sandbox.IsClosed && Fail(call,
                new CallFailure("unavailable", $"'{call.Caller.Id}' calls '{call.Target}.{call.Name}': the mod ended while it answered"));
        if (ModCalls.Resolve(call.Caller, call.Target, call.Name, out ModScope target, out ModExport export) is { } failure)
            return !IsPassing(call, failure) && Fail(call, failure);
        if (!target.Sandbox.CanEnter) return false;
        call.Caller.Services.Stack.Payer = call.Caller.Sandbox;
        RunStatus status = ModCalls.Run(call.Caller, target, export, call.Args.Bytes, call.Args.Count, mayWait: true, out failure);
        call.Caller.Services.Stack.Payer = null;
        if (status == RunStatus.Waiting)
        {
            call.Answering = target;
            ScriptTask.Of(target.Sandbox.LastThread!, export.Name).Ended = ended => Ended(call, target, ended);
            return false;
        }
        Note(call, target, status, failure);
        return call.Caller.Sandbox.CanEnter && Deliver(call);
    }

    /// <summary>Whether the mod is only away for a moment.</summary>
    static bool IsPassing(PendingCall call, CallFailure failure) => failure.Word == "unavailable" && call.Caller.Services.Mods.IsAway(call.Target);

    void Ended(PendingCall call, ModScope target, RunStatus status)
    {
        if (call.IsLive) Note(call, target, status, new CallFailure("callee error", $"'{call.Caller.Id}' calls '{call.Target}.{call.Name}': {target.Sandbox.LastError}"));
        else Late++;
    }

    /// <summary>Keeps the outcome as bytes: the callee's values are only there now.</summary>
    static void Note(PendingCall call, ModScope target, RunStatus status, CallFailure failure)
    {
        if (status != RunStatus.Returned) call.Failure = failure;
        else if (ModCalls.EncodeResults(call.Caller, target, call.Name, out int count) is { } refusal) call.Failure = refusal;
        else if (!call.TryKeep(new EncodedValues(target.Services.Encoder.Encoded.ToArray(), count)))
            call.Failure = new CallFailure("bad value", $"'{call.Caller.Id}' calls '{call.Target}.{call.Name}': the server holds too much for '{call.Caller.Id}' (host_memory_kb)");
    }

    static bool Deliver(PendingCall call)
    {
        if (call.Failure is { } failure) return Fail(call, failure);
        EncodedValues results = call.Results!;
        (LuauThread thread, ModScope caller) = Finish(call);
        LuauValue[] values;
        try
        {
            values = caller.Decode(results);
        }
        catch (LuauException)
        {
            // Boundary: the caller has no memory for the answer.
            caller.Sandbox.OutOfMemory("mod.callAsync");
            return true;
        }
        caller.Sandbox.Resume(thread, values, EntryOf(caller, thread));
        return true;
    }

    static bool Fail(PendingCall call, CallFailure failure)
    {
        (LuauThread thread, ModScope caller) = Finish(call);
        caller.Sandbox.ResumeWithError(thread, failure.ToString(), EntryOf(caller, thread));
        return true;
    }

    static (LuauThread Thread, ModScope Caller) Finish(PendingCall call)
    {
        LuauThread thread = call.Thread;
        if (ScriptTask.Of(thread, "task") is { } task && task.Waiting == call) task.Waiting = null;
        call.Release();
        return (thread, call.Caller);
    }

    static Entry EntryOf(ModScope caller, LuauThread thread) => new(ScriptTask.Of(thread, "task").Source, caller.Sandbox.Limits.EventHardMs, MayYield: true, Permission.None);
}
