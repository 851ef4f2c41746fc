using System.Diagnostics;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;
using GameServer.Luau.Values;

namespace GameServer.Luau.Compiler;

/// <summary>
/// One function under construction: code, lines, constants, imports, templates and registers. Knows the encoding, nothing of the language.
/// Jumps go to labels; <see cref="Finish"/> resolves them (see FunctionBuilder.Jumps.cs).
/// </summary>
/// <param name="cancellation">Polled every few thousand units.</param>
sealed partial class FunctionBuilder(CancellationToken cancellation)
{
    const int LongStringBytes = 64;
    const int UnitsPerPoll = 4096;

    readonly List<Instruction> _code = [];
    readonly List<int> _lines = [];
    readonly List<LuauValue> _constants = [];
    // Most functions are small: tables come when they are needed.
    List<Proto>? _children;
    Dictionary<long, int>? _numbers;
    Dictionary<byte[], int>? _strings;
    Dictionary<byte[], int>? _longStrings;
    Dictionary<(int, int, int), int>? _importIndexes;
    List<int[]>? _imports;
    List<int[]>? _templates;
    int _false = -1;
    int _true = -1;

    /// <summary>Line given to units emitted from now on.</summary>
    public int Line { get; set; }

    /// <summary>First free register.</summary>
    public int Top { get; private set; }

    /// <summary>Registers used so far at most.</summary>
    public int RegisterCount { get; private set; }

    /// <summary>Units emitted so far.</summary>
    public int Position => _code.Count;

    // ---- registers

    /// <summary>Takes the next <paramref name="count"/> registers; the first of them.</summary>
    public int Allocate(int count = 1)
    {
        int first = Top;
        Demand(count);
        Top += count;
        return first;
    }

    /// <summary>Makes sure that a frame has <paramref name="count"/> registers from <see cref="Top"/> on, without taking them.</summary>
    /// <exception cref="SyntaxError">Out of registers.</exception>
    public void Demand(int count)
    {
        if (Top + count > CompileLimits.RegistersMax)
            throw CompileLimits.Registers(count, Line);
        RegisterCount = Math.Max(RegisterCount, Top + count);
    }

    /// <summary>Gives back all registers from <paramref name="top"/> on, or takes those below it that were given back.</summary>
    public void SetTop(int top)
    {
        Debug.Assert(top <= RegisterCount);
        Top = top;
    }

    // ---- code

    /// <summary>Appends an instruction, and its cache unit if it has one. Operands are plain indexes; encoding is done here by the shape.</summary>
    /// <param name="op">Operation; not one that jumps.</param>
    /// <param name="a">Operand A.</param>
    /// <param name="b">Operand B, or D.</param>
    /// <param name="c">Operand C.</param>
    /// <param name="aux">Constant for the cache unit, where the opcode defines one.</param>
    /// <returns>Position of the instruction.</returns>
    public int Emit(OpCode op, int a = 0, int b = 0, int c = 0, int aux = 0)
    {
        int at = _code.Count;
        Append(Encode(op, a, b, c));
        if (OpInfo.Units(op) == 2)
            Append(new Instruction { Aux = aux });
        return at;
    }

    /// <summary>Appends a fast call and its unit; <see cref="EndFastCall"/> sets how much it skips.</summary>
    public int EmitFastCall(OpCode op, BuiltinId builtin, int a, int b, int c)
    {
        int at = _code.Count;
        Append(Encode(op, a, b, c));
        Append(new Instruction { Builtin = builtin });
        return at;
    }

    /// <summary>Ends the ordinary sequence of the fast call at <paramref name="at"/>: on success execution goes on here.</summary>
    public void EndFastCall(int at)
    {
        var unit = _code[at + 1];
        unit.Skip = checked((ushort)(_code.Count - (at + 2)));
        _code[at + 1] = unit;
    }

    static Instruction Encode(OpCode op, int a, int b, int c)
    {
        const int slot = Instruction.SlotBytes;
        var i = new Instruction { Op = op };
        switch (OpInfo.Of(op).Format)
        {
            case OpFormat.None: break;
            case OpFormat.A: i.A = Slot(a); break;
            case OpFormat.AB: i.A = Slot(a); i.B = Slot(b); break;
            case OpFormat.ABC: i.A = Slot(a); i.B = Slot(b); i.C = Slot(c); break;
            case OpFormat.AI: i.A = Slot(a); i.B = Plain(b); break;
            case OpFormat.AII: i.A = Slot(a); i.B = Plain(b); i.C = Plain(c); break;
            case OpFormat.ABI: i.A = Slot(a); i.B = Slot(b); i.C = Plain(c); break;
            case OpFormat.AIC: i.A = Slot(a); i.B = Plain(b); i.C = Slot(c); break;
            case OpFormat.AD: i.A = Slot(a); i.D = b; break;
            case OpFormat.AKD: i.A = Slot(a); i.D = b * slot; break;
            case OpFormat.AU: i.A = Slot(a); i.B = Slot(b); break;
            case OpFormat.ABKC: i.A = Slot(a); i.B = Slot(b); i.C = Short(c); break;
            case OpFormat.AKBC: i.A = Slot(a); i.B = Short(b); i.C = Slot(c); break;
            case OpFormat.AKBKC: i.A = Slot(a); i.B = Short(b); i.C = Short(c); break;
            case OpFormat.Capture: i.A = Plain(a); i.B = Slot(b); break;
            // Jumps: offsets are filled in by Finish.
            case OpFormat.D: break;
            case OpFormat.AJ: i.A = Slot(a); break;
            case OpFormat.ABJ: i.A = Slot(a); i.B = Slot(b); break;
            case OpFormat.AKBJ: i.A = Slot(a); i.B = Short(b); break;
            case OpFormat.AIJ: i.A = Slot(a); i.B = Plain(b); break;
            default: throw new InvalidOperationException($"opcode {op} has an unknown format");
        }
        return i;

        static ushort Slot(int register)
        {
            Debug.Assert(register is >= 0 and < CompileLimits.RegistersMax);
            return (ushort)(register * slot);
        }

        static ushort Short(int constant)
        {
            Debug.Assert(constant is >= 0 and <= Instruction.ShortConstantMax);
            return (ushort)(constant * slot);
        }

        static ushort Plain(int number)
        {
            Debug.Assert(number is >= 0 and <= ushort.MaxValue);
            return (ushort)number;
        }
    }

