using System.Text;
using GameServer.Net.Payloads;
using GameServer.Scripting.Ports;
using GameServer.Server.Players;
using GameServer.Support;

namespace GameServer.Server.Tests.Players;

public sealed class PlayerSessionsTests
{
    readonly ManualTime _time = new();
    readonly CollectingLog _log = new();
    readonly RecordingEvents _events = new();
    readonly PlayerRegistry _registry = new();
    readonly PlayerCounters _counters = new();
    readonly PlayerGateway _gateway;
    readonly PlayerSessions _sessions;

    public PlayerSessionsTests()
    {
        _gateway = new PlayerGateway(_registry, _counters);
        JoinRules rules = new() { Key = "key", PlayersMax = 4, PlayersPerAddressMax = 3 };
        PlayerLimits limits = new() { MessageBytesMax = 200, MessagesPerSecond = 10, MessagesBurst = 10, ChatPerSecond = 1, ChatBurst = 2, ChatBytesMax = 20 };
        _sessions = new PlayerSessions(
            new ServerIdentity("Test", 30), new JoinGate(rules, _registry), _registry, _gateway, limits, _counters, _events, _log.Log, _time);
    }

    [Fact]
    public void Who_passes_the_gate_gets_a_welcome_and_the_mods_are_told_in_order()
    {
        FakeConnection ada = Join("Ada");

        Assert.Equal("1 1 Ada Test 30", Fields(Assert.Single(ada.OfType(MessageType.Welcome)), "uissu"));
        Assert.Equal(["connecting Ada guest:ada 203.0.113.7 Guest en", "connect 1 Ada True"], _events.Log);
        Assert.Same(ada.Player, Assert.Single(_gateway.All));
        Assert.Same(ada.Player, _gateway.ById(1));
    }

    [Fact]
    public void A_client_that_sends_only_the_key_gets_a_name()
    {
        FakeRequest request = new(new PayloadWriter().WriteString("key").Written.ToArray());
        _sessions.Request(request);
        _sessions.Connected(request.Connection!);

        Assert.Equal("player-1", request.Connection!.Player!.Name);
    }

    [Theory]
    [InlineData("wrong", 1, "Ada", LeaveCode.WrongKey)]
    [InlineData("", 1, "Ada", LeaveCode.WrongKey)]
    [InlineData("key", 2, "Ada", LeaveCode.WrongProtocol)]
    [InlineData("key", 1, "A\u0007", LeaveCode.BadName)]
    [InlineData("key", 1, "", LeaveCode.BadName)]
    public void The_gate_refuses_with_code_and_text(string key, int protocol, string name, object expected)
    {
        FakeRequest request = new(FakeRequest.ConnectBytes(key, (ushort)protocol, name));

        _sessions.Request(request);

        Assert.Equal((LeaveCode)expected, request.Refusal!.Value.Code);
        Assert.NotEmpty(request.Refusal.Value.Text);
        Assert.Equal(1, _counters.Refused((LeaveCode)expected));
        Assert.Empty(_events.Log);
        Assert.Equal(0, _registry.Places);
    }

    [Fact]
    public void Connect_data_cut_anywhere_or_of_random_bytes_is_refused_and_never_raises()
    {
        byte[] whole = FakeRequest.ConnectBytes();
        Random random = new(7);
        // Cut after the key alone it is the short form, which is allowed.
        int afterKey = 2 + 3;
        for (int length = 0; length < whole.Length; length++)
        {
            if (length == afterKey)
                continue;
            FakeRequest cut = new(whole[..length]);
            _sessions.Request(cut);
            Assert.Equal(LeaveCode.BadRequest, cut.Refusal!.Value.Code);
        }
        for (int i = 0; i < 5000; i++)
        {
            byte[] noise = new byte[random.Next(64)];
            random.NextBytes(noise);
            FakeRequest request = new(noise);
            _sessions.Request(request);
            Assert.NotNull(request.Refusal);
        }
    }

    [Fact]
    public void A_name_that_looks_like_somebody_online_is_taken_until_that_player_leaves()
    {
        FakeConnection ada = Join("Ada");

        FakeRequest impostor = new(FakeRequest.ConnectBytes(name: "АDА".Replace('А', 'A').Replace("D", "d")));
        _sessions.Request(impostor);
        Assert.Equal(LeaveCode.NameTaken, impostor.Refusal!.Value.Code);

        _sessions.Disconnected(ada, "left");
        Join("ada");
    }

