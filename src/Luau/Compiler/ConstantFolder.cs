using System.Runtime.CompilerServices;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

/// <summary>
/// Finds what is known before running: one walk over the tree, children first, in textual order, so that a local with a constant
/// initialiser is known before its uses. Literals answer for themselves; other nodes with a known value, and locals, carry it as their
/// annotation, which is the same after every walk over the same tree.
/// </summary>
/// <remarks>
/// Folding must not be observable: what could raise or call a metamethod is left alone, <c>-0</c> and NaN stay what they are, and a folded
/// string is never so long that source text could multiply itself into a huge constant.
/// </remarks>
sealed class ConstantFolder
{
    const int FoldedStringBytesMax = 4096;
    const int FoldedBytesInAllMax = 1 << 20;

    readonly bool _literalsOnly;
    readonly CancellationToken _cancellation;
    int _visited;
    int _foldedBytes;

    ConstantFolder(bool literalsOnly, CancellationToken cancellation)
    {
        _literalsOnly = literalsOnly;
        _cancellation = cancellation;
    }

    /// <summary>Folds a whole chunk.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="cancellation">Polled every thousand nodes.</param>
    /// <exception cref="SyntaxError">The tree is too deep for the stack.</exception>
    public static ConstantFolder Fold(ChunkNode chunk, CancellationToken cancellation)
    {
        var folder = new ConstantFolder(literalsOnly: false, cancellation);
        folder.Visit(chunk.Main.Body);
        return folder;
    }

    /// <summary>A folder that knows literals only: optimisation level 0.</summary>
    public static ConstantFolder LiteralsOnly { get; } = new(literalsOnly: true, default);

    /// <summary>The value of <paramref name="expression"/> if it is known.</summary>
    public Constant Of(Expression expression) => expression.Kind switch
    {
        NodeKind.Nil => Constant.Nil,
        NodeKind.True => Constant.Of(true),
        NodeKind.False => Constant.Of(false),
        NodeKind.Number => Constant.Of(((NumberExpression)expression).Value),
        NodeKind.String => Constant.Of(((StringExpression)expression).Value),
        NodeKind.Group => Of(((GroupExpression)expression).Inner),
        NodeKind.Local => Of(((LocalExpression)expression).Variable),
        NodeKind.Unary or NodeKind.Binary or NodeKind.And or NodeKind.Or or NodeKind.IfElse or NodeKind.Interpolated
            => Annotated(expression.Annotation),
        _ => default,
    };

    /// <summary>The value of a local that is never assigned and whose initialiser is known; such a local needs no register.</summary>
    public Constant Of(LocalVariable variable) => Annotated(variable.Annotation);

    Constant Annotated(object? annotation) => annotation is Constant constant && !_literalsOnly ? constant : default;

    void Visit(Block block)
    {
        foreach (var statement in block.Statements)
            Visit(statement);
    }

    void Visit(Statement statement)
    {
        Check(statement);
        switch (statement)
        {
            case DoStatement s: Visit(s.Body); break;
            case WhileStatement s: Visit(s.Condition); Visit(s.Body); break;
            case RepeatStatement s: Visit(s.Body); Visit(s.Condition); break;
            case IfStatement s:
                foreach (var clause in s.Clauses)
                {
                    Visit(clause.Condition);
                    Visit(clause.Body);
                }
                if (s.Else is not null)
                    Visit(s.Else);
                break;
            case NumericForStatement s:
                Visit(s.From);
                Visit(s.To);
                if (s.Step is not null)
                    Visit(s.Step);
                Visit(s.Body);
                break;
            case GenericForStatement s: Visit(s.Values); Visit(s.Body); break;
            case LocalDeclarationStatement s: Visit(s.Values); Declare(s); break;
            case LocalFunctionStatement s: Visit(s.Function.Body); break;
            case FunctionDeclarationStatement s: Visit(s.Target); Visit(s.Function.Body); break;
            case AssignStatement s: Visit(s.Targets); Visit(s.Values); break;
            case CompoundAssignStatement s: Visit(s.Target); Visit(s.Value); break;
            case CallStatement s: Visit(s.Call); break;
            case ReturnStatement s: Visit(s.Values); break;
        }
    }

    void Declare(LocalDeclarationStatement declaration)
    {
        var values = declaration.Values;
        bool rest = values.Length == 0 || !values[^1].IsMultiple;
        for (int i = 0; i < declaration.Variables.Length; i++)
        {
            var variable = declaration.Variables[i];
            if (variable.IsReassigned)
                continue;
            if (i < values.Length)
            {
                if (Of(values[i]) is { IsKnown: true } value)
                    variable.Annotation = value;
            }
            else if (rest)
            {
                variable.Annotation = Constant.Nil;
            }
        }
    }

    void Visit(Expression[] expressions)
    {
        foreach (var expression in expressions)
            Visit(expression);
    }

