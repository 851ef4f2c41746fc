using GameServer.Net.Peers;
using GameServer.Net.Sockets;
using GameServer.Net.Tests.Simulation;

namespace GameServer.Net.Tests.Peers;

/// <summary>
/// What is known to hurt the original (wire specification, 16.2), tried against our host with an honest player connected. After each attack
/// the player must still be there and get its messages in order, and something must have been counted.
/// </summary>
public sealed class AttackTests
{
    readonly World _world = new();
    readonly Node _server;
    readonly Node _player;

    public AttackTests()
    {
        _server = _world.Add(World.Options, "10.0.0.1", 27015);
        _player = _world.Add(World.Options with { AcceptsConnections = false }, "10.0.0.2", 5555);
        _player.Host.Connect(_server.Host.LocalEndPoint, "key"u8);
        _world.RunUntil(() => _server.Connected.Count == 1 && _player.Connected.Count == 1);
        _server.OnMessage = (peer, payload, method, channel) => peer.Send(payload, method, channel);
    }

    NetAddress ServerAddress => Addresses.Of(_server);

    NetAddress PlayerAddress => Addresses.Of(_player);

    /// <summary>The player is undisturbed: same connection, messages in order.</summary>
    void AssertPlayerIsFine()
    {
        Assert.Single(_player.Connected);
        Assert.Empty(_player.Disconnected);
        Assert.DoesNotContain(_server.Disconnected, d => d.Peer == _server.Connected[0]);
        _player.Received.Clear();
        for (var i = 0; i < 20; i++)
            Assert.True(_player.Peer.Send([(byte)i], DeliveryMethod.ReliableOrdered));
        _world.RunUntil(() => _player.Received.Count == 20);
        Assert.Equal(Enumerable.Range(0, 20), _player.Received.Select(m => (int)m.Payload[0]));
    }

    void Forge(NetAddress from, string hex) => _world.Network.Carry(from, ServerAddress, RawPeer.Hex(hex));

    [Fact]
    public void Attack_1_two_servers_do_not_talk_to_each_other_for_ever()
    {
        var other = _world.Add(World.Options, "10.0.0.3", 27015);
        foreach (var packet in (string[])["0f01", "0e01", "0f", "0e", "0d", "10", "0700000000000000000000000000" + "00", "0e", "12", "240200", "230200"])
            Forge(Addresses.Of(other), packet);
        var before = _world.Network.DatagramsCarried;
        _world.Run(0.5);
        // The player's own pings, and at most one answer to each of the two pings.
        Assert.True(_world.Network.DatagramsCarried - before < 12);
        Assert.True(_server[NetCounter.StrangerPacket] >= 8);
        AssertPlayerIsFine();
    }

    [Fact]
    public void Attack_2_a_forged_PeerNotFound_changes_nothing()
    {
        for (var i = 0; i < 200; i++)
        {
            Forge(PlayerAddress, "0f01");
            _world.Network.Carry(ServerAddress, PlayerAddress, [0x0f, 1]);
            if (i % 10 == 9)
                _world.Step();
        }
        Assert.True(_server[NetCounter.PeerNotFoundIgnored] >= 200);
        Assert.True(_player[NetCounter.PeerNotFoundIgnored] >= 200);
        AssertPlayerIsFine();
    }

    [Theory]
    [InlineData("06")]
    [InlineData("05")]
    [InlineData("66")]
    public void Attack_3_a_forged_request_neither_drops_nor_locks_out_a_player(string first)
    {
        for (var second = 0; second < 10; second++)
        {
            Forge(PlayerAddress, first + "0d000000 ffffffffffffff7f 00000000 10 02000000000000000000000000000000");
            _world.Run(1);
        }
        Assert.True(_server[NetCounter.RequestForged] >= 9);
        AssertPlayerIsFine();

        // Nor a newcomer whose address is forged while he connects, or before.
        var newcomer = _world.Add(World.Options with { AcceptsConnections = false }, "10.0.0.4", 6666);
        Forge(Addresses.Of(newcomer), "06 0d000000 ffffffffffffff7f 00000000 10 02000000000000000000000000000000");
        _world.Step();
        newcomer.Host.Connect(_server.Host.LocalEndPoint, default);
        _world.RunUntil(() => newcomer.Connected.Count == 1 && _server.Host.PeerCount == 2, 2);
    }

