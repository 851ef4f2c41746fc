using System.Buffers.Binary;
using System.Text;

namespace GameServer.Net.Payloads;

/// <summary>
/// Reads a message written by LiteNetLib's NetDataWriter or by <see cref="PayloadWriter"/>. Whatever the bytes are, nothing is raised:
/// a value that is not there or not valid makes its method return false and leaves the position where it was.
/// Source: wire specification, section 12.2.
/// </summary>
public ref struct PayloadReader
{
    readonly ReadOnlySpan<byte> _bytes;

    /// <param name="bytes">The message.</param>
    public PayloadReader(ReadOnlySpan<byte> bytes) => _bytes = bytes;

    /// <summary>Bytes read so far.</summary>
    public int Position { get; private set; }

    /// <summary>Bytes not read yet.</summary>
    public readonly int Remaining => _bytes.Length - Position;

    /// <summary>True when everything was read.</summary>
    public readonly bool IsAtEnd => Position == _bytes.Length;

    /// <summary>Written by Put(byte).</summary>
    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (!TryTake(1, out var bytes))
            return false;
        value = bytes[0];
        return true;
    }

    /// <summary>Written by Put(sbyte).</summary>
    public bool TryReadSByte(out sbyte value)
    {
        var isRead = TryReadByte(out var raw);
        value = (sbyte)raw;
        return isRead;
    }

    /// <summary>Written by Put(bool); only 1 is true, and other values than 0 and 1 read as false.</summary>
    public bool TryReadBool(out bool value)
    {
        var isRead = TryReadByte(out var raw);
        value = raw == 1;
        return isRead;
    }

    /// <summary>Written by Put(short).</summary>
    public bool TryReadInt16(out short value)
    {
        var isRead = TryReadUInt16(out var raw);
        value = (short)raw;
        return isRead;
    }

    /// <summary>Written by Put(ushort).</summary>
    public bool TryReadUInt16(out ushort value)
    {
        value = 0;
        if (!TryTake(sizeof(ushort), out var bytes))
            return false;
        value = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        return true;
    }

    /// <summary>Written by Put(int).</summary>
    public bool TryReadInt32(out int value)
    {
        value = 0;
        if (!TryTake(sizeof(int), out var bytes))
            return false;
        value = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        return true;
    }

    /// <summary>Written by Put(uint).</summary>
    public bool TryReadUInt32(out uint value)
    {
        var isRead = TryReadInt32(out var raw);
        value = (uint)raw;
        return isRead;
    }

    /// <summary>Written by Put(long).</summary>
    public bool TryReadInt64(out long value)
    {
        value = 0;
        if (!TryTake(sizeof(long), out var bytes))
            return false;
        value = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        return true;
    }

    /// <summary>Written by Put(ulong).</summary>
    public bool TryReadUInt64(out ulong value)
    {
        var isRead = TryReadInt64(out var raw);
        value = (ulong)raw;
        return isRead;
    }

    /// <summary>Written by Put(float).</summary>
    public bool TryReadSingle(out float value)
    {
        var isRead = TryReadInt32(out var raw);
        value = BitConverter.Int32BitsToSingle(raw);
        return isRead;
    }

    /// <summary>Written by Put(double).</summary>
    public bool TryReadDouble(out double value)
    {
        var isRead = TryReadInt64(out var raw);
        value = BitConverter.Int64BitsToDouble(raw);
        return isRead;
    }

    /// <summary>Written by Put(string).</summary>
    /// <param name="value">Empty for null, which is written alike.</param>
    /// <param name="bytesMax">Refuse strings of more UTF-8 bytes.</param>
    /// <returns>False also when the bytes are not UTF-8.</returns>
    public bool TryReadString(out string value, int bytesMax = ushort.MaxValue)
    {
        value = "";
        if (!TryReadStringUtf8(out var utf8, bytesMax))
            return false;
        value = Encoding.UTF8.GetString(utf8);
        return true;
    }

    /// <summary>Written by Put(string), as a view on the message; checked to be UTF-8.</summary>
    /// <param name="utf8">Valid as long as the message.</param>
    /// <param name="bytesMax">Refuse strings of more bytes.</param>
    public bool TryReadStringUtf8(out ReadOnlySpan<byte> utf8, int bytesMax = ushort.MaxValue)
    {
        utf8 = default;
        var before = Position;
        if (!TryReadUInt16(out var lengthPlusOne))
            return false;
        return lengthPlusOne == 0 || TryTakeText(lengthPlusOne - 1, bytesMax, before, out utf8);
    }

    /// <summary>Written by PutLargeString (1.3 and later).</summary>
    /// <param name="value">The text.</param>
    /// <param name="bytesMax">Refuse texts of more UTF-8 bytes.</param>
    public bool TryReadLargeString(out string value, int bytesMax = int.MaxValue)
    {
        value = "";
        var before = Position;
        if (!TryReadInt32(out var length) || !TryTakeText(length, bytesMax, before, out var utf8))
        {
            Position = before;
            return false;
        }
        value = Encoding.UTF8.GetString(utf8);
        return true;
    }

    /// <summary>Bytes without a length, as a view on the message.</summary>
    public bool TryReadBytes(int count, out ReadOnlySpan<byte> value) => TryTake(count, out value);

    /// <summary>Written by PutBytesWithLength, as a view on the message.</summary>
    public bool TryReadBytesWithLength(out ReadOnlySpan<byte> value)
    {
        value = default;
        var before = Position;
        if (TryReadUInt16(out var count) && TryTake(count, out value))
            return true;
        Position = before;
        return false;
    }

    /// <summary>The count in front of an array.</summary>
    /// <param name="count">Elements that follow.</param>
    /// <param name="elementBytesMin">Smallest size of an element: a count that cannot be true is refused before anything is allocated for it.</param>
    public bool TryReadCount(out int count, int elementBytesMin)
    {
        var before = Position;
        var isRead = TryReadUInt16(out var raw);
        count = raw;
        if (isRead && (long)raw * elementBytesMin <= Remaining)
            return true;
        count = 0;
        Position = before;
        return false;
    }

    /// <summary>Written by PutArray(int[]).</summary>
    public bool TryReadInt32Array(out int[] values)
    {
        values = [];
        if (!TryReadCount(out var count, sizeof(int)))
            return false;
        values = new int[count];
        foreach (ref var value in values.AsSpan())
            _ = TryReadInt32(out value);
        return true;
    }

    /// <summary>Written by PutArray(float[]).</summary>
    public bool TryReadSingleArray(out float[] values)
    {
        values = [];
        if (!TryReadCount(out var count, sizeof(float)))
            return false;
        values = new float[count];
        foreach (ref var value in values.AsSpan())
            _ = TryReadSingle(out value);
        return true;
    }

    /// <summary>Written by PutArray(string[]).</summary>
    public bool TryReadStringArray(out string[] values)
    {
        values = [];
        var before = Position;
        if (!TryReadCount(out var count, sizeof(ushort)))
            return false;
        var read = new string[count];
        foreach (ref var value in read.AsSpan())
        {
            if (TryReadString(out value))
                continue;
            Position = before;
            return false;
        }
        values = read;
        return true;
    }

    /// <summary>Everything not read yet, as a view on the message.</summary>
    public ReadOnlySpan<byte> ReadRemaining()
    {
        var rest = _bytes[Position..];
        Position = _bytes.Length;
        return rest;
    }

    bool TryTakeText(int length, int bytesMax, int before, out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (length <= bytesMax && TryTake(length, out utf8) && System.Text.Unicode.Utf8.IsValid(utf8))
            return true;
        utf8 = default;
        Position = before;
        return false;
    }

    bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count < 0 || count > Remaining)
            return false;
        bytes = _bytes.Slice(Position, count);
        Position += count;
        return true;
    }
}
