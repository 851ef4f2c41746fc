using GameServer.Net.Tests.Simulation;

namespace GameServer.Net.Tests.Limits;

/// <summary>The mode for the time of an attack.</summary>
public sealed class ShieldTests
{
    readonly World _world = new();

    [Fact]
    public void Networks_known_from_before_go_through_and_others_share_a_small_rate()
    {
        var server = _world.Add(World.Options with { ShieldPerNetworkPerSecond = 2 }, "10.0.0.1", 27015);
        var regular = new RawPeer(_world, WireDialect.V2, "10.0.5.9");
        regular.Connect(server);
        regular.Send(RawPeer.Hex([regular.First(8)]) + "e803000000000000");
        _world.Run(6);
        server.Host.IsShielded = true;

        for (var i = 0; i < 50; i++)
            Knock(server, "10.0.66.6");
        _world.Step();
        Assert.Equal(2, server.Host.Table.NewcomerCount);
        Assert.Equal(48, server[NetCounter.Shielded]);
        Assert.Equal(1, server[NetCounter.Requests]);

        for (var i = 0; i < 20; i++)
            Knock(server, "10.0.5.9");
        _world.Step();
        Assert.Equal(22, server.Host.Table.NewcomerCount);

        server.Host.IsShielded = false;
        for (var i = 0; i < 50; i++)
            Knock(server, "10.0.66.6");
        _world.Step();
        Assert.Equal(72, server.Host.Table.NewcomerCount);
    }

    [Fact]
    public void Nobody_is_asked_about_an_address_that_is_not_proven_while_it_is_on()
    {
        var server = _world.Add(World.Options, "10.0.0.1", 27015);
        server.Host.IsShielded = true;
        var stranger = new RawPeer(_world, WireDialect.V2, "10.0.66.6") { AnswersPings = false, Target = Addresses.Of(server) };
        stranger.Send(stranger.Request(1000, default));
        _world.Run(1);
        Assert.Empty(server.Requests);
        new RawPeer(_world, WireDialect.V2, "10.0.7.7").Connect(server);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Connected_peers_notice_nothing()
    {
        var (server, client) = _world.Pair();
        server.Host.IsShielded = true;
        for (var i = 0; i < 200; i++)
            client.Peer.Send([(byte)i], DeliveryMethod.ReliableOrdered);
        _world.RunUntil(() => server.Received.Count == 200);
    }

    [Theory]
    [InlineData("10.0.66.6", "10.0.66.0/24")]
    [InlineData("2001:db8:1:2:3::6", "2001:db8:1::/56")]
    public void The_network_that_sends_most_is_named(string attacker, string network)
    {
        var server = _world.Add(World.Options with { StrangersPerNetworkPerSecond = 1 }, "10.0.0.1", 27015);
        for (var i = 0; i < 40; i++)
        {
            Knock(server, attacker);
            if (i % 3 == 0)
                Knock(server, $"10.1.{i}.1");
        }
        _world.Step();
        var flood = server.Host.TakeFlood();
        Assert.Equal((39, network), (flood.Refused, flood.Network));
        Assert.Equal(new NetFlood(0, null), server.Host.TakeFlood());
    }

    void Knock(Node server, string address)
    {
        var peer = new RawPeer(_world, WireDialect.V2, address) { Target = Addresses.Of(server), AnswersPings = false };
        peer.Send(peer.Request(1000, default));
    }
}