    [Fact]
    public void A_forged_request_in_the_middle_of_a_handshake_is_not_proven_by_its_victim()
    {
        var server = _world.Add(World.Options, "10.0.0.8", 1);
        var victim = new RawPeer(_world, WireDialect.V2, "10.0.0.5", 77) { Target = Addresses.Of(server), AnswersPings = false };
        victim.Send(victim.Request(1000, "victim"u8));
        var packets = victim.Exchange();
        victim.Send(victim.Request(2000, "forged"u8));
        packets.AddRange(victim.Exchange());
        foreach (var ping in packets.Where(p => p.Length == 6 && p.StartsWith("04", StringComparison.Ordinal)))
            victim.Send("05" + ping[2..] + "0000000000000000");
        _world.Run(4);
        Assert.Empty(server.Connected);
        Assert.Equal(0, server.Host.Table.NewcomerCount);
    }

    [Fact]
    public void Attack_4_a_flood_of_forged_requests_takes_bounded_memory_and_honest_newcomers_get_in()
    {
        var random = new Random(1);
        var forger = new RawPeer(_world, WireDialect.V2, "10.0.0.66");
        var request = forger.Request(1000, "key"u8);
        long sentBytes = 0;
        long answerBytes = 0;
        _world.Network.Observer = (from, to, bytes) => answerBytes += from.Equals(ServerAddress) && !to.Equals(PlayerAddress) ? bytes.Length : 0;
        var newcomer = _world.Add(World.Options with { AcceptsConnections = false }, "10.0.0.4");
        for (var tick = 0; tick < 200; tick++)
        {
            for (var i = 0; i < 300; i++, sentBytes += request.Length)
                _world.Network.Carry(NetAddress.FromIPv4((uint)random.Next(), (ushort)random.Next(1, 65536)), ServerAddress, request);
            if (tick == 100)
                newcomer.Host.Connect(_server.Host.LocalEndPoint, "key"u8);
            _world.Step();
            Assert.True(_server.Host.Table.NewcomerCount <= World.Options.HalfOpenMax);
        }
        // The application is spared: only the first forged requests were put before it.
        Assert.True(_server.Requests.Count < 200, $"{_server.Requests.Count} requests");
        Assert.True(answerBytes <= sentBytes, $"{answerBytes} answered for {sentBytes}");
        _world.RunUntil(() => newcomer.Connected.Count == 1 && _server.Host.PeerCount == 2);
        _world.Run(6);
        Assert.Equal(0, _server.Host.Table.NewcomerCount);
        Assert.Equal(2, _server.Connected.Count);
        Assert.True(_server[NetCounter.ProofTimeout] + _server[NetCounter.HalfOpenEvicted] > 1000);
        AssertPlayerIsFine();
    }

    [Fact]
    public void Attack_5_rejections_are_no_amplifier()
    {
        var server = _world.Add(World.Options, "10.0.0.8", 1, (_, request) => request.Reject(new byte[500]));
        var forger = new RawPeer(_world, WireDialect.V2, "10.0.0.66");
        var request = forger.Request(1000, "bad"u8);
        long answers = 0;
        _world.Network.Observer = (from, _, bytes) => answers += from.Equals(Addresses.Of(server)) ? bytes.Length : 0;
        for (var i = 0; i < 100; i++)
            _world.Network.Carry(NetAddress.FromIPv4(0x0B000000u + (uint)i, 99), Addresses.Of(server), request);
        _world.Run(6);
        Assert.True(answers <= 100 * request.Length, $"{answers} bytes for {100 * request.Length}");
        Assert.Equal(0, server.Host.Table.NewcomerCount);
    }

