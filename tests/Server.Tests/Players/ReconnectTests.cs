using GameServer.Net.Payloads;
using GameServer.Scripting.Ports;
using GameServer.Server.Players;
using GameServer.Support;

namespace GameServer.Server.Tests.Players;

/// <summary>Losing a connection and coming back to one's place.</summary>
public sealed class ReconnectTests
{
    static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    readonly ManualTime _time = new();
    readonly CollectingLog _log = new();
    readonly RecordingEvents _events = new();
    readonly PlayerRegistry _registry = new();
    readonly PlayerCounters _counters = new();
    readonly PlayerGateway _gateway;
    readonly PlayerSessions _sessions;
    UInt128 _nonce;

    public ReconnectTests()
    {
        _gateway = new PlayerGateway(_registry, _counters);
        _sessions = Sessions(null);
    }

    [Fact]
    public void Who_comes_back_with_its_token_is_the_same_player()
    {
        FakeConnection ada = Join("Ada");
        Player player = ada.Player!;
        _sessions.Disconnected(ada, "timed out", isLost: true);
        _time.Advance(TimeSpan.FromSeconds(6));
        _sessions.EndTick();

        Assert.True(player is { IsConnected: true, IsHeld: true });
        Assert.Same(player, Assert.Single(_gateway.All));
        Assert.False(_gateway.Chat(player, null, "into the void"));

        // From another address, under another name: only the token counts.
        FakeConnection back = Come(_sessions, "Somebody", Token(ada), "198.51.100.9");

        Assert.Same(player, back.Player);
        Assert.Same(back, player.Connection);
        Assert.Equal("198.51.100.9", player.Address);
        Assert.False(player.IsHeld);
        Assert.Equal(["connecting Ada guest:ada 203.0.113.7 Guest en", "connect 1 Ada True", "hold 1 timed out", "resume 1 6"], _events.Log);
        Assert.Equal((1, 1), (back.OfType(MessageType.Welcome).Count(), back.OfType(MessageType.Session).Count()));
        Assert.Equal(1, back.OfType(MessageType.Session).Single()[0]);
        Assert.Equal(Token(ada), Token(back));
        Assert.True(_gateway.Chat(player, null, "hello again"));
        Assert.Equal((1, 1, 1), (_counters.Joined, _counters.Held, _counters.Resumed));
        Assert.Equal((0, 1), (_registry.CountFrom(ada.Address), _registry.CountFrom(back.Address)));
        _sessions.Received(back, new PayloadWriter().WriteByte(2).WriteString("I am here").Written);
        Assert.Equal("chat 1 I am here", _events.Log[^1]);
    }

    [Fact]
    public void The_bytes_of_the_session_message_are_those_of_the_documentation()
    {
        byte[] session = Assert.Single(Join("Ada").OfType(MessageType.Session));
        Assert.Equal("00" + "0f00" + "1400" + "01000000", Convert.ToHexStringLower(session)[..18]);
        Assert.Equal(1 + 2 + 2 + 20, session.Length);
    }

