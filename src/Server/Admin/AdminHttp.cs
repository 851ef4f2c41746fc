using System.Net;
using System.Text.Json;
using GameServer.Server.Observability;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace GameServer.Server.Admin;

/// <summary>Where and how the admin API listens.</summary>
sealed record AdminHttpOptions
{
    /// <summary>Address; loopback unless the operator says otherwise.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;
    /// <summary>TCP port; 0 takes a free one.</summary>
    public int Port { get; init; } = 27016;
    /// <summary>Version in the OpenAPI document.</summary>
    public string Version { get; init; } = "0.0.0";
    /// <summary>How long a command waits for the tick; default 900 ms, so that every request is answered within a second.</summary>
    public TimeSpan TickWait { get; init; } = TimeSpan.FromMilliseconds(900);
}

/// <summary>The HTTP front of the admin commands. Runs on pool threads; everything that touches the server goes through <see cref="AdminQueue"/> or a snapshot.</summary>
sealed class AdminHttp : IAsyncDisposable
{
    /// <summary>Longest request body in bytes.</summary>
    public const int BodyBytesMax = 64 << 10;
    /// <summary>Wrong tokens per second that still get an answer of their own; beyond it every request without the right token is turned away unlooked-at.</summary>
    public const int WrongTokensPerSecond = 10;
    static readonly TimeSpan SnapshotAgeMax = TimeSpan.FromSeconds(3);

    readonly AdminHttpOptions _options;
    readonly AdminToken _token;
    readonly AdminQueue _queue;
    readonly AdminSnapshots _snapshots;
    readonly AdminEvents _events;
    readonly ServerLog _log;
    readonly TimeProvider _time;
    readonly WebApplication _web;
    readonly CancellationTokenSource _stopping = new();
    long _wrongSecond;
    int _wrongCount;

    /// <summary>Makes the front; <see cref="StartAsync"/> opens the port.</summary>
    public AdminHttp(AdminHttpOptions options, AdminToken token, AdminQueue queue, AdminSnapshots snapshots, AdminEvents events, ServerLog log, TimeProvider time)
    {
        _options = options;
        _token = token;
        _queue = queue;
        _snapshots = snapshots;
        _events = events;
        _log = log;
        _time = time;
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        // The framework's own log would repeat every request; ours has the audit line.
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(options.Address, options.Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Limits.MinRequestBodyDataRate = new(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
        });
        // Signals are the server's own business; the framework must not stop by itself.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _web = builder.Build();
        Map();
    }

    /// <summary>Port in use; only after <see cref="StartAsync"/>.</summary>
    public int Port { get; private set; }

    /// <summary>Opens the port.</summary>
    /// <exception cref="IOException">It is taken.</exception>
    public async Task StartAsync()
    {
        await _web.StartAsync().ConfigureAwait(false);
        string address = _web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Port = new Uri(address).Port;
    }

