using System.Text;
using GameServer.Luau.Runtime;
using GameServer.Support;

namespace GameServer.Luau.Tests.Library;

public sealed class OsTests
{
    sealed class ZonedTime(ManualTime clock, TimeZoneInfo zone) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => zone;

        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp() => clock.GetTimestamp();

        public override DateTimeOffset GetUtcNow() => clock.GetUtcNow();
    }

    static string Evaluate(LuauVm vm, string expression)
    {
        LuauThread thread = vm.CreateThread(vm.Load(LuauVm.Compile(Encoding.UTF8.GetBytes($"return {expression}"), "=test"), vm.CreateEnvironment()));
        Assert.Equal(ResumeStatus.Finished, vm.Resume(thread));
        return string.Join(' ', thread.Results.ToArray().Select(value => vm.ToText(value)));
    }

    [Fact]
    public void Time_comes_from_the_clock_of_the_vm_only()
    {
        ManualTime clock = new();
        using LuauVm vm = new(new LuauVmOptions { Time = clock });

        Assert.Equal("0", Evaluate(vm, "os.clock()"));
        Assert.Equal("1767225600", Evaluate(vm, "os.time()"));
        Assert.Equal("2026-01-01 00:00:00", Evaluate(vm, "os.date('!%Y-%m-%d %H:%M:%S')"));

        clock.Advance(TimeSpan.FromSeconds(61.25));

        Assert.Equal("61.25", Evaluate(vm, "os.clock()"));
        Assert.Equal("1767225661", Evaluate(vm, "os.time()"));
        Assert.Equal("00:01:01", Evaluate(vm, "os.date('%X')"));
    }

    [Fact]
    public void Dates_are_local_unless_told_otherwise_and_times_of_tables_are_utc()
    {
        var summer = TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
            DateTime.MinValue.Date, DateTime.MaxValue.Date, TimeSpan.FromHours(1),
            TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 2, 0, 0), 4, 1),
            TimeZoneInfo.TransitionTime.CreateFixedDateRule(new DateTime(1, 1, 1, 3, 0, 0), 10, 1));
        TimeZoneInfo zone = TimeZoneInfo.CreateCustomTimeZone("Test", TimeSpan.FromMinutes(-210), "Test", "TST", "TSST", [summer]);
        using LuauVm vm = new(new LuauVmOptions { Time = new ZonedTime(new ManualTime(), zone) });

        Assert.Equal("Wed Dec 31 20:30:00 2025", Evaluate(vm, "os.date()"));
        Assert.Equal("-0330 TST", Evaluate(vm, "os.date('%z %Z')"));
        Assert.Equal("+0000 GMT", Evaluate(vm, "os.date('!%z %Z')"));
        Assert.Equal("2026-07-01 09:30 -0230 TSST", Evaluate(vm, "os.date('%Y-%m-%d %H:%M %z %Z', os.time({ year = 2026, month = 7, day = 1 }))"));
        Assert.Equal("true false false", Evaluate(vm, "os.date('*t', os.time({ year = 2026, month = 7, day = 1 })).isdst, os.date('*t').isdst, os.date('!*t').isdst"));
        Assert.Equal("nil nil", Evaluate(vm, "os.date('%c', -1), os.date('*t', -1)"));
        Assert.Equal("Wed Dec 31 23:59:59 1969", Evaluate(vm, "os.date('!%c', -1)"));
        Assert.Equal("10000", Evaluate(vm, "os.date('!%Y', 253402300800)"));
    }

    [Fact]
    public void Two_vms_have_generators_of_their_own()
    {
        using LuauVm first = new(new LuauVmOptions { RandomSeed = 42 });
        using LuauVm second = new(new LuauVmOptions { RandomSeed = 42 });

        Assert.Equal("0.22072993115387124 5", Evaluate(first, "math.random(), math.random(100)"));
        Assert.Equal("0.22072993115387124", Evaluate(second, "math.random()"));
        Assert.Equal("93", Evaluate(first, "math.random(1, 100)"));
    }
}
