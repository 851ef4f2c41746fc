using System.Buffers.Binary;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

/// <summary>Library <c>buffer</c>: fixed-size bytes, little endian, 0-based offsets (specification 13).</summary>
static class BufferLibrary
{
    /// <summary><paramref name="size"/> bytes of <paramref name="buffer"/> from <paramref name="offset"/> on.</summary>
    static Span<byte> Access(ref CallContext call, LuauBuffer buffer, int offset, int size)
    {
        if (offset < 0 || (long)offset + size > buffer.Bytes.Length) throw OutOfBounds(ref call);
        return buffer.Bytes.AsSpan(offset, size);
    }

    static LuauException OutOfBounds(ref CallContext call) => call.Error("buffer access out of bounds");

    static ReadOnlySpan<byte> Read(ref CallContext call, int size)
    {
        LuauBuffer buffer = call.Buffer(0);
        return Access(ref call, buffer, call.Integer(1), size);
    }

    /// <summary>Target and value of a write; all arguments are checked before the bounds.</summary>
    static Span<byte> Write(ref CallContext call, int size, out double value)
    {
        LuauBuffer buffer = call.Buffer(0);
        int offset = call.Integer(1);
        value = call.Number(2);
        return Access(ref call, buffer, offset, size);
    }

    static HostResult WriteInteger8(ref CallContext call)
    {
        Span<byte> target = Write(ref call, 1, out double value);
        target[0] = (byte)NumberText.ToUInt32(value);
        return call.Return();
    }

    static HostResult WriteInteger16(ref CallContext call)
    {
        Span<byte> target = Write(ref call, 2, out double value);
        BinaryPrimitives.WriteUInt16LittleEndian(target, (ushort)NumberText.ToUInt32(value));
        return call.Return();
    }

    static HostResult WriteInteger32(ref CallContext call)
    {
        Span<byte> target = Write(ref call, 4, out double value);
        BinaryPrimitives.WriteUInt32LittleEndian(target, NumberText.ToUInt32(value));
        return call.Return();
    }

    static HostResult WriteFloat32(ref CallContext call)
    {
        Span<byte> target = Write(ref call, 4, out double value);
        BinaryPrimitives.WriteSingleLittleEndian(target, (float)value);
        return call.Return();
    }

    static HostResult WriteFloat64(ref CallContext call)
    {
        Span<byte> target = Write(ref call, 8, out double value);
        BinaryPrimitives.WriteDoubleLittleEndian(target, value);
        return call.Return();
    }

    static HostResult Create(ref CallContext call)
    {
        int size = call.Integer(0);
        if (size < 0) throw call.ArgumentError(0, "size");
        return call.Return(LibraryMemory.NewBuffer(call.Heap, size));
    }

    static HostResult FromString(ref CallContext call)
    {
        LuauString text = call.String(0);
        LuauBuffer buffer = LibraryMemory.NewBuffer(call.Heap, text.Length);
        call.Heap.Copy(text.Span, buffer.Bytes);
        return call.Return(buffer);
    }

    static HostResult BufferToString(ref CallContext call)
    {
        LuauBuffer buffer = call.Buffer(0);
        return call.Return(call.Heap.NewString(buffer.Bytes));
    }

    static HostResult ReadString(ref CallContext call)
    {
        LuauBuffer buffer = call.Buffer(0);
        int offset = call.Integer(1), count = call.Integer(2);
        if (count < 0) throw call.ArgumentError(2, "size");
        return call.Return(call.Heap.NewString(Access(ref call, buffer, offset, count)));
    }

    static HostResult WriteString(ref CallContext call)
    {
        LuauBuffer buffer = call.Buffer(0);
        int offset = call.Integer(1);
        LuauString text = call.String(2);
        int count = call.Integer(3, text.Length);
        if (count < 0) throw call.ArgumentError(3, "count");
        if (count > text.Length) throw call.Error("string length overflow");
        call.Heap.Copy(text.Span[..count], Access(ref call, buffer, offset, count));
        return call.Return();
    }

