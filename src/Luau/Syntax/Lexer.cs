using System.Buffers;

namespace GameServer.Luau.Syntax;

/// <summary>Source bytes to tokens, pulled one at a time (specification, section 2). Never throws for what the source holds.</summary>
sealed partial class Lexer
{
    const int TokensPerPoll = 4096;

    static readonly SearchValues<byte> CommentEnd = SearchValues.Create("\n\r"u8);

    readonly byte[] _bytes;
    readonly int _end;
    readonly NameTable _names;
    readonly CancellationToken _cancellation;
    int _offset;
    int _line = 1;
    int _lineStart;
    int _tokensToPoll = TokensPerPoll;
    bool _sawToken;

    /// <summary>Starts at the first byte of <paramref name="source"/>.</summary>
    public Lexer(byte[] source, NameTable names, CancellationToken cancellation)
    {
        _bytes = source;
        _names = names;
        _cancellation = cancellation;
        // Some editors put a byte order mark in front of a file; upstream would complain about it.
        if (source.AsSpan().StartsWith("\uFEFF"u8))
            _offset = _lineStart = 3;
        var zero = Array.IndexOf(source, (byte)0);
        _end = zero < 0 ? source.Length : zero;
    }

    /// <summary>Level of the first <c>--!optimize N</c> before any token; -1 without one.</summary>
    public int OptimizeLevel { get; private set; } = -1;

    /// <summary>True when <c>--!native</c> stands before any token.</summary>
    public bool IsNative { get; private set; }

    /// <summary>Bytes of one long bracket that starts at <paramref name="offset"/>: <c>[==[</c> has 4.</summary>
    public static int LongBracketBytes(byte[] source, int offset)
    {
        var bytes = 2;
        while (source[offset + bytes - 1] == '=')
            bytes++;
        return bytes;
    }

    /// <summary>Reads the next token; after the last one always <see cref="TokenKind.Eof"/>.</summary>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public void Next(out Token token)
    {
        if (--_tokensToPoll == 0)
        {
            _cancellation.ThrowIfCancellationRequested();
            _tokensToPoll = TokensPerPoll;
        }

        token = default;
        SkipSpaceAndComments(ref token);
        if (token.Kind == TokenKind.BrokenComment)
            return;

        _sawToken = true;
        token.Start = _offset;
        token.Line = token.EndLine = _line;
        token.Column = _offset - _lineStart + 1;
        if (_offset >= _end)
        {
            token.End = _offset;
            return;
        }

        var first = _bytes[_offset];
        if (IsNameStart(first))
        {
            var length = 1;
            var bytes = _bytes.AsSpan(_offset, _end - _offset);
            while (length < bytes.Length && IsNamePart(bytes[length]))
                length++;
            token.Name = _names.Intern(bytes[..length], out token.Kind);
            _offset += length;
        }
        else
        {
            ReadOther(first, ref token);
        }

        token.End = _offset;
        token.EndLine = _line;
    }

    static bool IsNameStart(byte b) => (uint)((b | 0x20) - 'a') < 26 || b == '_';

    static bool IsDigit(byte b) => (uint)(b - '0') < 10;

    static bool IsNamePart(byte b) => IsNameStart(b) || IsDigit(b);

    static bool IsHexDigit(byte b) => IsDigit(b) || (uint)((b | 0x20) - 'a') < 6;

    // The byte at a distance from the current one; 0 behind the end.
    byte Peek(int distance = 0)
    {
        var at = _offset + distance;
        return at < _end ? _bytes[at] : (byte)0;
    }

    void NewLine()
    {
        // The offset is that of the line end.
        _line++;
        _lineStart = _offset + 1;
    }

    void SkipSpaceAndComments(ref Token token)
    {
        while (true)
        {
            var b = Peek();
            if (b is (byte)' ' or (byte)'\t' or (byte)'\r' or 0x0b or 0x0c)
            {
                _offset++;
            }
            else if (b == '\n')
            {
                NewLine();
                _offset++;
            }
            else if (b == '-' && Peek(1) == '-')
            {
                token.Start = _offset;
                token.Line = _line;
                token.Column = _offset - _lineStart + 1;
                if (!SkipComment())
                {
                    token.Kind = TokenKind.BrokenComment;
                    token.End = _offset;
                    token.EndLine = _line;
                    return;
                }
            }
            else
            {
                return;
            }
        }
    }

    bool SkipComment()
    {
        var start = _offset;
        _offset += 2;
        if (Peek() == '[' && LongBracketLevel('[') is var level and >= 0)
            return SkipLongBracket(level);

        var rest = _bytes.AsSpan(_offset, _end - _offset);
        var length = rest.IndexOfAny(CommentEnd);
        _offset = length < 0 ? _end : _offset + length;
        if (!_sawToken && start + 2 < _end && _bytes[start + 2] == '!')
            ReadHotComment(_bytes.AsSpan(start + 3, _offset - start - 3));
        return true;
    }

    void ReadHotComment(ReadOnlySpan<byte> text)
    {
        text = text.TrimEnd(" \t\v\f"u8);
        if (text.SequenceEqual("native"u8))
            IsNative = true;
        else if (OptimizeLevel < 0 && text.StartsWith("optimize "u8) && text[9..].Trim((byte)' ') is [>= (byte)'0' and <= (byte)'2'] level)
            OptimizeLevel = level[0] - '0';
    }

