using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

sealed partial class FunctionCompiler
{
    /// <summary>Where the value of an operand is: in a register, or in the cell of a local, to be read when the operation runs.</summary>
    readonly record struct Operand(int Register, LocalVariable? Cell)
    {
        public static Operand In(int register) => new(register, null);
    }

    /// <summary>Evaluates an operand without moving plain locals; its other values go to <paramref name="scratch"/>, or a fresh register.</summary>
    Operand Evaluate(Expression expression, int scratch = -1)
    {
        var inner = Ungroup(expression);
        if (IsRegister(inner, out var variable))
            return Operand.In(variable.Slot);
        if (inner is LocalExpression { Variable: var local } && IsOwn(local) && IsCell(local))
            return new Operand(-1, local);

        int register = scratch >= 0 ? scratch : _code.Allocate();
        ExpressionTo(expression, register);
        return Operand.In(register);
    }

    /// <summary>The register of an operand; reads a cell now.</summary>
    int Settle(in Operand operand, int scratch = -1)
    {
        if (operand.Cell is null)
            return operand.Register;
        int register = scratch >= 0 ? scratch : _code.Allocate();
        _code.Emit(OpCode.GetCell, register, operand.Cell.Slot);
        return register;
    }

    /// <summary>Parts of an interpolated string joined in one step.</summary>
    const int InterpolatedPartsMax = 100;

    static Expression Ungroup(Expression expression)
    {
        while (expression is GroupExpression group)
            expression = group.Inner;
        return expression;
    }

    /// <summary>Evaluates an expression to exactly one value in <paramref name="target"/>.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="target">Where the value goes.</param>
    /// <param name="temp">False when <paramref name="target"/> is a live local, which must not change before the value is complete.</param>
    void ExpressionTo(Expression expression, int target, bool temp = true)
    {
        _code.Line = expression.Line;
        expression = Ungroup(expression);
        var known = _compilation.Folder.Of(expression);
        if (known.IsKnown)
        {
            ConstantTo(known, target);
            return;
        }

        _code.Line = expression.Line;
        if (expression is LocalExpression local)
        {
            LocalTo(local.Variable, target);
            return;
        }

        Enter(expression);
        int top = _code.Top;
        switch (expression)
        {
            case SimpleExpression { Kind: NodeKind.VarArgs }: _code.Emit(OpCode.VarArg, target, 2); break;
            case GlobalExpression e: GlobalTo(e, target); break;
            case FieldExpression e: FieldTo(e, target, temp); break;
            case IndexExpression e: IndexTo(e, target, temp); break;
            case CallExpression or MethodCallExpression: CallTo(expression, target, temp); break;
            case FunctionExpression e: Closure(e, target); break;
            case TableExpression e: TableTo(e, target, temp); break;
            case UnaryExpression e: UnaryTo(e, target, temp); break;
            case BinaryExpression e: BinaryTo(e, target, temp); break;
            case LogicalExpression e: LogicalTo(e, target, temp); break;
            case IfElseExpression e: IfElseTo(e, target, temp); break;
            case InterpolatedExpression e: InterpolatedTo(e, target, temp); break;
            default: throw new InvalidOperationException($"unknown expression {expression.Kind}");
        }
        _code.SetTop(top);
    }

    void ConstantTo(in Constant value, int target)
    {
        switch (value.Kind)
        {
            case ConstantKind.Nil:
                _code.Emit(OpCode.LoadNil, target);
                break;
            case ConstantKind.Boolean:
                _code.Emit(OpCode.LoadBool, target, value.Boolean ? 1 : 0);
                break;
            case ConstantKind.Number when IsInt32(value.Number):
                _code.Emit(OpCode.LoadInt, target, (int)value.Number);
                break;
            default:
                _code.Emit(OpCode.LoadK, target, _code.Constant(value));
                break;
        }
    }

    static bool IsInt32(double number) =>
        number is >= int.MinValue and <= int.MaxValue && Math.Floor(number) == number && !(number == 0 && double.IsNegative(number));

    void LocalTo(LocalVariable variable, int target)
    {
        if (!IsOwn(variable))
            _code.Emit(IsCell(variable) ? OpCode.GetUpvalueCell : OpCode.GetUpvalue, target, Upvalue(variable));
        else if (IsCell(variable))
            _code.Emit(OpCode.GetCell, target, variable.Slot);
        else if (variable.Slot != target)
            _code.Emit(OpCode.Move, target, variable.Slot);
    }

