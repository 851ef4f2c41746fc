using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GameServer.Server.Cli.Terminal;

/// <summary>The page of <c>gameserver top</c> as lines.</summary>
static class TopView
{
    /// <summary>Orders of the table, in the order in which the key <c>s</c> goes through them.</summary>
    public static readonly string[] Orders = ["self", "total", "calls", "memory", "errors", "name"];

    /// <summary>Lines of a report, each cut to the width.</summary>
    /// <param name="report">What the server answered.</param>
    /// <param name="order">One of <see cref="Orders"/>.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Lines at most.</param>
    /// <param name="colours">Whether to colour.</param>
    public static IReadOnlyList<string> Lines(JsonElement report, string order, int width, int height, bool colours)
    {
        JsonElement server = report.GetProperty("server"), recent = report.GetProperty("recent");
        double period = 1000.0 / Math.Max(1, Number(server, "tick_rate"));
        List<string> lines =
        [
            $"{Text(server, "name")} {Text(server, "version")}  up {Duration(Number(server, "uptime_seconds"))}  udp :{Whole(server, "port")}"
            + $"  players {Whole(server, "players")}/{Whole(server, "players_max")}",
            $"tick {Whole(server, "tick")}  p50 {Ms(recent, "p50")}  p95 {Ms(recent, "p95")}  p99 {Ms(recent, "p99")}  max {Ms(recent, "max")} of {Invariant($"{period:0.0}")} ms"
            + Invariant($"  scripts {Number(report, "script_ms_per_tick"):0.00} ms/tick") + $"  slow {Whole(server, "ticks_slow")}  skipped {Whole(server, "ticks_skipped")}",
            $"in {Bytes(Number(server, "in_bytes_per_second"))}/s  out {Bytes(Number(server, "out_bytes_per_second"))}/s"
            + Invariant($"  drops {Number(server, "drops_per_second"):0.0}/s"),
        ];
        if (Text(report, "last_slow") is { Length: > 0 } slow) lines.Add(slow);
        lines.Add("");
        lines.AddRange(AdminTables.CostLines(Sorted(report.GetProperty("mods"), order), colours));
        if (lines.Count > height) lines.RemoveRange(height, lines.Count - height);
        return [.. lines.Select(line => Cut(line, width))];
    }

    static IEnumerable<JsonElement> Sorted(JsonElement mods, string order)
    {
        JsonElement[] rows = [.. mods.EnumerateArray()];
        return order switch
        {
            "total" => rows.OrderByDescending(row => Number(row.GetProperty("window"), "total_ms_per_tick")),
            "calls" => rows.OrderByDescending(row => Number(row.GetProperty("window"), "calls_per_second")),
            "memory" => rows.OrderByDescending(row => Number(row, "memory_bytes")),
            "errors" => rows.OrderByDescending(row => Number(row.GetProperty("window"), "errors") + Number(row.GetProperty("window"), "kills")),
            "name" => rows.OrderBy(row => Text(row, "mod"), StringComparer.Ordinal),
            _ => rows,
        };
    }

    /// <summary>A line without what stands beyond the width; colours take no room.</summary>
    internal static string Cut(string line, int width)
    {
        StringBuilder cut = new();
        int shown = 0;
        bool isColoured = false;
        for (int i = 0; i < line.Length; i++)
        {
            if (line[i] == '\e')
            {
                int end = line.IndexOf('m', i);
                if (end < 0) break;
                cut.Append(line, i, end - i + 1);
                isColoured = true;
                i = end;
                continue;
            }
            if (shown++ >= width) break;
            cut.Append(line[i]);
        }
        return isColoured ? cut.Append("\e[0m").ToString() : cut.ToString();
    }

    internal static string Duration(double seconds)
    {
        TimeSpan span = TimeSpan.FromSeconds(seconds);
        return span.TotalDays >= 1 ? Invariant($"{span.Days} d {span.Hours} h")
            : span.TotalHours >= 1 ? Invariant($"{span.Hours} h {span.Minutes} min")
            : Invariant($"{span.Minutes} min {span.Seconds} s");
    }

    static string Bytes(double bytes) => bytes >= 1 << 20 ? Invariant($"{bytes / (1 << 20):0.0} MB") : Invariant($"{bytes / 1024:0.0} KB");

    static string Ms(JsonElement report, string name) => Number(report, name).ToString("0.0", CultureInfo.InvariantCulture);

    static string Whole(JsonElement report, string name) => Number(report, name).ToString("0", CultureInfo.InvariantCulture);

    static string Text(JsonElement report, string name) => report.TryGetProperty(name, out JsonElement value) ? value.GetString() ?? "" : "";

    static double Number(JsonElement report, string name) => report.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
