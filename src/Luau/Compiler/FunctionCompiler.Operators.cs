using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

sealed partial class FunctionCompiler
{
    void UnaryTo(UnaryExpression expression, int target, bool temp)
    {
        int operand = Settle(Evaluate(expression.Operand, temp ? target : -1), temp ? target : -1);
        var op = expression.Operator switch
        {
            UnaryOperator.Not => OpCode.Not,
            UnaryOperator.Negate => OpCode.Neg,
            _ => OpCode.Len,
        };
        _code.Emit(op, target, operand);
    }

    void BinaryTo(BinaryExpression expression, int target, bool temp)
    {
        switch (expression.Operator)
        {
            case BinaryOperator.Concat:
                if (temp && target == _code.Top - 1)
                    _code.SetTop(target);
                int first = _code.Allocate();
                ExpressionTo(expression.Left, first);
                ConcatFrom(first, expression.Right, target);
                break;
            case >= BinaryOperator.Equal:
                ComparisonTo(expression, target);
                break;
            default:
                Arithmetic(expression.Operator, expression.Left, expression.Right, target, temp ? target : -1);
                break;
        }
    }

    void Arithmetic(BinaryOperator op, Expression left, Expression right, int target, int scratch)
    {
        var known = _compilation.Folder.Of(left);
        if (known.IsNumber && KOnLeft(op) is { } opcode && _code.Number(known.Number) is var constant and <= Instruction.ShortConstantMax)
        {
            int register = Settle(Evaluate(right, scratch), scratch);
            _code.Emit(opcode, target, constant, register);
            return;
        }
        Arithmetic(op, Evaluate(left, scratch), right, target, scratch);
    }

    /// <summary>An arithmetic operator whose left operand is already evaluated.</summary>
    void Arithmetic(BinaryOperator op, in Operand left, Expression right, int target, int scratch)
    {
        var known = _compilation.Folder.Of(right);
        if (known.IsNumber && _code.Number(known.Number) is var constant and <= Instruction.ShortConstantMax)
        {
            var opcode = op == BinaryOperator.Modulo && Instruction.IsShortDivisor(known.ToValue()) ? OpCode.ModInt : KOnRight(op);
            _code.Emit(opcode, target, Settle(left, scratch), constant);
            return;
        }

        var other = Evaluate(right, left.Register == scratch ? -1 : scratch);
        bool scratchTaken = left.Register == scratch || other.Register == scratch;
        int a = Settle(left, scratchTaken ? -1 : scratch);
        int b = Settle(other);
        _code.Emit(InRegisters(op), target, a, b);
    }

    static OpCode InRegisters(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => OpCode.Add,
        BinaryOperator.Subtract => OpCode.Sub,
        BinaryOperator.Multiply => OpCode.Mul,
        BinaryOperator.Divide => OpCode.Div,
        BinaryOperator.FloorDivide => OpCode.IDiv,
        BinaryOperator.Modulo => OpCode.Mod,
        BinaryOperator.Power => OpCode.Pow,
        _ => throw new InvalidOperationException($"{op} is not arithmetic"),
    };

    static OpCode KOnRight(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => OpCode.AddK,
        BinaryOperator.Subtract => OpCode.SubK,
        BinaryOperator.Multiply => OpCode.MulK,
        BinaryOperator.Divide => OpCode.DivK,
        BinaryOperator.FloorDivide => OpCode.IDivK,
        BinaryOperator.Modulo => OpCode.ModK,
        BinaryOperator.Power => OpCode.PowK,
        _ => throw new InvalidOperationException($"{op} is not arithmetic"),
    };

    static OpCode? KOnLeft(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => OpCode.KAdd,
        BinaryOperator.Subtract => OpCode.KSub,
        BinaryOperator.Multiply => OpCode.KMul,
        BinaryOperator.Divide => OpCode.KDiv,
        _ => null,
    };

    /// <summary>Joins the value in register <paramref name="first"/>, the last one taken, with the operands of <paramref name="rest"/>.</summary>
    void ConcatFrom(int first, Expression rest, int target)
    {
        for (; ; )
        {
            var inner = Ungroup(rest);
            if (inner is BinaryExpression { Operator: BinaryOperator.Concat } more && !_compilation.Folder.Of(inner).IsKnown)
            {
                ExpressionTo(more.Left, _code.Allocate());
                rest = more.Right;
                continue;
            }
            int last = _code.Allocate();
            ExpressionTo(rest, last);
            _code.Emit(OpCode.Concat, target, first, last);
            return;
        }
    }

    void ComparisonTo(BinaryExpression expression, int target)
    {
        var holds = _code.NewLabel();
        var end = _code.NewLabel();
        Condition(expression, true, holds);
        _code.Emit(OpCode.LoadBool, target, 0);
        _code.EmitJump(end);
        _code.Place(holds);
        _code.Emit(OpCode.LoadBool, target, 1);
        _code.Place(end);
    }

    // ---- and, or: exactly one value

