using System.Text;
using GameServer.Net.Tests.Simulation;

namespace GameServer.Net.Tests.Wire;

/// <summary>
/// Bytes captured between unmodified LiteNetLib peers (wire specification, section 17), with our host in the place of each side.
/// Where the host answers differently on purpose, the test says so.
/// </summary>
public sealed class VectorTests
{
    const string Time = "01945826fe46df08";
    const string Key = "0700733363726574";
    readonly World _world = new();

    public static TheoryData<WireDialect> Dialects => [WireDialect.V1, WireDialect.V2];

    static string Strip(string hex) => RawPeer.Hex(RawPeer.Hex(hex));

    /// <summary>A server that echoes, and a raw client connected to it with number 1 as in the captured session.</summary>
    (Node Server, RawPeer Client) Served(WireDialect dialect, NetHostOptions? options = null)
    {
        var server = _world.Add(options, port: 19302, onRequest: (_, request) =>
        {
            if (request.Data.Span.IndexOf("wrong"u8) >= 0)
                request.Reject("no"u8);
            else
                request.Accept();
        });
        server.OnMessage = (peer, payload, method, channel) => peer.Send(payload, method, channel);
        var client = new RawPeer(_world, dialect) { Target = Addresses.Of(server) };
        return (server, client);
    }

    (Node Server, RawPeer Client) Connected(WireDialect dialect)
    {
        var (server, client) = Served(dialect);
        client.Send(ConnectRequest(dialect));
        _world.RunUntil(() => client.Take() is not null && server.Connected.Count == 1);
        client.ConnectionNumber = 1;
        return (server, client);
    }

    static string ConnectRequest(WireDialect dialect) =>
        (dialect == WireDialect.V2 ? "26" : "25") + "0d000000" + Time + "00000000 10 02004b667f0000010000000000000000" + Key;

    /// <summary>A raw server and a client host that is connected to it with number 1.</summary>
    (RawPeer Server, Node Client) Serving(WireDialect dialect)
    {
        var server = new RawPeer(_world, dialect, "10.0.0.1", 19302);
        var client = _world.Add(World.Options with { AcceptsConnections = false }, "10.0.0.2");
        server.Target = Addresses.Of(client);
        client.Host.Connect(server.EndPoint, RawPeer.Hex(Key), dialect);
        _world.Step();
        var request = Assert.Single(server.Take());
        server.ConnectionNumber = 1;
        server.Send((dialect == WireDialect.V2 ? "07" : "06") + request[10..26] + "01 00 00000000");
        _world.RunUntil(() => client.Connected.Count == 1);
        server.Take();
        return (server, client);
    }

    [Theory]
    [InlineData(WireDialect.V2, "06", "08", "0e")]
    [InlineData(WireDialect.V1, "05", "07", "0d")]
    public void Vector_17_1_reject_with_data(WireDialect dialect, string request, string disconnect, string shutdownOk)
    {
        var (server, client) = Served(dialect);
        var asked = request + "0d00000022e50426fe46df080000000010" + "02004b667f0000010000000000000000" + "060077726f6e67";
        Assert.Equal([Strip(disconnect + "22e50426fe46df08 6e6f")], client.Exchange(asked));
        Assert.Equal("wrong", Encoding.ASCII.GetString(server.Requests[0].Data.Span[2..]));
        Assert.Empty(client.Exchange(shutdownOk));
        // The same request again is answered without asking the application.
        Assert.Equal([Strip(disconnect + "22e50426fe46df08 6e6f")], client.Exchange(asked));
        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(WireDialect.V2, "07")]
    [InlineData(WireDialect.V1, "06")]
    public void Vector_17_2_connect_with_number_1(WireDialect dialect, string accept)
    {
        var (server, client) = Served(dialect);
        Assert.Equal([Strip(accept + Time + "01 00 00000000")], client.Exchange(ConnectRequest(dialect)));
        _world.RunUntil(() => server.Connected.Count == 1);
        Assert.Equal("s3cret"u8, server.Requests[0].Data.Span[2..]);
    }

