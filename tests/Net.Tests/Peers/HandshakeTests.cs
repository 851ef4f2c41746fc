using GameServer.Net.Peers;
using GameServer.Net.Tests.Simulation;

namespace GameServer.Net.Tests.Peers;

/// <summary>Becoming connected: address proof, late decisions, lost and doubled packets, reconnects, crossed attempts.</summary>
public sealed class HandshakeTests
{
    readonly World _world = new();

    [Theory]
    [InlineData(WireDialect.V1)]
    [InlineData(WireDialect.V2)]
    public void A_decision_may_take_much_longer_than_a_client_waits(WireDialect dialect)
    {
        var server = _world.Add(port: 27015, onRequest: (_, _) => { });
        var client = _world.Add(World.Options with { AcceptsConnections = false });
        client.Host.Connect(server.Host.LocalEndPoint, "key"u8, dialect);
        _world.Run(20);
        Assert.Single(server.Requests);
        Assert.Empty(client.Disconnected);
        Assert.Empty(server.Connected);

        var peer = server.Requests[0].Accept();
        _world.RunUntil(() => server.Connected.Count == 1);
        Assert.Same(peer, server.Connected[0]);
        client.Peer.Send("hi"u8, DeliveryMethod.ReliableOrdered);
        _world.RunUntil(() => server.Received.Count == 1);
    }

    [Fact]
    public void A_late_rejection_reaches_a_client_that_is_kept_waiting()
    {
        var server = _world.Add(port: 27015, onRequest: (_, _) => { });
        var client = _world.Add(World.Options with { AcceptsConnections = false });
        client.Host.Connect(server.Host.LocalEndPoint, "key"u8);
        _world.Run(10);
        server.Requests[0].Reject("too late"u8);
        _world.RunUntil(() => client.Disconnected.Count == 1);
        Assert.Equal("too late"u8, client.Disconnected[0].Data);
        Assert.Empty(server.Connected);
        Assert.Empty(server.Disconnected);
    }

    [Fact]
    public void A_request_nobody_decides_is_rejected_in_the_end()
    {
        var server = _world.Add(port: 27015, onRequest: (_, _) => { });
        var client = _world.Add(World.Options with { AcceptsConnections = false });
        client.Host.Connect(server.Host.LocalEndPoint, "key"u8);
        _world.RunUntil(() => client.Disconnected.Count == 1, 40);
        Assert.InRange(_world.Time.Elapsed.TotalSeconds, 29, 32);
        Assert.False(server.Requests[0].IsOpen);
        Assert.Null(server.Requests[0].Accept());
    }

    [Fact]
    public void A_request_whose_client_has_gone_is_closed()
    {
        var server = _world.Add(port: 27015, onRequest: (_, _) => { });
        var client = new RawPeer(_world, WireDialect.V2) { Target = Addresses.Of(server) };
        client.Send(client.Request(1000, "key"u8));
        _world.Run(3.5);
        Assert.False(server.Requests[0].IsOpen);
        Assert.Null(server.Requests[0].Accept());
        Assert.Equal(0, server.Host.Table.NewcomerCount);
    }

