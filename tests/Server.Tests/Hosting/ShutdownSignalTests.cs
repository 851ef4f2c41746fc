using GameServer.Server.Hosting;

namespace GameServer.Server.Tests.Hosting;

public sealed class ShutdownSignalTests
{
    [Fact]
    public void The_first_request_is_kept_and_later_ones_are_told_so()
    {
        CollectingLog log = new();
        using ShutdownSignal signal = new(TimeProvider.System, log.Log, TimeSpan.FromMinutes(5));

        Assert.False(signal.Requested.IsCancellationRequested);
        Assert.True(signal.Request("maintenance"));
        Assert.False(signal.Request("again"));

        Assert.True(signal.Requested.IsCancellationRequested);
        Assert.Equal("maintenance", signal.Reason);
        Assert.Equal(["INFO  stopping: maintenance"], log.Lines);
    }
}
