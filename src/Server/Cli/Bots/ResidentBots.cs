using System.CommandLine;
using System.Net;
using GameServer.Net.Sockets;
using GameServer.Server.Config;

namespace GameServer.Server.Cli.Bots;

/// <summary>The options of <c>run</c> that let bots in: players for a developer who has none, in the server's own process.</summary>
sealed class ResidentBotOptions
{
    const int BotsMax = 500;

    readonly Option<int> _count = new("--bots") { Description = $"Let so many bots join, chat and play, 0 to {BotsMax}; for development.", HelpName = "N" };
    readonly Option<double> _loss = new("--loss") { Description = "Datagrams of these bots that get lost, in percent.", HelpName = "PERCENT" };
    readonly Option<double> _lag = new("--lag") { Description = "Added to the round trip of these bots, in milliseconds.", HelpName = "MS" };

    /// <summary>Offers the options at a command.</summary>
    public ResidentBotOptions(Command command)
    {
        _count.Require(n => n is >= 0 and <= BotsMax, $"must be 0 to {BotsMax}");
        _loss.Require(p => p is >= 0 and < 100, "must be at least 0 and below 100");
        _lag.Require(ms => ms is >= 0 and <= 10_000, "must be 0 to 10000");
        command.Options.Add(_count);
        command.Options.Add(_loss);
        command.Options.Add(_lag);
    }

    /// <summary>What the command line asks for; null when it asks for no bots.</summary>
    public ResidentBots? Read(ParseResult parsed, LoadedConfig loaded)
    {
        int count = parsed.GetValue(_count);
        if (count == 0) return null;
        LineFaults faults = new(parsed.GetValue(_loss) / 100, TimeSpan.FromMilliseconds(parsed.GetValue(_lag) / 2), TimeSpan.Zero);
        return new ResidentBots(count, BotsCommand.Behaviour(null, loaded) with { Faults = faults, NamePrefix = "guest bot" }, loaded.Config.Net.Key);
    }
}

/// <summary>Bots on a thread of their own, from the start of the server to its end.</summary>
/// <remarks>They speak UDP like everybody else: nothing of the server knows them.</remarks>
sealed class ResidentBots(int count, BotBehaviour behaviour, string key) : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    Thread? _thread;

    /// <summary>How many.</summary>
    public int Count { get; } = count;

    /// <summary>Lets them join.</summary>
    /// <param name="port">UDP port of the server.</param>
    public void Start(int port)
    {
        _thread = new Thread(() =>
        {
            using BotCrowd crowd = new(Count, behaviour, seed: 1, TimeProvider.System);
            crowd.Run(new IPEndPoint(IPAddress.Loopback, port), key, TimeSpan.MaxValue, null, _stop.Token);
        })
        { IsBackground = true, Name = "bots" };
        _thread.Start();
    }

    /// <summary>Sends them home.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _thread?.Join();
        _stop.Dispose();
    }
}
