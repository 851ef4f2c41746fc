using System.Net;
using System.Text.Json;
using GameServer.Scripting;
using GameServer.Server.Observability;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
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
    /// <summary>Requests with the right token per second; more are turned away.</summary>
    public const int RequestsPerSecond = 300;
    static readonly TimeSpan SnapshotAgeMax = TimeSpan.FromSeconds(3);
    static readonly TimeSpan CutShortAfter = TimeSpan.FromMilliseconds(250);
    const int OperatorNameMax = 64;

    readonly AdminHttpOptions _options;
    readonly AdminToken _token;
    readonly AdminQueue _queue;
    readonly AdminSnapshots _snapshots;
    readonly AdminStreams _streams;
    readonly AuditLog _audit;
    readonly ServerLog _log;
    readonly TimeProvider _time;
    readonly WebApplication _web;
    readonly CancellationTokenSource _stopping = new();
    readonly PerSecond _wrongTokens;
    readonly PerSecond _requests;

    /// <summary>Makes the front; <see cref="StartAsync"/> opens the port.</summary>
    public AdminHttp(AdminHttpOptions options, AdminToken token, AdminQueue queue, AdminSnapshots snapshots, AdminEvents events, AuditLog audit, ServerLog log, TimeProvider time)
    {
        _options = options;
        _token = token;
        _queue = queue;
        _snapshots = snapshots;
        _streams = new AdminStreams(events, queue, time, _stopping.Token);
        _audit = audit;
        _log = log;
        _time = time;
        _wrongTokens = new PerSecond(WrongTokensPerSecond, time);
        _requests = new PerSecond(RequestsPerSecond, time);
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

    /// <summary>Every method and path that has an answer.</summary>
    public IEnumerable<(string Method, string Path)> Routes =>
        from source in ((IEndpointRouteBuilder)_web).DataSources
        from endpoint in source.Endpoints.OfType<RouteEndpoint>()
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
        select (method, "/" + endpoint.RoutePattern.RawText!.Trim('/'));

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
        _web.MapGet("/v1/health", Guarded(HealthAsync));
        _web.MapGet("/metrics", Guarded(context => _snapshots.Last is { } last
            ? context.Response.WriteAsync(AdminMetrics.Write(last), context.RequestAborted)
            : Fail(context, 503, "not ready")));
        _web.MapGet("/openapi.json", Guarded(context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(AdminOpenApi.Write(_options.Version).ToJsonString(), context.RequestAborted);
        }));
        _web.MapGet("/v1/events", Guarded(_streams.EventsAsync));
        _web.MapGet("/v1/trace", Guarded(_streams.TraceAsync));
        _web.MapGet("/v1/profile/result", Guarded(ProfileResultAsync));
        foreach (AdminCommand command in AdminCommands.All)
            _web.MapMethods("/v1" + command.Route, [command.Method], Guarded(context => RunAsync(context, command)));
    }

    /// <summary>Whether the server ticks and takes players.</summary>
    bool IsReady => !_stopping.IsCancellationRequested && _snapshots.Last is { } last && _time.GetUtcNow() - last.Taken < SnapshotAgeMax;

    IResult Ready() => IsReady ? Results.Text("ready\n") : Results.Text("not ready\n", statusCode: 503);

    /// <summary>What both health pages say, with the reasons, for people and panels.</summary>
    Task HealthAsync(HttpContext context)
    {
        AdminSnapshot? last = _snapshots.Last;
        return Answer(context, 200, new
        {
            ready = IsReady,
            stopping = _stopping.IsCancellationRequested,
            tick = last?.Server.Tick,
            tick_age_seconds = last is null ? (double?)null : Math.Round((_time.GetUtcNow() - last.Taken).TotalSeconds, 1),
            running = _queue.Target.Mods.RunningNow,
            mods_in_service = last?.Mods.Count(mod => mod.State == ModState.Running),
            mods_out_of_service = last?.Mods.Where(mod => mod.State != ModState.Running).Select(mod => mod.Id),
        });
    }

    RequestDelegate Guarded(RequestDelegate next) => context =>
    {
        bool isRight = _token.Matches(context.Request.Headers.Authorization.ToString());
        if (isRight) return _requests.TryTake() ? next(context) : Fail(context, 429, $"more than {RequestsPerSecond} requests in a second");
        if (!_wrongTokens.TryTake()) return Fail(context, 429, "too many wrong tokens");
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
        var call = new AdminCall(_queue.Target, ByOf(context), values);
        object? result;
        try
        {
            result = command.IsOffTick ? command.Execute(call) : await OnTickAsync(command, call).ConfigureAwait(false);
        }
        catch (TimeoutException error)
        {
            // Reading still works while a mod keeps the tick busy: from what was last published.
            if (_snapshots.Last is { } last && command.Stale?.Invoke(last, call) is { } stale)
            {
                context.Response.Headers.Warning = "110 - \"as last published; the tick is busy\"";
                await Answer(context, 200, stale).ConfigureAwait(false);
                return;
            }
            Audit(context, command, call, "not done in time");
            await Fail(context, 503, error.Message).ConfigureAwait(false);
            return;
        }
        bool ok = result is not AdminAnswer { Ok: false };
        Audit(context, command, call, result == null ? "not found" : ok ? "done" : "refused");
        if (result == null) await Fail(context, 404, "no such thing").ConfigureAwait(false);
        else await Answer(context, ok ? 200 : 409, result).ConfigureAwait(false);
    }

    /// <summary>Lets the tick thread carry a command out. When a mod holds the tick up and the command is to end just that, the mod is cut short first.</summary>
    async Task<object?> OnTickAsync(AdminCommand command, AdminCall call)
    {
        Task<object?> carried = _queue.RunAsync(_ => command.Execute(call), _options.TickWait, _time);
        try
        {
            if (command.CutsShort) return await carried.WaitAsync(CutShortAfter, _time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!carried.IsCompleted)
        {
            _queue.Target.Mods.CutShort(call.Text("id"));
        }
        return await carried.ConfigureAwait(false);
    }

    /// <summary>Who calls. The token says that it is an operator; which one, the caller may say himself.</summary>
    static string ByOf(HttpContext context)
    {
        string name = new([.. context.Request.Headers["X-Operator"].ToString().Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@').Take(OperatorNameMax)]);
        return name.Length == 0 ? "admin" : $"admin:{name}";
    }

    void Audit(HttpContext context, AdminCommand command, AdminCall call, string outcome)
    {
        if (!command.Changes) return;
        string from = context.Connection.RemoteIpAddress?.ToString() ?? "";
        if (_audit.Add(call.By, from, command.Name, call.Values, outcome) is { } failure) _log.AuditNotWritten(failure);
        _log.AdminCommand(call.By, command.Name, AdminJson.Write(call.Values), outcome);
    }

    Task ProfileResultAsync(HttpContext context)
    {
        string format = context.Request.Query["format"].ToString();
        if (format is not ("" or "chrome" or "folded")) return Fail(context, 400, "'format' must be chrome or folded");
        if (_queue.Target.Mods.Profile is not { } run) return Fail(context, 409, "no profile was made since the server started");
        if (!run.IsOver) return Fail(context, 409, "the profile is under way");
        context.Response.ContentType = format == "folded" ? "text/plain" : "application/json";
        if (format == "folded") return context.Response.WriteAsync(run.ToFolded(), context.RequestAborted);
        using var trace = new MemoryStream();
        ProfileChrome.Write(run.ToTimeline(), trace);
        return context.Response.Body.WriteAsync(trace.ToArray(), context.RequestAborted).AsTask();
    }

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
        if (HttpMethods.IsGet(command.Method))
        {
            foreach (string name in context.Request.Query.Keys)
                if (!command.Arguments.Any(argument => argument.Name == name && !command.IsInRoute(argument))) return (values, $"unknown parameter '{name}'");
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
        if (HttpMethods.IsGet(context.Request.Method)) return QueryValue(context.Request.Query[argument.Name].ToString(), argument, out value);
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

    static string? QueryValue(string text, AdminArgument argument, out object? value)
    {
        value = null;
        if (text.Length == 0) return argument.Required ? $"'{argument.Name}' is missing: {argument.Description}" : null;
        if (argument.Type == AdminType.Text) value = text;
        else if (double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out double number) && double.IsFinite(number)) value = number;
        return value == null ? $"'{argument.Name}' must be a number" : null;
    }

    static Task Answer(HttpContext context, int status, object value)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(AdminJson.Write(value), context.RequestAborted);
    }

    /// <summary>Answers with an error in one sentence.</summary>
    internal static Task Fail(HttpContext context, int status, string message) => Answer(context, status, new { error = message });

    sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
