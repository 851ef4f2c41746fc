namespace GameServer.Toml;

/// <content>Values in general, arrays and inline tables.</content>
sealed partial class TomlParser
{
    // `owner` and `name` say where the value will stand, so that tables know their full name; `depth` counts what is around it.
    bool TryParseValue(TomlTable owner, string name, int depth, out TomlValue? value)
    {
        value = null;
        TomlPosition start = Here;
        if (depth > TomlReader.DepthMax)
            return Fail(start, $"nested deeper than {TomlReader.DepthMax} levels");
        switch (Current)
        {
            case '"':
            case '\'':
                if (!TryParseString(out string text))
                    return false;
                value = new TomlString(text, start);
                return true;
            case '[':
                return TryParseArray(owner, name, depth, out value);
            case '{':
                return TryParseInlineTable(owner, name, depth, out value);
            default:
                return TryParseScalar(start, out value);
        }
    }

    bool TryParseArray(TomlTable owner, string name, int depth, out TomlValue? value)
    {
        TomlArray array = new(Here, ofTables: false);
        value = array;
        _at++;
        while (true)
        {
            if (!TrySkipBlankLines())
                return false;
            if (Current == ']')
                break;
            if (AtEnd)
                return Fail(array.Position, "this array has no closing ']'");
            if (!TryParseValue(owner, $"{name}[{array.Items.Count}]", depth + 1, out TomlValue? item))
                return false;
            array.Add(item!);
            if (!TrySkipBlankLines())
                return false;
            if (Current == ',')
                _at++;
            else if (Current != ']')
                return AtEnd ? Fail(array.Position, "this array has no closing ']'") : Fail($"expected ',' or ']' in the array, found {Found()}");
        }
        _at++;
        return true;
    }

    // Blanks, comments and line ends, which are free inside arrays.
    bool TrySkipBlankLines()
    {
        while (true)
        {
            SkipBlanks();
            if (Current == '#' && !TrySkipComment())
                return false;
            if (!TryTakeNewline())
                return true;
        }
    }

    bool TryParseInlineTable(TomlTable owner, string name, int depth, out TomlValue? value)
    {
        // Dotted keys may add while the braces are open; the origin closes the table when they do.
        TomlTable table = new(owner, name, TomlTableOrigin.Header, Here);
        value = table;
        _at++;
        SkipBlanks();
        if (Current != '}')
        {
            while (true)
            {
                SkipBlanks();
                if (!TryParseInlineKeyValue(table, depth))
                    return false;
                SkipBlanks();
                if (Current == '}')
                    break;
                if (Current != ',')
                    return Fail(AtEnd || Current is '\n' or '\r'
                        ? "an inline table must end with '}' on the line where it begins"
                        : $"expected ',' or '}}' in the inline table, found {Found()}");
                _at++;
            }
        }
        _at++;
        table.Origin = TomlTableOrigin.Inline;
        return true;
    }

    bool TryParseInlineKeyValue(TomlTable table, int depth)
    {
        if (depth + 1 > TomlReader.DepthMax)
            return Fail($"nested deeper than {TomlReader.DepthMax} levels");
        return TryParseKeyValue(table);
    }

    // Everything without quotes or brackets: the longest run of its characters is taken first, then recognised.
    bool TryParseScalar(TomlPosition start, out TomlValue? value)
    {
        value = null;
        int from = _at;
        while (IsScalarCharacter(Current))
            _at++;
        // A date and a time may be joined by one blank.
        if (_at - from == 10 && _text[from + 4] == '-' && Current == ' ' && _at + 3 < _text.Length
            && char.IsAsciiDigit(_text[_at + 1]) && char.IsAsciiDigit(_text[_at + 2]) && _text[_at + 3] == ':')
        {
            _at++;
            while (IsScalarCharacter(Current))
                _at++;
        }
        ReadOnlySpan<char> token = _text.AsSpan(from, _at - from);
        if (token.IsEmpty)
            return Fail(start, $"expected a value, found {Found()}");
        if (token is "true" or "false")
        {
            value = new TomlBoolean(token is "true", start);
            return true;
        }
        return LooksLikeDateTime(token) ? TryParseDateTime(token, start, out value) : TryParseNumber(token, start, out value);
    }

    static bool IsScalarCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '_' or '.' or ':';

    static string QuoteToken(ReadOnlySpan<char> token) => Quote(token.Length <= 81 ? token.ToString() : token[..81].ToString());
}
