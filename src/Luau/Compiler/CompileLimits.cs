using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

/// <summary>Limits that scripts can observe at compile time (specification, section 4) and their messages.</summary>
static class CompileLimits
{
    /// <summary>Locals alive at once in one function, parameters included; folded constants do not count.</summary>
    public const int LocalsMax = 200;

    /// <summary>Upvalues of one function.</summary>
    public const int UpvaluesMax = 200;

    /// <summary>Registers of one function.</summary>
    public const int RegistersMax = Instruction.RegistersMax;

    /// <summary>Constants of one function.</summary>
    public const int ConstantsMax = 1 << 23;

    /// <summary>Functions directly inside one function.</summary>
    public const int ChildrenMax = 1 << 15;

    /// <summary>Units of code of one function, which bounds every jump.</summary>
    public const int CodeUnitsMax = 1 << 24;

    /// <summary>Too many locals.</summary>
    public static SyntaxError Locals(LocalVariable variable) =>
        new($"Out of local registers when trying to allocate {variable.Name}: exceeded limit {LocalsMax}", variable.Line);

    /// <summary>Too many upvalues.</summary>
    public static SyntaxError Upvalues(LocalVariable variable) =>
        new($"Out of upvalue registers when trying to allocate {variable.Name}: exceeded limit {UpvaluesMax}", variable.Line);

    /// <summary>Too many registers.</summary>
    public static SyntaxError Registers(int count, int line) =>
        new($"Out of registers when trying to allocate {count} registers: exceeded limit {RegistersMax}", line);

    /// <summary>Too many constants.</summary>
    public static SyntaxError Constants(int line) => new("Exceeded constant limit; simplify the code to compile", line);

    /// <summary>Too many nested functions.</summary>
    public static SyntaxError Children(int line) => new("Exceeded closure limit; simplify the code to compile", line);

    /// <summary>Too much code for its jumps.</summary>
    public static SyntaxError Jump(int line) => new("Exceeded jump distance limit; simplify the code to compile", line);

    /// <summary>The tree is deeper than the stack of this thread allows.</summary>
    public static SyntaxError TooDeep(int line) =>
        new("Exceeded allowed recursion depth; simplify your expression to make the code compile", line);
}