    void Visit(Expression expression)
    {
        switch (expression.Kind)
        {
            case NodeKind.Nil or NodeKind.True or NodeKind.False or NodeKind.Number or NodeKind.String
                or NodeKind.VarArgs or NodeKind.Local or NodeKind.Global:
                return;
        }
        Check(expression);
        switch (expression)
        {
            case FieldExpression e: Visit(e.Object); break;
            case IndexExpression e: Visit(e.Object); Visit(e.Key); break;
            case CallExpression e: Visit(e.Function); Visit(e.Arguments); break;
            case MethodCallExpression e: Visit(e.Object); Visit(e.Arguments); break;
            case FunctionExpression e: Visit(e.Body); break;
            case GroupExpression e: Visit(e.Inner); break;
            case TableExpression e:
                foreach (var field in e.Fields)
                {
                    if (field.Key is not null)
                        Visit(field.Key);
                    Visit(field.Value);
                }
                break;
            case UnaryExpression e: Visit(e.Operand); Remember(e, Unary(e.Operator, Of(e.Operand))); break;
            case BinaryExpression e: Visit(e.Left); Visit(e.Right); Remember(e, Binary(e.Operator, Of(e.Left), Of(e.Right))); break;
            case LogicalExpression e: Visit(e.Left); Visit(e.Right); Remember(e, Logical(e)); break;
            case IfElseExpression e: VisitIfElse(e); break;
            case InterpolatedExpression e: Visit(e.Values); Remember(e, Interpolated(e)); break;
        }
    }

    void VisitIfElse(IfElseExpression expression)
    {
        foreach (var clause in expression.Clauses)
        {
            Visit(clause.Condition);
            Visit(clause.Value);
        }
        Visit(expression.Else);

        foreach (var clause in expression.Clauses)
        {
            var condition = Of(clause.Condition);
            if (!condition.IsKnown)
                return;
            if (condition.IsTruthy)
            {
                Remember(expression, Of(clause.Value));
                return;
            }
        }
        Remember(expression, Of(expression.Else));
    }

    void Remember(Expression expression, in Constant value)
    {
        if (!value.IsKnown)
            return;
        if (value.IsString && (_foldedBytes += value.Bytes!.Length) > FoldedBytesInAllMax)
            return;
        expression.Annotation = value;
    }

    Constant Logical(LogicalExpression e)
    {
        var left = Of(e.Left);
        if (!left.IsKnown)
            return default;
        return left.IsTruthy == (e.Kind == NodeKind.And) ? Of(e.Right) : left;
    }

    Constant Interpolated(InterpolatedExpression e)
    {
        int length = e.Texts.Sum(text => text.Length);
        foreach (var value in e.Values)
        {
            var constant = Of(value);
            if (!constant.IsString)
                return default;
            length += constant.Bytes!.Length;
        }
        // A literal without values is as long as its source; only joined values could grow.
        if (length > FoldedStringBytesMax && e.Values.Length > 0)
            return default;

        var bytes = new List<byte>(length);
        for (int i = 0; i < e.Texts.Length; i++)
        {
            bytes.AddRange(e.Texts[i]);
            if (i < e.Values.Length)
                bytes.AddRange(Of(e.Values[i]).Bytes!);
        }
        return Constant.Of([.. bytes]);
    }

    static Constant Unary(UnaryOperator op, in Constant operand) => op switch
    {
        UnaryOperator.Not when operand.IsKnown => Constant.Of(!operand.IsTruthy),
        UnaryOperator.Negate when operand.IsNumber => Constant.Of(-operand.Number),
        UnaryOperator.Length when operand.IsString => Constant.Of((double)operand.Bytes!.Length),
        _ => default,
    };

    static Constant Binary(BinaryOperator op, in Constant a, in Constant b)
    {
        if (op is BinaryOperator.Equal or BinaryOperator.NotEqual)
            return a.IsKnown && b.IsKnown ? Constant.Of(Constant.Equal(a, b) == (op == BinaryOperator.Equal)) : default;
        if (a.IsNumber && b.IsNumber)
            return Arithmetic(op, a.Number, b.Number);
        if (op == BinaryOperator.Concat && a.IsString && b.IsString && a.Bytes!.Length + b.Bytes!.Length <= FoldedStringBytesMax)
            return Constant.Of([.. a.Bytes, .. b.Bytes]);
        return default;
    }

    static Constant Arithmetic(BinaryOperator op, double a, double b) => op switch
    {
        BinaryOperator.Add => Constant.Of(a + b),
        BinaryOperator.Subtract => Constant.Of(a - b),
        BinaryOperator.Multiply => Constant.Of(a * b),
        BinaryOperator.Divide => Constant.Of(a / b),
        BinaryOperator.FloorDivide => Constant.Of(Math.Floor(a / b)),
        BinaryOperator.Modulo => Constant.Of(a - Math.Floor(a / b) * b),
        BinaryOperator.Power => Constant.Of(Math.Pow(a, b)),
        BinaryOperator.Less => Constant.Of(a < b),
        BinaryOperator.LessEqual => Constant.Of(a <= b),
        BinaryOperator.Greater => Constant.Of(b < a),
        BinaryOperator.GreaterEqual => Constant.Of(b <= a),
        _ => default,
    };

    void Check(Node node)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw CompileLimits.TooDeep(node.Line);
        if ((++_visited & 1023) == 0)
            _cancellation.ThrowIfCancellationRequested();
    }
}
