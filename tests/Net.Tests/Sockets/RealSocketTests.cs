using System.Diagnostics;
using System.Net;
using GameServer.Net.Peers;

namespace GameServer.Net.Tests.Sockets;

/// <summary>The whole host over real UDP on this machine, with every way to move datagrams.</summary>
public sealed class RealSocketTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static TheoryData<bool, bool, string> Ways => new()
    {
        { true, true, "127.0.0.1" },
        { true, false, "127.0.0.1" },
        { false, true, "127.0.0.1" },
        { false, false, "127.0.0.1" },
        { true, true, "::1" },
        { false, false, "::1" },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void Messages_are_echoed_over_real_sockets(bool useReceiveThread, bool useSystemBatches, string address)
    {
        using var server = new NetHost(new() { UseReceiveThread = useReceiveThread, UseSystemBatches = useSystemBatches });
        server.Start();
        using var client = new NetHost(new()
        {
            UseReceiveThread = useReceiveThread,
            UseSystemBatches = useSystemBatches,
            AcceptsConnections = false,
            BindAddress = IPAddress.Parse(address) is { AddressFamily: System.Net.Sockets.AddressFamily.InterNetwork } ? IPAddress.Any : IPAddress.IPv6Any,
        });
        client.Start();
        client.Connect(new IPEndPoint(IPAddress.Parse(address), server.LocalPort), "key"u8);

        var echoes = 0;
        var large = new byte[100_000];
        new Random(1).NextBytes(large);
        Peer? peer = null;
        Run(server, client, () => echoes == 101, (host, happened) =>
        {
            switch (happened.Kind)
            {
                case NetEventKind.ConnectionRequest:
                    Assert.Equal(address, happened.RemoteEndPoint.Address.ToString());
                    happened.Request!.Accept();
                    break;
                case NetEventKind.Received when host == server:
                    happened.Peer!.Send(happened.Payload, happened.Method, happened.Channel);
                    break;
                case NetEventKind.Received:
                    Assert.True(happened.Payload.SequenceEqual(echoes < 100 ? [(byte)echoes] : large));
                    echoes++;
                    break;
                case NetEventKind.Connected when host == client:
                    peer = happened.Peer!;
                    for (var i = 0; i < 100; i++)
                        Assert.True(peer.Send([(byte)i], DeliveryMethod.ReliableOrdered));
                    Assert.True(peer.Send(large, DeliveryMethod.ReliableOrdered));
                    break;
            }
        });
        Assert.True(peer!.RoundTripTime > TimeSpan.Zero);

        var left = false;
        server.Stop("bye"u8);
        Run(server, client, () => left, (host, happened) =>
        {
            if (host != client || happened.Kind != NetEventKind.Disconnected)
                return;
            left = true;
            Assert.Equal(DisconnectReason.RemoteClose, happened.Reason);
            Assert.True(happened.Payload.SequenceEqual("bye"u8));
        });
    }

    [Fact]
    public void A_datagram_longer_than_the_protocol_allows_is_counted_and_dropped()
    {
        using var server = new NetHost(new());
        server.Start();
        using var socket = new System.Net.Sockets.UdpClient(0, System.Net.Sockets.AddressFamily.InterNetwork);
        socket.Send(new byte[1433], new IPEndPoint(IPAddress.Loopback, server.LocalPort));
        socket.Send([], new IPEndPoint(IPAddress.Loopback, server.LocalPort));
        var watch = Stopwatch.StartNew();
        while (server.Statistics[NetCounter.DatagramSize] < 2)
        {
            Assert.True(watch.Elapsed < Patience);
            Assert.False(server.Poll(out _));
            server.Update();
            Thread.Sleep(1);
        }
    }

    delegate void Handler(NetHost host, NetEvent happened);

    static void Run(NetHost server, NetHost client, Func<bool> isDone, Handler handle)
    {
        var watch = Stopwatch.StartNew();
        while (!isDone())
        {
            Assert.True(watch.Elapsed < Patience, "Nothing happened in time.");
            foreach (var host in (NetHost[])[server, client])
            {
                while (host.Poll(out var happened))
                    handle(host, happened);
                host.Update();
            }
            Thread.Sleep(1);
        }
    }
}
