using System.Text;
using GameServer.Net.Tests.Simulation;
using GameServer.Net.Wire;

namespace GameServer.Net.Tests.Wire;

public sealed class HeaderTests
{
    [Theory]
    [InlineData(WireDialect.V1, "0 1 - 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17")]
    [InlineData(WireDialect.V2, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18")]
    public void Every_kind_has_the_number_of_its_dialect(WireDialect dialect, string numbers)
    {
        foreach (var (number, kind) in numbers.Split(' ').Zip(Enum.GetValues<PacketKind>()))
        {
            if (number == "-")
                continue;
            var packet = new byte[40];
            packet[0] = PacketHeader.Encode(kind, dialect, 2);
            Assert.Equal(int.Parse(number), packet[0] & 0x1F);
            Assert.True(PacketHeader.TryRead(packet, dialect, out var header));
            Assert.Equal((kind, 2, false), (header.Kind, header.ConnectionNumber, header.IsFragment));
        }
    }

    [Theory]
    [InlineData(WireDialect.V1, 18)]
    [InlineData(WireDialect.V2, 19)]
    public void Numbers_beyond_the_last_are_refused(WireDialect dialect, int first)
    {
        for (var number = first; number < 32; number++)
            Assert.False(PacketHeader.TryRead([(byte)number, .. new byte[40]], dialect, out _));
    }

    [Fact]
    public void Only_channelled_packets_may_be_fragments_and_they_are_longer()
    {
        Assert.True(PacketHeader.TryRead([0x81, .. new byte[9]], WireDialect.V2, out var header) && header.IsFragment);
        Assert.False(PacketHeader.TryRead([0x81, .. new byte[8]], WireDialect.V2, out _));
        for (var number = 0; number < 32; number++)
        {
            if (number != 1)
                Assert.False(PacketHeader.TryRead([(byte)(number | 0x80), .. new byte[60]], WireDialect.V2, out _));
        }
        Assert.False(PacketHeader.TryRead([], WireDialect.V1, out _));
    }

    [Fact]
    public void Checksum_of_the_check_string_and_of_captured_packets()
    {
        Assert.Equal(0xE3069283u, Crc32C.Compute(Encoding.ASCII.GetBytes("123456789")));
        Assert.True(Crc32C.Verify(RawPeer.Hex("0e 76ec05fe")));
        Assert.True(Crc32C.Verify(RawPeer.Hex("22000002050068656c6c6f 778b67ba")));
        Assert.False(Crc32C.Verify(RawPeer.Hex("0e 76ec05ff")));
        Assert.False(Crc32C.Verify(RawPeer.Hex("76ec05fe")));
        var packet = RawPeer.Hex("23 0000 02 0100000000000000 00 00000000");
        Crc32C.Append(packet);
        Assert.Equal("3e807d8c", RawPeer.Hex(packet.AsSpan(13)));
    }

    [Theory]
    [InlineData(33, 16, false)]
    [InlineData(34, 16, true)]
    [InlineData(45, 28, false)]
    [InlineData(46, 28, true)]
    [InlineData(60, 20, false)]
    [InlineData(60, 0, false)]
    public void A_request_needs_a_whole_address_block(int size, byte addressBytes, bool isGood)
    {
        var packet = new byte[size];
        packet[0] = 6;
        packet[1] = 13;
        packet[17] = addressBytes;
        Assert.Equal(isGood, ConnectRequest.TryRead(packet, out _, out _, out _));
        packet[0] |= 0x80;
        Assert.False(ConnectRequest.TryRead(packet, out _, out _, out _));
    }
}
