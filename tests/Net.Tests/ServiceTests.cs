using GameServer.Net.Tests.Simulation;

namespace GameServer.Net.Tests;

/// <summary>The network is served between ticks; what the application has to know waits for its poll.</summary>
public sealed class ServiceTests
{
    readonly World _world = new();

    [Theory]
    [InlineData(WireDialect.V1)]
    [InlineData(WireDialect.V2)]
    public void Acks_and_pongs_leave_between_ticks_and_messages_wait(WireDialect dialect)
    {
        var (server, client) = Connected(dialect);
        var message = dialect == WireDialect.V2 ? "02 0000 02 0100 41" : "01 0000 02 41";
        client.Send(message);
        client.Send(RawPeer.Hex([client.First(4), 9, 0]));
        server.Host.Service(sendsAll: true);

        var answers = client.Take();
        Assert.Contains(answers, d => d.Length == 22);
        Assert.Contains(answers, d => d.Length == 26 && d.Contains("0000020100000000000000", StringComparison.Ordinal));
        Assert.Empty(server.Received);
        server.Drain();
        Assert.Equal("A"u8.ToArray(), Assert.Single(server.Received).Payload);
    }

    [Fact]
    public void Where_ticks_are_close_acks_wait_and_share_the_datagram_of_the_answer()
    {
        var (server, client) = Connected(WireDialect.V2);
        server.OnMessage = (peer, payload, method, channel) => peer.Send(payload, method, channel);
        client.Send("02 0000 02 0100 41");
        client.Send(RawPeer.Hex([client.First(4), 9, 0]));
        server.Host.Service(sendsAll: false);
        Assert.Equal(22, Assert.Single(client.Take()).Length);
        server.Drain();
        server.Host.Update();
        Assert.StartsWith("0d", Assert.Single(client.Take()), StringComparison.Ordinal);
    }

    [Fact]
    public void What_waits_for_the_poll_keeps_its_bytes_and_its_order_however_much_comes_meanwhile()
    {
        var (server, client) = _world.Pair();
        server.OnMessage = null;
        var random = new Random(3);
        var sent = new List<byte[]>();
        for (var round = 0; round < 50; round++)
        {
            for (var i = 0; i < 8; i++)
            {
                var payload = new byte[random.Next(1, i == 7 ? 5000 : 400)];
                random.NextBytes(payload);
                if (client.Peer.Send(payload, DeliveryMethod.ReliableOrdered))
                    sent.Add(payload);
                client.Peer.Send(payload, DeliveryMethod.Unreliable, 0);
            }
            for (var step = 0; step < 3; step++)
            {
                _world.Time.Advance(World.Tick);
                client.Drain();
                client.Host.Update();
                server.Host.Service(sendsAll: true);
            }
            if (round % 5 == 4)
                server.Drain();
        }
        _world.RunUntil(() => server.Received.Count(r => r.Method == DeliveryMethod.ReliableOrdered) == sent.Count);
        Assert.Equal(sent, server.Received.Where(r => r.Method == DeliveryMethod.ReliableOrdered).Select(r => r.Payload));
        Assert.All(server.Received.Where(r => r.Method == DeliveryMethod.Unreliable), r => Assert.Contains(sent, s => s.AsSpan().SequenceEqual(r.Payload)));
        _world.Run(1);
        Assert.Equal(0, server.Host.PacketsOutstanding);
    }

    [Fact]
    public void A_client_connects_while_the_server_is_only_served()
    {
        var server = _world.Add(World.Options, "10.0.0.1", 27015);
        var client = _world.Add(World.Options with { AcceptsConnections = false }, "10.0.0.2");
        _world.Remove(server);
        client.Host.Connect(server.Host.LocalEndPoint, "key"u8);
        Serve(2);
        Assert.Empty(client.Connected);
        server.Drain();
        Serve(4);
        Assert.Single(client.Connected);
        Assert.Empty(server.Connected);
        client.Peer.Disconnect("bye"u8);
        Serve(2);
        server.Drain();
        Assert.Single(server.Connected);
        Assert.Equal("bye"u8.ToArray(), Assert.Single(server.Disconnected).Data);

        void Serve(int times)
        {
            for (var i = 0; i < times; i++)
            {
                _world.Time.Advance(World.Tick);
                client.Drain();
                client.Host.Update();
                server.Host.Service(sendsAll: true);
            }
        }
    }

    [Fact]
    public void A_poll_that_was_not_finished_keeps_what_it_has()
    {
        var (server, client) = Connected(WireDialect.V2);
        // Two messages in one datagram: the second waits in the queue as a view on it.
        client.Send("0d 0200 0041 0200 0042");
        client.Send("00 43");
        Assert.True(server.Host.Poll(out var first));
        Assert.Equal("A"u8, first.Payload);
        server.Host.Service(sendsAll: true);
        Assert.True(server.Host.Poll(out var second));
        Assert.Equal("B"u8, second.Payload);
        Assert.True(server.Host.Poll(out var third));
        Assert.Equal("C"u8, third.Payload);
    }

    [Fact]
    public void An_application_that_never_polls_does_not_fill_the_memory()
    {
        var server = _world.Add(World.Options with { DatagramsPerUpdateMax = 100 }, "10.0.0.1", 27015);
        var client = new RawPeer(_world, WireDialect.V2);
        client.Connect(server);
        _world.Remove(server);
        for (var i = 0; i < 1000; i++)
            client.Send("00 41");
        for (var i = 0; i < 20; i++)
            server.Host.Service(sendsAll: true);
        Assert.InRange(server.Host.PacketsOutstanding, 40, 101);
        server.Drain();
        server.Host.Update();
        Assert.InRange(server.Received.Count, 90, 1000);
    }

    [Fact]
    public void Serving_allocates_nothing_in_steady_state()
    {
        var (server, client) = _world.Pair();
        server.OnMessage = (_, _, _, _) => { };
        long allocated = 0;
        for (var i = 0; i < 400; i++)
        {
            for (var n = 0; n < 20; n++)
                client.Peer.Send([1, 2, 3], DeliveryMethod.ReliableOrdered);
            _world.Time.Advance(World.Tick);
            client.Drain();
            client.Host.Update();
            var before = GC.GetAllocatedBytesForCurrentThread();
            server.Host.Service(sendsAll: true);
            server.Drain();
            allocated += i < 200 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }
        // The simulated network copies what is sent; the host adds nothing to that.
        Assert.InRange(allocated / 200, 0, 600);
    }

    (Node Server, RawPeer Client) Connected(WireDialect dialect)
    {
        var server = _world.Add(World.Options, "10.0.0.1", 27015);
        var client = new RawPeer(_world, dialect);
        client.Connect(server);
        _world.Run(0.1);
        client.Take();
        return (server, client);
    }
}
