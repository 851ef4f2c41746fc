using System.CommandLine;
using GameServer.Server.Admin;

namespace GameServer.Server.Cli.Terminal;

/// <summary><c>gameserver profile</c>: what scripts do, by function and line, over some seconds, into a file.</summary>
static class ProfileCommand
{
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    public static Command Create()
    {
        Argument<TimeSpan?> length = new("TIME")
        {
            Description = "How long, like 30s or 2m; 30s when left out.",
            CustomParser = AdminVerbs.ParseDuration,
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<string?> file = new("--out", "-o") { Description = "File to write; into standard output when left out.", HelpName = "FILE" };
        Option<string?> mod = new("--mod") { Description = "Only this mod.", HelpName = "ID" };
        Option<double> interval = new("--interval") { Description = "Milliseconds between samples, 1 to 100.", HelpName = "MS", DefaultValueFactory = _ => 2 };
        Option<string> format = new("--format")
        {
            Description = "chrome: a trace for chrome://tracing, Perfetto or Speedscope. folded: stacks with microseconds, for flame graphs.",
            HelpName = "chrome|folded",
            DefaultValueFactory = _ => "chrome",
        };
        Option<bool> json = new("--json") { Description = "Print what was done as JSON: samples, seconds, file." };
        format.Require(name => name is "chrome" or "folded", "must be chrome or folded");
        interval.Require(ms => ms is >= 1 and <= 100, "must be from 1 to 100");
        Command profile = new("profile", "Samples what the scripts of a running server do, by function and line.\n\nExample: gameserver profile 30s --out p.json")
        {
            length, file, mod, interval, format, json,
        };
        ConfigOptions config = new(profile);
        profile.SetAction((parsed, stop) =>
        {
            Dictionary<string, object> values = new() { ["length"] = (parsed.GetValue(length) ?? TimeSpan.FromSeconds(30)).TotalSeconds, ["interval"] = parsed.GetValue(interval) };
            if (parsed.GetValue(mod) is { } id) values["mod"] = id;
            Request request = new(values, parsed.GetValue(format)!, parsed.GetValue(file), parsed.GetValue(json));
            return AdminConnection.UseAsync(
                config.Load(parsed), parsed.InvocationConfiguration.Error,
                client => RunAsync(client, request, parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, stop));
        });
        return profile;
    }

    sealed record Request(Dictionary<string, object> Values, string Format, string? File, bool Json);

    static async Task<int> RunAsync(AdminClient client, Request request, TextWriter output, TextWriter error, CancellationToken stop)
    {
        AdminReply reply = await client.RunAsync(Row("profile start"), request.Values).ConfigureAwait(false);
        if (!reply.Ok)
        {
            error.WriteLine(reply.Message);
            return ExitCodes.Failed;
        }
        using PeriodicTimer timer = new(Step);
        while (reply.Body.GetProperty("state").GetString() == "running")
        {
            await timer.WaitForNextTickAsync(stop).ConfigureAwait(false);
            reply = await client.RunAsync(Row("profile status"), new Dictionary<string, object>()).ConfigureAwait(false);
        }
        (int status, string body) = await client.GetAsync($"/v1/profile/result?format={request.Format}").ConfigureAwait(false);
        if (status != 200)
        {
            error.WriteLine(body);
            return ExitCodes.Failed;
        }
        return Deliver(request, body, reply.Body.GetProperty("samples").GetInt32(), output, error);
    }

    static int Deliver(Request request, string body, int samples, TextWriter output, TextWriter error)
    {
        if (request.File is null)
        {
            output.Write(body);
            return ExitCodes.Ok;
        }
        try
        {
            File.WriteAllText(request.File, body);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"{request.File}: {failure.Message}");
            return ExitCodes.Failed;
        }
        if (request.Json)
        {
            output.WriteLine(AdminJson.Write(new { samples, seconds = request.Values["length"], format = request.Format, file = Path.GetFullPath(request.File) }));
            return ExitCodes.Ok;
        }
        string viewer = request.Format == "chrome" ? "https://ui.perfetto.dev, https://speedscope.app or chrome://tracing" : "flamegraph.pl or https://speedscope.app";
        output.WriteLine(FormattableString.Invariant($"{samples} samples in {request.Values["length"]} s, written to {request.File}; open it with {viewer}"));
        return ExitCodes.Ok;
    }

    static AdminCommand Row(string name) => AdminCommands.All.Single(command => command.Name == name);
}
