using GameServer.Net.Tests.Simulation;

namespace GameServer.Net.Tests.Channels;

/// <summary>Long messages as bytes, cut in ways our own sender never would.</summary>
public sealed class FragmentTests
{
    readonly World _world = new();
    readonly Node _server;
    readonly RawPeer _client;
    int _sequence;

    public FragmentTests()
    {
        _server = _world.Add(port: 27015);
        _client = new RawPeer(_world, WireDialect.V1);
        _client.Connect(_server);
    }

    void Part(int id, int index, int count, byte[] payload, int? sequence = null, byte channel = 0)
    {
        var s = sequence ?? _sequence++;
        _client.Send(
        [
            0x81, (byte)s, (byte)(s >> 8), channel, (byte)id, (byte)(id >> 8), (byte)index, (byte)(index >> 8), (byte)count, (byte)(count >> 8),
            .. payload,
        ]);
    }

    [Theory]
    [InlineData("0 1 2")]
    [InlineData("2 1 0")]
    [InlineData("2 0 1")]
    [InlineData("1 2 0")]
    public void Parts_of_an_unordered_message_may_come_in_any_order(string order)
    {
        byte[][] parts = [[1, 2, 3], [4, 5, 6], [7]];
        foreach (var index in order.Split(' ').Select(int.Parse))
            Part(9, index, 3, parts[index]);
        _world.Step();
        Assert.Equal([1, 2, 3, 4, 5, 6, 7], Assert.Single(_server.Received).Payload);
        _world.Run(0.1);
        Assert.Equal(0, _server.Host.PacketsOutstanding);
        Assert.Equal(0, _server.Host.ReceiveBytesTaken);
    }

    [Fact]
    public void Messages_may_be_interleaved()
    {
        Part(1, 0, 2, [1]);
        Part(2, 0, 2, [3]);
        Part(2, 1, 2, [4]);
        Part(1, 1, 2, [2]);
        _world.Step();
        Assert.Equal(["0304", "0102"], _server.Received.Select(m => RawPeer.Hex(m.Payload)));
    }

    [Theory]
    [InlineData("part twice")]
    [InlineData("other count")]
    [InlineData("other size")]
    [InlineData("last longer")]
    [InlineData("other channel")]
    [InlineData("too far ahead")]
    public void A_part_that_contradicts_the_others_is_refused(string mistake)
    {
        Part(1, 0, 100, [1, 2]);
        switch (mistake)
        {
            case "part twice":
                Part(1, 0, 100, [1, 2]);
                break;
            case "other count":
                Part(1, 1, 99, [1, 2]);
                break;
            case "other size":
                Part(1, 1, 100, [1, 2, 3]);
                break;
            case "last longer":
                Part(2, 1, 2, [1, 2, 3]);
                Part(2, 0, 2, [1, 2]);
                break;
            case "other channel":
                Part(1, 1, 100, [1, 2], sequence: 0, channel: 4);
                break;
            default:
                Part(1, 70, 100, [1, 2]);
                break;
        }
        _world.Step();
        Assert.Equal(1, _server[NetCounter.FragmentMalformed]);
        Assert.Empty(_server.Received);
        Assert.Equal(1, _server.Host.PeerCount);
    }

    [Fact]
    public void Memory_of_incomplete_messages_is_given_back_when_the_peer_leaves()
    {
        Part(1, 1, 3, new byte[1000]);
        Part(2, 1, 2, new byte[500]);
        _world.Step();
        Assert.Equal(1500, _server.Host.ReceiveBytesTaken);
        _server.Peer.Disconnect();
        Assert.Equal(0, _server.Host.ReceiveBytesTaken);
        _world.Run(11);
        Assert.Equal(0, _server.Host.PacketsOutstanding);
    }
}
