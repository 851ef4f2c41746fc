using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Isolation;

/// <summary>What mods cost when they do nothing, and that ticks do not allocate.</summary>
public class CostTests
{
    static long AllocatedBy(Action action)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // The least of several: a collection, which tests beside this one cause, counts the unused rest of the thread's block of memory.
    static long LeastAllocatedBy(Action action) => Enumerable.Range(0, 5).Min(_ => Math.Abs(AllocatedBy(action)));

    [Fact]
    public void A_tick_with_handlers_that_do_nothing_allocates_nothing()
    {
        using HostFixture host = new HostFixture().Mod("a", "function Think(dt, tick) end").Mod("b", "local n = 0 function Think(dt, tick) n += dt end").Mod("idle", "").Load();
        host.Tick(2000);
        Assert.Equal(0, LeastAllocatedBy(() => host.Tick(1000)));
    }

    [Fact]
    public void An_idle_tick_allocates_nothing()
    {
        var time = new GameServer.Support.ManualTime();
        using HostFixture host = new HostFixture(time: time).Mod("idle", "").Mod("b", "mod.export('f', function() end)")
            .Mod("a", "function OnLoad() mod.call('b', 'f') end").Manifest("a", "[dependencies]\nb = \"*\"").Load();
        host.Tick(100);
        // Longer than the longest interval at which the accounts are looked at.
        Assert.Equal(0, LeastAllocatedBy(() =>
        {
            for (int i = 0; i < 30 * 12; i++)
            {
                host.Tick();
                time.Advance(TimeSpan.FromSeconds(host.TickSeconds));
            }
        }));
    }

    [Fact]
    public void A_hook_nobody_uses_allocates_nothing()
    {
        using HostFixture host = new HostFixture().Mod("idle", "").Load();
        TestPlayer ada = host.Join("Ada");
        host.Tick(10);
        Assert.InRange(AllocatedBy(() =>
        {
            for (int i = 0; i < 1000; i++) host.Host.PlayerMessage(ada, "idle:nothing", [0]);
        }), 0, 1000);
    }

    [Fact]
    public void Two_hundred_idle_mods_do_not_slow_the_tick()
    {
        var host = new HostFixture();
        for (int i = 0; i < 200; i++) host.Mod($"m{i}", "function PlayerConnect() end");
        using (host.Load().Tick(200))
        {
            double best = double.MaxValue;
            for (int round = 0; round < 20; round++)
            {
                long begin = TimeProvider.System.GetTimestamp();
                host.Tick(100);
                best = Math.Min(best, TimeProvider.System.GetElapsedTime(begin).TotalMicroseconds / 100);
            }
            // The goal is 20 µs on an idle machine; this only has to notice when something goes through all mods and does work there.
            Assert.InRange(best, 0, 200);
        }
    }
}
