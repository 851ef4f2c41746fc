using System.Net;
using GameServer.Server.Admin;
using GameServer.Server.Hosting;
using GameServer.Server.Observability;
using GameServer.Server.Players;

namespace GameServer.Server.Cli.Bots;

/// <summary>What a run of bots came to.</summary>
sealed record BotReport
{
    public required int Bots { get; init; }
    public required int Joined { get; init; }
    public required int StillIn { get; init; }
    public required double Seconds { get; init; }
    public required long MessagesSent { get; init; }
    public required long MessagesReceived { get; init; }
    public required long BytesReceived { get; init; }
    public required double PingMillisecondsP50 { get; init; }
    public required double PingMillisecondsP99 { get; init; }
    public required long ChatLinesBack { get; init; }
    public required double ChatMillisecondsP50 { get; init; }
    public required double ChatMillisecondsP95 { get; init; }
    public required double ChatMillisecondsP99 { get; init; }
    public required IReadOnlyDictionary<string, int> Ends { get; init; }
    public int ScriptErrors { get; init; }
    public string FirstScriptError { get; init; } = "";

    /// <summary>Time of the server's ticks since it started, as the server sees it; null when its admin API does not answer.</summary>
    public Percentiles? ServerTickMilliseconds { get; init; }
}

/// <summary>Many bots on one thread.</summary>
sealed class BotCrowd : IDisposable
{
    static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan ResendTime = TimeSpan.FromMilliseconds(600);
    static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);

    // New bots per second, below what the server lets through from one network.
    const int JoinsPerSecond = 100;

    readonly TimeProvider _time;
    readonly Histogram _chatEcho = new();
    readonly List<Bot> _bots = [];
    readonly BotScript? _script;
    readonly TimeSpan _delay;

    public BotCrowd(int count, BotBehaviour behaviour, int seed, TimeProvider time)
    {
        _time = time;
        _script = behaviour.Script;
        _delay = ((behaviour.Faults.Delay + behaviour.Faults.Jitter) * 2) + (behaviour.Faults.Loss > 0 ? ResendTime : TimeSpan.Zero);
        for (int number = 1; number <= count; number++)
            _bots.Add(new Bot(number, behaviour, new Random(seed + number), _chatEcho, time));
    }

    /// <summary>Lets the bots join one after another, runs them, and lets them leave.</summary>
    /// <param name="server">Where the server is.</param>
    /// <param name="key">Its key.</param>
    /// <param name="duration">How long they stay, counted from the first join.</param>
    /// <param name="progress">Told once per second how it goes; null for nobody.</param>
    /// <param name="stop">Ends the run early.</param>
    public BotReport Run(IPEndPoint server, string key, TimeSpan duration, Action<BotReport>? progress, CancellationToken stop)
    {
        PreciseWait wait = new(_time);
        long began = _time.GetTimestamp();
        TimeSpan told = TimeSpan.Zero;
        int started = 0;
        for (long step = 1; _time.GetElapsedTime(began) < duration && !stop.IsCancellationRequested; step++)
        {
            TimeSpan passed = _time.GetElapsedTime(began);
            for (; started < _bots.Count && started <= passed.TotalSeconds * JoinsPerSecond; started++)
                _bots[started].Client.Connect(server, new ConnectData(key, PlayerProtocol.Version, _bots[started].Name, "en", []));
            for (int i = 0; i < started; i++)
                _bots[i].Update();
            if (started == _bots.Count && _bots.TrueForAll(b => b.End is not null))
                break;
            if (progress is not null && passed - told >= ProgressEvery)
            {
                told = passed;
                progress(Report(passed));
            }
            wait.WaitUntil(began + (long)(step * Step.TotalSeconds * _time.TimestampFrequency), stop);
        }
        BotReport report = Report(_time.GetElapsedTime(began));
        SayGoodbye(started, wait);
        return report;
    }

    // A bad line delays the farewell too; without it the server would keep the bots' places for their return.
    void SayGoodbye(int started, PreciseWait wait)
    {
        foreach (Bot bot in _bots.Take(started))
            bot.Client.Leave();
        long began = _time.GetTimestamp();
        for (int step = 1; _time.GetElapsedTime(began) < Farewell + _delay; step++)
        {
            foreach (Bot bot in _bots.Take(started))
                bot.Client.Update();
            wait.WaitUntil(began + (long)(step * Step.TotalSeconds * _time.TimestampFrequency), CancellationToken.None);
        }
    }

    public void Dispose()
    {
        foreach (Bot bot in _bots)
            bot.Dispose();
    }

    BotReport Report(TimeSpan took)
    {
        double[] pings = [.. _bots.Where(b => b.IsIn).Select(b => b.Client.RoundTrip.TotalMilliseconds).Order()];
        return new BotReport
        {
            Bots = _bots.Count,
            Joined = _bots.Count(b => b.WasIn),
            StillIn = _bots.Count(b => b.IsIn),
            Seconds = Math.Round(took.TotalSeconds, 1),
            MessagesSent = _bots.Sum(b => b.Client.Sent),
            MessagesReceived = _bots.Sum(b => b.Client.Received),
            BytesReceived = _bots.Sum(b => b.Client.ReceivedBytes),
            PingMillisecondsP50 = At(pings, 0.5),
            PingMillisecondsP99 = At(pings, 0.99),
            ChatLinesBack = _chatEcho.Count,
            ChatMillisecondsP50 = _chatEcho.Percentile(0.5) / 1000.0,
            ChatMillisecondsP95 = _chatEcho.Percentile(0.95) / 1000.0,
            ChatMillisecondsP99 = _chatEcho.Percentile(0.99) / 1000.0,
            Ends = _bots.Where(b => b.End is not null).GroupBy(b => b.End!).ToDictionary(g => g.Key, g => g.Count()),
            ScriptErrors = _script?.Errors ?? 0,
            FirstScriptError = _script?.FirstError ?? "",
        };
    }

    static double At(double[] sorted, double part) => sorted.Length == 0 ? 0 : Math.Round(sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))], 2);
}
