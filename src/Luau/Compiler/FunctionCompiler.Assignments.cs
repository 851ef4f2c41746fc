using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

sealed partial class FunctionCompiler
{
    /// <summary>A place to store to, its table and key already evaluated.</summary>
    /// <param name="Node">The expression.</param>
    /// <param name="Table">Table of a field or index.</param>
    /// <param name="Key">Key of an index that is not constant.</param>
    readonly record struct Target(Expression Node, Operand Table, Operand Key);

    /// <summary><c>target = value</c>.</summary>
    void Assign(Expression target, Expression value)
    {
        if (IsRegister(target, out var variable))
        {
            ExpressionTo(value, variable.Slot, temp: false);
            return;
        }
        var place = Prepare(target);
        int constant = StoredConstant(target, value);
        int register = constant >= 0 ? -1 : Settle(Evaluate(value));
        _code.Line = StoreLine(target);
        Store(place, register, constant);
    }

    /// <summary>Index of the constant when storing <paramref name="value"/> to a field or element needs no register; else -1.</summary>
    int StoredConstant(Expression target, Expression value)
    {
        if (target is not (FieldExpression or IndexExpression))
            return -1;
        return StoredConstant(target is IndexExpression index ? _compilation.Folder.Of(index.Key) : default, value);
    }

    int StoredConstant(in Constant key, Expression value)
    {
        var known = _compilation.Folder.Of(value);
        if (!known.IsKnown || known.Kind == ConstantKind.Nil || (key.IsNumber && IsShortKey(key)))
            return -1;
        return _code.ShortConstant(known);
    }

    /// <summary>Line of an error while storing: where the target starts, or its key in brackets.</summary>
    static int StoreLine(Expression target) => target is IndexExpression index ? index.Key.Line : target.Line;

    /// <summary><c>a, b.c = x, y</c>: tables and keys, then values, then stores; registers of locals last, so that no value sees a new one.</summary>
    void Assign(AssignStatement statement)
    {
        var (targets, values) = (statement.Targets, statement.Values);
        if (targets.Length == 1 && values.Length == 1)
        {
            Assign(targets[0], values[0]);
            return;
        }

        var places = new Target[targets.Length];
        for (int i = 0; i < targets.Length; i++)
            places[i] = Prepare(targets[i]);

        var registers = new int[targets.Length];
        var constants = new int[targets.Length];
        Array.Fill(constants, -1);
        bool straight = IsStraight(targets, values);
        for (int i = 0; i < values.Length; i++)
        {
            if (i >= targets.Length)
            {
                Drop(values[i]);
            }
            else if (i == values.Length - 1 && targets.Length > values.Length)
            {
                int first = RestTo(values[i], targets.Length - i);
                for (int j = i; j < targets.Length; j++)
                    registers[j] = first + j - i;
            }
            else if (StoredConstant(targets[i], values[i]) is >= 0 and var constant)
            {
                constants[i] = constant;
            }
            else if (straight && i == values.Length - 1)
            {
                registers[i] = ((LocalExpression)targets[i]).Variable.Slot;
                ExpressionTo(values[i], registers[i], temp: false);
            }
            else
            {
                registers[i] = _code.Allocate();
                ExpressionTo(values[i], registers[i]);
            }
        }

        for (int i = 0; i < targets.Length; i++)
        {
            if (IsOwnLocal(targets[i]))
                continue;
            _code.Line = StoreLine(targets[i]);
            Store(places[i], registers[i], constants[i]);
        }
        for (int i = 0; i < targets.Length; i++)
        {
            if (IsOwnLocal(targets[i]))
                Store(places[i], registers[i]);
        }
    }

    bool IsOwnLocal(Expression target) => target is LocalExpression local && IsOwn(local.Variable);

    /// <summary>Whether all targets are different locals in registers: then the last value needs no temporary (swaps, running pairs).</summary>
    bool IsStraight(Expression[] targets, Expression[] values)
    {
        if (targets.Length != values.Length || !IsRegister(targets[^1], out var last))
            return false;
        for (int i = 0; i < targets.Length - 1; i++)
        {
            if (!IsRegister(targets[i], out var variable) || variable == last)
                return false;
        }
        return true;
    }

    /// <summary>Evaluates the last value of a list to <paramref name="wanted"/> fresh registers.</summary>
    int RestTo(Expression value, int wanted)
    {
        int first = _code.Top;
        if (value.IsMultiple)
        {
            MultipleTo(value, wanted);
            return _code.Allocate(wanted);
        }
        ExpressionTo(value, _code.Allocate());
        LoadNils(_code.Allocate(wanted - 1), wanted - 1);
        return first;
    }

