namespace GameServer.Scripting.Ports;

/// <summary>HTTP requests of mods. Submitted by the tick thread, carried out elsewhere, and handed back to the tick thread.</summary>
public interface IModHttp
{
    /// <summary>Starts a request. Tick thread.</summary>
    /// <returns>False when it was refused at once (<see cref="ModHttpRequest.Failure"/> says why); it will not come back then.</returns>
    bool Submit(ModHttpRequest request);

    /// <summary>Takes one finished request. Tick thread.</summary>
    bool TryTakeCompleted(out ModHttpRequest request);

    /// <summary>Gives up all requests of a mod; they come back as cancelled. Tick thread, when the mod goes away.</summary>
    void CancelAll(string modId);
}

/// <summary>Why a request has no answer.</summary>
public enum HttpFailure
{
    /// <summary>There is an answer.</summary>
    None,
    /// <summary>The URL is not an absolute http or https URL, or a header or the method cannot be sent.</summary>
    BadRequest,
    /// <summary>The host is not among those the operator granted.</summary>
    NotAllowed,
    /// <summary>The name leads to an address inside the operator's network.</summary>
    PrivateAddress,
    /// <summary>Too many requests of this mod are under way.</summary>
    Busy,
    /// <summary>No answer in time.</summary>
    Timeout,
    /// <summary>The answer is longer than allowed.</summary>
    TooLarge,
    /// <summary>No connection, or it broke.</summary>
    Network,
    /// <summary>The mod went away or the server stops.</summary>
    Cancelled,
}

/// <summary>One request and, later, its answer. Belongs to the submitter before <see cref="IModHttp.Submit"/> and after it came back.</summary>
public sealed class ModHttpRequest
{
    /// <summary>Mod that asks.</summary>
    public required string ModId { get; init; }
    /// <summary>Absolute URL.</summary>
    public required string Url { get; init; }
    /// <summary>GET, POST, PUT, PATCH, DELETE or HEAD.</summary>
    public string Method { get; init; } = "GET";
    /// <summary>Header fields; those that steer the connection are refused.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];
    /// <summary>Body; null for none.</summary>
    public byte[]? Body { get; init; }
    /// <summary>Time for everything, redirects included; null = the operator's limit, which also bounds it.</summary>
    public TimeSpan? Timeout { get; init; }
    /// <summary>Hosts granted to the mod: <c>api.example.com</c>, <c>*.example.com</c> (not the bare domain), with <c>:port</c> when it is not the scheme's own.</summary>
    public required IReadOnlyList<string> AllowedHosts { get; init; }
    /// <summary>Whether addresses of private networks and of this machine may be reached.</summary>
    public bool AllowPrivateAddresses { get; init; }
    /// <summary>The submitter's own note, e.g. who waits for it.</summary>
    public object? State { get; init; }

    /// <summary>Why there is no answer.</summary>
    public HttpFailure Failure { get; set; }
    /// <summary>What went wrong, in words; never more than the mod may know.</summary>
    public string Message { get; set; } = "";
    /// <summary>Status code of the answer.</summary>
    public int Status { get; set; }
    /// <summary>Header fields of the answer.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ResponseHeaders { get; set; } = [];
    /// <summary>Body of the answer.</summary>
    public byte[] ResponseBody { get; set; } = [];
}
