using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using GameServer.Scripting.Ports;

namespace GameServer.Server.Http;

/// <summary>Carries out HTTP requests of mods on pool threads: granted hosts only (also after redirects), public addresses only unless granted, bounded in
/// time, size and number. No cookies, no proxy of the environment, no credentials of the machine.</summary>
sealed class ModHttp : IModHttp, IDisposable
{
    static readonly string[] Methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    // These belong to the connection, or would let a mod speak for another host.
    static readonly string[] RefusedHeaders =
        ["host", "connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer", "keep-alive", "expect", "proxy-authorization"];

    readonly ModHttpOptions _options;
    readonly TimeProvider _time;
    readonly HttpMessageInvoker _publicOnly, _anywhere;
    readonly ConcurrentQueue<ModHttpRequest> _completed = new();
    // Tick thread only.
    readonly Dictionary<string, Pending> _pending = new(StringComparer.Ordinal);

    /// <summary>Requests under way of one mod, and the way to stop them.</summary>
    sealed class Pending : IDisposable
    {
        public int Count;
        public CancellationTokenSource Stop = new();

        public void Dispose() => Stop.Dispose();
    }

    /// <summary>Makes the gateway; no thread is started before the first request.</summary>
    public ModHttp(ModHttpOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _publicOnly = new HttpMessageInvoker(Handler(privateToo: false));
        _anywhere = new HttpMessageInvoker(Handler(privateToo: true));
    }

    /// <inheritdoc/>
    public bool Submit(ModHttpRequest request)
    {
        (request.Failure, request.Message) = Admit(request, out Uri? url);
        if (request.Failure != HttpFailure.None) return false;
        Pending pending = PendingOf(request.ModId);
        pending.Count++;
        _ = CarryAsync(request, url!, pending.Stop.Token);
        return true;
    }

    /// <inheritdoc/>
    public bool TryTakeCompleted(out ModHttpRequest request)
    {
        if (!_completed.TryDequeue(out request!)) return false;
        if (_pending.TryGetValue(request.ModId, out Pending? pending) && --pending.Count == 0)
        {
            pending.Dispose();
            _pending.Remove(request.ModId);
        }
        return true;
    }

    /// <inheritdoc/>
    public void CancelAll(string modId)
    {
        if (!_pending.TryGetValue(modId, out Pending? pending)) return;
        CancellationTokenSource old = pending.Stop;
        // The mod's next VM starts with a fresh token; requests of the old one still count until they are back.
        pending.Stop = new CancellationTokenSource();
        old.Cancel();
        old.Dispose();
    }

    /// <summary>Stops everything under way.</summary>
    public void Dispose()
    {
        foreach (Pending pending in _pending.Values)
        {
            pending.Stop.Cancel();
            pending.Dispose();
        }
        _pending.Clear();
        _publicOnly.Dispose();
        _anywhere.Dispose();
    }

    Pending PendingOf(string modId)
    {
        if (!_pending.TryGetValue(modId, out Pending? pending)) _pending[modId] = pending = new Pending();
        return pending;
    }

