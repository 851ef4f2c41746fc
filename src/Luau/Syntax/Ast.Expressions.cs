namespace GameServer.Luau.Syntax;

/// <summary>Any expression.</summary>
/// <param name="kind">Kind.</param>
/// <param name="line">Line of the first token.</param>
/// <param name="endLine">Line where the last token ends.</param>
abstract class Expression(NodeKind kind, int line, int endLine) : Node(kind, line)
{
    /// <summary>Line where the last token ends.</summary>
    public int EndLine { get; private protected set; } = endLine;

    /// <summary>Never set by the parser: anything whoever walks the tree wants to remember (a folded constant, say).</summary>
    public object? Annotation { get; set; }

    /// <summary>True for what can give any number of values in last place of a list: calls and <c>...</c> without parentheses.</summary>
    public bool IsMultiple => Kind is NodeKind.Call or NodeKind.MethodCall or NodeKind.VarArgs;
}

/// <summary><c>nil</c>, <c>true</c>, <c>false</c> or <c>...</c>; the kind says which.</summary>
sealed class SimpleExpression(NodeKind kind, int line) : Expression(kind, line, line);

/// <summary>A number literal.</summary>
sealed class NumberExpression(double value, int line) : Expression(NodeKind.Number, line, line)
{
    /// <summary>The value; never negative, never NaN.</summary>
    public double Value { get; } = value;
}

/// <summary>A string literal.</summary>
sealed class StringExpression(byte[] value, int line, int endLine) : Expression(NodeKind.String, line, endLine)
{
    /// <summary>The bytes, escapes resolved.</summary>
    public byte[] Value { get; } = value;
}

/// <summary>A name that is a local variable or parameter.</summary>
sealed class LocalExpression(LocalVariable variable, bool isUpvalue, int line) : Expression(NodeKind.Local, line, line)
{
    /// <summary>The variable.</summary>
    public LocalVariable Variable { get; } = variable;

    /// <summary>True when an outer function declares it.</summary>
    public bool IsUpvalue { get; } = isUpvalue;
}

/// <summary>A name that is no local: a field of the function's environment.</summary>
sealed class GlobalExpression(Name name, int line) : Expression(NodeKind.Global, line, line)
{
    /// <summary>The name.</summary>
    public Name Name { get; } = name;
}

/// <summary><c>object.name</c>.</summary>
sealed class FieldExpression(Expression target, Name name, int line, int nameLine) : Expression(NodeKind.Field, line, nameLine)
{
    /// <summary>What is indexed.</summary>
    public Expression Object { get; } = target;

    /// <summary>The field; its line is <see cref="Expression.EndLine"/>, which errors show.</summary>
    public Name Name { get; } = name;
}

/// <summary><c>object[key]</c>.</summary>
sealed class IndexExpression(Expression target, Expression key, int line, int endLine) : Expression(NodeKind.Index, line, endLine)
{
    /// <summary>What is indexed.</summary>
    public Expression Object { get; } = target;

    /// <summary>The key.</summary>
    public Expression Key { get; } = key;
}

/// <summary><c>f(…)</c>; errors show the line where <see cref="Function"/> ends.</summary>
sealed class CallExpression(Expression function, Expression[] arguments, int line, int endLine) : Expression(NodeKind.Call, line, endLine)
{
    /// <summary>What is called.</summary>
    public Expression Function { get; } = function;

    /// <summary>The arguments.</summary>
    public Expression[] Arguments { get; } = arguments;
}

/// <summary><c>object:name(…)</c>.</summary>
sealed class MethodCallExpression(Expression target, Name name, int nameLine, Expression[] arguments, int line, int endLine)
    : Expression(NodeKind.MethodCall, line, endLine)
{
    /// <summary>The receiver.</summary>
    public Expression Object { get; } = target;

    /// <summary>The method.</summary>
    public Name Name { get; } = name;

    /// <summary>Line of the method name, which errors show.</summary>
    public int NameLine { get; } = nameLine;

    /// <summary>The arguments without the receiver.</summary>
    public Expression[] Arguments { get; } = arguments;
}

/// <summary>A function: as a value, or as part of a declaration. The parser makes it before its body, so that locals can refer to it.</summary>
sealed class FunctionExpression(FunctionExpression? parent, int line) : Expression(NodeKind.Function, line, line)
{
    /// <summary>The function around this one; null for the main chunk.</summary>
    public FunctionExpression? Parent { get; } = parent;

    /// <summary>Number of functions around this one; 0 for the main chunk.</summary>
    public int Depth { get; } = parent is null ? 0 : parent.Depth + 1;

