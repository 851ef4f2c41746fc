using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

/// <summary>
/// Decides which local functions are written out where they are called: those whose body is one returned expression, perhaps behind some locals, that is small and calls
/// nothing by name. Such a body can only reach other code through metamethods, so nothing but a traceback, or a metamethod that counts levels, can tell that the
/// frame is missing; both are the same upstream on this level. Errors show the line of the body either way.
/// </summary>
static class Inlining
{
    const int ParametersMax = 8;
    const int NodesMax = 24;

    /// <summary>The expression that a call of <paramref name="function"/> stands for, or null when calls stay calls.</summary>
    /// <param name="function">The function.</param>
    /// <param name="locals">Locals to be evaluated before, in order.</param>
    public static Expression? BodyOf(FunctionExpression function, out List<(LocalVariable Variable, Expression Value)> locals)
    {
        locals = [];
        if (function.IsVarArg || function.Parameters.Length > ParametersMax || function.Body.Statements is not [.. var before, ReturnStatement { Values: [var result] }])
            return null;
        int budget = NodesMax;
        foreach (var statement in before)
        {
            if (statement is not LocalDeclarationStatement { Variables: [var variable], Values: [var value] } || !Fits(value, ref budget))
                return null;
            locals.Add((variable, value));
        }
        bool isPlain = function.Parameters.All(IsPlain) && locals.All(local => IsPlain(local.Variable));
        return isPlain && Fits(result, ref budget) ? result : null;
    }

    static bool IsPlain(LocalVariable variable) => !variable.IsReassigned && !variable.IsCaptured;

    static bool Fits(Expression expression, ref int budget)
    {
        if (--budget < 0)
            return false;
        switch (expression)
        {
            // No globals: setfenv may give the function another environment than its caller has.
            case NumberExpression or StringExpression or LocalExpression: return true;
            case SimpleExpression e: return e.Kind != NodeKind.VarArgs;
            case GroupExpression e: return Fits(e.Inner, ref budget);
            case FieldExpression e: return Fits(e.Object, ref budget);
            case IndexExpression e: return Fits(e.Object, ref budget) && Fits(e.Key, ref budget);
            case UnaryExpression e: return Fits(e.Operand, ref budget);
            case BinaryExpression e: return Fits(e.Left, ref budget) && Fits(e.Right, ref budget);
            case LogicalExpression e: return Fits(e.Left, ref budget) && Fits(e.Right, ref budget);
            case TableExpression e:
                foreach (var (key, value) in e.Fields)
                {
                    if (key is not null && !Fits(key, ref budget) || !Fits(value, ref budget))
                        return false;
                }
                return true;
            default: return false;
        }
    }
}
