using GameServer.Luau;
using GameServer.Scripting.Isolation;

namespace GameServer.Scripting.Tests.Isolation;

public class WatchdogTests
{
    static long In(double milliseconds) => TimeProvider.System.GetTimestamp() + (long)(milliseconds * TimeProvider.System.TimestampFrequency / 1000);

    [Fact]
    public void Hammering_short_entries_never_kills_the_one_after()
    {
        using var watchdog = new Watchdog(TimeProvider.System);
        using var vm = new LuauVm();
        var cell = new DeadlineCell(vm, watchdog);
        int expired = 0;
        for (int i = 0; i < 20_000; i++)
        {
            // Deadlines around now: the watchdog and this thread race for the cell.
            cell.Arm(In((i % 7 * 0.5) - 0.5));
            Thread.SpinWait(i % 2000);
            if (cell.Disarm())
            {
                expired++;
                vm.ClearKill();
            }
            Assert.Empty(vm.Call(vm.Load(LuauVm.Compile("return"u8.ToArray(), "=x"))).ToArray());
        }
        Assert.InRange(expired, 1, 20_000);
        cell.Remove();
    }

    [Fact]
    public void A_parked_watchdog_wakes_up_for_a_deadline()
    {
        using var watchdog = new Watchdog(TimeProvider.System);
        using var vm = new LuauVm();
        var cell = new DeadlineCell(vm, watchdog);
        LuauVm idle = vm;
        Thread.Sleep(1500);
        long begin = TimeProvider.System.GetTimestamp();
        cell.Arm(In(20));
        Assert.ThrowsAny<LuauException>(() => idle.Call(idle.Load(LuauVm.Compile("while true do end"u8.ToArray(), "=x"))));
        Assert.True(cell.Disarm());
        Assert.InRange(TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds, 19, 5000);
        vm.ClearKill();
    }
}
