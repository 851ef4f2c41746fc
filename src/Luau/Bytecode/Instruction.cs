using System.Runtime.InteropServices;
using GameServer.Luau.Values;

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

    /// <summary>Whether a constant may be the divisor of <see cref="OpCode.ModInt"/>.</summary>
    public static bool IsShortDivisor(in LuauValue constant) =>
        constant.IsNumber && constant.Num is >= 1 and <= 1L << 31 && Math.Floor(constant.Num) == constant.Num;

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

    // Cache unit views (CacheUnit). Written only by the VM that loaded the code.
    // Fields, globals and methods: two shapes with the byte offset of the slot in each, the latest first. Shape ids fit 16 bits (ShapeTree.ShapesMax),
    // slot offsets leave the four bits below and the three bits above them free.
    /// <summary>Id of the shape <see cref="Slot1"/> belongs to; 0 = empty.</summary>
    [FieldOffset(0)] public ushort Shape1;
    /// <summary>Byte offset of the slot in tables of that shape.</summary>
    [FieldOffset(2)] public ushort Slot1;
    /// <summary>Id of the shape the second slot belongs to; 0 = empty.</summary>
    [FieldOffset(4)] public ushort Shape2;
    /// <summary>Byte offset of the slot in tables of the second shape, and in the lowest four bits feedback for a compiled tier: how often neither shape was the right
    /// one, saturating.</summary>
    [FieldOffset(6)] public ushort Slot2AndMisses;
    /// <summary>The bits of <see cref="Slot2AndMisses"/> that count.</summary>
    public const int MissesMask = SlotBytes - 1;
    /// <summary>Byte offset of the second slot.</summary>
    public readonly int Slot2 => Slot2AndMisses & ~MissesMask;

    /// <summary>Imports and fast calls: id of the shape of the environment that was looked at; 0 = none.</summary>
    [FieldOffset(0)] public int CacheShape;
    /// <summary>Constant the compiler hands over in the second half of a unit (NewTableShape: array capacity; SetList: first index).</summary>
    [FieldOffset(4)] public int Aux;
    /// <summary>Unit behind a FastCall: the builtin.</summary>
    [FieldOffset(4)] public BuiltinId Builtin;
    /// <summary>Unit behind a FastCall: units to skip on success, counted from behind this unit.</summary>
    [FieldOffset(6)] public ushort Skip;
}
