using System.Net;
using GameServer.Net.Sockets;
using GameServer.Net.Tests.Simulation;
using GameServer.Support;

namespace GameServer.Net.Tests.Peers;

/// <summary>Whatever is refused or ignored raises its counter, by one, and nothing else of the kind.</summary>
public sealed class RefusalTests
{
    static readonly NetCounter[] NoRefusals =
    [
        NetCounter.DatagramsReceived, NetCounter.BytesReceived, NetCounter.DatagramsSent, NetCounter.BytesSent, NetCounter.MessagesReceived,
        NetCounter.MessagesSent, NetCounter.PacketsResent, NetCounter.Connected, NetCounter.Disconnected, NetCounter.Requests,
    ];

    readonly World _world = new();

    /// <summary>A packet inside a connection (dialect 2, connection number 0), and what it counts as.</summary>
    [Theory]
    [InlineData("13", NetCounter.HeaderMalformed)]
    [InlineData("01 00", NetCounter.HeaderMalformed)]
    [InlineData("84 0100", NetCounter.HeaderMalformed)]
    [InlineData("21 0000 02 00", NetCounter.WrongConnectionNumber)]
    [InlineData("07 0000000000000000 00 00 00000000", NetCounter.WrongState)]
    [InlineData("0e", NetCounter.WrongState)]
    [InlineData("10", NetCounter.WrongState)]
    [InlineData("09 41", NetCounter.WrongState)]
    [InlineData("0c 41", NetCounter.WrongState)]
    [InlineData("11 41", NetCounter.WrongState)]
    [InlineData("12", NetCounter.WrongState)]
    [InlineData("08 0000000000000000", NetCounter.WrongConnectionTime)]
    [InlineData("0f", NetCounter.PeerNotFoundIgnored)]
    [InlineData("0f 01", NetCounter.PeerNotFoundIgnored)]
    [InlineData("01 0080 02 00", NetCounter.SequenceOutsideWindow)]
    [InlineData("01 4000 02 00", NetCounter.SequenceOutsideWindow)]
    [InlineData("01 ff7f 02 00", NetCounter.DuplicatesReceived)]
    [InlineData("01 0000 01 00", NetCounter.DuplicatesReceived)]
    [InlineData("01 0000 fe 00", NetCounter.ChannelUnknown)]
    [InlineData("02 0000 fe 0000", NetCounter.ChannelUnknown)]
    [InlineData("03 0000 fe 0000", NetCounter.ChannelUnknown)]
    [InlineData("02 0000 02 0500 61", NetCounter.EntryMalformed)]
    [InlineData("02 0000 02 00", NetCounter.EntryMalformed)]
    [InlineData("02 0000 01 0100 61", NetCounter.SequencedMalformed)]
    [InlineData("01 0080 01 61", NetCounter.SequencedMalformed)]
    [InlineData("81 0000 02 0100 0000 0100 00", NetCounter.FragmentMalformed)]
    [InlineData("0d 0100 0d", NetCounter.MergedMalformed)]
    [InlineData("0d 0300 04 0200", NetCounter.MergedMalformed)]
    [InlineData("0d 0200 20 41", NetCounter.WrongConnectionNumber)]
    [InlineData("0a 8c040000 00000000 8c040000", NetCounter.MtuMalformed)]
    [InlineData("0b 8c040000 00000000 8c040000", NetCounter.MtuMalformed)]
    [InlineData("05 0900 0000000000000000", NetCounter.PongIgnored)]
    [InlineData("03 0000 0a 0000000000000000 00", NetCounter.AckOfUnsent)]
    [InlineData("03 0000 02 01", NetCounter.AckMalformed)]
    [InlineData("03 0080 02 0000000000000000 00", NetCounter.AckMalformed)]
    [InlineData("03 0100 02 0000000000000000 00", NetCounter.AckStale)]
    [InlineData("03 0000 02 0200000000000000 00", NetCounter.AckOfUnsent)]
    [InlineData("03 0000 03 00", NetCounter.AckMalformed)]
    public void In_a_connection(string packet, NetCounter counter)
    {
        var server = _world.Add(World.Options with { ChannelsPerMethod = 8 }, port: 27015);
        var client = new RawPeer(_world, WireDialect.V2);
        client.Connect(server);
        server.Peer.Send("x"u8, DeliveryMethod.ReliableSequenced);
        server.Peer.Send("x"u8, DeliveryMethod.ReliableOrdered);
        client.Exchange();
        AssertCounts(server, counter, () => client.Exchange(packet));
        Assert.Equal(1, server.Host.PeerCount);
    }

