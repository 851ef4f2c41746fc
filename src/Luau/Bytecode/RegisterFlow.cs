namespace GameServer.Luau.Bytecode;

// What a register holds at a place: a value, a cell, or nothing that may be read (never written, or overwritten by the frame of a
// callee). One pass in order of the code suffices. Forward jumps hand their state to the target, where states meet. For a
// backward jump the state at the loop's start must be weaker than the one at its end; to make it so from the beginning, every loop is
// entered without the registers that its body reuses: those from its lowest call on, cells it writes plain values to, and
// values it makes cells of. Nothing that lives across iterations is among them, because the compiler puts temporaries above live locals.

/// <summary>Follows the registers of one function along all its paths.</summary>
sealed class RegisterFlow(Proto proto, FunctionForm form, bool[] upvalueIsCell)
{
    const int Slot = Instruction.SlotBytes;
    const int NoTop = -1;

    /// <summary>What is known at one place.</summary>
    struct State
    {
        public RegisterSet Values;
        public RegisterSet Cells;
        /// <summary>First register of an open list that ends at the frame's top, or <see cref="NoTop"/>.</summary>
        public int Top;
    }

    /// <summary>What the body of a loop does to registers.</summary>
    sealed class LoopEffect
    {
        public required int Start;
        public RegisterSet Written;
        public RegisterSet MadeCells;
        public int LowestCall = Instruction.RegistersMax;
        /// <summary>Registers the jump back itself sets: variables of a generic loop.</summary>
        public RegisterSet Fresh;

        public void Include(LoopEffect inner)
        {
            Written |= inner.Written;
            MadeCells |= inner.MadeCells;
            LowestCall = Math.Min(LowestCall, inner.LowestCall);
        }
    }

    readonly Dictionary<int, State> _incoming = [];
    readonly Dictionary<int, State> _loopStarts = [];
    readonly Dictionary<int, LoopEffect> _loops = [];
    readonly bool[]?[] _children = new bool[]?[proto.Children.Length];
    State _state;
    bool _reached = true;

    /// <summary>Checks all paths.</summary>
    /// <returns>For each child which of its upvalues are cells; null for one that is never made.</returns>
    public bool[]?[] Follow()
    {
        FindLoops();
        _state.Top = NoTop;
        for (int register = 0; register < proto.ParameterCount; register++)
            _state.Values.Add(register);

        for (int pc = 0; pc < proto.Code.Length; pc = form.Next(pc))
        {
            form.Poll();
            Arrive(pc);
            if (_reached)
                Step(pc, proto.Code[pc]);
        }
        if (_reached)
            throw form.Fault(proto.Code.Length, "runs off its end");
        return _children;
    }

    // ---- loops

    /// <summary>Collects what loops do, from the end of the code to its start: an inner loop is complete before the one around it.</summary>
    void FindLoops()
    {
        var open = new Stack<LoopEffect>();
        var starts = new List<int>();
        for (int pc = 0; pc < proto.Code.Length; pc = form.Next(pc))
        {
            form.Poll();
            starts.Add(pc);
        }

        for (int index = starts.Count - 1; index >= 0; index--)
        {
            form.Poll();
            int pc = starts[index];
            var i = proto.Code[pc];
            if (i.Op is OpCode.LoopBack or OpCode.ForLoop or OpCode.ForLoopUp or OpCode.ForGLoop or OpCode.ForGCheck)
            {
                int start = BackTarget(pc);
                if (!open.TryPeek(out var around) || around.Start < start)
                    open.Push(new LoopEffect { Start = start });
                else if (around.Start > start)
                    throw form.Fault(pc, "loops overlap");
            }
            if (open.TryPeek(out var inner))
                Collect(inner, i);
            if (inner is not null && inner.Start == pc)
            {
                _loops.Add(pc, open.Pop());
                if (open.TryPeek(out var outer))
                    outer.Include(inner);
            }
        }
    }

    /// <summary>Start of the loop that a jump back ends. A generic loop with a long body jumps to a LoopBack of its own.</summary>
    int BackTarget(int pc)
    {
        int target = form.Target(pc);
        bool isGeneric = proto.Code[pc].Op is OpCode.ForGLoop or OpCode.ForGCheck;
        return isGeneric && proto.Code[target].Op == OpCode.LoopBack ? form.Target(target) : target;
    }

