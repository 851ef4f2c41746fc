using System.Reflection;

namespace GameServer.Luau.Bytecode;

/// <summary>What the operand fields of an instruction mean. Letters: A, B, C registers; K before a letter makes it a constant; U an upvalue;
/// I a plain number; D the 32-bit field over B and C; J a jump offset.</summary>
enum OpFormat
{
    /// <summary>No operands.</summary>
    None,
    /// <summary>Register A.</summary>
    A,
    /// <summary>Registers A and B.</summary>
    AB,
    /// <summary>Registers A, B and C.</summary>
    ABC,
    /// <summary>Register A, number B.</summary>
    AI,
    /// <summary>Register A, numbers B and C.</summary>
    AII,
    /// <summary>Registers A and B, number C.</summary>
    ABI,
    /// <summary>Register A, number B, register C.</summary>
    AIC,
    /// <summary>Register A, 32-bit number D.</summary>
    AD,
    /// <summary>Register A, constant at byte offset D.</summary>
    AKD,
    /// <summary>Register A, upvalue B.</summary>
    AU,
    /// <summary>Registers A and B, constant C.</summary>
    ABKC,
    /// <summary>Register A, constant B, register C.</summary>
    AKBC,
    /// <summary>Register A, constants B and C.</summary>
    AKBKC,
    /// <summary>32-bit jump offset D.</summary>
    D,
    /// <summary>Register A, 32-bit jump offset D.</summary>
    AJ,
    /// <summary>Registers A and B, jump offset C.</summary>
    ABJ,
    /// <summary>Register A, constant B, jump offset C.</summary>
    AKBJ,
    /// <summary>Register A, number B, jump offset C.</summary>
    AIJ,
    /// <summary>Capture kind A, register or upvalue B.</summary>
    Capture,
}

/// <summary>Operands an instruction reads or writes. <see cref="Range"/> stands for consecutive registers described by the opcode itself.</summary>
[Flags]
enum Operands
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>Operand A.</summary>
    A = 1,
    /// <summary>Operand B.</summary>
    B = 2,
    /// <summary>Operand C.</summary>
    C = 4,
    /// <summary>A run of registers.</summary>
    Range = 8,
}

/// <summary>Shape of an opcode, written on its member in <see cref="OpCode"/>.</summary>
[AttributeUsage(AttributeTargets.Field)]
sealed class OpAttribute(OpFormat format) : Attribute
{
    /// <summary>Meaning of the operand fields.</summary>
    public OpFormat Format { get; } = format;
    /// <summary>Registers written.</summary>
    public Operands Writes { get; init; }
    /// <summary>Registers read.</summary>
    public Operands Reads { get; init; }
    /// <summary>Whether one cache unit follows.</summary>
    public bool HasCache { get; init; }
}

/// <summary>The shapes of all opcodes, read once from <see cref="OpCode"/>.</summary>
static class OpInfo
{
    static readonly OpAttribute[] Shapes =
        [.. Enum.GetValues<OpCode>().Select(op => typeof(OpCode).GetField(op.ToString())!.GetCustomAttribute<OpAttribute>()
            ?? throw new InvalidOperationException($"opcode {op} has no shape"))];

    /// <summary>Number of opcodes.</summary>
    public static int Count => Shapes.Length;

    /// <summary>Shape of <paramref name="op"/>.</summary>
    public static OpAttribute Of(OpCode op) => Shapes[(int)op];

    /// <summary>Length of the instruction in units: 2 when a cache unit follows, else 1.</summary>
    public static int Units(OpCode op) => Shapes[(int)op].HasCache ? 2 : 1;
}