    void ReadOther(byte first, ref Token token)
    {
        switch (first)
        {
            case (byte)'(': Single(TokenKind.LeftParen, ref token); break;
            case (byte)')': Single(TokenKind.RightParen, ref token); break;
            case (byte)',': Single(TokenKind.Comma, ref token); break;
            case (byte)'=': OneOrEqual(TokenKind.Assign, TokenKind.Equal, ref token); break;
            case (byte)'.': ReadDots(ref token); break;
            case (byte)'"' or (byte)'\'': ReadQuotedString(first, ref token); break;
            case >= (byte)'0' and <= (byte)'9': ReadNumber(ref token); break;
            case (byte)'{':
                OpenBrace(isInterpolation: false);
                Single(TokenKind.LeftBrace, ref token);
                break;
            case (byte)'}': ReadCloseBrace(ref token); break;
            case (byte)'[': ReadOpenBracket(ref token); break;
            case (byte)']': Single(TokenKind.RightBracket, ref token); break;
            case (byte)':':
                if (Peek(1) == ':')
                    Multiple(TokenKind.DoubleColon, 2, ref token);
                else
                    Single(TokenKind.Colon, ref token);
                break;
            case (byte)';': Single(TokenKind.Semicolon, ref token); break;
            case (byte)'+': OneOrEqual(TokenKind.Plus, TokenKind.PlusAssign, ref token); break;
            case (byte)'-':
                if (Peek(1) == '>')
                    Multiple(TokenKind.Arrow, 2, ref token);
                else
                    OneOrEqual(TokenKind.Minus, TokenKind.MinusAssign, ref token);
                break;
            case (byte)'*': OneOrEqual(TokenKind.Star, TokenKind.StarAssign, ref token); break;
            case (byte)'/':
                if (Peek(1) != '/')
                    OneOrEqual(TokenKind.Slash, TokenKind.SlashAssign, ref token);
                else if (Peek(2) == '=')
                    Multiple(TokenKind.SlashSlashAssign, 3, ref token);
                else
                    Multiple(TokenKind.SlashSlash, 2, ref token);
                break;
            case (byte)'%': OneOrEqual(TokenKind.Percent, TokenKind.PercentAssign, ref token); break;
            case (byte)'^': OneOrEqual(TokenKind.Caret, TokenKind.CaretAssign, ref token); break;
            case (byte)'<': OneOrEqual(TokenKind.Less, TokenKind.LessEqual, ref token); break;
            case (byte)'>': OneOrEqual(TokenKind.Greater, TokenKind.GreaterEqual, ref token); break;
            case (byte)'~': OneOrEqual(TokenKind.OtherByte, TokenKind.NotEqual, ref token); break;
            case (byte)'#': Single(TokenKind.Hash, ref token); break;
            case (byte)'`': ReadInterpolated(TokenKind.InterpolatedBegin, TokenKind.InterpolatedWhole, ref token); break;
            case (byte)'&': Single(TokenKind.Ampersand, ref token); break;
            case (byte)'|': Single(TokenKind.Pipe, ref token); break;
            case (byte)'?': Single(TokenKind.Question, ref token); break;
            case (byte)'@': ReadAttribute(ref token); break;
            case >= 0x80: ReadUnicode(ref token); break;
            default: Single(TokenKind.OtherByte, ref token); break;
        }
    }

    void Single(TokenKind kind, ref Token token) => Multiple(kind, 1, ref token);

    void Multiple(TokenKind kind, int bytes, ref Token token)
    {
        token.Kind = kind;
        _offset += bytes;
    }

    void OneOrEqual(TokenKind one, TokenKind withEqual, ref Token token)
    {
        if (Peek(1) == '=')
            Multiple(withEqual, 2, ref token);
        else
            Single(one, ref token);
    }

    void ReadDots(ref Token token)
    {
        if (Peek(1) == '.')
        {
            if (Peek(2) == '.')
                Multiple(TokenKind.Ellipsis, 3, ref token);
            else if (Peek(2) == '=')
                Multiple(TokenKind.ConcatAssign, 3, ref token);
            else
                Multiple(TokenKind.Concat, 2, ref token);
        }
        else if (IsDigit(Peek(1)))
        {
            ReadNumber(ref token);
        }
        else
        {
            Single(TokenKind.Dot, ref token);
        }
    }

    void ReadAttribute(ref Token token)
    {
        _offset++;
        if (Peek() == '[')
        {
            _offset++;
            token.Kind = TokenKind.AttributeOpen;
            return;
        }

        token.Kind = TokenKind.Attribute;
        if (IsNameStart(Peek()))
        {
            while (IsNamePart(Peek()))
                _offset++;
        }
    }

    // One code point outside strings and comments; a malformed one counts one byte.
    void ReadUnicode(ref Token token)
    {
        token.Kind = TokenKind.BrokenUnicode;
        System.Text.Rune.DecodeFromUtf8(_bytes.AsSpan(_offset, _end - _offset), out _, out var bytes);
        _offset += Math.Max(bytes, 1);
    }
}
