using System.Diagnostics;
using GameServer.Net;

namespace GameServer.NetLoad;

/// <summary>What the server spent in the measured time.</summary>
sealed record ServerReport
{
    public double Seconds { get; init; }

    public double CpuSeconds { get; init; }

    public long AllocatedBytes { get; init; }

    public long Messages { get; init; }

    public long Datagrams { get; init; }

    public double BytesPerPeer { get; init; }

    public long ReceiveQueueFull { get; init; }

    public long PacketsResent { get; init; }
}

/// <summary>Sends every message back the way it came, at a fixed rate of ticks.</summary>
sealed class EchoServer : IDisposable
{
    readonly NetHost _host;
    readonly double _hz;
    readonly Thread _thread;
    long _memoryBefore;
    volatile bool _isStopping;

    public EchoServer(LoadOptions options)
    {
        _hz = options.ServerHz;
        _host = new NetHost(new NetHostOptions
        {
            UseSystemBatches = !options.Portable,
            UseReceiveThread = !options.SingleThread,
        });
        _host.Start();
        _memoryBefore = GC.GetTotalMemory(true);
        _thread = new Thread(Loop) { Name = "tick" };
        _thread.Start();
    }

    public int Port => _host.LocalPort;

    public ServerReport Snapshot() => new()
    {
        Seconds = Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency,
        CpuSeconds = Environment.CpuUsage.TotalTime.TotalSeconds,
        AllocatedBytes = GC.GetTotalAllocatedBytes(true),
        Messages = _host.Statistics[NetCounter.MessagesReceived],
        Datagrams = _host.Statistics[NetCounter.DatagramsReceived],
        ReceiveQueueFull = _host.Statistics[NetCounter.ReceiveQueueFull],
        PacketsResent = _host.Statistics[NetCounter.PacketsResent],
    };

    /// <summary>Live managed memory since before the first connection, per peer.</summary>
    public double BytesPerPeer(int peers) => (GC.GetTotalMemory(true) - _memoryBefore) / (double)peers;

    public void Dispose()
    {
        _isStopping = true;
        _thread.Join();
        _host.Dispose();
    }

    void Loop()
    {
        var period = Stopwatch.Frequency / _hz;
        var next = Stopwatch.GetTimestamp() + period;
        while (!_isStopping)
        {
            while (_host.Poll(out var happened))
            {
                if (happened.Kind == NetEventKind.Received)
                    happened.Peer!.Send(happened.Payload, happened.Method, happened.Channel);
                else if (happened.Kind == NetEventKind.ConnectionRequest)
                    happened.Request!.Accept();
            }
            _host.Update();
            var wait = (next - Stopwatch.GetTimestamp()) * 1000 / Stopwatch.Frequency;
            next = Math.Max(next + period, Stopwatch.GetTimestamp() - period);
            if (wait > 0)
                Thread.Sleep(TimeSpan.FromMilliseconds(wait));
        }
    }
}
