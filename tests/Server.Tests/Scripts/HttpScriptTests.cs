using GameServer.Scripting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GameServer.Server.Tests.Scripts;

/// <summary><c>http.requestAsync</c> as scripts see it, against a web server on this machine.</summary>
public sealed class HttpScriptTests : IAsyncLifetime
{
    readonly WebApplication _web;
    readonly ScriptServer _server = new();
    readonly TaskCompletionSource _slowEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    string _host = "";

    public HttpScriptTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _web = builder.Build();
        _web.MapGet("/hello", () => "hi");
        _web.MapPost("/echo", async (HttpRequest request) => $"{request.Headers.Authorization}|{await new StreamReader(request.Body).ReadToEndAsync()}");
        _web.MapGet("/big", () => new string('x', 2000));
        _web.MapGet("/to", (string url) => Results.Redirect(url));
        _web.MapGet("/slow", async (CancellationToken stop) =>
        {
            try
            {
                await Task.Delay(TimeSpan.FromMinutes(1), stop);
            }
            finally
            {
                _slowEnded.TrySetResult();
            }
            return "late";
        });
    }

    public async Task InitializeAsync()
    {
        await _web.StartAsync();
        _host = new Uri(_web.Urls.First()).Authority;
        Grant(privateToo: true, _host);
    }

    public async Task DisposeAsync()
    {
        _server.Dispose();
        await _web.DisposeAsync();
    }

    void Grant(bool privateToo, params string[] hosts) =>
        _server.Settings("m", new ModSettings { Grant = ["net.http"], HttpHosts = hosts, HttpPrivate = privateToo });

    IReadOnlyList<string> Run(string source, int lines)
    {
        _server.Mod("m", $$"""
            local base = "http://{{_host}}"
            local function get(path, more)
                local request = more or {}
                request.url = request.url or base .. path
                local answer, err = http.requestAsync(request)
                print(answer and answer.status, answer and answer.body, err and err.kind)
            end
            task.spawn(function()
            {{source}}
            end)
            """).Start();
        return _server.Printed("m", lines);
    }

    [Fact]
    public void Answers_come_back_with_status_body_and_headers() => Assert.Equal(["200 hi nil", "404  nil", "200 |text nil", "200 |buffer nil", "text/plain; charset=utf-8"], Run("""
            get("/hello")
            get("/nowhere")
            get("/echo", { method = "POST", body = "text" })
            get("/echo", { method = "POST", body = buffer.fromstring("buffer") })
            print(http.requestAsync({ url = base .. "/hello" }).headers["content-type"])
        """, 5));

    [Fact]
    public void Only_granted_hosts_are_asked_also_by_redirects() => Assert.Equal(["nil nil not allowed", "nil nil not allowed", "200 hi nil", "nil nil bad request", "nil nil bad request"], Run("""
            get("", { url = "http://example.com/" })
            get("/to?url=http://localhost:1/")
            get("/to?url=/hello")
            get("", { url = "file:///etc/passwd" })
            get("/hello", { method = "TRACE" })
        """, 5));

    [Fact]
    public void Addresses_of_this_machine_need_a_grant_of_their_own()
    {
        Grant(privateToo: false, _host);
        Assert.Equal(["nil nil private address"], Run("get('/hello')", 1));
        Grant(privateToo: true, "other.example");
        Assert.Equal(["nil nil not allowed"], Run("get('/hello')", 1));
    }

    [Fact]
    public void Sizes_and_times_are_bounded() => Assert.Equal(["nil nil too large", "nil nil too large", "nil nil timeout"], Run("""
            get("/big")
            get("/echo", { method = "POST", body = string.rep("x", 2000) })
            get("/slow", { timeout = 0.2 })
        """, 3));

    [Fact]
    public void Requests_under_way_are_bounded()
    {
        string line = Assert.Single(Run("""
            local busy, open = 0, 20
            for i = 1, 20 do
                task.spawn(function()
                    local _, err = http.requestAsync({ url = base .. "/slow", timeout = 0.3 })
                    if err.kind == "busy" then busy += 1 end
                    open -= 1
                    if open == 0 then print(busy) end
                end)
            end
        """, 1));
        Assert.Equal("16", line);
    }

    [Fact]
    public async Task A_mod_that_ends_while_it_waits_hears_nothing_and_its_request_is_given_up()
    {
        Assert.Equal(["begin"], Run("print('begin') get('/slow') print('answered')", 1));
        _server.Tick(20);
        _server.Mod("m", "print('new')");
        _server.Reload("m");
        Assert.Equal(["new"], _server.Printed("m", 1));
        await _slowEnded.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _server.Tick(30);
        Assert.False(_server.Logged("answered"));
    }

    [Fact]
    public void Secrets_reach_the_header_and_nothing_else()
    {
        Directory.CreateDirectory(Path.Combine(_server.Root, "secrets", "m"));
        File.WriteAllText(Path.Combine(_server.Root, "secrets", "m", "key"), "s3cret\n");
        Assert.Equal(["nil true true true", "200 Bearer s3cret| nil", "invalid argument #1 to 'secret' (a secret is named with letters, digits, '_', '-' and '.')"], Run("""
            local key = config.secret("key", "Bearer ")
            local function reads(f) local ok, text = pcall(f) return not (ok and string.find(tostring(text), "s3cret")) end
            print(config.secret("none"), reads(function() return tostring(key) end), reads(function() return key.value end), reads(function() return `{key}` .. key end))
            get("/echo", { method = "POST", headers = { Authorization = key } })
            local _, e = pcall(config.secret, "../m/key")
            print(e)
        """, 3));
    }

    [Fact]
    public void Without_the_right_there_is_no_http()
    {
        _server.Settings("m", new ModSettings { HttpHosts = [_host], HttpPrivate = true });
        _server.Mod("m", "print(pcall(http.requestAsync, { url = 'http://x' }))").Start();
        Assert.Equal(["false permission denied: net.http (http.requestAsync, mod 'm', hook 'main chunk')"], _server.Printed("m", 1));
    }
}