    [Theory]
    [InlineData(WireDialect.V1)]
    [InlineData(WireDialect.V2)]
    public void A_client_that_changes_its_mind_while_the_decision_is_open_is_answered_and_forgotten(WireDialect dialect)
    {
        var server = _world.Add(World.Options, "10.0.0.1", 27015, (_, _) => { });
        var client = new RawPeer(_world, dialect) { Target = Addresses.Of(server) };
        client.Send(client.Request(1000, default));
        Assert.Empty(client.Exchange());
        Assert.True(server.Requests[0].IsOpen);
        Assert.Empty(client.Exchange(RawPeer.Hex([client.First(8)]) + "e903000000000000"));
        Assert.Equal([RawPeer.Hex([client.First(14)])], client.Exchange(RawPeer.Hex([client.First(8)]) + "e803000000000000"));
        Assert.False(server.Requests[0].IsOpen);
        Assert.Null(server.Requests[0].Accept());

        // It may come again at once, with a new attempt.
        client.Send(client.Request(1001, default));
        _world.Step();
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public void A_rejection_longer_than_the_request_arrives_whole_after_the_address_is_proven()
    {
        var reason = new byte[1000];
        new Random(1).NextBytes(reason);
        var server = _world.Add(port: 27015, onRequest: (_, request) => request.Reject(reason));
        var client = _world.Add(World.Options with { AcceptsConnections = false });
        client.Host.Connect(server.Host.LocalEndPoint, "key"u8);
        _world.RunUntil(() => client.Disconnected.Count == 1);
        Assert.Equal(reason, client.Disconnected[0].Data);
        Assert.Empty(server.Connected);
    }

    [Fact]
    public void Nothing_is_connected_before_two_right_pongs()
    {
        var server = _world.Add(port: 27015);
        var client = new RawPeer(_world, WireDialect.V2) { Target = Addresses.Of(server), AnswersPings = false };
        client.Send(client.Request(1000, "key"u8));
        var packets = client.Exchange();
        Assert.StartsWith("07", packets[0], StringComparison.Ordinal);
        var pings = packets.Where(p => p.Length == 6).ToList();
        Assert.Equal(2, pings.Count);
        client.Exchange("05" + pings[0][2..] + "0000000000000000", "05" + pings[0][2..] + "0000000000000000");
        Assert.Empty(server.Connected);
        client.Exchange("05" + pings[1][2..] + "0000000000000000");
        Assert.Single(server.Connected);
        Assert.True(server.Peer.RoundTripTime > TimeSpan.Zero);
    }

    [Fact]
    public void Guessing_pongs_ends_the_attempt()
    {
        var server = _world.Add(port: 27015);
        var forger = new RawPeer(_world, WireDialect.V2) { Target = Addresses.Of(server), AnswersPings = false };
        forger.Send(forger.Request(1000, "key"u8));
        forger.Exchange();
        for (var i = 20_000; i < 20_012; i++)
            forger.Send("05" + RawPeer.Hex(BitConverter.GetBytes((ushort)i)) + "0000000000000000");
        forger.Exchange();
        Assert.Equal(1, server[NetCounter.ProofWrong]);
        Assert.Equal(0, server.Host.Table.NewcomerCount);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.5)]
    public void A_lossy_line_still_connects(double loss)
    {
        var connected = 0;
        for (var seed = 0; seed < 40; seed++)
        {
            var world = new World(seed, new LinkConditions { Loss = loss, DelayMax = TimeSpan.FromMilliseconds(60), Duplication = 0.1 });
            var server = world.Add(World.Options with { ProofSeed = seed }, port: 27015);
            var client = world.Add(World.Options with { AcceptsConnections = false });
            client.Host.Connect(server.Host.LocalEndPoint, default);
            world.Run(8);
            if (server.Host.PeerCount == 1)
                connected++;
        }
        Assert.True(connected >= (loss > 0.4 ? 25 : 38), $"only {connected} of 40");
    }

    [Fact]
    public void Messages_sent_before_the_proof_are_held_and_delivered()
    {
        var server = _world.Add(port: 27015);
        var client = new RawPeer(_world, WireDialect.V1) { Target = Addresses.Of(server), AnswersPings = false };
        client.Send(client.Request(1000, "key"u8));
        var packets = client.Exchange();
        client.Exchange("00 6869", "01 0000 02 31", "01 0100 01 32");
        Assert.Empty(server.Received);
        foreach (var ping in packets.Where(p => p.Length == 6))
            client.Send("04" + ping[2..] + "0000000000000000");
        _world.Step();
        Assert.Single(server.Connected);
        Assert.Equal(["6869", "31", "32"], server.Received.Select(m => RawPeer.Hex(m.Payload)));
    }

    [Fact]
    public void Early_messages_are_held_only_up_to_a_limit()
    {
        var server = _world.Add(port: 27015);
        var client = new RawPeer(_world, WireDialect.V1) { Target = Addresses.Of(server), AnswersPings = false };
        client.Send(client.Request(1000, "key"u8));
        client.Exchange();
        for (var i = 0; i < 100; i++)
            client.Send([0, .. new byte[1000]]);
        client.Exchange();
        Assert.True(server[NetCounter.EarlyData] >= 84);
        _world.Run(5);
        Assert.Equal(0, server.Host.PacketsOutstanding);
    }