    [Fact]
    public void Vector_17_2_connect_over_IPv6()
    {
        var (server, client) = Served(WireDialect.V2);
        var answer = client.Exchange(
            "06 0d000000 993558c50047df08 00000000 1c 0a004dbc00000000 00000000000000000000000000000001 00000000" + Key);
        Assert.Equal([Strip("07 993558c50047df08 00 00 00000000")], answer);
        Assert.Equal("s3cret"u8, server.Requests[0].Data.Span[2..]);
    }

    [Theory]
    [InlineData(WireDialect.V2, "22 0000 02 0500 68656c6c6f", "2d 0d00 23 0000 02 0100000000000000 00 0b00 22 0000 02 0500 68656c6c6f", "23 0000 02 0100000000000000 00")]
    [InlineData(WireDialect.V1, "21 0000 02 68656c6c6f", "2c 0d00 22 0000 02 0100000000000000 00 0900 21 0000 02 68656c6c6f", "22 0000 02 0100000000000000 00")]
    public void Vector_17_3_reliable_ordered_echo(WireDialect dialect, string message, string echo, string ack)
    {
        var (server, client) = Connected(dialect);
        Assert.Equal([Strip(echo)], client.Exchange(message));
        client.Send(ack);
        _world.Step();
        Assert.Equal(0, server.Peer.QueuedBytes);

        var (rawServer, ours) = Serving(dialect);
        ours.Peer.Send("hello"u8, DeliveryMethod.ReliableOrdered);
        Assert.Equal([Strip(message)], rawServer.Exchange()[..1]);
        rawServer.Send(echo);
        _world.Step();
        Assert.Equal("hello"u8, ours.Received[0].Payload);
        Assert.Contains(Strip(ack), rawServer.Exchange());
        Assert.Equal(0, ours.Peer.QueuedBytes);
    }

    [Theory]
    [InlineData(WireDialect.V2, "22 0000 02 0300 6f6e65 0300 74776f 0500 7468726565")]
    [InlineData(WireDialect.V1, "2c 0700 21 0000 02 6f6e65 0700 21 0100 02 74776f 0900 21 0200 02 7468726565")]
    public void Vector_17_3_three_messages_in_one_update(WireDialect dialect, string datagram)
    {
        var (rawServer, client) = Serving(dialect);
        foreach (var text in (string[])["one", "two", "three"])
            client.Peer.Send(Encoding.ASCII.GetBytes(text), DeliveryMethod.ReliableOrdered);
        Assert.Equal(Strip(datagram), rawServer.Exchange()[0]);

        var (server, rawClient) = Connected(dialect);
        server.OnMessage = null;
        rawClient.Send(datagram);
        _world.Step();
        Assert.Equal(["one", "two", "three"], server.Received.Select(m => Encoding.ASCII.GetString(m.Payload)));
    }

    [Theory]
    [InlineData(WireDialect.V2, DeliveryMethod.ReliableUnordered, 0, "756e6f7264", "22 0000 00 0500 756e6f7264")]
    [InlineData(WireDialect.V2, DeliveryMethod.Sequenced, 0, "736571", "21 0100 01 736571")]
    [InlineData(WireDialect.V2, DeliveryMethod.ReliableSequenced, 0, "72656c736571", "21 0100 03 72656c736571")]
    [InlineData(WireDialect.V2, DeliveryMethod.Unreliable, 0, "756e72656c", "20 756e72656c")]
    [InlineData(WireDialect.V2, DeliveryMethod.ReliableOrdered, 1, "636831", "22 0000 06 0300 636831")]
    [InlineData(WireDialect.V1, DeliveryMethod.ReliableUnordered, 0, "756e6f7264", "21 0000 00 756e6f7264")]
    [InlineData(WireDialect.V1, DeliveryMethod.Sequenced, 0, "736571", "21 0100 01 736571")]
    [InlineData(WireDialect.V1, DeliveryMethod.ReliableSequenced, 0, "72656c736571", "21 0100 03 72656c736571")]
    [InlineData(WireDialect.V1, DeliveryMethod.Unreliable, 0, "756e72656c", "20 756e72656c")]
    [InlineData(WireDialect.V1, DeliveryMethod.ReliableOrdered, 1, "636831", "21 0000 06 636831")]
    public void Vector_17_4_other_methods(WireDialect dialect, DeliveryMethod method, byte channel, string payload, string packet)
    {
        var (rawServer, client) = Serving(dialect);
        client.Peer.Send(RawPeer.Hex(payload), method, channel);
        Assert.Equal(Strip(packet), rawServer.Exchange()[0]);

        var (server, rawClient) = Connected(dialect);
        server.OnMessage = null;
        rawClient.Send(packet);
        _world.Step();
        Assert.Equal((payload, method, channel), server.Received.Select(m => (RawPeer.Hex(m.Payload), m.Method, m.Channel)).Single());
    }