    void LogicalTo(LogicalExpression expression, int target, bool temp)
    {
        // Parts are evaluated to the target in turn, so no part may read a local that lives there; but `a = a or b` is fine.
        int budget = 60;
        bool isOwnDefault = !temp && IsRegister(Ungroup(expression.Left), out var local) && local.Slot == target;
        int register = temp || isOwnDefault || !Reads(expression, target, ref budget) ? target : _code.Allocate();
        var end = _code.NewLabel();
        if (expression.Kind == NodeKind.And)
            ValueIfFalsy(expression.Left, register, end);
        else
            ValueIfTruthy(expression.Left, register, end);
        ExpressionTo(expression.Right, register, temp: !isOwnDefault);
        _code.Place(end);
        if (register != target)
            _code.Emit(OpCode.Move, target, register);
    }

    /// <summary>Whether an expression may read the local in <paramref name="register"/>. Large trees count as reading it.</summary>
    bool Reads(Expression expression, int register, ref int budget)
    {
        if (--budget < 0)
            return true;
        switch (expression)
        {
            case LocalExpression:
                return IsRegister(expression, out var variable) && variable.Slot == register;
            case SimpleExpression or NumberExpression or StringExpression or GlobalExpression:
            // A function could only reach the local through a cell, and a cell is not a plain register.
            case FunctionExpression:
                return false;
            case GroupExpression e: return Reads(e.Inner, register, ref budget);
            case FieldExpression e: return Reads(e.Object, register, ref budget);
            case IndexExpression e: return Reads(e.Object, register, ref budget) || Reads(e.Key, register, ref budget);
            case UnaryExpression e: return Reads(e.Operand, register, ref budget);
            case BinaryExpression e: return Reads(e.Left, register, ref budget) || Reads(e.Right, register, ref budget);
            case LogicalExpression e: return Reads(e.Left, register, ref budget) || Reads(e.Right, register, ref budget);
            case CallExpression e: return Reads(e.Function, register, ref budget) || Reads(e.Arguments, register, ref budget);
            case MethodCallExpression e: return Reads(e.Object, register, ref budget) || Reads(e.Arguments, register, ref budget);
            default: return true;
        }
    }

    bool Reads(Expression[] expressions, int register, ref int budget)
    {
        foreach (var expression in expressions)
        {
            if (Reads(expression, register, ref budget))
                return true;
        }
        return false;
    }

    /// <summary>If the value is truthy, leaves it in <paramref name="target"/> and jumps to <paramref name="end"/>; else falls through.</summary>
    void ValueIfTruthy(Expression expression, int target, Label end)
    {
        expression = Ungroup(expression);
        var known = _compilation.Folder.Of(expression);
        if (known.IsKnown && !known.IsTruthy)
            return;
        Enter(expression);
        switch (expression)
        {
            case LogicalExpression { Kind: NodeKind.And } e:
                var skip = _code.NewLabel();
                Condition(e.Left, false, skip);
                ValueIfTruthy(e.Right, target, end);
                _code.Place(skip);
                break;
            case LogicalExpression e:
                ValueIfTruthy(e.Left, target, end);
                ValueIfTruthy(e.Right, target, end);
                break;
            case var _ when known.IsKnown:
                ConstantTo(known, target);
                _code.EmitJump(end);
                break;
            case var _ when IsBooleanTest(expression):
                var no = _code.NewLabel();
                Condition(expression, false, no);
                _code.Emit(OpCode.LoadBool, target, 1);
                _code.EmitJump(end);
                _code.Place(no);
                break;
            default:
                ExpressionTo(expression, target);
                _code.EmitJump(OpCode.JumpIf, target, 0, end);
                break;
        }
    }

    /// <summary>If the value is nil or false, leaves it in <paramref name="target"/> and jumps to <paramref name="end"/>; else falls through.</summary>
    void ValueIfFalsy(Expression expression, int target, Label end)
    {
        expression = Ungroup(expression);
        var known = _compilation.Folder.Of(expression);
        if (known.IsKnown && known.IsTruthy)
            return;
        Enter(expression);
        switch (expression)
        {
            case LogicalExpression { Kind: NodeKind.Or } e:
                var skip = _code.NewLabel();
                Condition(e.Left, true, skip);
                ValueIfFalsy(e.Right, target, end);
                _code.Place(skip);
                break;
            case LogicalExpression e:
                ValueIfFalsy(e.Left, target, end);
                ValueIfFalsy(e.Right, target, end);
                break;
            case var _ when known.IsKnown:
                ConstantTo(known, target);
                _code.EmitJump(end);
                break;
            case var _ when IsBooleanTest(expression):
                var yes = _code.NewLabel();
                Condition(expression, true, yes);
                _code.Emit(OpCode.LoadBool, target, 0);
                _code.EmitJump(end);
                _code.Place(yes);
                break;
            default:
                ExpressionTo(expression, target);
                _code.EmitJump(OpCode.JumpIfNot, target, 0, end);
                break;
        }
    }

    /// <summary>Comparisons and <c>not</c>: what gives true or false and is cheaper as a jump.</summary>
    static bool IsBooleanTest(Expression expression) => expression
        is BinaryExpression { Operator: >= BinaryOperator.Equal } or UnaryExpression { Operator: UnaryOperator.Not };
}