    [Fact]
    public void The_server_and_each_address_have_so_many_places()
    {
        Join("A1");
        Join("B2");
        Join("C3");
        FakeRequest sameAddress = new(FakeRequest.ConnectBytes(name: "D4"));
        _sessions.Request(sameAddress);
        Assert.Equal((LeaveCode.Full, "too many players from your address"), sameAddress.Refusal);

        FakeRequest other = new(FakeRequest.ConnectBytes(name: "D4"), "198.51.100.1");
        _sessions.Request(other);
        Assert.Null(other.Refusal);
        _sessions.Connected(other.Connection!);
        FakeRequest full = new(FakeRequest.ConnectBytes(name: "E5"), "198.51.100.2");
        _sessions.Request(full);
        Assert.Equal(LeaveCode.Full, full.Refusal!.Value.Code);
        Assert.Contains("full", full.Refusal.Value.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mod_may_refuse_with_its_own_words_at_once_or_later()
    {
        Action<JoinVerdict>? later = null;
        _events.OnConnecting = (_, decide) => later = decide;
        FakeRequest request = new(FakeRequest.ConnectBytes());
        _sessions.Request(request);
        Assert.Null(request.Refusal);
        FakeRequest second = new(FakeRequest.ConnectBytes());
        _sessions.Request(second);
        Assert.Equal(LeaveCode.NameTaken, second.Refusal!.Value.Code);

        later!(new JoinVerdict(false, "not today", "guard"));

        Assert.Equal((LeaveCode.Refused, "not today"), request.Refusal);
        Assert.Equal(0, _registry.Places);
    }

    [Fact]
    public void Who_gives_up_while_the_mods_think_leaves_nothing_behind()
    {
        Action<JoinVerdict>? later = null;
        _events.OnConnecting = (_, decide) => later = decide;
        FakeRequest request = new(FakeRequest.ConnectBytes());
        _sessions.Request(request);
        request.IsOpen = false;

        later!(new JoinVerdict(true, "", null));

        Assert.Null(request.Connection);
        Assert.Equal(0, _registry.Places);
    }

    [Fact]
    public void Who_is_let_in_and_never_shows_up_gives_the_place_back()
    {
        FakeRequest request = new(FakeRequest.ConnectBytes());
        _sessions.Request(request);
        Assert.Equal(1, _registry.Places);

        _time.Advance(TimeSpan.FromSeconds(11));
        _sessions.EndTick();

        Assert.Equal(0, _registry.Places);
        _sessions.Connected(request.Connection!);
        Assert.NotNull(request.Connection!.Farewell);
        Assert.Empty(_registry.All);
    }

    [Fact]
    public void Chat_reaches_everybody_as_the_mods_left_it()
    {
        FakeConnection ada = Join("Ada");
        FakeConnection bob = Join("Bob");
        _events.OnChat = text => new ChatVerdict(text == "bad" ? null : text.ToUpperInvariant(), null);

        Chat(ada, "hello");
        Chat(ada, "bad");

        foreach (FakeConnection listener in new[] { ada, bob })
        {
            Assert.Equal("1 Ada HELLO", Fields(Assert.Single(listener.OfType(MessageType.Chat)), "iss"));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("a\nb")]
    [InlineData("a\u001b[2J")]
    [InlineData("a\u202eb")]
    [InlineData("123456789012345678901")]
    public void Chat_that_breaks_a_rule_is_malformed(string text)
    {
        FakeConnection ada = Join("Ada");

        Chat(ada, text);

        Assert.Equal(1, _counters.Dropped(MessageDrop.Malformed));
        Assert.DoesNotContain(_events.Log, l => l.StartsWith("chat", StringComparison.Ordinal));
    }

    [Fact]
    public void A_chat_flood_is_dropped_counted_and_told_once_per_second()
    {
        FakeConnection ada = Join("Ada");
        for (int i = 0; i < 8; i++)
            Chat(ada, "hi");
        _sessions.EndTick();
        _sessions.EndTick();

        Assert.Equal(6, _counters.Dropped(MessageDrop.ChatRate));
        Assert.Equal("chat 6 too fast", Fields(Assert.Single(ada.OfType(MessageType.Dropped)), "sis"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Chat(ada, "hi");
        Assert.Equal(3, ada.OfType(MessageType.Chat).Count());
    }

    [Fact]
    public void A_message_goes_to_the_mods_with_its_name_and_value()
    {
        FakeConnection ada = Join("Ada");

        Message(ada, "kits:buy", "VALUE");

        Assert.Equal("message 1 kits:buy VALUE", _events.Log[^1]);
        Assert.Equal(0, _counters.Dropped(MessageDrop.Malformed));
    }

    [Theory]
    [InlineData("kits")]
    [InlineData("kits:")]
    [InlineData(":buy")]
    [InlineData("a:b:c")]
    [InlineData("kits:b uy")]
    [InlineData("kits:bûy")]
    [InlineData("")]
    [InlineData("kits:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_message_name_outside_the_rules_is_malformed(string name)
    {
        FakeConnection ada = Join("Ada");

        Message(ada, name, "");

        Assert.Equal(1, _counters.Dropped(MessageDrop.Malformed));
    }

    [Theory]
    [InlineData(MessageOutcome.NobodyListens, MessageDrop.NobodyListens)]
    [InlineData(MessageOutcome.Denied, MessageDrop.Denied)]
    [InlineData(MessageOutcome.OverRate, MessageDrop.OverDeclaredRate)]
    [InlineData(MessageOutcome.NotAsDeclared, MessageDrop.NotAsDeclared)]
    [InlineData(MessageOutcome.ModBusy, MessageDrop.ModBusy)]
    [InlineData(MessageOutcome.Malformed, MessageDrop.Malformed)]
    public void What_mods_do_not_take_is_counted_by_reason(MessageOutcome outcome, object counted)
    {
        FakeConnection ada = Join("Ada");
        _events.Outcome = outcome;

        Message(ada, "kits:buy", "x");

        Assert.Equal(1, _counters.Dropped((MessageDrop)counted));
        Assert.Equal(1, _gateway.Traffic(ada.Player!).Dropped);
    }

    [Fact]
    public void Too_many_malformed_messages_end_the_connection_with_code_12()
    {
        FakeConnection ada = Join("Ada");
        for (int i = 0; i < 21; i++)
        {
            _sessions.Received(ada, [99]);
            _time.Advance(TimeSpan.FromMilliseconds(110));
        }
        _sessions.EndTick();
        Assert.Null(ada.Farewell);

        for (int i = 0; i < 12; i++)
        {
            _sessions.Received(ada, []);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
        _sessions.EndTick();

        Assert.Equal((LeaveCode.BadMessages, "too many malformed messages"), FakeRequest.ReadReason(ada.Farewell));
        Assert.Equal("disconnect 1 too many malformed messages 12 True", _events.Log[^1]);
        Assert.False(ada.Player!.IsConnected);
    }

    [Fact]
    public void A_message_flood_is_dropped_and_a_wild_one_ends_the_connection_with_code_11()
    {
        FakeConnection ada = Join("Ada");
        for (int i = 0; i < 30; i++)
            Message(ada, "kits:buy", "x");
        Assert.Equal(20, _counters.Dropped(MessageDrop.MessageRate));
        _sessions.EndTick();
        Assert.Null(ada.Farewell);

        for (int i = 0; i < 30; i++)
            Message(ada, "kits:buy", "x");
        _sessions.EndTick();

        Assert.Equal(LeaveCode.Flood, FakeRequest.ReadReason(ada.Farewell).Code);
    }

    [Fact]
    public void A_message_in_and_its_answer_out_allocate_nothing()
    {
        FakeConnection ada = Join("Ada");
        byte[] payload = new PayloadWriter().WriteByte(3).WriteString("kits:buy").WriteBytes("VALUE"u8).Written.ToArray();
        byte[] answer = [4, 1, 0, 0, 0];
        ada.Discards = true;
        _events.Discards = true;
        long allocated = 0;
        for (int i = 0; i < 2000; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            long before = GC.GetAllocatedBytesForCurrentThread();
            _sessions.Received(ada, payload);
            _gateway.Send(ada.Player!, "kits:bought", answer, reliable: true);
            _sessions.EndTick();
            // The first rounds make the buffers.
            allocated += i < 100 ? 0 : GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        Assert.Equal(2000, _counters.MessagesIn);
    }

    [Fact]
    public void Payloads_of_random_bytes_never_raise()
    {
        FakeConnection ada = Join("Ada");
        Random random = new(11);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] noise = new byte[random.Next(80)];
            random.NextBytes(noise);
            if (noise.Length > 0)
                noise[0] = (byte)random.Next(5);
            _sessions.Received(ada, noise);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Null(ada.Player!.Leaving);
    }

    [Fact]
    public void A_kick_happens_at_the_end_of_the_tick_and_nothing_is_taken_from_the_player_until_then()
    {
        FakeConnection ada = Join("Ada");

        Assert.True(_gateway.Kick(ada.Player!, "enough"));
        Assert.False(_gateway.Kick(ada.Player!, "again"));
        Message(ada, "kits:buy", "x");
        Assert.Null(ada.Farewell);
        _sessions.EndTick();

        Assert.Equal((LeaveCode.Kicked, "enough"), FakeRequest.ReadReason(ada.Farewell));
        Assert.Equal("disconnect 1 enough 10 True", _events.Log[^1]);
        Assert.False(_gateway.Send(ada.Player!, "kits:x", [0], reliable: true));
        Assert.False(_gateway.Kick(ada.Player!, "gone"));
        Assert.Equal(0, _registry.Places);
    }

    [Fact]
    public void A_reason_that_is_too_long_for_the_transport_is_cut_between_characters()
    {
        FakeConnection ada = Join("Ada");
        _gateway.Kick(ada.Player!, string.Concat(Enumerable.Repeat("😀", 1000)));

        _sessions.EndTick();

        Assert.InRange(ada.Farewell!.Length, 800, 1014);
        string text = FakeRequest.ReadReason(ada.Farewell).Text;
        Assert.DoesNotContain('\uFFFD', text);
        Assert.Equal(0, text.Length % 2);
    }

    [Fact]
    public void Everybody_is_told_when_the_server_stops()
    {
        FakeConnection ada = Join("Ada");
        FakeConnection bob = Join("Bob");

        _sessions.DismissAll(LeaveCode.Stopping, "maintenance");

        foreach (FakeConnection connection in new[] { ada, bob })
            Assert.Equal((LeaveCode.Stopping, "maintenance"), FakeRequest.ReadReason(connection.Farewell));
        Assert.Empty(_registry.All);
    }

    [Fact]
    public void A_message_to_a_player_has_the_form_of_the_protocol_page()
    {
        FakeConnection ada = Join("Ada");

        Assert.True(_gateway.Send(ada.Player!, "kits:open", [4, 2, 0, 0, 0], reliable: false));
        Assert.True(_gateway.Send(ada.Player!, "kits:big", new byte[2000], reliable: false));

        Assert.Equal([3, 10, 0, .. "kits:open"u8, 4, 2, 0, 0, 0], ada.Sent[^2].Payload);
        Assert.False(ada.Sent[^2].Reliable);
        Assert.True(ada.Sent[^1].Reliable);
        ada.IsFull = true;
        Assert.False(_gateway.Send(ada.Player!, "kits:open", [0], reliable: true));
    }

    // Fields of a message by their types: u ushort, i int, s string; nothing may be left.
    static string Fields(byte[] payload, string types)
    {
        PayloadReader reader = new(payload);
        List<string> fields = [];
        foreach (char type in types)
        {
            if (type == 'u' && reader.TryReadUInt16(out ushort small))
                fields.Add($"{small}");
            else if (type == 'i' && reader.TryReadInt32(out int number))
                fields.Add($"{number}");
            else if (type == 's' && reader.TryReadString(out string text))
                fields.Add(text);
            else
                fields.Add($"no {type}");
        }
        Assert.True(reader.IsAtEnd);
        return string.Join(' ', fields);
    }

    FakeConnection Join(string name)
    {
        FakeRequest request = new(FakeRequest.ConnectBytes(name: name));
        _sessions.Request(request);
        Assert.Null(request.Refusal);
        _sessions.Connected(request.Connection!);
        return request.Connection!;
    }

    void Chat(FakeConnection from, string text) =>
        _sessions.Received(from, new PayloadWriter().WriteByte(2).WriteString(text).Written);

    void Message(FakeConnection from, string name, string value) =>
        _sessions.Received(from, new PayloadWriter().WriteByte(3).WriteString(name).WriteBytes(Encoding.ASCII.GetBytes(value)).Written);
}