    static void Collect(LoopEffect loop, Instruction i)
    {
        switch (i.Op)
        {
            case OpCode.NewCell:
                loop.MadeCells.Add(i.A / Slot);
                break;
            case OpCode.Call or OpCode.VarArg:
                // What a fixed number of results fills is written; what lies above is gone.
                int results = Math.Max((i.Op == OpCode.Call ? i.C : i.B) - 1, 0);
                Write(i.A, results);
                loop.LowestCall = Math.Min(loop.LowestCall, i.A / Slot + results);
                break;
            case OpCode.ForGPrep:
                loop.LowestCall = Math.Min(loop.LowestCall, i.A / Slot + 3);
                Write(i.A, 3);
                break;
            case OpCode.ForGLoop or OpCode.ForGCheck:
                loop.LowestCall = Math.Min(loop.LowestCall, i.A / Slot + 3 + i.B);
                Write(i.A, 3);
                for (int n = 0; n < i.B; n++)
                    loop.Fresh.Add(i.A / Slot + 3 + n);
                break;
            case OpCode.ForPrep:
                Write(i.A, 3);
                break;
            case OpCode.LoadNils:
                Write(i.A, (i.B - i.A) / Slot + 1);
                break;
            default:
                if ((OpInfo.Of(i.Op).Writes & Operands.A) != 0)
                    Write(i.A, 1);
                break;
        }

        void Write(int first, int count)
        {
            for (int n = 0; n < count && first / Slot + n < Instruction.RegistersMax; n++)
                loop.Written.Add(first / Slot + n);
        }
    }

    // ---- paths

    void Arrive(int pc)
    {
        if (_incoming.Remove(pc, out var other))
        {
            if (_reached)
            {
                _state.Values &= other.Values;
                _state.Cells &= other.Cells;
                _state.Top = _state.Top == other.Top ? _state.Top : NoTop;
            }
            else
            {
                _state = other;
                _reached = true;
            }
        }
        if (_reached && _loops.TryGetValue(pc, out var loop))
        {
            var variables = _state.Values & loop.Fresh;
            _state.Values &= ~loop.MadeCells;
            _state.Cells &= ~loop.Written;
            Clobber(loop.LowestCall);
            _state.Values |= variables;
            _state.Top = NoTop;
            _loopStarts[pc] = _state;
        }
    }

    void GoTo(int pc, int target, in State state)
    {
        if (target > pc)
        {
            if (_incoming.TryGetValue(target, out var other))
            {
                other.Values &= state.Values;
                other.Cells &= state.Cells;
                other.Top = other.Top == state.Top ? other.Top : NoTop;
                _incoming[target] = other;
            }
            else
            {
                _incoming.Add(target, state);
            }
            return;
        }

        if (!_loopStarts.TryGetValue(BackTarget(pc), out var start))
            throw form.Fault(pc, "jumps back to code that nothing else reaches");
        if (!start.Values.IsWithin(state.Values) || !start.Cells.IsWithin(state.Cells))
            throw form.Fault(pc, "a register changes its kind from one iteration to the next");
    }

    void Step(int pc, Instruction i)
    {
        var shape = OpInfo.Of(i.Op);
        int a = i.A / Slot, b = i.B / Slot, c = i.C / Slot;
        int top = _state.Top;
        if (i.Op is not (OpCode.NameCall or OpCode.Jump))
            _state.Top = NoTop;

        switch (i.Op)
        {
            case OpCode.NewCell:
                Read(pc, a, 1);
                _state.Values.Remove(a);
                _state.Cells.Add(a);
                return;
            case OpCode.GetCell:
                ReadCell(pc, b);
                Write(a, 1);
                return;
            case OpCode.SetCell:
                ReadCell(pc, a);
                Read(pc, b, 1);
                return;
            case OpCode.GetUpvalue or OpCode.GetUpvalueCell or OpCode.SetUpvalueCell:
                if (upvalueIsCell[b] != (i.Op != OpCode.GetUpvalue))
                    throw form.Fault(pc, "an upvalue is used as the wrong kind");
                if (i.Op == OpCode.SetUpvalueCell)
                    Read(pc, a, 1);
                else
                    Write(a, 1);
                return;
            case OpCode.NewClosure:
                CheckCaptures(pc, i.D);
                Write(a, 1);
                return;
            case OpCode.LoadNils:
                Require(i.B % Slot == 0 && b >= a, pc, "the range is empty");
                Write(a, b - a + 1);
                return;
            case OpCode.SetList:
                Read(pc, a, 1);
                ReadList(pc, b, i.C, top);
                return;
            case OpCode.NameCall:
                Read(pc, a + 1, 1);
                Write(a, 1);
                return;
            case OpCode.Concat or OpCode.Interpolate:
                Require(c >= b, pc, "the range is empty");
                Read(pc, b, c - b + 1);
                Write(a, 1);
                return;
            case OpCode.Call:
                ReadList(pc, a, i.B == 0 ? 0 : i.B + 1, top, least: 1);
                WriteList(pc, a, i.C);
                return;
            case OpCode.Return:
                ReadList(pc, a, i.B, top);
                _reached = false;
                return;
            case OpCode.Return1:
                Read(pc, a, 1);
                _reached = false;
                return;
            case OpCode.Return0:
                _reached = false;
                return;
            case OpCode.VarArg:
                WriteList(pc, a, i.B);
                return;
            case OpCode.SetTop:
                Read(pc, a, 1);
                _state.Top = a;
                return;
            case >= OpCode.FastCall1 and <= OpCode.FastCallN:
                if (i.Op == OpCode.FastCallN)
                    Read(pc, b, i.C);
                else
                    ReadOperands(pc, i, shape.Reads);
                var success = _state;
                success.Cells.Remove(a);
                success.Values.Add(a);
                GoTo(pc, pc + 2 + proto.Code[pc + 1].Skip, success);
                return;
            case OpCode.Jump:
                GoTo(pc, form.Target(pc), _state);
                _reached = false;
                return;
            case OpCode.LoopBack:
                GoTo(pc, form.Target(pc), _state);
                _reached = false;
                return;
            case OpCode.ForPrep or OpCode.ForLoop or OpCode.ForLoopUp:
                Read(pc, a, 3);
                Write(a, 3);
                GoTo(pc, form.Target(pc), _state);
                return;
            case OpCode.ForGPrep:
                Read(pc, a, 3);
                Clobber(a + 3);
                GoTo(pc, form.Target(pc), _state);
                // The body is reached from the ForGLoop only, with the variables set.
                Write(a + 3, proto.Code[form.Target(pc)].B);
                return;
            case OpCode.ForGLoop or OpCode.ForGCheck:
                Read(pc, a, 3);
                Clobber(a + 3);
                Write(a + 3, i.B);
                GoTo(pc, form.Target(pc), _state);
                if (i.Op == OpCode.ForGCheck)
                    Clobber(a + 3);
                return;
        }

        ReadOperands(pc, i, shape.Reads);
        if (shape.Format is OpFormat.AJ or OpFormat.ABJ or OpFormat.AKBJ)
            GoTo(pc, form.Target(pc), _state);
        if ((shape.Writes & Operands.A) != 0)
            Write(a, 1);
    }