    (HttpFailure Failure, string Message) Admit(ModHttpRequest request, out Uri? url)
    {
        url = null;
        if (!Methods.Contains(request.Method, StringComparer.Ordinal))
            return (HttpFailure.BadRequest, $"method '{request.Method}' is not one of {string.Join(", ", Methods)}");
        if (!TryUrl(request.Url, out url)) return (HttpFailure.BadRequest, "the url must be absolute and begin with http:// or https://, without user name");
        foreach ((string name, string _) in request.Headers)
            if (RefusedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase)) return (HttpFailure.BadRequest, $"header '{name}' cannot be set");
        if (request.Body?.Length > _options.RequestBytesMax) return (HttpFailure.TooLarge, $"the body has more than {_options.RequestBytesMax} bytes");
        if (!HostRules.Allows(request.AllowedHosts, url!)) return (HttpFailure.NotAllowed, $"host '{url!.Authority}' is not granted");
        if (_pending.TryGetValue(request.ModId, out Pending? pending) && pending.Count >= _options.PerModMax)
            return (HttpFailure.Busy, $"{_options.PerModMax} requests are under way");
        return (HttpFailure.None, "");
    }

    static bool TryUrl(string text, out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https" && url!.UserInfo.Length == 0 && url.Host.Length > 0;

    async Task CarryAsync(ModHttpRequest request, Uri url, CancellationToken stop)
    {
        // Leaves the tick thread before any work is done.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        TimeSpan limit = request.Timeout is { } wish && wish > TimeSpan.Zero && wish < _options.TimeoutMax ? wish : _options.TimeoutMax;
        using var timer = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, timer.Token);
        try
        {
            await FollowAsync(request, url, either.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or HttpRequestException or IOException or SocketException or FormatException)
        {
            (request.Failure, request.Message) = Classify(error, stop);
        }
        _completed.Enqueue(request);
    }

    static (HttpFailure Failure, string Message) Classify(Exception error, CancellationToken stop)
    {
        for (Exception? inner = error; inner != null; inner = inner.InnerException)
        {
            if (inner is PrivateAddressException) return (HttpFailure.PrivateAddress, inner.Message);
            if (inner is ResponseTooLargeException) return (HttpFailure.TooLarge, inner.Message);
        }
        return error switch
        {
            OperationCanceledException when stop.IsCancellationRequested => (HttpFailure.Cancelled, "the mod was unloaded"),
            OperationCanceledException => (HttpFailure.Timeout, "no answer in time"),
            FormatException => (HttpFailure.BadRequest, error.Message),
            HttpRequestException http => (HttpFailure.Network, http.HttpRequestError.ToString()),
            _ => (HttpFailure.Network, "the connection broke"),
        };
    }

    async Task FollowAsync(ModHttpRequest request, Uri url, CancellationToken stop)
    {
        string method = request.Method;
        byte[]? body = request.Body;
        for (int redirects = 0; ; redirects++)
        {
            using HttpRequestMessage message = Build(request, method, url, body, sameHost: redirects == 0);
            using HttpResponseMessage answer = await (request.AllowPrivateAddresses ? _anywhere : _publicOnly).SendAsync(message, stop).ConfigureAwait(false);
            if (Redirect(answer, url) is not { } next)
            {
                await TakeAsync(request, answer, stop).ConfigureAwait(false);
                return;
            }
            if (redirects >= _options.RedirectsMax || !HostRules.Allows(request.AllowedHosts, next))
            {
                request.Failure = HttpFailure.NotAllowed;
                request.Message = redirects >= _options.RedirectsMax ? "too many redirects" : $"redirected to '{next.Authority}', which is not granted";
                return;
            }
            url = next;
            if (answer.StatusCode is HttpStatusCode.SeeOther || (answer.StatusCode is HttpStatusCode.Moved or HttpStatusCode.Found && method == "POST"))
            {
                method = "GET";
                body = null;
            }
        }
    }

    static HttpRequestMessage Build(ModHttpRequest request, string method, Uri url, byte[]? body, bool sameHost)
    {
        var message = new HttpRequestMessage(new HttpMethod(method), url) { Version = HttpVersion.Version11 };
        if (body != null) message.Content = new ByteArrayContent(body);
        foreach ((string name, string value) in request.Headers)
        {
            // Secrets meant for the first host do not travel with a redirect.
            if (!sameHost && name.Equals("authorization", StringComparison.OrdinalIgnoreCase)) continue;
            bool isContent = name.StartsWith("content-", StringComparison.OrdinalIgnoreCase);
            if (isContent) message.Content?.Headers.TryAddWithoutValidation(name, Checked(value));
            else message.Headers.TryAddWithoutValidation(name, Checked(value));
        }
        return message;
    }

    static string Checked(string value) => value.AsSpan().IndexOfAny('\r', '\n', '\0') < 0 ? value : throw new FormatException("a header value holds a line end");

    static Uri? Redirect(HttpResponseMessage answer, Uri from)
    {
        if ((int)answer.StatusCode is not (301 or 302 or 303 or 307 or 308) || answer.Headers.Location is not { } location) return null;
        Uri target = location.IsAbsoluteUri ? location : new Uri(from, location);
        return target.Scheme is "http" or "https" && target.UserInfo.Length == 0 ? target : null;
    }

    async Task TakeAsync(ModHttpRequest request, HttpResponseMessage answer, CancellationToken stop)
    {
        request.Status = (int)answer.StatusCode;
        request.ResponseHeaders = [.. answer.Headers.Concat(answer.Content.Headers).Select(h => KeyValuePair.Create(h.Key.ToLowerInvariant(), string.Join(", ", h.Value)))];
        if (answer.Content.Headers.ContentLength > _options.ResponseBytesMax) throw new ResponseTooLargeException(_options.ResponseBytesMax);
        using Stream stream = await answer.Content.ReadAsStreamAsync(stop).ConfigureAwait(false);
        using var body = new MemoryStream();
        var buffer = new byte[16 << 10];
        while (await stream.ReadAsync(buffer, stop).ConfigureAwait(false) is int count and > 0)
        {
            if (body.Length + count > _options.ResponseBytesMax) throw new ResponseTooLargeException(_options.ResponseBytesMax);
            body.Write(buffer, 0, count);
        }
        request.ResponseBody = body.ToArray();
    }

    static SocketsHttpHandler Handler(bool privateToo) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        // Without decompression an answer cannot grow behind the size limit.
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = 32,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = (context, stop) => ConnectAsync(context.DnsEndPoint, privateToo, stop),
    };

    static async ValueTask<Stream> ConnectAsync(DnsEndPoint target, bool privateToo, CancellationToken stop)
    {
        IPAddress[] addresses = IPAddress.TryParse(target.Host, out IPAddress? literal) ? [literal] : await Dns.GetHostAddressesAsync(target.Host, stop).ConfigureAwait(false);
        IPAddress[] reachable = privateToo ? addresses : [.. addresses.Where(AddressRules.IsPublic)];
        if (reachable.Length == 0) throw new PrivateAddressException(target.Host);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(reachable, target.Port, stop).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    sealed class PrivateAddressException(string host) : IOException($"'{host}' is not a public address");

    sealed class ResponseTooLargeException(int bytes) : IOException($"the answer has more than {bytes} bytes");
}
