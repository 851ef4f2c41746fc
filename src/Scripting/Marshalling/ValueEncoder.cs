using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using GameServer.Luau;
using GameServer.Luau.Values;

namespace GameServer.Scripting.Marshalling;

/// <summary>Plain script values to bytes. Walks raw: no metamethod runs, metatables are not carried. Shared tables are copied once per reference,
/// cycles are refused, and every refusal names the path.</summary>
/// <remarks>One thread; reused, so that a steady stream of values allocates nothing.</remarks>
sealed class ValueEncoder
{
    static readonly SearchValues<byte> NameBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"u8);

    readonly LuauTable?[] _path = new LuauTable?[ValueLimits.DepthMax + 1];
    readonly LuauValue[] _keys = new LuauValue[ValueLimits.DepthMax + 1];
    byte[] _buffer = new byte[1024];
    int _length;
    int _nodes;
    int _depth;
    string? _refusal;
    string _root = "";
    int _rootIndex;
    int _deepest;
    LuauVm? _current;
    ValueFormat _format;
    ValueLimits _limits;
    IHandleTable? _handles;

    /// <summary>Begins with an empty result.</summary>
    public void Begin(LuauVm vm, ValueFormat format, ValueLimits limits, IHandleTable? handles)
    {
        (_current, _format, _limits, _handles) = (vm, format, limits, handles);
        (_length, _nodes, _depth, _refusal) = (0, 0, 0, null);
    }

    /// <summary>Lets go of a VM that is about to end.</summary>
    public void Forget(LuauVm vm)
    {
        if (_current == vm) (_current, _handles) = (null, null);
    }

    LuauVm Vm => _current ?? throw new InvalidOperationException("Begin first");

    /// <summary>Bytes so far; valid until the next <see cref="Begin"/>.</summary>
    public ReadOnlySpan<byte> Encoded => _buffer.AsSpan(0, _length);

    /// <summary>Why the last <see cref="TryAdd"/> failed.</summary>
    public string Refusal => _refusal ?? "";

    /// <summary>Appends one value.</summary>
    /// <param name="value">Any value of the VM.</param>
    /// <param name="root">How to call it in a refusal, like <c>payload</c>.</param>
    /// <param name="index">Which of several, shown behind the root; 0 when there is only one.</param>
    public bool TryAdd(in LuauValue value, string root, int index = 0)
    {
        (_root, _rootIndex) = (root, index);
        (_depth, _deepest) = (0, 0);
        bool done = Write(value);
        Array.Clear(_path, 0, _deepest);
        Array.Clear(_keys, 0, _deepest);
        return done;
    }

    bool Write(in LuauValue value)
    {
        if (++_nodes > _limits.Nodes) return Refuse($"more than {_limits.Nodes} values");
        switch (value.Type)
        {
            case LuauType.Nil: return PutTag(ValueTag.Nil);
            case LuauType.Boolean: return PutTag(value.IsTruthy ? ValueTag.True : ValueTag.False);
            case LuauType.Number: return WriteNumber(value.AsNumber());
            case LuauType.String: return WriteString(value.As<LuauString>()!.Span);
            case LuauType.Vector: return WriteVector(value.As<LuauVector>()!);
            case LuauType.Buffer: return WriteBlock(ValueTag.Buffer, value.As<LuauBuffer>()!.Span, ushort.MaxValue);
            case LuauType.Table: return WriteTable(value.As<LuauTable>()!);
            case LuauType.Userdata when _format == ValueFormat.Internal && _handles is not null
                && _handles.TryGetHandle(value.As<Userdata>()!, out byte kind, out int id):
                return PutTag(ValueTag.Handle) && PutByte(kind) && PutInt(id);
            default: return Refuse($"a {value.Type.ToString().ToLowerInvariant()} cannot be {(_format == ValueFormat.Wire ? "sent" : "copied")}");
        }
    }

    bool WriteNumber(double number)
    {
        int whole = (int)number;
        if (whole == number && (whole != 0 || !double.IsNegative(number))) return PutTag(ValueTag.Integer) && PutInt(whole);
        if (!PutTag(ValueTag.Number) || !Reserve(8)) return false;
        BinaryPrimitives.WriteDoubleLittleEndian(_buffer.AsSpan(_length), number);
        _length += 8;
        return true;
    }

    bool WriteString(ReadOnlySpan<byte> bytes)
    {
        if (_format == ValueFormat.Internal) return WriteBlock(ValueTag.Bytes, bytes, int.MaxValue);
        if (!Utf8.IsValid(bytes)) return WriteBlock(ValueTag.Bytes, bytes, ushort.MaxValue);
        if (bytes.Length > ushort.MaxValue - 1) return Refuse($"a string of {bytes.Length} bytes, at most {ushort.MaxValue - 1} can be sent");
        // NetDataWriter's string: length plus one, zero for the empty one.
        if (!PutTag(ValueTag.Text) || !PutUShort(bytes.IsEmpty ? 0 : bytes.Length + 1) || !Reserve(bytes.Length)) return false;
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
        return true;
    }

