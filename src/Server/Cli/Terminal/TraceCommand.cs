using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using GameServer.Server.Admin;

namespace GameServer.Server.Cli.Terminal;

/// <summary><c>gameserver trace</c>: what handlers of hooks do and decide, as it happens.</summary>
static class TraceCommand
{
    const string HookPrefix = "hook=";

    public static Command Create()
    {
        Argument<string[]> what = new("WHAT")
        {
            Description = "Id of a mod, hook=NAME, or both; everything when left out.", HelpName = "MOD|hook=NAME", Arity = ArgumentArity.ZeroOrMore,
        };
        Option<int?> count = new("--count", "-n") { Description = "End after so many lines.", HelpName = "N" };
        Option<bool> json = new("--json") { Description = "One JSON object per line." };
        Command trace = new(
            "trace",
            "Shows what handlers of hooks do and who decides what, live until Ctrl+C. At most 400 lines per second.\n\nExample: gameserver trace hello hook=PlayerChat")
        {
            what, count, json,
        };
        ConfigOptions config = new(trace);
        trace.SetAction((parsed, stop) =>
        {
            TextWriter output = parsed.InvocationConfiguration.Output, error = parsed.InvocationConfiguration.Error;
            string query = QueryOf(parsed.GetValue(what) ?? []);
            return AdminConnection.UseAsync(config.Load(parsed), error, client => FollowAsync(client, query, parsed.GetValue(json), parsed.GetValue(count), output, error, stop));
        });
        return trace;
    }

    /// <summary>The stream that follows mods and hooks named like <c>kits hook=PlayerChat</c>.</summary>
    internal static string QueryOf(IReadOnlyList<string> what)
    {
        string? hook = what.FirstOrDefault(word => word.StartsWith(HookPrefix, StringComparison.Ordinal))?[HookPrefix.Length..];
        string? mod = what.FirstOrDefault(word => !word.StartsWith(HookPrefix, StringComparison.Ordinal));
        string[] parts = [.. mod is null ? [] : new[] { $"mod={Uri.EscapeDataString(mod)}" }, .. hook is null ? [] : new[] { $"hook={Uri.EscapeDataString(hook)}" }];
        return $"/v1/trace?{string.Join('&', parts)}";
    }

    /// <summary>A trace as a line: <c>81233  PlayerChat  filter: deny (spam)  0.12 ms</c>.</summary>
    internal static string LineOf(string data, Paint paint)
    {
        using JsonDocument document = JsonDocument.Parse(data);
        JsonElement trace = document.RootElement;
        string mod = trace.GetProperty("mod").GetString()!, what = trace.GetProperty("what").GetString()!, detail = trace.GetProperty("detail").GetString()!;
        double ms = trace.GetProperty("ms").GetDouble();
        string took = ms > 0 ? paint.Weak(string.Create(CultureInfo.InvariantCulture, $"  {ms:0.000} ms")) : "";
        string shown = what is "deny" or "failed" or "killed" ? paint.Bad(what) : what is "replace" or "handled" or "skipped" or "deferred" ? paint.Warning(what) : what;
        string tick = paint.Weak(trace.GetProperty("tick").GetInt64().ToString(CultureInfo.InvariantCulture));
        return $"{tick}  {trace.GetProperty("hook").GetString()}  {(mod.Length == 0 ? "=" : $"{mod}:")} {shown}{(detail.Length == 0 ? "" : $" {detail}")}{took}";
    }

    static async Task<int> FollowAsync(AdminClient client, string query, bool json, int? count, TextWriter output, TextWriter error, CancellationToken stop)
    {
        Paint paint = new(output);
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(stop);
        int left = count ?? int.MaxValue;
        try
        {
            string? refusal = await client.StreamAsync(query, Take, enough.Token).ConfigureAwait(false);
            if (refusal is null) return ExitCodes.Ok;
            error.WriteLine(refusal);
            return ExitCodes.Failed;
        }
        catch (OperationCanceledException) when (enough.IsCancellationRequested)
        {
            return ExitCodes.Ok;
        }
        catch (IOException)
        {
            error.WriteLine("the server ended");
            return ExitCodes.NotRunning;
        }

        void Take(string kind, string data)
        {
            if (left <= 0) return;
            if (kind == "lost") error.WriteLine($"({data} lines lost: this terminal is too slow)");
            if (kind != "trace") return;
            output.WriteLine(json ? data : LineOf(data, paint));
            if (--left == 0) enough.Cancel();
        }
    }
}