    [Fact]
    public void A_client_that_gets_no_answer_asks_eleven_times_and_fails()
    {
        var requests = new HashSet<string>();
        var count = 0;
        _world.Network.Observer = (_, _, bytes) =>
        {
            requests.Add(RawPeer.Hex(bytes));
            count++;
        };
        var client = _world.Add(World.Options with { AcceptsConnections = false });
        var peer = client.Host.Connect(new(System.Net.IPAddress.Parse("10.9.9.9"), 1), "key"u8);
        _world.RunUntil(() => client.Disconnected.Count == 1);
        Assert.Equal((DisconnectReason.ConnectionFailed, 11, 1), (client.Disconnected[0].Reason, count, requests.Count));
        Assert.InRange(_world.Time.Elapsed.TotalSeconds, 5.4, 6);
        Assert.Equal(PeerState.Closed, peer.State);
    }

    [Theory]
    [InlineData(WireDialect.V1, 11, "0f")]
    [InlineData(WireDialect.V2, 14, "10")]
    public void Another_protocol_version_is_told_so(WireDialect dialect, int protocol, string answer)
    {
        var server = _world.Add(port: 27015);
        var client = new RawPeer(_world, dialect) { Target = Addresses.Of(server) };
        client.Send(client.Request(1000, "key"u8, protocol: protocol));
        Assert.Equal([answer], client.Exchange());
        Assert.Empty(server.Requests);

        var ours = _world.Add(World.Options with { AcceptsConnections = false });
        var rawServer = new RawPeer(_world, dialect) { Target = Addresses.Of(ours) };
        ours.Host.Connect(rawServer.EndPoint, default, dialect);
        rawServer.Exchange(answer);
        Assert.Equal(DisconnectReason.InvalidProtocol, Assert.Single(ours.Disconnected).Reason);
    }

    [Fact]
    public void A_client_that_reconnects_gets_the_next_connection_number()
    {
        var (server, client) = _world.Pair();
        for (var round = 1; round < 6; round++)
        {
            client.Peer.Disconnect();
            client.Host.Connect(server.Host.LocalEndPoint, "key"u8);
            _world.RunUntil(() => client.Connected.Count == round + 1 && server.Connected.Count == round + 1);
            Assert.Equal(round % 4, server.Peer.ConnectionNumber);
            Assert.Equal(round % 4, client.Peer.ConnectionNumber);
        }
        Assert.Equal((0, 0), (server.Host.PacketsOutstanding, client.Host.PacketsOutstanding));
    }

    [Theory]
    [InlineData(WireDialect.V1, WireDialect.V2)]
    [InlineData(WireDialect.V2, WireDialect.V1)]
    [InlineData(WireDialect.V2, WireDialect.V2)]
    public void A_crashed_client_comes_back_from_the_same_port_without_waiting_for_the_time_out(WireDialect before, WireDialect after)
    {
        var server = _world.Add(port: 27015);
        var crashed = new RawPeer(_world, before, port: 5000);
        crashed.Connect(server, time: 1000);
        crashed.AnswersPings = false;
        var started = _world.Time.Elapsed;

        // A client that is connecting drops pings until it is accepted.
        var restarted = new RawPeer(_world, after, port: 5000) { Target = Addresses.Of(server), AnswersPings = false };
        _world.RunUntil(() =>
        {
            restarted.Send(restarted.Request(2000, default));
            restarted.AnswersPings |= restarted.Take().Any(d => d.Length == 30);
            return server.Connected.Count == 2;
        });
        Assert.Equal(DisconnectReason.Reconnect, Assert.Single(server.Disconnected).Reason);
        Assert.Equal((after, 1), (server.Peer.Dialect, server.Peer.ConnectionNumber));
        Assert.True(_world.Time.Elapsed - started < TimeSpan.FromSeconds(2.5));
    }

