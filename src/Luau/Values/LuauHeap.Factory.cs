using System.Runtime.CompilerServices;

namespace GameServer.Luau.Values;

// Making values: each method charges before it allocates.
public sealed partial class LuauHeap
{
    /// <summary>Longest string or buffer in bytes (specification 12).</summary>
    internal const int BlockBytesMax = 1 << 30;
    /// <summary>Bytes copied between two polls of the interrupt flag.</summary>
    internal const int CopyStride = 1 << 20;

    readonly InternTable _interned = new();
    byte[] _numberScratch = [];

    /// <summary>Makes the heap of a new VM, without limit.</summary>
    internal LuauHeap()
    {
        _tracer = new Tracer(this);
        Charge(_interned.Bytes);
        Shapes = new ShapeTree(this);
        ModeName = Intern("__mode"u8);
    }

    /// <summary>Shapes of the VM's tables.</summary>
    internal ShapeTree Shapes { get; }

    /// <summary>The interned string <c>__mode</c>.</summary>
    internal LuauString ModeName { get; }

    /// <summary>Makes a string from a copy of <paramref name="content"/>; strings of no or one byte are shared.</summary>
    public LuauString NewString(ReadOnlySpan<byte> content)
    {
        if (content.Length <= 1) return content.Length == 0 ? LuauString.Empty : LuauString.OfByte(content[0]);
        LuauString s = NewString(content.Length);
        Copy(content, s.Bytes);
        return s;
    }

    /// <summary>Makes a string of <paramref name="length"/> bytes that the caller fills before anyone else sees it; its content is undefined until then.</summary>
    /// <param name="length">0 to <see cref="BlockBytesMax"/>; callers check and raise their own text first.</param>
    internal LuauString NewString(int length)
    {
        Charge(HeapSizes.String(length));
        return new LuauString(length < 2048 ? new byte[length] : GC.AllocateUninitializedArray<byte>(length));
    }

    /// <summary>Makes a string that owns <paramref name="bytes"/>. For arrays that exist anyway; large ones should be checked with <see cref="EnsureRoom"/>
    /// before they are made.</summary>
    internal LuauString NewString(byte[] bytes)
    {
        Charge(HeapSizes.String(bytes.Length));
        return new LuauString(bytes);
    }

    /// <summary>Makes the text of a number.</summary>
    internal LuauString NewString(double number)
    {
        Span<byte> text = stackalloc byte[NumberText.LengthMax];
        return NewString(text[..NumberText.Format(number, text)]);
    }

    /// <summary>The one string of this VM with this content. For constants of loaded code and names of libraries, never for strings scripts compute.</summary>
    internal LuauString Intern(ReadOnlySpan<byte> content)
    {
        if (content.Length <= 1) return NewString(content);
        LuauString? s = _interned.Find(content, LuauString.HashOf(content));
        return s ?? AddInterned(NewString(content));
    }

    /// <summary>As the other Intern; adopts <paramref name="candidate"/> itself when its content is new to this VM, so loading shared code copies no strings.</summary>
    internal LuauString Intern(LuauString candidate)
    {
        if (candidate.Length <= 1) return NewString(candidate.Span);
        LuauString? s = _interned.Find(candidate.Span, candidate.Hash);
        if (s != null) return s;
        if (!candidate.IsPermanent) Charge(HeapSizes.String(candidate.Length));
        return AddInterned(candidate);
    }

    LuauString AddInterned(LuauString s)
    {
        Charge(_interned.Add(s));
        return s;
    }

    /// <summary>Makes an empty table.</summary>
    internal LuauTable NewTable(int arrayCapacity = 0, int fieldCapacity = 0) => new(this, arrayCapacity, fieldCapacity);

    /// <summary>Makes a buffer of zeros.</summary>
    internal LuauBuffer NewBuffer(int length)
    {
        Charge(HeapSizes.Buffer(length));
        return new LuauBuffer(new byte[length]);
    }

    /// <summary>Makes a vector.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal LuauVector NewVector(float x, float y, float z)
    {
        Charge(HeapSizes.Vector);
        return new LuauVector(x, y, z);
    }

    /// <summary>Joins two strings.</summary>
    /// <returns>Null when the result would be longer than <see cref="BlockBytesMax"/>.</returns>
    internal LuauString? Concat(LuauString a, LuauString b)
    {
        long length = (long)a.Length + b.Length;
        if (length > BlockBytesMax) return null;
        if (a.Length == 0) return b;
        if (b.Length == 0) return a;
        LuauString result = NewString((int)length);
        Copy(a.Bytes, result.Bytes);
        Copy(b.Bytes, result.Bytes.AsSpan(a.Length));
        return result;
    }

    /// <summary>Joins strings and numbers, making one string and nothing else.</summary>
    /// <param name="parts">Strings and numbers only.</param>
    /// <returns>Null when the result would be longer than <see cref="BlockBytesMax"/>.</returns>
    internal LuauString? Concat(ReadOnlySpan<LuauValue> parts)
    {
        // Texts of numbers are written once, one behind the other, each behind a byte that tells its length.
        long length = 0;
        int used = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i].IsNumber)
            {
                if (_numberScratch.Length < used + NumberText.LengthMax + 1) GrowScratch(used);
                int written = NumberText.Format(parts[i].Num, _numberScratch.AsSpan(used + 1));
                _numberScratch[used] = (byte)written;
                used += written + 1;
                length += written;
            }
            else length += Unsafe.As<LuauString>(parts[i].Ref!).Bytes.Length;
        }
        if (length > BlockBytesMax) return null;
        if (length == 0) return LuauString.Empty;

        LuauString result = NewString((int)length);
        Span<byte> target = result.Bytes;
        used = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            ReadOnlySpan<byte> part;
            if (parts[i].IsNumber)
            {
                part = _numberScratch.AsSpan(used + 1, _numberScratch[used]);
                used += part.Length + 1;
            }
            else part = Unsafe.As<LuauString>(parts[i].Ref!).Bytes;
            Copy(part, target);
            target = target[part.Length..];
        }
        return result;
    }

    /// <summary>Copies, polling on the way when it is long; the spans do not overlap.</summary>
    internal void Copy(ReadOnlySpan<byte> from, Span<byte> to)
    {
        while (from.Length > CopyStride)
        {
            from[..CopyStride].CopyTo(to);
            from = from[CopyStride..];
            to = to[CopyStride..];
            Poll();
        }
        from.CopyTo(to);
    }

    void GrowScratch(int used)
    {
        var grown = new byte[used * 2 + 16 * NumberText.LengthMax];
        System.Array.Copy(_numberScratch, grown, used);
        _numberScratch = grown;
    }
}