    [Fact]
    public void Attack_6_answers_to_strangers_are_limited_and_never_longer_than_their_cause()
    {
        var random = new Random(2);
        var longest = new Dictionary<string, int>();
        var answers = 0;
        _world.Network.Observer = (from, to, bytes) =>
        {
            if (!from.Equals(ServerAddress) || to.Equals(PlayerAddress))
                return;
            answers++;
            Assert.True(bytes.Length <= 3, $"{bytes.Length} bytes to a stranger");
        };
        for (var i = 0; i < 5000; i++)
        {
            var datagram = new byte[random.Next(3, 60)];
            random.NextBytes(datagram);
            // Requests have their own test.
            if ((datagram[0] & 0x1F) is 5 or 6)
                datagram[0]++;
            _world.Network.Carry(NetAddress.FromIPv4(0x0B000000u + (uint)(i % 7), 99), ServerAddress, datagram);
            if (i % 100 == 0)
                _world.Step();
        }
        for (var i = 0; i < 5000; i++)
            Forge(NetAddress.FromIPv4(0x0B000001u, 99), "240200");
        _world.Run(0.5);
        Assert.True(answers < 1000, $"{answers} answers");
        Assert.True(_server[NetCounter.AnswerRate] > 0);
        AssertPlayerIsFine();
    }

    RawPeer Attacker(Node? server = null, WireDialect dialect = WireDialect.V1)
    {
        var attacker = new RawPeer(_world, dialect, "10.0.0.66");
        attacker.Connect(server ?? _server);
        (server ?? _server).OnMessage = (peer, payload, method, channel) => peer.Send(payload, method, channel);
        return attacker;
    }

    static string Fragment(int sequence, int id, int index, int count, int bytes, int channel = 0) =>
        "81" + RawPeer.Hex(BitConverter.GetBytes((ushort)sequence)) + RawPeer.Hex([(byte)channel]) + RawPeer.Hex(BitConverter.GetBytes((ushort)id))
        + RawPeer.Hex(BitConverter.GetBytes((ushort)index)) + RawPeer.Hex(BitConverter.GetBytes((ushort)count)) + new string('0', bytes * 2);

    [Fact]
    public void Attack_7_announcing_huge_messages_reserves_nothing_and_disconnects()
    {
        var attacker = Attacker();
        for (var i = 0; i < 64; i++)
            attacker.Send(Fragment(i, i + 1, 0, 65535, 1));
        _world.Step();
        Assert.Equal(64, _server.Host.ReceiveBytesTaken);
        // One byte per part keeps within the message limit, but such a message never ends.
        attacker.Send(Fragment(64, 100, 0, 65535, 1000));
        _world.Run(0.2);
        Assert.Equal(DisconnectReason.MessageLimit, Assert.Single(_server.Disconnected).Reason);
        Assert.Equal(1, _server[NetCounter.FragmentLimit]);
        AssertPlayerIsFine();
    }

    [Fact]
    public void Attack_8_an_endless_message_ends_in_a_disconnect()
    {
        var server = _world.Add(World.Options with { MessageBytesMax = 100_000, IncompleteBytesMax = 100_000 }, "10.0.0.8", 1);
        var attacker = Attacker(server);
        for (var i = 0; i < 200 && server.Disconnected.Count == 0; i++)
        {
            attacker.Send(Fragment(i, 1, i, 65535, 1000));
            _world.Step();
            attacker.Take();
        }
        Assert.Equal(DisconnectReason.MessageLimit, Assert.Single(server.Disconnected).Reason);

        var many = new RawPeer(_world, WireDialect.V1, "10.0.0.67");
        many.Connect(server);
        for (var i = 0; i < 63; i++)
            many.Send(Fragment(i, i + 1, 0, 100, 900));
        for (var i = 0; i < 63; i++)
            many.Send(Fragment(i, i + 100, 0, 100, 900, channel: 4));
        _world.Run(0.2);
        Assert.Equal(DisconnectReason.MessageLimit, server.Disconnected[1].Reason);
        AssertPlayerIsFine();
    }

    [Theory]
    [InlineData("81 0000 02 0100 0000 0100")]
    [InlineData("81 0000 02 0100 0000 0000")]
    [InlineData("81 0000 02 0100 0500 0500 00")]
    [InlineData("81 0000 02 0100 0000 0200")]
    [InlineData("81 0000 01 0100 0000 0200 00")]
    public void Attack_9_senseless_fragments_are_counted_and_dropped(string packet)
    {
        var attacker = Attacker();
        attacker.Send(packet);
        _world.Step();
        Assert.Equal(1, _server[NetCounter.FragmentMalformed] + _server[NetCounter.SequencedMalformed]);
        Assert.Equal(2, _server.Host.PeerCount);
        AssertPlayerIsFine();
    }

