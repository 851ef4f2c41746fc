using GameServer.Net.Tests.Simulation;

namespace GameServer.Net.Tests.Peers;

/// <summary>Sizes and numbers at the edges of the format, in both directions, against a client written from the specification.</summary>
public sealed class BoundaryTests
{
    readonly World _world = new();

    public static TheoryData<WireDialect, DeliveryMethod> MethodsOfBoth()
    {
        var data = new TheoryData<WireDialect, DeliveryMethod>();
        foreach (var dialect in Enum.GetValues<WireDialect>())
        {
            foreach (var method in Enum.GetValues<DeliveryMethod>())
                data.Add(dialect, method);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(MethodsOfBoth))]
    public void Every_size_around_the_datagram_and_the_fragment_is_echoed(WireDialect dialect, DeliveryMethod method)
    {
        var isFragmented = method is DeliveryMethod.ReliableOrdered or DeliveryMethod.ReliableUnordered;
        var longest = method == DeliveryMethod.Unreliable ? 1023 : 1020;
        List<int> sizes = [1, 2, 3, 255, 256, .. Enumerable.Range(990, longest - 989)];
        if (isFragmented)
            sizes.AddRange([1021, 1022, 1023, 1024, 1025, 2027, 2028, 2029, 3041, 3042, 3043, 64_895, 64_896, 64_897, 65_535, 65_536]);
        var server = _world.Add(World.Options, "10.0.0.1", 27015);
        server.OnMessage = (peer, payload, how, channel) => Assert.True(peer.Send(payload, how, channel));
        var echoed = new List<byte[]>();
        var client = new StockPeer(_world, dialect, server)
        {
            OnMessage = (payload, how, channel) =>
            {
                Assert.Equal((method, (byte)0), (how, channel));
                echoed.Add(payload.ToArray());
            },
        };
        foreach (var size in sizes)
        {
            // One at a time: of the sequenced methods only the newest is promised.
            var message = Pattern(size);
            client.Send(message, method, 0);
            var before = echoed.Count;
            for (var step = 0; step < 200 && echoed.Count == before; step++)
                Step(client);
            Assert.Equal(before + 1, echoed.Count);
            Assert.Equal(message, echoed[^1]);
        }
        Assert.Equal(0, server.Peer.Statistics.Violations);
    }

    [Theory]
    [InlineData(WireDialect.V1)]
    [InlineData(WireDialect.V2)]
    public void A_megabyte_goes_both_ways(WireDialect dialect)
    {
        var server = _world.Add(World.Options, "10.0.0.1", 27015);
        server.OnMessage = (peer, payload, how, channel) => Assert.True(peer.Send(payload, how, channel));
        byte[] got = [];
        var client = new StockPeer(_world, dialect, server) { OnMessage = (payload, _, _) => got = payload.ToArray() };
        var message = Pattern(1 << 20);
        client.Send(message, DeliveryMethod.ReliableOrdered, 0);
        for (var step = 0; step < 3000 && got.Length == 0; step++)
            Step(client);
        Assert.Equal(message, got);
    }

    [Theory]
    [MemberData(nameof(MethodsOfBoth))]
    public void All_64_channels_are_echoed_each_with_its_own_sequence(WireDialect dialect, DeliveryMethod method)
    {
        var server = _world.Add(World.Options, "10.0.0.1", 27015);
        server.OnMessage = (peer, payload, how, channel) => Assert.True(peer.Send(payload, how, channel));
        var echoed = new List<(byte Channel, byte Value)>();
        var client = new StockPeer(_world, dialect, server) { OnMessage = (payload, _, channel) => echoed.Add((channel, payload[0])) };
        for (byte round = 0; round < 3; round++)
        {
            for (byte channel = 0; channel < 64; channel++)
                client.Send([round], method, channel);
            for (var step = 0; step < 10; step++)
                Step(client);
        }
        Assert.Equal(192, echoed.Count);
        var channels = echoed.GroupBy(e => e.Channel).ToList();
        Assert.Equal(method == DeliveryMethod.Unreliable ? 1 : 64, channels.Count);
        Assert.All(channels, c => Assert.Equal(c.Select(e => e.Value).Order(), c.Select(e => e.Value)));
        Assert.Equal(0, server[NetCounter.ChannelUnknown]);
    }

