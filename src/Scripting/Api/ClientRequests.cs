using GameServer.Luau.Values;
using GameServer.Scripting.Marshalling;
using GameServer.Scripting.Ports;
using GameServer.Scripting.Scheduling;

namespace GameServer.Scripting.Api;

/// <summary>A question of a mod to a player's client, until it is answered or given up.</summary>
/// <param name="wait">The thread that waits.</param>
/// <param name="player">Whom it asked.</param>
/// <param name="reply">What the answer must look like; null for anything.</param>
/// <param name="deadline">Script time at which it is given up.</param>
sealed class ClientRequest(OutsideWait wait, IPlayer player, MessageSchema? reply, double deadline)
{
    /// <summary>The thread that waits.</summary>
    public OutsideWait Wait { get; } = wait;
    /// <summary>Whom it asked.</summary>
    public IPlayer Player { get; } = player;
    /// <summary>What the answer must look like.</summary>
    public MessageSchema? Reply { get; } = reply;
    /// <summary>Script time at which it is given up.</summary>
    public double Deadline { get; } = deadline;
    /// <summary>The answer, kept while the mod cannot take it.</summary>
    public byte[]? Answer { get; set; }
    /// <summary>Why there is no answer, kept while the mod cannot take it.</summary>
    public (string Kind, string Message)? Failure { get; set; }
}

/// <summary>Questions under way, by number. A player has at most so many open at a time; an answer that fits none is thrown away.</summary>
/// <remarks>Tick thread.</remarks>
sealed class ClientRequests(TickClock clock)
{
    /// <summary>Questions one client may have open, of all mods together.</summary>
    public const int PerPlayerMax = 64;

    readonly SortedDictionary<uint, ClientRequest> _open = [];
    readonly List<uint> _done = [];
    uint _last;

    /// <summary>Answers to questions nobody asked, or asks any more.</summary>
    public long Late { get; private set; }

    /// <summary>Questions under way.</summary>
    public int Count => _open.Count;

    /// <summary>Whether a player can be asked one more.</summary>
    public bool HasRoom(IPlayer player)
    {
        int open = 0;
        foreach (ClientRequest request in _open.Values)
        {
            if (request.Player == player) open++;
        }
        return open < PerPlayerMax;
    }

    /// <summary>The number of the next question.</summary>
    public uint NextId()
    {
        do _last++;
        while (_last == 0 || _open.ContainsKey(_last));
        return _last;
    }

    /// <summary>Takes a question that was sent.</summary>
    public void Add(uint id, ClientRequest request) => _open.Add(id, request);

    /// <summary>A client answers.</summary>
    /// <param name="player">Whose client.</param>
    /// <param name="id">Number of the question.</param>
    /// <param name="isRefusal">Whether the client cannot answer.</param>
    /// <param name="value">One encoded value, untrusted.</param>
    public MessageOutcome Answer(IPlayer player, uint id, bool isRefusal, ReadOnlySpan<byte> value)
    {
        var whole = new ValueReader(value, ValueFormat.Wire);
        if (!whole.TrySkip(ValueLimits.Client) || !whole.AtEnd) return MessageOutcome.Malformed;
        if (!_open.TryGetValue(id, out ClientRequest? request) || request.Player != player || request.Answer is not null || request.Failure is not null)
        {
            Late++;
            return MessageOutcome.NobodyListens;
        }
        if (isRefusal)
        {
            request.Failure = ("refused", "the client does not answer this");
        }
        else
        {
            var reader = new ValueReader(value, ValueFormat.Wire);
            if (request.Reply is { } schema && !(schema.Matches(ref reader, ValueLimits.Client) && reader.AtEnd))
            {
                request.Failure = ("bad answer", "the answer is not as mod.toml declares it");
                return MessageOutcome.NotAsDeclared;
            }
            request.Answer = value.ToArray();
        }
        return MessageOutcome.Delivered;
    }

    /// <summary>Tick station: hands answers to those who wait, and gives up what waited too long.</summary>
    public void Run()
    {
        if (_open.Count == 0) return;
        foreach ((uint id, ClientRequest request) in _open)
        {
            if (request.Wait.IsLive && request.Answer is null && request.Failure is null) request.Failure = Failure(request);
            if (!request.Wait.IsLive || request.Answer is not null || request.Failure is not null) _done.Add(id);
        }
        // What answers wake may ask anew: only now, with nothing being enumerated.
        foreach (uint id in _done)
        {
            ClientRequest request = _open[id];
            if (request.Wait is { IsLive: true, CanAnswer: false }) continue;
            _open.Remove(id);
            if (request.Wait.IsLive) request.Wait.Answer(mod => Results(mod, request));
        }
        _done.Clear();
    }

    (string, string)? Failure(ClientRequest request) =>
        !request.Player.IsConnected ? ("gone", "the player has left") : clock.Now >= request.Deadline ? ("timeout", "the client did not answer in time") : null;

    static LuauValue[] Results(ModScope mod, ClientRequest request)
    {
        if (request.Failure is { } failure) return [LuauValue.Nil, Err.Make(mod, failure.Kind, failure.Message)];
        var reader = new ValueReader(request.Answer, ValueFormat.Wire);
        return ValueDecoder.TryDecode(ref reader, mod.Vm, ValueLimits.Client, mod.Players, out LuauValue value)
            ? [value]
            : [LuauValue.Nil, Err.Make(mod, "bad answer", "a key appears twice")];
    }
}