    [Theory]
    [InlineData("0c 0600 0c 0300 00 41 42")]
    [InlineData("0c 0400 000041")]
    [InlineData("0c 0000 0200 0041")]
    [InlineData("0c ffff 0041")]
    [InlineData("0c 0300 03 0200")]
    [InlineData("0c 01")]
    public void Attack_10_and_11_merged_packets_that_do_not_add_up(string packet)
    {
        var attacker = Attacker();
        attacker.Send(packet);
        Assert.Empty(attacker.Exchange());
        Assert.Equal(1, _server[NetCounter.MergedMalformed]);
        AssertPlayerIsFine();
    }

    [Fact]
    public void Attack_10_an_empty_merged_packet_is_nothing()
    {
        var attacker = Attacker();
        attacker.Send("0c");
        Assert.Empty(attacker.Exchange());
        AssertPlayerIsFine();
    }

    [Fact]
    public void Attack_12_MTU_answers_hold_nothing_but_zeros()
    {
        _player.Peer.Send(new byte[1000].Select(_ => (byte)0xAA).ToArray(), DeliveryMethod.ReliableOrdered);
        _world.Run(0.1);
        var attacker = Attacker();
        var probe = "09 dc050000".Replace("dc05", "9405", StringComparison.Ordinal);
        var bytes = RawPeer.Hex(probe).Concat(new byte[0x594 - 9].Select(_ => (byte)0xBB)).Concat(RawPeer.Hex("94050000")).ToArray();
        attacker.Send(bytes);
        var answer = RawPeer.Hex(Assert.Single(attacker.Exchange()));
        Assert.Equal(bytes.Length, answer.Length);
        Assert.All(answer[5..^4], b => Assert.Equal(0, b));
        AssertPlayerIsFine();
    }

    [Fact]
    public void Attack_13_a_peer_that_never_acknowledges_is_bounded_and_finally_disconnected()
    {
        var options = World.Options with { SendQueueBytesMax = 100_000, UnackedAgeMax = TimeSpan.FromSeconds(10) };
        var server = _world.Add(options, "10.0.0.8", 1);
        var attacker = new RawPeer(_world, WireDialect.V1, "10.0.0.66");
        attacker.Connect(server);
        var peer = server.Peer;
        var refused = 0;
        _world.RunUntil(() =>
        {
            attacker.Take();
            attacker.Send([attacker.First(0)]);
            for (var i = 0; i < 20 && peer.State == PeerState.Connected; i++)
                refused += peer.Send(new byte[500], DeliveryMethod.ReliableOrdered) ? 0 : 1;
            Assert.True(peer.QueuedBytes <= 100_000);
            return server.Disconnected.Count == 1;
        }, 20);
        Assert.Equal(DisconnectReason.NotAcknowledging, server.Disconnected[0].Reason);
        Assert.True(refused > 0 && server[NetCounter.SendQueueFull] == refused);
        _world.Run(6);
        Assert.Equal(0, server.Host.PacketsOutstanding);
    }

    [Fact]
    public void A_peer_that_acknowledges_what_was_never_sent_is_disconnected()
    {
        var attacker = Attacker();
        for (var i = 0; i < 150; i++)
            attacker.Send("02 0000 02 ffffffffffffffff 00");
        Assert.Contains(attacker.Exchange(), d => d.StartsWith("07", StringComparison.Ordinal));
        Assert.Equal(DisconnectReason.ProtocolViolation, Assert.Single(_server.Disconnected).Reason);
        Assert.True(_server[NetCounter.AckOfUnsent] > 100);
        AssertPlayerIsFine();
    }

    [Fact]
    public void A_peer_that_sends_garbage_in_a_valid_connection_is_disconnected()
    {
        var attacker = Attacker();
        var random = new Random(4);
        for (var i = 0; i < 400; i++)
        {
            var datagram = new byte[random.Next(1, 30)];
            random.NextBytes(datagram);
            datagram[0] = (byte)(i % 2 == 0 ? 0x0C : 0x81);
            attacker.Send(datagram);
        }
        _world.Run(0.2);
        Assert.Equal(DisconnectReason.ProtocolViolation, Assert.Single(_server.Disconnected).Reason);
        AssertPlayerIsFine();
    }