    [Theory]
    [InlineData("", NetCounter.DatagramSize)]
    [InlineData("01 0000 02 61", NetCounter.StrangerPacket)]
    [InlineData("04 0200", NetCounter.StrangerPacket)]
    [InlineData("0f 01", NetCounter.StrangerPacket)]
    [InlineData("08 0000000000000000", NetCounter.StrangerPacket)]
    [InlineData("06 0b000000 0000000000000000 00000000 10 00000000000000000000000000000000", NetCounter.RequestProtocol)]
    [InlineData("06 0d000000 0000000000000000 00000000 11 00000000000000000000000000000000", NetCounter.RequestMalformed)]
    [InlineData("06 ffffffff 0000000000000000 00000000 10 00000000000000000000000000000000", NetCounter.RequestMalformed)]
    public void From_strangers(string packet, NetCounter counter)
    {
        var server = _world.Add(port: 27015);
        var stranger = new RawPeer(_world, WireDialect.V2) { Target = Addresses.Of(server) };
        AssertCounts(server, counter, () => stranger.Exchange(packet));
    }

    [Fact]
    public void Requests_that_cannot_be_taken()
    {
        var server = _world.Add(World.Options with { AcceptsConnections = false }, port: 27015);
        var client = new RawPeer(_world, WireDialect.V2) { Target = Addresses.Of(server) };
        AssertCounts(server, NetCounter.RequestsClosed, () => client.Send(client.Request(1, default)));

        var open = _world.Add(World.Options with { ConnectDataBytesMax = 10 }, port: 27016, onRequest: (_, _) => { });
        client.Target = Addresses.Of(open);
        AssertCounts(open, NetCounter.RequestMalformed, () => client.Send(client.Request(1, new byte[11])));
        client.Send(client.Request(1, default));
        _world.Step();
        AssertCounts(open, NetCounter.RequestRepeated, () => client.Send(client.Request(1, default)));
        AssertCounts(open, NetCounter.RequestsRejected, () => open.Requests[0].Reject());

        var connected = _world.Add(port: 27017);
        client.Connect(connected, 1000);
        AssertCounts(connected, NetCounter.RequestOutdated, () => client.Send(client.Request(999, default)));
    }

    [Fact]
    public void Repeated_and_too_many_pings()
    {
        var server = _world.Add(port: 27015);
        var client = new RawPeer(_world, WireDialect.V2);
        client.Connect(server);
        client.Exchange("04 0500");
        AssertCounts(server, NetCounter.PingIgnored, () => client.Exchange("04 0500"));
        var before = server[NetCounter.PingIgnored];
        for (var i = 0; i < 100; i++)
            client.Send($"04 {i + 10:x2}00");
        client.Exchange();
        Assert.InRange(server[NetCounter.PingIgnored] - before, 88, 92);
    }

    [Fact]
    public void Messages_beyond_the_rate_and_of_peers_that_were_sent_away()
    {
        var server = _world.Add(World.Options with { PeerMessagesPerSecond = 10 }, port: 27015);
        var client = new RawPeer(_world, WireDialect.V2);
        client.Connect(server);
        for (var i = 0; i < 11; i++)
            client.Send("00 41");
        AssertCounts(server, NetCounter.MessageRate, () => _world.Step());
        Assert.Equal(10, server.Received.Count);

        server = _world.Add(port: 27016);
        client.Connect(server);
        server.OnMessage = (peer, _, _, _) => peer.Disconnect();
        AssertCounts(server, NetCounter.MessagesDiscarded, () => client.Exchange("0d 0200 0041 0200 0042"));
    }