    void GlobalTo(GlobalExpression global, int target)
    {
        if (_compilation.UseImports && !global.Name.IsAssignedGlobal)
            _code.Emit(OpCode.GetImport, target, _code.Import([global.Name.Bytes]));
        else
            _code.Emit(OpCode.GetGlobal, target, _code.String(global.Name.Bytes));
    }

    void FieldTo(FieldExpression field, int target, bool temp)
    {
        // A chain that may be an import shows the line where it starts, on every optimisation level.
        bool isChain = _compilation.MayImport && IsChain(field);
        if (isChain && _compilation.UseImports)
        {
            _code.Emit(OpCode.GetImport, target, ImportOf(field));
            return;
        }
        var table = Evaluate(field.Object, temp ? target : -1);
        int register = Settle(table, temp ? target : -1);
        _code.Line = isChain ? field.Line : field.EndLine;
        LoadField(target, register, field.Name.Bytes);
    }

    /// <summary>Whether this is <c>a.b</c> or <c>a.b.c</c> and <c>a</c> a global that the chunk does not assign.</summary>
    static bool IsChain(FieldExpression field) => field.Object
        is GlobalExpression { Name.IsAssignedGlobal: false }
        or FieldExpression { Object: GlobalExpression { Name.IsAssignedGlobal: false } };

    int ImportOf(FieldExpression chain) => chain.Object is GlobalExpression root
        ? _code.Import([root.Name.Bytes, chain.Name.Bytes])
        : _code.Import([((GlobalExpression)((FieldExpression)chain.Object).Object).Name.Bytes, ((FieldExpression)chain.Object).Name.Bytes, chain.Name.Bytes]);

    void LoadField(int target, int table, byte[] name)
    {
        int key = _code.String(name);
        if (key <= Instruction.ShortConstantMax)
        {
            _code.Emit(OpCode.GetField, target, table, key);
            return;
        }
        int register = _code.Allocate();
        _code.Emit(OpCode.LoadK, register, key);
        _code.Emit(OpCode.GetIndex, target, table, register);
        _code.SetTop(register);
    }

    void IndexTo(IndexExpression index, int target, bool temp)
    {
        var known = _compilation.Folder.Of(index.Key);
        int scratch = temp ? target : -1;
        var table = Evaluate(index.Object, scratch);
        var key = IsShortKey(known) ? default : Evaluate(index.Key, table.Register == scratch ? -1 : scratch);
        bool scratchTaken = table.Register == scratch || key.Register == scratch;
        int register = Settle(table, scratchTaken ? -1 : scratch);
        if (IsShortKey(known))
            _code.Line = index.Key.Line;
        LoadIndex(target, register, known, key);
    }

    void LoadIndex(int target, int table, in Constant known, in Operand key)
    {
        if (known.IsString)
            LoadField(target, table, known.Bytes!);
        else if (IsShortKey(known))
            _code.Emit(OpCode.GetIndexN, target, table, (int)known.Number);
        else
            _code.Emit(OpCode.GetIndex, target, table, Settle(key));
    }

    void IfElseTo(IfElseExpression expression, int target, bool temp)
    {
        var end = _code.NewLabel();
        foreach (var (condition, value) in expression.Clauses)
        {
            var known = _compilation.Folder.Of(condition);
            if (known.IsKnown && !known.IsTruthy)
                continue;
            if (known.IsKnown)
            {
                ExpressionTo(value, target, temp);
                _code.Place(end);
                return;
            }
            var otherwise = _code.NewLabel();
            Condition(condition, false, otherwise);
            ExpressionTo(value, target, temp);
            _code.EmitJump(end);
            _code.Place(otherwise);
        }
        ExpressionTo(expression.Else, target, temp);
        _code.Place(end);
    }

    /// <summary>Texts and values go to consecutive registers and are joined at once; more than a hundred parts in several steps.</summary>
    void InterpolatedTo(InterpolatedExpression expression, int target, bool temp)
    {
        if (temp && target == _code.Top - 1)
            _code.SetTop(target);
        int first = _code.Top;
        for (int i = 0; i < expression.Texts.Length; i++)
        {
            if (expression.Texts[i].Length > 0)
                ConstantTo(Constant.Of(expression.Texts[i]), _code.Allocate());
            if (i < expression.Values.Length)
                ExpressionTo(expression.Values[i], _code.Allocate());
            if (_code.Top - first >= InterpolatedPartsMax && i < expression.Texts.Length - 1)
            {
                _code.Emit(OpCode.Interpolate, first, first, _code.Top - 1);
                _code.SetTop(first + 1);
            }
        }
        // Without a single part this would be a constant.
        _code.Emit(OpCode.Interpolate, target, first, _code.Top - 1);
    }
}
