using System.Globalization;
using System.Text;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Tests.Syntax;

/// <summary>A tree as text, for golden files: one statement per line with its line number, expressions in prefix form.</summary>
sealed class TreeText
{
    readonly StringBuilder _text = new();
    int _indent;

    public static string Of(ChunkNode chunk)
    {
        var tree = new TreeText();
        if (chunk.AssignedGlobals.Length > 0)
            tree.Line(0, "assigns globals " + string.Join(' ', chunk.AssignedGlobals.Select(name => name.ToString())));
        if (chunk.Exports.Length > 0)
            tree.Line(0, "exports " + string.Join(' ', chunk.Exports.Select(local => local.Name.ToString())));
        tree.Block(chunk.Main.Body);
        return tree._text.ToString();
    }

    public static string Of(Expression expression) => new TreeText().Expression(expression);

    void Line(int line, string text) =>
        _text.Append(line == 0 ? "    " : $"{line,3} ").Append(' ', _indent * 2).Append(text).Append('\n');

    void Block(Block block)
    {
        _indent++;
        foreach (var statement in block.Statements)
            Statement(statement);
        _indent--;
    }

    void Statement(Statement statement)
    {
        switch (statement)
        {
            case DoStatement node:
                Line(node.Line, "do");
                Block(node.Body);
                break;
            case WhileStatement node:
                Line(node.Line, $"while {Expression(node.Condition)}");
                Block(node.Body);
                break;
            case RepeatStatement node:
                Line(node.Line, "repeat");
                Block(node.Body);
                Line(node.Condition.Line, $"until {Expression(node.Condition)}");
                break;
            case IfStatement node:
                foreach (var clause in node.Clauses)
                {
                    Line(clause.Condition.Line, $"if {Expression(clause.Condition)}");
                    Block(clause.Body);
                }

                if (node.Else is not null)
                {
                    Line(node.Clauses[^1].Body.EndLine, "else");
                    Block(node.Else);
                }

                break;
            case NumericForStatement node:
                var step = node.Step is null ? "" : ", " + Expression(node.Step);
                Line(node.Line, $"for {Local(node.Variable)} = {Expression(node.From)}, {Expression(node.To)}{step}");
                Block(node.Body);
                break;
            case GenericForStatement node:
                Line(node.Line, $"for {Locals(node.Variables)} in {List(node.Values)}");
                Block(node.Body);
                break;
            case LocalDeclarationStatement node:
                Line(node.Line, $"local {Locals(node.Variables)} = {List(node.Values)}");
                break;
            case LocalFunctionStatement node:
                Line(node.Line, $"local function {Local(node.Variable)} {Function(node.Function)}");
                break;
            case FunctionDeclarationStatement node:
                Line(node.Line, $"function {Expression(node.Target)} {Function(node.Function)}");
                break;
            case AssignStatement node:
                Line(node.Line, $"{List(node.Targets)} = {List(node.Values)}");
                break;
            case CompoundAssignStatement node:
                Line(node.Line, $"{Expression(node.Target)} {node.Operator}= {Expression(node.Value)}");
                break;
            case CallStatement node:
                Line(node.Line, Expression(node.Call));
                break;
            case ReturnStatement node:
                Line(node.Line, $"return {List(node.Values)}");
                break;
            default:
                Line(statement.Line, statement.Kind.ToString().ToLowerInvariant());
                break;
        }
    }

    string List(Expression[] list) => string.Join(", ", list.Select(Expression));

    string Locals(LocalVariable[] locals) => string.Join(", ", locals.Select(Local));

    static string Local(LocalVariable local)
    {
        var facts = (local.IsConst ? "!const" : "") + (local.IsCaptured ? "!captured" : "") + (local.IsReassigned ? "!reassigned" : "");
        return local.Name + facts;
    }

    string Expression(Expression expression)
    {
        return expression switch
        {
            NumberExpression node => node.Value.ToString("R", CultureInfo.InvariantCulture),
            StringExpression node => Quote(node.Value),
            LocalExpression node => (node.IsUpvalue ? "^" : "%") + node.Variable.Name,
            GlobalExpression node => node.Name.ToString(),
            FieldExpression node => $"(. {Expression(node.Object)} {node.Name}@{node.EndLine})",
            IndexExpression node => $"([] {Expression(node.Object)} {Expression(node.Key)})",
            CallExpression node => $"(call@{node.Function.EndLine} {Expression(node.Function)}{Arguments(node.Arguments)})",
            MethodCallExpression node => $"(: {Expression(node.Object)} {node.Name}@{node.NameLine}{Arguments(node.Arguments)})",
            GroupExpression node => $"(group {Expression(node.Inner)})",
            UnaryExpression node => $"({node.Operator} {Expression(node.Operand)})",
            BinaryExpression node => $"({node.Operator} {Expression(node.Left)} {Expression(node.Right)})",
            LogicalExpression node => $"({node.Kind} {Expression(node.Left)} {Expression(node.Right)})",
            IfElseExpression node => "(if " +
                string.Concat(node.Clauses.Select(clause => $"{Expression(clause.Condition)} {Expression(clause.Value)} ")) +
                $"{Expression(node.Else)})",
            InterpolatedExpression node => "(interpolate " + string.Concat(node.Texts.Select((text, i) =>
                (i == 0 ? "" : $" {Expression(node.Values[i - 1])} ") + Quote(text))) + ")",
            TableExpression node => "{" + string.Join(", ", node.Fields.Select(Field)) + "}",
            FunctionExpression node => $"(function {Function(node).Replace('\n', ' ')})",
            _ => expression.Kind.ToString().ToLowerInvariant(),
        };
    }

    string Field(TableField field) =>
        field.Key is null ? Expression(field.Value) : $"[{Expression(field.Key)}] = {Expression(field.Value)}";

    string Arguments(Expression[] arguments) => string.Concat(arguments.Select(argument => " " + Expression(argument)));

    // Parameters and facts, then the body on lines of its own, indented below the statement that holds the function.
    string Function(FunctionExpression function)
    {
        var body = new TreeText { _indent = _indent + 1 };
        body.Block(function.Body);
        var facts = (function.DebugName is null ? "" : $" name={function.DebugName}") + (function.IsVarArg ? " vararg" : "") +
            (function.HasSelf ? " self" : "") + (function.Attributes == 0 ? "" : $" {function.Attributes}");
        return $"({Locals(function.Parameters)}){facts} lines {function.Line}-{function.EndLine}\n{body._text}".TrimEnd('\n');
    }

    static string Quote(byte[] bytes)
    {
        var text = new StringBuilder("\"");
        foreach (var b in bytes)
        {
            if (b is < 0x20 or > 0x7e or (byte)'"' or (byte)'\\')
                text.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
            else
                text.Append((char)b);
        }

        return text.Append('"').ToString();
    }
}
