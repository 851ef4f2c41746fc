using GameServer.Luau.Values;

namespace GameServer.Luau.Bytecode;

/// <summary>The form of one function: operands in range, units where they belong, jumps to instructions.</summary>
sealed class FunctionForm(Proto proto, CancellationToken cancellation)
{
    const int Slot = Instruction.SlotBytes;

    const int UnitsPerPoll = 4096;

    readonly bool[] _isStart = new bool[proto.Code.Length];

    /// <summary>Checks everything that can be told from single instructions.</summary>
    public void Check()
    {
        CheckTables();
        FindStarts();
        for (int pc = 0; pc < proto.Code.Length; pc++)
        {
            Poll();
            if (_isStart[pc])
                CheckInstruction(pc);
        }
    }

    /// <summary>To be called for each instruction of a pass over the code: polls the cancellation now and then.</summary>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public void Poll()
    {
        if ((++_steps & (UnitsPerPoll - 1)) == 0)
            cancellation.ThrowIfCancellationRequested();
    }

    int _steps;

    /// <summary>Whether an instruction (not a cache or capture unit) begins at <paramref name="pc"/>.</summary>
    public bool IsStart(int pc) => (uint)pc < (uint)_isStart.Length && _isStart[pc];

    /// <summary>Position of the unit behind the instruction at <paramref name="pc"/> and everything that belongs to it.</summary>
    public int Next(int pc)
    {
        var i = proto.Code[pc];
        return i.Op == OpCode.NewClosure ? pc + 1 + proto.Children[i.D].UpvalueCount : pc + OpInfo.Units(i.Op);
    }

    /// <summary>Where the jump at <paramref name="pc"/> goes.</summary>
    public int Target(int pc)
    {
        var i = proto.Code[pc];
        return pc + 1 + (OpInfo.Of(i.Op).Format is OpFormat.D or OpFormat.AJ ? i.D : i.Jump);
    }

    /// <summary>A fault at <paramref name="pc"/>.</summary>
    public VerificationException Fault(int pc, string what) =>
        new($"function '{proto.Name?.ToString() ?? "?"}' line {proto.LineDefined}, unit {pc}{(pc < proto.Code.Length ? $" ({proto.Code[pc].Op})" : "")}: {what}");

    void Require(bool condition, int pc, string what)
    {
        if (!condition)
            throw Fault(pc, what);
    }

    void CheckTables()
    {
        Require(proto.Code.Length > 0 && proto.Lines.Length == proto.Code.Length, 0, "code and lines differ in length");
        Require(proto.RegisterCount is >= 0 and <= Instruction.RegistersMax, 0, "too many registers");
        Require(proto.ParameterCount >= 0 && proto.ParameterCount <= proto.RegisterCount, 0, "more parameters than registers");
        Require(proto.UpvalueCount is >= 0 and <= ushort.MaxValue / Slot, 0, "too many upvalues");
        foreach (var constant in proto.Constants)
            Require(constant.IsNumber || constant.IsBoolean || constant.Ref is LuauString, 0, "a constant is not a number, string or boolean");
        foreach (var import in proto.Imports)
            Require(import.Length is >= 1 and <= 3 && import.All(IsString), 0, "an import is not one to three names");
        foreach (var template in proto.Templates)
            Require(template.All(IsString) && template.Distinct().Count() == template.Length, 0, "a template is not a list of distinct names");
    }

    bool IsString(int constant) => (uint)constant < (uint)proto.Constants.Length && proto.Constants[constant].Ref is LuauString;

    void FindStarts()
    {
        for (int pc = 0; pc < proto.Code.Length; pc = Next(pc))
        {
            Poll();
            var i = proto.Code[pc];
            Require((int)i.Op < OpInfo.Count, pc, "unknown opcode");
            Require(i.Op != OpCode.Capture, pc, "Capture outside a NewClosure");
            Require(i.Op != OpCode.NewClosure || (uint)i.D < (uint)proto.Children.Length, pc, "no such child");
            Require(Next(pc) <= proto.Code.Length, pc, "its units are missing");
            _isStart[pc] = true;
        }
    }

    void CheckInstruction(int pc)
    {
        var i = proto.Code[pc];
        switch (OpInfo.Of(i.Op).Format)
        {
            case OpFormat.None: break;
            case OpFormat.A or OpFormat.AI or OpFormat.AII or OpFormat.AD: Register(pc, i.A); break;
            case OpFormat.AB or OpFormat.ABI: Register(pc, i.A); Register(pc, i.B); break;
            case OpFormat.ABC: Register(pc, i.A); Register(pc, i.B); Register(pc, i.C); break;
            case OpFormat.AIC: Register(pc, i.A); Register(pc, i.C); break;
            case OpFormat.AKD: Register(pc, i.A); Constant(pc, i.D); break;
            case OpFormat.AU: Register(pc, i.A); Require(i.B % Slot == 0 && i.B / Slot < proto.UpvalueCount, pc, "no such upvalue"); break;
            case OpFormat.ABKC: Register(pc, i.A); Register(pc, i.B); Constant(pc, i.C); break;
            case OpFormat.AKBC: Register(pc, i.A); Constant(pc, i.B); Register(pc, i.C); break;
            case OpFormat.AKBKC: Register(pc, i.A); Constant(pc, i.B); Constant(pc, i.C); break;
            case OpFormat.D: Jump(pc); break;
            case OpFormat.AJ: Register(pc, i.A); Jump(pc); break;
            case OpFormat.ABJ: Register(pc, i.A); Register(pc, i.B); Jump(pc); break;
            case OpFormat.AKBJ: Register(pc, i.A); Constant(pc, i.B); Jump(pc); break;
            case OpFormat.AIJ: Register(pc, i.A); Jump(pc); break;
            default: throw Fault(pc, "no format");
        }
        CheckSpecial(pc, i);
        if (OpInfo.Of(i.Op).HasCache)
            CheckCacheUnit(pc, i.Op);
    }