    /// <summary>From now on <c>/readyz</c> says no.</summary>
    public void SetStopping() => _stopping.Cancel();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested) await _stopping.CancelAsync().ConfigureAwait(false);
        await _web.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    void Map()
    {
        _web.MapGet("/healthz", () => Results.Text("ok\n"));
        _web.MapGet("/readyz", Ready);
        _web.MapGet("/metrics", Guarded(context => _snapshots.Last is { } last
            ? context.Response.WriteAsync(AdminMetrics.Write(last), context.RequestAborted)
            : Fail(context, 503, "not ready")));
        _web.MapGet("/openapi.json", Guarded(context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(AdminOpenApi.Write(_options.Version).ToJsonString(), context.RequestAborted);
        }));
        _web.MapGet("/v1/events", Guarded(StreamAsync));
        foreach (AdminCommand command in AdminCommands.All)
            _web.MapMethods("/v1" + command.Route, [command.Method], Guarded(context => RunAsync(context, command)));
    }

    IResult Ready()
    {
        bool fresh = _snapshots.Last is { } last && _time.GetUtcNow() - last.Taken < SnapshotAgeMax;
        return _stopping.IsCancellationRequested || !fresh ? Results.Text("not ready\n", statusCode: 503) : Results.Text("ready\n");
    }

    RequestDelegate Guarded(RequestDelegate next) => context =>
    {
        if (_token.Matches(context.Request.Headers.Authorization.ToString())) return next(context);
        long second = _time.GetTimestamp() / _time.TimestampFrequency;
        if (Interlocked.Exchange(ref _wrongSecond, second) != second) Interlocked.Exchange(ref _wrongCount, 0);
        if (Interlocked.Increment(ref _wrongCount) > WrongTokensPerSecond) return Fail(context, 429, "too many wrong tokens");
        context.Response.Headers.WWWAuthenticate = "Bearer";
        return Fail(context, 401, "send 'Authorization: Bearer TOKEN' with the token of config/admin.token");
    };

    async Task RunAsync(HttpContext context, AdminCommand command)
    {
        (Dictionary<string, object> values, string? mistake) = await ReadAsync(context, command).ConfigureAwait(false);
        if (mistake != null)
        {
            await Fail(context, 400, mistake).ConfigureAwait(false);
            return;
        }
        object? result;
        try
        {
            result = await _queue.RunAsync(target => command.Execute(new AdminCall(target, "admin", values)), _options.TickWait, _time).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            // Reading still works while a mod keeps the tick busy: from what was last published.
            if (Stale(command, values) is { } stale)
            {
                context.Response.Headers.Warning = "110 - \"as last published; the tick is busy\"";
                await Answer(context, 200, stale).ConfigureAwait(false);
                return;
            }
            await Fail(context, 503, error.Message).ConfigureAwait(false);
            return;
        }
        bool ok = result is not AdminAnswer { Ok: false };
        if (command.Changes) _log.AdminCommand(command.Name, AdminJson.Write(values), ok);
        if (result == null) await Fail(context, 404, "no such thing").ConfigureAwait(false);
        else await Answer(context, ok ? 200 : 409, result).ConfigureAwait(false);
    }

    object? Stale(AdminCommand command, Dictionary<string, object> values) => _snapshots.Last is not { } last ? null : command.Name switch
    {
        "status" => last.Server,
        "mod list" => last.Mods,
        "mod show" => last.Mods.FirstOrDefault(mod => mod.Id.Equals(values["id"])),
        "players" => last.Players,
        _ => null,
    };

    static async Task<(Dictionary<string, object> Values, string? Mistake)> ReadAsync(HttpContext context, AdminCommand command)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        var body = default(JsonElement);
        if (context.Request.ContentLength is > 0 || context.Request.Headers.TransferEncoding.Count > 0)
        {
            try
            {
                using JsonDocument document = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted).ConfigureAwait(false);
                body = document.RootElement.Clone();
            }
            catch (JsonException)
            {
                return (values, "the body is not JSON");
            }
            catch (BadHttpRequestException)
            {
                return (values, $"the body has more than {BodyBytesMax} bytes");
            }
            if (body.ValueKind != JsonValueKind.Object) return (values, "the body must be a JSON object");
            foreach (JsonProperty property in body.EnumerateObject())
                if (!command.Arguments.Any(argument => argument.Name == property.Name)) return (values, $"unknown property '{property.Name}'");
        }
        foreach (AdminArgument argument in command.Arguments)
        {
            if (Value(context, body, argument, out object? value) is { } mistake) return (values, mistake);
            if (value != null) values[argument.Name] = value;
        }
        return (values, null);
    }

    static string? Value(HttpContext context, JsonElement body, AdminArgument argument, out object? value)
    {
        // The web server decodes everything in a path but the slash, which address ranges have.
        value = context.Request.RouteValues.TryGetValue(argument.Name, out object? segment)
            ? (segment as string)?.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase)
            : null;
        if (value != null) return null;
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty(argument.Name, out JsonElement property) || property.ValueKind == JsonValueKind.Null)
            return argument.Required ? $"'{argument.Name}' is missing: {argument.Description}" : null;
        value = (argument.Type, property.ValueKind) switch
        {
            (AdminType.Text, JsonValueKind.String) => property.GetString(),
            (AdminType.Number, JsonValueKind.Number) => property.GetDouble(),
            _ => null,
        };
        return value == null ? $"'{argument.Name}' must be a {(argument.Type == AdminType.Number ? "number" : "string")}" : null;
    }

    async Task StreamAsync(HttpContext context)
    {
        if (_events.Open() is not { } watcher)
        {
            await Fail(context, 503, $"{AdminEvents.WatchersMax} streams are open").ConfigureAwait(false);
            return;
        }
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            context.Response.ContentType = "text/event-stream";
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.Body.FlushAsync(either.Token).ConfigureAwait(false);
            while (true)
            {
                AdminEvent next = await watcher.ReadAsync(either.Token).ConfigureAwait(false);
                if (watcher.TakeLost() is > 0 and long lost) await context.Response.WriteAsync($"event: lost\ndata: {lost}\n\n", either.Token).ConfigureAwait(false);
                await context.Response.WriteAsync($"event: {next.Kind}\ndata: {next.Data}\n\n", either.Token).ConfigureAwait(false);
                await context.Response.Body.FlushAsync(either.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The watcher left or the server stops: the stream ends.
        }
        finally
        {
            _events.Close(watcher);
        }
    }

    static Task Answer(HttpContext context, int status, object value)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(AdminJson.Write(value), context.RequestAborted);
    }

    static Task Fail(HttpContext context, int status, string message) => Answer(context, status, new { error = message });

    sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
