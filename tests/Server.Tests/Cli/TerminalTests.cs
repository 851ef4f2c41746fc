using System.Text.Json;
using GameServer.Server.Cli.Terminal;

namespace GameServer.Server.Tests.Cli;

public sealed class TerminalTests
{
    static JsonElement Parse(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    static string Mod(string id, double self, double memory) => $$"""
        {"mod":"{{id}}","state":"running","window":{"self_ms_per_tick":{{self}},"total_ms_per_tick":{{self}},"core_percent":1,"calls_per_second":30,"self_microseconds_per_call":10,
        "longest_ms":2,"errors":0,"kills":0},"memory_bytes":{{memory}},"memory_peak_bytes":{{memory}},"budget_ms":4,"worst":"Think"}
        """;

    static JsonElement Report() => Parse($$"""
        {"server":{"name":"Arena","version":"1.0","uptime_seconds":7400,"port":27015,"tick_rate":30,"tick":1000,"ticks_slow":2,"ticks_skipped":1,"players":3,"players_max":64,
        "in_bytes_per_second":2048,"out_bytes_per_second":3145728,"drops_per_second":0.5},"recent":{"p50":1,"p95":2,"p99":9.1,"max":12},"script_ms_per_tick":3.2,"window":10,
        "last_slow":"tick 900 took 61 ms: radar/Think 48 ms","mods":[{{Mod("radar", 5, 100)}},{{Mod("kits", 2.5, 5000000)}}]}
        """);

    [Fact]
    public void The_page_of_top_has_ticks_traffic_players_and_mods()
    {
        string page = string.Join('\n', TopView.Lines(Report(), "self", 500, 50, colours: false));
        foreach (string part in new[] { "Arena 1.0  up 2 h 3 min", "players 3/64", "p99 9.1", "of 33.3 ms", "scripts 3.20 ms/tick", "slow 2", "in 2.0 KB/s  out 3.0 MB/s  drops 0.5/s", "tick 900 took 61 ms" })
            Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.True(page.IndexOf("radar  ", StringComparison.Ordinal) < page.IndexOf("kits  ", StringComparison.Ordinal));
        page = string.Join('\n', TopView.Lines(Report(), "memory", 500, 50, colours: false));
        Assert.True(page.IndexOf("radar  ", StringComparison.Ordinal) > page.IndexOf("kits  ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(20, 6)]
    [InlineData(60, 24)]
    [InlineData(200, 8)]
    public void The_page_fits_any_terminal(int width, int height)
    {
        IReadOnlyList<string> lines = TopView.Lines(Report(), "self", width, height, colours: true);
        Assert.True(lines.Count <= height);
        Assert.All(lines, line => Assert.True(System.Text.RegularExpressions.Regex.Replace(line, "\e\\[[0-9;]*m", "").Length <= width, line));
    }

    [Fact]
    public void Over_its_share_is_red_and_half_of_it_yellow()
    {
        IReadOnlyList<string> lines = TopView.Lines(Report(), "self", 500, 50, colours: true);
        Assert.Matches("\e\\[[0-9;]*(31|91|38;5;9)m *5\\.000", lines.Single(line => line.Contains("radar", StringComparison.Ordinal) && line.Contains("5.000", StringComparison.Ordinal)));
        Assert.Matches("\e\\[[0-9;]*(33|93|38;5;11)m *2\\.500", lines.Single(line => line.Contains("kits", StringComparison.Ordinal)));
    }

    [Fact]
    public void Why_is_told_in_words()
    {
        string text = WhyText.Of(Parse("""
            {"mod":"radar","state":"suspended","since":12.3,"reason":"3 hard stops","stale":false,"order":2,"after":["economy"],"next_try":30.04,"think_every":4,"mean_milliseconds":5.5,
            "budget_milliseconds":4,"advice":"gameserver mod start radar","events":[{"at":"2026-01-01T10:00:00+00:00","kind":"kill","text":"Think: time limit","count":3}]}
            """));
        foreach (string part in new[] { "radar is suspended since 12 s: 3 hard stops", "next try in 30.0 s", "gameserver mod start radar", "5.50 of its 4 ms", "every 4 ticks", "after economy", "kill: Think: time limit (3 times)" })
            Assert.Contains(part, text, StringComparison.Ordinal);
    }
}
