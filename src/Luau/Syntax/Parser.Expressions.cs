namespace GameServer.Luau.Syntax;

// Expressions: precedence climbing over operators, then suffixes, then the atoms.
sealed partial class Parser
{
    // How tightly an operator holds what is on its left and on its right; a right-associative one holds its right side more loosely.
    const int UnaryPower = 8;

    Scratch<Expression> _expressions = new(64);
    Scratch<TableField> _fields = new(64);
    Scratch<IfExpressionClause> _ifExpressionClauses = new(8);
    Scratch<byte[]> _texts = new(8);

    static (byte Left, byte Right) Power(TokenKind kind) => kind switch
    {
        TokenKind.Plus or TokenKind.Minus => (6, 6),
        TokenKind.Star or TokenKind.Slash or TokenKind.SlashSlash or TokenKind.Percent => (7, 7),
        TokenKind.Caret => (10, 9),
        TokenKind.Concat => (5, 4),
        TokenKind.Equal or TokenKind.NotEqual or TokenKind.Less or TokenKind.LessEqual or TokenKind.Greater or TokenKind.GreaterEqual => (3, 3),
        TokenKind.And => (2, 2),
        TokenKind.Or => (1, 1),
        _ => (0, 0),
    };

    static BinaryOperator Operator(TokenKind kind) => kind switch
    {
        TokenKind.Plus => BinaryOperator.Add,
        TokenKind.Minus => BinaryOperator.Subtract,
        TokenKind.Star => BinaryOperator.Multiply,
        TokenKind.Slash => BinaryOperator.Divide,
        TokenKind.SlashSlash => BinaryOperator.FloorDivide,
        TokenKind.Percent => BinaryOperator.Modulo,
        TokenKind.Caret => BinaryOperator.Power,
        TokenKind.Concat => BinaryOperator.Concat,
        TokenKind.Equal => BinaryOperator.Equal,
        TokenKind.NotEqual => BinaryOperator.NotEqual,
        TokenKind.Less => BinaryOperator.Less,
        TokenKind.LessEqual => BinaryOperator.LessEqual,
        TokenKind.Greater => BinaryOperator.Greater,
        _ => BinaryOperator.GreaterEqual,
    };

    // An expression whose operators hold their left side more tightly than the given power.
    Expression ParseExpression(int power = 0)
    {
        Enter("expression");
        var peak = _peak;
        _peak = _depth;

        Expression left;
        if (_token.Kind is TokenKind.Not or TokenKind.Minus or TokenKind.Hash)
        {
            left = ParseUnary();
        }
        else
        {
            left = _token.Kind is TokenKind.Name or TokenKind.LeftParen ? ParseSuffixed() : ParseSimple();
            if (_token.Kind == TokenKind.DoubleColon)
            {
                Advance();
                ParseType();
            }
        }

        while (Power(_token.Kind) is var (holdsLeft, holdsRight) && holdsLeft > power)
        {
            var kind = _token.Kind;
            Wrap("expression");
            Advance();
            var right = ParseExpression(holdsRight);
            left = kind switch
            {
                TokenKind.And => new LogicalExpression(NodeKind.And, left, right),
                TokenKind.Or => new LogicalExpression(NodeKind.Or, left, right),
                _ => new BinaryExpression(Operator(kind), left, right),
            };
        }

        if (_token.Kind is TokenKind.Ampersand or TokenKind.Pipe or TokenKind.OtherByte)
            CheckForeignOperator(power);

        _peak = Math.Max(_peak, peak);
        Leave();
        return left;
    }

    UnaryExpression ParseUnary()
    {
        var op = _token.Kind switch
        {
            TokenKind.Not => UnaryOperator.Not,
            TokenKind.Minus => UnaryOperator.Negate,
            _ => UnaryOperator.Length,
        };
        var line = _token.Line;
        Advance();
        return new UnaryExpression(op, ParseExpression(UnaryPower), line);
    }

