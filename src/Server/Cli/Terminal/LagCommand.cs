using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using GameServer.Server.Admin;
using GameServer.Server.Config;
using GameServer.Server.Hosting;

namespace GameServer.Server.Cli.Terminal;

/// <summary><c>gameserver lag</c>: the last ticks that were too long, from the running server, or from the file that the last one left.</summary>
static class LagCommand
{
    public static Command Create()
    {
        Command lag = new("lag", "The last ticks that took too long: who took how much, in which function. Works after a crash too, from the file in the log folder.");
        lag.Subcommands.Add(CreateVerb("last", "Shows the last tick that was too long.\n\nExample: gameserver lag last"));
        lag.Subcommands.Add(CreateVerb("list", "Lists the last ticks that were too long, the latest first.\n\nExample: gameserver lag list --json"));
        return lag;
    }

    static Command CreateVerb(string name, string description)
    {
        Command verb = new(name, description);
        ConfigOptions config = new(verb);
        Option<bool> json = new("--json") { Description = "Print the answer as JSON." };
        verb.Options.Add(json);
        verb.SetAction((parsed, _) =>
            RunAsync($"lag {name}", config.Load(parsed), parsed.GetValue(json), parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error));
        return verb;
    }

    static async Task<int> RunAsync(string name, LoadedConfig loaded, bool json, TextWriter output, TextWriter error)
    {
        AdminCommand row = AdminCommands.All.Single(command => command.Name == name);
        StringWriter why = new();
        int code = await AdminConnection.UseAsync(loaded, why, async client =>
        {
            AdminReply reply = await client.RunAsync(row, new Dictionary<string, object>()).ConfigureAwait(false);
            if (json) output.WriteLine(reply.Body.GetRawText());
            else if (reply.Message.Length > 0) output.WriteLine(reply.Message);
            else Write(reply.Body, output);
            return reply.Ok ? ExitCodes.Ok : ExitCodes.Failed;
        }).ConfigureAwait(false);
        return code != ExitCodes.NotRunning ? code : FromFile(name, loaded, json, why.ToString(), output, error);
    }

    // No server: what the last one left in its log folder.
    static int FromFile(string name, LoadedConfig loaded, bool json, string why, TextWriter output, TextWriter error)
    {
        error.Write(why);
        string folder = loaded.Config.Log.Folder;
        if (folder.Length == 0 || BlackBox.ReadLatest(loaded.Resolve(folder)) is not { } box) return ExitCodes.NotRunning;
        JsonElement slow = box.Content.GetProperty("slow");
        string running = box.Content.GetProperty("running").GetString() ?? "";
        error.WriteLine($"from {box.File}: the server {box.Content.GetProperty("how").GetString()}{(running.Length == 0 ? "" : $" while {running} was running")}");
        if (slow.GetArrayLength() == 0) return ExitCodes.NotRunning;
        JsonElement shown = name == "lag last" ? slow[0] : slow;
        if (json) output.WriteLine(shown.GetRawText());
        else Write(shown, output);
        return ExitCodes.Ok;
    }

    static void Write(JsonElement body, TextWriter output)
    {
        if (body.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement tick in body.EnumerateArray()) output.WriteLine($"{Time(tick)}  {tick.GetProperty("text").GetString()}");
            if (body.GetArrayLength() == 0) output.WriteLine("no tick was too long since the server started");
            return;
        }
        output.Write(TreeOf(body, new Paint(output)));
    }

    /// <summary>A slow tick as a tree.</summary>
    internal static string TreeOf(JsonElement tick, Paint paint)
    {
        StringBuilder text = new();
        text.Append($"{tick.GetProperty("text").GetString()}\n");
        string shares = $"scripts {Ms(tick, "script_ms")}, gc {Ms(tick, "collector_ms")}, net {Ms(tick, "network_ms")}, other {Ms(tick, "other_ms")} ms";
        text.Append(paint.Weak($"{Time(tick)}; a tick may take {Ms(tick, "period_ms")} ms; {shares}")).Append('\n');
        foreach (JsonElement entry in tick.GetProperty("mods").EnumerateArray()) AppendEntry(text, entry, 1, paint);
        return text.ToString();
    }

    static void AppendEntry(StringBuilder text, JsonElement entry, int depth, Paint paint)
    {
        string calls = entry.GetProperty("calls").GetInt64() is > 1 and long count ? string.Create(CultureInfo.InvariantCulture, $"  {count} calls") : "";
        string self = entry.GetProperty("called").GetArrayLength() > 0 ? $"  {paint.Weak($"own {Ms(entry, "self_ms")}")}" : "";
        string label = $"{entry.GetProperty("mod").GetString()}/{entry.GetProperty("hook").GetString()}";
        text.Append($"{new string(' ', depth * 2)}{Ms(entry, "total_ms"),8} ms  {label}{calls}{self}\n");
        foreach (JsonElement function in entry.GetProperty("functions").EnumerateArray()) AppendFunction(text, function, depth + 1, paint);
        foreach (JsonElement called in entry.GetProperty("called").EnumerateArray()) AppendEntry(text, called, depth + 1, paint);
    }

    static void AppendFunction(StringBuilder text, JsonElement function, int depth, Paint paint)
    {
        string name = function.GetProperty("function").GetString()!, place = function.GetProperty("place").GetString()!;
        string label = $"{(name.Length == 0 ? "function" : name)}{(place.Length == 0 ? "" : $"  {place}")}";
        text.Append($"{new string(' ', depth * 2)}{$"~{Ms(function, "ms")}",8} ms  {paint.Weak(label)}\n");
        foreach (JsonElement inner in function.GetProperty("inside").EnumerateArray()) AppendFunction(text, inner, depth + 1, paint);
    }

    static string Ms(JsonElement part, string name) => part.GetProperty(name).GetDouble().ToString("0.0", CultureInfo.InvariantCulture);

    static string Time(JsonElement tick) =>
        tick.GetProperty("at").GetDateTimeOffset().ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
