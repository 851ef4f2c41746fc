namespace GameServer.Luau.Syntax;

// Types: the whole grammar is checked and nothing is kept.
sealed partial class Parser
{
    const int TypePartsMax = 1000;

    // "type" is passed already; so is "export".
    void ParseTypeDeclaration()
    {
        if (_token.Kind == TokenKind.Function)
        {
            ParseTypeFunction();
            return;
        }

        ExpectName("type name");
        ParseOptionalGenerics(withDefaults: true);
        Expect(TokenKind.Assign, "type alias");
        ParseType();
    }

    // Its body is a function that never runs.
    void ParseTypeFunction()
    {
        var keyword = _token;
        Advance();
        var name = ExpectName("type function name");
        ParseFunctionBody(keyword, name, FunctionAttributes.None, default, hasSelf: false, isTypeFunction: true);
        _function.Function.ChildCount--;
    }

    void ParseOptionalType()
    {
        if (Accept(TokenKind.Colon))
            ParseType();
    }

    void ParseOptionalReturnType()
    {
        if (_token.Kind == TokenKind.Arrow)
            throw Error("Function return type annotations are written after ':' instead of '->'");
        if (!Accept(TokenKind.Colon))
            return;

        ParseReturnType();
        if (_token.Kind == TokenKind.Comma)
            throw Error("Expected a statement, got ','; did you forget to wrap the list of return types in parentheses?");
    }

    // What follows "...:" in a parameter list.
    void ParseVarArgType()
    {
        if (_token.Kind == TokenKind.Name && Ahead().Kind == TokenKind.Ellipsis)
        {
            Advance();
            Advance();
        }
        else
        {
            ParseType();
        }
    }

    bool StartsPack() => _token.Kind == TokenKind.Ellipsis || (_token.Kind == TokenKind.Name && Ahead().Kind == TokenKind.Ellipsis);

    void ParsePack()
    {
        if (Accept(TokenKind.Ellipsis))
        {
            ParseType();
            return;
        }

        Advance();
        Advance();
    }

    void ParseOptionalGenerics(bool withDefaults)
    {
        if (_token.Kind != TokenKind.Less)
            return;

        var opener = OpenHere();
        Advance();
        var sawPack = false;
        var sawDefault = false;
        while (true)
        {
            ExpectName(null);
            if (_token.Kind == TokenKind.Ellipsis || sawPack)
            {
                sawPack = true;
                if (!Accept(TokenKind.Ellipsis))
                    throw Error("Generic types come before generic type packs");
                ParseGenericDefault(withDefaults, isPack: true, ref sawDefault);
            }
            else
            {
                ParseGenericDefault(withDefaults, isPack: false, ref sawDefault);
            }

            if (!Accept(TokenKind.Comma))
                break;
            if (_token.Kind == TokenKind.Greater)
                throw Error("Expected type after ',' but got '>' instead");
        }

        ExpectClosing(TokenKind.Greater, opener);
    }

    void ParseGenericDefault(bool isAllowed, bool isPack, ref bool sawDefault)
    {
        if (isAllowed && _token.Kind == TokenKind.Assign)
        {
            sawDefault = true;
            Advance();
            if (!isPack)
            {
                ParseType();
                return;
            }

            var place = _token;
            if (StartsPack())
                ParsePack();
            else if (!ParseTypeOrPack())
                throw ErrorAt(place, "Expected type pack after '=', got type");
        }
        else if (sawDefault)
        {
            throw Error(isPack ? "Expected default type pack after type pack name" : "Expected default type after type name");
        }
    }

    // "<" [typearg {"," typearg}] ">"
    void ParseTypeArguments()
    {
        var opener = OpenHere();
        Advance();
        var isFirst = true;
        while (true)
        {
            if (StartsPack())
                ParsePack();
            else if (_token.Kind == TokenKind.LeftParen)
                ParseTypeOrPack();
            else if (_token.Kind == TokenKind.Greater && isFirst)
                break;
            else
                ParseType();

            isFirst = false;
            if (!Accept(TokenKind.Comma))
                break;
        }

        ExpectClosing(TokenKind.Greater, opener);
    }

    // "<" "<" [typearg {"," typearg}] ">" ">"
    void ParseInstantiation()
    {
        var opener = OpenHere();
        Advance();
        ParseTypeArguments();
        ExpectClosing(TokenKind.Greater, opener);
    }

