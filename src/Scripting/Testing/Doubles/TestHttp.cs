using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Testing.Doubles;

/// <summary>HTTP of a test: nothing leaves the machine, the test says what each request is answered.</summary>
sealed class TestHttp : IModHttp
{
    readonly List<(ModHttpRequest Request, long DueTick)> _waiting = [];
    long _tick;

    /// <summary>Answers a request by filling it in; false when the test has no answer for it.</summary>
    public Func<ModHttpRequest, bool> Answer { get; set; } = static _ => false;

    /// <summary>Ticks from a request to its answer; 0 answers in the same tick.</summary>
    public long DelayTicks { get; set; }

    /// <summary>Requests so far.</summary>
    public List<ModHttpRequest> Requests { get; } = [];

    /// <summary>Requests nobody had an answer for, as <c>GET https://…</c>.</summary>
    public List<string> Unanswered { get; } = [];

    /// <summary>Moves on to a tick.</summary>
    public void BeginTick(long tick) => _tick = tick;

    /// <inheritdoc/>
    public bool Submit(ModHttpRequest request)
    {
        Requests.Add(request);
        _waiting.Add((request, _tick + DelayTicks));
        return true;
    }

    /// <inheritdoc/>
    public bool TryTakeCompleted(out ModHttpRequest request)
    {
        int at = _waiting.FindIndex(waiting => waiting.DueTick <= _tick);
        request = at < 0 ? null! : _waiting[at].Request;
        if (at < 0) return false;
        _waiting.RemoveAt(at);
        if (request.Failure != HttpFailure.None || Answer(request)) return true;
        Unanswered.Add($"{request.Method} {request.Url}");
        (request.Failure, request.Message) = (HttpFailure.Network, "the test has no answer for this request");
        return true;
    }

    /// <inheritdoc/>
    public void CancelAll(string modId)
    {
        for (int i = 0; i < _waiting.Count; i++)
        {
            if (_waiting[i].Request.ModId != modId) continue;
            _waiting[i].Request.Failure = HttpFailure.Cancelled;
            _waiting[i] = (_waiting[i].Request, _tick);
        }
    }
}
