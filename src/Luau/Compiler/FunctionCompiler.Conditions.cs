using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

sealed partial class FunctionCompiler
{
    /// <summary>Jumps to <paramref name="target"/> if the expression is truthy (or not, as <paramref name="jumpIf"/> says); else falls through.</summary>
    void Condition(Expression expression, bool jumpIf, Label target)
    {
        expression = Ungroup(expression);
        var known = _compilation.Folder.Of(expression);
        if (known.IsKnown)
        {
            if (known.IsTruthy == jumpIf)
                _code.EmitJump(target);
            return;
        }

        Enter(expression);
        int top = _code.Top;
        switch (expression)
        {
            case UnaryExpression { Operator: UnaryOperator.Not } e:
                Condition(e.Operand, !jumpIf, target);
                break;
            case LogicalExpression e when (e.Kind == NodeKind.Or) == jumpIf:
                Condition(e.Left, jumpIf, target);
                Condition(e.Right, jumpIf, target);
                break;
            case LogicalExpression e:
                var skip = _code.NewLabel();
                Condition(e.Left, !jumpIf, skip);
                Condition(e.Right, jumpIf, target);
                _code.Place(skip);
                break;
            case BinaryExpression { Operator: BinaryOperator.Equal or BinaryOperator.NotEqual } e:
                Equality(e, jumpIf, target);
                break;
            case BinaryExpression { Operator: > BinaryOperator.NotEqual } e:
                Order(e, jumpIf, target);
                break;
            default:
                _code.EmitJump(jumpIf ? OpCode.JumpIf : OpCode.JumpIfNot, Settle(Evaluate(expression)), 0, target);
                break;
        }
        _code.SetTop(top);
    }

    void Equality(BinaryExpression expression, bool jumpIf, Label target)
    {
        bool jumpIfEqual = jumpIf == (expression.Operator == BinaryOperator.Equal);
        var (left, right) = (expression.Left, expression.Right);
        var known = _compilation.Folder.Of(right);
        if (!known.IsKnown)
        {
            known = _compilation.Folder.Of(left);
            if (known.IsKnown)
                (left, right) = (right, left);
        }

        if (known.Kind == ConstantKind.Nil)
        {
            _code.EmitJump(jumpIfEqual ? OpCode.JumpIfNil : OpCode.JumpIfNotNil, Settle(Evaluate(left)), 0, target);
        }
        else if (known.IsKnown && _code.Constant(known) is var constant and <= Instruction.ShortConstantMax)
        {
            _code.EmitJump(jumpIfEqual ? OpCode.JumpIfEqK : OpCode.JumpIfNotEqK, Settle(Evaluate(left)), constant, target);
        }
        else
        {
            var (a, b) = (Evaluate(left), Evaluate(right));
            _code.EmitJump(jumpIfEqual ? OpCode.JumpIfEq : OpCode.JumpIfNotEq, Settle(a), Settle(b), target);
        }
    }

    /// <summary>Order of two operands. A constant counts as an operand for the line, as it does where it is loaded to a register first.</summary>
    void Order(BinaryExpression expression, bool jumpIf, Label target)
    {
        var (left, right) = (expression.Left, expression.Right);
        if (TryShortNumber(right, out int constant))
        {
            var op = expression.Operator switch
            {
                BinaryOperator.Less => OpCode.JumpIfLtK,
                BinaryOperator.LessEqual => OpCode.JumpIfLeK,
                BinaryOperator.Greater => OpCode.JumpIfGtK,
                _ => OpCode.JumpIfGeK,
            };
            int register = Settle(Evaluate(left));
            _code.Line = right.Line;
            _code.EmitJump(jumpIf ? op : op + 1, register, constant, target);
        }
        else if (TryShortNumber(left, out constant))
        {
            var op = expression.Operator switch
            {
                BinaryOperator.Less => OpCode.JumpIfGtK,
                BinaryOperator.LessEqual => OpCode.JumpIfGeK,
                BinaryOperator.Greater => OpCode.JumpIfLtK,
                _ => OpCode.JumpIfLeK,
            };
            _code.Line = left.Line;
            _code.EmitJump(jumpIf ? op : op + 1, Settle(Evaluate(right)), constant, target);
        }
        else
        {
            // Operands are evaluated left to right; a > b then is b < a.
            var (first, second) = (Evaluate(left), Evaluate(right));
            var (a, b) = (Settle(first), Settle(second));
            if (expression.Operator is BinaryOperator.Greater or BinaryOperator.GreaterEqual)
                (a, b) = (b, a);
            var op = expression.Operator is BinaryOperator.Less or BinaryOperator.Greater ? OpCode.JumpIfLt : OpCode.JumpIfLe;
            _code.EmitJump(jumpIf ? op : op + 1, a, b, target);
        }
    }

    bool TryShortNumber(Expression expression, out int constant)
    {
        var known = _compilation.Folder.Of(expression);
        constant = known.IsNumber ? _code.Number(known.Number) : int.MaxValue;
        return constant <= Instruction.ShortConstantMax;
    }
}
