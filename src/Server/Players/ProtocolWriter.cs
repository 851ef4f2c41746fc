using System.Buffers.Binary;
using System.Text;

namespace GameServer.Server.Players;

/// <summary>Writes what LiteNetLib's NetDataReader reads, into one buffer that is used again for every message.</summary>
/// <remarks>Single thread. <see cref="Written"/> is valid until the next <see cref="Begin"/>.</remarks>
sealed class ProtocolWriter
{
    byte[] _buffer = new byte[1024];
    int _length;

    /// <summary>The message so far.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Starts a new message.</summary>
    public ProtocolWriter Begin()
    {
        _length = 0;
        return this;
    }

    /// <summary>Starts a new message of a type.</summary>
    public ProtocolWriter Begin(MessageType type) => Begin().Byte((byte)type);

    public ProtocolWriter Byte(byte value)
    {
        Room(1)[0] = value;
        return this;
    }

    public ProtocolWriter UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Room(2), value);
        return this;
    }

    public ProtocolWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Room(4), value);
        return this;
    }

    /// <summary>Writes a string of at most 65 534 bytes of UTF-8.</summary>
    public ProtocolWriter String(string text)
    {
        int length = Encoding.UTF8.GetByteCount(text);
        UInt16(checked((ushort)(length + 1)));
        Encoding.UTF8.GetBytes(text, Room(length));
        return this;
    }

    /// <summary>Writes a block of bytes with its length in two bytes.</summary>
    public ProtocolWriter Bytes(ReadOnlySpan<byte> block)
    {
        UInt16(checked((ushort)block.Length));
        return Raw(block);
    }

    /// <summary>Writes bytes as they are.</summary>
    public ProtocolWriter Raw(ReadOnlySpan<byte> block)
    {
        block.CopyTo(Room(block.Length));
        return this;
    }

    Span<byte> Room(int count)
    {
        if (_length + count > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + count));
        Span<byte> room = _buffer.AsSpan(_length, count);
        _length += count;
        return room;
    }
}
