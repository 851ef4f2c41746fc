using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Hooks;

/// <summary>Raises hooks: calls the handlers in order, combines what they say by the hook's kind, and settles what happens when a VM is busy.</summary>
/// <remarks>
/// Tick thread. A hook without handlers costs one comparison; arguments are made in a VM only when one of its handlers runs. This file is the way of one hook to its
/// handlers: raise, reach, invoke. <c>.Kinds.cs</c> has the kinds of hooks whose returns mean something, and Think; <c>.Verdicts.cs</c> what a return says;
/// <c>.Waiting.cs</c> what is put off because a VM is busy; <c>.Tracing.cs</c> what a modder sees of it.
/// </remarks>
sealed partial class HookDispatcher
{
    const int ArgsMax = 40;

    readonly DispatchStack _stack;
    readonly HookRegistry _registry;
    readonly ValueEncoder _encoder;
    readonly LuauValue[][] _scratch;
    long _raises;

    /// <summary>Makes a dispatcher over a registry.</summary>
    public HookDispatcher(DispatchStack stack, HookRegistry registry, ValueEncoder encoder)
    {
        (_stack, _registry, _encoder) = (stack, registry, encoder);
        _scratch = [.. Enumerable.Range(0, DispatchStack.DepthMax + 1).Select(_ => new LuauValue[ArgsMax])];
    }

    /// <summary>Room for the arguments of the next entry, one for each depth of entries; whoever fills it clears it.</summary>
    public LuauValue[] Scratch => _scratch[_stack.Depth];

    /// <summary>Raises a hook whose returns mean nothing.</summary>
    public void Notify(HookList list, params ReadOnlySpan<HookValue> args)
    {
        if (list.IsEmpty) return;
        long raise = ++_raises;
        foreach (Handler handler in list.Handlers)
        {
            if (IsReached(handler, args, raise)) Invoke(handler, args);
        }
        foreach (Handler observer in list.Observers)
        {
            if (IsReached(observer, args, raise)) Invoke(observer, args);
        }
    }

    /// <summary>Raises a hook of the server whose returns mean nothing.</summary>
    public void Notify(HookRow row, params ReadOnlySpan<HookValue> args) => Notify(_registry[row], args);

    /// <summary>Whether a handler runs now. If its VM is busy, the hook's rule for that is carried out.</summary>
    bool IsReached(Handler handler, ReadOnlySpan<HookValue> args, long raise)
    {
        if (!handler.IsLive) return false;
        if (!handler.Wants(args))
        {
            TraceLeftOut(handler, "filtered", "its filter does not match");
            return false;
        }
        HookSubscriber subscriber = handler.Subscriber;
        // What waits came first.
        if (subscriber.Queue.Count > 0 && subscriber.Queue.LastRaise != raise && subscriber.Sandbox.CanEnter) Flush(subscriber);
        if (!handler.IsLive || subscriber.Sandbox.IsClosed) return false;
        if (subscriber.Sandbox.CanEnter) return true;
        if (handler.List.Kind == HookKind.Notify && handler.List.Reentry == Reentry.Queue) Defer(handler, args, raise);
        else Skip(handler);
        return false;
    }

    /// <summary>Calls a handler: arguments into its VM, rights and time as the hook has them.</summary>
    RunStatus Invoke(Handler handler, ReadOnlySpan<HookValue> args)
    {
        Sandbox sandbox = handler.Subscriber.Sandbox;
        LuauValue[] values = _scratch[_stack.Depth];
        int count = Math.Min(args.Length, ArgsMax);
        try
        {
            for (int i = 0; i < count; i++) values[i] = args[i].ToLuau(sandbox.Vm, handler.Subscriber.Handles);
        }
        catch (LuauException)
        {
            // Boundary: the VM has no memory for the arguments.
            sandbox.OutOfMemory(handler.List.Name);
            return RunStatus.Killed;
        }
        HookList list = handler.List;
        double limit = list.Row is null ? sandbox.Limits.EventHardMs : list.Row.Limit(sandbox.Limits);
        LuauFunction function = handler.Function;
        if (handler.Once) handler.Release();
        RunStatus status = sandbox.Start(function, values.AsSpan(0, count), new Entry(list.Name, limit, list.MayYield, handler.Mask, handler.Cost));
        Array.Clear(values, 0, count);
        TraceRun(handler, status);
        return status;
    }
}