    [Theory]
    [InlineData(DeliveryMethod.Sequenced)]
    [InlineData(DeliveryMethod.ReliableSequenced)]
    [InlineData(DeliveryMethod.Unreliable)]
    public void Attack_15_a_message_too_long_to_be_echoed_raises_nothing(DeliveryMethod method)
    {
        var attacker = Attacker();
        var header = method == DeliveryMethod.Unreliable ? "00" : $"01 0100 0{(int)method}";
        attacker.Send([.. RawPeer.Hex(header), .. new byte[1427]]);
        _world.Step();
        Assert.Equal(1, _server[NetCounter.SendTooLong]);
        AssertPlayerIsFine();
    }

    [Fact]
    public void Attack_16_long_connections_are_still_answered()
    {
        for (var ping = 1; ping < 140_000; ping++)
        {
            _player.Host.Update();
            _world.Time.Advance(TimeSpan.FromSeconds(0.5));
            _server.Drain();
            _server.Host.Update();
            _player.Drain();
        }
        Assert.True(_player[NetCounter.PongIgnored] < 10);
        Assert.True(_player.Peer.RoundTripTime < TimeSpan.FromSeconds(1));
        AssertPlayerIsFine();
    }

    [Fact]
    public void A_peer_over_its_rate_is_slowed_and_one_far_over_it_is_disconnected()
    {
        var options = World.Options with { PeerDatagramsPerSecond = 200, InboundHardFactor = 3 };
        var server = _world.Add(options, "10.0.0.8", 1);
        var attacker = new RawPeer(_world, WireDialect.V1, "10.0.0.66");
        attacker.Connect(server);
        for (var i = 0; i < 300; i++)
            attacker.Send("00 41");
        _world.Step();
        Assert.InRange(server.Received.Count, 150, 200);
        Assert.True(server[NetCounter.InboundRate] >= 100);
        Assert.Empty(server.Disconnected);
        for (var i = 0; i < 600; i++)
            attacker.Send("00 41");
        _world.Run(0.1);
        Assert.Equal(DisconnectReason.InboundLimit, Assert.Single(server.Disconnected).Reason);
        Assert.Equal(1, server[NetCounter.InboundExceeded]);
    }

    [Fact]
    public void One_peer_cannot_fill_the_tick_with_tiny_messages()
    {
        var options = World.Options with { PeerMessagesPerSecond = 1000 };
        var server = _world.Add(options, "10.0.0.8", 1);
        var attacker = new RawPeer(_world, WireDialect.V2, "10.0.0.66");
        attacker.Connect(server);
        for (var i = 0; i < 10; i++)
            attacker.Send("02" + RawPeer.Hex([(byte)i, 0]) + "02" + string.Concat(Enumerable.Repeat("0000", 700)));
        _world.Run(0.1);
        Assert.True(server.Received.Count <= 1100);
        Assert.Equal(DisconnectReason.InboundLimit, Assert.Single(server.Disconnected).Reason);
    }

    [Fact]
    public void The_application_chooses_what_a_limited_peer_is_told()
    {
        var server = _world.Add(World.Options with { ViolationsMax = 3, FarewellOf = reason => [(byte)reason, 0xEE] }, "10.0.0.8", 1);
        var attacker = new RawPeer(_world, WireDialect.V1, "10.0.0.66");
        attacker.Connect(server);
        for (var i = 0; i < 5; i++)
            attacker.Send("0c 01");
        Assert.Contains(attacker.Exchange(), d => d.EndsWith($"{(int)DisconnectReason.ProtocolViolation:x2}ee", StringComparison.Ordinal));
    }

    [Fact]
    public void Work_between_two_updates_is_bounded()
    {
        var server = _world.Add(World.Options with { DatagramsPerUpdateMax = 50 }, "10.0.0.8", 1);
        var client = new RawPeer(_world, WireDialect.V1, "10.0.0.66");
        client.Connect(server);
        for (var i = 0; i < 200; i++)
            client.Send("00 41");
        _world.Step();
        Assert.InRange(server.Received.Count, 45, 50);
        _world.Run(0.1);
        Assert.Equal(200, server.Received.Count);
    }

