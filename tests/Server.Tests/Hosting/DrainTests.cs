using System.Net;
using GameServer.Server.Hosting;
using GameServer.Server.Players;
using GameServer.Server.Tests.Players;
using GameServer.Support;

namespace GameServer.Server.Tests.Hosting;

/// <summary>A stop that waits for players.</summary>
public class DrainTests
{
    readonly ManualTime _time = new();
    readonly PlayerRegistry _registry = new();
    int _players;
    readonly List<string> _told = [];
    readonly List<string> _stopped = [];
    readonly JoinGate _gate;
    readonly Drain _drain;

    public DrainTests()
    {
        _gate = new JoinGate(new JoinRules { AsksKey = false }, _registry);
        _drain = new Drain(() => _players, _gate, _told.Add, _stopped.Add, _time);
    }

    [Fact]
    public void An_empty_server_stops_at_the_next_tick()
    {
        _drain.RunTick();
        Assert.Empty(_stopped);
        Assert.True(_drain.Begin(null, "upgrade").Ok);
        _drain.RunTick();
        Assert.Equal(["upgrade"], _stopped);
        Assert.Empty(_told);
    }

    [Fact]
    public void The_door_is_closed_meanwhile_and_opens_again_when_it_is_taken_back()
    {
        Assert.False(_drain.Cancel().Ok);
        _drain.Begin(TimeSpan.FromMinutes(10), "upgrade");
        byte[] ada = FakeRequest.ConnectBytes(name: "Ada");
        Assert.Null(_gate.Check(ada, IPAddress.Loopback, out LeaveCode code, out string text));
        Assert.Equal((LeaveCode.Stopping, "the server is about to stop"), (code, text));
        Assert.True(_drain.Cancel().Ok);
        Assert.NotNull(_gate.Check(ada, IPAddress.Loopback, out _, out _));
        _drain.RunTick();
        Assert.Empty(_stopped);
    }

    [Fact]
    public void Players_are_told_in_time_and_the_limit_holds_even_if_they_stay()
    {
        _players = 2;
        _drain.Begin(TimeSpan.FromMinutes(3), "upgrade");
        for (int second = 0; second < 180; second++)
        {
            _drain.RunTick();
            _drain.RunTick();
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Empty(_stopped);
        _drain.RunTick();
        Assert.Equal(["upgrade"], _stopped);
        Assert.Equal(
            ["The server stops in 3 minutes: upgrade", "The server stops in 2 minutes.", "The server stops in 60 seconds.", "The server stops in 30 seconds.",
                "The server stops in 10 seconds.", "The server stops in 5 seconds."],
            _told);
    }

    [Fact]
    public void The_last_player_to_leave_ends_it_earlier()
    {
        _players = 1;
        _drain.Begin(null, "upgrade");
        _time.Advance(TimeSpan.FromDays(1));
        _drain.RunTick();
        Assert.Empty(_stopped);
        _players = 0;
        _drain.RunTick();
        Assert.Equal(["upgrade"], _stopped);
    }
}