    void CheckCaptures(int pc, int child)
    {
        var kinds = new bool[proto.Children[child].UpvalueCount];
        for (int n = 0; n < kinds.Length; n++)
        {
            var unit = proto.Code[pc + 1 + n];
            int b = unit.B / Slot;
            Require(unit.Op == OpCode.Capture && unit.B % Slot == 0, pc + 1 + n, "not a capture");
            switch ((CaptureKind)unit.A)
            {
                case CaptureKind.Register:
                    Require(b < proto.RegisterCount && (_state.Values.Contains(b) || _state.Cells.Contains(b)), pc + 1 + n, "captures an empty register");
                    kinds[n] = _state.Cells.Contains(b);
                    break;
                case CaptureKind.Upvalue:
                    Require(b < proto.UpvalueCount, pc + 1 + n, "captures no upvalue");
                    kinds[n] = upvalueIsCell[b];
                    break;
                default:
                    Require((CaptureKind)unit.A == CaptureKind.Self, pc + 1 + n, "unknown kind of capture");
                    break;
            }
        }
        Require(_children[child] is null || _children[child].AsSpan().SequenceEqual(kinds), pc, "one function is captured in two ways");
        _children[child] = kinds;
    }

    // ---- registers

    void ReadOperands(int pc, Instruction i, Operands reads)
    {
        if ((reads & Operands.A) != 0)
            Read(pc, i.A / Slot, 1);
        if ((reads & Operands.B) != 0)
            Read(pc, i.B / Slot, 1);
        if ((reads & Operands.C) != 0)
            Read(pc, i.C / Slot, 1);
    }

    void Read(int pc, int first, int count)
    {
        Require(first + count <= proto.RegisterCount, pc, "reads beyond the registers");
        for (int register = first; register < first + count; register++)
            Require(_state.Values.Contains(register), pc, _state.Cells.Contains(register) ? "reads a cell as a value" : "reads an empty register");
    }

    /// <summary>A list from <paramref name="first"/> on: count+1 values, or 0 for up to top.</summary>
    void ReadList(int pc, int first, int count, int top, int least = 0)
    {
        if (count == 0)
            Require(top >= first + least, pc, "no list is open");
        Read(pc, first, count == 0 ? top - first : count - 1);
    }

    void ReadCell(int pc, int register) => Require(_state.Cells.Contains(register), pc, "uses a value as a cell");

    void Write(int first, int count)
    {
        for (int register = first; register < first + count; register++)
        {
            _state.Cells.Remove(register);
            _state.Values.Add(register);
        }
    }

    /// <summary>Results from <paramref name="first"/> on: count+1 values, or 0 for all and an open list.</summary>
    void WriteList(int pc, int first, int count)
    {
        Clobber(first);
        if (count == 0)
        {
            _state.Top = first;
            return;
        }
        Require(first + count - 1 <= proto.RegisterCount, pc, "writes beyond the registers");
        Write(first, count - 1);
    }

    void Clobber(int first)
    {
        _state.Values.RemoveFrom(first);
        _state.Cells.RemoveFrom(first);
    }

    void Require(bool condition, int pc, string what)
    {
        if (!condition)
            throw form.Fault(pc, what);
    }
}
