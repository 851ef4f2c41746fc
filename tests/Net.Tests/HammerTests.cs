using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace GameServer.Net.Tests;

/// <summary>The places where the receive thread and the tick thread meet, over real sockets under a flood: start, stop, kick, reconnect.</summary>
[Collection(nameof(Alone))]
public sealed class HammerTests
{
    [Fact]
    public void Hosts_survive_stops_and_kicks_in_the_middle_of_traffic()
    {
        var random = new Random(1);
        var watch = Stopwatch.StartNew();
        var rounds = 0;
        long echoed = 0;
        using var stopFlood = new CancellationTokenSource();
        var port = 0;
        var flood = new Thread(() => Flood(() => Volatile.Read(ref port), stopFlood.Token)) { IsBackground = true };
        flood.Start();
        for (; rounds < 40 || echoed < 100; rounds++)
        {
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(120), $"{rounds} rounds, {echoed} echoes");
            using var server = new NetHost(new() { ReceiveQueueBytes = 1 << 16, UseSystemBatches = rounds % 2 == 0 });
            server.Start();
            Volatile.Write(ref port, server.LocalPort);
            using var client = new NetHost(new() { AcceptsConnections = false, UseReceiveThread = rounds % 3 == 0 });
            client.Start();
            var end = new IPEndPoint(IPAddress.Loopback, server.LocalPort);
            var life = random.Next(5, 120);
            for (var turn = 0; turn < life; turn++)
            {
                if (client.PeerCount == 0)
                    client.Connect(end, default, (WireDialect)(1 + (rounds % 2)));
                while (server.Poll(out var happened))
                {
                    if (happened.Kind == NetEventKind.ConnectionRequest)
                        happened.Request!.Accept();
                    else if (happened.Kind == NetEventKind.Received)
                        happened.Peer!.Send(happened.Payload, happened.Method);
                    if (happened.Peer is { } peer && random.Next(200) == 0)
                        peer.Disconnect("kick"u8);
                }
                while (client.Poll(out var happened))
                {
                    if (happened.Kind == NetEventKind.Received)
                        echoed++;
                }
                for (var i = client.PeerCount - 1; i >= 0; i--)
                {
                    client.Peers[i].Send(new byte[random.Next(3000)], DeliveryMethod.ReliableOrdered);
                    if (random.Next(50) == 0)
                        client.Peers[i].Disconnect();
                }
                server.Update();
                client.Update();
                Thread.Sleep(random.Next(3));
            }
            server.Stop("end"u8);
            Assert.False(server.IsRunning);
            while (server.Poll(out var last))
                Assert.NotEqual(NetEventKind.ConnectionRequest, last.Kind);
            Assert.Equal(0, server.PeerCount);
            Assert.Equal(0, server.PacketsOutstanding);
            server.Update();
            server.Stop();
        }
        stopFlood.Cancel();
        flood.Join();
    }

    static void Flood(Func<int> port, CancellationToken stop)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        var random = new Random(2);
        var bytes = new byte[200];
        while (!stop.IsCancellationRequested)
        {
            for (var i = 0; i < 50 && port() != 0; i++)
            {
                random.NextBytes(bytes);
                bytes[0] = (byte)random.Next(20);
                socket.SendTo(bytes.AsSpan(0, random.Next(1, 200)), new IPEndPoint(IPAddress.Loopback, port()));
            }
            Thread.Sleep(1);
        }
    }
}
