using System.Globalization;
using System.Text;

namespace GameServer.Toml;

/// <content>The four kinds of strings.</content>
sealed partial class TomlParser
{
    bool TryParseString(out string text)
    {
        if (StartsWith("\"\"\""))
            return TryParseMultiLine('"', out text);
        if (StartsWith("'''"))
            return TryParseMultiLine('\'', out text);
        return Current == '"' ? TryParseBasicString(out text) : TryParseLiteralString(out text);
    }

    bool TryParseLiteralString(out string text)
    {
        text = "";
        TomlPosition start = Here;
        int from = ++_at;
        for (; !AtEnd && Current is not ('\n' or '\r'); _at++)
        {
            if (Current == '\'')
            {
                text = _text[from.._at++];
                return true;
            }
            if (!IsTextCharacter(Current))
                return Fail($"a string cannot hold {Found()}");
        }
        return Fail(start, "this string has no closing quote on its line");
    }

    bool TryParseBasicString(out string text)
    {
        text = "";
        TomlPosition start = Here;
        _at++;
        StringBuilder built = new();
        while (!AtEnd && Current is not ('\n' or '\r'))
        {
            char c = Current;
            if (c == '"')
            {
                _at++;
                text = built.ToString();
                return true;
            }
            if (c == '\\')
            {
                if (!TryParseEscape(built))
                    return false;
                continue;
            }
            if (!IsTextCharacter(c))
                return Fail($"a string cannot hold {Found()}; write it as an escape");
            built.Append(c);
            _at++;
        }
        return Fail(start, "this string has no closing quote on its line");
    }

    bool TryParseMultiLine(char quote, out string text)
    {
        text = "";
        TomlPosition start = Here;
        _at += 3;
        // A line end right behind the opening quotes is not part of the text.
        TryTakeNewline();
        StringBuilder built = new();
        while (!AtEnd)
        {
            char c = Current;
            if (c == quote && StartsWith(quote == '"' ? "\"\"\"" : "'''"))
            {
                // Up to two more quotes belong to the text.
                _at += 3;
                for (int extra = 0; extra < 2 && Current == quote; extra++, _at++)
                    built.Append(quote);
                text = built.ToString();
                return true;
            }
            if (c == '\\' && quote == '"')
            {
                if (!TrySkipLineEndingBackslash() && !TryParseEscape(built))
                    return false;
            }
            else if (TryTakeNewline())
            {
                built.Append('\n');
            }
            else if (IsTextCharacter(c))
            {
                built.Append(c);
                _at++;
            }
            else
            {
                return Fail($"a string cannot hold {Found()}");
            }
        }
        return Fail(start, $"this string has no closing {new string(quote, 3)}");
    }

    // A backslash that ends its line swallows all white space up to the next visible character.
    bool TrySkipLineEndingBackslash()
    {
        int at = _at + 1;
        while (at < _text.Length && _text[at] is ' ' or '\t')
            at++;
        if (at >= _text.Length || !(_text[at] == '\n' || (_text[at] == '\r' && at + 1 < _text.Length && _text[at + 1] == '\n')))
            return false;
        _at = at;
        while (TryTakeNewline())
            SkipBlanks();
        return true;
    }

    bool TryParseEscape(StringBuilder built)
    {
        char kind = _at + 1 < _text.Length ? _text[_at + 1] : End;
        if (kind is 'u' or 'U')
            return TryParseUnicodeEscape(built, digits: kind == 'u' ? 4 : 8);
        char meaning = kind switch
        {
            'b' => '\b',
            't' => '\t',
            'n' => '\n',
            'f' => '\f',
            'r' => '\r',
            '"' => '"',
            '\\' => '\\',
            _ => End,
        };
        if (meaning == End)
            return Fail(@"unknown escape; allowed are \b \t \n \f \r \"" \\ \uXXXX \UXXXXXXXX (a path is easier in 'single quotes')");
        built.Append(meaning);
        _at += 2;
        return true;
    }

    bool TryParseUnicodeEscape(StringBuilder built, int digits)
    {
        int from = _at + 2;
        if (from + digits > _text.Length
            || !AreDigits(_text.AsSpan(from, digits), 16) || _text.AsSpan(from, digits).Contains('_')
            || !uint.TryParse(_text.AsSpan(from, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint code)
            || !Rune.TryCreate(code, out Rune rune))
        {
            return Fail($@"\{_text[_at + 1]} needs {digits} hexadecimal digits that name a Unicode character");
        }
        built.Append(rune.ToString());
        _at = from + digits;
        return true;
    }
}
