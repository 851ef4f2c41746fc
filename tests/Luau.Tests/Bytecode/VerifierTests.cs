using GameServer.Luau.Bytecode;
using GameServer.Luau.Tests.Compiler;
using GameServer.Luau.Values;
using GameServer.Support;

namespace GameServer.Luau.Tests.Bytecode;

public class VerifierTests
{
    const int Slot = Instruction.SlotBytes;

    [Fact]
    public void A_register_beyond_the_frame_is_refused()
    {
        Refused("local a = f() return a", OpCode.Return1, (ref Instruction i) => i.A = 200 * Slot, "no such register");
        Refused("local a, b = f() a = b", OpCode.Move, (ref Instruction i) => i.B = 200 * Slot, "no such register");
    }

    [Fact]
    public void Operands_between_two_registers_are_refused() =>
        Refused("local a, b = f() a = b", OpCode.Move, (ref Instruction i) => i.B += 8, "no such register");

    [Fact]
    public void Reading_a_register_nobody_wrote_is_refused() =>
        Refused("local a = f() local b = a g(b, 1, 2)", OpCode.Move, (ref Instruction i) => i.B = 4 * Slot, "reads an empty register");

    [Fact]
    public void Constants_out_of_range_or_of_the_wrong_type_are_refused()
    {
        Refused("return 'x'", OpCode.LoadK, (ref Instruction i) => i.D = 5 * Slot, "no such constant");
        Refused("return 'x'", OpCode.LoadK, (ref Instruction i) => i.D = -Slot, "no such constant");
        Refused("return x.y.z.w + 0.5", OpCode.AddK, (ref Instruction i) => i.C = 0, "not a number");
        Refused("local t = f() return t.x + 0.5", OpCode.GetField, (ref Instruction i) => i.C = 2 * Slot, "not a string");
    }

    [Fact]
    public void Imports_templates_and_children_out_of_range_are_refused()
    {
        Refused("return math.pi", OpCode.GetImport, (ref Instruction i) => i.D = 1, "no such import");
        Refused("return {x = f()}", OpCode.NewTableShape, (ref Instruction i) => i.D = -1, "no such template");
        Refused("return function() end", OpCode.NewClosure, (ref Instruction i) => i.D = 1, "no such child");
    }

    [Fact]
    public void Jumps_lead_to_instructions_in_the_right_direction()
    {
        const string branch = "local a = f() if a then g() end return a";
        Refused(branch, OpCode.JumpIfNot, (ref Instruction i) => i.D = 1000, "beside an instruction");
        Refused(branch, OpCode.JumpIfNot, (ref Instruction i) => i.D = -1, "wrong direction");
        // One unit into g's GetImport: its cache unit.
        Refused(branch, OpCode.JumpIfNot, (ref Instruction i) => i.D = 1, "beside an instruction");
        Refused("while f() do end", OpCode.LoopBack, (ref Instruction i) => i.D = 0, "wrong direction");
    }

    [Fact]
    public void Cache_units_come_empty_and_capture_units_belong_to_a_closure()
    {
        var proto = Compiled.Source("local a = f() return a.x");
        int at = Compiled.Units(proto).First(pc => proto.Code[pc].Op == OpCode.GetField);
        proto.Code[at + 1].CacheShape = 1;
        Refused(proto, "cache unit is not empty");

        Refused("local a = f() return a", OpCode.Return1, (ref Instruction i) => i.Op = OpCode.Capture, "Capture outside");
        Refused("local a = f() return function() return a end", OpCode.Capture, (ref Instruction i) => i.Op = OpCode.LoadNil, "not a capture");
        Refused("local a = f() return function() return a end", OpCode.Capture, (ref Instruction i) => i.A = 7, "unknown kind");
        Refused("local a = f() return function() return a end", OpCode.Capture, (ref Instruction i) => i.B = 1 * Slot, "captures an empty register");
    }

    [Fact]
    public void Cells_and_values_cannot_be_mistaken_for_each_other()
    {
        const string source = "local a = f() local function g() a = 1 return a end return g, a";
        Refused(source, OpCode.GetCell, (ref Instruction i) => i.Op = OpCode.Move, "reads a cell as a value");
        Refused(source, OpCode.NewCell, (ref Instruction i) => i.Op = OpCode.LoadNil, "uses a value as a cell");
        Refused(source, OpCode.GetCell, (ref Instruction i) => i.B = 1 * Slot, "uses a value as a cell");
        Refused(source, OpCode.GetUpvalueCell, (ref Instruction i) => i.Op = OpCode.GetUpvalue, "wrong kind", child: 0);
        Refused("local a = f() return function() return a end", OpCode.GetUpvalue, (ref Instruction i) => i.Op = OpCode.GetUpvalueCell, "wrong kind", child: 0);
        // A cell made in one iteration only.
        Refused("while f() do local a = f() local function g() a = 1 return a end g() end", OpCode.NewCell,
            (ref Instruction i) => i.A = 1 * Slot, "");
    }

    [Fact]
    public void Open_lists_are_used_right_behind_what_opened_them()
    {
        Refused("f(g())", OpCode.Call, (ref Instruction i) => i.C = 2, "no list is open");
        Refused("return ...", OpCode.VarArg, (ref Instruction i) => i.B = 2, "no list is open");
    }

