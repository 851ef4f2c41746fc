using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

/// <summary>
/// Decides whether a numeric loop is written out, iteration by iteration, with its variable as a constant: few iterations known before
/// running, a small body, and nothing in it that could tell (no function, which would be made once per copy, and no other loop).
/// </summary>
static class LoopUnrolling
{
    const int IterationsMax = 8;
    const int NodesMax = 120;

    /// <summary>The values of the variable, or null when the loop stays a loop.</summary>
    public static double[]? Iterations(NumericForStatement loop, ConstantFolder folder)
    {
        if (loop.Variable.IsReassigned || loop.Variable.IsCaptured)
            return null;
        var (from, to) = (folder.Of(loop.From), folder.Of(loop.To));
        var step = loop.Step is null ? Constant.Of(1.0) : folder.Of(loop.Step);
        if (!from.IsNumber || !to.IsNumber || !step.IsNumber)
            return null;

        var values = new List<double>();
        for (double i = from.Number; step.Number > 0 ? i <= to.Number : to.Number <= i; i += step.Number)
        {
            if (values.Count == IterationsMax)
                return null;
            values.Add(i);
        }
        int budget = values.Count == 0 ? 0 : NodesMax / values.Count;
        return values.Count > 0 && Fits(loop.Body, ref budget) ? [.. values] : null;
    }

    static bool Fits(Block block, ref int budget)
    {
        foreach (var statement in block.Statements)
        {
            if (!Fits(statement, ref budget))
                return false;
        }
        return true;
    }

    static bool Fits(Statement statement, ref int budget)
    {
        if (--budget < 0)
            return false;
        switch (statement)
        {
            case DoStatement s: return Fits(s.Body, ref budget);
            case IfStatement s:
                foreach (var (condition, body) in s.Clauses)
                {
                    if (!Fits(condition, ref budget) || !Fits(body, ref budget))
                        return false;
                }
                return s.Else is null || Fits(s.Else, ref budget);
            case LocalDeclarationStatement s: return Fits(s.Values, ref budget);
            case AssignStatement s: return Fits(s.Targets, ref budget) && Fits(s.Values, ref budget);
            case CompoundAssignStatement s: return Fits(s.Target, ref budget) && Fits(s.Value, ref budget);
            case CallStatement s: return Fits(s.Call, ref budget);
            case ReturnStatement s: return Fits(s.Values, ref budget);
            case BreakStatement or ContinueStatement: return true;
            default: return false;
        }
    }

    static bool Fits(Expression[] expressions, ref int budget)
    {
        foreach (var expression in expressions)
        {
            if (!Fits(expression, ref budget))
                return false;
        }
        return true;
    }

    static bool Fits(Expression expression, ref int budget)
    {
        if (--budget < 0)
            return false;
        switch (expression)
        {
            case SimpleExpression or NumberExpression or StringExpression or LocalExpression or GlobalExpression: return true;
            case GroupExpression e: return Fits(e.Inner, ref budget);
            case FieldExpression e: return Fits(e.Object, ref budget);
            case IndexExpression e: return Fits(e.Object, ref budget) && Fits(e.Key, ref budget);
            case CallExpression e: return Fits(e.Function, ref budget) && Fits(e.Arguments, ref budget);
            case MethodCallExpression e: return Fits(e.Object, ref budget) && Fits(e.Arguments, ref budget);
            case UnaryExpression e: return Fits(e.Operand, ref budget);
            case BinaryExpression e: return Fits(e.Left, ref budget) && Fits(e.Right, ref budget);
            case LogicalExpression e: return Fits(e.Left, ref budget) && Fits(e.Right, ref budget);
            default: return false;
        }
    }
}