    [Theory]
    [InlineData(WireDialect.V2, "2d", "23")]
    [InlineData(WireDialect.V1, "2c", "22")]
    public void Vector_17_4_reliable_sequenced_is_acknowledged_with_four_bytes(WireDialect dialect, string merged, string ack)
    {
        var (server, client) = Connected(dialect);
        var answer = client.Exchange("21 0100 03 72656c736571");
        Assert.Equal(Strip(merged + "0a00 21 0100 03 72656c736571 0400" + ack + "0100 03"), answer[0]);
        client.Send(ack + "0100 03");
        _world.Step();
        Assert.Equal(0, server.Peer.QueuedBytes);
    }

    [Theory]
    [InlineData(WireDialect.V2, "2d 0600 21 0200 01 7331 0800 22 0000 02 0200 7231 0300 20 7531")]
    [InlineData(WireDialect.V1, "2c 0600 21 0200 01 7331 0600 21 0000 02 7231 0300 20 7531")]
    public void Vector_17_5_merged_packet(WireDialect dialect, string datagram)
    {
        var (server, client) = Connected(dialect);
        server.OnMessage = null;
        client.Send(datagram);
        _world.Step();
        Assert.Equal(["s1", "r1", "u1"], server.Received.Select(m => Encoding.ASCII.GetString(m.Payload)));
        Assert.Equal(0, server.Peer.Statistics.Violations);

        // Ours go in the order of sending; receivers take any order.
        var (rawServer, ours) = Serving(dialect);
        ours.Peer.Send("u1"u8, DeliveryMethod.Unreliable);
        ours.Peer.Send("s1"u8, DeliveryMethod.Sequenced);
        ours.Peer.Send("r1"u8, DeliveryMethod.ReliableOrdered);
        var expected = dialect == WireDialect.V2
            ? "2d 0300 20 7531 0600 21 0100 01 7331 0800 22 0000 02 0200 7231"
            : "2c 0300 20 7531 0600 21 0100 01 7331 0600 21 0000 02 7231";
        Assert.Equal(Strip(expected), rawServer.Exchange()[0]);
    }