    /// <summary>Name for messages and tracebacks (specification, section 9); null when there is none.</summary>
    public Name? DebugName { get; set; }

    /// <summary>Parameters in order; <c>self</c> is the first when <see cref="HasSelf"/>.</summary>
    public LocalVariable[] Parameters { get; set; } = [];

    /// <summary>Declared with a colon.</summary>
    public bool HasSelf { get; init; }

    /// <summary>Takes <c>...</c>.</summary>
    public bool IsVarArg { get; set; }

    /// <summary>Attributes.</summary>
    public FunctionAttributes Attributes { get; init; }

    /// <summary>Number of functions directly inside this one.</summary>
    public int ChildCount { get; set; }

    /// <summary>The body; <see cref="Expression.EndLine"/> is the line of its <c>end</c>.</summary>
    public Block Body { get; private set; } = new([], line);

    /// <summary>Sets the body; called once, by the parser.</summary>
    public void Complete(Block body)
    {
        Body = body;
        EndLine = body.EndLine;
    }
}

/// <summary><c>(e)</c>: exactly one value.</summary>
sealed class GroupExpression(Expression inner, int line, int endLine) : Expression(NodeKind.Group, line, endLine)
{
    /// <summary>What stands inside.</summary>
    public Expression Inner { get; } = inner;
}

/// <summary>Unary operators.</summary>
enum UnaryOperator : byte
{
    /// <summary><c>not</c>.</summary>
    Not,

    /// <summary><c>-</c>.</summary>
    Negate,

    /// <summary><c>#</c>.</summary>
    Length,
}

/// <summary>Binary operators but <c>and</c> and <c>or</c>, which have nodes of their own.</summary>
enum BinaryOperator : byte
{
    Add, Subtract, Multiply, Divide, FloorDivide, Modulo, Power, Concat, Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual,
}

/// <summary>A unary operator.</summary>
sealed class UnaryExpression(UnaryOperator op, Expression operand, int line) : Expression(NodeKind.Unary, line, operand.EndLine)
{
    /// <summary>The operator.</summary>
    public UnaryOperator Operator { get; } = op;

    /// <summary>The operand.</summary>
    public Expression Operand { get; } = operand;
}

/// <summary>A binary operator.</summary>
sealed class BinaryExpression(BinaryOperator op, Expression left, Expression right) : Expression(NodeKind.Binary, left.Line, right.EndLine)
{
    /// <summary>The operator.</summary>
    public BinaryOperator Operator { get; } = op;

    /// <summary>Left operand.</summary>
    public Expression Left { get; } = left;

    /// <summary>Right operand.</summary>
    public Expression Right { get; } = right;
}

/// <summary><c>and</c> or <c>or</c>; the kind says which.</summary>
sealed class LogicalExpression(NodeKind kind, Expression left, Expression right) : Expression(kind, left.Line, right.EndLine)
{
    /// <summary>Left operand.</summary>
    public Expression Left { get; } = left;

    /// <summary>Right operand.</summary>
    public Expression Right { get; } = right;
}

/// <summary>One condition of an <c>if</c> expression and its value.</summary>
readonly record struct IfExpressionClause(Expression Condition, Expression Value);

/// <summary><c>if c then a elseif d then b else e</c>.</summary>
sealed class IfElseExpression(IfExpressionClause[] clauses, Expression otherwise, int line)
    : Expression(NodeKind.IfElse, line, otherwise.EndLine)
{
    /// <summary>The conditions in order; at least one.</summary>
    public IfExpressionClause[] Clauses { get; } = clauses;

    /// <summary>Value when no condition holds.</summary>
    public Expression Else { get; } = otherwise;
}

/// <summary>An interpolated string: text, value, text, value, … text.</summary>
sealed class InterpolatedExpression(byte[][] texts, Expression[] values, int line, int endLine)
    : Expression(NodeKind.Interpolated, line, endLine)
{
    /// <summary>The literal parts, escapes resolved; one more than there are values.</summary>
    public byte[][] Texts { get; } = texts;

    /// <summary>The values between them; each gives exactly one value. May be empty: then this is a string constant.</summary>
    public Expression[] Values { get; } = values;
}

/// <summary>One field of a table constructor. <c>name = e</c> has a string key.</summary>
/// <param name="Key">The key; null for a positional field.</param>
/// <param name="Value">The value.</param>
readonly record struct TableField(Expression? Key, Expression Value);

/// <summary>A table constructor.</summary>
sealed class TableExpression(TableField[] fields, int line, int endLine) : Expression(NodeKind.Table, line, endLine)
{
    /// <summary>The fields in textual order.</summary>
    public TableField[] Fields { get; } = fields;
}
