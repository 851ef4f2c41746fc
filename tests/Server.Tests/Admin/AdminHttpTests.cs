using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using GameServer.Scripting;
using GameServer.Server.Admin;
using GameServer.Server.Observability;
using GameServer.Support;
using Serilog;

namespace GameServer.Server.Tests.Admin;

/// <summary>The admin API over real HTTP, with a tick thread of the test's own.</summary>
public sealed class AdminHttpTests : IAsyncLifetime
{
    readonly TemporaryFolder _folder = new();
    readonly FakeTarget _target = new();
    readonly AdminEvents _events = new();
    readonly AdminQueue _queue;
    readonly AdminSnapshots _snapshots;
    readonly AdminToken _token;
    readonly AdminHttp _admin;
    readonly HttpClient _http = new();
    readonly CancellationTokenSource _stop = new();
    readonly ManualResetEventSlim _tickMayRun = new(true);
    readonly Thread _tick;

    public AdminHttpTests()
    {
        _queue = new AdminQueue(_target);
        _snapshots = new AdminSnapshots(_target, TimeProvider.System);
        _token = AdminToken.LoadOrCreate(Path.Combine(_folder.Path, "config", "admin.token"));
        var log = new ServerLog(new LoggerConfiguration().CreateLogger());
        _admin = new AdminHttp(new AdminHttpOptions { Port = 0, TickWait = TimeSpan.FromMilliseconds(500) }, _token, _queue, _snapshots, _events, new AuditLog(Path.Combine(_folder.Path, "logs"), TimeProvider.System), log, TimeProvider.System);
        _tick = new Thread(() =>
        {
            while (!_stop.IsCancellationRequested)
            {
                _tickMayRun.Wait();
                _snapshots.TakeWhenDue();
                _queue.RunPending();
                _stop.Token.WaitHandle.WaitOne(5);
            }
        });
    }

