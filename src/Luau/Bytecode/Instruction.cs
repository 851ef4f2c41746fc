using System.Runtime.InteropServices;

namespace GameServer.Luau.Bytecode;

/// <summary>One 8-byte unit of code: an instruction, or the cache unit behind one.</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
struct Instruction
{
    /// <summary>Bytes of a register, constant or upvalue slot: operands are pre-multiplied by it.</summary>
    public const int SlotBytes = 16;
    /// <summary>Registers a function may have, a scripts-visible limit (specification 4).</summary>
    public const int RegistersMax = 255;
    /// <summary>Largest constant index that fits a 16-bit operand; beyond it constants are loaded with LoadK.</summary>
    public const int ShortConstantMax = ushort.MaxValue / SlotBytes;

    /// <summary>Operation.</summary>
    [FieldOffset(0)] public OpCode Op;
    /// <summary>First operand.</summary>
    [FieldOffset(2)] public ushort A;
    /// <summary>Second operand.</summary>
    [FieldOffset(4)] public ushort B;
    /// <summary>Third operand.</summary>
    [FieldOffset(6)] public ushort C;
    /// <summary>Third operand as signed jump offset.</summary>
    [FieldOffset(6)] public short Jump;
    /// <summary>32-bit operand over B and C.</summary>
    [FieldOffset(4)] public int D;

    // Cache unit view (CacheUnit). Written only by the VM that loaded the code.
    /// <summary>Id of the shape the cached slot belongs to; 0 = empty.</summary>
    [FieldOffset(0)] public int CacheShape;
    /// <summary>Byte offset of the cached slot, or an index the opcode defines.</summary>
    [FieldOffset(4)] public ushort CacheSlot;
    /// <summary>Feedback: how often the cache missed (saturating); the compiled tier reads it.</summary>
    [FieldOffset(6)] public byte Misses;
    /// <summary>Feedback: kinds of values seen, as the opcode defines.</summary>
    [FieldOffset(7)] public byte Seen;
    /// <summary>Constant the compiler hands over in the second half of a unit (NewTableShape: array capacity; SetList: first index).</summary>
    [FieldOffset(4)] public int Aux;
    /// <summary>Unit behind a FastCall: the builtin.</summary>
    [FieldOffset(4)] public BuiltinId Builtin;
    /// <summary>Unit behind a FastCall: units to skip on success, counted from behind this unit.</summary>
    [FieldOffset(6)] public ushort Skip;
}
