using System.Globalization;
using System.Text;
using GameServer.Luau.Values;

namespace GameServer.Luau.Bytecode;

/// <summary>A proto as text: one line per instruction with its source line, labels at jump targets, constants spelled out. For golden files
/// and <c>gameserver luau dump</c>; derived from the shapes in <see cref="OpCode"/>.</summary>
static class Disassembler
{
    /// <summary>Text of <paramref name="proto"/> and of all functions inside it, each behind a heading.</summary>
    public static string Disassemble(Proto proto)
    {
        var text = new StringBuilder();
        Function(text, proto, "0");
        return text.ToString();
    }

    static void Function(StringBuilder text, Proto proto, string path)
    {
        text.Append(CultureInfo.InvariantCulture, $"function {path}");
        if (proto.Name is not null)
            text.Append(CultureInfo.InvariantCulture, $" '{proto.Name}'");
        string rest = proto.IsVarArg ? "+..." : "";
        text.Append(CultureInfo.InvariantCulture, $" line {proto.LineDefined}: parameters {proto.ParameterCount}{rest}");
        text.Append(CultureInfo.InvariantCulture, $", registers {proto.RegisterCount}, upvalues {proto.UpvalueCount}\n");

        var labels = Labels(proto.Code);
        int line = -1;
        for (int pc = 0; pc < proto.Code.Length; pc += OpInfo.Units(proto.Code[pc].Op))
        {
            string label = labels.TryGetValue(pc, out int number) ? $"L{number}:" : "";
            string source = proto.Lines[pc] == line ? "" : proto.Lines[pc].ToString(CultureInfo.InvariantCulture);
            line = proto.Lines[pc];
            text.Append(CultureInfo.InvariantCulture, $"{label,-5}{source,4}  {Line(proto, pc, labels)}\n");
        }
        for (int i = 0; i < proto.Children.Length; i++)
        {
            text.Append('\n');
            Function(text, proto.Children[i], $"{path}.{i}");
        }
    }

    /// <summary>Position of the instruction that a jump at <paramref name="pc"/> goes to.</summary>
    static int? Target(ReadOnlySpan<Instruction> code, int pc)
    {
        var i = code[pc];
        int next = pc + OpInfo.Units(i.Op);
        return OpInfo.Of(i.Op).Format switch
        {
            OpFormat.D or OpFormat.AJ => next + i.D,
            OpFormat.ABJ or OpFormat.AKBJ or OpFormat.AIJ => next + i.Jump,
            _ when IsFastCall(i.Op) => next + code[pc + 1].Skip,
            _ => null,
        };
    }

    static bool IsFastCall(OpCode op) => op is >= OpCode.FastCall1 and <= OpCode.FastCallN;

    static Dictionary<int, int> Labels(ReadOnlySpan<Instruction> code)
    {
        var targets = new SortedSet<int>();
        for (int pc = 0; pc < code.Length; pc += OpInfo.Units(code[pc].Op))
        {
            if (Target(code, pc) is { } target)
                targets.Add(target);
        }
        return targets.Select((pc, index) => (pc, index)).ToDictionary(x => x.pc, x => x.index);
    }

    static string Line(Proto proto, int pc, Dictionary<int, int> labels)
    {
        var code = proto.Code;
        var i = code[pc];
        var parts = new List<string>();
        foreach (char kind in Kinds(OpInfo.Of(i.Op).Format))
        {
            parts.Add(kind switch
            {
                'a' => Register(i.A),
                'b' => Register(i.B),
                'c' => Register(i.C),
                'd' => Number(i.D),
                'B' => Number(i.B),
                'C' => Number(i.C),
                'u' => $"U{i.B / Instruction.SlotBytes}",
                'k' => Constant(proto, i.B / Instruction.SlotBytes),
                'l' => Constant(proto, i.C / Instruction.SlotBytes),
                'm' => Constant(proto, i.D / Instruction.SlotBytes),
                'j' => $"-> L{labels[Target(code, pc)!.Value]}",
                'K' => ((CaptureKind)i.A) switch
                {
                    CaptureKind.Register => Register(i.B),
                    CaptureKind.Upvalue => $"U{i.B / Instruction.SlotBytes}",
                    _ => "self",
                },
                _ => throw new InvalidOperationException($"operand kind '{kind}' is unknown"),
            });
        }
        if (Extra(proto, pc, labels) is { } extra)
            parts.Add(extra);
        return $"{i.Op,-14} {string.Join(", ", parts)}".TrimEnd();
    }

    /// <summary>Operands of a format in order: a b c registers, B C d numbers, u upvalue, k l m constants in B, C, D, j jump, K capture.</summary>
    static string Kinds(OpFormat format) => format switch
    {
        OpFormat.None => "",
        OpFormat.A => "a",
        OpFormat.AB => "ab",
        OpFormat.ABC => "abc",
        OpFormat.AI => "aB",
        OpFormat.AII => "aBC",
        OpFormat.ABI => "abC",
        OpFormat.AIC => "aBc",
        OpFormat.AD => "ad",
        OpFormat.AKD => "am",
        OpFormat.AU => "au",
        OpFormat.ABKC => "abl",
        OpFormat.AKBC => "akc",
        OpFormat.AKBKC => "akl",
        OpFormat.D => "j",
        OpFormat.AJ => "aj",
        OpFormat.ABJ => "abj",
        OpFormat.AKBJ => "akj",
        OpFormat.AIJ => "aBj",
        OpFormat.Capture => "K",
        _ => throw new InvalidOperationException($"format {format} is unknown"),
    };

    /// <summary>What stands in the unit behind, or in a table of the proto.</summary>
    static string? Extra(Proto proto, int pc, Dictionary<int, int> labels)
    {
        var i = proto.Code[pc];
        return i.Op switch
        {
            OpCode.GetImport => Chain(proto, i.D),
            OpCode.NewTableShape => $"{{{string.Join(" ", proto.Templates[i.D].Select(key => Constant(proto, key)))}}}, array {proto.Code[pc + 1].Aux}",
            OpCode.SetList => $"from {proto.Code[pc + 1].Aux}",
            _ when IsFastCall(i.Op) => $"{proto.Code[pc + 1].Builtin} -> L{labels[Target(proto.Code, pc)!.Value]}",
            _ => null,
        };
    }

    static string Chain(Proto proto, int import) =>
        string.Join(".", proto.Imports[import].Select(key => proto.Constants[key].ToString()));

    static string Register(int operand) => $"R{operand / Instruction.SlotBytes}";

    static string Number(int operand) => operand.ToString(CultureInfo.InvariantCulture);

    static string Constant(Proto proto, int index)
    {
        var value = proto.Constants[index];
        return value.Ref is LuauString s ? Quote(s) : value.IsNumber ? value.Num.ToString("R", CultureInfo.InvariantCulture) : value.ToString();
    }

    /// <summary>A string constant on one line, cut when long.</summary>
    static string Quote(LuauString s)
    {
        const int shownMax = 40;
        var text = new StringBuilder("\"");
        foreach (byte b in s.Span[..Math.Min(s.Length, shownMax)])
        {
            if (b is (byte)'"' or (byte)'\\')
                text.Append('\\').Append((char)b);
            else if (b is >= 32 and < 127)
                text.Append((char)b);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\{b:D3}");
        }
        return text.Append(s.Length > shownMax ? "\"..." : "\"").ToString();
    }
}
