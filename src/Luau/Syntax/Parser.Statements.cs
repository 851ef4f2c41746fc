namespace GameServer.Luau.Syntax;

// Statements: one method each.
sealed partial class Parser
{
    const string ExportReturnConflict = "Exporting values is not compatible with top-level return (export/return conflict)";

    Scratch<Statement> _statements = new(64);
    Scratch<LocalVariable> _exports = new(8);
    bool _returnsFromMain;
    Scratch<IfClause> _ifClauses = new(16);

    // A block with a scope of its own.
    Block ParseBlock()
    {
        var scope = OpenScope();
        var block = ParseStatements();
        CloseScope(scope);
        return block;
    }

    // The statements of a block; the scope is the caller's.
    Block ParseStatements()
    {
        var start = _statements.Count;
        while (!EndsBlock(_token.Kind))
        {
            Enter("block");
            var peak = _peak;
            _peak = _depth;
            var statement = ParseStatement();
            _peak = Math.Max(_peak, peak);
            Leave();

            Accept(TokenKind.Semicolon);
            if (statement is null)
                continue;

            _statements.Push(statement);
            if (statement.Kind is NodeKind.Return or NodeKind.Break or NodeKind.Continue)
                break;
        }

        return new Block(_statements.Take(start), _token.Line);
    }

    static bool EndsBlock(TokenKind kind) =>
        kind is TokenKind.Eof or TokenKind.End or TokenKind.Else or TokenKind.ElseIf or TokenKind.Until;

    // Null for a statement about types.
    Statement? ParseStatement() => _token.Kind switch
    {
        TokenKind.Name or TokenKind.LeftParen => ParseExpressionStatement(),
        TokenKind.Local => ParseLocal(FunctionAttributes.None, default),
        TokenKind.If => ParseIf(),
        TokenKind.Return => ParseReturn(),
        TokenKind.For => ParseFor(),
        TokenKind.Function => ParseFunctionDeclaration(FunctionAttributes.None, default),
        TokenKind.While => ParseWhile(),
        TokenKind.Do => ParseDo(),
        TokenKind.Repeat => ParseRepeat(),
        TokenKind.Break => ParseBreak(),
        TokenKind.Attribute or TokenKind.AttributeOpen => ParseAttributedStatement(),
        _ => ParseExpressionStatement(),
    };

    DoStatement ParseDo()
    {
        var line = _token.Line;
        var opener = OpenHere();
        Advance();
        var body = ParseBlock();
        ExpectBlockEnd(TokenKind.End, opener);
        return new DoStatement(body, line);
    }

    WhileStatement ParseWhile()
    {
        var line = _token.Line;
        Advance();
        var condition = ParseExpression();
        var body = ParseLoopBody("while loop");
        return new WhileStatement(condition, body, line);
    }

    // "do" block "end" of a loop.
    Block ParseLoopBody(string context)
    {
        var opener = OpenHere();
        Expect(TokenKind.Do, context);
        EnterLoop();
        var body = ParseBlock();
        LeaveLoop();
        ExpectBlockEnd(TokenKind.End, opener);
        return body;
    }

    RepeatStatement ParseRepeat()
    {
        var line = _token.Line;
        var opener = OpenHere();
        Advance();
        var scope = OpenScope();
        var loop = EnterLoop();
        var body = ParseStatements();
        LeaveLoop();
        ExpectBlockEnd(TokenKind.Until, opener);

        loop.LastBodySerial = _localSerial;
        loop.OuterUntil = _until;
        _until = loop;
        var condition = ParseExpression();
        _until = loop.OuterUntil;
        CloseScope(scope);
        return new RepeatStatement(body, condition, line);
    }

    IfStatement ParseIf()
    {
        var line = _token.Line;
        var start = _ifClauses.Count;
        var depth = _depth;
        Opener opener;
        while (true)
        {
            var clauseLine = _token.Line;
            Advance();
            var condition = ParseExpression();
            opener = OpenHere();
            Expect(TokenKind.Then, "if statement");
            _ifClauses.Push(new IfClause(condition, ParseBlock()) { Line = clauseLine });
            if (_token.Kind != TokenKind.ElseIf)
                break;

            Enter("elseif");
        }

        Block? otherwise = null;
        if (_token.Kind == TokenKind.Else)
        {
            opener = OpenHere();
            Advance();
            otherwise = ParseBlock();
        }

        _depth = depth;
        ExpectBlockEnd(TokenKind.End, opener);
        return new IfStatement(_ifClauses.Take(start), otherwise, line);
    }

