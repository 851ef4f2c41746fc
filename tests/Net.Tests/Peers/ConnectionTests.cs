using System.Text;
using GameServer.Net.Peers;
using GameServer.Net.Tests.Simulation;

namespace GameServer.Net.Tests.Peers;

public sealed class ConnectionTests
{
    [Theory]
    [InlineData(WireDialect.V1)]
    [InlineData(WireDialect.V2)]
    public void A_client_connects_and_both_sides_exchange_messages_with_every_method(WireDialect dialect)
    {
        var world = new World();
        var (server, client) = world.Pair(dialect);
        Assert.Equal(dialect, server.Peer.Dialect);
        Assert.Equal("key"u8, server.Requests[0].Data.Span);
        server.OnMessage = (peer, payload, method, channel) => peer.Send(payload, method, channel);

        foreach (var method in Enum.GetValues<DeliveryMethod>())
        {
            Assert.True(client.Peer.Send(Encoding.UTF8.GetBytes(method.ToString()), method, (byte)(method == DeliveryMethod.Unreliable ? 0 : 3)));
            world.RunUntil(() => client.Received.Count == 1);
            var (_, payload, received, channel) = client.Received[0];
            Assert.Equal(method.ToString(), Encoding.UTF8.GetString(payload));
            Assert.Equal(method, received);
            Assert.Equal(method == DeliveryMethod.Unreliable ? 0 : 3, channel);
            client.Received.Clear();
        }
        Assert.Equal(0, server.Peer.Statistics.Violations + client.Peer.Statistics.Violations);
    }

    [Theory]
    [InlineData(WireDialect.V1)]
    [InlineData(WireDialect.V2)]
    public void A_long_message_is_cut_and_put_together_in_both_directions(WireDialect dialect)
    {
        var world = new World();
        var (server, client) = world.Pair(dialect);
        server.OnMessage = (peer, payload, method, channel) => Assert.True(peer.Send(payload, method, channel));
        var message = new byte[1 << 20];
        new Random(3).NextBytes(message);

        foreach (var method in (DeliveryMethod[])[DeliveryMethod.ReliableOrdered, DeliveryMethod.ReliableUnordered])
        {
            Assert.True(client.Peer.Send(message, method, 1));
            world.RunUntil(() => client.Received.Count == 1, 30);
            Assert.Equal(message, client.Received[0].Payload);
            client.Received.Clear();
        }
    }

    [Fact]
    public void A_rejected_client_learns_why()
    {
        var world = new World();
        var server = world.Add(port: 27015, onRequest: (_, request) => request.Reject("no"u8));
        var client = world.Add(World.Options with { AcceptsConnections = false });
        client.Host.Connect(server.Host.LocalEndPoint, "wrong"u8);
        world.RunUntil(() => client.Disconnected.Count == 1);
        Assert.Equal(DisconnectReason.ConnectionRejected, client.Disconnected[0].Reason);
        Assert.Equal("no"u8, client.Disconnected[0].Data);
        Assert.Empty(server.Connected);
    }

    [Fact]
    public void Either_side_can_leave_with_a_message()
    {
        var world = new World();
        var (server, client) = world.Pair();
        server.Peer.Disconnect("kicked"u8);
        world.RunUntil(() => client.Disconnected.Count == 1);
        Assert.Equal(DisconnectReason.RemoteClose, client.Disconnected[0].Reason);
        Assert.Equal("kicked"u8, client.Disconnected[0].Data);
        Assert.Equal(DisconnectReason.LocalClose, Assert.Single(server.Disconnected).Reason);

        client.Host.Connect(server.Host.LocalEndPoint, "key"u8);
        world.RunUntil(() => server.Connected.Count == 2 && client.Host.PeerCount == 1);
        client.Peer.Disconnect("bye"u8);
        world.RunUntil(() => server.Disconnected.Count == 2);
        Assert.Equal(DisconnectReason.RemoteClose, server.Disconnected[1].Reason);
        Assert.Equal("bye"u8, server.Disconnected[1].Data);
        Assert.Equal(PeerState.Closed, server.Disconnected[1].Peer.State);
    }

    [Fact]
    public void Records_and_packets_are_all_given_back_after_the_end()
    {
        var world = new World();
        var (server, client) = world.Pair();
        client.Peer.Send(new byte[50_000], DeliveryMethod.ReliableOrdered);
        world.Step();
        client.Peer.Disconnect();
        world.Run(12);
        Assert.Equal(0, server.Host.PacketsOutstanding);
        Assert.Equal(0, client.Host.PacketsOutstanding);
        Assert.False(server.Host.Table.TryFind(Addresses.Of(client), out _));
    }
}
