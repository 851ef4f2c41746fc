using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using GameServer.Server.Admin;
using GameServer.Server.Config;

namespace GameServer.Server.Cli;

/// <summary><c>gameserver bots</c>: players made of code, for load and for looking at a game that is not empty.</summary>
static class BotsCommand
{
    const int BotsMax = 2000;

    public static Command Create()
    {
        Option<int> players = new("--players", "-n") { Description = $"How many bots, 1 to {BotsMax}.", DefaultValueFactory = _ => 8, HelpName = "N" };
        Option<string> host = new("--host") { Description = "Where the server is.", DefaultValueFactory = _ => "127.0.0.1", HelpName = "HOST" };
        Option<int?> port = new("--port") { Description = "Its UDP port. Default: net.port of the settings.", HelpName = "PORT" };
        Option<double> seconds = new("--seconds") { Description = "How long they stay.", DefaultValueFactory = _ => 30, HelpName = "S" };
        Option<double> chat = new("--chat") { Description = "Chat lines per second and bot; 0 for none.", DefaultValueFactory = _ => 0.2, HelpName = "RATE" };
        Option<double> rate = new("--rate") { Description = "Messages per second and bot.", DefaultValueFactory = _ => 5, HelpName = "RATE" };
        Option<string> message = new("--message")
        {
            Description = "Name of the messages, mod:name, each with a random step { dir, dx, dy }; empty sends none. Default: the sample game's.",
            DefaultValueFactory = _ => SampleGameMessage,
            HelpName = "NAME",
        };
        Option<int> seed = new("--seed") { Description = "Seed of what they do.", DefaultValueFactory = _ => 1, HelpName = "SEED" };
        Option<bool> json = new("--json") { Description = "Print the report as JSON." };
        players.Require(n => n is >= 1 and <= BotsMax, $"must be 1 to {BotsMax}");
        seconds.Require(s => s is > 0 and <= 86400, "must be above 0 and at most 86400");
        chat.Require(r => r is >= 0 and <= 100, "must be 0 to 100");
        rate.Require(r => r is > 0 and <= 1000, "must be above 0 and at most 1000");
        Command bots = new("bots", "Let bots join a server, chat and play; reports what they saw.\n\nExample: gameserver bots --players 50 --seconds 60")
        {
            players, host, port, seconds, chat, rate, message, seed, json,
        };
        ConfigOptions configOptions = new(bots);
        bots.SetAction(parsed =>
        {
            ServerConfig config = configOptions.Load(parsed).Config;
            BotBehaviour behaviour = new()
            {
                ChatPerSecond = parsed.GetValue(chat),
                MessagesPerSecond = parsed.GetValue(rate),
                MessageName = parsed.GetValue(message)!,
            };
            if (Resolve(parsed.GetValue(host)!, parsed.GetValue(port) ?? config.Net.Port) is not { } server)
            {
                parsed.InvocationConfiguration.Error.WriteLine($"--host: '{parsed.GetValue(host)}' is no address");
                return ExitCodes.OperatorMistake;
            }
            using CancellationTokenSource stop = new();
            using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Cancel(signal, stop));
            using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Cancel(signal, stop));
            using BotCrowd crowd = new(parsed.GetValue(players), behaviour, parsed.GetValue(seed), TimeProvider.System);
            BotReport report = crowd.Run(server, config.Net.Key, TimeSpan.FromSeconds(parsed.GetValue(seconds)), stop.Token);
            Print(report, parsed.GetValue(json), parsed.InvocationConfiguration.Output);
            return report.StillIn == report.Bots ? ExitCodes.Ok : report.Joined == 0 ? ExitCodes.NotRunning : ExitCodes.Failed;
        });
        return bots;
    }

    /// <summary>Message of the sample game in mods/ that a step of a bot is sent as.</summary>
    public const string SampleGameMessage = "territory:move";

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

    static void Print(BotReport report, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            output.WriteLine(AdminJson.Write(report));
            return;
        }
        output.WriteLine($"bots      {report.Joined} of {report.Bots} joined, {report.StillIn} still in after {report.Seconds} s");
        output.WriteLine($"messages  {report.MessagesSent} sent, {report.MessagesReceived} received ({report.BytesReceived / 1024} KiB)");
        output.WriteLine($"ping      median {report.PingMillisecondsMedian} ms");
        output.WriteLine($"chat      {report.ChatLinesBack} lines came back, p50 {report.ChatMillisecondsP50:0.0} ms, p99 {report.ChatMillisecondsP99:0.0} ms");
        foreach ((string end, int count) in report.Ends)
            output.WriteLine($"ended     {count}: {end}");
    }
}
