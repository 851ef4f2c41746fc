using GameServer.Net.Payloads;
using GameServer.Server.Players;

namespace GameServer.Server.Tests.Players;

public sealed class ConnectDataTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(SessionToken.Bytes, 0)]
    [InlineData(0, 3)]
    [InlineData(SessionToken.Bytes, 1024)]
    public void What_a_client_writes_is_read_again(int sessionBytes, int dataBytes)
    {
        byte[] session = [.. Enumerable.Repeat((byte)7, sessionBytes)], data = [.. Enumerable.Repeat((byte)9, dataBytes)];

        Assert.True(ConnectData.TryRead(Written(session, data), out ConnectData read));

        Assert.Equal(("key", "Ada", "en"), (read.Key, read.Name, read.Language));
        Assert.Equal(session, read.Session);
        Assert.Equal(data, read.Data);
    }

    [Fact]
    public void Data_over_a_kilobyte_is_as_good_as_none()
    {
        Assert.True(ConnectData.TryRead(Written([], new byte[1025]), out ConnectData read));
        Assert.Empty(read.Data);
    }

    [Fact]
    public void Data_cut_short_is_as_good_as_none()
    {
        byte[] whole = Written([], [1, 2, 3]);
        Assert.True(ConnectData.TryRead(whole.AsSpan(0, whole.Length - 1), out ConnectData read));
        Assert.Empty(read.Data);
    }

    static byte[] Written(byte[] session, byte[] data)
    {
        PayloadWriter writer = new();
        new ConnectData("key", PlayerProtocol.Version, "Ada", "en", []) { Session = session, Data = data }.Write(writer);
        return writer.Written.ToArray();
    }
}
