using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using GameServer.Support;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>What an operator does with the built executable while a server runs, also while a mod holds it up.</summary>
public sealed class OperatorTests : IDisposable
{
    // Two mods that burn a known time, one that calls another, and limits that a busy test machine does not reach.
    const string Settings = """
        [server]
        dev = true
        [net]
        port = 0
        [admin]
        port = PORT
        [mods.burn]
        grant = ["time.wall"]
        [mods.callee]
        grant = ["time.wall"]
        [limits.user]
        tick_budget_ms = 500
        tick_hard_ms = 9000
        event_hard_ms = 5000
        call_hard_ms = 5000
        load_ms = 30000
        onload_ms = 10000

        """;

    const string Burn = "local function burn(ms) local t = os.clock() while os.clock() - t < ms / 1000 do end end\n";

    readonly TemporaryFolder _folder = new();
    readonly int _port = FreePort();

    public void Dispose() => _folder.Dispose();

    static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    RunningServer Start()
    {
        _folder.Write("server.toml", Settings.Replace("PORT", _port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        _folder.Write("mods/burn/mod.toml", "id = \"burn\"\n[permissions]\nrequired = [\"time.wall\"]\n[dependencies]\ncallee = \"*\"");
        _folder.Write("mods/burn/init.luau", Burn + "function Think() burn(6) mod.call('callee', 'work') end");
        _folder.Write("mods/callee/mod.toml", "id = \"callee\"\n[permissions]\nrequired = [\"time.wall\"]");
        _folder.Write("mods/callee/init.luau", Burn + "mod.export('work', function() burn(2) end)");
        return RunningServer.Start(_folder.Path);
    }

    (int Code, string Output, string Error) Run(params string[] arguments) => RunWith("", arguments);

    (int Code, string Output, string Error) RunWith(string input, params string[] arguments)
    {
        ProcessStartInfo start = new(RunningServer.Executable)
        {
            WorkingDirectory = _folder.Path,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, error.Result);
    }

    JsonElement Json(params string[] arguments)
    {
        (int code, string output, string error) = Run(arguments);
        Assert.True(code == ExitCodes.Ok, $"{string.Join(' ', arguments)}: {code}\n{output}\n{error}");
        using JsonDocument document = JsonDocument.Parse(output);
        return document.RootElement.Clone();
    }

    [Fact]
    public async Task Costs_lag_profile_trace_eval_and_console_work_on_a_running_server()
    {
        using RunningServer server = Start();
        await server.ReadyAsync();
        await Task.Delay(2500);

        JsonElement top = Json("mod", "top", "--window", "10", "--json");
        Assert.Equal("burn", top[0].GetProperty("mod").GetString());
        double self = top[0].GetProperty("window").GetProperty("self_ms_per_tick").GetDouble(), total = top[0].GetProperty("window").GetProperty("total_ms_per_tick").GetDouble();
        // Burning goes by the clock, so a busy machine can only make it longer; that it is exact is tested beside the accounts.
        Assert.True(self >= 5.9 && total >= self + 1.9, $"{self} {total}");
        Assert.StartsWith("mod ", Run("mod", "top").Output, StringComparison.Ordinal);
        JsonElement edge = Json("mod", "calls", "--json")[0];
        Assert.Equal(("burn", "callee", "work"), (edge.GetProperty("caller").GetString(), edge.GetProperty("callee").GetString(), edge.GetProperty("export").GetString()));
        Assert.Contains(Json("mod", "show", "burn", "--json").GetProperty("hooks").EnumerateArray(), hook => hook.GetProperty("hook").GetString() == "Think");
        Assert.Contains("burn is running", Run("mod", "why", "burn").Output, StringComparison.Ordinal);
        Assert.Contains("p99", Run("top", "--once").Output, StringComparison.Ordinal);
        Assert.True(Json("top", "--once", "--json").GetProperty("recent").GetProperty("p50").GetDouble() >= 7.9);

        Assert.Equal((ExitCodes.Ok, "15\n"), Run("eval", "burn", "5 * 3") is var eval ? (eval.Code, eval.Output) : default);
        Assert.Equal(ExitCodes.Failed, Run("eval", "nobody", "1").Code);
        Assert.Equal(2, Run("trace", "burn", "hook=Think", "-n", "2").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        (int code, string output, string error) = Run("profile", "1s", "--out", "p.json");
        Assert.True(code == ExitCodes.Ok, error);
        Assert.Contains("samples", output, StringComparison.Ordinal);
        using JsonDocument trace = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(_folder.Path, "p.json")));
        string?[] names = [.. trace.RootElement.GetProperty("traceEvents").EnumerateArray().Select(e => e.GetProperty("name").GetString())];
        Assert.Contains("burn/Think", names);
        Assert.Contains("burn (init.luau:1)", names);
        Assert.Contains("burn;Think;", Run("profile", "1s", "--format", "folded", "--mod", "burn").Output, StringComparison.Ordinal);

        (code, output, error) = RunWith("players\nmod why callee\nnonsense\neval burn 7\nexit\neval burn 8\n", "console");
        Assert.Contains("callee is running", output, StringComparison.Ordinal);
        Assert.EndsWith("7\n", output, StringComparison.Ordinal);
        Assert.Contains("no mod knows this command", error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failed, code);

        string[] audit = await File.ReadAllLinesAsync(Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "logs"), "audit-*.jsonl")));
        Assert.Contains(audit, line => line.Contains("\"command\":\"eval\"", StringComparison.Ordinal) && line.Contains("5 * 3", StringComparison.Ordinal));
        Assert.True(Json("audit", "--json").GetArrayLength() >= 4);
    }

    [Fact]
    public async Task A_slow_tick_is_explained_while_the_server_runs_and_after_it_ended()
    {
        // No other mod and long ticks: on a busy machine ticks of a busy server are slow one after the other, and soon nothing is left of the one that is looked for.
        _folder.Write("server.toml", Settings.Replace("PORT", _port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("dev = true", "dev = true\ntick_hz = 10", StringComparison.Ordinal));
        _folder.Write("mods/radar/init.luau", """
            local list = table.create(200000)
            function scan()
                for _ = 1, 3 do
                    for i = 1, 200000 do list[i] = (i * 7919) % 200003 end
                    table.sort(list, function(a, b) return a < b end)
                end
            end
            """);
        using RunningServer server = RunningServer.Start(_folder.Path);
        await server.ReadyAsync();
        // A command is answered within two seconds, which this may exceed where others compute as well; its tick counts.
        Run("eval", "radar", "scan()");
        JsonElement slow = Until(() => Json("lag", "list", "--json").EnumerateArray().FirstOrDefault(tick => tick.GetProperty("mods").EnumerateArray().Any(IsRadar)));
        Assert.Contains("radar/eval", slow.GetProperty("text").GetString(), StringComparison.Ordinal);
        JsonElement entry = slow.GetProperty("mods").EnumerateArray().First(IsRadar);
        Assert.Contains("scan", entry.GetProperty("functions").GetRawText(), StringComparison.Ordinal);
        Assert.StartsWith("tick ", Run("lag", "last").Output, StringComparison.Ordinal);

        server.Signal(15);
        Assert.Equal(ExitCodes.Ok, await server.ExitAsync());
        (int code, string output, string error) = Run("lag", "list");
        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("radar/eval", output, StringComparison.Ordinal);
        Assert.Contains("no server answers", error, StringComparison.Ordinal);
        Assert.Contains("stopped", error, StringComparison.Ordinal);
    }

    static bool IsRadar(JsonElement entry) => entry.GetProperty("mod").GetString() == "radar";

    static JsonElement Until(Func<JsonElement> look)
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < RunningServer.Limit)
        {
            if (look() is { ValueKind: not JsonValueKind.Undefined } found) return found;
        }
        throw new TimeoutException("what was looked for never appeared");
    }

    [Fact]
    public async Task While_a_mod_loops_for_ever_everything_answers_and_the_mod_can_be_suspended()
    {
        using RunningServer server = Start();
        await server.ReadyAsync();
        using HttpClient http = new() { BaseAddress = new Uri($"http://127.0.0.1:{_port}") };
        string token = (await File.ReadAllTextAsync(Path.Combine(_folder.Path, "config", "admin.token"))).Trim();
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        // Once everything has been asked for, so that the times below are not those of a cold process.
        foreach (string page in Pages) (await http.GetAsync(page)).Dispose();
        _folder.Write("mods/hang/init.luau", "function Think() while true do end end");
        await UntilHangsAsync(http);

        List<string> late = [];
        foreach (string page in Pages)
        {
            long began = Stopwatch.GetTimestamp();
            using HttpResponseMessage answer = await http.GetAsync(page);
            TimeSpan took = Stopwatch.GetElapsedTime(began);
            // A second by the server; and what a busy test machine adds.
            if (took > TimeSpan.FromSeconds(2)) late.Add($"{page} {took}");
            Assert.True(answer.IsSuccessStatusCode, $"{page}: {answer.StatusCode}");
        }
        Assert.True(late.Count == 0, string.Join('\n', late));

        await UntilHangsAsync(http);
        using HttpResponseMessage suspended = await http.PostAsync("/v1/mods/hang/suspend", null);
        Assert.Equal(HttpStatusCode.OK, suspended.StatusCode);
        JsonElement why = Json("mod", "why", "hang", "--json");
        Assert.Equal("suspended", why.GetProperty("state").GetString());
        Assert.Contains(why.GetProperty("events").EnumerateArray(), happened => happened.GetProperty("kind").GetString() == "kill");
    }

    static string[] Pages => ["/healthz", "/v1/status", "/v1/mods", "/v1/costs", "/v1/top", "/v1/players", "/v1/lag", "/v1/audit", "/v1/profile", "/metrics", "/openapi.json"];

    // An answer from the last snapshot says that the tick does not move.
    static async Task UntilHangsAsync(HttpClient http)
    {
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began) < RunningServer.Limit)
        {
            using HttpResponseMessage answer = await http.GetAsync("/v1/status");
            if (answer.Headers.Contains("Warning")) return;
        }
        Assert.Fail("the mod never held the tick up");
    }
}
