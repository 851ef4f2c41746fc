using FsCheck;
using FsCheck.Fluent;
using GameServer.Net.Channels;

namespace GameServer.Net.Tests.Channels;

public sealed class SequenceNumberProperties
{
    [Fact]
    public void Distance_is_the_shortest_way_around_the_circle() =>
        Prop.ForAll<int, int>((a, b) =>
        {
            a &= 0x7FFF;
            b &= 0x7FFF;
            var distance = SequenceNumber.Distance(a, b);
            return distance is >= -16384 and <= 16383 && SequenceNumber.Add(b, distance) == a
                && (distance == -16384 || SequenceNumber.Distance(b, a) == -distance);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void After_the_last_comes_the_first()
    {
        Assert.Equal(0, SequenceNumber.Add(32767, 1));
        Assert.Equal(32767, SequenceNumber.Add(0, -1));
        Assert.Equal(1, SequenceNumber.Distance(0, 32767));
        Assert.Equal(-1, SequenceNumber.Distance(32767, 0));
        Assert.False(SequenceNumber.IsValid(32768));
        Assert.True(SequenceNumber.IsValid(32767));
    }
}
