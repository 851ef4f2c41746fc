using GameServer.Net.Tests.Simulation;

namespace GameServer.Net.Tests.Peers;

/// <summary>What a connection costs that says nothing, and that saving there endangers nobody.</summary>
public sealed class IdlePeerTests
{
    readonly World _world = new();

    [Theory]
    [InlineData(WireDialect.V1)]
    [InlineData(WireDialect.V2)]
    public void An_idle_client_that_pings_is_pinged_every_four_seconds_and_hears_a_pong_every_second(WireDialect dialect)
    {
        var (server, client) = _world.Pair(dialect);
        _world.Run(5);
        var (pings, pongs) = Count(server, client, dialect, 40);
        Assert.InRange(pings, 8, 12);
        Assert.InRange(pongs, 38, 42);
        Assert.True(server.Peer.RoundTripTime > TimeSpan.Zero);
    }

    [Fact]
    public void A_client_that_does_not_ping_is_pinged_every_second()
    {
        var server = _world.Add(World.Options, "10.0.0.1", 27015);
        var client = new RawPeer(_world, WireDialect.V2);
        client.Connect(server);
        client.AnswersPings = false;
        _world.Run(2);
        client.Take();
        _world.Run(2.9);
        Assert.InRange(client.Take().Count(d => d.Length == 6), 2, 4);
    }

    [Fact]
    public void A_client_that_moves_messages_is_pinged_every_second()
    {
        var (server, client) = _world.Pair();
        client.OnMessage = (_, _, _, _) => { };
        var pings = 0;
        for (var i = 0; i < 20; i++)
        {
            server.Peer.Send([1], DeliveryMethod.Unreliable);
            pings += Count(server, client, WireDialect.V2, 1).Pings;
        }
        Assert.InRange(pings, 17, 22);
    }

    [Fact]
    public void The_difference_can_be_turned_off()
    {
        var (server, client) = _world.Pair(WireDialect.V2, World.Options with { IdlePingInterval = TimeSpan.FromSeconds(1) });
        _world.Run(3);
        Assert.InRange(Count(server, client, WireDialect.V2, 20).Pings, 18, 22);
    }

    [Fact]
    public void An_idle_client_that_falls_silent_is_noticed_within_the_time_out_as_ever()
    {
        var (server, _) = _world.Pair();
        _world.Run(20.5);
        _world.Network.Conditions = new LinkConditions { Loss = 1 };
        var before = _world.Time.Elapsed;
        _world.RunUntil(() => server.Disconnected.Count == 1);
        Assert.InRange((_world.Time.Elapsed - before).TotalSeconds, 3.9, 5.1);
        Assert.Equal(DisconnectReason.Timeout, server.Disconnected[0].Reason);
    }

    [Fact]
    public void A_message_to_a_connection_at_rest_leaves_with_the_next_update()
    {
        var (server, client) = _world.Pair();
        _world.Run(20.4);
        foreach (var method in Enum.GetValues<DeliveryMethod>())
        {
            server.Peer.Send([(byte)method], method);
            _world.Step();
            _world.Step();
            Assert.Equal([(byte)method], client.Received[^1].Payload);
            _world.Run(2.3);
        }
    }

    (int Pings, int Pongs) Count(Node server, Node client, WireDialect dialect, double seconds)
    {
        var (pings, pongs) = (0, 0);
        var ping = dialect == WireDialect.V2 ? 4 : 3;
        var (from, to) = (Addresses.Of(server), Addresses.Of(client));
        _world.Network.Observer = (source, target, bytes) =>
        {
            if (!source.Equals(from) || !target.Equals(to))
                return;
            pings += bytes.Length == 3 && (bytes[0] & 0x1F) == ping ? 1 : 0;
            pongs += bytes.Length == 11 && (bytes[0] & 0x1F) == ping + 1 ? 1 : 0;
        };
        _world.Run(seconds);
        _world.Network.Observer = null;
        return (pings, pongs);
    }
}
