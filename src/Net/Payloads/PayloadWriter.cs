using System.Buffers.Binary;
using System.Text;

namespace GameServer.Net.Payloads;

/// <summary>
/// Builds a message in the encoding of LiteNetLib's NetDataWriter, so that a client reads it with NetDataReader. Reusable: the memory
/// stays, so steady use allocates nothing. Source: wire specification, section 12.2.
/// </summary>
/// <remarks>Not thread-safe. IPEndPoint, Guid and char are left out because their layout differs between releases or platforms.</remarks>
public sealed class PayloadWriter
{
    byte[] _bytes;

    /// <param name="capacity">Bytes to begin with; it grows as needed.</param>
    public PayloadWriter(int capacity = 256) => _bytes = new byte[Math.Max(capacity, 16)];

    /// <summary>Bytes written since the last <see cref="Clear"/>.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Starts over.</summary>
    /// <returns>This writer, for chaining.</returns>
    public PayloadWriter Clear()
    {
        Length = 0;
        return this;
    }

    /// <summary>GetByte.</summary>
    public PayloadWriter WriteByte(byte value)
    {
        Reserve(1)[0] = value;
        return this;
    }

    /// <summary>GetSByte.</summary>
    public PayloadWriter WriteSByte(sbyte value) => WriteByte((byte)value);

    /// <summary>GetBool.</summary>
    public PayloadWriter WriteBool(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>GetShort.</summary>
    public PayloadWriter WriteInt16(short value)
    {
        BinaryPrimitives.WriteInt16LittleEndian(Reserve(sizeof(short)), value);
        return this;
    }

    /// <summary>GetUShort.</summary>
    public PayloadWriter WriteUInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(Reserve(sizeof(ushort)), value);
        return this;
    }

    /// <summary>GetInt.</summary>
    public PayloadWriter WriteInt32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), value);
        return this;
    }

    /// <summary>GetUInt.</summary>
    public PayloadWriter WriteUInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Reserve(sizeof(uint)), value);
        return this;
    }

    /// <summary>GetLong.</summary>
    public PayloadWriter WriteInt64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Reserve(sizeof(long)), value);
        return this;
    }

    /// <summary>GetULong.</summary>
    public PayloadWriter WriteUInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Reserve(sizeof(ulong)), value);
        return this;
    }

    /// <summary>GetFloat.</summary>
    public PayloadWriter WriteSingle(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(Reserve(sizeof(float)), value);
        return this;
    }

    /// <summary>GetDouble.</summary>
    public PayloadWriter WriteDouble(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(Reserve(sizeof(double)), value);
        return this;
    }

    /// <summary>GetString.</summary>
    /// <param name="value">Null and empty are written alike. Lone surrogates become U+FFFD.</param>
    /// <exception cref="ArgumentException">More than 65534 bytes of UTF-8.</exception>
    public PayloadWriter WriteString(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return WriteUInt16(0);
        var length = Encoding.UTF8.GetByteCount(value);
        CheckStringLength(length, nameof(value));
        WriteUInt16((ushort)(length + 1));
        Encoding.UTF8.GetBytes(value, Reserve(length));
        return this;
    }

    /// <summary>GetString, from bytes that are UTF-8 already.</summary>
    /// <param name="utf8">Not checked; a stock reader raises on bytes that are not UTF-8.</param>
    /// <exception cref="ArgumentException">More than 65534 bytes.</exception>
    public PayloadWriter WriteStringUtf8(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
            return WriteUInt16(0);
        CheckStringLength(utf8.Length, nameof(utf8));
        WriteUInt16((ushort)(utf8.Length + 1));
        return WriteBytes(utf8);
    }

    /// <summary>GetLargeString (1.3 and later).</summary>
    public PayloadWriter WriteLargeString(string? value)
    {
        value ??= "";
        var length = Encoding.UTF8.GetByteCount(value);
        WriteInt32(length);
        Encoding.UTF8.GetBytes(value, Reserve(length));
        return this;
    }

    /// <summary>GetRemainingBytes, or GetBytes with a count known otherwise: bytes as they are.</summary>
    public PayloadWriter WriteBytes(ReadOnlySpan<byte> value)
    {
        value.CopyTo(Reserve(value.Length));
        return this;
    }

    /// <summary>GetBytesWithLength.</summary>
    /// <exception cref="ArgumentException">More than 65535 bytes.</exception>
    public PayloadWriter WriteBytesWithLength(ReadOnlySpan<byte> value)
    {
        WriteCount(value.Length);
        return WriteBytes(value);
    }

    /// <summary>The count in front of an array; its elements follow one by one.</summary>
    /// <exception cref="ArgumentException">More than 65535, which stock writers would silently cut.</exception>
    public PayloadWriter WriteCount(int count)
    {
        if (count is < 0 or > ushort.MaxValue)
            throw new ArgumentException("Counts are 0 to 65535.", nameof(count));
        return WriteUInt16((ushort)count);
    }

    /// <summary>GetIntArray.</summary>
    /// <exception cref="ArgumentException">More than 65535 elements.</exception>
    public PayloadWriter WriteInt32Array(ReadOnlySpan<int> values)
    {
        WriteCount(values.Length);
        foreach (var value in values)
            WriteInt32(value);
        return this;
    }

    /// <summary>GetFloatArray.</summary>
    /// <exception cref="ArgumentException">More than 65535 elements.</exception>
    public PayloadWriter WriteSingleArray(ReadOnlySpan<float> values)
    {
        WriteCount(values.Length);
        foreach (var value in values)
            WriteSingle(value);
        return this;
    }

    /// <summary>GetStringArray.</summary>
    /// <exception cref="ArgumentException">More than 65535 elements, or one longer than 65534 bytes.</exception>
    public PayloadWriter WriteStringArray(ReadOnlySpan<string> values)
    {
        WriteCount(values.Length);
        foreach (var value in values)
            WriteString(value);
        return this;
    }

    static void CheckStringLength(int bytes, string parameter)
    {
        if (bytes > PayloadEncoding.StringBytesMax)
            throw new ArgumentException("A string has at most 65534 bytes of UTF-8; use the large string.", parameter);
    }

    Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        var span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }
}
