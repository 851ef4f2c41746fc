using GameServer.Scripting.Mods;
using GameServer.Scripting.Ports;
using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Api;

/// <summary>Messages of players to a mod that cannot be called for a while.</summary>
public class WaitingMessageTests
{
    static readonly byte[] s_nil = [0];

    const string Source = """
        function PlayerConnect(p) print("+" .. p.name) end
        function PlayerDisconnect(p) print("-" .. p.name) end
        net.on("say", function(p, x) print(p.name, x, p.valid) end)
        net.on("bad", function() error("on purpose") end)
        net.on("slow", function(p, x)
            local begin = os.clock()
            while os.clock() - begin < 0.3 do end
            print("slow")
        end)
        """;

    static byte[] Number(int value) => [4, .. BitConverter.GetBytes(value)];

    static HostFixture Load(string source = Source) => new HostFixture().Limit("m", "errors_window", 1).Limit("m", "log_lines_s", 10_000).Mod("m", source).Load();

    // More errors than allowed: the mod is out of service for five seconds.
    static void Suspend(HostFixture host, TestPlayer player)
    {
        for (int i = 0; i < 2; i++) Assert.Equal(MessageOutcome.Delivered, host.Host.PlayerMessage(player, "m:bad", s_nil));
        host.Tick();
        Assert.Equal(ModState.Suspended, host.StateOf("m"));
    }

    static MessageOutcome Say(HostFixture host, TestPlayer player, int number) => host.Host.PlayerMessage(player, "m:say", Number(number));

    [Fact]
    public void Messages_wait_for_a_suspended_mod_and_come_in_order_behind_the_joins()
    {
        using HostFixture host = Load();
        TestPlayer ada = host.Join("Ada");
        Suspend(host, ada);
        Assert.Equal(MessageOutcome.Delivered, Say(host, ada, 1));
        TestPlayer bob = host.Join("Bob");
        Assert.Equal(MessageOutcome.Delivered, Say(host, bob, 2));
        Assert.Equal(MessageOutcome.Delivered, Say(host, ada, 3));
        Assert.Equal(MessageOutcome.NobodyListens, host.Host.PlayerMessage(ada, "m:none", s_nil));
        Assert.Equal(MessageOutcome.Malformed, host.Host.PlayerMessage(ada, "m:say", [99]));
        host.Tick(100);
        host.AssertPrinted("m", "+Ada");
        Assert.Equal(4, host.Host.Status("m")!.Queued);
        host.Tick(60);
        host.AssertPrinted("m", "+Ada", "+Bob", "Ada 1 true", "Bob 2 true", "Ada 3 true");
        Assert.Equal((0, 0L), (host.Host.Status("m")!.Queued, host.Host.Status("m")!.QueueDropped));
        Assert.Equal(MessageOutcome.Delivered, Say(host, ada, 4));
        Assert.Equal("Ada 4 true", host.Printed("m")[^1]);
    }

    [Fact]
    public void What_waits_is_bounded_per_player_and_in_all_and_paid_by_the_mod()
    {
        using HostFixture host = Load();
        TestPlayer ada = host.Join("Ada");
        TestPlayer[] others = [.. Enumerable.Range(0, 20).Select(i => host.Join($"P{i}"))];
        Suspend(host, ada);
        long before = host.Host.Status("m")!.HostBytes;
        for (int i = 0; i < 100; i++)
            Assert.Equal(i < WaitingMessages.PlayerEntriesMax ? MessageOutcome.Delivered : MessageOutcome.ModBusy, Say(host, ada, i));
        Assert.True(host.Host.Status("m")!.HostBytes >= before + (WaitingMessages.PlayerEntriesMax * 64));
        foreach (TestPlayer other in others)
        {
            for (int i = 0; i < 20; i++) Say(host, other, i);
        }
        Assert.Equal(WaitingMessages.EntriesMax, host.Host.Status("m")!.Queued);
        Assert.Equal(500 - WaitingMessages.EntriesMax, host.Host.Status("m")!.QueueDropped);
        host.Leave(others[0]);
        Assert.Equal(WaitingMessages.EntriesMax - 20 + 1, host.Host.Status("m")!.Queued);
        host.Tick(160);
        // Leaves and joins are not pushed out by messages, and nobody hears of who has left.
        Assert.Contains("-P0", host.Printed("m"));
        Assert.DoesNotContain(host.Printed("m"), line => line.StartsWith("P0 ", StringComparison.Ordinal));
        Assert.Equal(0, host.Host.Status("m")!.Queued);
        Assert.Equal(before, host.Host.Status("m")!.HostBytes);
    }

    [Fact]
    public void Bytes_that_wait_are_bounded()
    {
        using HostFixture host = Load();
        TestPlayer ada = host.Join("Ada");
        Suspend(host, ada);
        byte[] large = [7, 0, 60, .. new byte[60 * 256]];
        int taken = 0;
        while (host.Host.PlayerMessage(ada, "m:say", large) == MessageOutcome.Delivered) taken++;
        Assert.Equal(WaitingMessages.BytesMax / (large.Length + 96), taken);
    }

    [Fact]
    public void A_message_in_a_tick_whose_time_the_mod_has_used_comes_in_the_next()
    {
        using HostFixture host = new HostFixture().Limit("m", "tick_hard_ms", 5).Mod("m", Source).Load();
        TestPlayer ada = host.Join("Ada");
        host.Tick();
        Assert.Equal(MessageOutcome.Delivered, host.Host.PlayerMessage(ada, "m:slow", s_nil));
        Assert.Equal(MessageOutcome.Delivered, Say(host, ada, 1));
        host.AssertPrinted("m", "+Ada", "slow");
        host.TickUntil(() => host.Printed("m").Count > 2, "the message");
        host.AssertPrinted("m", "+Ada", "slow", "Ada 1 true");
    }

    [Fact]
    public void What_waited_goes_to_the_new_version_and_by_its_declarations()
    {
        using HostFixture host = Load();
        TestPlayer ada = host.Join("Ada");
        Suspend(host, ada);
        Say(host, ada, 1);
        host.Mod("m", "net.on('say', function(p, x) print('new ' .. x) end)").Reload("m").Tick(2);
        Assert.Equal("new 1", host.Printed("m")[^1]);
        Assert.Equal(0, host.Host.Status("m")!.Queued);
    }

    [Fact]
    public void What_waits_in_vain_is_counted_and_told_to_the_client()
    {
        using HostFixture host = Load();
        TestPlayer ada = host.Join("Ada");
        Suspend(host, ada);
        Say(host, ada, 1);
        Say(host, ada, 2);
        host.Mod("m", "net.on('other', function() end)").Reload("m").Tick(2);
        Assert.Equal([("m:say", MessageOutcome.NobodyListens), ("m:say", MessageOutcome.NobodyListens)], ada.DroppedMessages);
        Assert.Equal((0, 2L), (host.Host.Status("m")!.Queued, host.Host.Status("m")!.QueueDropped));
    }

    [Fact]
    public void A_stop_drops_what_waits_and_an_operators_suspension_keeps_nothing()
    {
        using HostFixture host = Load();
        TestPlayer ada = host.Join("Ada");
        Suspend(host, ada);
        Say(host, ada, 1);
        host.Host.Stop("m");
        Assert.Equal([("m:say", MessageOutcome.ModBusy)], ada.DroppedMessages);
        host.Host.Start("m");
        host.TickUntil(() => host.StateOf("m") == ModState.Running, "the start");
        host.Host.Suspend("m");
        Assert.Equal(MessageOutcome.ModBusy, Say(host, ada, 2));
    }
}
