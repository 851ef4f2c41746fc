using GameServer.Net.Sockets;

namespace GameServer.Net.Tests.Simulation;

/// <summary>
/// Real datagrams of real sessions, changed at random and sent from strangers, from half-open addresses and from connected peers. Nothing may
/// be raised, nothing may grow without bound, and an honest player must notice nothing.
/// </summary>
[Collection(nameof(Alone))]
public sealed class FuzzTests
{
    [Theory]
    [InlineData(WireDialect.V1)]
    [InlineData(WireDialect.V2)]
    public void Mutated_datagrams_do_no_harm(WireDialect dialect) => Run(dialect, 150_000, 1);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(WireDialect.V1)]
    [InlineData(WireDialect.V2)]
    public void Ten_million_mutated_datagrams_do_no_harm(WireDialect dialect) => Run(dialect, 5_200_000, 2);

    static void Run(WireDialect dialect, int datagrams, int seed)
    {
        var random = new Random(seed);
        var recorded = Record(dialect, seed);
        var world = new World(seed);
        var options = World.Options with
        {
            ProofSeed = seed,
            UnconnectedMessages = dialect,
            PeerDatagramsPerSecond = 100_000,
            PeerBytesPerSecond = 100_000_000,
            PeerMessagesPerSecond = 10_000_000,
            ViolationsMax = 2000,
        };
        var (server, player) = world.Pair(dialect, options);
        server.OnMessage = (peer, payload, method, channel) =>
        {
            if (peer == server.Connected[0])
                peer.Send(payload, method, channel);
        };
        var echoed = 0;
        player.OnMessage = (_, payload, _, _) => Assert.Equal(echoed++ & 0xFF, payload[0]);
        var attackers = new RawPeer[8];
        long memory = 0;
        var sent = 0;
        for (var count = 0; count < datagrams;)
        {
            for (var burst = 0; burst < 100; burst++, count++)
            {
                var datagram = Mutate(recorded[random.Next(recorded.Count)], random);
                if (count % 4 == 0)
                    world.Network.Carry(NetAddress.FromIPv4((uint)random.Next(16), (ushort)random.Next(1, 500)), Addresses.Of(server), datagram);
                else
                    Attacker(count % attackers.Length).Send(datagram);
            }
            if (player.Peer.QueuedBytes == 0)
                player.Peer.Send([(byte)sent++], DeliveryMethod.ReliableOrdered);
            world.Step();
            // What nobody reads would pile up in the simulation, not in the host.
            foreach (var attacker in attackers)
                attacker?.Take();
            server.Received.Clear();
            server.Unconnected.Clear();
            server.Requests.Clear();
            if (server.Disconnected.Count > 0)
                server.Disconnected.RemoveAll(d => d.Peer != server.Connected[0]);
            if (server.Connected.Count > 1000)
                server.Connected.RemoveRange(1, server.Connected.Count - 1);
            if (count == datagrams / 2)
                memory = GC.GetTotalMemory(true);
        }
        var growth = GC.GetTotalMemory(true) - memory;
        Assert.True(growth < 20_000_000, $"{growth} bytes more at the end than in the middle");
        world.RunUntil(() => echoed == sent);
        Assert.True(echoed > 100);
        Assert.DoesNotContain(server.Disconnected, d => d.Peer == server.Connected[0]);
        Assert.Empty(player.Disconnected);
        world.Run(40);
        Assert.Equal(1, server.Host.PeerCount);
        Assert.Equal(0, server.Host.PacketsOutstanding);
        Assert.Equal(0, server.Host.ReceiveBytesTaken);

        RawPeer Attacker(int index)
        {
            var attacker = attackers[index];
            if (attacker is not null && server.Host.Table.TryFind(NetAddress.From(attacker.EndPoint), out var peer)
                && peer.State == Net.Peers.PeerState.Connected)
                return attacker;
            attacker?.Close();
            attackers[index] = attacker = new RawPeer(world, dialect, "10.0.0.66");
            attacker.Connect(server, data: "aabb");
            return attacker;
        }
    }

    /// <summary>Every datagram of a short session with all methods, long messages, an MTU probe and a goodbye; connection number 0.</summary>
    static List<byte[]> Record(WireDialect dialect, int seed)
    {
        var recorded = new List<byte[]>();
        var world = new World(seed);
        world.Network.Observer = (_, _, bytes) => recorded.Add(bytes);
        var options = World.Options with { UseMtuDiscovery = true };
        var (server, client) = world.Pair(dialect, options, options);
        server.OnMessage = (peer, payload, method, channel) => peer.Send(payload, method, channel);
        for (var i = 0; i < 40; i++)
        {
            foreach (var method in Enum.GetValues<DeliveryMethod>())
                client.Peer.Send(new byte[(i * 7) % 200], method, 0);
            if (i % 10 == 0)
                client.Peer.Send(new byte[5000], DeliveryMethod.ReliableOrdered, 1);
            if (i % 10 == 5)
                client.Peer.Send(new byte[3000], DeliveryMethod.ReliableUnordered, 1);
            world.Step();
        }
        world.Run(5);
        client.Host.SendUnconnected(server.Host.LocalEndPoint, "hello"u8, dialect);
        client.Peer.Disconnect("bye"u8);
        world.Run(1);
        return recorded;
    }

    static byte[] Mutate(byte[] original, Random random)
    {
        var datagram = random.Next(10) switch
        {
            0 => original[..random.Next(original.Length + 1)],
            1 => [.. original, .. new byte[random.Next(100)]],
            2 => [.. original[..random.Next(original.Length + 1)], .. original],
            _ => (byte[])original.Clone(),
        };
        if (datagram.Length == 0)
            return datagram;
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            // The first bytes decide most.
            var index = random.Next(random.Next(2) == 0 ? Math.Min(12, datagram.Length) : datagram.Length);
            datagram[index] = random.Next(4) switch
            {
                0 => 0,
                1 => 0xFF,
                2 => (byte)(datagram[index] ^ (1 << random.Next(8))),
                _ => (byte)random.Next(256),
            };
        }
        return datagram;
    }
}
