using GameServer.Net.Sockets;
using GameServer.Net.Tests.Simulation;
using GameServer.Support;

namespace GameServer.Net.Tests;

/// <summary>What a message and a peer cost in memory.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests
{
    /// <summary>Two sockets wired to each other through fixed buffers, so that only the hosts allocate.</summary>
    sealed class Wire(System.Net.IPEndPoint endPoint) : IDatagramSocket
    {
        readonly DatagramBatch _waiting = new(256);

        public Wire? Other { get; set; }

        public System.Net.IPEndPoint LocalEndPoint { get; } = endPoint;

    public int ReceiveBufferBytes => 1 << 20;

        public int Receive(DatagramBatch batch)
        {
            batch.Count = 0;
            for (var i = 0; i < _waiting.Count; i++)
                Copy(_waiting, i, batch, _waiting.Addresses[i]);
            _waiting.Count = 0;
            return 0;
        }

        public int Send(DatagramBatch batch)
        {
            for (var i = 0; i < batch.Count; i++)
                Copy(batch, i, Other!._waiting, NetAddress.From(LocalEndPoint));
            return 0;
        }

        public bool WaitForDatagram(TimeSpan timeout) => false;

        public void Dispose()
        {
        }

        static void Copy(DatagramBatch from, int index, DatagramBatch to, in NetAddress address)
        {
            from.Datagram(index).CopyTo(to.Slot(to.Count));
            to.Lengths[to.Count] = from.Lengths[index];
            to.Addresses[to.Count++] = address;
        }
    }

    [Theory]
    [InlineData(WireDialect.V1, DeliveryMethod.Unreliable, 50)]
    [InlineData(WireDialect.V1, DeliveryMethod.ReliableOrdered, 50)]
    [InlineData(WireDialect.V2, DeliveryMethod.Unreliable, 50)]
    [InlineData(WireDialect.V2, DeliveryMethod.Sequenced, 50)]
    [InlineData(WireDialect.V2, DeliveryMethod.ReliableOrdered, 50)]
    [InlineData(WireDialect.V2, DeliveryMethod.ReliableUnordered, 50)]
    [InlineData(WireDialect.V2, DeliveryMethod.ReliableSequenced, 50)]
    [InlineData(WireDialect.V2, DeliveryMethod.ReliableOrdered, 1000)]
    public void Sending_and_receiving_allocate_nothing_in_steady_state(WireDialect dialect, DeliveryMethod method, int size)
    {
        var time = new ManualTime();
        var serverEnd = new System.Net.IPEndPoint(new System.Net.IPAddress([10, 0, 0, 1]), 1);
        var clientEnd = new System.Net.IPEndPoint(new System.Net.IPAddress([10, 0, 0, 2]), 2);
        var serverWire = new Wire(serverEnd);
        var clientWire = new Wire(clientEnd) { Other = serverWire };
        serverWire.Other = clientWire;
        var options = World.Options with { BatchDatagrams = 256 };
        using var server = new NetHost(options, time, serverWire);
        using var client = new NetHost(options, time, clientWire);
        server.Start();
        client.Start();
        client.Connect(serverEnd, default, dialect);
        var payload = new byte[size];
        var echoes = 0;

        void Turn(int messages)
        {
            time.Advance(TimeSpan.FromMilliseconds(15));
            while (server.Poll(out var happened))
            {
                if (happened.Kind == NetEventKind.ConnectionRequest)
                    happened.Request!.Accept();
                else if (happened.Kind == NetEventKind.Received)
                    happened.Peer!.Send(happened.Payload, happened.Method, happened.Channel);
            }
            server.Update();
            while (client.Poll(out var happened))
            {
                if (happened.Kind == NetEventKind.Received)
                    echoes++;
            }
            for (var i = 0; i < messages; i++)
                client.Peers[0].Send(payload, method);
            client.Update();
        }

        for (var i = 0; i < 10; i++)
            Turn(0);
        for (var i = 0; i < 500; i++)
            Turn(10);
        echoes = 0;
        var least = long.MaxValue;
        // Pools may still reach their size in the first rounds; whatever is paid per message is paid in every round.
        for (var round = 0; round < 3 && least > 0; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
                Turn(10);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.True(echoes >= (method == DeliveryMethod.ReliableSequenced ? 900 : 9_900), $"{echoes} echoes");
        Assert.Equal(0, least);
    }

    [Fact]
    public void Peers_stay_within_their_share_of_memory()
    {
        const int Count = 1000;
        var world = new World();
        var server = world.Add(World.Options with { StrangersPerNetworkPerSecond = 10_000, HalfOpenMax = 4096, HalfOpenPerAddressMax = 4096 }, port: 27015);
        server.Requests.Capacity = server.Connected.Capacity = Count;
        var clients = Enumerable.Range(0, Count).Select(_ => new RawPeer(world, WireDialect.V2)).ToList();
        var before = GC.GetTotalMemory(true);
        foreach (var client in clients)
        {
            client.Target = Addresses.Of(server);
            client.Send(client.Request(1000, default));
        }
        world.RunUntil(() =>
        {
            clients.ForEach(c => c.Take());
            return server.Host.PeerCount == Count;
        });
        server.Requests.Clear();
        world.Run(0.1);
        clients.ForEach(c => c.Take());
        var idle = (GC.GetTotalMemory(true) - before) / Count;
        Assert.True(idle <= 4096, $"{idle} bytes per idle peer");

        foreach (var client in clients)
            client.Send("22 0000 02 0300 616263".Replace("22", "02", StringComparison.Ordinal));
        server.OnMessage = (peer, payload, method, channel) => peer.Send(payload, method, channel);
        world.Step();
        world.Run(0.03);
        clients.ForEach(c => c.Take());
        clients.ForEach(c => c.Send("03 0000 02 0100000000000000 00"));
        world.Run(0.1);
        clients.ForEach(c => c.Take());
        var used = (GC.GetTotalMemory(true) - before) / Count;
        Assert.Equal(0, server.Host.PacketsOutstanding);
        Assert.True(used <= 8192, $"{used} bytes per peer with a reliable channel");
    }
}
