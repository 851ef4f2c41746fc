using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace GameServer.Net.Sockets;

/// <summary>
/// The one queue from the receive thread to the tick thread: datagrams of any size packed into a fixed block of memory.
/// The tick thread reads a datagram in place; only when it asks for the next one is the space given back.
/// </summary>
/// <remarks>One writing and one reading thread. A full ring refuses; it never overwrites and never waits.</remarks>
sealed class DatagramRing
{
    const int RecordHeaderBytes = 40;
    const int WrapMark = -1;

    readonly byte[] _memory;
    readonly int _mask;
    long _written;
    long _read;

    /// <param name="bytes">Power of two.</param>
    public DatagramRing(int bytes)
    {
        _memory = GC.AllocateUninitializedArray<byte>(bytes);
        _mask = bytes - 1;
    }

    /// <summary>True when nothing is waiting. Reading thread.</summary>
    public bool IsEmpty => Volatile.Read(ref _written) == _read;

    /// <summary>True for a view on the ring's own memory, which is given back with the next datagram.</summary>
    public bool Owns(ArraySegment<byte> bytes) => bytes.Array == _memory;

    /// <summary>Bytes waiting, for statistics; may be stale.</summary>
    public int BytesUsed => (int)(Volatile.Read(ref _written) - Volatile.Read(ref _read));

    /// <summary>Copies one datagram in. Writing thread.</summary>
    /// <returns>False when there is no room.</returns>
    public bool TryWrite(ReadOnlySpan<byte> datagram, in NetAddress from, long arrivedAt)
    {
        var need = RecordBytes(datagram.Length);
        var free = _memory.Length - (_written - Volatile.Read(ref _read));
        var start = (int)_written & _mask;
        var toEnd = _memory.Length - start;
        var skip = toEnd < need ? toEnd : 0;
        if (free < need + skip)
            return false;
        if (skip > 0)
        {
            BinaryPrimitives.WriteInt32LittleEndian(_memory.AsSpan(start), WrapMark);
            start = 0;
        }
        var record = _memory.AsSpan(start, need);
        BinaryPrimitives.WriteInt32LittleEndian(record, datagram.Length);
        MemoryMarshal.Write(record[8..], from.High);
        MemoryMarshal.Write(record[16..], from.Low);
        MemoryMarshal.Write(record[24..], from.Scope);
        MemoryMarshal.Write(record[28..], from.Port);
        MemoryMarshal.Write(record[32..], arrivedAt);
        datagram.CopyTo(record[RecordHeaderBytes..]);
        Volatile.Write(ref _written, _written + skip + need);
        return true;
    }

    /// <summary>Looks at the oldest datagram without removing it. Reading thread.</summary>
    public bool TryPeek(out ArraySegment<byte> datagram, out NetAddress from, out long arrivedAt)
    {
        datagram = default;
        from = default;
        arrivedAt = 0;
        if (IsEmpty)
            return false;
        var start = (int)_read & _mask;
        if (BinaryPrimitives.ReadInt32LittleEndian(_memory.AsSpan(start)) == WrapMark)
        {
            Volatile.Write(ref _read, _read + _memory.Length - start);
            start = 0;
        }
        var record = _memory.AsSpan(start);
        from = new NetAddress(
            MemoryMarshal.Read<ulong>(record[8..]),
            MemoryMarshal.Read<ulong>(record[16..]),
            MemoryMarshal.Read<uint>(record[24..]),
            MemoryMarshal.Read<ushort>(record[28..]));
        arrivedAt = MemoryMarshal.Read<long>(record[32..]);
        datagram = new ArraySegment<byte>(_memory, start + RecordHeaderBytes, BinaryPrimitives.ReadInt32LittleEndian(record));
        return true;
    }

    /// <summary>Removes the datagram last looked at. Reading thread.</summary>
    public void Advance()
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(_memory.AsSpan((int)_read & _mask));
        Volatile.Write(ref _read, _read + RecordBytes(length));
    }

    static int RecordBytes(int length) => (RecordHeaderBytes + length + 7) & ~7;
}
