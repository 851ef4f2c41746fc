using System.Runtime.CompilerServices;

namespace GameServer.Luau.Syntax;

/// <summary>
/// Source text to tree (specification, sections 2 to 4): recursive descent with one token of lookahead that resolves scopes on the way and
/// stops at the first error.
/// </summary>
/// <remarks>
/// Reading order: this file (entry, tokens, nesting, messages), <c>Parser.Scopes.cs</c>, <c>Parser.Statements.cs</c>,
/// <c>Parser.Functions.cs</c>, <c>Parser.Expressions.cs</c>, <c>Parser.Types.cs</c>.
/// </remarks>
sealed partial class Parser
{
    /// <summary>
    /// Largest distance from the root of a tree to any node: nesting of source, operators of one left-deep expression, suffixes of one call
    /// chain, in sum.
    /// </summary>
    public const int NestingLimit = 1000;

    readonly byte[] _source;
    readonly NameTable _names = new();
    readonly Lexer _lexer;

    Token _token;
    Token _ahead;
    bool _hasAhead;
    int _previousEndLine = 1;

    // _depth counts open recursion. _peak is the depth of the deepest node below the innermost open expression or statement; what a loop puts
    // on top of a finished tree pushes that tree down by one, so it raises the peak (see Ast.cs).
    int _depth;
    int _peak;

    Parser(byte[] source, ParseLimits limits)
    {
        _source = source;
        _lexer = new Lexer(source, _names, limits.Cancellation);
        _continue = _names.Intern("continue"u8, out _);
        _type = _names.Intern("type"u8, out _);
        _export = _names.Intern("export"u8, out _);
        _const = _names.Intern("const"u8, out _);
        _typeof = _names.Intern("typeof"u8, out _);
        _read = _names.Intern("read"u8, out _);
        _write = _names.Intern("write"u8, out _);
        _self = _names.Intern("self"u8, out _);
        _getfenv = _names.Intern("getfenv"u8, out _);
        _setfenv = _names.Intern("setfenv"u8, out _);
    }

    /// <summary>Parses a chunk.</summary>
    /// <param name="source">The source.</param>
    /// <param name="limits">Bounds; null for <see cref="ParseLimits.Default"/>.</param>
    /// <exception cref="SyntaxError">The first error.</exception>
    /// <exception cref="OperationCanceledException">The cancellation of <paramref name="limits"/> was requested.</exception>
    /// <remarks>Pure; any thread. A stack of 1 MB is always enough; where less is left, deep source ends with the nesting error earlier.</remarks>
    public static ChunkNode Parse(SourceText source, ParseLimits? limits = null)
    {
        limits ??= ParseLimits.Default;
        if (source.Bytes.Length > limits.SourceBytesMax)
            throw new SyntaxError($"Source of {source.Bytes.Length} bytes is larger than the limit of {limits.SourceBytesMax}", 1);

        return new Parser(source.Bytes, limits).ParseChunk();
    }

    ChunkNode ParseChunk()
    {
        Advance();
        _previousEndLine = 1;
        var attributes = _lexer.IsNative ? FunctionAttributes.Native : FunctionAttributes.None;
        var main = new FunctionExpression(null, 1) { Attributes = attributes, IsVarArg = true };
        EnterFunction(main, isTypeFunction: false);
        var body = ParseBlock();
        if (_token.Kind != TokenKind.Eof)
            throw Expected(TokenKind.Eof, null);

        LeaveFunction(body);
        if (_firstDeferredError is not null)
            throw _firstDeferredError;

        return new ChunkNode(main, _mentionsEnvironmentFunctions)
        {
            AssignedGlobals = _assignedGlobals.Take(0),
            Exports = _exports.Take(0),
            OptimizeLevel = _lexer.OptimizeLevel,
        };
    }

    void Advance()
    {
        _previousEndLine = _token.EndLine;
        if (_hasAhead)
        {
            _token = _ahead;
            _hasAhead = false;
        }
        else
        {
            _lexer.Next(out _token);
        }
    }

    // The token after the current one.
    ref readonly Token Ahead()
    {
        if (!_hasAhead)
        {
            _lexer.Next(out _ahead);
            _hasAhead = true;
        }

        return ref _ahead;
    }

    bool Accept(TokenKind kind)
    {
        if (_token.Kind != kind)
            return false;

        Advance();
        return true;
    }

    void Expect(TokenKind kind, string? context)
    {
        if (_token.Kind != kind)
            throw Expected(kind, context);

        Advance();
    }

    // The closing token of something opened by another.
    void ExpectClosing(TokenKind kind, in Opener opener)
    {
        if (_token.Kind != kind)
            throw ExpectedClosing(kind, opener, "");

        Advance();
    }

    // As ExpectClosing for what ends a block. An 'end' on another line and in another column than its opener hints at the place where an earlier
    // one was forgotten; the hint is told when, later, one is really missing.
    void ExpectBlockEnd(TokenKind kind, in Opener opener)
    {
        if (_token.Kind != kind)
        {
            var hint = _suspect.Line > opener.Line
                ? $"; did you forget to close {TokenText.Of(_suspect.Kind)} at line {_suspect.Line}?"
                : "";
            throw ExpectedClosing(kind, opener, hint);
        }

        if (_token.Line != opener.Line && _token.Column != opener.Column && _suspect.Line < opener.Line)
            _suspect = opener;
        Advance();
    }

    Opener _suspect;

    Opener OpenHere() => new(_token.Kind, _token.Line, _token.Column);

    // Every recursion passes here.
    void Enter(string construct)
    {
        _depth++;
        if (_depth > _peak)
            _peak = _depth;
        if (_depth > NestingLimit || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw TooDeep(construct);
    }

    void Leave() => _depth--;

    // A node is put on top of the tree below the innermost open expression or statement.
    void Wrap(string construct)
    {
        if (++_peak > NestingLimit)
            throw TooDeep(construct);
    }

    SyntaxError TooDeep(string construct) =>
        Error($"Exceeded allowed recursion depth; simplify your {construct} to make the code compile");

    SyntaxError Error(string message) => ErrorAt(_token, message);

    static SyntaxError ErrorAt(in Token token, string message) => new(message, token.Line, token.Column);

    string Got() => TokenText.Of(_token, _source);

    SyntaxError Expected(TokenKind kind, string? context) => Error(context is null
        ? $"Expected {TokenText.Of(kind)}, got {Got()}"
        : $"Expected {TokenText.Of(kind)} when parsing {context}, got {Got()}");

    SyntaxError ExpectedClosing(TokenKind kind, in Opener opener, string hint)
    {
        var place = opener.Line == _token.Line ? $"column {opener.Column}" : $"line {opener.Line}";
        return Error($"Expected {TokenText.Of(kind)} (to close {TokenText.Of(opener.Kind)} at {place}), got {Got()}{hint}");
    }

    SyntaxError ExpectedIdentifier(string? context) => Error(context is null
        ? $"Expected identifier, got {Got()}"
        : $"Expected identifier when parsing {context}, got {Got()}");

    Name ExpectName(string? context)
    {
        if (_token.Kind != TokenKind.Name)
            throw ExpectedIdentifier(context);

        var name = _token.Name!;
        Advance();
        return name;
    }

    // A token that some later one must close.
    readonly record struct Opener(TokenKind Kind, int Line, int Column);
}
