namespace GameServer.Server.Http;

/// <summary>Limits of the HTTP requests of mods.</summary>
public sealed record ModHttpOptions
{
    /// <summary>Longest time for one request, redirects included; default 30 s.</summary>
    public TimeSpan TimeoutMax { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>Longest body sent, in bytes; default 1 MiB.</summary>
    public int RequestBytesMax { get; init; } = 1 << 20;
    /// <summary>Longest body received, in bytes; default 1 MiB.</summary>
    public int ResponseBytesMax { get; init; } = 1 << 20;
    /// <summary>Requests of one mod under way at a time; default 16, further ones are refused as busy.</summary>
    public int PerModMax { get; init; } = 16;
    /// <summary>Redirects followed; default 5. Each must lead to a granted host.</summary>
    public int RedirectsMax { get; init; } = 5;
}
