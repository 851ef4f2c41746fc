using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Isolation;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Api;

/// <summary>The library <c>http</c>.</summary>
static class HttpApi
{
    const int HeadersMax = 32;
    const int HeaderBytesMax = 8192;

    /// <summary>The rows.</summary>
    public static ApiLibrary Library { get; } = new("http", "Requests to the hosts that the operator granted to this mod.",
    [
        new("requestAsync",
            "(request: { url: string, method: string?, headers: { [string]: string | Secret }?, body: (string | buffer)?, timeout: number? }) -> (HttpResponse?, Err?)",
            "Sends a request and waits for the answer: `{ status, headers, body }`. Redirects are followed to granted hosts only.")
        { Needs = Permission.NetHttp, Body = Request },
    ]);

    static HostResult Request(ModScope mod, ref CallContext call)
    {
        IModHttp http = mod.Services.Outside.Http ?? throw call.Error("this server offers no HTTP");
        LuauTable fields = call.Table(0);
        string url = Text(mod, ref call, fields, "url") ?? throw call.ArgumentError(0, "url expected");
        byte[]? body = Body(mod, ref call, fields);
        LuauValue timeout = mod.Vm.Get(fields, "timeout");
        if (!timeout.IsNil && !(timeout.TryGetNumber(out double seconds) && seconds is > 0 and < 1e6)) throw call.ArgumentError(0, "timeout must be a positive number of seconds");
        KeyValuePair<string, string>[] headers = Headers(mod, ref call, fields);
        string method = Text(mod, ref call, fields, "method") ?? "GET";

        int bytes = (body?.Length ?? 0) + (2 * url.Length) + headers.Sum(header => 2 * (header.Key.Length + header.Value.Length));
        OutsideWait wait = OutsideWait.Begin(mod, ref call, "requestAsync", bytes);
        var request = new ModHttpRequest
        {
            ModId = mod.Id, Url = url, Method = method, Headers = headers, Body = body,
            Timeout = timeout.IsNil ? null : TimeSpan.FromSeconds(timeout.AsNumber()), AllowedHosts = mod.Services.HttpHosts(mod.Id).Hosts,
            AllowPrivateAddresses = mod.Services.HttpHosts(mod.Id).PrivateToo, State = wait,
        };
        if (http.Submit(request)) return wait.Yield(ref call);
        wait.Cancel();
        return call.Return(LuauValue.Nil, Err.Make(mod, Kind(request.Failure), request.Message));
    }

    /// <summary>The answer is here.</summary>
    public static void Completed(OutsideWait wait, ModHttpRequest request) => wait.Answer(mod =>
    {
        if (request.Failure != HttpFailure.None) return [LuauValue.Nil, Err.Make(mod, Kind(request.Failure), request.Message)];
        LuauTable headers = mod.Vm.CreateTable(fieldCapacity: request.ResponseHeaders.Count);
        foreach ((string name, string value) in request.ResponseHeaders) mod.Vm.Set(headers, name, mod.Vm.CreateString(value));
        LuauTable response = mod.Vm.CreateTable(fieldCapacity: 3);
        mod.Vm.Set(response, "status", request.Status);
        mod.Vm.Set(response, "headers", headers);
        mod.Vm.Set(response, "body", mod.Vm.CreateString(request.ResponseBody));
        return [response];
    });

    static string Kind(HttpFailure failure) => failure switch
    {
        HttpFailure.BadRequest => "bad request",
        HttpFailure.NotAllowed => "not allowed",
        HttpFailure.PrivateAddress => "private address",
        HttpFailure.Busy => "busy",
        HttpFailure.Timeout => "timeout",
        HttpFailure.TooLarge => "too large",
        HttpFailure.Cancelled => "cancelled",
        _ => "network",
    };

    static string? Text(ModScope mod, ref CallContext call, LuauTable fields, string name)
    {
        LuauValue value = mod.Vm.Get(fields, name);
        if (value.IsNil) return null;
        return value.As<LuauString>()?.ToString() ?? throw call.ArgumentError(0, $"{name} must be a string");
    }

    static byte[]? Body(ModScope mod, ref CallContext call, LuauTable fields)
    {
        LuauValue body = mod.Vm.Get(fields, "body");
        if (body.IsNil) return null;
        if (body.As<LuauString>() is { } text) return text.Span.ToArray();
        return body.As<LuauBuffer>()?.Span.ToArray() ?? throw call.ArgumentError(0, "body must be a string or a buffer");
    }

    static KeyValuePair<string, string>[] Headers(ModScope mod, ref CallContext call, LuauTable fields)
    {
        LuauValue value = mod.Vm.Get(fields, "headers");
        if (value.IsNil) return [];
        LuauTable table = value.As<LuauTable>() ?? throw call.ArgumentError(0, "headers must be a table");
        var headers = new List<KeyValuePair<string, string>>();
        LuauValue name = default;
        while (mod.Vm.Next(table, ref name, out LuauValue text))
        {
            string? content = text.As<Userdata>()?.Target is Secret secret ? secret.Value : text.As<LuauString>()?.ToString();
            if (name.As<LuauString>() is not { } key || content is null) throw call.ArgumentError(0, "headers must be strings");
            if (headers.Count == HeadersMax) throw call.ArgumentError(0, $"at most {HeadersMax} headers");
            if (key.Length + content.Length > HeaderBytesMax) throw call.ArgumentError(0, $"a header has at most {HeaderBytesMax} bytes");
            headers.Add(KeyValuePair.Create(key.ToString(), content));
        }
        return [.. headers];
    }
}
