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

    sealed class FakeClock : IThreadClock
    {
        double _milliseconds;
        public double? Milliseconds => Volatile.Read(ref _milliseconds);
        public void Set(double milliseconds) => Volatile.Write(ref _milliseconds, milliseconds);
    }

    static long Span(double milliseconds) => (long)(milliseconds * TimeProvider.System.TimestampFrequency / 1000);

    [Fact]
    public void An_entry_that_did_not_get_the_processor_is_not_killed_before_it_had_half_of_its_time()
    {
        using var watchdog = new Watchdog(TimeProvider.System);
        using var vm = new LuauVm();
        var cell = new DeadlineCell(vm, watchdog);
        var clock = new FakeClock();
        cell.Arm(In(50), Span(100_000), clock);
        Thread.Sleep(300);
        clock.Set(49_000);
        Thread.Sleep(100);
        Assert.False(cell.Disarm());
        cell.Arm(In(50), Span(100_000), clock);
        Thread.Sleep(300);
        clock.Set(49_000 + 50_100);
        SpinUntilKilled(vm);
        Assert.True(cell.Disarm());
        vm.ClearKill();
    }

    [Fact]
    public void Four_times_its_time_is_the_end_whatever_the_machine_did()
    {
        using var watchdog = new Watchdog(TimeProvider.System);
        using var vm = new LuauVm();
        var cell = new DeadlineCell(vm, watchdog);
        long begin = TimeProvider.System.GetTimestamp();
        cell.Arm(In(50), Span(50), new FakeClock());
        SpinUntilKilled(vm);
        Assert.InRange(TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds, 195, 60_000);
        Assert.True(cell.Disarm());
        vm.ClearKill();
    }

    [Fact]
    public void The_processor_clock_of_a_thread_stands_still_while_it_sleeps_and_can_be_read_from_another()
    {
        if (ThreadClock.OfCurrentThread() is not { } clock) return;
        double before = clock.Milliseconds!.Value;
        Thread.Sleep(60);
        Assert.InRange(clock.Milliseconds!.Value - before, 0, 40);
        double elsewhere = 0;
        var other = new Thread(() => elsewhere = clock.Milliseconds!.Value);
        other.Start();
        other.Join();
        Assert.InRange(elsewhere - before, 0, 1000);
    }

    static void SpinUntilKilled(LuauVm vm) =>
        Assert.ThrowsAny<LuauException>(() => vm.Call(vm.Load(LuauVm.Compile("while true do end"u8.ToArray(), "=x"))));
}
