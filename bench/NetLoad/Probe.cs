using System.Diagnostics;
using System.Net;
using GameServer.Net;
using GameServer.Net.Peers;
using GameServer.Net.Sockets;

namespace GameServer.NetLoad;

/// <summary>
/// One client on a thread of its own that sleeps in the system until its answer is there. What it measures is the server's share of the latency,
/// and the system's: nothing waits for a client's own update or for its turn among hundreds.
/// </summary>
sealed class Probe(LoadOptions options) : IDisposable
{
    /// <summary>Pause after an answer in microseconds: one to three ticks at 60 Hz at random, so that no phase of the server's ticks is preferred.</summary>
    const int PauseMin = 16_667;
    const int PauseMax = 50_000;

    static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(2);

    readonly LatencyHistogram _latencies = new();
    readonly Random _random = new(options.Seed);
    readonly byte[] _payload = new byte[options.Size];
    Thread? _thread;
    long _began;
    volatile bool _isMeasuring;
    volatile bool _isStopping;

    /// <summary>Echoes not there after two seconds.</summary>
    public int Unanswered { get; private set; }

    public void Start()
    {
        _thread = new Thread(Loop) { Name = "probe" };
        _thread.Start();
    }

    /// <summary>From now on results count.</summary>
    public void Measure() => _isMeasuring = true;

    /// <summary>Ends the probe and returns p50, p99 and the longest in milliseconds.</summary>
    public (double P50Ms, double P99Ms, double MaxMs) Stop()
    {
        Dispose();
        return (_latencies.Percentile(0.5), _latencies.Percentile(0.99), _latencies.Percentile(1 - 1e-9));
    }

    public void Dispose()
    {
        _isStopping = true;
        _thread?.Join();
        _thread = null;
    }

    void Loop()
    {
        var socket = UdpSocket.Bind(new IPEndPoint(IPAddress.Any, 0), 1 << 16);
        using var host = new NetHost(new NetHostOptions { AcceptsConnections = false, UseReceiveThread = false }, null, socket);
        host.Start();
        host.Connect(new IPEndPoint(IPAddress.Loopback, options.Port), default, options.Dialect);
        while (!_isStopping)
        {
            if (host.PeerCount == 1)
                Ask(host, socket, host.Peers[0]);
            host.Update();
            var next = Stopwatch.GetTimestamp() + (_random.Next(PauseMin, PauseMax) * Stopwatch.Frequency / 1_000_000);
            for (TimeSpan rest; (rest = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), next)) > TimeSpan.Zero;)
            {
                if (socket.WaitForDatagram(rest))
                    Take(host);
                host.Update();
            }
        }
    }

    void Ask(NetHost host, UdpSocket socket, Peer peer)
    {
        _began = Stopwatch.GetTimestamp();
        BitConverter.TryWriteBytes(_payload, _began);
        peer.Send(_payload, options.Method);
        host.Update();
        while (!Take(host))
        {
            if (Stopwatch.GetElapsedTime(_began) > AnswerMax)
            {
                Unanswered++;
                return;
            }
            socket.WaitForDatagram(TimeSpan.FromMilliseconds(50));
            host.Update();
        }
    }

    bool Take(NetHost host)
    {
        var isAnswered = false;
        while (host.Poll(out var happened))
        {
            if (happened.Kind != NetEventKind.Received || BitConverter.ToInt64(happened.Payload) != _began)
                continue;
            isAnswered = true;
            if (_isMeasuring)
                _latencies.Add(Stopwatch.GetTimestamp() - _began);
        }
        return isAnswered;
    }
}
