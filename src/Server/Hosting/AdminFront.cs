using System.Net;
using GameServer.Server.Admin;
using GameServer.Server.Config;
using GameServer.Server.Observability;

namespace GameServer.Server.Hosting;

/// <summary>The admin interface of a running server: its HTTP front and its station in the tick.</summary>
sealed class AdminFront : IDisposable
{
    // A summary goes to every watcher each second: the mods that matter are at its top.
    const int SummaryModsMax = 30;

    readonly AdminQueue _queue;
    readonly AdminSnapshots _snapshots;
    readonly AdminEvents _events;
    readonly AdminHttp _http;
    readonly ServerLog _log;
    readonly string _tokenFile;

    /// <summary>Makes the front; makes the token file when there is none.</summary>
    /// <exception cref="IOException">The token file can neither be read nor made.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for lack of rights.</exception>
    public AdminFront(LoadedConfig loaded, IAdminTarget target, AdminEvents events, AuditLog audit, ServerLog log, TimeProvider time)
    {
        AdminSection settings = loaded.Config.Admin;
        _log = log;
        _events = events;
        _tokenFile = loaded.Resolve(settings.TokenFile);
        _queue = new AdminQueue(target);
        _snapshots = new AdminSnapshots(target, time);
        AdminHttpOptions options = new()
        {
            Address = settings.Address == "*" ? IPAddress.IPv6Any : IPAddress.Parse(settings.Address),
            Port = settings.Port,
            Version = ServerPort.ProgramVersion,
        };
        _http = new AdminHttp(options, AdminToken.LoadOrCreate(_tokenFile), _queue, _snapshots, events, audit, log, time);
        Address = options.Address;
    }

    /// <summary>Address it listens on.</summary>
    public IPAddress Address { get; }

    /// <summary>Opens the port.</summary>
    /// <exception cref="IOException">It is taken.</exception>
    public void Start()
    {
        _http.StartAsync().GetAwaiter().GetResult();
        _log.AdminListening(Address.ToString(), _http.Port, _tokenFile);
    }

    /// <summary>Station of the tick: carries out what operators asked for, publishes the figures once per second. Tick thread.</summary>
    public void RunTick()
    {
        _queue.RunPending();
        if (_snapshots.TakeWhenDue() && _events.IsWatched && _snapshots.Last is { } last)
            _events.Publish("summary", AdminJson.Write(last.Top with { Mods = [.. last.Top.Mods.Take(SummaryModsMax)] }));
    }

    /// <summary>The server is stopping: not ready any more.</summary>
    public void SetStopping() => _http.SetStopping();

    public void Dispose() => _http.DisposeAsync().AsTask().GetAwaiter().GetResult();
}
