namespace GameServer.Luau.Syntax;

/// <summary>Any statement.</summary>
/// <param name="kind">Kind.</param>
/// <param name="line">Line of the first token.</param>
abstract class Statement(NodeKind kind, int line) : Node(kind, line);

/// <summary><c>do … end</c>.</summary>
sealed class DoStatement(Block body, int line) : Statement(NodeKind.Do, line)
{
    /// <summary>The body.</summary>
    public Block Body { get; } = body;
}

/// <summary><c>while c do … end</c>.</summary>
sealed class WhileStatement(Expression condition, Block body, int line) : Statement(NodeKind.While, line)
{
    /// <summary>The condition.</summary>
    public Expression Condition { get; } = condition;

    /// <summary>The body.</summary>
    public Block Body { get; } = body;
}

/// <summary><c>repeat … until c</c>; the condition sees the body's locals.</summary>
sealed class RepeatStatement(Block body, Expression condition, int line) : Statement(NodeKind.Repeat, line)
{
    /// <summary>The body.</summary>
    public Block Body { get; } = body;

    /// <summary>The condition. It uses no local that a <c>continue</c> jumps over.</summary>
    public Expression Condition { get; } = condition;
}

/// <summary>One condition of an <c>if</c> statement and its block.</summary>
readonly record struct IfClause(Expression Condition, Block Body)
{
    /// <summary>Line of the <c>if</c> or <c>elseif</c>.</summary>
    public int Line { get; init; }
}

/// <summary><c>if … then … elseif … else … end</c>.</summary>
sealed class IfStatement(IfClause[] clauses, Block? otherwise, int line) : Statement(NodeKind.If, line)
{
    /// <summary>The conditions in order; at least one.</summary>
    public IfClause[] Clauses { get; } = clauses;

    /// <summary>The <c>else</c> block, if any.</summary>
    public Block? Else { get; } = otherwise;
}

/// <summary><c>for i = a, b, s do … end</c>.</summary>
sealed class NumericForStatement(LocalVariable variable, Expression from, Expression to, Expression? step, Block body, int line)
    : Statement(NodeKind.NumericFor, line)
{
    /// <summary>The loop variable, fresh in each iteration.</summary>
    public LocalVariable Variable { get; } = variable;

    /// <summary>Initial value.</summary>
    public Expression From { get; } = from;

    /// <summary>Limit.</summary>
    public Expression To { get; } = to;

    /// <summary>Step; null means 1.</summary>
    public Expression? Step { get; } = step;

    /// <summary>The body.</summary>
    public Block Body { get; } = body;
}

/// <summary><c>for a, b in e do … end</c>.</summary>
sealed class GenericForStatement(LocalVariable[] variables, Expression[] values, Block body, int line) : Statement(NodeKind.GenericFor, line)
{
    /// <summary>The loop variables, fresh in each iteration; at least one.</summary>
    public LocalVariable[] Variables { get; } = variables;

    /// <summary>The expression list; at least one.</summary>
    public Expression[] Values { get; } = values;

    /// <summary>The body.</summary>
    public Block Body { get; } = body;
}

/// <summary><c>local a, b = x, y</c> or <c>const …</c> (see <see cref="LocalVariable.IsConst"/>).</summary>
sealed class LocalDeclarationStatement(LocalVariable[] variables, Expression[] values, int line) : Statement(NodeKind.LocalDeclaration, line)
{
    /// <summary>The variables; at least one.</summary>
    public LocalVariable[] Variables { get; } = variables;

    /// <summary>The initial values; may be empty, shorter or longer.</summary>
    public Expression[] Values { get; } = values;
}

/// <summary><c>local function f</c> or <c>const function f</c>.</summary>
sealed class LocalFunctionStatement(LocalVariable variable, FunctionExpression function, int line) : Statement(NodeKind.LocalFunction, line)
{
    /// <summary>The variable, in scope in the body.</summary>
    public LocalVariable Variable { get; } = variable;

    /// <summary>The function.</summary>
    public FunctionExpression Function { get; } = function;
}

/// <summary><c>function a.b:c() … end</c>.</summary>
sealed class FunctionDeclarationStatement(Expression target, FunctionExpression function, int line)
    : Statement(NodeKind.FunctionDeclaration, line)
{
    /// <summary>A local, global or field.</summary>
    public Expression Target { get; } = target;

    /// <summary>The function.</summary>
    public FunctionExpression Function { get; } = function;
}

/// <summary><c>a, b.c = x, y</c>.</summary>
sealed class AssignStatement(Expression[] targets, Expression[] values, int line) : Statement(NodeKind.Assign, line)
{
    /// <summary>Locals, globals, fields, indexes; at least one.</summary>
    public Expression[] Targets { get; } = targets;

    /// <summary>The values; at least one.</summary>
    public Expression[] Values { get; } = values;
}

/// <summary><c>a += x</c>.</summary>
sealed class CompoundAssignStatement(Expression target, BinaryOperator op, Expression value, int line)
    : Statement(NodeKind.CompoundAssign, line)
{
    /// <summary>A local, global, field or index.</summary>
    public Expression Target { get; } = target;

    /// <summary>An arithmetic operator or concatenation.</summary>
    public BinaryOperator Operator { get; } = op;

    /// <summary>The right-hand side.</summary>
    public Expression Value { get; } = value;
}

/// <summary>A call as a statement.</summary>
sealed class CallStatement(Expression call, int line) : Statement(NodeKind.CallStatement, line)
{
    /// <summary>A <see cref="CallExpression"/> or <see cref="MethodCallExpression"/>.</summary>
    public Expression Call { get; } = call;
}

/// <summary><c>return …</c>.</summary>
sealed class ReturnStatement(Expression[] values, int line) : Statement(NodeKind.Return, line)
{
    /// <summary>The values; may be empty.</summary>
    public Expression[] Values { get; } = values;
}

/// <summary><c>break</c>, inside a loop of the same function.</summary>
sealed class BreakStatement(int line) : Statement(NodeKind.Break, line);

/// <summary><c>continue</c>, inside a loop of the same function.</summary>
sealed class ContinueStatement(int line) : Statement(NodeKind.Continue, line);
