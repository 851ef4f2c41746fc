using System.Diagnostics;
using System.Runtime.InteropServices;
using GameServer.Luau.Bytecode;

namespace GameServer.Luau.Compiler;

// Offsets in operand C have 16 bits. Code is emitted as if that were enough. When a function turned out so long that some jump might
// not reach, Finish rewrites those jumps while it copies the code: a compare-and-jump becomes its opposite over a Jump with 32 bits,
// and a generic loop jumps back to a LoopBack placed in front of it. A rewritten jump takes at most twice its units, so a jump
// over at most half the range of 16 bits still reaches after the rewrite, and one pass decides.

/// <summary>A place in the code that is not known yet, or already is.</summary>
readonly record struct Label(int Id);

sealed partial class FunctionBuilder
{
    const int ShortJumpMax = short.MaxValue / 2;

    readonly List<int> _labels = [];
    readonly List<(int At, int Label)> _jumps = [];

    /// <summary>A new label, not yet placed.</summary>
    public Label NewLabel()
    {
        _labels.Add(-1);
        return new Label(_labels.Count - 1);
    }

    /// <summary>A label for the current position.</summary>
    public Label Here()
    {
        var label = NewLabel();
        Place(label);
        return label;
    }

    /// <summary>Places <paramref name="label"/> at the current position.</summary>
    public void Place(Label label)
    {
        Debug.Assert(_labels[label.Id] < 0);
        _labels[label.Id] = _code.Count;
    }

    /// <summary>Appends an instruction that jumps.</summary>
    public void EmitJump(OpCode op, int a, int b, Label target)
    {
        _jumps.Add((_code.Count, target.Id));
        Append(Encode(op, a, b, 0));
    }

    /// <summary>Appends an unconditional forward jump.</summary>
    public void EmitJump(Label target) => EmitJump(OpCode.Jump, 0, 0, target);

    /// <summary>Opposite of a compare-and-jump: the pairs stand next to each other in <see cref="OpCode"/>, the negation second.</summary>
    static OpCode Opposite(OpCode op)
    {
        Debug.Assert(op is >= OpCode.JumpIfEq and <= OpCode.JumpIfNotGeK);
        return (OpCode)((int)OpCode.JumpIfEq + (((int)op - (int)OpCode.JumpIfEq) ^ 1));
    }

    static bool HasShortJump(OpCode op) => OpInfo.Of(op).Format is OpFormat.ABJ or OpFormat.AKBJ or OpFormat.AIJ;

    /// <summary>Resolves the jumps and hands over code and lines.</summary>
    (Instruction[] Code, int[] Lines) ResolveJumps()
    {
        foreach (var (at, label) in _jumps)
        {
            if (HasShortJump(_code[at].Op) && Math.Abs(_labels[label] - at) > ShortJumpMax)
                return ResolveLongJumps();
        }

        var code = _code.ToArray();
        foreach (var (at, label) in _jumps)
            SetOffset(code, at, _labels[label]);
        return (code, _lines.ToArray());
    }

    (Instruction[] Code, int[] Lines) ResolveLongJumps()
    {
        var code = new List<Instruction>(_code.Count + _jumps.Count);
        var lines = new List<int>(code.Capacity);
        // Where each unit went, for jumps to it.
        var moved = new int[_code.Count + 1];
        // Jumps to resolve in the new code; a target is an old position, or a new one as its complement.
        var jumps = new List<(int At, int Target)>(_jumps.Count);
        int next = 0;
        int trampoline = -1;

        for (int at = 0; at < _code.Count; at++)
        {
            if ((at & (UnitsPerPoll - 1)) == 0)
                cancellation.ThrowIfCancellationRequested();
            moved[at] = code.Count;
            var unit = _code[at];
            if (next == _jumps.Count || _jumps[next].At != at)
            {
                Add(unit);
                continue;
            }

            int target = _labels[_jumps[next++].Label];
            bool isLong = HasShortJump(unit.Op) && Math.Abs(target - at) > ShortJumpMax;
            if (isLong && unit.Op == OpCode.ForGLoop)
            {
                // The body falls through to here: over the trampoline.
                jumps.Add((code.Count, ~(code.Count + 2)));
                Add(new Instruction { Op = OpCode.Jump });
                trampoline = code.Count;
                jumps.Add((code.Count, target));
                Add(new Instruction { Op = OpCode.LoopBack });
                moved[at] = code.Count;
                jumps.Add((code.Count, ~trampoline));
            }
            else if (isLong && unit.Op == OpCode.ForGCheck)
            {
                jumps.Add((code.Count, ~trampoline));
            }
            else if (isLong)
            {
                unit.Op = Opposite(unit.Op);
                jumps.Add((code.Count, ~(code.Count + 2)));
                Add(unit);
                unit = new Instruction { Op = OpCode.Jump };
                jumps.Add((code.Count, target));
            }
            else
            {
                jumps.Add((code.Count, target));
            }
            Add(unit);

            void Add(Instruction added)
            {
                code.Add(added);
                lines.Add(_lines[at]);
            }
        }
        moved[_code.Count] = code.Count;

        var units = CollectionsMarshal.AsSpan(code);
        foreach (var (at, target) in jumps)
            SetOffset(units, at, target < 0 ? ~target : moved[target]);
        return (code.ToArray(), lines.ToArray());
    }

    static void SetOffset(Span<Instruction> code, int at, int target)
    {
        int offset = target - (at + 1);
        if (HasShortJump(code[at].Op))
            code[at].Jump = checked((short)offset);
        else
            code[at].D = offset;
    }
}