    static HostResult Copy(ref CallContext call)
    {
        LuauBuffer target = call.Buffer(0);
        int targetOffset = call.Integer(1);
        LuauBuffer source = call.Buffer(2);
        int sourceOffset = call.Integer(3, 0);
        long count = call[4].IsNil ? (long)source.Bytes.Length - sourceOffset : call.Integer(4);
        if (count is < 0 or > int.MaxValue) throw OutOfBounds(ref call);
        ReadOnlySpan<byte> from = Access(ref call, source, sourceOffset, (int)count);
        LibraryMemory.Copy(call.Heap, from, Access(ref call, target, targetOffset, (int)count));
        return call.Return();
    }

    static HostResult Fill(ref CallContext call)
    {
        LuauBuffer buffer = call.Buffer(0);
        int offset = call.Integer(1);
        byte value = (byte)call.Unsigned(2);
        long count = call[3].IsNil ? (long)buffer.Bytes.Length - offset : call.Integer(3);
        if (count is < 0 or > int.MaxValue) throw OutOfBounds(ref call);
        LibraryMemory.Fill(call.Heap, Access(ref call, buffer, offset, (int)count), value);
        return call.Return();
    }

    /// <summary>Checks the bit range of readbits and writebits.</summary>
    static long BitOffset(ref CallContext call, LuauBuffer buffer, double offset, int count)
    {
        // A NaN offset converts to the lowest integer on x86, which is out of bounds; so is everything beyond 64 bits.
        long start = IntegerConversion.ToInt64(offset);
        if (start < 0) throw OutOfBounds(ref call);
        if (count is < 0 or > 32) throw call.Error("bit count is out of range of [0; 32]");
        if ((ulong)start + (ulong)count > (ulong)buffer.Bytes.Length * 8) throw OutOfBounds(ref call);
        return start;
    }

    static HostResult ReadBits(ref CallContext call)
    {
        LuauBuffer buffer = call.Buffer(0);
        double offset = call.Number(1);
        int count = call.Integer(2);
        long start = BitOffset(ref call, buffer, offset, count);
        ulong bits = 0;
        long firstByte = start >> 3, lastByte = (start + count + 7) >> 3;
        for (long i = firstByte; i < lastByte; i++) bits |= (ulong)buffer.Bytes[i] << (int)((i - firstByte) * 8);
        return call.Return((double)((bits >> (int)(start & 7)) & ((1UL << count) - 1)));
    }

    static HostResult WriteBits(ref CallContext call)
    {
        LuauBuffer buffer = call.Buffer(0);
        double offset = call.Number(1);
        int count = call.Integer(2);
        ulong value = call.Unsigned(3);
        long start = BitOffset(ref call, buffer, offset, count);
        int shift = (int)(start & 7);
        ulong mask = ((1UL << count) - 1) << shift;
        value = (value << shift) & mask;
        long firstByte = start >> 3, lastByte = (start + count + 7) >> 3;
        for (long i = firstByte; i < lastByte; i++)
        {
            int at = (int)((i - firstByte) * 8);
            buffer.Bytes[i] = (byte)((buffer.Bytes[i] & ~(mask >> at)) | (value >> at));
        }
        return call.Return();
    }