    Statement ParseFor()
    {
        var line = _token.Line;
        Advance();
        var start = _bindings.Count;
        ParseBinding();
        if (_token.Kind == TokenKind.Assign)
            return ParseNumericFor(line, _bindings.Take(start)[0]);

        if (Accept(TokenKind.Comma))
            ParseBindings();
        Expect(TokenKind.In, "for loop");
        var values = ParseExpressionList();
        var opener = OpenHere();
        Expect(TokenKind.Do, "for loop");
        EnterLoop();
        var scope = OpenScope();
        var variables = DeclareBindings(start, isConst: false);
        var body = ParseBlock();
        CloseScope(scope);
        LeaveLoop();
        ExpectBlockEnd(TokenKind.End, opener);
        return new GenericForStatement(variables, values, body, line);
    }

    NumericForStatement ParseNumericFor(int line, Binding binding)
    {
        Advance();
        var from = ParseExpression();
        Expect(TokenKind.Comma, "index range");
        var to = ParseExpression();
        var step = Accept(TokenKind.Comma) ? ParseExpression() : null;
        var opener = OpenHere();
        Expect(TokenKind.Do, "for loop");
        EnterLoop();
        var scope = OpenScope();
        var variable = Declare(binding.Name, binding.Line);
        var body = ParseBlock();
        CloseScope(scope);
        LeaveLoop();
        ExpectBlockEnd(TokenKind.End, opener);
        return new NumericForStatement(variable, from, to, step, body, line);
    }

    Statement ParseLocal(FunctionAttributes attributes, in Token firstAttribute)
    {
        var word = _token;
        Advance();
        return ParseLocalRest(word, attributes, firstAttribute, isConst: false);
    }

    // What follows the word "local" or "const".
    Statement ParseLocalRest(in Token word, FunctionAttributes attributes, in Token firstAttribute, bool isConst)
    {
        if (_token.Kind == TokenKind.Function)
            return ParseLocalFunction(word, attributes, firstAttribute, isConst);
        if (firstAttribute.Kind != TokenKind.Eof)
            throw Error($"Expected 'function' after local declaration with attribute, but got {Got()} instead");

        var start = _bindings.Count;
        ParseBindings();
        Expression[] values = [];
        if (Accept(TokenKind.Assign))
            values = ParseExpressionList();
        if (isConst && values.Length < _bindings.Count - start && (values.Length == 0 || !values[^1].IsMultiple))
            throw ErrorAt(word, "Missing initializer in const declaration");

        var variables = DeclareBindings(start, isConst);
        return new LocalDeclarationStatement(variables, values, word.Line);
    }

    LocalFunctionStatement ParseLocalFunction(
        in Token word, FunctionAttributes attributes, in Token firstAttribute, bool isConst)
    {
        // Messages about a missing end give the column where the statement starts: that is the one the end should be indented to.
        var keyword = _token;
        var start = firstAttribute.Kind == TokenKind.Eof ? word : firstAttribute;
        if (keyword.Line == start.Line)
            keyword.Column = start.Column;
        Advance();
        var nameLine = _token.Line;
        var name = ExpectName("variable name");
        var variable = Declare(name, nameLine, isConst);
        var function = ParseFunctionBody(keyword, name, attributes, firstAttribute, hasSelf: false);
        return new LocalFunctionStatement(variable, function, word.Line);
    }

    FunctionDeclarationStatement ParseFunctionDeclaration(FunctionAttributes attributes, in Token firstAttribute)
    {
        var keyword = _token;
        Advance();
        var nameToken = _token;
        var debugName = ExpectName("function name");
        var target = Resolve(debugName, nameToken.Line, nameToken.Column);
        var hasSelf = false;
        while (!hasSelf && _token.Kind is TokenKind.Dot or TokenKind.Colon)
        {
            hasSelf = _token.Kind == TokenKind.Colon;
            Wrap("function name");
            Advance();
            var fieldLine = _token.Line;
            debugName = ExpectName(hasSelf ? "method name" : "field name");
            target = new FieldExpression(target, debugName, nameToken.Line, fieldLine);
        }

        MarkAssigned(target, nameToken);
        var function = ParseFunctionBody(keyword, debugName, attributes, firstAttribute, hasSelf);
        return new FunctionDeclarationStatement(target, function, function.Line);
    }

    ReturnStatement ParseReturn()
    {
        if (_function.Outer is null)
        {
            _returnsFromMain = true;
            if (_exports.Count > 0)
                throw Error(ExportReturnConflict);
        }

        var line = _token.Line;
        Advance();
        var values = EndsBlock(_token.Kind) || _token.Kind == TokenKind.Semicolon ? [] : ParseExpressionList();
        return new ReturnStatement(values, line);
    }

