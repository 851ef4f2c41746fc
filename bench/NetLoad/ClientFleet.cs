using System.Diagnostics;
using GameServer.Net;
using System.Net;
using System.Text.Json;
using GameServer.Net.Peers;
using GameServer.Net.Sockets;

namespace GameServer.NetLoad;

/// <summary>What the clients saw in the measured time.</summary>
sealed record ClientReport
{
    public long Sent { get; init; }

    public long Echoed { get; init; }

    public double P50Ms { get; init; }

    public double P99Ms { get; init; }

    public double MaxMs { get; init; }

    /// <summary>The same as <see cref="Probe"/> sees it: without the clients' own part.</summary>
    public double ProbeP50Ms { get; init; }

    public double ProbeP99Ms { get; init; }

    public double ProbeMaxMs { get; init; }

    public int ProbeUnanswered { get; init; }

    /// <summary>Bytes on the wire from clients to server.</summary>
    public long WireBytesSent { get; init; }

    public long PacketsResent { get; init; }

    public int Lost { get; init; }
}

/// <summary>All clients, in one thread of the child process. Says READY when everybody is connected and warm, then reports as JSON.</summary>
sealed class ClientFleet(LoadOptions options)
{
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    readonly LatencyHistogram _latencies = new();
    readonly byte[] _payload = new byte[options.Size];
    long _sent;
    int _lost;

    sealed class Client(NetHost host)
    {
        public NetHost Host { get; } = host;

        public Peer? Peer { get; set; }

        public long NextUpdate { get; set; }

        public double Owed { get; set; }
    }

    public int Run()
    {
        var clients = new Client[options.Clients];
        for (var i = 0; i < clients.Length; i++)
        {
            clients[i] = Start(i);
            if (i % 50 == 49)
                Turn(clients.AsSpan(0, i + 1), isSending: false);
        }
        var isConnected = RunUntil(clients, () => clients.All(c => c.Peer is not null), TimeSpan.FromSeconds(20), isSending: false);
        if (!isConnected)
        {
            Console.Error.WriteLine($"only {clients.Count(c => c.Peer is not null)} of {clients.Length} clients connected");
            return 1;
        }
        using var probe = new Probe(options);
        if (options.Rate > 0)
            probe.Start();
        RunFor(clients, WarmUp);
        _latencies.Clear();
        _sent = 0;
        var bytesBefore = clients.Sum(c => c.Host.Statistics[NetCounter.BytesSent]);
        var resentBefore = clients.Sum(c => c.Host.Statistics[NetCounter.PacketsResent]);
        Console.WriteLine("READY");
        probe.Measure();
        RunFor(clients, TimeSpan.FromSeconds(options.Seconds));
        var (probeP50, probeP99, probeMax) = probe.Stop();
        var report = new ClientReport
        {
            Sent = _sent,
            Echoed = _latencies.Count,
            P50Ms = _latencies.Percentile(0.5),
            P99Ms = _latencies.Percentile(0.99),
            MaxMs = _latencies.Percentile(1 - 1e-9),
            ProbeP50Ms = probeP50,
            ProbeP99Ms = probeP99,
            ProbeMaxMs = probeMax,
            ProbeUnanswered = probe.Unanswered,
            WireBytesSent = clients.Sum(c => c.Host.Statistics[NetCounter.BytesSent]) - bytesBefore,
            PacketsResent = clients.Sum(c => c.Host.Statistics[NetCounter.PacketsResent]) - resentBefore,
            Lost = _lost,
        };
        Console.WriteLine(JsonSerializer.Serialize(report));
        foreach (var client in clients)
            client.Host.Stop();
        return 0;
    }

    Client Start(int index)
    {
        var netOptions = new NetHostOptions
        {
            AcceptsConnections = false,
            UseReceiveThread = false,
            BindAddress = IPAddress.Any,
            BatchDatagrams = 16,
        };
        var faults = new LineFaults(options.Loss, TimeSpan.FromMilliseconds(options.DelayMs), TimeSpan.FromMilliseconds(options.SpreadMs), options.Duplication);
        var socket = faults.Any
            ? new FaultySocket(UdpSocket.Bind(new IPEndPoint(IPAddress.Any, 0), 1 << 20), faults, new Random(options.Seed + index), TimeProvider.System)
            : null;
        var host = new NetHost(netOptions, null, socket);
        host.Start();
        host.Connect(new IPEndPoint(IPAddress.Loopback, options.Port), default, options.Dialect);
        // Spread over the period, as real clients are.
        var period = Stopwatch.Frequency / options.ClientHz;
        return new Client(host) { NextUpdate = Stopwatch.GetTimestamp() + (long)(period * index / options.Clients) };
    }

    void RunFor(Client[] clients, TimeSpan time) => RunUntil(clients, () => false, time, isSending: true);

    bool RunUntil(Client[] clients, Func<bool> isDone, TimeSpan limit, bool isSending)
    {
        var end = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        while (!isDone())
        {
            if (Stopwatch.GetTimestamp() > end)
                return false;
            Turn(clients, isSending);
            Thread.Sleep(1);
        }
        return true;
    }

    void Turn(ReadOnlySpan<Client> clients, bool isSending)
    {
        foreach (var client in clients)
        {
            Drain(client);
            var now = Stopwatch.GetTimestamp();
            if (now < client.NextUpdate)
                continue;
            client.NextUpdate = Math.Max(client.NextUpdate + (long)(Stopwatch.Frequency / options.ClientHz), now - Stopwatch.Frequency);
            if (isSending && client.Peer is { } peer)
                Send(client, peer, now);
            client.Host.Update();
        }
    }

    void Send(Client client, Peer peer, long now)
    {
        client.Owed += options.Rate / options.ClientHz;
        for (; client.Owed >= 1; client.Owed--)
        {
            BitConverter.TryWriteBytes(_payload, now);
            if (peer.Send(_payload, options.Method))
                _sent++;
        }
    }

    void Drain(Client client)
    {
        while (client.Host.Poll(out var happened))
        {
            if (happened.Kind == NetEventKind.Received)
            {
                _latencies.Add(Stopwatch.GetTimestamp() - BitConverter.ToInt64(happened.Payload));
            }
            else if (happened.Kind == NetEventKind.Connected)
            {
                client.Peer = happened.Peer;
            }
            else if (happened.Kind == NetEventKind.Disconnected)
            {
                client.Peer = null;
                _lost++;
                Console.Error.WriteLine($"client lost: {happened.Reason}");
            }
        }
    }
}