    // Operators of other languages where a binary operator could stand.
    void CheckForeignOperator(int power)
    {
        ref readonly var next = ref Ahead();
        if (next.Start != _token.End)
            return;

        var (foreign, own, holdsLeft) = ((char)_source[_token.Start], next.Kind) switch
        {
            ('&', TokenKind.Ampersand) => ("&&", "and", Power(TokenKind.And).Left),
            ('|', TokenKind.Pipe) => ("||", "or", Power(TokenKind.Or).Left),
            ('!', TokenKind.Assign) => ("!=", "~=", Power(TokenKind.NotEqual).Left),
            _ => ("", "", (byte)0),
        };
        if (holdsLeft > power)
            throw Error($"Unexpected '{foreign}'; did you mean '{own}'?");
    }

    Expression[] ParseExpressionList()
    {
        var start = _expressions.Count;
        _expressions.Push(ParseExpression());
        while (Accept(TokenKind.Comma))
        {
            if (_token.Kind == TokenKind.RightParen)
                throw Error("Expected expression after ',' but got ')' instead");
            _expressions.Push(ParseExpression());
        }

        return _expressions.Take(start);
    }

    // An expression that takes no suffixes.
    Expression ParseSimple()
    {
        var line = _token.Line;
        switch (_token.Kind)
        {
            case TokenKind.Number:
                return ParseNumber();
            case TokenKind.QuotedString:
            case TokenKind.LongString:
                return ParseString();
            case TokenKind.Nil:
                Advance();
                return new SimpleExpression(NodeKind.Nil, line);
            case TokenKind.True:
                Advance();
                return new SimpleExpression(NodeKind.True, line);
            case TokenKind.False:
                Advance();
                return new SimpleExpression(NodeKind.False, line);
            case TokenKind.LeftBrace:
                return ParseTable();
            case TokenKind.Function:
                return ParseFunction();
            case TokenKind.InterpolatedWhole:
            case TokenKind.InterpolatedBegin:
                return ParseInterpolated();
            case TokenKind.If:
                return ParseIfElse();
            case TokenKind.Ellipsis:
                if (!_function.Function.IsVarArg)
                    throw Error("Cannot use '...' outside of a vararg function");
                Advance();
                return new SimpleExpression(NodeKind.VarArgs, line);
            case TokenKind.Attribute:
            case TokenKind.AttributeOpen:
                return ParseAttributedFunction();
            case TokenKind.BrokenString:
                throw Error("Malformed string; did you forget to finish it?");
            case TokenKind.DoubleBrace:
                throw DoubleBraces(_token);
            case TokenKind.OtherByte when _source[_token.Start] == '!':
                throw Error("Unexpected '!'; did you mean 'not'?");
            default:
                throw ExpectedIdentifier("expression");
        }
    }

    FunctionExpression ParseFunction()
    {
        var keyword = _token;
        Advance();
        return ParseFunctionBody(keyword, null, FunctionAttributes.None, default, hasSelf: false);
    }

    NumberExpression ParseNumber()
    {
        if (!Literals.TryParseNumber(_source.AsSpan(_token.Start, _token.End - _token.Start), out var value))
            throw Error("Malformed number");

        var number = new NumberExpression(value, _token.Line);
        Advance();
        return number;
    }

    StringExpression ParseString()
    {
        byte[]? bytes;
        if (_token.Kind == TokenKind.LongString)
        {
            var bracket = Lexer.LongBracketBytes(_source, _token.Start);
            bytes = Literals.LongStringBytes(_source.AsSpan(_token.Start + bracket, _token.End - _token.Start - 2 * bracket));
        }
        else
        {
            bytes = Literals.Unescape(_source.AsSpan(_token.Start + 1, _token.End - _token.Start - 2));
            if (bytes is null)
                throw Error("String literal contains malformed escape sequence");
        }

        var expression = new StringExpression(bytes, _token.Line, _token.EndLine);
        Advance();
        return expression;
    }

    InterpolatedExpression ParseInterpolated()
    {
        var first = _token;
        var textStart = _texts.Count;
        var valueStart = _expressions.Count;
        while (true)
        {
            var piece = _token;
            var text = Literals.Unescape(_source.AsSpan(_token.Start + 1, _token.End - _token.Start - 2));
            if (text is null)
            {
                throw ErrorAt(first, piece.Kind == TokenKind.InterpolatedWhole
                    ? "String literal contains malformed escape sequence"
                    : "Interpolated string literal contains malformed escape sequence");
            }

            _texts.Push(text);
            Advance();
            if (piece.Kind is TokenKind.InterpolatedWhole or TokenKind.InterpolatedEnd)
                break;

            _expressions.Push(ParseInterpolatedValue(piece));
        }

        return new InterpolatedExpression(_texts.Take(textStart), _expressions.Take(valueStart), first.Line, _previousEndLine);
    }