    bool WriteBlock(ValueTag tag, ReadOnlySpan<byte> bytes, int max)
    {
        bool wire = _format == ValueFormat.Wire;
        if (wire && bytes.Length > max) return Refuse($"{bytes.Length} bytes, at most {max} can be sent");
        if (!PutTag(tag) || !(wire ? PutUShort(bytes.Length) : PutInt(bytes.Length)) || !Reserve(bytes.Length)) return false;
        bytes.CopyTo(_buffer.AsSpan(_length));
        _length += bytes.Length;
        return true;
    }

    bool WriteVector(LuauVector vector)
    {
        if (!PutTag(ValueTag.Vector) || !Reserve(12)) return false;
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.AsSpan(_length), vector.X);
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.AsSpan(_length + 4), vector.Y);
        BinaryPrimitives.WriteSingleLittleEndian(_buffer.AsSpan(_length + 8), vector.Z);
        _length += 12;
        return true;
    }

    bool WriteTable(LuauTable table)
    {
        for (int i = 0; i < _depth; i++)
        {
            if (ReferenceEquals(_path[i], table)) return Refuse("cycle");
        }
        if (_depth >= _limits.Depth) return Refuse($"nested more than {_limits.Depth} deep");
        if (!Count(table, out int count, out bool isList)) return false;
        _path[_depth++] = table;
        _deepest = Math.Max(_deepest, _depth);
        bool done = PutTag(isList ? ValueTag.List : ValueTag.Map) && PutUShort(count) && WriteEntries(table, isList);
        // After a refusal the path stays as it is: it has been written into the text already.
        if (done) _path[--_depth] = null;
        return done;
    }

    /// <summary>Counts entries before anything is written and tells whether the keys are 1…n in order, which is how the array part comes.</summary>
    bool Count(LuauTable table, out int count, out bool isList)
    {
        count = 0;
        isList = true;
        LuauValue key = default;
        while (Vm.Next(table, ref key, out _))
        {
            if (++count > _limits.Entries) return Refuse($"a table with more than {_limits.Entries} entries");
            if (isList && !(key.TryGetNumber(out double number) && number == count)) isList = false;
        }
        return true;
    }

    bool WriteEntries(LuauTable table, bool isList)
    {
        int level = _depth - 1;
        LuauValue key = default;
        while (Vm.Next(table, ref key, out LuauValue value))
        {
            _keys[level] = key;
            if (!isList && !WriteKey(key)) return false;
            if (!Write(value)) return false;
        }
        return true;
    }

    bool WriteKey(in LuauValue key) => key.Type is LuauType.String or LuauType.Number or LuauType.Boolean
        ? Write(key)
        : Refuse($"a key that is a {key.Type.ToString().ToLowerInvariant()}");

    bool Refuse(string why)
    {
        _refusal = $"{why} at {Path()}";
        return false;
    }

    string Path()
    {
        var path = new StringBuilder(_root);
        if (_rootIndex > 0) path.Append('[').Append(_rootIndex).Append(']');
        for (int i = 0; i < _depth; i++)
        {
            LuauValue key = _keys[i];
            if (key.IsNil) continue;
            if (key.As<LuauString>() is { Length: < 64 } name && IsName(name.Span)) path.Append('.').Append(name);
            else if (key.As<LuauString>() is { } text) path.Append("[\"").Append(text.ToString(), 0, Math.Min(32, text.ToString().Length)).Append("\"]");
            else path.Append('[').Append(Vm.ToText(key)).Append(']');
            if (path.Length > 300) return path.Append("...").ToString();
        }
        return path.ToString();
    }

    static bool IsName(ReadOnlySpan<byte> bytes) =>
        bytes.Length > 0 && !char.IsAsciiDigit((char)bytes[0]) && bytes.IndexOfAnyExcept(NameBytes) < 0;

    bool PutTag(ValueTag tag) => PutByte((byte)tag);

    bool PutByte(byte value)
    {
        if (!Reserve(1)) return false;
        _buffer[_length++] = value;
        return true;
    }

    bool PutUShort(int value)
    {
        if (!Reserve(2)) return false;
        BinaryPrimitives.WriteUInt16LittleEndian(_buffer.AsSpan(_length), (ushort)value);
        _length += 2;
        return true;
    }

    bool PutInt(int value)
    {
        if (!Reserve(4)) return false;
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(_length), value);
        _length += 4;
        return true;
    }

    bool Reserve(int bytes)
    {
        if ((long)_length + bytes > _limits.Bytes) return Refuse($"more than {_limits.Bytes} bytes");
        if (_length + bytes > _buffer.Length) Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
        return true;
    }
}