    [Fact]
    public void Garbage_until_the_connection_ends()
    {
        var server = _world.Add(World.Options with { ViolationsMax = 5 }, port: 27015);
        var client = new RawPeer(_world, WireDialect.V2);
        client.Connect(server);
        for (var i = 0; i < 6; i++)
            client.Send("0d 01");
        _world.Step();
        Assert.Equal((6L, 1L), (server[NetCounter.MergedMalformed], server[NetCounter.ViolationLimit]));
        Assert.Equal(6, server.Disconnected[0].Peer.Statistics.Violations);
    }

    [Fact]
    public void Errors_of_the_system_and_a_full_queue()
    {
        using var socket = new FailingSocket();
        using var host = new NetHost(World.Options, new ManualTime(), socket);
        host.Start();
        Assert.False(host.Poll(out _));
        Assert.Equal(1, host.Statistics[NetCounter.ReceiveErrors]);
        host.SendUnconnected(new IPEndPoint(IPAddress.Loopback, 1), "x"u8, WireDialect.V2);
        Assert.Equal(1, host.Statistics[NetCounter.SendErrors]);

        using var busy = new FloodSocket();
        using var slow = new NetHost(new NetHostOptions { ReceiveQueueBytes = 1 << 16, StrangersPerSecond = 1_000_000 }, TimeProvider.System, busy);
        slow.Start();
        for (var i = 0; i < 2000 && slow.Statistics[NetCounter.ReceiveQueueFull] == 0; i++)
            Thread.Sleep(5);
        Assert.True(slow.Statistics[NetCounter.ReceiveQueueFull] > 0);
        busy.IsQuiet = true;
        while (slow.Poll(out _))
            Assert.Fail("Nothing of this is for the application.");
    }

    static void AssertCounts(Node node, NetCounter counter, Action act) => AssertCounts(node, counter, () =>
    {
        act();
        return 0;
    });

    static void AssertCounts<T>(Node node, NetCounter counter, Func<T> act)
    {
        var before = Enum.GetValues<NetCounter>().ToDictionary(c => c, c => node[c]);
        act();
        node.Drain();
        node.Host.Update();
        var raised = before.Keys.Except(NoRefusals).Where(c => node[c] != before[c]).Select(c => (c, node[c] - before[c]));
        Assert.Equal([(counter, 1L)], raised);
    }

    sealed class FailingSocket : IDatagramSocket
    {
        public IPEndPoint LocalEndPoint { get; } = new(IPAddress.Loopback, 1);

        public int ReceiveBufferBytes => 1 << 20;

        public int Receive(DatagramBatch batch)
        {
            batch.Count = 0;
            return 1;
        }

        public int Send(DatagramBatch batch) => batch.Count;

        public bool WaitForDatagram(TimeSpan timeout) => false;

        public void Dispose()
        {
        }
    }

    /// <summary>Pings of strangers without end.</summary>
    sealed class FloodSocket : IDatagramSocket
    {
        public volatile bool IsQuiet;

        public IPEndPoint LocalEndPoint { get; } = new(IPAddress.Loopback, 1);

        public int ReceiveBufferBytes => 1 << 20;

        public int Receive(DatagramBatch batch)
        {
            batch.Count = IsQuiet ? 0 : batch.Capacity;
            for (var i = 0; i < batch.Count; i++)
            {
                batch.Slot(i)[0] = 4;
                batch.Lengths[i] = 3;
                batch.Addresses[i] = NetAddress.FromIPv4(0x7F000001, 99);
            }
            return 0;
        }

        public int Send(DatagramBatch batch) => 0;

        public bool WaitForDatagram(TimeSpan timeout) => !IsQuiet;

        public void Dispose()
        {
        }
    }
}