    void Register(int pc, int operand) =>
        Require(operand % Slot == 0 && operand / Slot < proto.RegisterCount, pc, "no such register");

    void Constant(int pc, int operand) =>
        Require(operand >= 0 && operand % Slot == 0 && operand / Slot < proto.Constants.Length, pc, "no such constant");

    void Jump(int pc)
    {
        int target = Target(pc);
        Require(IsStart(target), pc, "jumps beside an instruction");
        bool goesBack = proto.Code[pc].Op is OpCode.LoopBack or OpCode.ForLoop or OpCode.ForLoopUp or OpCode.ForGLoop or OpCode.ForGCheck;
        Require(goesBack == target <= pc, pc, "jumps in the wrong direction");
    }

    void CheckSpecial(int pc, Instruction i)
    {
        switch (i.Op)
        {
            case OpCode.GetGlobal or OpCode.SetGlobal or OpCode.NameCall:
                Require(IsString(i.D / Slot), pc, "the constant is not a string");
                break;
            case OpCode.GetField:
                Require(IsString(i.C / Slot), pc, "the constant is not a string");
                break;
            case OpCode.SetField or OpCode.SetFieldK:
                Require(IsString(i.B / Slot), pc, "the constant is not a string");
                break;
            case OpCode.GetImport:
                Require((uint)i.D < (uint)proto.Imports.Length, pc, "no such import");
                break;
            case OpCode.NewTableShape:
                Require((uint)i.D < (uint)proto.Templates.Length, pc, "no such template");
                break;
            case OpCode.GetIndexN:
                Require(i.C >= 1, pc, "the index is 0");
                break;
            case OpCode.SetIndexN:
                Require(i.B >= 1, pc, "the index is 0");
                break;
            case >= OpCode.AddK and <= OpCode.IDivK:
                Require(proto.Constants[i.C / Slot].IsNumber, pc, "the constant is not a number");
                break;
            case >= OpCode.KAdd and <= OpCode.KDiv or >= OpCode.JumpIfLtK and <= OpCode.JumpIfNotGeK:
                Require(proto.Constants[i.B / Slot].IsNumber, pc, "the constant is not a number");
                break;
            case OpCode.ModInt:
                Require(Instruction.IsShortDivisor(proto.Constants[i.C / Slot]), pc, "the constant is not an integer from 1 to 2^31");
                break;
            case OpCode.VarArg or OpCode.FastSelect:
                Require(proto.IsVarArg, pc, "the function takes no varargs");
                break;
            case OpCode.ForGPrep:
                int loop = Target(pc);
                Require(proto.Code[loop].Op == OpCode.ForGLoop && proto.Code[loop].A == i.A, pc, "does not lead to its ForGLoop");
                break;
            case OpCode.ForGLoop:
                Require(IsStart(pc + 1) && proto.Code[pc + 1] is { Op: OpCode.ForGCheck } check && check.A == i.A && check.B == i.B, pc, "has no ForGCheck");
                Require(i.B >= 1 && i.A / Slot + Math.Max(6, 3 + i.B) <= proto.RegisterCount, pc, "too few registers");
                break;
            case OpCode.ForGCheck:
                Require(pc > 0 && IsStart(pc - 1) && proto.Code[pc - 1].Op == OpCode.ForGLoop, pc, "has no ForGLoop");
                break;
        }
    }

    void CheckCacheUnit(int pc, OpCode op)
    {
        var unit = proto.Code[pc + 1];
        Require(unit.CacheShape == 0, pc, "the cache unit is not empty");
        switch (op)
        {
            case OpCode.NewTableShape:
                Require(unit.Aux >= 0, pc, "negative array capacity");
                break;
            case OpCode.SetList:
                Require(unit.Aux >= 1, pc, "first index below 1");
                break;
            case >= OpCode.FastCall1 and <= OpCode.FastCallN:
                Require(Enum.IsDefined(unit.Builtin) && unit.Builtin != BuiltinId.None, pc, "no such builtin");
                Require(IsStart(pc + 2 + unit.Skip) && unit.Skip > 0, pc, "skips to no instruction");
                break;
            default:
                Require(unit.Aux == 0, pc, "the cache unit is not empty");
                break;
        }
    }
}
