using GameServer.Luau.Bytecode;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Compiler;

sealed partial class FunctionCompiler
{
    void Statement(Statement statement, ReadOnlySpan<Statement> following)
    {
        Enter(statement);
        _code.Line = statement.Line;
        switch (statement)
        {
            case LocalDeclarationStatement s: LocalDeclaration(s, following); return;
            case LocalFunctionStatement s: LocalFunction(s); return;
        }

        int top = _code.Top;
        switch (statement)
        {
            case DoStatement s: Block(s.Body); break;
            case WhileStatement s: While(s); break;
            case RepeatStatement s: Repeat(s); break;
            case IfStatement s: If(s); break;
            case NumericForStatement s: NumericFor(s); break;
            case GenericForStatement s: GenericFor(s); break;
            case FunctionDeclarationStatement s: Assign(s.Target, s.Function); break;
            case AssignStatement s: Assign(s); break;
            case CompoundAssignStatement s: CompoundAssign(s); break;
            case CallStatement s: Drop(s.Call); break;
            case ReturnStatement s: Return(s); break;
            case BreakStatement: _code.EmitJump(_loops.Peek().Break); break;
            case ContinueStatement: _code.EmitJump(_loops.Peek().Continue); break;
            default: throw new InvalidOperationException($"unknown statement {statement.Kind}");
        }
        _code.SetTop(top);
    }

    void LocalDeclaration(LocalDeclarationStatement statement, ReadOnlySpan<Statement> following)
    {
        var (variables, values) = (statement.Variables, statement.Values);
        int first = _code.Top;
        for (int i = 0; i < values.Length; i++)
        {
            var value = values[i];
            if (i >= variables.Length)
            {
                Drop(value);
            }
            else if (i == values.Length - 1 && value.IsMultiple && variables.Length > values.Length)
            {
                MultipleTo(value, variables.Length - i);
                _code.Allocate(variables.Length - i);
            }
            else if (!IsFolded(variables[i]))
            {
                int register = _code.Allocate();
                if (variables.Length == 1 && value is TableExpression { Fields.Length: 0 } table)
                    EmptyTable(table, register, variables[0], following);
                else
                    ExpressionTo(value, register);
            }
        }

        // Variables without a value: nil.
        int given = values is [.., { IsMultiple: true }] ? variables.Length : values.Length;
        int missing = 0;
        for (int i = given; i < variables.Length; i++)
            missing += IsFolded(variables[i]) ? 0 : 1;
        if (missing > 0)
            LoadNils(_code.Allocate(missing), missing);

        int next = first;
        foreach (var variable in variables)
        {
            if (!IsFolded(variable))
                Declare(variable, next++);
        }
        for (int i = 0; i < Math.Min(variables.Length, values.Length); i++)
            NoteInlinable(variables[i], values[i]);
    }

    void LoadNils(int first, int count)
    {
        if (count == 1)
            _code.Emit(OpCode.LoadNil, first);
        else
            _code.Emit(OpCode.LoadNils, first, first + count - 1);
    }

    void LocalFunction(LocalFunctionStatement statement)
    {
        var variable = statement.Variable;
        int register = _code.Allocate();
        if (IsCell(variable))
        {
            _code.Emit(OpCode.LoadNil, register);
            Declare(variable, register);
            int closure = _code.Allocate();
            Closure(statement.Function, closure);
            _code.Emit(OpCode.SetCell, register, closure);
            _code.SetTop(closure);
        }
        else
        {
            Declare(variable, register);
            Closure(statement.Function, register, variable);
        }
        NoteInlinable(variable, statement.Function);
    }

    void If(IfStatement statement)
    {
        var end = _code.NewLabel();
        for (int i = 0; i < statement.Clauses.Length; i++)
        {
            var (condition, body) = statement.Clauses[i];
            var known = _compilation.Folder.Of(condition);
            if (known.IsKnown && !known.IsTruthy)
                continue;
            if (known.IsKnown)
            {
                Block(body);
                _code.Place(end);
                return;
            }

            _code.Line = statement.Clauses[i].Line;
            // `if c then break end`: jump out right away.
            bool isLast = i == statement.Clauses.Length - 1 && statement.Else is null;
            if (isLast && body.Statements is [BreakStatement or ContinueStatement])
            {
                var (exit, next) = _loops.Peek();
                Condition(condition, true, body.Statements[0] is BreakStatement ? exit : next);
                continue;
            }

            var otherwise = _code.NewLabel();
            Condition(condition, false, otherwise);
            Block(body);
            if (!isLast && !EndsWithJump(body))
                _code.EmitJump(end);
            _code.Place(otherwise);
        }
        if (statement.Else is not null)
            Block(statement.Else);
        _code.Place(end);
    }

    static bool EndsWithJump(Block block) => block.Statements is [.., ReturnStatement or BreakStatement or ContinueStatement];

    void Return(ReturnStatement statement)
    {
        var values = statement.Values;
        if (values.Length == 0)
        {
            _code.Emit(OpCode.Return0);
        }
        else if (values.Length > 1)
        {
            int first = _code.Top;
            int count = ListToTop(values);
            _code.Emit(OpCode.Return, first, count);
        }
        else if (IsOpen(values[0]))
        {
            ReturnMultiple(values[0]);
        }
        else
        {
            _code.Emit(OpCode.Return1, Settle(Evaluate(values[0])));
        }
    }

    /// <summary>The main function of a chunk with exported locals returns them in a frozen table.</summary>
    void ReturnExports()
    {
        int freeze = _code.Allocate(2);
        int table = freeze + 1;
        _code.Emit(OpCode.GetImport, freeze, _code.Import(["table"u8.ToArray(), "freeze"u8.ToArray()]));
        _code.Emit(OpCode.NewTable, table, 0, Math.Min(_compilation.Exports.Length, ushort.MaxValue));
        foreach (var variable in _compilation.Exports)
        {
            int top = _code.Top;
            int value = Settle(Evaluate(new LocalExpression(variable, false, _code.Line)));
            StoreField(table, variable.Name.Bytes, value, constant: -1);
            _code.SetTop(top);
        }
        _code.Emit(OpCode.Call, freeze, 2, 2);
        _code.Emit(OpCode.Return1, freeze);
    }
}