    [Fact]
    public void Calls_and_results_stay_inside_the_frame()
    {
        Refused("local a = f(1, 2) return a", OpCode.Call, (ref Instruction i) => i.B = 100, "beyond the registers");
        Refused("local a = f(1, 2) return a", OpCode.Call, (ref Instruction i) => i.C = 100, "beyond the registers");
        Refused("local a, b = f() return a, b", OpCode.Return, (ref Instruction i) => i.B = 100, "beyond the registers");
        Refused("return ...", OpCode.VarArg, (ref Instruction i) => i.B = 100, "beyond the registers");
        Refused("local t = f() return t .. b", OpCode.Concat, (ref Instruction i) => i.C = 0, "range is empty");
    }

    [Fact]
    public void Varargs_need_a_function_that_takes_them() =>
        Refused("local function f(...) return ... end return f", OpCode.VarArg, null, "takes no varargs", child: 0,
            change: proto => Copy(proto, isVarArg: false));

    [Fact]
    public void Fast_calls_name_a_builtin_and_skip_to_an_instruction()
    {
        var proto = Compiled.Source("local a = math.abs(x.y) return a");
        int at = Compiled.Units(proto).First(pc => proto.Code[pc].Op == OpCode.FastCall1);
        var unit = proto.Code[at + 1];
        proto.Code[at + 1].Builtin = (BuiltinId)9999;
        Refused(proto, "no such builtin");
        proto.Code[at + 1] = unit;
        proto.Code[at + 1].Skip = 500;
        Refused(proto, "skips to no instruction");
    }

    [Fact]
    public void Generic_loops_keep_their_parts_together()
    {
        const string source = "for k, v in f() do g(k, v) end";
        Refused(source, OpCode.ForGLoop, (ref Instruction i) => i.B = 1, "has no ForGCheck");
        Refused(source, OpCode.ForGLoop, (ref Instruction i) => i.A = 1 * Slot, "");
        Refused(source, OpCode.ForGCheck, (ref Instruction i) => i.Op = OpCode.ForLoop, "");
    }

    [Fact]
    public void Code_that_runs_off_its_end_is_refused() =>
        Refused("f()", OpCode.Return0, (ref Instruction i) => i = new Instruction { Op = OpCode.Jump }, "");

    [Fact]
    public void A_main_function_has_no_upvalues() =>
        Assert.Throws<VerificationException>(() => Verifier.Verify(Compiled.Source("local a = f() return function() return a end").Children[0]));

    [Fact]
    public void Constants_are_numbers_strings_and_booleans()
    {
        var proto = Compiled.Source("return 'x'");
        proto.Constants[0] = new LuauValue(new LuauVector(1, 2, 3));

        Refused(proto, "not a number, string or boolean");
    }

    // No mutation may make the verifier fail otherwise than by its own exception; most are refused.
    [Fact]
    public void Random_mutations_never_crash_the_verifier()
    {
        var random = new Random(20260101);
        int refused = 0;
        int tried = 0;
        foreach (string path in Directory.GetFiles(Repository.PathOf("tests", "Luau.Tests", "golden", "compiler"), "*.luau"))
        {
            byte[] source = File.ReadAllBytes(path);
            for (int round = 0; round < 200; round++)
            {
                var main = Compiled.Source(source);
                var protos = Compiled.All(main).ToList();
                var code = protos[random.Next(protos.Count)].Code;
                ref var unit = ref code[random.Next(code.Length)];
                switch (random.Next(5))
                {
                    case 0: unit.Op = (OpCode)random.Next(OpInfo.Count + 3); break;
                    case 1: unit.A = (ushort)random.Next(ushort.MaxValue + 1); break;
                    case 2: unit.B = (ushort)random.Next(ushort.MaxValue + 1); break;
                    case 3: unit.C = (ushort)random.Next(ushort.MaxValue + 1); break;
                    default: unit.D = random.Next(int.MinValue, int.MaxValue); break;
                }
                tried++;
                try
                {
                    Verifier.Verify(main);
                }
                catch (VerificationException)
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > tried / 2, $"{refused} of {tried}");
    }

    delegate void Change(ref Instruction instruction);

    /// <summary>Changes the first instruction with an opcode and expects the verifier to refuse the result.</summary>
    static void Refused(string source, OpCode op, Change? mutate, string fault, int child = -1, Func<Proto, Proto>? change = null)
    {
        var main = Compiled.Source(source);
        var proto = child < 0 ? main : main.Children[child];
        if (change is not null)
        {
            proto = change(proto);
            main.Children[child] = proto;
        }
        Verifier.Verify(Compiled.Source(source));
        int at = Enumerable.Range(0, proto.Code.Length).First(pc => proto.Code[pc].Op == op && (op == OpCode.Capture || Compiled.Units(proto).Contains(pc)));
        mutate?.Invoke(ref proto.Code[at]);
        Refused(main, fault);
    }

    static void Refused(Proto main, string fault)
    {
        var exception = Assert.Throws<VerificationException>(() => Verifier.Verify(main));
        Assert.Contains(fault, exception.Message, StringComparison.Ordinal);
    }

    static Proto Copy(Proto proto, bool isVarArg) => new()
    {
        Code = proto.Code,
        Constants = proto.Constants,
        Children = proto.Children,
        Imports = proto.Imports,
        Templates = proto.Templates,
        Lines = proto.Lines,
        UpvalueCount = proto.UpvalueCount,
        ParameterCount = proto.ParameterCount,
        IsVarArg = isVarArg,
        RegisterCount = proto.RegisterCount,
        LineDefined = proto.LineDefined,
        Name = proto.Name,
        Chunk = proto.Chunk,
    };
}