    /// <summary>The rows.</summary>
    public static LibraryTable Table { get; } = new("buffer",
    [
        new("copy", "(target: buffer, targetOffset: number, source: buffer, sourceOffset: number?, count: number?) -> ()", "Copies bytes, also within one buffer.")
        { Body = Copy },
        new("create", "(size: number) -> buffer", "Buffer of zeros.")
        { Body = Create },
        new("fill", "(b: buffer, offset: number, value: number, count: number?) -> ()", "Sets bytes to one value.")
        { Body = Fill },
        new("fromstring", "(s: string) -> buffer", "Buffer with the bytes of a string.")
        { Body = FromString },
        new("len", "(b: buffer) -> number", "Size in bytes.")
        { Body = static (ref CallContext c) => c.Return((double)c.Buffer(0).Bytes.Length) },
        new("readbits", "(b: buffer, bitOffset: number, bitCount: number) -> number", "Up to 32 bits from a bit offset, least significant first.")
        { Body = ReadBits },
        new("readf32", "(b: buffer, offset: number) -> number", "Reads a 32-bit float.")
        { Builtin = BuiltinId.Buffer_readf32, Body = static (ref CallContext c) => c.Return((double)BinaryPrimitives.ReadSingleLittleEndian(Read(ref c, 4))) },
        new("readf64", "(b: buffer, offset: number) -> number", "Reads a 64-bit float.")
        { Builtin = BuiltinId.Buffer_readf64, Body = static (ref CallContext c) => c.Return(BinaryPrimitives.ReadDoubleLittleEndian(Read(ref c, 8))) },
        new("readi16", "(b: buffer, offset: number) -> number", "Reads a signed 16-bit integer.")
        { Builtin = BuiltinId.Buffer_readi16, Body = static (ref CallContext c) => c.Return((double)BinaryPrimitives.ReadInt16LittleEndian(Read(ref c, 2))) },
        new("readi32", "(b: buffer, offset: number) -> number", "Reads a signed 32-bit integer.")
        { Builtin = BuiltinId.Buffer_readi32, Body = static (ref CallContext c) => c.Return((double)BinaryPrimitives.ReadInt32LittleEndian(Read(ref c, 4))) },
        new("readi8", "(b: buffer, offset: number) -> number", "Reads a signed 8-bit integer.")
        { Builtin = BuiltinId.Buffer_readi8, Body = static (ref CallContext c) => c.Return((double)(sbyte)Read(ref c, 1)[0]) },
        new("readstring", "(b: buffer, offset: number, count: number) -> string", "Bytes as string.")
        { Body = ReadString },
        new("readu16", "(b: buffer, offset: number) -> number", "Reads an unsigned 16-bit integer.")
        { Builtin = BuiltinId.Buffer_readu16, Body = static (ref CallContext c) => c.Return((double)BinaryPrimitives.ReadUInt16LittleEndian(Read(ref c, 2))) },
        new("readu32", "(b: buffer, offset: number) -> number", "Reads an unsigned 32-bit integer.")
        { Builtin = BuiltinId.Buffer_readu32, Body = static (ref CallContext c) => c.Return((double)BinaryPrimitives.ReadUInt32LittleEndian(Read(ref c, 4))) },
        new("readu8", "(b: buffer, offset: number) -> number", "Reads an unsigned 8-bit integer.")
        { Builtin = BuiltinId.Buffer_readu8, Body = static (ref CallContext c) => c.Return((double)Read(ref c, 1)[0]) },
        new("tostring", "(b: buffer) -> string", "All bytes as string.")
        { Body = BufferToString },
        new("writebits", "(b: buffer, bitOffset: number, bitCount: number, value: number) -> ()", "Stores up to 32 bits at a bit offset.")
        { Body = WriteBits },
        new("writef32", "(b: buffer, offset: number, value: number) -> ()", "Stores a 32-bit float.")
        { Builtin = BuiltinId.Buffer_writef32, Body = WriteFloat32 },
        new("writef64", "(b: buffer, offset: number, value: number) -> ()", "Stores a 64-bit float.")
        { Builtin = BuiltinId.Buffer_writef64, Body = WriteFloat64 },
        new("writei16", "(b: buffer, offset: number, value: number) -> ()", "Stores a signed 16-bit integer; larger ones wrap.")
        { Builtin = BuiltinId.Buffer_writei16, Body = WriteInteger16 },
        new("writei32", "(b: buffer, offset: number, value: number) -> ()", "Stores a signed 32-bit integer; larger ones wrap.")
        { Builtin = BuiltinId.Buffer_writei32, Body = WriteInteger32 },
        new("writei8", "(b: buffer, offset: number, value: number) -> ()", "Stores a signed 8-bit integer; larger ones wrap.")
        { Builtin = BuiltinId.Buffer_writei8, Body = WriteInteger8 },
        new("writestring", "(b: buffer, offset: number, s: string, count: number?) -> ()", "Stores bytes of a string.")
        { Body = WriteString },
        new("writeu16", "(b: buffer, offset: number, value: number) -> ()", "Stores an unsigned 16-bit integer; larger ones wrap.")
        { Builtin = BuiltinId.Buffer_writeu16, Body = WriteInteger16 },
        new("writeu32", "(b: buffer, offset: number, value: number) -> ()", "Stores an unsigned 32-bit integer; larger ones wrap.")
        { Builtin = BuiltinId.Buffer_writeu32, Body = WriteInteger32 },
        new("writeu8", "(b: buffer, offset: number, value: number) -> ()", "Stores an unsigned 8-bit integer; larger ones wrap.")
        { Builtin = BuiltinId.Buffer_writeu8, Body = WriteInteger8 },
    ]);
}
