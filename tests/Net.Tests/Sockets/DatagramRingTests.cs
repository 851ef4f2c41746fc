using GameServer.Net.Sockets;

namespace GameServer.Net.Tests.Sockets;

public sealed class DatagramRingTests
{
    static readonly NetAddress Address = new(1, 2, 3, 4);

    [Fact]
    public void Datagrams_come_out_as_they_went_in_for_ever()
    {
        var ring = new DatagramRing(1 << 16);
        var random = new Random(1);
        var expected = new Queue<(byte[] Bytes, long Time)>();
        for (var i = 0; i < 200_000; i++)
        {
            if (random.Next(2) == 0)
            {
                var bytes = new byte[random.Next(1, 1433)];
                random.NextBytes(bytes);
                if (ring.TryWrite(bytes, Address, i))
                    expected.Enqueue((bytes, i));
                else
                    Assert.True(ring.BytesUsed > (1 << 16) - 3000);
            }
            else if (ring.TryPeek(out var datagram, out var from, out var arrivedAt))
            {
                var (bytes, time) = expected.Dequeue();
                Assert.True(datagram.AsSpan().SequenceEqual(bytes));
                Assert.Equal((Address, time), (from, arrivedAt));
                ring.Advance();
            }
            else
            {
                Assert.Empty(expected);
                Assert.True(ring.IsEmpty);
            }
        }
    }

    [Fact]
    public void One_writer_and_one_reader_may_work_at_once()
    {
        var ring = new DatagramRing(1 << 16);
        const int Count = 300_000;
        var writer = new Thread(() =>
        {
            Span<byte> bytes = stackalloc byte[100];
            for (var i = 0; i < Count;)
            {
                BitConverter.TryWriteBytes(bytes, i);
                if (ring.TryWrite(bytes[..(4 + (i % 96))], Address, i))
                    i++;
                else
                    Thread.Yield();
            }
        });
        writer.Start();
        for (var i = 0; i < Count;)
        {
            if (!ring.TryPeek(out var datagram, out _, out var arrivedAt))
            {
                Thread.Yield();
                continue;
            }
            Assert.Equal((4 + (i % 96), i, i), (datagram.Count, BitConverter.ToInt32(datagram), (int)arrivedAt));
            ring.Advance();
            i++;
        }
        writer.Join();
    }

    [Theory]
    [InlineData("10.1.2.3", true, false)]
    [InlineData("127.0.0.9", true, true)]
    [InlineData("::1", false, true)]
    [InlineData("2001:db8::7", false, false)]
    [InlineData("fe80::1%3", false, false)]
    public void Addresses_survive_the_way_through_their_value_form(string text, bool isIPv4, bool isLoopback)
    {
        var endPoint = new System.Net.IPEndPoint(System.Net.IPAddress.Parse(text), 27015);
        var address = NetAddress.From(endPoint);
        Assert.Equal(endPoint, address.ToIPEndPoint());
        Assert.Equal((isIPv4, isLoopback, (ushort)27015), (address.IsIPv4, address.IsLoopback, address.Port));
        var bytes = new byte[28];
        var family = System.Net.Sockets.AddressFamily.InterNetworkV6;
        SocketAddressFormat.Write(bytes, family, address);
        Assert.Equal(address, SocketAddressFormat.Read(bytes, family));
        Assert.NotEqual(address, address.WithoutPort);
    }

    [Fact]
    public void Networks_are_counted_by_24_and_56_bits()
    {
        static ulong Prefix(string text) => NetAddress.From(new System.Net.IPEndPoint(System.Net.IPAddress.Parse(text), 1)).NetworkPrefix;
        Assert.Equal(Prefix("10.1.2.3"), Prefix("10.1.2.250"));
        Assert.NotEqual(Prefix("10.1.2.3"), Prefix("10.1.3.3"));
        Assert.Equal(Prefix("2001:db8:0:1200::1"), Prefix("2001:db8:0:12ff::9"));
        Assert.NotEqual(Prefix("2001:db8:0:1200::1"), Prefix("2001:db8:0:1300::1"));
    }
}
