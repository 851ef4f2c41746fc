using System.Net;
using System.Text;
using GameServer.Scripting.Ports;
using GameServer.Server.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace GameServer.Server.Tests.Http;

public sealed class ModHttpTests : IAsyncLifetime
{
    readonly WebApplication _web;
    readonly ModHttp _http = new(new ModHttpOptions { ResponseBytesMax = 1000, RequestBytesMax = 1000, PerModMax = 4 }, TimeProvider.System);
    string _host = "";

    public ModHttpTests()
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _web = builder.Build();
        _web.MapGet("/hello", () => "hi");
        _web.MapPost("/echo", async (HttpRequest request) => $"{request.Headers["x-a"]}|{await new StreamReader(request.Body).ReadToEndAsync()}");
        _web.MapGet("/big", () => new string('x', 2000));
        _web.MapGet("/endless", async (HttpResponse response) =>
        {
            var block = new byte[4096];
            for (int i = 0; i < 1000; i++) await response.Body.WriteAsync(block);
        });
        _web.MapGet("/slow", async (CancellationToken stop) => { await Task.Delay(TimeSpan.FromMinutes(1), stop); return "late"; });
        _web.MapGet("/to", (string url) => Results.Redirect(url));
        _web.MapGet("/loop", () => Results.Redirect("/loop"));
    }

    public async Task InitializeAsync()
    {
        await _web.StartAsync();
        _host = new Uri(_web.Urls.First()).Authority;
    }

    public async Task DisposeAsync()
    {
        _http.Dispose();
        await _web.DisposeAsync();
    }

    ModHttpRequest Request(string path, string method = "GET", byte[]? body = null, TimeSpan? timeout = null, bool privateToo = true, string? url = null) => new()
    {
        ModId = "a", Url = url ?? $"http://{_host}{path}", Method = method, Body = body, Timeout = timeout, AllowPrivateAddresses = privateToo,
        AllowedHosts = [_host], Headers = [KeyValuePair.Create("X-A", "1")],
    };

    async Task<ModHttpRequest> Run(ModHttpRequest request)
    {
        if (!_http.Submit(request)) return request;
        for (int i = 0; i < 600; i++)
        {
            if (_http.TryTakeCompleted(out ModHttpRequest done)) return done;
            await Task.Delay(50);
        }
        throw new TimeoutException();
    }

    [Fact]
    public async Task An_answer_comes_back_with_status_headers_and_body()
    {
        ModHttpRequest done = await Run(Request("/hello"));
        Assert.Equal((HttpFailure.None, 200, "hi"), (done.Failure, done.Status, Encoding.UTF8.GetString(done.ResponseBody)));
        Assert.Contains(done.ResponseHeaders, h => h.Key == "content-type");
        Assert.Equal(404, (await Run(Request("/nowhere"))).Status);
    }

    [Fact]
    public async Task Headers_and_body_are_sent()
    {
        ModHttpRequest done = await Run(Request("/echo", "POST", Encoding.UTF8.GetBytes("body")));
        Assert.Equal("1|body", Encoding.UTF8.GetString(done.ResponseBody));
    }

    [Fact]
    public async Task Addresses_of_the_own_network_are_refused_unless_granted()
    {
        Assert.Equal(HttpFailure.PrivateAddress, (await Run(Request("/hello", privateToo: false))).Failure);
    }

    [Theory]
    [InlineData("http://example.com/", HttpFailure.NotAllowed)]
    [InlineData("ftp://example.com/", HttpFailure.BadRequest)]
    [InlineData("/etc/passwd", HttpFailure.BadRequest)]
    [InlineData("file:///etc/passwd", HttpFailure.BadRequest)]
    [InlineData("http://user:pw@127.0.0.1/", HttpFailure.BadRequest)]
    public async Task Only_granted_hosts_and_plain_urls_are_asked(string url, HttpFailure failure) =>
        Assert.Equal(failure, (await Run(Request("", url: url))).Failure);

    [Fact]
    public async Task A_redirect_is_followed_to_granted_hosts_only()
    {
        Assert.Equal("hi", Encoding.UTF8.GetString((await Run(Request("/to?url=/hello"))).ResponseBody));
        ModHttpRequest away = await Run(Request("/to?url=http://localhost:1/"));
        Assert.Equal(HttpFailure.NotAllowed, away.Failure);
        Assert.Contains("localhost:1", away.Message, StringComparison.Ordinal);
        Assert.Equal(HttpFailure.NotAllowed, (await Run(Request("/loop"))).Failure);
    }

    [Fact]
    public async Task Long_answers_are_cut_off_whether_or_not_they_say_their_length()
    {
        Assert.Equal(HttpFailure.TooLarge, (await Run(Request("/big"))).Failure);
        Assert.Equal(HttpFailure.TooLarge, (await Run(Request("/endless"))).Failure);
        Assert.Equal(HttpFailure.TooLarge, (await Run(Request("/echo", "POST", new byte[1001]))).Failure);
    }

    [Fact]
    public async Task A_request_ends_at_its_time_limit() =>
        Assert.Equal(HttpFailure.Timeout, (await Run(Request("/slow", timeout: TimeSpan.FromMilliseconds(200)))).Failure);

    [Fact]
    public async Task A_mod_that_goes_away_gets_its_requests_back_as_cancelled()
    {
        ModHttpRequest request = Request("/slow");
        Assert.True(_http.Submit(request));
        _http.CancelAll("a");
        for (int i = 0; i < 600 && !_http.TryTakeCompleted(out _); i++) await Task.Delay(50);
        Assert.Equal(HttpFailure.Cancelled, request.Failure);
    }

    [Fact]
    public void Requests_under_way_are_bounded_per_mod()
    {
        for (int i = 0; i < 4; i++) Assert.True(_http.Submit(Request("/slow")));
        ModHttpRequest fifth = Request("/slow");
        Assert.False(_http.Submit(fifth));
        Assert.Equal(HttpFailure.Busy, fifth.Failure);
    }

    [Theory]
    [InlineData("X-A", "1\r\nHost: evil", HttpFailure.BadRequest)]
    [InlineData("Host", "evil", HttpFailure.BadRequest)]
    [InlineData("Content-Length", "5", HttpFailure.BadRequest)]
    public async Task Headers_cannot_break_out_of_the_request(string name, string value, HttpFailure failure)
    {
        var request = new ModHttpRequest
        {
            ModId = "a", Url = $"http://{_host}/hello", AllowedHosts = [_host], AllowPrivateAddresses = true, Headers = [KeyValuePair.Create(name, value)],
        };
        Assert.Equal(failure, (await Run(request)).Failure);
    }

    [Theory]
    [InlineData("8.8.8.8", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("169.254.169.254", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("64:ff9b::a00:1", false)]
    [InlineData("2606:4700::1111", true)]
    public void Public_addresses_are_told_from_private_ones(string address, bool isPublic) =>
        Assert.Equal(isPublic, AddressRules.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("api.example.com", "https://api.example.com/x", true)]
    [InlineData("api.example.com", "https://API.EXAMPLE.com/x", true)]
    [InlineData("api.example.com", "https://api.example.com:8443/x", false)]
    [InlineData("api.example.com:8443", "https://api.example.com:8443/x", true)]
    [InlineData("*.example.com", "https://a.b.example.com/", true)]
    [InlineData("*.example.com", "https://example.com/", false)]
    [InlineData("*.example.com", "https://evilexample.com/", false)]
    [InlineData("[::1]:80", "http://[::1]/", true)]
    public void A_grant_covers_exactly_its_hosts(string grant, string url, bool allowed) =>
        Assert.Equal(allowed, HostRules.Allows([grant], new Uri(url)));
}
