using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace GameServer.Server.Players;

/// <summary>Reads what LiteNetLib's NetDataWriter wrote. Remote bytes never raise: a method answers false when the bytes do not hold the value.</summary>
ref struct ProtocolReader(ReadOnlySpan<byte> bytes)
{
    ReadOnlySpan<byte> _rest = bytes;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    public bool TryReadByte(out byte value)
    {
        value = _rest.IsEmpty ? (byte)0 : _rest[0];
        return TrySkip(1);
    }

    public bool TryReadUInt16(out ushort value)
    {
        value = _rest.Length < 2 ? (ushort)0 : BinaryPrimitives.ReadUInt16LittleEndian(_rest);
        return TrySkip(2);
    }

    public bool TryReadInt32(out int value)
    {
        value = _rest.Length < 4 ? 0 : BinaryPrimitives.ReadInt32LittleEndian(_rest);
        return TrySkip(4);
    }

    /// <summary>Reads the bytes of a string: two bytes length plus one, or 0 for null, then UTF-8.</summary>
    /// <param name="utf8">Valid UTF-8 of at most <paramref name="bytesMax"/> bytes.</param>
    /// <param name="bytesMax">Longest accepted text in bytes.</param>
    public bool TryReadUtf8(out ReadOnlySpan<byte> utf8, int bytesMax)
    {
        utf8 = default;
        if (!TryReadUInt16(out ushort lengthPlusOne))
            return false;
        int length = Math.Max(lengthPlusOne - 1, 0);
        if (length > bytesMax || length > _rest.Length || !Utf8.IsValid(_rest[..length]))
            return false;
        utf8 = _rest[..length];
        return TrySkip(length);
    }

    /// <summary>Reads a string.</summary>
    /// <inheritdoc cref="TryReadUtf8"/>
    public bool TryReadString(out string text, int bytesMax)
    {
        bool read = TryReadUtf8(out ReadOnlySpan<byte> utf8, bytesMax);
        text = Encoding.UTF8.GetString(utf8);
        return read;
    }

    /// <summary>Reads a block of bytes with its length in two bytes.</summary>
    public bool TryReadBytes(out ReadOnlySpan<byte> block, int bytesMax)
    {
        block = default;
        if (!TryReadUInt16(out ushort length) || length > bytesMax || length > _rest.Length)
            return false;
        block = _rest[..length];
        return TrySkip(length);
    }

    bool TrySkip(int count)
    {
        if (count > _rest.Length)
            return false;
        _rest = _rest[count..];
        return true;
    }
}
