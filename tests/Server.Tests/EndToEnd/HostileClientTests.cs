using System.Text;
using GameServer.Net.Payloads;
using GameServer.Server.Players;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>
/// Clients that mean harm, against the real server: each is limited, counted and, where it goes on, disconnected with a reason, while an honest player's messages
/// are all answered.
/// </summary>
public sealed class HostileClientTests(HostileServer server) : IClassFixture<HostileServer>
{
    readonly PayloadWriter _writer = new();
    int _number;

    [Fact]
    public async Task Values_of_the_wrong_type_are_not_as_declared()
    {
        byte[][] wrong =
        [
            Value(w => w.WriteByte(10).WriteUInt16(1).WriteByte(5).WriteString("n").WriteByte(5).WriteString("one")),
            Value(w => w.WriteByte(10).WriteUInt16(1).WriteByte(5).WriteString("n").WriteByte(3).WriteDouble(1.5)),
            Value(w => w.WriteByte(10).WriteUInt16(1).WriteByte(5).WriteString("n").WriteByte(3).WriteDouble(double.NaN)),
            Value(w => w.WriteByte(10).WriteUInt16(0)),
            Value(w => w.WriteByte(9).WriteUInt16(1).WriteByte(4).WriteInt32(1)),
            Value(w => w.WriteByte(0)),
            Value(w => w.WriteByte(10).WriteUInt16(2).WriteByte(5).WriteString("n").WriteByte(4).WriteInt32(1).WriteByte(5).WriteString("x").WriteByte(2)),
            Value(w => w.WriteByte(10).WriteUInt16(2).WriteByte(5).WriteString("n").WriteByte(4).WriteInt32(1)
                .WriteByte(5).WriteString("s").WriteByte(5).WriteString("too long a text")),
        ];
        using TestPlayer mallory = await JoinAsync();
        int at = 0;
        await server.AttackAsync(() => Act(mallory, () => mallory.Client.Message("arena:ping", wrong[at++ % wrong.Length])), 1, "dropped_not_as_declared");
        Assert.DoesNotContain(mallory.Log, l => l.StartsWith("message", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deep_wide_and_broken_values_are_malformed_and_too_many_end_it()
    {
        byte[][] bad =
        [
            [.. Enumerable.Repeat((byte[])[9, 1, 0], 40).SelectMany(b => b), 0],
            [9, 0xFF, 0xFF],
            [10, 0xFF, 0xFF, 0, 0],
            [5, 0xFF, 0xFF, 65],
            [11],
            [],
            [10, 1, 0, 0, 0],
            [10, 2, 0, 4, 1, 0, 0, 0, 2, 4, 1, 0, 0, 0, 2],
            [2, 2],
        ];
        using TestPlayer mallory = await JoinAsync();
        int at = 0;
        await server.AttackAsync(() => Act(mallory, () => mallory.Client.Message("arena:ping", bad[at++ % bad.Length])), 1, "dropped_malformed", "refused_bad_messages");
        await mallory.UntilAsync("end BadMessages", server.Process);
    }

    [Fact]
    public async Task A_flood_of_one_declared_message_is_over_its_own_rate()
    {
        using TestPlayer mallory = await JoinAsync();
        await server.AttackAsync(
            () => Act(mallory, () => mallory.Client.Message("arena:ping", server.Ping(1)), pause: 18), 3, "dropped_over_declared_rate");
        Assert.DoesNotContain(mallory.Log, l => l.StartsWith("end", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("arena:nothing")]
    [InlineData("nobody:ping")]
    [InlineData("arena:pong")]
    public async Task Undeclared_messages_reach_nobody(string name)
    {
        using TestPlayer mallory = await JoinAsync();
        await server.AttackAsync(() => Act(mallory, () => mallory.Client.Message(name, server.Ping(1))), 0.5, "dropped_nobody_listens");
    }

    [Theory]
    [InlineData("arena")]
    [InlineData(":ping")]
    [InlineData("arena:")]
    [InlineData("are:na:ping")]
    [InlineData("arena:pi ng")]
    [InlineData("arena:pi\u0000ng")]
    public async Task Names_of_messages_that_are_none_are_malformed(string name)
    {
        using TestPlayer mallory = await JoinAsync();
        await server.AttackAsync(() => Act(mallory, () => mallory.Client.Message(name, server.Ping(1)), pause: 60), 0.5, "dropped_malformed");
    }

    [Fact]
    public async Task A_flood_of_chat_is_over_the_rate_of_chat()
    {
        using TestPlayer mallory = await JoinAsync();
        await server.AttackAsync(() => Act(mallory, () => mallory.Client.Chat("buy gold at example.com"), pause: 20), 2, "dropped_chat_rate");
        Assert.InRange(mallory.Log.Count(l => l.Contains("buy gold", StringComparison.Ordinal)), 1, 20);
    }

    [Theory]
    [InlineData("\u001b[2Jcleared")]
    [InlineData("tab\tand\nline")]
    [InlineData("\u202eturned")]
    [InlineData("\u2066isolated")]
    [InlineData("   ")]
    [InlineData("null\u0000")]
    public async Task Chat_with_characters_that_deceive_is_malformed(string text)
    {
        using TestPlayer mallory = await JoinAsync();
        await server.AttackAsync(() => Act(mallory, () => mallory.Client.Chat(text), pause: 100), 0.5, "dropped_malformed");
        Assert.DoesNotContain(mallory.Log, l => l.StartsWith("chat", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Ho\u0000nest", LeaveCode.BadName)]
    [InlineData("\u001b[31mRed", LeaveCode.BadName)]
    [InlineData("a\u202eb", LeaveCode.BadName)]
    [InlineData("a\u200bb", LeaveCode.BadName)]
    [InlineData("Hоnest", LeaveCode.BadName)]
    [InlineData("honest", LeaveCode.NameTaken)]
    [InlineData("H0nest", LeaveCode.NameTaken)]
    [InlineData("Hönest", LeaveCode.NameTaken)]
    [InlineData("Ｈｏｎｅｓｔ", LeaveCode.BadName)]
    [InlineData("Hօnest", LeaveCode.BadName)]
    [InlineData("Hᴏnest", LeaveCode.BadName)]
    [InlineData("ꓧꓳꓠꓰꓢꓔ", LeaveCode.NameTaken)]
    [InlineData("Hoṇẹst", LeaveCode.NameTaken)]
    [InlineData(" Bob", LeaveCode.BadName)]
    [InlineData("", LeaveCode.BadName)]
    [InlineData("an-almost-endless-name-that-fills-the-screen", LeaveCode.BadName)]
    internal async Task Names_that_deceive_do_not_get_in(string name, LeaveCode code)
    {
        TestPlayer? mallory = null;
        string counter = "refused_" + System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(code.ToString());
        await server.AttackAsync(() => (mallory ??= new TestPlayer(server.Port, name)).Client.Update(), 0.3, counter);
        await mallory!.UntilAsync($"end {code}", server.Process);
        mallory.Dispose();
    }

    [Fact]
    public async Task A_thousand_commands_per_second_end_in_a_disconnect()
    {
        using TestPlayer mallory = await JoinAsync();
        await server.AttackAsync(
            () => Act(mallory, () =>
            {
                for (int i = 0; i < 12; i++)
                    mallory.Client.Chat("/noop");
            }), 2, "refused_flood", "dropped_message_rate");
        await mallory.UntilAsync("end Flood", server.Process);
    }

    [Fact]
    public async Task A_flood_of_messages_ends_in_a_disconnect_and_one_a_little_over_the_rate_is_told()
    {
        using TestPlayer greedy = await JoinAsync();
        await server.AttackAsync(
            () => Act(greedy, () =>
            {
                for (int i = 0; i < 100; i++)
                    greedy.Client.Message("arena:ping", server.Ping(i));
            }), 1, "refused_flood");
        await greedy.UntilAsync("end Flood", server.Process);
    }

    [Fact]
    public async Task A_message_too_long_for_the_game_is_dropped_and_one_too_long_for_the_transport_ends_it()
    {
        using TestPlayer longWinded = await JoinAsync();
        byte[] twenty = Value(w => w.WriteByte(7).WriteBytesWithLength(new byte[20_000]));
        await server.AttackAsync(() => Act(longWinded, () => longWinded.Client.Message("arena:ping", twenty), pause: 100), 0.5, "dropped_malformed");
        Assert.DoesNotContain(longWinded.Log, l => l.StartsWith("end", StringComparison.Ordinal));

        using TestPlayer endless = await JoinAsync();
        byte[] million = new byte[1_000_000];
        await server.AttackAsync(() => Act(endless, () => endless.Client.Message("arena:ping", million), pause: 200), 0.5, "net_fragment_limit");
        await endless.UntilAsync("end Flood", server.Process);
    }

    [Fact]
    public async Task Fragment_bombs_are_refused()
    {
        using RawClient bomber = new(server.Port, Name());
        await bomber.InAsync(server);
        ushort id = 0;
        await server.AttackAsync(
            () =>
            {
                bomber.Update();
                for (int i = 0; i < 20; i++, id++)
                    bomber.Send([bomber.First(1, isFragment: true), (byte)id, (byte)(id >> 8 & 0x7F), 0, (byte)id, (byte)(id >> 8), 0, 0, 0xFF, 0xFF, .. new byte[1000]]);
            }, 0.5, "net_fragment_limit");
        await EndedAsync(bomber);
    }

    [Fact]
    public async Task Fragments_that_contradict_themselves_are_counted_and_finally_end_it()
    {
        using RawClient liar = new(server.Port, Name());
        await liar.InAsync(server);
        byte sequence = 0;
        await server.AttackAsync(
            () =>
            {
                liar.Update();
                for (int i = 0; i < 10 && sequence < 255; i++)
                    liar.Send([liar.First(1, isFragment: true), sequence++, 0, 0, 1, 0, 0, 0, 1, 0]);
            }, 0.8, "net_fragment_malformed", "net_violation_limit");
        await EndedAsync(liar);
    }

    [Fact]
    public async Task Garbage_within_a_valid_connection_is_counted_and_finally_ends_it()
    {
        using RawClient noisy = new(server.Port, Name());
        await noisy.InAsync(server);
        Random random = new(5);
        byte[] noise = new byte[64];
        await server.AttackAsync(
            () =>
            {
                noisy.Update();
                for (int i = 0; i < 20; i++)
                {
                    random.NextBytes(noise);
                    noise[0] = noisy.First(random.Next(19, 32));
                    noisy.Send(noise);
                }
            }, 0.5, "net_header_malformed", "net_violation_limit");
        await EndedAsync(noisy);
    }

    [Fact]
    public async Task Random_datagrams_of_strangers_are_dropped()
    {
        using RawClient stranger = new(server.Port, "x", data: []);
        stranger.AnswersPings = false;
        Random random = new(6);
        byte[] noise = new byte[200];
        await server.AttackAsync(
            () =>
            {
                for (int i = 0; i < 50; i++)
                {
                    random.NextBytes(noise);
                    stranger.Send(noise.AsSpan(0, random.Next(1, 200)));
                }
            }, 1, "net_header_malformed");
    }

    [Fact]
    public async Task Acks_of_what_was_never_sent_end_it()
    {
        using RawClient liar = new(server.Port, Name());
        await liar.InAsync(server);
        await server.AttackAsync(
            () =>
            {
                liar.Update();
                for (int i = 0; i < 10; i++)
                    liar.Send([liar.First(3), 0, 0, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0]);
            }, 0.5, "net_ack_of_unsent", "net_violation_limit");
        await EndedAsync(liar);
    }

    [Fact]
    public async Task Half_handshakes_take_no_place_and_are_forgotten()
    {
        List<RawClient> ghosts = [];
        try
        {
            await server.AttackAsync(
                () =>
                {
                    if (ghosts.Count < 60)
                        ghosts.Add(new RawClient(server.Port, Name()) { AnswersPings = false });
                    ghosts.ForEach(g => g.Update());
                }, 1, "net_proof_timeout", "joins_never_arrived");
            using TestPlayer late = await JoinAsync();
        }
        finally
        {
            ghosts.ForEach(g => g.Dispose());
        }
    }

    [Fact]
    public async Task A_thousand_joins_per_second_from_one_address_fill_the_places_and_no_more()
    {
        List<RawClient> crowd = [];
        try
        {
            await server.AttackAsync(
                () =>
                {
                    for (int i = 0; i < 12 && crowd.Count < 600; i++)
                        crowd.Add(new RawClient(server.Port, Name()));
                    crowd.ForEach(c => c.Update());
                }, 1.5, "refused_full");
            Assert.InRange((await server.PlayersAsync()).All, 2, 24);
        }
        finally
        {
            crowd.ForEach(c => c.Dispose());
        }
        await server.AloneAsync();
    }

    [Fact]
    public async Task Who_joins_and_falls_silent_is_held_and_then_gone()
    {
        List<RawClient> silent = [.. Enumerable.Range(0, 5).Select(_ => new RawClient(server.Port, Name()))];
        try
        {
            foreach (RawClient client in silent)
                await client.InAsync(server);
            await server.AttackAsync(() => { }, 3, "players_held");
            await server.AloneAsync();
        }
        finally
        {
            silent.ForEach(s => s.Dispose());
        }
    }

    [Fact]
    public async Task Reconnect_storms_are_refused()
    {
        using TestPlayer first = await JoinAsync();
        while (first.Client.SessionToken.Length == 0)
            await first.UntilAsync("welcome", server.Process);
        byte[] token = first.Client.SessionToken;
        List<TestPlayer> storm = [];
        try
        {
            await server.AttackAsync(
                () =>
                {
                    if (storm.Count < 40)
                        storm.Add(new TestPlayer(server.Port, "Storm", session: token));
                    storm.ForEach(p => p.Client.Update());
                }, 1.5, "refused_flood", "players_resumed");
            Assert.InRange((await server.PlayersAsync()).All, 2, 2);
        }
        finally
        {
            storm.ForEach(p => p.Dispose());
        }
    }

    [Fact]
    public async Task Connect_data_of_every_kind_of_nonsense_is_a_bad_request()
    {
        Random random = new(8);
        List<RawClient> crowd = [];
        try
        {
            await server.AttackAsync(
                () =>
                {
                    byte[] noise = new byte[random.Next(0, 300)];
                    random.NextBytes(noise);
                    crowd.Add(new RawClient(server.Port, "", data: noise));
                    byte[] key = Encoding.UTF8.GetBytes("gameserver");
                    crowd.Add(new RawClient(server.Port, "", data: [(byte)(key.Length + 1), 0, .. key, 1, 0, 0xFF, 0xFF, .. noise]));
                }, 0.5, "refused_bad_request");
        }
        finally
        {
            crowd.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Who_never_acknowledges_is_disconnected_after_half_a_minute()
    {
        using RawClient deaf = new(server.Port, Name());
        await deaf.InAsync(server);
        await server.AttackAsync(deaf.Update, 32);
        await EndedAsync(deaf);
    }

    byte[] Value(Action<PayloadWriter> write)
    {
        write(_writer.Clear());
        return _writer.Written.ToArray();
    }

    string Name() => $"M{Environment.TickCount64 % 100_000}x{++_number}";

    async Task<TestPlayer> JoinAsync()
    {
        TestPlayer player = new(server.Port, Name());
        long began = TimeProvider.System.GetTimestamp();
        while (!player.Log.Exists(l => l.StartsWith("welcome", StringComparison.Ordinal)))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < RunningServer.Limit, string.Join('\n', player.Log));
            player.Client.Update();
            server.Play();
            await Task.Delay(10);
        }
        return player;
    }

    async Task EndedAsync(RawClient client)
    {
        long began = TimeProvider.System.GetTimestamp();
        while (!client.IsEnded)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(began) < RunningServer.Limit, "the server did not end it");
            client.Update();
            server.Play();
            await Task.Delay(10);
        }
    }

    long _nextAct;

    void Act(TestPlayer player, Action act, int pause = 0)
    {
        player.Client.Update();
        if (pause > 0 && TimeProvider.System.GetTimestamp() < _nextAct)
            return;
        _nextAct = TimeProvider.System.GetTimestamp() + (pause * TimeProvider.System.TimestampFrequency / 1000);
        act();
    }
}
