using System.Buffers.Binary;
using System.Text.Unicode;

namespace GameServer.Scripting.Marshalling;

/// <summary>Walks encoded values without a VM; every method answers false instead of raising, whatever the bytes are.</summary>
ref struct ValueReader(ReadOnlySpan<byte> bytes, ValueFormat format)
{
    readonly ReadOnlySpan<byte> _bytes = bytes;
    readonly ValueFormat _format = format;
    int _at;

    /// <summary>Bytes read.</summary>
    public readonly int Position => _at;

    /// <summary>Whether everything was read.</summary>
    public readonly bool AtEnd => _at == _bytes.Length;

    /// <summary>Reads a tag of this format.</summary>
    public bool TryTag(out ValueTag tag)
    {
        tag = default;
        if (_at >= _bytes.Length) return false;
        tag = (ValueTag)_bytes[_at++];
        return tag <= (_format == ValueFormat.Wire ? ValueTag.Map : ValueTag.Handle);
    }

    /// <summary>Reads the number behind <see cref="ValueTag.Number"/> or <see cref="ValueTag.Integer"/>.</summary>
    public bool TryNumber(ValueTag tag, out double number)
    {
        number = 0;
        int size = tag == ValueTag.Number ? 8 : 4;
        if (_bytes.Length - _at < size) return false;
        number = tag == ValueTag.Number ? BinaryPrimitives.ReadDoubleLittleEndian(_bytes[_at..]) : BinaryPrimitives.ReadInt32LittleEndian(_bytes[_at..]);
        _at += size;
        return true;
    }

    /// <summary>Reads the bytes behind <see cref="ValueTag.Text"/>, <see cref="ValueTag.Bytes"/> or <see cref="ValueTag.Buffer"/>.</summary>
    public bool TryBytes(ValueTag tag, out ReadOnlySpan<byte> content)
    {
        content = default;
        int length;
        if (_format == ValueFormat.Wire)
        {
            if (!TryUShort(out int raw)) return false;
            length = tag == ValueTag.Text ? Math.Max(0, raw - 1) : raw;
        }
        else
        {
            if (_bytes.Length - _at < 4) return false;
            length = BinaryPrimitives.ReadInt32LittleEndian(_bytes[_at..]);
            _at += 4;
        }
        if (length < 0 || _bytes.Length - _at < length) return false;
        content = _bytes.Slice(_at, length);
        _at += length;
        return tag != ValueTag.Text || Utf8.IsValid(content);
    }

    /// <summary>Reads the components behind <see cref="ValueTag.Vector"/>.</summary>
    public bool TryVector(out float x, out float y, out float z)
    {
        (x, y, z) = (0, 0, 0);
        if (_bytes.Length - _at < 12) return false;
        x = BinaryPrimitives.ReadSingleLittleEndian(_bytes[_at..]);
        y = BinaryPrimitives.ReadSingleLittleEndian(_bytes[(_at + 4)..]);
        z = BinaryPrimitives.ReadSingleLittleEndian(_bytes[(_at + 8)..]);
        _at += 12;
        return true;
    }

    /// <summary>Reads the count behind <see cref="ValueTag.List"/> or <see cref="ValueTag.Map"/>.</summary>
    public bool TryUShort(out int value)
    {
        value = 0;
        if (_bytes.Length - _at < 2) return false;
        value = BinaryPrimitives.ReadUInt16LittleEndian(_bytes[_at..]);
        _at += 2;
        return true;
    }

    /// <summary>Reads what is behind <see cref="ValueTag.Handle"/>.</summary>
    public bool TryHandle(out byte kind, out int id)
    {
        (kind, id) = (0, 0);
        if (_bytes.Length - _at < 5) return false;
        kind = _bytes[_at];
        id = BinaryPrimitives.ReadInt32LittleEndian(_bytes[(_at + 1)..]);
        _at += 5;
        return true;
    }

    /// <summary>Passes over one value, checking it against the limits.</summary>
    public bool TrySkip(ValueLimits limits)
    {
        int nodes = 0;
        return TrySkip(limits, 0, ref nodes);
    }

    bool TrySkip(ValueLimits limits, int depth, ref int nodes)
    {
        if (++nodes > limits.Nodes || !TryTag(out ValueTag tag)) return false;
        return tag switch
        {
            ValueTag.Nil or ValueTag.False or ValueTag.True => true,
            ValueTag.Number or ValueTag.Integer => TryNumber(tag, out _),
            ValueTag.Text or ValueTag.Bytes or ValueTag.Buffer => TryBytes(tag, out _),
            ValueTag.Vector => TryVector(out _, out _, out _),
            ValueTag.Handle => TryHandle(out _, out _),
            _ => TrySkipEntries(tag, limits, depth + 1, ref nodes),
        };
    }

    bool TrySkipEntries(ValueTag tag, ValueLimits limits, int depth, ref int nodes)
    {
        if (depth > limits.Depth || !TryUShort(out int count) || count > limits.Entries) return false;
        for (int i = 0; i < count; i++)
        {
            if (tag == ValueTag.Map && !(IsKeyNext() && TrySkip(limits, depth, ref nodes))) return false;
            if (IsNilNext() || !TrySkip(limits, depth, ref nodes)) return false;
        }
        return true;
    }

    /// <summary>Whether the next value may be a key: a string, a number that is not NaN, or a boolean.</summary>
    public readonly bool IsKeyNext()
    {
        if (_at >= _bytes.Length) return false;
        var tag = (ValueTag)_bytes[_at];
        if (tag != ValueTag.Number) return tag is >= ValueTag.False and <= ValueTag.Bytes;
        return _bytes.Length - _at >= 9 && !double.IsNaN(BinaryPrimitives.ReadDoubleLittleEndian(_bytes[(_at + 1)..]));
    }

    /// <summary>Whether the next value is nil, which lists and maps cannot hold. (In the internal format a handle may turn into nil on arrival; that
    /// is the decoder's business.)</summary>
    public readonly bool IsNilNext() => _at < _bytes.Length && _bytes[_at] == (byte)ValueTag.Nil;
}
