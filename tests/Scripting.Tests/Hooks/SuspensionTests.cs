using GameServer.Scripting.Hooks;
using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Hooks;

/// <summary>What a suspended mod misses, and what it gets when it is in service again.</summary>
public class SuspensionTests
{
    const string Listener = """
        local here = {}
        function PlayerConnect(p) here[p] = p.name print("+" .. p.name) end
        function PlayerDisconnect(p, reason) print(`-{here[p]} {p.name} {p.valid} {reason}`) here[p] = nil end
        function Think() print("think") end
        events.on("b:e", function(x) print("event " .. x) end)
        """;

    [Fact]
    public void Notifications_wait_in_order_and_Think_does_not()
    {
        using HostFixture host = new HostFixture().Mod("a", Listener).Mod("b", "commands.add('emit', function(c) events.emit('e', c.args) end)").Load();
        TestPlayer ada = host.Join("Ada");
        host.Host.Suspend("a");
        host.Tick(3);
        TestPlayer bob = host.Join("Bob");
        host.Host.ConsoleCommand("console", "emit 7", _ => { });
        host.Tick(2);
        host.Leave(ada, "bye");
        host.Leave(bob, "too");
        host.Tick(2);
        host.AssertPrinted("a", "+Ada");
        Assert.Equal(4, host.Host.Status("a")!.Queued);
        host.Host.Start("a");
        host.Tick();
        host.AssertPrinted("a", "+Ada", "think", "+Bob", "event 7", "-Ada Ada false bye", "-Bob Bob false too");
        Assert.Equal(0, host.Host.Status("a")!.Queued);
        host.Tick();
        Assert.Equal(0, Mods.ModHostAccess.ScopeOf(host.Host, "a", out _).Players.Count);
    }

    [Fact]
    public void What_waits_is_bounded_counted_and_said()
    {
        using HostFixture host = new HostFixture().Limit("a", "log_lines_s", 10_000).Mod("a", Listener).Load();
        host.Host.Suspend("a");
        for (int i = 0; i < DeferredQueue.EntriesMax + 44; i++) host.Leave(host.Join($"P{i}"));
        host.Tick();
        Assert.Equal(DeferredQueue.EntriesMax, host.Host.Status("a")!.Queued);
        Assert.Equal(DeferredQueue.EntriesMax + 88, host.Host.Status("a")!.QueueDropped);
        host.AssertLogged($"Mod a: {DeferredQueue.EntriesMax + 88} hooks and messages that waited for it were dropped");
        host.Host.Start("a");
        host.Tick(2);
        // The oldest are gone: of the last ones both came.
        Assert.Contains("+P299", host.Printed("a"));
        Assert.Contains("-P299 P299 false left", host.Printed("a"));
        Assert.Equal(0, Mods.ModHostAccess.ScopeOf(host.Host, "a", out _).Players.Count);
    }

    [Fact]
    public void A_mod_suspended_while_it_is_reloaded_gets_what_waited_in_its_new_version()
    {
        using HostFixture host = new HostFixture().Mod("a", Listener).Load();
        host.Host.Suspend("a");
        host.Join("Ada");
        host.Mod("a", "function PlayerConnect(p) print('new ' .. p.name) end").Reload("a");
        host.Tick();
        host.AssertPrinted("a", "new Ada");
    }

    [Fact]
    public void A_fault_drops_what_waited_and_counts_it()
    {
        using HostFixture host = new HostFixture().Mod("a", Listener).Load();
        host.Host.Suspend("a");
        host.Join("Ada");
        host.Host.Stop("a");
        Assert.Equal((0, 1L), (host.Host.Status("a")!.Queued, host.Host.Status("a")!.QueueDropped));
    }
}
