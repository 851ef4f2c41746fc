namespace GameServer.Net.Tests.Simulation;

/// <summary>Our host against a client written from the specification alone.</summary>
public sealed class StockPeerTests
{
    [Theory]
    [InlineData(WireDialect.V1, 300)]
    [InlineData(WireDialect.V2, 300)]
    public void Every_method_keeps_its_promise_in_both_directions(WireDialect dialect, int sessions)
    {
        for (var i = 0; i < sessions; i++)
            Session(dialect, ((int)dialect * 10_000_000) + i);
    }

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(WireDialect.V1)]
    [InlineData(WireDialect.V2)]
    public void Every_method_keeps_its_promise_in_very_many_sessions(WireDialect dialect)
    {
        for (var i = 0; i < 10_000; i++)
            Session(dialect, ((int)dialect * 10_000_000) + 1_000_000 + i);
    }

    static void Session(WireDialect dialect, int seed)
    {
        var random = new Random(seed);
        var world = new World(seed);
        var server = world.Add(World.Options with { UseMtuDiscovery = false }, "10.0.0.1", 27015);
        var ledgers = new[] { new Ledger(seed), new Ledger(seed) };
        server.OnMessage = (_, payload, method, channel) => ledgers[0].Receive(payload, method, channel);
        var client = new StockPeer(world, dialect, server) { OnMessage = ledgers[1].Receive };
        RunUntil(() => client.IsConnected && server.Connected.Count == 1, 10);
        var delay = random.Next(0, 80);
        world.Network.Conditions = new LinkConditions
        {
            Loss = random.NextDouble() * 0.25,
            Duplication = random.NextDouble() * 0.2,
            DelayMin = TimeSpan.FromMilliseconds(delay),
            DelayMax = TimeSpan.FromMilliseconds(delay + random.Next(0, 100)),
        };
        for (var ticks = random.Next(5, 60); ticks > 0; ticks--)
        {
            for (var burst = random.Next(0, 12); burst > 0; burst--)
            {
                if (random.Next(2) == 0)
                    ledgers[0].Send((payload, method, channel) => client.Send(payload.ToArray(), method, channel), random);
                else
                    ledgers[1].Send(server.Peer.Send, random);
            }
            Step();
        }
        RunUntil(() => ledgers[0].IsComplete && ledgers[1].IsComplete, 120);
        world.Network.Conditions = LinkConditions.Perfect;
        RunUntil(() => !client.IsSending && server.Peer.QueuedBytes == 0, 10);
        ledgers[0].Check();
        ledgers[1].Check();
        Assert.Equal(0, server.Peer.Statistics.Violations);
        Assert.Null(client.Ended);

        void Step()
        {
            world.Step();
            client.Step();
        }

        void RunUntil(Func<bool> holds, double seconds)
        {
            for (var end = world.Time.Elapsed + TimeSpan.FromSeconds(seconds); !holds();)
            {
                Assert.True(world.Time.Elapsed < end, $"seed {seed}: nothing happened within {seconds} s, {client.Ended}");
                Step();
            }
        }
    }
}
