using System.Globalization;
using System.Text;
using System.Text.Json;

namespace GameServer.Server.Cli.Terminal;

/// <summary><c>gameserver mod why</c> in words.</summary>
static class WhyText
{
    /// <summary>The report as lines.</summary>
    public static string Of(JsonElement why)
    {
        StringBuilder text = new();
        string mod = Text(why, "mod"), state = Text(why, "state"), reason = Text(why, "reason");
        text.Append($"{mod} is {state} since {Duration(why, "since")}{(reason.Length == 0 ? "" : $": {reason}")}\n");
        if (why.TryGetProperty("next_try", out JsonElement next) && next.ValueKind == JsonValueKind.Number)
            text.Append(CultureInfo.InvariantCulture, $"  next try in {next.GetDouble():0.0} s\n");
        if (Text(why, "advice") is { Length: > 0 } advice) text.Append($"  what to do: {advice}\n");
        double mean = Number(why, "mean_milliseconds"), budget = Number(why, "budget_milliseconds"), every = Number(why, "think_every");
        text.Append(CultureInfo.InvariantCulture, $"  takes {mean:0.00} of its {budget:0.##} ms per tick{(every > 1 ? $"; therefore Think runs every {every} ticks" : "")}\n");
        string[] after = [.. why.GetProperty("after").EnumerateArray().Select(name => name.GetString()!)];
        text.Append(CultureInfo.InvariantCulture, $"  number {Number(why, "order")} in the order of start{(after.Length == 0 ? "" : $", after {string.Join(", ", after)}")}\n");
        foreach (JsonElement happened in why.GetProperty("events").EnumerateArray())
        {
            string at = DateTimeOffset.Parse(Text(happened, "at"), CultureInfo.InvariantCulture).ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
            double count = Number(happened, "count");
            string times = count > 1 ? string.Create(CultureInfo.InvariantCulture, $" ({count} times)") : "";
            text.Append($"  {at}  {Text(happened, "kind")}{(Text(happened, "text") is { Length: > 0 } what ? $": {what}" : "")}{times}\n");
        }
        return text.ToString().TrimEnd();
    }

    static string Duration(JsonElement report, string name)
    {
        TimeSpan span = TimeSpan.FromSeconds(Number(report, name));
        return span.TotalMinutes < 2 ? $"{span.TotalSeconds:0} s" : span.TotalHours < 2 ? $"{span.TotalMinutes:0} min" : $"{span.TotalHours:0} h";
    }

    static string Text(JsonElement report, string name) => report.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    static double Number(JsonElement report, string name) => report.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : 0;
}
