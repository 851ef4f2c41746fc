using System.Text;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Analysis;

/// <summary>Walks the tree of a source and notes what it uses. The parser bounds the depth of the tree, so the walk may recurse.</summary>
sealed class FactReader
{
    readonly List<MemberFact> _members = [];
    readonly List<CallFact> _calls = [];
    readonly List<FunctionFact> _functions = [];
    readonly HashSet<string> _fieldsWritten = new(StringComparer.Ordinal);
    readonly Dictionary<FunctionExpression, int> _numbers = [];
    readonly Dictionary<LocalVariable, (int Function, int Index)> _parameters = [];
    readonly Dictionary<LocalVariable, Expression> _aliases = [];
    readonly Dictionary<LocalVariable, FunctionExpression> _localFunctions = [];
    readonly Dictionary<(int Line, string Word), int> _seen = [];
    readonly string[] _lines;
    int _inside;

    FactReader(byte[] source) => _lines = Encoding.Latin1.GetString(source).Split('\n');

    /// <summary>Reads a source.</summary>
    public static SourceFacts Read(byte[] source, string chunkName)
    {
        ChunkNode chunk;
        try
        {
            chunk = Parser.Parse(new SourceText(source, chunkName));
        }
        catch (SyntaxError wrong)
        {
            throw new LuauCompileException(chunkName.TrimStart('@', '='), wrong.Message, wrong.Line, wrong.Column);
        }
        var reader = new FactReader(source);
        reader.Function(chunk.Main, null);
        return new SourceFacts(reader._members, reader._calls, reader._functions, reader._fieldsWritten);
    }

    int Function(FunctionExpression function, string? global)
    {
        int number = _functions.Count, outer = _inside;
        _numbers[function] = number;
        _functions.Add(new FunctionFact(number, number == 0 ? -1 : outer, global, [.. function.Parameters.Select(p => p.Name.ToString())], new SourcePlace(function.Line, 1)));
        for (int i = 0; i < function.Parameters.Length; i++) _parameters[function.Parameters[i]] = (number, i);
        _inside = number;
        Body(function.Body);
        _inside = outer;
        return number;
    }

    void Body(Block block)
    {
        foreach (Statement statement in block.Statements) Visit(statement);
    }

    void Visit(Statement statement)
    {
        switch (statement)
        {
            case DoStatement s: Body(s.Body); break;
            case WhileStatement s: Read(s.Condition); Body(s.Body); break;
            case RepeatStatement s: Body(s.Body); Read(s.Condition); break;
            case IfStatement s:
                foreach (IfClause clause in s.Clauses)
                {
                    Read(clause.Condition);
                    Body(clause.Body);
                }
                if (s.Else is not null) Body(s.Else);
                break;
            case NumericForStatement s:
                Read(s.From);
                Read(s.To);
                if (s.Step is not null) Read(s.Step);
                Body(s.Body);
                break;
            case GenericForStatement s: ReadAll(s.Values); Body(s.Body); break;
            case LocalDeclarationStatement s: Declare(s); break;
            case LocalFunctionStatement s:
                if (!s.Variable.IsReassigned) _localFunctions[s.Variable] = s.Function;
                Function(s.Function, null);
                break;
            case FunctionDeclarationStatement s:
                Write(s.Target);
                Function(s.Function, (s.Target as GlobalExpression)?.Name.ToString());
                break;
            case AssignStatement s: Assign(s); break;
            case CompoundAssignStatement s: Read(s.Target); Read(s.Value); break;
            case CallStatement s: Read(s.Call); break;
            case ReturnStatement s: ReadAll(s.Values); break;
            default: break;
        }
    }

    void Declare(LocalDeclarationStatement declaration)
    {
        ReadAll(declaration.Values);
        for (int i = 0; i < Math.Min(declaration.Variables.Length, declaration.Values.Length); i++)
        {
            LocalVariable variable = declaration.Variables[i];
            if (variable.IsReassigned) continue;
            if (declaration.Values[i] is GlobalExpression or FieldExpression) _aliases[variable] = declaration.Values[i];
            if (declaration.Values[i] is FunctionExpression function) _localFunctions[variable] = function;
        }
    }

    void Assign(AssignStatement assignment)
    {
        for (int i = 0; i < assignment.Values.Length; i++)
        {
            if (assignment.Values[i] is FunctionExpression function && i < assignment.Targets.Length && assignment.Targets[i] is GlobalExpression global)
                Function(function, global.Name.ToString());
            else Read(assignment.Values[i]);
        }
        foreach (Expression target in assignment.Targets) Write(target);
    }

    void Write(Expression target)
    {
        if (target is FieldExpression field) _fieldsWritten.Add(field.Name.ToString());
        if (target is IndexExpression index) ReadAll([index.Object, index.Key]);
        else if (target is GlobalExpression or FieldExpression) Member(target, FactUse.Write);
    }

    void ReadAll(IEnumerable<Expression> expressions)
    {
        foreach (Expression expression in expressions) Read(expression);
    }

    void Read(Expression expression)
    {
        switch (expression)
        {
            case GlobalExpression or FieldExpression: Member(expression, FactUse.Read); break;
            case IndexExpression e: Read(e.Object); Read(e.Key); break;
            case CallExpression e: Call(e.Function, FactUse.Call, e.Arguments); break;
            case MethodCallExpression e: MethodCall(e); break;
            case FunctionExpression e: Function(e, null); break;
            case GroupExpression e: Read(e.Inner); break;
            case UnaryExpression e: Read(e.Operand); break;
            case BinaryExpression e: Read(e.Left); Read(e.Right); break;
            case LogicalExpression e: Read(e.Left); Read(e.Right); break;
            case InterpolatedExpression e: ReadAll(e.Values); break;
            case IfElseExpression e:
                foreach (IfExpressionClause clause in e.Clauses) ReadAll([clause.Condition, clause.Value]);
                Read(e.Else);
                break;
            case TableExpression e:
                foreach (TableField field in e.Fields)
                {
                    if (field.Key is StringExpression name) _fieldsWritten.Add(Text(name));
                    else if (field.Key is not null) Read(field.Key);
                    Read(field.Value);
                }
                break;
            default: break;
        }
    }

