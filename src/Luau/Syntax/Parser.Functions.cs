using System.Text;

namespace GameServer.Luau.Syntax;

// Function bodies, bindings and attributes.
sealed partial class Parser
{
    Scratch<Binding> _bindings = new(32);

    // A name that will become a local once it is in scope.
    readonly record struct Binding(Name Name, int Line);

    void ParseBinding()
    {
        var line = _token.Line;
        _bindings.Push(new Binding(ExpectName("variable name"), line));
        ParseOptionalType();
    }

    void ParseBindings()
    {
        do
            ParseBinding();
        while (Accept(TokenKind.Comma));
    }

    // Brings the bindings from an index up into scope.
    LocalVariable[] DeclareBindings(int start, bool isConst)
    {
        var locals = new LocalVariable[_bindings.Count - start];
        for (var i = 0; i < locals.Length; i++)
            locals[i] = Declare(_bindings[start + i].Name, _bindings[start + i].Line, isConst);
        _bindings.Drop(start);
        return locals;
    }

    // [generics] "(" [params] ")" [":" rettype] block "end"; the keyword is passed already.
    FunctionExpression ParseFunctionBody(
        in Token keyword, Name? debugName, FunctionAttributes attributes, in Token firstAttribute, bool hasSelf, bool isTypeFunction = false)
    {
        var opener = new Opener(keyword.Kind, keyword.Line, keyword.Column);
        var function = new FunctionExpression(_function.Function, firstAttribute.Kind == TokenKind.Eof ? keyword.Line : firstAttribute.Line)
        {
            DebugName = debugName,
            HasSelf = hasSelf,
            Attributes = attributes,
        };

        EnterFunction(function, isTypeFunction);
        var scope = OpenScope();
        ParseParameters(function);
        ParseOptionalReturnType();
        var body = ParseBlock();
        CloseScope(scope);
        LeaveFunction(body);
        ExpectBlockEnd(TokenKind.End, opener);
        return function;
    }

    void ParseParameters(FunctionExpression function)
    {
        ParseOptionalGenerics(withDefaults: false);
        var opener = OpenHere();
        Expect(TokenKind.LeftParen, "function");
        var start = _bindings.Count;
        if (function.HasSelf)
            _bindings.Push(new Binding(_self, function.Line));
        if (_token.Kind != TokenKind.RightParen)
            ParseParameterList(function);

        ExpectClosing(TokenKind.RightParen, opener);
        function.Parameters = DeclareBindings(start, isConst: false);
    }

    void ParseParameterList(FunctionExpression function)
    {
        do
        {
            if (Accept(TokenKind.Ellipsis))
            {
                function.IsVarArg = true;
                if (Accept(TokenKind.Colon))
                    ParseVarArgType();
                return;
            }

            ParseBinding();
        }
        while (Accept(TokenKind.Comma));
    }

    Statement ParseAttributedStatement()
    {
        var attributes = ParseAttributes(out var first);
        switch (_token.Kind)
        {
            case TokenKind.Function:
                return ParseFunctionDeclaration(attributes, first);
            case TokenKind.Local:
                return ParseLocal(attributes, first);
            case TokenKind.Name when _token.Name == _const:
                var word = _token;
                Advance();
                return ParseLocalRest(word, attributes, first, isConst: true);
            default:
                throw Error(
                    "Expected 'function', 'local function', 'const function', 'declare function' or a function type declaration after " +
                    $"attribute, but got {Got()} instead");
        }
    }

    FunctionExpression ParseAttributedFunction()
    {
        var attributes = ParseAttributes(out var first);
        var keyword = _token;
        if (!Accept(TokenKind.Function))
            throw ErrorAt(first, $"Expected 'function' declaration after attribute, but got {Got()} instead");

        return ParseFunctionBody(keyword, null, attributes, first, hasSelf: false);
    }

