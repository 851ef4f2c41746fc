using GameServer.Scripting.Profiling;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Profiling;

/// <summary>The bounds and the sums of a profile on demand, without a VM.</summary>
public class SampleProfileTests
{
    readonly CostClock _clock = new(new ManualTime());

    CostAccount Account(string mod, string hook) => new(mod, hook, _clock);

    static void Sample(SampleProfile profile, long at, long weight, long collection, params CostAccount[] entries)
    {
        SampleProfile.Builder sample = profile.Begin();
        foreach (CostAccount entry in entries) sample.Enter(entry);
        sample.End(at, weight, collection);
    }

    [Fact]
    public void Weights_add_up_by_stack_and_the_collector_stands_below_what_it_interrupted()
    {
        var profile = new SampleProfile(null, 0, 1000);
        CostAccount a = Account("a", "Think"), b = Account("b", "export f;g");
        Sample(profile, 5000, 2000, 0, a);
        Sample(profile, 9000, 3000, 1000, a);
        Sample(profile, 12_000, 1000, 0, a, b);
        Assert.Equal("a;Think 4000\na;Think;b;export f:g 1000\na;Think;(garbage collector) 1000\n".Split('\n').Order(), profile.ToFolded().Split('\n').Order());
        Assert.Equal(3, profile.Samples);
    }

    [Fact]
    public void Only_the_mod_asked_for_is_kept_with_whoever_called_it()
    {
        var profile = new SampleProfile("b", 0, 1000);
        Sample(profile, 1000, 500, 0, Account("a", "Think"));
        Sample(profile, 2000, 500, 0, Account("a", "Think"), Account("b", "export f"));
        profile.AddEntry(Account("a", "Think"), 0, 5000);
        profile.AddEntry(Account("b", "export f"), 1000, 4000);
        Assert.Equal("a;Think;b;export f 500\n", profile.ToFolded());
        ProfileSpan entry = profile.ToTimeline().Spans.Single(span => span.Kind == "hook");
        Assert.Equal(("b/export f", 1000.0, 3000.0), (entry.Name, entry.StartMicroseconds, entry.DurationMicroseconds));
    }

    [Fact]
    public void Samples_on_the_timeline_do_not_overlap_and_end_where_they_were_taken()
    {
        var profile = new SampleProfile(null, 0, 1000);
        CostAccount a = Account("a", "Think");
        Sample(profile, 3000, 2000, 0, a);
        Sample(profile, 4000, 2000, 0, a);
        ProfileSpan[] mods = [.. profile.ToTimeline().Spans.Where(span => span.Depth == 1)];
        Assert.Equal([(1000.0, 2000.0), (3000.0, 1000.0)], mods.Select(span => (span.StartMicroseconds, span.DurationMicroseconds)));
    }

    [Fact]
    public void It_is_bounded_and_says_what_found_no_room()
    {
        var profile = new SampleProfile(null, 0, 1000);
        CostAccount a = Account("a", "Think");
        for (int i = 0; i < 150_000; i++) profile.AddEntry(a, i, i + 1);
        for (int i = 0; i < 80_000; i++) Sample(profile, i * 10, 10, 0, a, i % 2 == 0 ? a : Account("a", $"hook {i}"));
        ProfileTimeline timeline = profile.ToTimeline();
        Assert.Equal(100_000, timeline.Spans.Count(span => span.Kind == "hook"));
        Assert.True(timeline.Lost >= 80_000);
        Assert.Equal(80_000, timeline.Samples);
        // Time is not lost: it goes to the caller.
        long micros = profile.ToFolded().Split('\n', StringSplitOptions.RemoveEmptyEntries).Sum(line => long.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(800_000, micros);
    }
}
