namespace GameServer.Luau.Syntax;

// Numbers, strings and brackets that span more than punctuation. Escapes are not looked at here but when the parser takes the literal
// (Literals.cs), because only then an error in them is one.
sealed partial class Lexer
{
    // Braces open at the current place, from the outermost that belongs to an interpolated string; true for each that does. The parser's
    // nesting limit stops it from growing.
    bool[] _braces = new bool[16];
    int _braceCount;

    void ReadNumber(ref Token token)
    {
        token.Kind = TokenKind.Number;
        while (IsDigit(Peek()) || Peek() is (byte)'.' or (byte)'_')
            _offset++;

        if ((Peek() | 0x20) == 'e')
        {
            _offset++;
            if (Peek() is (byte)'+' or (byte)'-')
                _offset++;
        }

        while (IsNamePart(Peek()))
            _offset++;
    }

    void ReadQuotedString(byte quote, ref Token token)
    {
        _offset++;
        while (true)
        {
            var b = Peek();
            if (b == quote)
            {
                _offset++;
                token.Kind = TokenKind.QuotedString;
                return;
            }

            if (b is 0 or (byte)'\n' or (byte)'\r')
            {
                token.Kind = TokenKind.BrokenString;
                return;
            }

            if (b == '\\')
                SkipEscape();
            else
                _offset++;
        }
    }

    // Passes a backslash and what must not be taken for the end of the string behind it.
    void SkipEscape()
    {
        _offset++;
        switch (Peek())
        {
            case 0:
                break;
            case (byte)'\r':
                _offset++;
                if (Peek() == '\n')
                {
                    NewLine();
                    _offset++;
                }

                break;
            case (byte)'z':
                _offset++;
                while (IsSpace(Peek()))
                {
                    if (Peek() == '\n')
                        NewLine();
                    _offset++;
                }

                break;
            case (byte)'\n':
                NewLine();
                _offset++;
                break;
            default:
                _offset++;
                break;
        }
    }

    static bool IsSpace(byte b) => b is (byte)' ' or (>= (byte)'\t' and <= (byte)'\r');

    // Text parts of an interpolated string, from the backtick or from behind the '}'.
    void ReadInterpolated(TokenKind untilBrace, TokenKind untilEnd, ref Token token)
    {
        _offset++;
        while (true)
        {
            var b = Peek();
            switch (b)
            {
                case (byte)'`':
                    _offset++;
                    token.Kind = untilEnd;
                    return;
                case 0 or (byte)'\n' or (byte)'\r':
                    token.Kind = TokenKind.BrokenString;
                    return;
                case (byte)'\\':
                    // \u{…} holds a brace that opens nothing.
                    if (Peek(1) == 'u' && Peek(2) == '{')
                        _offset += 3;
                    else
                        SkipEscape();
                    break;
                case (byte)'{':
                    OpenBrace(isInterpolation: true);
                    if (Peek(1) == '{')
                    {
                        token.Kind = TokenKind.DoubleBrace;
                        _offset += 2;
                        return;
                    }

                    _offset++;
                    token.Kind = untilBrace;
                    return;
                default:
                    _offset++;
                    break;
            }
        }
    }

    /// <summary>True inside the braces of an interpolated string, at the end of the last token.</summary>
    public bool IsInBraces => _braceCount > 0;

    void OpenBrace(bool isInterpolation)
    {
        if (_braceCount == 0 && !isInterpolation)
            return;
        if (_braceCount == _braces.Length)
            Array.Resize(ref _braces, _braceCount * 2);
        _braces[_braceCount++] = isInterpolation;
    }

    void ReadCloseBrace(ref Token token)
    {
        if (_braceCount > 0 && _braces[--_braceCount])
            ReadInterpolated(TokenKind.InterpolatedMiddle, TokenKind.InterpolatedEnd, ref token);
        else
            Single(TokenKind.RightBrace, ref token);
    }

    void ReadOpenBracket(ref Token token)
    {
        var level = LongBracketLevel('[');
        if (level == NoBracket)
        {
            Single(TokenKind.LeftBracket, ref token);
        }
        else if (level < 0)
        {
            // An opening bracket with equal signs but no second bracket.
            _offset += -level;
            token.Kind = TokenKind.BrokenString;
        }
        else
        {
            token.Kind = SkipLongBracket(level) ? TokenKind.LongString : TokenKind.BrokenString;
        }
    }

    const int NoBracket = -1;

    // At a bracket: the number of equal signs when a second bracket follows them; otherwise minus that number minus one.
    int LongBracketLevel(char bracket)
    {
        var level = 0;
        while (Peek(1 + level) == '=')
            level++;
        return Peek(1 + level) == bracket ? level : -level - 1;
    }

    bool SkipLongBracket(int level)
    {
        _offset += level + 2;
        while (true)
        {
            var rest = _bytes.AsSpan(_offset, _end - _offset);
            var length = rest.IndexOfAny((byte)']', (byte)'\n');
            if (length < 0)
            {
                _offset = _end;
                return false;
            }

            _offset += length;
            if (_bytes[_offset] == '\n')
            {
                NewLine();
                _offset++;
            }
            else if (LongBracketLevel(']') is var found && found == level)
            {
                _offset += level + 2;
                return true;
            }
            else
            {
                // Equal signs passed once are not looked at again: a long run must not cost its square.
                _offset += found >= 0 ? found + 1 : -found;
            }
        }
    }
}