    [Fact]
    public void After_the_window_the_player_is_gone_and_the_token_worthless()
    {
        FakeConnection ada = Join("Ada");
        _sessions.Disconnected(ada, "timed out", isLost: true);
        _time.Advance(Window - TimeSpan.FromMilliseconds(1));
        _sessions.EndTick();
        Assert.Single(_registry.All);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        _sessions.EndTick();

        Assert.Empty(_registry.All);
        Assert.Equal(0, _registry.Places);
        Assert.Equal("disconnect 1 timed out 0 True", _events.Log[^1]);
        Assert.Equal(2, Come(_sessions, "Ada", Token(ada)).Player!.Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Who_says_goodbye_or_is_sent_away_is_gone_at_once(bool isKicked)
    {
        FakeConnection ada = Join("Ada");
        if (isKicked)
        {
            _gateway.Kick(ada.Player!, "enough");
            _sessions.Disconnected(ada, "timed out", isLost: true);
        }
        else
        {
            _sessions.Disconnected(ada, "left");
        }
        _sessions.EndTick();
        Assert.Empty(_registry.All);
        Assert.Equal(2, Come(_sessions, "Ada", Token(ada)).Player!.Id);
    }

    [Fact]
    public void A_held_player_can_be_kicked_and_banned()
    {
        FakeConnection ada = Join("Ada");
        _sessions.Disconnected(ada, "timed out", isLost: true);
        Assert.True(_gateway.Kick(ada.Player!, "while away"));
        FakeRequest request = Ask(_sessions, "Ada", Token(ada), "198.51.100.1");
        Assert.Equal(LeaveCode.NameTaken, request.Refusal!.Value.Code);
        _sessions.EndTick();
        Assert.Empty(_registry.All);
        Assert.Equal("disconnect 1 while away 10 True", _events.Log[^1]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(19)]
    public void A_token_with_one_wrong_bit_is_a_stranger(int at)
    {
        FakeConnection ada = Join("Ada");
        byte[] token = Token(ada);
        token[at] ^= 1;
        Assert.Equal(LeaveCode.NameTaken, Ask(_sessions, "Ada", token).Refusal!.Value.Code);
        Assert.NotSame(ada.Player, Come(_sessions, "Bob", token).Player);
    }

    [Fact]
    public void Two_players_have_different_tokens()
    {
        Assert.NotEqual(Token(Join("Ada"))[4..], Token(Join("Bob"))[4..]);
    }

    [Fact]
    public void A_client_that_is_back_before_the_server_noticed_takes_over_its_own_connection()
    {
        FakeConnection ada = Join("Ada");
        FakeConnection back = Come(_sessions, "Ada", Token(ada));

        Assert.Same(ada.Player ?? back.Player, back.Player);
        Assert.Null(ada.Player);
        Assert.Equal((LeaveCode.TakenOver, "you have connected again"), FakeRequest.ReadReason(ada.Farewell));
        Assert.Equal("resume 1 0", _events.Log[^1]);
        // What the old connection still says or reports means nothing any more.
        _sessions.Disconnected(ada, "timed out", isLost: true);
        _sessions.Received(ada, new PayloadWriter().WriteByte(2).WriteString("ghost").Written);
        _sessions.EndTick();
        Assert.True(back.Player is { IsConnected: true, IsHeld: false });
        Assert.DoesNotContain(_events.Log, l => l.Contains("ghost", StringComparison.Ordinal));
    }

    [Fact]
    public void The_place_waits_for_a_client_that_is_already_on_its_way()
    {
        FakeConnection ada = Join("Ada");
        _sessions.Disconnected(ada, "timed out", isLost: true);
        _time.Advance(Window - TimeSpan.FromSeconds(1));
        FakeRequest request = Ask(_sessions, "Ada", Token(ada));
        _time.Advance(TimeSpan.FromSeconds(3));
        _sessions.EndTick();
        _sessions.Connected(request.Connection!);
        Assert.Equal(1, request.Connection!.Player!.Id);
    }

    [Fact]
    public void Coming_back_all_the_time_is_refused_and_the_player_keeps_its_place()
    {
        FakeConnection ada = Join("Ada");
        byte[] token = Token(ada);
        for (int i = 0; i < 5; i++)
            Come(_sessions, "Ada", token);
        FakeRequest sixth = Ask(_sessions, "Ada", token);
        Assert.Equal(LeaveCode.Flood, sixth.Refusal!.Value.Code);
        Assert.Single(_registry.All);
        _time.Advance(TimeSpan.FromSeconds(5));
        Come(_sessions, "Ada", token);
    }

    [Fact]
    public void The_same_name_from_the_same_address_without_a_token_ends_the_held_session()
    {
        FakeConnection ada = Join("Ada");
        _sessions.Disconnected(ada, "timed out", isLost: true);
        Assert.Equal(LeaveCode.NameTaken, Ask(_sessions, "Ada", [], "198.51.100.1").Refusal!.Value.Code);

        FakeConnection again = Come(_sessions, "Ada", []);

        Assert.NotEqual(1, again.Player!.Id);
        Assert.Equal(["disconnect 1 timed out; its place was needed 0 True", $"connect {again.Player.Id} Ada True"], _events.Log[^2..]);
        Assert.Equal((1, 1), (_registry.Places, _registry.CountNamed("ada")));
    }

    [Fact]
    public void Held_places_give_way_when_the_server_or_the_address_is_full()
    {
        FakeConnection first = Join("A1");
        FakeConnection second = Join("B2");
        Join("C3", "198.51.100.3");
        Join("D4", "198.51.100.4");
        _sessions.Disconnected(second, "timed out", isLost: true);
        _time.Advance(TimeSpan.FromSeconds(1));
        _sessions.Disconnected(first, "timed out", isLost: true);

        Join("E5", "198.51.100.5");
        Assert.Equal(["A1", "C3", "D4", "E5"], _registry.All.Select(p => p.Name));
        Join("F6", "198.51.100.6");
        Assert.Equal(["C3", "D4", "E5", "F6"], _registry.All.Select(p => p.Name));
        Assert.Equal(LeaveCode.Full, Ask(_sessions, "G7", [], "198.51.100.7").Refusal!.Value.Code);
        Assert.Equal(4, _registry.Places);
    }

    [Fact]
    public void A_banned_player_cannot_come_back()
    {
        using TemporaryFolder folder = new();
        BanList bans = BanList.Load(Path.Combine(folder.Path, "bans.toml"), _time, []);
        PlayerSessions sessions = Sessions(null, bans);
        FakeConnection ada = Come(sessions, "Ada", []);
        sessions.Disconnected(ada, "timed out", isLost: true);
        bans.Add("guest:ada", null, "Ada", "cheating", "anna", TimeSpan.FromDays(7));
        FakeRequest request = Ask(sessions, "Ada", Token(ada));
        Assert.Equal(LeaveCode.Banned, request.Refusal!.Value.Code);
        Assert.Contains("cheating", request.Refusal.Value.Text, StringComparison.Ordinal);
        Assert.Contains("until", request.Refusal.Value.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_ticket_of_the_same_identity_is_as_good_as_the_token()
    {
        PlayerSessions sessions = Sessions(new TicketVerifier(Key, "", _time));
        FakeConnection ada = Come(sessions, "Ada", [], ticket: Issue("user-42"));
        Player player = ada.Player!;
        sessions.Disconnected(ada, "timed out", isLost: true);

        FakeConnection other = Come(sessions, "Eve", [], ticket: Issue("user-43"));
        FakeConnection back = Come(sessions, "Ada", [], ticket: Issue("user-42"));

        Assert.Same(player, back.Player);
        Assert.NotSame(player, other.Player);
        Assert.Equal((PlayerTrust.Verified, "user-42"), (player.Trust, player.Uid));
        // And the token does without a ticket.
        sessions.Disconnected(back, "timed out", isLost: true);
        Assert.Same(player, Come(sessions, "Ada", Token(back)).Player);
    }

    [Fact]
    public void One_identity_is_online_once()
    {
        PlayerSessions sessions = Sessions(new TicketVerifier(Key, "", _time));
        FakeConnection first = Come(sessions, "Ada", [], ticket: Issue("user-42"));
        FakeConnection second = Come(sessions, "AnotherName", [], ticket: Issue("user-42"));
        Assert.Equal(LeaveCode.TakenOver, FakeRequest.ReadReason(first.Farewell).Code);
        Assert.Equal("Ada", second.Player!.Name);
        Assert.Single(_registry.All);
    }

    [Fact]
    public void A_ticket_is_spent_only_when_the_player_is_in()
    {
        PlayerSessions sessions = Sessions(new TicketVerifier(Key, "", _time));
        byte[] ticket = Issue("user-42");
        _events.OnConnecting = (_, decide) => decide(new JoinVerdict(false, "not today", "kits"));
        for (int i = 0; i < 3; i++)
            Assert.Equal((LeaveCode.Refused, "not today"), Ask(sessions, "Ada", [], ticket: ticket).Refusal);

        // While the decision is open nobody else comes in with it.
        Action<JoinVerdict>? open = null;
        _events.OnConnecting = (_, decide) => open = decide;
        FakeRequest waiting = Ask(sessions, "Ada", [], ticket: ticket);
        Assert.Equal("the ticket was used before", Ask(sessions, "Bob", [], ticket: ticket).Refusal!.Value.Text);
        waiting.IsOpen = false;
        open!(new JoinVerdict(true, "", null));

        _events.OnConnecting = (_, decide) => decide(new JoinVerdict(true, "", null));
        FakeRequest lost = Ask(sessions, "Ada", [], ticket: ticket);
        lost.Connection!.IsAlive = false;
        sessions.EndTick();
        Come(sessions, "Ada", [], ticket: ticket);
        Assert.Equal("the ticket was used before", Ask(sessions, "Bob", [], ticket: ticket).Refusal!.Value.Text);
    }

    [Fact]
    public void A_client_that_never_arrives_gives_its_place_back_as_soon_as_the_transport_forgets_it()
    {
        FakeRequest ghost = Ask(_sessions, "Ada", []);
        _sessions.EndTick();
        Assert.Equal(1, _registry.Places);
        ghost.Connection!.IsAlive = false;
        _sessions.EndTick();
        Assert.Equal((0, 1), (_registry.Places, _counters.NeverArrived));
        Join("Ada");
    }

    [Fact]
    public void Requests_that_never_arrive_keep_nobody_out_and_the_last_place_goes_to_the_first_who_is_there()
    {
        for (int i = 0; i < 50; i++)
            Assert.Null(Ask(_sessions, $"Ghost{i}", [], $"198.51.100.{i}").Refusal);
        FakeRequest slow = Ask(_sessions, "Slow", [], "203.0.113.50");
        for (int i = 1; i <= 4; i++)
            Join($"P{i}", $"203.0.113.{i}");

        _sessions.Connected(slow.Connection!);

        Assert.Equal((LeaveCode.Full, "the server is full (4 players)"), FakeRequest.ReadReason(slow.Connection!.Farewell));
        Assert.Equal(["P1", "P2", "P3", "P4"], _registry.All.Select(p => p.Name));
        Assert.Equal(1, _counters.Refused(LeaveCode.Full));
        Assert.Equal(0, _registry.CountFrom(slow.Address));
    }

    [Fact]
    public void One_address_cannot_join_and_leave_for_ever()
    {
        int joined = 0;
        for (int i = 0; i < 1000; i++)
        {
            FakeRequest request = Ask(_sessions, $"P{i}", [], "198.51.100.77");
            if (request.Refusal is null)
            {
                joined++;
                _sessions.Connected(request.Connection!);
                _sessions.Disconnected(request.Connection!, "left");
            }
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _sessions.EndTick();
        }
        Assert.InRange(joined, 35, 45);
        Assert.Equal(1000 - joined, _counters.Refused(LeaveCode.Flood));
        // Most of the refusals are a number in the log, not a line each.
        Assert.InRange(_log.Lines.Count(l => l.Contains("refused", StringComparison.Ordinal)), 1, 12);
    }

    PlayerSessions Sessions(TicketVerifier? tickets, BanList? bans = null)
    {
        JoinRules rules = new() { Key = "key", PlayersMax = 4, PlayersPerAddressMax = 2 };
        return new PlayerSessions(
            new ServerIdentity("Test", 30, Window), new JoinGate(rules, _registry, bans, tickets), _registry, _gateway, new PlayerLimits(), _counters, _events, _log.Log,
            _time);
    }

    byte[] Issue(string uid) => new Ticket(uid, "", "", _time.GetUtcNow(), _time.GetUtcNow() + TimeSpan.FromMinutes(5), ++_nonce).Sign(Key);

    FakeConnection Join(string name, string address = "203.0.113.7") => Come(_sessions, name, [], address);

    static FakeConnection Come(PlayerSessions sessions, string name, byte[] token, string address = "203.0.113.7", byte[]? ticket = null)
    {
        FakeRequest request = Ask(sessions, name, token, address, ticket);
        Assert.Null(request.Refusal);
        sessions.Connected(request.Connection!);
        return request.Connection!;
    }

    static FakeRequest Ask(PlayerSessions sessions, string name, byte[] token, string address = "203.0.113.7", byte[]? ticket = null)
    {
        PayloadWriter writer = new();
        new ConnectData("key", 1, name, "en", ticket ?? []) { Session = token }.Write(writer);
        FakeRequest request = new(writer.Written.ToArray(), address);
        sessions.Request(request);
        return request;
    }

    static byte[] Token(FakeConnection connection)
    {
        PayloadReader reader = new(connection.OfType(MessageType.Session).Last());
        Assert.True(reader.TryReadByte(out _) && reader.TryReadUInt16(out _));
        Assert.True(reader.TryReadBytesWithLength(out ReadOnlySpan<byte> token));
        return token.ToArray();
    }
}