    BreakStatement ParseBreak()
    {
        if (_function.Loop is null)
            throw Error("break statement must be inside a loop");

        var line = _token.Line;
        Advance();
        return new BreakStatement(line);
    }

    // An assignment, a call, or one of the statements whose first word is an ordinary identifier elsewhere.
    Statement? ParseExpressionStatement()
    {
        var first = _token;
        var expression = ParseSuffixed();
        if (expression.Kind is NodeKind.Call or NodeKind.MethodCall)
            return new CallStatement(expression, first.Line);
        if (_token.Kind is TokenKind.Comma or TokenKind.Assign)
            return ParseAssignment(expression, first);
        if (CompoundOperator(_token.Kind) is { } op)
            return ParseCompoundAssignment(expression, op, first);

        if (expression.Kind is NodeKind.Local or NodeKind.Global)
        {
            if (first.Name == _type)
            {
                ParseTypeDeclaration();
                return null;
            }

            if (first.Name == _export && _token.Name == _type)
            {
                Advance();
                ParseTypeDeclaration();
                return null;
            }

            if (first.Name == _export && (_token.Kind is TokenKind.Local or TokenKind.Function || _token.Name == _const))
                return ParseExport(first);
            if (first.Name == _continue)
                return ParseContinue(first);
            if (first.Name == _const)
                return ParseLocalRest(first, FunctionAttributes.None, default, isConst: true);
        }

        throw ErrorAt(first, "Incomplete statement: expected assignment or a function call");
    }

    // "export" is passed already. Exported values are off in upstream unless its flags are on (specification, appendix B); no other program
    // starts a statement like this.
    Statement ParseExport(in Token export)
    {
        if (_depth != 1)
            throw ErrorAt(export, "'export' may only be applied to top-level statements");
        if (_returnsFromMain)
            throw ErrorAt(export, ExportReturnConflict);

        var word = _token;
        var isConst = _token.Kind == TokenKind.Name;
        if (_token.Kind != TokenKind.Function)
            Advance();
        if (_token.Kind is not (TokenKind.Function or TokenKind.Name))
            throw Error("'export' must be followed by an identifier or 'function'");

        var statement = ParseLocalRest(word, FunctionAttributes.None, default, isConst);
        if (statement is LocalFunctionStatement function)
            AddExport(function.Variable, export);
        else
            Array.ForEach(((LocalDeclarationStatement)statement).Variables, variable => AddExport(variable, word));
        return statement;
    }

    void AddExport(LocalVariable variable, in Token place)
    {
        if (variable.Name.IsExported)
            throw ErrorAt(place, $"Duplicate exported identifier '{variable.Name}'");

        variable.Name.IsExported = true;
        _exports.Push(variable);
    }

    ContinueStatement ParseContinue(in Token word)
    {
        if (_function.Loop is not { } loop)
            throw ErrorAt(word, "continue statement must be inside a loop");

        if (loop.ContinueLine == 0)
        {
            loop.ContinueLine = word.Line;
            loop.ContinueSerial = _localSerial;
        }

        return new ContinueStatement(word.Line);
    }

    AssignStatement ParseAssignment(Expression target, in Token first)
    {
        MarkAssigned(target, first);
        var start = _expressions.Count;
        _expressions.Push(target);
        while (Accept(TokenKind.Comma))
        {
            var place = _token;
            target = ParseSuffixed();
            MarkAssigned(target, place);
            _expressions.Push(target);
        }

        Expect(TokenKind.Assign, "assignment");
        var targets = _expressions.Take(start);
        return new AssignStatement(targets, ParseExpressionList(), first.Line);
    }

    CompoundAssignStatement ParseCompoundAssignment(Expression target, BinaryOperator op, in Token first)
    {
        MarkAssigned(target, first);
        Advance();
        return new CompoundAssignStatement(target, op, ParseExpression(), first.Line);
    }

    static BinaryOperator? CompoundOperator(TokenKind kind) => kind switch
    {
        TokenKind.PlusAssign => BinaryOperator.Add,
        TokenKind.MinusAssign => BinaryOperator.Subtract,
        TokenKind.StarAssign => BinaryOperator.Multiply,
        TokenKind.SlashAssign => BinaryOperator.Divide,
        TokenKind.SlashSlashAssign => BinaryOperator.FloorDivide,
        TokenKind.PercentAssign => BinaryOperator.Modulo,
        TokenKind.CaretAssign => BinaryOperator.Power,
        TokenKind.ConcatAssign => BinaryOperator.Concat,
        _ => null,
    };
}