    // Errors stand where the text in front of the value starts.
    Expression ParseInterpolatedValue(in Token piece)
    {
        if (_token.Kind is TokenKind.InterpolatedMiddle or TokenKind.InterpolatedEnd)
            throw ErrorAt(piece, "Malformed interpolated string, expected expression inside '{}'");
        if (_token.Kind == TokenKind.BrokenString)
            throw ErrorAt(piece, "Malformed interpolated string; did you forget to add a '`'?");

        var value = ParseExpression();
        switch (_token.Kind)
        {
            case TokenKind.InterpolatedMiddle or TokenKind.InterpolatedEnd:
                return value;
            case TokenKind.DoubleBrace:
                throw DoubleBraces(piece);
            case TokenKind.BrokenString when !_lexer.IsInBraces:
                throw Error("Malformed interpolated string; did you forget to add a '`'?");
            case TokenKind.BrokenString:
                throw Error("Malformed interpolated string; did you forget to add a '}'?");
            case TokenKind.Eof:
                throw new SyntaxError("Malformed interpolated string; did you forget to add a '}'?", _previousEndLine);
            default:
                throw ErrorAt(piece, $"Malformed interpolated string, got {Got()}");
        }
    }

    static SyntaxError DoubleBraces(in Token place) =>
        ErrorAt(place, "Double braces are not permitted within interpolated strings; did you mean '\\{'?");

    IfElseExpression ParseIfElse()
    {
        var line = _token.Line;
        var start = _ifExpressionClauses.Count;
        var depth = _depth;
        while (true)
        {
            Advance();
            var condition = ParseExpression();
            Expect(TokenKind.Then, "if then else expression");
            _ifExpressionClauses.Push(new IfExpressionClause(condition, ParseExpression()));
            if (_token.Kind != TokenKind.ElseIf)
                break;

            Enter("expression");
        }

        Expect(TokenKind.Else, "if then else expression");
        var otherwise = ParseExpression();
        _depth = depth;
        return new IfElseExpression(_ifExpressionClauses.Take(start), otherwise, line);
    }

    TableExpression ParseTable()
    {
        var opener = OpenHere();
        Advance();
        var start = _fields.Count;
        var elementColumn = 0;
        while (_token.Kind != TokenKind.RightBrace)
        {
            elementColumn = _token.Column;
            ParseTableField();
            if (_token.Kind is TokenKind.Comma or TokenKind.Semicolon)
                Advance();
            else if (_token.Kind is TokenKind.LeftBracket or TokenKind.Name && _token.Column == elementColumn)
                throw Error("Expected ',' after table constructor element");
            else if (_token.Kind != TokenKind.RightBrace)
                break;
        }

        var endLine = _token.EndLine;
        ExpectClosing(TokenKind.RightBrace, opener);
        return new TableExpression(_fields.Take(start), opener.Line, endLine);
    }

    void ParseTableField()
    {
        Expression? key = null;
        if (_token.Kind == TokenKind.LeftBracket)
        {
            var opener = OpenHere();
            Advance();
            key = ParseExpression();
            ExpectClosing(TokenKind.RightBracket, opener);
            Expect(TokenKind.Assign, "table field");
            _fields.Push(new TableField(key, ParseExpression()));
        }
        else if (_token.Kind == TokenKind.Name && Ahead().Kind == TokenKind.Assign)
        {
            var name = _token.Name!;
            key = new StringExpression(name.Bytes, _token.Line, _token.Line);
            Advance();
            Advance();
            var value = ParseExpression();
            if (value is FunctionExpression function)
                function.DebugName = name;
            _fields.Push(new TableField(key, value));
        }
        else
        {
            _fields.Push(new TableField(null, ParseExpression()));
        }
    }