    [Theory]
    [InlineData(WireDialect.V2, "22 0000 02 0000")]
    [InlineData(WireDialect.V1, "21 0000 02")]
    public void Vector_17_7_empty_reliable_message_is_delivered(WireDialect dialect, string packet)
    {
        // A stock 2.x receiver loses it; ours delivers it in both dialects.
        var (server, client) = Connected(dialect);
        server.OnMessage = null;
        client.Send(packet);
        _world.Step();
        Assert.Empty(Assert.Single(server.Received).Payload);

        var (rawServer, ours) = Serving(dialect);
        ours.Peer.Send(default, DeliveryMethod.ReliableOrdered);
        Assert.Equal("21000002", rawServer.Exchange()[0]);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Vector_17_8_fragments_of_5000_bytes(WireDialect dialect)
    {
        var message = new byte[5000];
        for (var i = 0; i < message.Length; i++)
            message[i] = (byte)i;
        var expected = new List<string>();
        for (var part = 0; part < 5; part++)
            expected.Add($"a1{part:x2}0002 0100 {part:x2}00 0500".Replace(" ", "", StringComparison.Ordinal)
                + RawPeer.Hex(message.AsSpan(part * 1014, Math.Min(1014, 5000 - (part * 1014)))));

        var (rawServer, client) = Serving(dialect);
        client.Peer.Send(message, DeliveryMethod.ReliableOrdered);
        var sent = rawServer.Exchange()[..5];
        Assert.Equal(expected.Order(), sent.Order());
        Assert.Equal([1024, 1024, 1024, 1024, 954], expected.Select(e => e.Length / 2));

        var (server, rawClient) = Connected(dialect);
        server.OnMessage = null;
        var answer = rawClient.Exchange([.. expected]);
        Assert.Equal(message, Assert.Single(server.Received).Payload);
        Assert.Contains(Strip((dialect == WireDialect.V2 ? "23" : "22") + "0000 02 1f00000000000000 00"), answer);
    }

    [Theory]
    [InlineData(WireDialect.V2, 1018, "22 0000 02 fa03", 1024, 1)]
    [InlineData(WireDialect.V2, 1019, "21 0000 02", 1023, 1)]
    [InlineData(WireDialect.V2, 1020, "21 0000 02", 1024, 1)]
    [InlineData(WireDialect.V2, 1021, "a1 0000 02 0100 0000 0200", 1024, 2)]
    [InlineData(WireDialect.V1, 1018, "21 0000 02", 1022, 1)]
    [InlineData(WireDialect.V1, 1020, "21 0000 02", 1024, 1)]
    [InlineData(WireDialect.V1, 1021, "a1 0000 02 0100 0000 0200", 1024, 2)]
    public void Vector_17_8_limits(WireDialect dialect, int bytes, string begin, int datagramBytes, int packets)
    {
        var (rawServer, client) = Serving(dialect);
        client.Peer.Send(new byte[bytes], DeliveryMethod.ReliableOrdered);
        _world.Step();
        var sent = rawServer.Take();
        Assert.Equal(packets, sent.Count);
        Assert.StartsWith(Strip(begin), sent[0], StringComparison.Ordinal);
        Assert.Equal(datagramBytes, sent[0].Length / 2);
        if (packets == 2)
            Assert.Equal(Strip("a1 0100 02 0100 0100 0200") + new string('0', 14), sent[1]);
    }

    [Theory]
    [InlineData(WireDialect.V2, "22", "0100", "23 3300 02 ffffffffffffffff 00")]
    [InlineData(WireDialect.V1, "21", "", "22 3300 02 ffffffffffffffff 00")]
    public void Vector_17_9_ack_window_trails_the_newest_by_63(WireDialect dialect, string number, string length, string ack)
    {
        var (server, client) = Connected(dialect);
        server.OnMessage = null;
        for (var sequence = 0; sequence < 114; sequence++)
        {
            client.Send(number + RawPeer.Hex([(byte)sequence, 0]) + "02" + length + "63");
            if (sequence % 32 == 31)
                client.Exchange();
        }
        client.Exchange();
        Assert.Equal(Strip(ack), client.Exchange(number + "7200 02" + length + "63")[0]);
        Assert.Equal(115, server.Received.Count);
    }

    [Theory]
    [InlineData(WireDialect.V2, "24 0200", "25 0200")]
    [InlineData(WireDialect.V1, "23 0200", "24 0200")]
    public void Vector_17_9_ping_is_answered_with_pong_and_clock(WireDialect dialect, string ping, string pong)
    {
        var (_, client) = Connected(dialect);
        var answer = Assert.Single(client.Exchange(ping));
        Assert.StartsWith(Strip(pong), answer, StringComparison.Ordinal);
        Assert.Equal(11, answer.Length / 2);
        var ticks = BitConverter.ToInt64(RawPeer.Hex(answer), 3);
        Assert.Equal(_world.Time.GetUtcNow().Ticks, ticks, (double)TimeSpan.TicksPerSecond);
        Assert.Empty(client.Exchange(ping));
    }

    [Theory]
    [InlineData(WireDialect.V2, "28", "0e", "48")]
    [InlineData(WireDialect.V1, "27", "0d", "47")]
    public void Vector_17_9_disconnect_reconnect_with_next_number_and_kick(
        WireDialect dialect, string disconnect, string shutdownOk, string kick)
    {
        var (server, client) = Connected(dialect);
        Assert.Empty(client.Exchange(disconnect + "02945826fe46df08" + "627965"));
        Assert.Equal([shutdownOk], client.Exchange(disconnect + Time + "627965"));
        var (_, reason, data) = Assert.Single(server.Disconnected);
        Assert.Equal((DisconnectReason.RemoteClose, "bye"), (reason, Encoding.ASCII.GetString(data)));
        Assert.Empty(client.Exchange(disconnect + Time + "627965"));
        Assert.Empty(client.Exchange(RawPeer.Hex([client.First(4)]) + "0900"));

        client.ConnectionNumber = 2;
        var request = RawPeer.Hex([client.First(6)]) + "0d000000 104e4329fe46df08 00000000 10 02004b667f0000010000000000000000" + Key;
        var accept = client.Exchange(request)[0];
        Assert.StartsWith(Strip((dialect == WireDialect.V2 ? "07" : "06") + "104e4329fe46df08 02 00"), accept, StringComparison.Ordinal);
        _world.RunUntil(() => client.Take() is not null && server.Host.PeerCount == 1);
        server.Peer.Disconnect("kicked"u8);
        var kicked = Strip(kick + "104e4329fe46df08 6b69636b6564");
        Assert.Contains(kicked, client.Exchange());
        _world.Run(0.4);
        Assert.Contains(kicked, client.Take());
        client.Exchange(shutdownOk);
        _world.Run(1);
        Assert.Empty(client.Take());
    }

    [Theory]
    [InlineData(WireDialect.V2, "64 0200", "0f")]
    [InlineData(WireDialect.V1, "63 0200", "0e")]
    public void Vector_17_9_a_restarted_server_tells_clients_it_does_not_know_them(WireDialect dialect, string ping, string notFound)
    {
        var (server, client) = Served(dialect);
        // A stock server answers any packet like this; ours only pings, which every client sends once a second.
        Assert.Empty(client.Exchange(dialect == WireDialect.V2 ? "62 0000 02 0700 616e796f6e653f" : "61 0000 02 616e796f6e653f"));
        Assert.Equal([notFound], client.Exchange(ping));
        Assert.Equal([notFound + "01"], client.Exchange(notFound + "f80c5629fe46df08 03 01 00000000"));
        Assert.Equal(3, server[NetCounter.StrangerPacket]);

        var (rawServer, ours) = Serving(dialect);
        rawServer.AnswersPings = false;
        var time = RawPeer.Hex(BitConverter.GetBytes(ours.Peer.ConnectTime));
        Assert.Contains(Strip(notFound + time + "01 01 00000000"), rawServer.Exchange(notFound));
        rawServer.Exchange(notFound + "01");
        Assert.Empty(ours.Disconnected);
        _world.Run(2.1);
        rawServer.Exchange(notFound + "01");
        Assert.Equal(DisconnectReason.PeerNotFound, Assert.Single(ours.Disconnected).Reason);
    }

    [Theory]
    [InlineData(WireDialect.V2, "0a", "0b", "2b")]
    [InlineData(WireDialect.V1, "09", "0a", "2a")]
    public void Vector_17_10_mtu_probe(WireDialect dialect, string check, string ok, string okWithNumber)
    {
        var probe = Strip(check + "8c040000") + new string('0', 1155 * 2) + "8c040000";
        var (_, client) = Connected(dialect);
        // Stock servers copy number bits of the probe; ours sends those of the connection, which the client accepts after a reconnect too.
        Assert.Equal([Strip(okWithNumber + "8c040000") + new string('0', 1155 * 2) + "8c040000"], client.Exchange(probe));

        var rawServer = new RawPeer(_world, dialect, "10.0.0.1", 20000);
        var ours = _world.Add(World.Options with { UseMtuDiscovery = true }, "10.0.0.3");
        rawServer.Target = Addresses.Of(ours);
        ours.Host.Connect(rawServer.EndPoint, default, dialect);
        _world.Step();
        rawServer.Send((dialect == WireDialect.V2 ? "07" : "06") + rawServer.Take()[0][10..26] + "00 00 00000000");
        _world.RunUntil(() => ours.Connected.Count == 1);
        rawServer.Take();
        var sent = new List<string>();
        _world.RunUntil(() => (sent = rawServer.Take().Where(d => d.Length == 1164 * 2).ToList()).Count > 0);
        Assert.Equal(probe, sent[0]);
        rawServer.Send(ok + "8c040000" + new string('0', 1155 * 2) + "8c040000");
        _world.RunUntil(() => (sent = rawServer.Take().Where(d => d.Length == 1392 * 2).ToList()).Count > 0);
        Assert.StartsWith(Strip(check + "70050000"), sent[0], StringComparison.Ordinal);
        Assert.Equal(1163, ours.Peer.MaxSinglePacketSize(DeliveryMethod.Unreliable));
    }

    [Fact]
    public void Vector_17_11_checksum_layer()
    {
        var (server, client) = Served(WireDialect.V2, World.Options with { UseChecksum = true });
        var request = "06 0d000000 52122121fe46df08 00000000 10 02004b657f0000010000000000000000 060077726f6e67";
        Assert.Equal([Strip("08 52122121fe46df08 6e6f d15bb3d9")], client.Exchange(request + "46b226cf"));
        Assert.Empty(client.Exchange("0e 76ec05fe"));
        Assert.Empty(client.Exchange(request + "46b226ce"));
        Assert.Equal(1, server[NetCounter.ChecksumWrong]);
    }

    [Fact]
    public void Vector_17_11_checksums_of_messages()
    {
        var (server, client) = Served(WireDialect.V2, World.Options with { UseChecksum = true });
        server.OnMessage = null;
        client.AnswersPings = false;
        client.Send(WithChecksum(RawPeer.Hex(ConnectRequest(WireDialect.V2))));
        _world.RunUntil(() =>
        {
            foreach (var ping in client.Take().Where(d => d.Length == 14))
                client.Send(WithChecksum(RawPeer.Hex("25" + ping[2..6] + "0000000000000000")));
            return server.Connected.Count == 1;
        });
        client.Take();
        Assert.Contains(Strip("23 0000 02 0100000000000000 00 3e807d8c"), client.Exchange("22 0000 02 0500 68656c6c6f 778b67ba"));
        Assert.Equal("hello"u8, Assert.Single(server.Received).Payload);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Vector_17_12_small_exchanges(WireDialect dialect)
    {
        var (server, client) = Connected(dialect);
        var accept = Strip((dialect == WireDialect.V2 ? "07" : "06") + Time + "01 00 00000000");
        Assert.Equal([accept], client.Exchange(ConnectRequest(dialect)));
        var older = RawPeer.Hex(ConnectRequest(dialect));
        older[5]--;
        Assert.Empty(client.Exchange(RawPeer.Hex(older)));
        var disconnect = RawPeer.Hex([client.First(8)]);
        Assert.Empty(client.Exchange(disconnect + "0000000000000000"));
        Assert.Empty(client.Exchange((dialect == WireDialect.V2 ? "08" : "07") + Time));
        Assert.Equal([dialect == WireDialect.V2 ? "0e" : "0d"], client.Exchange(disconnect + Time));
        Assert.Empty(client.Exchange(disconnect + Time));

        // The same request after the disconnect is a new connection with the next number.
        var again = client.Exchange(ConnectRequest(dialect));
        Assert.StartsWith(accept[..18] + "0200", again[0], StringComparison.Ordinal);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [MemberData(nameof(Dialects))]
    public void Every_ping_that_is_no_repetition_is_answered_for_ever(WireDialect dialect)
    {
        // A stock peer stops answering after 65535 pings.
        var (_, client) = Connected(dialect);
        foreach (var sequence in (ushort[])[2, 16000, 32000, 32767, 32768, 48000, 64000, 65535, 0, 1, 100, 16384, 32767])
        {
            var ping = RawPeer.Hex([client.First(4), (byte)sequence, (byte)(sequence >> 8)]);
            Assert.Equal(11, Assert.Single(client.Exchange(ping)).Length / 2);
            _world.Run(0.1);
            client.Take();
        }
    }

    static byte[] WithChecksum(byte[] packet)
    {
        var whole = new byte[packet.Length + 4];
        packet.CopyTo(whole, 0);
        GameServer.Net.Wire.Crc32C.Append(whole);
        return whole;
    }

}
