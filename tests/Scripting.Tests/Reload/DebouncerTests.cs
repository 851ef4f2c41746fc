using GameServer.Scripting.Reload;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Reload;

public class DebouncerTests
{
    readonly ManualTime _time = new();
    readonly Debouncer _debouncer;

    public DebouncerTests() => _debouncer = new Debouncer(_time, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));

    void Pass(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));

    [Fact]
    public void A_burst_of_events_is_one_reload_after_the_quiet_time()
    {
        for (int i = 0; i < 5; i++)
        {
            _debouncer.Touch("a");
            Pass(50);
            Assert.Empty(_debouncer.TakeDue());
        }
        Pass(50);
        Assert.Equal(["a"], _debouncer.TakeDue());
        Assert.Empty(_debouncer.TakeDue());
    }

    [Fact]
    public void Endless_writes_are_looked_at_after_the_maximum()
    {
        int due = 0;
        for (int i = 0; i < 100; i++)
        {
            _debouncer.Touch("a");
            Pass(50);
            due += _debouncer.TakeDue().Count;
        }
        Assert.Equal(2, due);
    }

    [Fact]
    public void Mods_are_independent_and_come_in_the_order_they_were_touched()
    {
        _debouncer.Touch("z");
        Pass(10);
        _debouncer.Touch("a");
        Pass(95);
        Assert.Equal(["z"], _debouncer.TakeDue());
        Pass(10);
        Assert.Equal(["a"], _debouncer.TakeDue());
    }
}