    [Fact]
    public void A_stalled_message_on_an_unordered_channel_ends_in_a_disconnect()
    {
        var attacker = Attacker();
        attacker.Send(Fragment(0, 1, 0, 3, 100));
        _world.RunUntil(() =>
        {
            attacker.Take();
            attacker.Send([attacker.First(0)]);
            return _server.Disconnected.Count == 1;
        }, 40);
        Assert.Equal(DisconnectReason.MessageLimit, _server.Disconnected[0].Reason);
        Assert.Equal(1, _server[NetCounter.FragmentStalled]);
    }

    [Fact]
    public void Packets_held_for_order_are_bounded_in_bytes_and_come_again()
    {
        var server = _world.Add(World.Options with { HeldBytesMax = 5000 }, "10.0.0.8", 1);
        var client = new RawPeer(_world, WireDialect.V1, "10.0.0.66");
        client.Connect(server);
        for (var i = 1; i < 20; i++)
            client.Send("01" + RawPeer.Hex([(byte)i, 0]) + "02" + new string('0', 2000));
        // Only the first four beyond the gap are held and acknowledged.
        Assert.Equal("020000021e0000000000000000", client.Exchange()[0]);
        Assert.Equal(15, server[NetCounter.HoldLimit]);
        client.Send("01 0000 02 00");
        _world.Step();
        Assert.Equal(5, server.Received.Count);
    }

    [Fact]
    public void A_Lite_client_is_stopped_from_repeating_its_sequenced_packet()
    {
        var client = Attacker(dialect: WireDialect.V2);
        Assert.Single(client.Exchange("01 0100 01 736571"));
        Assert.Equal(["03010001"], client.Exchange("01 0100 01 736571"));
    }

    [Fact]
    public void Repeats_of_the_last_reliable_sequenced_packet_end()
    {
        var client = Attacker();
        _server.Connected[1].Send("x"u8, DeliveryMethod.ReliableSequenced);
        _world.RunUntil(() =>
        {
            client.Take();
            client.Send([client.First(0)]);
            return _server[NetCounter.RepeatsGivenUp] == 1;
        }, 40);
        Assert.Equal(2, _server.Host.PeerCount);
        Assert.Equal(0, _server.Connected[1].QueuedBytes);
    }

    [Fact]
    public void Packets_of_an_earlier_connection_are_no_violation()
    {
        var client = new RawPeer(_world, WireDialect.V1, "10.0.0.66", 77);
        client.Connect(_server);
        for (var i = 0; i < 300; i++)
            client.Send([(byte)((client.First(0) & 0x1F) | 0x40), 1, 2, 3]);
        _world.Run(0.1);
        Assert.Equal(300, _server[NetCounter.WrongConnectionNumber]);
        Assert.Equal(2, _server.Host.PeerCount);
    }

    [Fact]
    public void Strangers_share_a_bounded_part_of_the_queue()
    {
        var server = _world.Add(World.Options with { StrangersPerNetworkPerSecond = 50, StrangersPerSecond = 1000 }, "10.0.0.8", 1);
        for (var i = 0; i < 500; i++)
            _world.Network.Carry(NetAddress.FromIPv4(0x0B000001u, (ushort)(i + 1)), Addresses.Of(server), [0x24, 2, 0]);
        _world.Step();
        Assert.Equal(450, server[NetCounter.StrangerRate]);
        var honest = _world.Add(World.Options with { AcceptsConnections = false }, "10.0.0.9");
        honest.Host.Connect(server.Host.LocalEndPoint, default);
        _world.RunUntil(() => honest.Connected.Count == 1, 1);
    }

    [Fact]
    public void Newcomers_from_one_address_are_limited()
    {
        var server = _world.Add(World.Options with { HalfOpenPerAddressMax = 8 }, "10.0.0.8", 1);
        var forger = new RawPeer(_world, WireDialect.V2, "10.0.0.66");
        for (var i = 0; i < 50; i++)
            _world.Network.Carry(new NetAddress(0, 0xFFFF0B000001, 0, (ushort)(i + 1)), Addresses.Of(server), forger.Request(1, default));
        _world.Step();
        Assert.Equal((8, 42L), (server.Host.Table.NewcomerCount, server[NetCounter.HalfOpenFull]));
    }
}