    void Append(Instruction unit)
    {
        if (_code.Count >= CompileLimits.CodeUnitsMax)
            throw CompileLimits.Jump(Line);
        if ((_code.Count & (UnitsPerPoll - 1)) == UnitsPerPoll - 1)
            cancellation.ThrowIfCancellationRequested();
        _code.Add(unit);
        _lines.Add(Line);
    }

    /// <summary>Ends the construction.</summary>
    /// <param name="function">What is being compiled.</param>
    /// <param name="upvalueCount">Its upvalues.</param>
    /// <param name="chunk">Its chunk.</param>
    public Proto Finish(FunctionExpression function, int upvalueCount, ChunkInfo chunk)
    {
        var (code, lines) = ResolveJumps();
        return new Proto
        {
            Code = code,
            Lines = lines,
            Constants = [.. _constants],
            Children = _children?.ToArray() ?? [],
            Imports = _imports?.ToArray() ?? [],
            Templates = _templates?.ToArray() ?? [],
            UpvalueCount = upvalueCount,
            ParameterCount = function.Parameters.Length,
            IsVarArg = function.IsVarArg,
            RegisterCount = RegisterCount,
            LineDefined = function.Parent is null ? 0 : function.Line,
            Name = function.DebugName is { } name ? new LuauString(name.Bytes) : null,
            Chunk = chunk,
        };
    }

    // ---- tables of the function

    /// <summary>Index of a number; <c>-0</c> and the various NaN are constants of their own.</summary>
    public int Number(double value)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        _numbers ??= [];
        if (!_numbers.TryGetValue(bits, out int index))
            _numbers.Add(bits, index = AddConstant(new LuauValue(value)));
        return index;
    }

    /// <summary>Index of a string.</summary>
    public int String(byte[] value)
    {
        // Source may use one long constant many times; its content is hashed once.
        bool isLong = value.Length > LongStringBytes;
        if (isLong && (_longStrings ??= new(ReferenceEqualityComparer.Instance)).TryGetValue(value, out int index))
            return index;
        _strings ??= new(BytesComparer.Instance);
        if (!_strings.TryGetValue(value, out index))
            _strings.Add(value, index = AddConstant(new LuauValue(new LuauString(value))));
        if (isLong)
            _longStrings!.Add(value, index);
        return index;
    }

    /// <summary>Index of a boolean.</summary>
    public int Boolean(bool value)
    {
        ref int index = ref value ? ref _true : ref _false;
        if (index < 0)
            index = AddConstant(new LuauValue(value));
        return index;
    }

    /// <summary>Index of any known constant but nil.</summary>
    public int Constant(in Constant value) => value.Kind switch
    {
        ConstantKind.Number => Number(value.Number),
        ConstantKind.String => String(value.Bytes!),
        ConstantKind.Boolean => Boolean(value.Boolean),
        _ => throw new InvalidOperationException("nil has no place among the constants"),
    };

    /// <summary>Index of a constant that fits a 16-bit operand, -1 when there is no such place any more.</summary>
    public int ShortConstant(in Constant value)
    {
        if (_constants.Count > Instruction.ShortConstantMax)
            return -1;
        return Constant(value);
    }

    /// <summary>Index of a chain of names.</summary>
    /// <param name="names">One to three names, as bytes.</param>
    public int Import(ReadOnlySpan<byte[]> names)
    {
        var path = new int[names.Length];
        for (int i = 0; i < names.Length; i++)
            path[i] = String(names[i]);
        var key = (path[0], path.Length > 1 ? path[1] : -1, path.Length > 2 ? path[2] : -1);
        _importIndexes ??= [];
        _imports ??= [];
        if (!_importIndexes.TryGetValue(key, out int index))
        {
            _importIndexes.Add(key, index = _imports.Count);
            _imports.Add(path);
        }
        return index;
    }

    /// <summary>Index of a list of distinct keys (constant indexes of strings).</summary>
    public int Template(int[] keys)
    {
        (_templates ??= []).Add(keys);
        return _templates.Count - 1;
    }

    /// <summary>Adds a function written inside this one; its index.</summary>
    public int Child(Proto child)
    {
        _children ??= [];
        if (_children.Count >= CompileLimits.ChildrenMax)
            throw CompileLimits.Children(Line);
        _children.Add(child);
        return _children.Count - 1;
    }

    int AddConstant(LuauValue value)
    {
        if (_constants.Count >= CompileLimits.ConstantsMax)
            throw CompileLimits.Constants(Line);
        _constants.Add(value);
        return _constants.Count - 1;
    }

    /// <summary>Equality of byte arrays by content.</summary>
    sealed class BytesComparer : IEqualityComparer<byte[]>
    {
        public static readonly BytesComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] bytes) => StringHash.Of(bytes);
    }
}