    void ParseType()
    {
        Enter("type annotation");
        var start = _token;
        if (_token.Kind is TokenKind.Pipe or TokenKind.Ampersand)
        {
            ParseTypeSuffix(parts: 0, start);
        }
        else
        {
            ParseSimpleType(allowPack: false);
            ParseTypeSuffix(parts: 1, start);
        }

        Leave();
    }

    // A type or, in parentheses, a pack; true for a pack.
    bool ParseTypeOrPack()
    {
        Enter("type annotation");
        var start = _token;
        var isPack = false;
        if (_token.Kind is TokenKind.Pipe or TokenKind.Ampersand)
        {
            ParseTypeSuffix(parts: 0, start);
        }
        else
        {
            isPack = ParseSimpleType(allowPack: true);
            if (!isPack)
                ParseTypeSuffix(parts: 1, start);
        }

        Leave();
        return isPack;
    }

    // The rest of a union, intersection or optional type, its first part passed already.
    void ParseTypeSuffix(int parts, in Token start)
    {
        var isUnion = false;
        var isIntersection = false;
        while (true)
        {
            switch (_token.Kind)
            {
                case TokenKind.Question:
                    Advance();
                    isUnion = true;
                    continue;
                case TokenKind.Pipe:
                    isUnion = true;
                    break;
                case TokenKind.Ampersand:
                    isIntersection = true;
                    break;
                case TokenKind.Ellipsis:
                    throw Error("Unexpected '...' after type annotation");
                default:
                    if (isUnion && isIntersection)
                    {
                        throw ErrorAt(start,
                            "Mixing union and intersection types is not allowed; consider wrapping in parentheses.");
                    }

                    return;
            }

            Advance();
            ParseSimpleType(allowPack: false);
            if (++parts > TypePartsMax)
                throw Error("Exceeded allowed type length; simplify your type annotation to make the code compile");
        }
    }

    // True when a pack in parentheses was allowed and found.
    bool ParseSimpleType(bool allowPack)
    {
        switch (_token.Kind)
        {
            case TokenKind.Nil or TokenKind.True or TokenKind.False:
                Advance();
                break;
            case TokenKind.QuotedString or TokenKind.LongString:
                ParseString();
                break;
            case TokenKind.Name:
                ParseNamedType();
                break;
            case TokenKind.LeftBrace:
                ParseTableType();
                break;
            case TokenKind.LeftParen or TokenKind.Less:
                return ParseFunctionType(allowPack);
            case TokenKind.InterpolatedWhole or TokenKind.InterpolatedBegin:
                var start = _token;
                ParseInterpolated();
                throw ErrorAt(start, "Interpolated string literals cannot be used as types");
            case TokenKind.BrokenString:
                throw Error("Malformed string; did you forget to finish it?");
            case TokenKind.Function:
                throw Error("Using 'function' as a type annotation is not supported, consider replacing with a function type annotation " +
                            "e.g. '(...any) -> ...any'");
            case TokenKind.Attribute or TokenKind.AttributeOpen:
                throw Error("attributes are not allowed in declaration context");
            default:
                // What lacks its type is the token before.
                throw new SyntaxError($"Expected type, got {Got()}", _previousEndLine);
        }

        return false;
    }

    void ParseNamedType()
    {
        var name = _token.Name;
        Advance();
        if (_token.Kind == TokenKind.Ellipsis)
            throw Error("Unexpected '...' after type name; type pack is not allowed in this context");

        if (Accept(TokenKind.Dot))
        {
            ExpectName("field name");
        }
        else if (name == _typeof)
        {
            var opener = OpenHere();
            Expect(TokenKind.LeftParen, "typeof type");
            ParseExpression();
            ExpectClosing(TokenKind.RightParen, opener);
            return;
        }

        if (_token.Kind == TokenKind.Less)
            ParseTypeArguments();
    }

    void ParseTableType()
    {
        var opener = OpenHere();
        Advance();
        var isFirst = true;
        var hasIndexer = false;
        while (_token.Kind != TokenKind.RightBrace)
        {
            if ((_token.Name == _read || _token.Name == _write) && _token.Kind == TokenKind.Name && Ahead().Kind != TokenKind.Colon)
                Advance();

            if (_token.Kind == TokenKind.LeftBracket)
            {
                ParseBracketedProperty(ref hasIndexer);
            }
            else if (isFirst && !(_token.Kind == TokenKind.Name && Ahead().Kind == TokenKind.Colon))
            {
                ParseType();
                break;
            }
            else
            {
                ExpectName("table field");
                Expect(TokenKind.Colon, "table field");
                ParseType();
            }

            isFirst = false;
            if (_token.Kind is not (TokenKind.Comma or TokenKind.Semicolon))
                break;
            Advance();
        }

        ExpectClosing(TokenKind.RightBrace, opener);
    }