    void MethodCall(MethodCallExpression call)
    {
        string name = call.Name.ToString();
        (FactRoot root, string path, int function, int parameter) = Resolve(call.Object);
        SourcePlace start = StartOf(call.Object);
        ReadInner(call.Object);
        var target = new MemberFact(root, path.Length == 0 ? name : $"{path}.{name}", function, parameter, FactUse.MethodCall, PlaceOf(name, call.NameLine), start, _inside);
        _members.Add(target);
        Finish(target, call.Arguments);
    }

    void Call(Expression called, FactUse use, Expression[] arguments)
    {
        if (called is GlobalExpression or FieldExpression || (called is LocalExpression local && _aliases.ContainsKey(local.Variable)))
        {
            MemberFact target = Member(called, use);
            Finish(target, arguments);
            return;
        }
        Read(called);
        ReadAll(arguments);
    }

    void Finish(MemberFact target, Expression[] arguments)
    {
        // Arguments first: functions among them must have their numbers.
        ReadAll(arguments);
        _calls.Add(new CallFact(target, [.. arguments.Select(Argument)]));
    }

    ArgumentFact Argument(Expression argument)
    {
        var place = new SourcePlace(argument.Line, 1);
        switch (argument)
        {
            case StringExpression text:
                string value = Text(text);
                return new ArgumentFact(value, -1, [], PlaceOf(value, text.Line));
            case FunctionExpression function:
                return new ArgumentFact(null, _numbers[function], [], place);
            case LocalExpression local when _localFunctions.TryGetValue(local.Variable, out FunctionExpression? named) && _numbers.TryGetValue(named, out int number):
                return new ArgumentFact(null, number, [], place);
            case TableExpression table:
                return new ArgumentFact(null, -1, [.. table.Fields.Select(field => field.Key).OfType<StringExpression>().Select(Text)], place);
            default:
                return new ArgumentFact(null, -1, [], place);
        }
    }

    MemberFact Member(Expression expression, FactUse use)
    {
        (FactRoot root, string path, int function, int parameter) = Resolve(expression);
        (string last, int line) = expression switch
        {
            FieldExpression field => (field.Name.ToString(), field.EndLine),
            GlobalExpression global => (global.Name.ToString(), global.Line),
            LocalExpression local => (local.Variable.Name.ToString(), local.Line),
            _ => ("", expression.Line),
        };
        SourcePlace start = expression is FieldExpression ? StartOf(expression) : PlaceOf(last, line);
        if (expression is FieldExpression inner) ReadInner(inner.Object);
        var fact = new MemberFact(root, path, function, parameter, use, expression is FieldExpression ? PlaceOf(last, line) : start, start, _inside);
        _members.Add(fact);
        return fact;
    }

    SourcePlace StartOf(Expression expression) => expression switch
    {
        FieldExpression field => StartOf(field.Object),
        GlobalExpression global => PlaceOf(global.Name.ToString(), global.Line),
        LocalExpression local => PlaceOf(local.Variable.Name.ToString(), local.Line),
        _ => new SourcePlace(expression.Line, 1),
    };

    // What a chain begins with is read as part of the chain, unless it is something of its own.
    void ReadInner(Expression target)
    {
        if (target is FieldExpression field) ReadInner(field.Object);
        else if (target is not (GlobalExpression or LocalExpression)) Read(target);
    }

    (FactRoot Root, string Path, int Function, int Parameter) Resolve(Expression expression)
    {
        switch (expression)
        {
            case GlobalExpression global:
                return (FactRoot.Global, global.Name.ToString(), -1, -1);
            case LocalExpression local when _parameters.TryGetValue(local.Variable, out (int Function, int Index) parameter) && !local.Variable.IsReassigned:
                return (FactRoot.Parameter, "", parameter.Function, parameter.Index);
            case LocalExpression local when _aliases.TryGetValue(local.Variable, out Expression? meaning):
                return Resolve(meaning);
            case FieldExpression field:
                (FactRoot root, string path, int function, int index) = Resolve(field.Object);
                return (root, path.Length == 0 ? field.Name.ToString() : $"{path}.{field.Name}", function, index);
            case GroupExpression group:
                return Resolve(group.Inner);
            default:
                return (FactRoot.Other, "", -1, -1);
        }
    }

    static string Text(StringExpression text) => Encoding.UTF8.GetString(text.Value);

    // The tree knows lines only: the n-th use of a word in a line is the n-th place where it stands as a word.
    SourcePlace PlaceOf(string word, int line)
    {
        if (word.Length == 0 || line < 1 || line > _lines.Length) return new SourcePlace(line, 1);
        int times = _seen.GetValueOrDefault((line, word));
        _seen[(line, word)] = times + 1;
        string text = _lines[line - 1];
        int found = 0, first = -1;
        for (int at = text.IndexOf(word, StringComparison.Ordinal); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            bool whole = (at == 0 || !IsPart(text[at - 1])) && (at + word.Length >= text.Length || !IsPart(text[at + word.Length]));
            if (!whole) continue;
            if (first < 0) first = at;
            if (found++ == times) return new SourcePlace(line, at + 1);
        }
        return new SourcePlace(line, Math.Max(first, 0) + 1);
    }

    static bool IsPart(char c) => char.IsAsciiLetterOrDigit(c) || c == '_';
}