    // A name or parenthesised expression and everything that follows it closely.
    Expression ParseSuffixed()
    {
        var peak = _peak;
        _peak = _depth;
        var line = _token.Line;
        var expression = ParsePrefix();
        var endLine = expression.EndLine;
        while (true)
        {
            switch (_token.Kind)
            {
                case TokenKind.Dot:
                    Wrap("expression");
                    expression = ParseField(expression, line);
                    break;
                case TokenKind.LeftBracket:
                    Wrap("expression");
                    expression = ParseIndex(expression, line);
                    break;
                case TokenKind.Colon:
                    Wrap("expression");
                    expression = ParseMethodCall(expression, line);
                    break;
                case TokenKind.LeftParen:
                case TokenKind.LeftBrace:
                case TokenKind.QuotedString:
                case TokenKind.LongString:
                    Wrap("expression");
                    CheckArgumentsOnLine(endLine);
                    expression = new CallExpression(expression, ParseArguments(), line, _previousEndLine);
                    break;
                case TokenKind.Less when Ahead().Kind == TokenKind.Less:
                    ParseInstantiation();
                    break;
                default:
                    _peak = Math.Max(_peak, peak);
                    return expression;
            }

            endLine = _previousEndLine;
        }
    }

    Expression ParsePrefix()
    {
        if (_token.Kind == TokenKind.Name)
        {
            var (name, line, column) = (_token.Name!, _token.Line, _token.Column);
            Advance();
            return Resolve(name, line, column);
        }

        if (_token.Kind != TokenKind.LeftParen)
            throw ExpectedIdentifier("expression");

        return ParseGroup();
    }

    GroupExpression ParseGroup()
    {
        var opener = OpenHere();
        Advance();
        var inner = ParseExpression();
        if (_token.Kind != TokenKind.RightParen)
        {
            throw ExpectedClosing(TokenKind.RightParen, opener,
                _token.Kind == TokenKind.Assign ? "; did you mean to use '{' when defining a table?" : "");
        }

        Advance();
        return new GroupExpression(inner, opener.Line, _previousEndLine);
    }

    FieldExpression ParseField(Expression target, int line)
    {
        Advance();
        var nameLine = _token.Line;
        return new FieldExpression(target, ExpectName(null), line, nameLine);
    }

    IndexExpression ParseIndex(Expression target, int line)
    {
        var opener = OpenHere();
        Advance();
        var key = ParseExpression();
        ExpectClosing(TokenKind.RightBracket, opener);
        return new IndexExpression(target, key, line, _previousEndLine);
    }

    MethodCallExpression ParseMethodCall(Expression target, int line)
    {
        Advance();
        var nameLine = _token.Line;
        var name = ExpectName("method name");
        if (_token.Kind == TokenKind.Less && Ahead().Kind == TokenKind.Less)
            ParseInstantiation();

        if (_token.Kind is not (TokenKind.LeftParen or TokenKind.LeftBrace or TokenKind.QuotedString or TokenKind.LongString))
        {
            throw new SyntaxError(_token.Line == nameLine
                ? $"Expected '(', '{{' or <string> when parsing function call, got {Got()}"
                : "Expected function call arguments after '('", line);
        }

        CheckArgumentsOnLine(nameLine);
        var arguments = ParseArguments();
        return new MethodCallExpression(target, name, nameLine, arguments, line, _previousEndLine);
    }

    // "f" line end "(x)" could be two statements.
    void CheckArgumentsOnLine(int functionEndLine)
    {
        if (_token.Kind == TokenKind.LeftParen && _token.Line != functionEndLine)
        {
            throw Error(
                "Ambiguous syntax: this looks like an argument list for a function call, but could also be a start of new statement; " +
                "use ';' to separate statements");
        }
    }

    Expression[] ParseArguments()
    {
        if (_token.Kind == TokenKind.LeftBrace)
            return [ParseSingleArgument()];
        if (_token.Kind != TokenKind.LeftParen)
            return [ParseString()];

        var opener = OpenHere();
        Advance();
        var arguments = _token.Kind == TokenKind.RightParen ? [] : ParseExpressionList();
        ExpectClosing(TokenKind.RightParen, opener);
        return arguments;
    }

    TableExpression ParseSingleArgument()
    {
        Enter("expression");
        var table = ParseTable();
        Leave();
        return table;
    }
}
