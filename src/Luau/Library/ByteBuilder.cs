using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>Bytes under construction for the one string a library function returns. Starts in memory of the caller (usually the stack) and grows in
/// charged arrays, each of which takes the place of the first result meanwhile, so that scripts called on the way cannot make it uncounted; the
/// last one becomes the string when it fits exactly.</summary>
ref struct ByteBuilder
{
    readonly CallContext _call;
    Span<byte> _bytes;
    byte[]? _array;
    int _length;

    /// <summary>An empty builder; <paramref name="initial"/> is used until it is full.</summary>
    public ByteBuilder(CallContext call, Span<byte> initial)
    {
        _call = call;
        _bytes = initial;
    }

    /// <summary>Bytes so far.</summary>
    public readonly int Length => _length;

    /// <summary>Appends one byte.</summary>
    public void Append(byte value)
    {
        if (_length == _bytes.Length) Grow(1);
        _bytes[_length++] = value;
    }

    /// <summary>Appends bytes, polling when they are many.</summary>
    public void Append(scoped ReadOnlySpan<byte> value)
    {
        if (value.Length > _bytes.Length - _length) Grow(value.Length);
        _call.Heap.Copy(value, _bytes[_length..]);
        _length += value.Length;
    }

    /// <summary>Appends the text of a number.</summary>
    public void Append(double number)
    {
        Span<byte> text = stackalloc byte[NumberText.LengthMax];
        Append(text[..NumberText.Format(number, text)]);
    }

    /// <summary>Appends <paramref name="count"/> times the same byte, polling when they are many.</summary>
    public void AppendRepeated(byte value, int count) => LibraryMemory.Fill(_call.Heap, Reserve(count), value);

    /// <summary>Appends <paramref name="count"/> bytes whose content the caller writes.</summary>
    public Span<byte> Reserve(int count)
    {
        if (count > _bytes.Length - _length) Grow(count);
        Span<byte> reserved = _bytes.Slice(_length, count);
        _length += count;
        return reserved;
    }

    /// <summary>Takes back what was reserved too much.</summary>
    /// <param name="length">New length, not more than the present one.</param>
    public void Shorten(int length) => _length = length;

    /// <summary>The bytes so far; valid until the next append.</summary>
    public readonly ReadOnlySpan<byte> Written => _bytes[.._length];

    /// <summary>The bytes as string; the builder must not be used afterwards.</summary>
    public LuauString ToLuauString()
    {
        // The buffer that stood for the array was charged what the string costs.
        if (_array is { } array && array.Length == _length) return new LuauString(array);
        LuauString result = _call.Heap.NewString(_bytes[.._length]);
        if (_array != null) _call.Heap.Refund(HeapSizes.Buffer(_array.Length));
        return result;
    }

    void Grow(int more)
    {
        long needed = (long)_length + more;
        if (needed > LibraryMemory.BytesMax) throw LibraryMemory.BlockTooBig();
        // At most doubled, so that a result close to the limit of a string does not fail for the growth rule alone.
        long capacity = Math.Max(needed, Math.Min(_bytes.Length * 2L, LibraryMemory.BytesMax));
        LuauHeap heap = _call.Heap;
        heap.Charge(HeapSizes.Buffer(capacity));
        byte[] grown = GC.AllocateUninitializedArray<byte>((int)capacity);
        heap.Copy(_bytes[.._length], grown);
        LibraryMemory.Root(_call, new LuauBuffer(grown));
        if (_array != null) heap.Refund(HeapSizes.Buffer(_array.Length));
        _array = grown;
        _bytes = grown;
    }
}