    // "[" STRING "]" ":" type is a property, any other key makes an indexer.
    void ParseBracketedProperty(ref bool hasIndexer)
    {
        var place = _token;
        var opener = OpenHere();
        Advance();
        var key = _token;
        if (key.Kind is TokenKind.QuotedString or TokenKind.LongString && Ahead().Kind == TokenKind.RightBracket)
        {
            Advance();
            Advance();
            Expect(TokenKind.Colon, "table field");
            ParseType();

            // The source ends at a zero byte, so only an escape can make one.
            if (key.Kind == TokenKind.QuotedString &&
                Literals.Unescape(_source.AsSpan(key.Start + 1, key.End - key.Start - 2))?.Contains((byte)0) != false)
            {
                throw ErrorAt(key, "String literal contains malformed escape sequence or \\0");
            }

            return;
        }

        ParseType();
        ExpectClosing(TokenKind.RightBracket, opener);
        Expect(TokenKind.Colon, "table field");
        ParseType();
        if (hasIndexer)
            throw ErrorAt(place, "Cannot have more than one table indexer");
        hasIndexer = true;
    }

    // [generics] "(" … ")" "->" rettype, or a type in parentheses, or, where allowed, a pack (then true).
    bool ParseFunctionType(bool allowPack)
    {
        Enter("type annotation");
        var start = _token;
        var isGeneric = _token.Kind == TokenKind.Less;
        ParseOptionalGenerics(withDefaults: false);
        var opener = OpenHere();
        Expect(TokenKind.LeftParen, "function parameters");
        var types = 0;
        var hasNames = false;
        var hasTail = false;
        if (_token.Kind != TokenKind.RightParen)
            hasTail = ParseTypeList(out types, out hasNames);
        ExpectClosing(TokenKind.RightParen, opener);

        var isPack = false;
        if (isGeneric || hasNames || _token.Kind is TokenKind.Arrow or TokenKind.Colon)
            ParseFunctionTypeTail(isEmpty: !isGeneric && types == 0, start);
        else if (allowPack)
            isPack = true;
        else if (types != 1 || hasTail)
            ParseFunctionTypeTail(isEmpty: types == 0, start);
        Leave();
        return isPack;
    }

    void ParseFunctionTypeTail(bool isEmpty, in Token start)
    {
        if (_token.Kind == TokenKind.Colon)
            throw Error("Return types in function type annotations are written after '->' instead of ':'");
        if (_token.Kind != TokenKind.Arrow && isEmpty)
            throw ErrorAt(start, "Expected '->' after '()' when parsing function type; did you mean 'nil'?");

        Expect(TokenKind.Arrow, "function type");
        ParseReturnType();
    }

    // Types, each perhaps with a name in front, and perhaps a pack in last place: then true.
    bool ParseTypeList(out int types, out bool hasNames)
    {
        types = 0;
        hasNames = false;
        while (true)
        {
            if (StartsPack())
            {
                ParsePack();
                return true;
            }

            if (_token.Kind == TokenKind.Name && Ahead().Kind == TokenKind.Colon)
            {
                hasNames = true;
                Advance();
                Advance();
            }

            ParseType();
            types++;
            if (!Accept(TokenKind.Comma))
                return false;
            if (_token.Kind == TokenKind.RightParen)
                throw Error("Expected type after ',' but got ')' instead");
        }
    }

    void ParseReturnType()
    {
        Enter("type annotation");
        if (_token.Kind != TokenKind.LeftParen)
        {
            if (StartsPack())
                ParsePack();
            else
                ParseType();
        }
        else
        {
            var start = _token;
            var opener = OpenHere();
            Advance();
            var types = 0;
            var hasNames = false;
            var hasTail = false;
            if (_token.Kind != TokenKind.RightParen)
                hasTail = ParseTypeList(out types, out hasNames);
            ExpectClosing(TokenKind.RightParen, opener);

            if (_token.Kind == TokenKind.Arrow || hasNames)
                ParseFunctionTypeTail(isEmpty: false, start);
            else if (types == 1 && !hasTail)
                ParseTypeSuffix(parts: 1, start);
        }

        Leave();
    }
}
