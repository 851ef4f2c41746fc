using System.Text;
using GameServer.Luau;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Scripting.Ports;

namespace GameServer.Scripting.Testing.Api;

/// <summary>HTTP of a test.</summary>
static class HttpClass
{
    /// <summary>Userdata tag.</summary>
    public const int Tag = 6;

    const string Response = "{ status: number?, headers: { [string]: string }?, body: string? }";

    static readonly (string Word, HttpFailure Failure)[] Failures =
    [
        ("timeout", HttpFailure.Timeout), ("network", HttpFailure.Network), ("not allowed", HttpFailure.NotAllowed), ("too large", HttpFailure.TooLarge),
        ("busy", HttpFailure.Busy),
    ];

    /// <summary>Fields and methods.</summary>
    public static TestClass Class { get; } = new("TestHttp", Tag, "Who answers the requests of mods: only what the test scripts. A request without an answer fails the test.",
    [
        new("requests", "{ { method: string, url: string, body: string?, headers: { [string]: string } } }", "Requests so far.", Requests),
    ],
    [
        new("on", $"(self: TestHttp, request: string, answer: {Response} | string | ((request: any) -> {Response} | string)) -> ()",
            "Answers requests like `GET https://api.example.com/x`, or all that begin so when it ends with `*`. The answer is a table, a function of the request that "
                + "gives one, or the name of a failure: `timeout`, `network`, `not allowed`, `too large`, `busy`. The latest that fits wins.", On),
        new("delay", "(self: TestHttp, seconds: number) -> ()", "Answers take so long from now on; 0 answers within the tick.", (TestScript script, ref CallContext call) =>
        {
            script.World.Http.DelayTicks = (long)Math.Ceiling(Math.Max(0, call.Number(1)) * script.World.Server.TickRate);
            return call.Return();
        }),
    ]);

    static HostResult Requests(TestScript script, ref CallContext call)
    {
        LuauTable list = script.Vm.CreateTable();
        int count = 0;
        foreach (ModHttpRequest request in script.World.Http.Requests) script.Vm.Set(list, ++count, Describe(script.Vm, request));
        return call.Return(list);
    }

    static HostResult On(TestScript script, ref CallContext call)
    {
        string pattern = call.String(1).ToString();
        if (!pattern.Contains(' ')) pattern = $"GET {pattern}";
        LuauValue answer = call.Any(2);
        if (answer.As<LuauString>() is { } word && !Failures.Any(failure => failure.Word == word.ToString()))
            throw call.ArgumentError(2, $"unknown failure '{word}'{Toml.Suggestion.For(word.ToString(), Failures.Select(failure => failure.Word))}");
        if (answer.Type is not (LuauType.Table or LuauType.Function or LuauType.String)) throw call.ArgumentError(2, "a table, a function or the name of a failure");
        LuauRef kept = script.Vm.CreateRef(answer);
        Func<ModHttpRequest, bool> earlier = script.World.Http.Answer;
        script.World.Http.Answer = request => Fits(pattern, request) ? Fill(script, request, kept.Value) : earlier(request);
        return call.Return();
    }

    static bool Fits(string pattern, ModHttpRequest request)
    {
        string line = $"{request.Method} {request.Url}";
        return pattern.EndsWith('*') ? line.StartsWith(pattern[..^1], StringComparison.Ordinal) : line == pattern;
    }

    static bool Fill(TestScript script, ModHttpRequest request, LuauValue answer)
    {
        if (answer.As<LuauFunction>() is { } function)
        {
            LuauValue[] made = Ask(script, function, request);
            answer = made.Length > 0 ? made[0] : LuauValue.Nil;
        }
        if (answer.As<LuauString>() is { } word)
        {
            (request.Failure, request.Message) = (Failures.FirstOrDefault(failure => failure.Word == word.ToString()).Failure, $"scripted: {word}");
            if (request.Failure == HttpFailure.None) request.Failure = HttpFailure.Network;
            return true;
        }
        if (answer.As<LuauTable>() is not { } table) return false;
        request.Status = script.Vm.Get(table, "status").TryGetNumber(out double status) ? (int)status : 200;
        request.ResponseBody = script.Vm.Get(table, "body").As<LuauString>()?.Span.ToArray() ?? [];
        var headers = new List<KeyValuePair<string, string>>();
        if (script.Vm.Get(table, "headers").As<LuauTable>() is { } given)
        {
            LuauValue key = default;
            while (script.Vm.Next(given, ref key, out LuauValue value)) headers.Add(KeyValuePair.Create(key.ToString()!, value.ToString()!));
        }
        request.ResponseHeaders = headers;
        return true;
    }

    static LuauValue[] Ask(TestScript script, LuauFunction function, ModHttpRequest request)
    {
        try
        {
            return script.Vm.Call(function, Describe(script.Vm, request)).ToArray();
        }
        catch (LuauException error) when (error.Fault == LuauFault.Error)
        {
            // The mods are running: the test hears of it when they are done.
            script.LateError ??= error.Message;
            return [];
        }
    }

    static LuauTable Describe(LuauVm vm, ModHttpRequest request)
    {
        LuauTable entry = vm.CreateTable(fieldCapacity: 4), headers = vm.CreateTable();
        foreach ((string name, string value) in request.Headers) vm.Set(headers, name, vm.CreateString(value));
        vm.Set(entry, "method", vm.CreateString(request.Method));
        vm.Set(entry, "url", vm.CreateString(request.Url));
        vm.Set(entry, "headers", headers);
        if (request.Body is { } body) vm.Set(entry, "body", vm.CreateString(Encoding.UTF8.GetString(body)));
        return entry;
    }
}
