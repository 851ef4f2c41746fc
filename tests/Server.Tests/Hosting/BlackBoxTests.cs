using System.Text.Json;
using GameServer.Scripting.Profiling;
using GameServer.Server.Admin;
using GameServer.Server.Hosting;
using GameServer.Support;

namespace GameServer.Server.Tests.Hosting;

public sealed class BlackBoxTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    BlackBox Box() => new(_folder.Path, () => "radar/Think", _time);

    static LagTick Slow(long number)
    {
        var scan = new TickFunction("scan", "scan.luau:88") { Ms = 40 };
        scan.Inside.Add(new TickFunction("table.sort", "") { Ms = 38 });
        scan.Inside[0].Inside.Add(new TickFunction("", "scan.luau:90") { Ms = 30 });
        return new LagTick
        {
            Tick = number,
            Ms = 61.2,
            PeriodMs = 33.3,
            ScriptMs = 49,
            CollectorMs = 6,
            NetworkMs = 3,
            OtherMs = 2,
            Mods = [new TickEntry("radar", "Think", 1, 48, 48, [scan], []), new TickEntry("hello", "Think", 1, 0.2, 0.2, [], [])],
        };
    }

    [Fact]
    public void A_slow_tick_is_told_in_one_line() =>
        Assert.Equal("tick 81233 took 61 ms: radar/Think 48 ms (scan.luau:88 table.sort), gc 6 ms, net 3 ms", Slow(81233).Text);

    [Fact]
    public void A_slow_tick_in_which_nothing_stands_out_says_so() =>
        Assert.Equal("tick 5 took 40 ms: outside of mods and network 40 ms", (Slow(5) with { Ms = 40, ScriptMs = 0, CollectorMs = 0, NetworkMs = 0, OtherMs = 40, Mods = [] }).Text);

    [Fact]
    public void It_keeps_the_last_ticks_in_short_and_the_last_slow_ones_in_full()
    {
        using BlackBox box = Box();
        for (int tick = 1; tick <= 1000; tick++)
        {
            box.Add(new TickMark(tick, tick, 0, 0, 0));
            if (tick % 2 == 0) box.AddSlow(Slow(tick));
        }
        Assert.Equal(Enumerable.Range(1000 - BlackBox.MarksMax + 1, BlackBox.MarksMax), box.Marks().Select(mark => (int)mark.Tick));
        Assert.Equal(BlackBox.SlowMax, box.Slow().Count);
        Assert.Equal(1000, box.Slow()[0].Tick);
    }

    [Fact]
    public void A_tick_that_is_not_slow_allocates_nothing()
    {
        using BlackBox box = Box();
        box.Add(new TickMark(0, 1, 1, 1, 1));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int tick = 0; tick < 1000; tick++) box.Add(new TickMark(tick, 1, 1, 1, 1));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_crash_leaves_a_file_with_the_ticks_and_what_was_running()
    {
        using BlackBox box = Box();
        box.Add(new TickMark(7, 20, 10, 1, 2));
        box.AddSlow(Slow(7));
        string file = box.WriteCrash(new InvalidOperationException("oops"))!;
        (string found, JsonElement content) = BlackBox.ReadLatest(_folder.Path)!.Value;
        Assert.Equal(file, found);
        Assert.Equal("crashed: oops", content.GetProperty("how").GetString());
        Assert.Equal("radar/Think", content.GetProperty("running").GetString());
        Assert.Equal(7, content.GetProperty("ticks")[0].GetProperty("tick").GetInt64());
        JsonElement slow = content.GetProperty("slow")[0];
        Assert.Equal("scan.luau:88", slow.GetProperty("mods")[0].GetProperty("functions")[0].GetProperty("place").GetString());
        Assert.StartsWith("tick 7 took 61 ms", slow.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_clean_end_leaves_a_file_only_when_a_tick_was_slow_and_old_files_are_deleted()
    {
        Box().Dispose();
        Assert.Null(BlackBox.ReadLatest(_folder.Path));
        for (int i = 0; i < 15; i++)
        {
            using BlackBox box = Box();
            box.AddSlow(Slow(i));
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(10, Directory.GetFiles(_folder.Path).Length);
        Assert.Equal(14, BlackBox.ReadLatest(_folder.Path)!.Value.Content.GetProperty("slow")[0].GetProperty("tick").GetInt64());
        Assert.Null(BlackBox.ReadLatest(Path.Combine(_folder.Path, "none")));
    }
}