    [Fact]
    public void Two_hosts_that_connect_to_each_other_end_up_with_one_connection()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var world = new World(seed, new LinkConditions { DelayMax = TimeSpan.FromMilliseconds(50) });
            var first = world.Add();
            var second = world.Add();
            first.Host.Connect(second.Host.LocalEndPoint, "a"u8);
            if (seed % 2 == 0)
                world.Step();
            second.Host.Connect(first.Host.LocalEndPoint, "b"u8);
            world.RunUntil(() => first.Host.PeerCount == 1 && second.Host.PeerCount == 1, 20);
            world.Run(10);
            Assert.Equal((1, 1), (first.Host.PeerCount, second.Host.PeerCount));
            first.Peer.Send("x"u8, DeliveryMethod.ReliableOrdered);
            world.RunUntil(() => second.Received.Count == 1);
        }
    }

    [Theory]
    [InlineData(600)]
    [InlineData(1000)]
    public void A_crowd_behind_one_address_gets_in_at_once(int count)
    {
        var server = _world.Add(World.Options with { ProofSeed = null }, port: 27015);
        var clients = new List<Node>();
        for (var i = 0; i < count; i++)
        {
            clients.Add(_world.Add(World.Options with { AcceptsConnections = false, BatchDatagrams = 4 }, "10.0.1.2"));
            clients[i].Host.Connect(server.Host.LocalEndPoint, "key"u8);
        }
        _world.RunUntil(() => server.Host.PeerCount == count, 5);
        Assert.All(clients, c => Assert.Empty(c.Disconnected));
    }

    [Fact]
    public void A_full_host_rejects()
    {
        var server = _world.Add(World.Options with { PeersMax = 2 }, port: 27015);
        var clients = Enumerable.Range(0, 3).Select(_ => _world.Add(World.Options with { AcceptsConnections = false })).ToList();
        foreach (var client in clients)
        {
            client.Host.Connect(server.Host.LocalEndPoint, default);
            _world.Run(0.2);
        }
        Assert.Equal(2, server.Host.PeerCount);
        Assert.Equal(DisconnectReason.ConnectionRejected, Assert.Single(clients[2].Disconnected).Reason);
    }

    [Fact]
    public void Silence_ends_a_connection_on_both_sides_after_five_seconds()
    {
        var (server, client) = _world.Pair();
        _world.Network.Conditions = new LinkConditions { Loss = 1 };
        var before = _world.Time.Elapsed;
        _world.RunUntil(() => server.Disconnected.Count + client.Disconnected.Count == 2);
        Assert.InRange((_world.Time.Elapsed - before).TotalSeconds, 4, 6.1);
        Assert.Equal(DisconnectReason.Timeout, server.Disconnected[0].Reason);
        Assert.Equal(DisconnectReason.Timeout, client.Disconnected[0].Reason);
    }

    [Fact]
    public void Idle_connections_stay_up_for_hours()
    {
        var (server, client) = _world.Pair();
        for (var i = 0; i < 36_000; i++)
        {
            _world.Time.Advance(TimeSpan.FromSeconds(1));
            for (var turn = 0; turn < 2; turn++)
            {
                server.Drain();
                client.Drain();
                server.Host.Update();
                client.Host.Update();
            }
        }
        Assert.Equal((1, 1), (server.Host.PeerCount, client.Host.PeerCount));
        Assert.Empty(server.Disconnected);
        Assert.True(server[NetCounter.PongIgnored] + client[NetCounter.PongIgnored] < 10);
    }

    [Fact]
    public void Unconnected_messages_arrive_only_where_they_are_enabled()
    {
        var open = _world.Add(World.Options with { UnconnectedMessages = WireDialect.V2 }, port: 1000);
        var closed = _world.Add(port: 1001);
        open.Host.SendUnconnected(closed.Host.LocalEndPoint, "ping"u8, WireDialect.V2);
        closed.Host.SendUnconnected(open.Host.LocalEndPoint, "pong"u8, WireDialect.V2);
        _world.Run(0.1);
        Assert.Empty(closed.Unconnected);
        var (payload, from, isBroadcast) = Assert.Single(open.Unconnected);
        Assert.Equal("pong"u8, payload);
        Assert.Equal(closed.Host.LocalEndPoint, from);
        Assert.False(isBroadcast);
        new RawPeer(_world, WireDialect.V2) { Target = Addresses.Of(open) }.Send("0c 61");
        _world.Step();
        Assert.True(open.Unconnected[1].IsBroadcast);
    }

    [Fact]
    public void Stopping_tells_everybody_and_ends_every_connection()
    {
        var (server, client) = _world.Pair();
        server.Host.Stop("closed for today"u8);
        server.Drain();
        Assert.Equal(DisconnectReason.HostStopped, Assert.Single(server.Disconnected).Reason);
        Assert.False(server.Disconnected[0].Peer.Send("x"u8, DeliveryMethod.Unreliable));
        _world.RunUntil(() => client.Disconnected.Count == 1);
        Assert.Equal("closed for today"u8, client.Disconnected[0].Data);
        Assert.Equal(0, server.Host.PacketsOutstanding);
    }
}