    /// <summary>Evaluates table and key of a target.</summary>
    Target Prepare(Expression target) => target switch
    {
        FieldExpression field => new Target(target, Evaluate(field.Object), default),
        IndexExpression index => PrepareIndex(index),
        _ => new Target(target, default, default),
    };

    Target PrepareIndex(IndexExpression index)
    {
        var table = Evaluate(index.Object);
        return new Target(index, table, IsShortKey(_compilation.Folder.Of(index.Key)) ? default : Evaluate(index.Key));
    }

    /// <summary>Stores to a prepared target.</summary>
    /// <param name="place">The target.</param>
    /// <param name="value">Register of the value.</param>
    /// <param name="constant">What <see cref="StoredConstant(Expression, Expression)"/> said about the value; the register counts when that is negative.</param>
    void Store(in Target place, int value, int constant = -1)
    {
        switch (place.Node)
        {
            case LocalExpression { Variable: var variable } when !IsOwn(variable):
                _code.Emit(OpCode.SetUpvalueCell, value, Upvalue(variable));
                break;
            case LocalExpression { Variable: var variable } when IsCell(variable):
                _code.Emit(OpCode.SetCell, variable.Slot, value);
                break;
            case LocalExpression { Variable: var variable }:
                if (variable.Slot != value)
                    _code.Emit(OpCode.Move, variable.Slot, value);
                break;
            case GlobalExpression global:
                _code.Emit(OpCode.SetGlobal, value, _code.String(global.Name.Bytes));
                break;
            case FieldExpression field:
                StoreField(Settle(place.Table), field.Name.Bytes, value, constant);
                break;
            case IndexExpression index:
                StoreIndex(Settle(place.Table), _compilation.Folder.Of(index.Key), place.Key, value, constant);
                break;
            default:
                throw new InvalidOperationException($"{place.Node.Kind} cannot be assigned");
        }
    }

    void StoreField(int table, byte[] name, int value, int constant)
    {
        int key = _code.String(name);
        if (key <= Instruction.ShortConstantMax)
        {
            if (constant >= 0)
                _code.Emit(OpCode.SetFieldK, table, key, constant);
            else
                _code.Emit(OpCode.SetField, table, key, value);
            return;
        }
        int register = _code.Allocate();
        _code.Emit(OpCode.LoadK, register, key);
        SetIndex(table, register, value, constant);
        _code.SetTop(register);
    }

    void StoreIndex(int table, in Constant known, in Operand key, int value, int constant)
    {
        if (known.IsString && IsShortKey(known))
            StoreField(table, known.Bytes!, value, constant);
        else if (IsShortKey(known))
            _code.Emit(OpCode.SetIndexN, table, (int)known.Number, value);
        else
            SetIndex(table, Settle(key), value, constant);
    }

    void SetIndex(int table, int key, int value, int constant)
    {
        if (constant >= 0)
            _code.Emit(OpCode.SetIndexK, table, key, constant);
        else
            _code.Emit(OpCode.SetIndex, table, key, value);
    }

    /// <summary>Whether a key has a form of its own: any string, or an integer from 1 to 65535.</summary>
    static bool IsShortKey(in Constant key) =>
        key.IsString || (key.IsNumber && key.Number is >= 1 and <= ushort.MaxValue && Math.Floor(key.Number) == key.Number);

    void CompoundAssign(CompoundAssignStatement statement)
    {
        var (target, op) = (statement.Target, statement.Operator);
        if (IsRegister(target, out var variable))
        {
            if (op == BinaryOperator.Concat)
                ConcatFrom(Load(new Target(target, default, default)), statement.Value, variable.Slot);
            else
                Arithmetic(op, target, statement.Value, variable.Slot, -1);
            return;
        }

        var place = Prepare(target);
        int result;
        if (op == BinaryOperator.Concat)
        {
            result = Load(place);
            ConcatFrom(result, statement.Value, result);
        }
        else
        {
            // A local of this function is read when the operation runs, everything else at once.
            var old = IsOwnLocal(target) ? Evaluate(target) : Operand.In(Load(place));
            result = old.Cell is null ? old.Register : _code.Allocate();
            Arithmetic(op, old, statement.Value, result, result);
        }
        _code.Line = StoreLine(target);
        Store(place, result);
    }

    /// <summary>Reads a prepared target into a fresh register.</summary>
    int Load(in Target place)
    {
        int register = _code.Allocate();
        switch (place.Node)
        {
            case FieldExpression field:
                _code.Line = StoreLine(field);
                LoadField(register, Settle(place.Table), field.Name.Bytes);
                break;
            case IndexExpression index:
                _code.Line = StoreLine(index);
                LoadIndex(register, Settle(place.Table), _compilation.Folder.Of(index.Key), place.Key);
                break;
            default:
                ExpressionTo(place.Node, register);
                break;
        }
        _code.SetTop(register + 1);
        return register;
    }
}
