using GameServer.Scripting.Hooks;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Api;

/// <summary>Events on their way from the mod that emitted them to those that listen: delivered in the next round of the tick, in mod order.</summary>
/// <remarks>Tick thread. Bounded per mod; what waits is charged to the emitter.</remarks>
sealed class EventBus
{
    const int EntriesPerModMax = 1024;

    /// <summary>Names of events in the registry of hooks; no hook of a mod can begin so.</summary>
    public const string Prefix = "event/";

    readonly record struct Waiting(HookList List, EncodedValues Payload, string From, ModScope Emitter, long Entry, int Bytes);

    readonly Dictionary<ModScope, int> _counts = [];
    Queue<Waiting> _waiting = new();
    Queue<Waiting> _delivering = new();

    /// <summary>Events refused because too many waited, since the server started.</summary>
    public long Refused { get; private set; }

    /// <summary>Whether events wait.</summary>
    public bool HasWork => _waiting.Count > 0;

    /// <summary>Takes an event.</summary>
    /// <returns>Null, or why not.</returns>
    public string? Emit(HookList list, EncodedValues payload, ModScope emitter)
    {
        int bytes = payload.Bytes.Length + 64;
        int count = _counts.GetValueOrDefault(emitter);
        if (count >= EntriesPerModMax || !emitter.Sandbox.Account.TryCharge(bytes))
        {
            Refused++;
            return "too many events are waiting";
        }
        _counts[emitter] = count + 1;
        _waiting.Enqueue(new Waiting(list, payload, emitter.Id, emitter, emitter.Sandbox.EntryNumber, bytes));
        return null;
    }

    /// <summary>Delivers what waits now; what that emits comes in the next round. The emitter pays, and waits for the next tick when it has used up its time.</summary>
    public void Deliver(HookDispatcher hooks, DispatchStack stack)
    {
        (_waiting, _delivering) = (_delivering, _waiting);
        while (_delivering.TryDequeue(out Waiting entry))
        {
            Sandbox emitter = entry.Emitter.Sandbox;
            bool isOver = emitter.WasKilled(entry.Entry);
            if (!isOver && !emitter.IsClosed && emitter.IsOverTick)
            {
                _waiting.Enqueue(entry);
                continue;
            }
            emitter.Account.Refund(entry.Bytes);
            if (--_counts[entry.Emitter] == 0) _counts.Remove(entry.Emitter);
            if (isOver) continue;
            stack.Payer = emitter;
            hooks.Notify(entry.List, entry.Payload.Count == 0 ? default : HookValue.Encoded(entry.Payload), entry.From);
            stack.Payer = null;
        }
    }
}