    [Theory]
    [InlineData(WireDialect.V1)]
    [InlineData(WireDialect.V2)]
    public void A_message_of_65535_parts_is_put_together(WireDialect dialect)
    {
        var options = World.Options with { PeerDatagramsPerSecond = 1_000_000, DatagramsPerUpdateMax = 100_000 };
        var (server, client) = Raw(dialect, options);
        for (var index = 0; index < 65_535; index++)
        {
            var sequence = index & 0x7FFF;
            client.Send([client.First(1, isFragment: true), (byte)sequence, (byte)(sequence >> 8), 2, 9, 0, (byte)index, (byte)(index >> 8), 0xFF, 0xFF, (byte)(index * 7)]);
            if (index % 60 == 59)
                _world.Step();
        }
        _world.Run(0.1);
        var message = Assert.Single(server.Received).Payload;
        Assert.Equal(65_535, message.Length);
        Assert.True(message.Select((b, i) => b == (byte)(i * 7)).All(isRight => isRight));
        Assert.Equal(0, server.Host.ReceiveBytesTaken);
    }

    [Theory]
    [InlineData(DeliveryMethod.Unreliable, 1431)]
    [InlineData(DeliveryMethod.Sequenced, 1428)]
    [InlineData(DeliveryMethod.ReliableSequenced, 1428)]
    [InlineData(DeliveryMethod.ReliableOrdered, 1428)]
    [InlineData(DeliveryMethod.ReliableUnordered, 1428)]
    public void What_fits_the_longest_datagram_is_taken_whatever_our_own_size_is(DeliveryMethod method, int size)
    {
        var (server, client) = Raw(WireDialect.V2, World.Options);
        byte[] header = method == DeliveryMethod.Unreliable ? [client.First(0)] : [client.First(1), (byte)((int)method % 2), 0, (byte)method];
        client.Send([.. header, .. Pattern(size)]);
        _world.Step();
        Assert.Equal(Pattern(size), Assert.Single(server.Received).Payload);
        client.Send([.. header, .. Pattern(size + 1)]);
        _world.Step();
        Assert.Equal(1, server[NetCounter.DatagramSize]);
    }

    [Theory]
    [InlineData(DeliveryMethod.Unreliable, 1024)]
    [InlineData(DeliveryMethod.Sequenced, 1021)]
    [InlineData(DeliveryMethod.ReliableSequenced, 1021)]
    [InlineData(DeliveryMethod.ReliableOrdered, (4 << 20) + 1)]
    [InlineData(DeliveryMethod.ReliableUnordered, (4 << 20) + 1)]
    public void A_message_one_byte_too_long_for_its_method_is_not_taken_and_counted(DeliveryMethod method, int size)
    {
        var (server, client) = _world.Pair();
        Assert.Equal(size - 1, server.Peer.MaxMessageSize(method));
        Assert.False(server.Peer.Send(new byte[size], method));
        Assert.Equal(1, server[NetCounter.SendTooLong]);
        Assert.True(server.Peer.Send(new byte[Math.Min(size - 1, 60_000)], method));
        _world.RunUntil(() => client.Received.Count == 1);
    }

    [Fact]
    public void Empty_entries_and_what_is_behind_them_are_delivered()
    {
        // A stock receiver stops at the first empty one.
        var (server, client) = Raw(WireDialect.V2, World.Options);
        client.Send("22 0000 02 0000 0200 6162 0000 0100 63".Replace("22", RawPeer.Hex([client.First(2)]), StringComparison.Ordinal));
        _world.Step();
        Assert.Equal(["", "6162", "", "63"], server.Received.Select(r => RawPeer.Hex(r.Payload)));
    }

    [Theory]
    [InlineData(508)]
    [InlineData(509)]
    [InlineData(1023)]
    [InlineData(1431)]
    [InlineData(1432)]
    public void MTU_probes_of_any_size_are_answered_with_the_same_size_and_zeros(int size)
    {
        var (_, client) = Raw(WireDialect.V1, World.Options);
        var probe = Pattern(size);
        probe[0] = (byte)(client.First(10) & 0x1F);
        BitConverter.TryWriteBytes(probe.AsSpan(1), size);
        BitConverter.TryWriteBytes(probe.AsSpan(size - 4), size);
        client.Send(probe);
        var answer = RawPeer.Hex(Assert.Single(client.Exchange()));
        Assert.Equal(size, answer.Length);
        Assert.Equal(client.First(11), answer[0]);
        Assert.All(answer[5..^4], b => Assert.Equal(0, b));
    }

    static byte[] Pattern(int size) => [.. Enumerable.Range(0, size).Select(i => (byte)((i * 31) + (i >> 8)))];

    (Node Server, RawPeer Client) Raw(WireDialect dialect, NetHostOptions options)
    {
        var server = _world.Add(options, "10.0.0.1", 27015);
        var client = new RawPeer(_world, dialect);
        client.Connect(server);
        return (server, client);
    }

    void Step(StockPeer client)
    {
        _world.Step();
        client.Step();
    }
}