    // Also gives the first of them: its token, or its name in a list.
    FunctionAttributes ParseAttributes(out Token first)
    {
        first = _token;
        if (_token.Kind == TokenKind.AttributeOpen && Ahead().Kind == TokenKind.Name)
            first = _ahead;

        var attributes = FunctionAttributes.None;
        while (true)
        {
            if (_token.Kind == TokenKind.Attribute)
            {
                if (_token.End == _token.Start + 1)
                    throw Error("Attribute name is missing");

                AddAttribute(ref attributes, _source.AsSpan(_token.Start + 1, _token.End - _token.Start - 1), _token);
                Advance();
            }
            else if (_token.Kind == TokenKind.AttributeOpen)
            {
                ParseAttributeList(ref attributes);
            }
            else
            {
                return attributes;
            }
        }
    }

    void ParseAttributeList(ref FunctionAttributes attributes)
    {
        var opener = OpenHere();
        var start = _token;
        Advance();
        if (_token.Kind == TokenKind.RightBracket)
            throw ErrorAt(start, "Attribute list cannot be empty");

        do
        {
            var place = _token;
            var name = ExpectName("attribute name");
            var arguments = ParseAttributeArguments();
            AddAttribute(ref attributes, name.Bytes, place);
            if (name.Bytes.AsSpan().SequenceEqual("deprecated"u8))
                CheckDeprecatedArguments(arguments, place);
        }
        while (Accept(TokenKind.Comma));

        ExpectClosing(TokenKind.RightBracket, opener);
    }

    Expression[] ParseAttributeArguments()
    {
        if (_token.Kind is not (TokenKind.LeftParen or TokenKind.LeftBrace or TokenKind.QuotedString or TokenKind.LongString))
            return [];

        var place = _token;
        var arguments = ParseArguments();
        foreach (var argument in arguments)
        {
            if (!IsLiteral(argument))
                throw ErrorAt(place, "Only literals can be passed as arguments for attributes");
        }

        return arguments;
    }

    static bool IsLiteral(Expression expression) => expression switch
    {
        TableExpression table => Array.TrueForAll(table.Fields, field => field.Key is null or StringExpression && IsLiteral(field.Value)),
        InterpolatedExpression interpolated => interpolated.Values.Length == 0,
        _ => expression.Kind is NodeKind.Nil or NodeKind.True or NodeKind.False or NodeKind.Number or NodeKind.String,
    };

    static void AddAttribute(ref FunctionAttributes attributes, ReadOnlySpan<byte> name, in Token place)
    {
        var attribute = name.SequenceEqual("native"u8) ? FunctionAttributes.Native
            : name.SequenceEqual("checked"u8) ? FunctionAttributes.Checked
            : name.SequenceEqual("deprecated"u8) ? FunctionAttributes.Deprecated
            : FunctionAttributes.None;
        if (attribute == FunctionAttributes.None)
            throw ErrorAt(place, $"Invalid attribute '@{Encoding.Latin1.GetString(name)}'");
        if ((attributes & attribute) != 0)
            throw ErrorAt(place, $"Cannot duplicate attribute '@{Encoding.Latin1.GetString(name)}'");

        attributes |= attribute;
    }

    static void CheckDeprecatedArguments(Expression[] arguments, in Token place)
    {
        if (arguments.Length == 0)
            return;
        if (arguments.Length > 1)
            throw ErrorAt(place, "@deprecated can be parametrized only by 1 argument");
        if (arguments[0] is not TableExpression table)
            throw new SyntaxError("Unknown argument type for @deprecated", arguments[0].Line);

        foreach (var field in table.Fields)
        {
            if (field.Key is not StringExpression { Value: var key })
            {
                throw new SyntaxError("Only constants keys 'use' and 'reason' are allowed for @deprecated attribute",
                    field.Value.Line);
            }

            var name = Encoding.Latin1.GetString(key);
            if (name is not ("use" or "reason"))
            {
                throw new SyntaxError(
                    $"Unknown argument '{name}' for @deprecated. Only string constants for 'use' and 'reason' are allowed",
                    field.Key.Line);
            }

            if (field.Value.Kind is not (NodeKind.String or NodeKind.Interpolated))
                throw new SyntaxError($"Only constant string allowed as value for '{name}'", field.Value.Line);
        }
    }
}
