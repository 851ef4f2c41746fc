using FsCheck;
using FsCheck.Fluent;
using GameServer.Net.Payloads;
using GameServer.Net.Tests.Simulation;

namespace GameServer.Net.Tests.Payloads;

public sealed class PayloadTests
{
    const string Vector =
        "07 01 feff 40e20100 ffffffffffffffff 0000c03f 0000000000000240 0400 68c3a9 0000 0200 01000000 02000000 0200 0200 61 0300 6263 0200 09 08";

    [Fact]
    public void Vector_17_6_is_what_the_writer_writes()
    {
        var writer = new PayloadWriter();
        writer.WriteByte(7).WriteBool(true).WriteInt16(-2).WriteInt32(123456).WriteInt64(-1).WriteSingle(1.5f).WriteDouble(2.25)
            .WriteString("hé").WriteString("").WriteInt32Array([1, 2]).WriteStringArray(["a", "bc"]).WriteBytesWithLength([9, 8]);
        Assert.Equal(58, writer.Length);
        Assert.Equal(RawPeer.Hex(Vector), writer.Written);
    }

    [Fact]
    public void Vector_17_6_is_what_the_reader_reads()
    {
        var reader = new PayloadReader(RawPeer.Hex(Vector));
        Assert.True(reader.TryReadByte(out var b) && reader.TryReadBool(out var flag) && reader.TryReadInt16(out var s)
            && reader.TryReadInt32(out var i) && reader.TryReadInt64(out var l) && reader.TryReadSingle(out var f)
            && reader.TryReadDouble(out var d) && reader.TryReadString(out var text) && reader.TryReadString(out var empty)
            && reader.TryReadInt32Array(out var numbers) && reader.TryReadStringArray(out var strings)
            && reader.TryReadBytesWithLength(out var bytes)
            && (b, flag, s, i, l, f, d, text, empty) == (7, true, -2, 123456, -1, 1.5f, 2.25, "hé", "")
            && numbers.SequenceEqual([1, 2]) && strings.SequenceEqual(["a", "bc"]) && bytes.SequenceEqual<byte>([9, 8]));
        Assert.True(reader.IsAtEnd);
        Assert.False(reader.TryReadByte(out _));
    }

    [Fact]
    public void More_of_vector_17_6()
    {
        var writer = new PayloadWriter();
        Assert.Equal("ff", RawPeer.Hex(writer.Clear().WriteSByte(-1).Written));
        Assert.Equal("ffff", RawPeer.Hex(writer.Clear().WriteUInt16(65535).Written));
        Assert.Equal("00286bee", RawPeer.Hex(writer.Clear().WriteUInt32(4000000000).Written));
        Assert.Equal("0300000068c3a9", RawPeer.Hex(writer.Clear().WriteLargeString("hé").Written));
        Assert.Equal("01000000803f", RawPeer.Hex(writer.Clear().WriteSingleArray([1]).Written));
        Assert.Equal("02000100", RawPeer.Hex(writer.Clear().WriteCount(2).WriteBool(true).WriteBool(false).Written));
        Assert.Equal("0700733363726574", RawPeer.Hex(writer.Clear().WriteString("s3cret").Written));
    }

    [Theory]
    [InlineData("0300 61")]
    [InlineData("0300 ff fe")]
    [InlineData("05")]
    public void A_bad_string_is_refused_and_the_position_stays(string hex)
    {
        var reader = new PayloadReader(RawPeer.Hex(hex));
        Assert.False(reader.TryReadString(out var text));
        Assert.Equal("", text);
        Assert.Equal(0, reader.Position);
    }

    [Fact]
    public void An_empty_string_of_older_releases_is_read()
    {
        var reader = new PayloadReader(RawPeer.Hex("0100"));
        Assert.True(reader.TryReadString(out var text));
        Assert.Equal("", text);
        Assert.True(reader.IsAtEnd);
    }

    [Fact]
    public void A_count_that_cannot_be_true_allocates_nothing()
    {
        var bytes = RawPeer.Hex("ffff 01000000");
        var before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new PayloadReader(bytes);
        Assert.False(reader.TryReadInt32Array(out _));
        Assert.False(reader.TryReadStringArray(out _));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1000);
    }

    [Fact]
    public void Strings_and_bytes_come_back_as_they_were() =>
        Prop.ForAll<string, byte[], long>((text, bytes, number) =>
        {
            var real = BitConverter.Int64BitsToDouble(number);
            // A lone surrogate cannot travel as UTF-8.
            text = new string([.. (text ?? "").Where(c => !char.IsSurrogate(c))]);
            var writer = new PayloadWriter(1);
            writer.WriteString(text).WriteBytesWithLength(bytes ?? []).WriteInt64(number).WriteDouble(real).WriteLargeString(text);
            var reader = new PayloadReader(writer.Written);
            return reader.TryReadString(out var text2) && text2 == text
                && reader.TryReadBytesWithLength(out var bytes2) && bytes2.SequenceEqual(bytes ?? [])
                && reader.TryReadInt64(out var number2) && number2 == number
                && reader.TryReadDouble(out var real2) && real2.Equals(real)
                && reader.TryReadLargeString(out var text3) && text3 == text && reader.IsAtEnd;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_bytes_never_raise_in_any_method()
    {
        var random = new Random(5);
        var bytes = new byte[40];
        for (var round = 0; round < 20_000; round++)
        {
            random.NextBytes(bytes);
            if (round % 2 == 0)
                bytes[1] = 0;
            var reader = new PayloadReader(bytes.AsSpan(0, random.Next(bytes.Length + 1)));
            while (!reader.IsAtEnd)
            {
                var before = reader.Position;
                _ = random.Next(9) switch
                {
                    0 => reader.TryReadString(out _),
                    1 => reader.TryReadLargeString(out _),
                    2 => reader.TryReadStringArray(out _),
                    3 => reader.TryReadInt32Array(out _),
                    4 => reader.TryReadBytesWithLength(out _),
                    5 => reader.TryReadSingleArray(out _),
                    6 => reader.TryReadDouble(out _),
                    7 => reader.TryReadBytes(random.Next(-1, 50), out _),
                    _ => reader.TryReadByte(out _),
                };
                Assert.InRange(reader.Position, before, bytes.Length);
                _ = reader.TryReadByte(out _);
            }
        }
    }
}
