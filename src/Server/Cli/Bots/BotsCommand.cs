using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.Json;
using GameServer.Net.Sockets;
using GameServer.Scripting.Mods;
using GameServer.Server.Admin;
using GameServer.Server.Config;

namespace GameServer.Server.Cli.Bots;

/// <summary><c>gameserver bots</c>: players made of code, for load and for looking at a game that is not empty.</summary>
static class BotsCommand
{
    const int BotsMax = 2000;

    /// <summary>Message of the sample game in mods/ that a step of a bot is sent as.</summary>
    public const string SampleGameMessage = "territory:move";

    public static Command Create()
    {
        Option<int> players = new("--players", "-n") { Description = $"How many bots, 1 to {BotsMax}.", DefaultValueFactory = _ => 8, HelpName = "N" };
        Option<string> host = new("--host") { Description = "Where the server is.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "HOST" };
        Option<int?> port = new("--port") { Description = "Its UDP port. Default: net.port of the settings.", HelpName = "PORT" };
        Option<double> seconds = new("--seconds") { Description = "How long they stay.", DefaultValueFactory = _ => 30, HelpName = "S" };
        Option<double> chat = new("--chat") { Description = "Chat lines per second and bot; 0 for none.", DefaultValueFactory = _ => 0.2, HelpName = "RATE" };
        Option<double> rate = new("--rate") { Description = "Messages per second and bot, of each kind.", DefaultValueFactory = _ => 5, HelpName = "RATE" };
        Option<string?> message = new("--message")
        {
            Description = "Send only messages of this name, mod:name, each with a random step { dir, dx, dy }; empty sends none. Default: steps of the sample game, and what "
                + "the mods of the settings declare, with values that fit.",
            HelpName = "NAME",
        };
        Option<string?> script = new("--script") { Description = "A Luau file whose function Bot(bot) says what each bot does; see docs/writing-mods.md.", HelpName = "FILE" };
        Option<string> name = new("--name") { Description = "What their names begin with.", DefaultValueFactory = _ => "bot", HelpName = "TEXT" };
        Option<double> loss = new("--loss") { Description = "Datagrams that get lost in each direction, in percent.", HelpName = "PERCENT" };
        Option<double> lag = new("--lag") { Description = "Added to the round trip, in milliseconds.", HelpName = "MS" };
        Option<double> jitter = new("--jitter") { Description = "Most by which that varies, in milliseconds; datagrams overtake each other.", HelpName = "MS" };
        Option<int> seed = new("--seed") { Description = "Seed of what they do.", DefaultValueFactory = _ => 1, HelpName = "SEED" };
        Option<bool> json = new("--json") { Description = "Print the report as JSON." };
        players.Require(n => n is >= 1 and <= BotsMax, $"must be 1 to {BotsMax}");
        seconds.Require(s => s is > 0 and <= 86400, "must be above 0 and at most 86400");
        chat.Require(r => r is >= 0 and <= 100, "must be 0 to 100");
        rate.Require(r => r is > 0 and <= 1000, "must be above 0 and at most 1000");
        loss.Require(p => p is >= 0 and < 100, "must be at least 0 and below 100");
        lag.Require(ms => ms is >= 0 and <= 10_000, "must be 0 to 10000");
        jitter.Require(ms => ms is >= 0 and <= 10_000, "must be 0 to 10000");
        Command bots = new(
            "bots",
            "Let bots join a server, chat and play, over lines as bad as wanted; reports latency as they saw it and ticks as the server saw them."
            + "\n\nExample: gameserver bots --players 50 --seconds 60 --lag 80 --loss 2")
        {
            players, host, port, seconds, chat, rate, message, script, name, loss, lag, jitter, seed, json,
        };
        ConfigOptions configOptions = new(bots);
        bots.SetAction((parsed, stop) =>
        {
            LoadedConfig loaded = configOptions.Load(parsed);
            TextWriter error = parsed.InvocationConfiguration.Error;
            if (Resolve(parsed.GetValue(host)!, parsed.GetValue(port) ?? loaded.Config.Net.Port) is not { } server)
            {
                error.WriteLine($"--host: '{parsed.GetValue(host)}' is no address");
                return Task.FromResult(ExitCodes.OperatorMistake);
            }
            using BotScript? file = Load(parsed.GetValue(script), parsed.GetValue(seed), parsed.InvocationConfiguration.Output, error, out bool good);
            if (!good) return Task.FromResult(ExitCodes.OperatorMistake);
            BotBehaviour behaviour = Behaviour(parsed.GetValue(message), loaded) with
            {
                ChatPerSecond = parsed.GetValue(chat),
                MessagesPerSecond = parsed.GetValue(rate),
                Script = file,
                NamePrefix = parsed.GetValue(name)!,
                Faults = new LineFaults(
                    parsed.GetValue(loss) / 100, TimeSpan.FromMilliseconds(parsed.GetValue(lag) / 2), TimeSpan.FromMilliseconds(parsed.GetValue(jitter) / 2)),
            };
            Request request = new(parsed.GetValue(players), behaviour, parsed.GetValue(seed), TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(json));
            return Task.FromResult(Run(request, server, loaded, parsed.InvocationConfiguration.Output));
        });
        return bots;
    }

    /// <summary>What bots do that nobody told anything.</summary>
    /// <param name="message">The only message to send; null for steps of the sample game and what mods declare.</param>
    /// <param name="loaded">Settings, for the mods.</param>
    public static BotBehaviour Behaviour(string? message, LoadedConfig loaded)
    {
        if (message is not null) return new BotBehaviour { MessageName = message };
        string mods = loaded.Resolve(loaded.Config.Mods.Folder);
        DeclaredMessage[] declared = [.. DeclaredMessage.ReadAll(mods)];
        // Random words are no directions: the sample game gets steps it understands. Where the mods are elsewhere, it is what we know of.
        bool sample = !Directory.Exists(mods) || declared.Any(known => known.Name == SampleGameMessage);
        return new BotBehaviour { MessageName = sample ? SampleGameMessage : "", Messages = [.. declared.Where(known => known.Name != SampleGameMessage)] };
    }

    sealed record Request(int Players, BotBehaviour Behaviour, int Seed, TimeSpan Duration, bool Json);

    static BotScript? Load(string? file, int seed, TextWriter output, TextWriter error, out bool good)
    {
        good = true;
        if (file is null) return null;
        BotScript? script = BotScript.Load(file, seed, output, TimeProvider.System, out string problem);
        if (script is not null) return script;
        good = false;
        error.WriteLine($"--script: {problem}");
        return null;
    }

    static int Run(Request request, IPEndPoint server, LoadedConfig loaded, TextWriter output)
    {
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Cancel(signal, stop));
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Cancel(signal, stop));
        using BotCrowd crowd = new(request.Players, request.Behaviour, request.Seed, TimeProvider.System);
        bool terminal = !request.Json && ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected;
        BotReport report = crowd.Run(server, loaded.Config.Net.Key, request.Duration, terminal ? now => output.Write($"\r{Line(now)}\e[K") : null, stop.Token);
        if (terminal) output.Write("\r\e[K");
        report = report with { ServerTickMilliseconds = AskServer(loaded).GetAwaiter().GetResult() };
        Print(report, request.Json, output);
        return report.StillIn == report.Bots ? ExitCodes.Ok : report.Joined == 0 ? ExitCodes.NotRunning : ExitCodes.Failed;
    }

    static void Cancel(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = !stop.IsCancellationRequested;
        stop.Cancel();
    }

    static IPEndPoint? Resolve(string host, int port)
    {
        try
        {
            IPAddress? address = Dns.GetHostAddresses(host).FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork);
            return address is null ? null : new IPEndPoint(address, port);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    // Only a server whose token can be read, which is one on this machine, tells its ticks.
    static async Task<Percentiles?> AskServer(LoadedConfig loaded)
    {
        if (AdminConnection.Open(loaded, TextWriter.Null) is not { } client) return null;
        using AdminClient _ = client;
        try
        {
            AdminReply reply = await client.RunAsync(AdminCommands.All.First(row => row.Name == "status"), new Dictionary<string, object>()).ConfigureAwait(false);
            return reply.Ok && reply.Body.TryGetProperty("tick_milliseconds", out JsonElement ticks) ? ticks.Deserialize<Percentiles>(AdminJson.Options) : null;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException)
        {
            return null;
        }
    }

    static string Line(BotReport now) =>
        $"{now.Seconds,5:0} s  {now.StillIn}/{now.Bots} in  {now.MessagesSent} sent  {now.MessagesReceived} received  ping {now.PingMillisecondsP50:0.0} ms  "
        + $"chat p99 {now.ChatMillisecondsP99:0.0} ms";

    static void Print(BotReport report, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            output.WriteLine(AdminJson.Write(report));
            return;
        }
        output.WriteLine($"bots      {report.Joined} of {report.Bots} joined, {report.StillIn} still in after {report.Seconds} s");
        output.WriteLine($"messages  {report.MessagesSent} sent, {report.MessagesReceived} received ({report.BytesReceived / 1024} KiB)");
        output.WriteLine($"ping      p50 {report.PingMillisecondsP50} ms, p99 {report.PingMillisecondsP99} ms");
        output.WriteLine($"chat      {report.ChatLinesBack} lines came back, p50 {report.ChatMillisecondsP50:0.0} ms, p95 {report.ChatMillisecondsP95:0.0} ms, "
            + $"p99 {report.ChatMillisecondsP99:0.0} ms");
        if (report.ServerTickMilliseconds is { } ticks)
        {
            output.WriteLine($"ticks     p50 {ticks.P50:0.00} ms, p95 {ticks.P95:0.00} ms, p99 {ticks.P99:0.00} ms, max {ticks.Max:0.0} ms, as the server saw them "
                + "since it started");
        }
        foreach ((string end, int count) in report.Ends)
            output.WriteLine($"ended     {count}: {end}");
        if (report.ScriptErrors > 0)
            output.WriteLine($"script    {report.ScriptErrors} errors, the first: {report.FirstScriptError}");
    }
}