    public async Task InitializeAsync()
    {
        await _admin.StartAsync();
        _http.BaseAddress = new Uri($"http://127.0.0.1:{_admin.Port}");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token.Text);
        _tick.Start();
        while (_snapshots.Last == null) await Task.Delay(5);
    }

    public async Task DisposeAsync()
    {
        _stop.Cancel();
        _tickMayRun.Set();
        _tick.Join();
        _http.Dispose();
        await _admin.DisposeAsync();
        _target.Mods.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Nothing_but_health_is_answered_without_the_token()
    {
        using var stranger = new HttpClient { BaseAddress = _http.BaseAddress };
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/healthz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/v1/status")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/metrics")).StatusCode);
        stranger.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _token.Text[..^1] + "x");
        Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/v1/status")).StatusCode);
        for (int i = 0; i < 200; i++)
            if ((await stranger.GetAsync("/v1/status")).StatusCode == HttpStatusCode.TooManyRequests) return;
        Assert.Fail("200 wrong tokens were all looked at");
    }

    [Fact]
    public void The_token_file_is_for_the_server_alone_and_stays()
    {
        string file = Path.Combine(_folder.Path, "config", "admin.token");
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(_token.Text, AdminToken.LoadOrCreate(file).Text);
    }

    [Fact]
    public async Task Every_route_of_the_document_answers_and_every_answer_is_in_the_document()
    {
        JsonElement document = await _http.GetFromJsonAsync<JsonElement>("/openapi.json");
        var documented = new HashSet<string>();
        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (JsonProperty method in path.Value.EnumerateObject())
            {
                documented.Add($"{method.Name} {path.Name}");
                if (IsStream(method.Value))
                {
                    using HttpResponseMessage stream = await _http.GetAsync(path.Name, HttpCompletionOption.ResponseHeadersRead);
                    Assert.Equal("text/event-stream", stream.Content.Headers.ContentType?.MediaType);
                    continue;
                }
                using var request = new HttpRequestMessage(new HttpMethod(method.Name.ToUpperInvariant()), Regex.Replace(path.Name, @"\{\w+\}", "nobody"));
                if (method.Value.TryGetProperty("requestBody", out JsonElement body)) request.Content = JsonContent.Create(Example(body));
                HttpResponseMessage answer = await _http.SendAsync(request);
                string text = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound or HttpStatusCode.Conflict, $"{method.Name} {path.Name}: {answer.StatusCode} {text}");
                if (answer.StatusCode == HttpStatusCode.NotFound) Assert.Contains("no such thing", text, StringComparison.Ordinal);
            }
        }
        // And the other way round: whatever the server has a route for is in the document.
        string[] answered = [.. _admin.Routes.Select(route => $"{route.Method.ToLowerInvariant()} {route.Path}")];
        Assert.Equal(answered.Order(), documented.Order());
        Assert.True(answered.Length >= AdminCommands.All.Length + AdminOpenApi.Pages.Length);
    }

    static bool IsStream(JsonElement operation) => operation.GetProperty("responses").GetProperty("200").GetProperty("content").TryGetProperty("text/event-stream", out _);

    static Dictionary<string, object> Example(JsonElement body) =>
        body.GetProperty("content").GetProperty("application/json").GetProperty("schema").GetProperty("properties").EnumerateObject()
            .ToDictionary(p => p.Name, p => p.Value.GetProperty("type").GetString() == "number" ? (object)5 : "nobody");

    [Fact]
    public async Task A_command_runs_on_the_tick_thread_with_its_arguments()
    {
        HttpResponseMessage answer = await _http.PostAsJsonAsync("/v1/players/Ada/kick", new { reason = "bye" });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(("Ada", "bye", "admin"), _target.Kicked);
        Assert.Equal(_tick.ManagedThreadId, _target.KickedOn);
    }

    [Theory]
    [InlineData("{\"who\":5}", "'who' must be a string")]
    [InlineData("{\"who\":\"a\",\"colour\":1}", "unknown property 'colour'")]
    [InlineData("{}", "'who' is missing")]
    [InlineData("[1]", "must be a JSON object")]
    [InlineData("{", "not JSON")]
    public async Task A_bad_body_is_refused_with_what_is_wrong(string body, string message)
    {
        HttpResponseMessage answer = await _http.PostAsync("/v1/bans", new StringContent(body));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(message, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_long_a_body_is_refused() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.PostAsync("/v1/bans", new StringContent(new string(' ', AdminHttp.BodyBytesMax + 1)))).StatusCode);

    [Fact]
    public async Task While_the_tick_hangs_reading_still_works_and_orders_are_given_up()
    {
        _tickMayRun.Reset();
        await Task.Delay(50);
        HttpResponseMessage status = await _http.GetAsync("/v1/status");
        Assert.Equal(HttpStatusCode.OK, status.StatusCode);
        Assert.True(status.Headers.Contains("Warning"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _http.PostAsJsonAsync("/v1/players/Ada/kick", new { })).StatusCode);
        _tickMayRun.Set();
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync("/v1/players")).StatusCode);
        Assert.Null(_target.Kicked.Who);
    }

    [Fact]
    public async Task Parameters_of_reading_come_in_the_query_and_are_checked()
    {
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync("/v1/costs?window=60&sort=memory")).StatusCode);
        HttpResponseMessage wrong = await _http.GetAsync("/v1/costs?window=soon");
        Assert.Equal((HttpStatusCode.BadRequest, "{\"error\":\"'window' must be a number\"}"), (wrong.StatusCode, await wrong.Content.ReadAsStringAsync()));
        HttpResponseMessage unknown = await _http.GetAsync("/v1/costs?windows=5");
        Assert.Equal((HttpStatusCode.BadRequest, "{\"error\":\"unknown parameter 'windows'\"}"), (unknown.StatusCode, await unknown.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Every_change_is_in_the_audit_log_before_it_is_answered_with_who_what_when_and_the_outcome()
    {
        _http.DefaultRequestHeaders.Add("X-Operator", "ada<script>");
        await _http.PostAsJsonAsync("/v1/players/Bob/kick", new { reason = "bye" });
        await _http.DeleteAsync("/v1/bans/b-1");
        await _http.PostAsync("/v1/mods/nobody/stop", null);
        await _http.GetAsync("/v1/players");
        _tickMayRun.Reset();
        await Task.Delay(50);
        await _http.PostAsJsonAsync("/v1/say", new { text = "hi" });
        _tickMayRun.Set();
        string[] lines = await File.ReadAllLinesAsync(Assert.Single(Directory.GetFiles(Path.Combine(_folder.Path, "logs"), "audit-*.jsonl")));
        JsonElement[] entries = [.. lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(["kick done", "unban refused", "mod stop not found", "say not done in time"], entries.Select(e => $"{e.GetProperty("command").GetString()} {e.GetProperty("outcome").GetString()}"));
        Assert.Equal("admin:adascript", entries[0].GetProperty("by").GetString());
        Assert.Equal("127.0.0.1", entries[0].GetProperty("from").GetString());
        Assert.Equal("""{"who":"Bob","reason":"bye"}""", entries[0].GetProperty("arguments").GetRawText());
        Assert.True((DateTimeOffset.UtcNow - entries[0].GetProperty("at").GetDateTimeOffset()).Duration() < TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(_token.Text, string.Join('\n', lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Requests_are_limited_per_second_also_with_the_token()
    {
        for (int i = 0; i < 50 * AdminHttp.RequestsPerSecond; i++)
            if ((await _http.GetAsync("/v1/health")).StatusCode == HttpStatusCode.TooManyRequests) return;
        var time = new ManualTime();
        var limit = new PerSecond(3, time);
        Assert.Equal([true, true, true, false], Enumerable.Range(0, 4).Select(_ => limit.TryTake()));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(limit.TryTake());
    }

    [Fact]
    public async Task Health_tells_the_age_of_the_last_tick_and_what_is_not_in_service()
    {
        JsonElement health = await _http.GetFromJsonAsync<JsonElement>("/v1/health");
        Assert.True(health.GetProperty("ready").GetBoolean());
        Assert.InRange(health.GetProperty("tick_age_seconds").GetDouble(), 0, 60);
        Assert.Equal("", health.GetProperty("running").GetString());
    }

    [Fact]
    public async Task Log_lines_are_filtered_by_level_and_mod_for_each_watcher()
    {
        using HttpResponseMessage stream = await _http.GetAsync("/v1/events?topics=log&level=warn&mod=kits", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        _events.Publish("log", "1", level: 3, mod: "other");
        _events.Publish("log", "2", level: 1, mod: "kits");
        _events.Publish("summary", "3");
        _events.Publish("log", "4", level: 2, mod: "kits");
        Assert.Equal("event: log", await reader.ReadLineAsync());
        Assert.Equal("data: 4", await reader.ReadLineAsync());
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.GetAsync("/v1/events?level=loud")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _http.GetAsync("/v1/events?topics=secrets")).StatusCode);
    }

    [Fact]
    public async Task Ready_turns_to_no_when_the_server_stops()
    {
        _admin.SetStopping();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _http.GetAsync("/readyz")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _http.GetAsync("/healthz")).StatusCode);
    }

    [Fact]
    public async Task Metrics_are_lines_that_a_scraper_reads()
    {
        string page = await _http.GetStringAsync("/metrics");
        foreach (string line in page.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Matches(@"^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+=""[^""]*""(,[a-z]+=""[^""]*"")*\})? -?[0-9.E+-]+)$", line);
        Assert.Contains("gameserver_players 1", page, StringComparison.Ordinal);
        Assert.Contains("gameserver_events_total{event=\"odd\"} 7", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_arrive_in_order_and_a_slow_watcher_is_told_what_it_lost()
    {
        using HttpResponseMessage stream = await _http.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        _events.Publish("log", "{\"n\":1}");
        Assert.Equal("event: log", await reader.ReadLineAsync());
        Assert.Equal("data: {\"n\":1}", await reader.ReadLineAsync());
        AdminEvents.Watcher slow = _events.Open()!;
        for (int i = 0; i < AdminEvents.BacklogMax + 5; i++) _events.Publish("log", "x");
        Assert.Equal(5, slow.TakeLost());
    }

    sealed class FakeTarget : IAdminTarget
    {
        public (string? Who, string? Reason, string? By) Kicked;
        public int KickedOn;

        public ModHost Mods { get; } = FakeMods.Empty();
        public ServerReport Server() => new() { Name = "test", Players = 1, Counters = new Dictionary<string, long> { ["odd"] = 7 } };
        public Percentiles RecentTicks() => new(1, 2, 3, 4);
        public IReadOnlyList<LagTick> SlowTicks() => [];
        public IReadOnlyList<AuditEntry> Audit() => [];
        public IReadOnlyList<PlayerReport> Players() => [];
        public IReadOnlyList<BanReport> Bans() => [];

        public AdminAnswer Kick(string who, string reason, string by)
        {
            Kicked = (who, reason, by);
            KickedOn = Environment.CurrentManagedThreadId;
            return new(true, "kicked");
        }

        public AdminAnswer Ban(string who, string reason, TimeSpan? duration, string by) => new(true, "banned");
        public AdminAnswer Unban(string which, string by) => new(false, "no such ban");
        public RightsReport Rights() => new([], [], []);
        public AdminAnswer ExplainRight(string who, string right) => new(true, $"{who} {right}");
        public AdminAnswer SetRight(string who, string right, bool? granted) => new(true, "set");
        public AdminAnswer SetMembership(string who, string group, bool member) => new(true, "set");
        public AdminAnswer CreateGroup(string name, IReadOnlyList<string> inherits) => new(true, "made");
        public AdminAnswer DeleteGroup(string name) => new(true, "gone");
        public AdminAnswer ReloadRights() => new(true, "read");
        public IReadOnlyList<WhitelistReport> Whitelist() => [];
        public AdminAnswer WhitelistAdd(string who, string by) => new(true, "added");
        public AdminAnswer WhitelistRemove(string who, string by) => new(false, "not on the list");
        public AdminAnswer WhitelistSwitch(bool on, string by) => new(true, on ? "on" : "off");
        public ShieldReport Shield() => new(false, 0, 0, 0, "none");
        public AdminAnswer ShieldSwitch(bool on, string by) => new(true, on ? "on" : "off");
        public void Say(string text) { }
        public AdminAnswer ReloadConfig() => new(true, "read");
        public AdminAnswer DrainPlayers(TimeSpan? limit, string reason) => new(true, $"draining {limit?.TotalSeconds} {reason}");

        public AdminAnswer CancelDrain() => new(true, "going on");

        public void Stop(string reason) { }
    }
}
