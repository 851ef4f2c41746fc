using GameServer.Scripting.Hooks;
using GameServer.Scripting.Marshalling;

namespace GameServer.Scripting.Api;

/// <summary>Events on their way from the mod that emitted them to those that listen: delivered in the next round of the tick, in mod order.</summary>
/// <remarks>Tick thread. Bounded per host; what waits is charged to the emitter.</remarks>
sealed class EventBus
{
    const int EntriesMax = 4096;

    /// <summary>Names of events in the registry of hooks; no hook of a mod can begin so.</summary>
    public const string Prefix = "event/";

    readonly record struct Waiting(HookList List, EncodedValues Payload, string From, ModScope Emitter, long Entry, int Bytes);

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
        if (_waiting.Count >= EntriesMax || !emitter.Sandbox.Account.TryCharge(bytes))
        {
            Refused++;
            return "too many events are waiting";
        }
        _waiting.Enqueue(new Waiting(list, payload, emitter.Id, emitter, emitter.Sandbox.EntryNumber, bytes));
        return null;
    }

    /// <summary>Delivers what waits now; what that emits comes in the next round.</summary>
    public void Deliver(HookDispatcher hooks)
    {
        (_waiting, _delivering) = (_delivering, _waiting);
        while (_delivering.TryDequeue(out Waiting entry))
        {
            entry.Emitter.Sandbox.Account.Refund(entry.Bytes);
            if (entry.Emitter.Sandbox.WasKilled(entry.Entry)) continue;
            hooks.Notify(entry.List, entry.Payload.Count == 0 ? default : HookValue.Encoded(entry.Payload), entry.From);
        }
    }
}
