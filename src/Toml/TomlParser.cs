namespace GameServer.Toml;

/// <summary>
/// One run over one text: the document, its headers and its key-value lines. Values are in the other parts of this class.
/// Every <c>Try…</c> method leaves the position behind what it took, or has recorded an error and returned false.
/// </summary>
sealed partial class TomlParser
{
    const char End = '\0';

    readonly string _text;
    readonly List<TomlError> _errors = [];
    readonly List<TomlKey> _path = [];
    int _at;
    int _line = 1;
    int _lineStart;

    public TomlParser(string text) => _text = text;

    // One part of a dotted key.
    readonly record struct TomlKey(string Name, TomlPosition Position);

    TomlPosition Here => new(_line, _at - _lineStart + 1);

    // The character at the position; End also stands for a NUL in the text, which is valid nowhere.
    char Current => _at < _text.Length ? _text[_at] : End;

    bool AtEnd => _at >= _text.Length;

    public TomlDocument ParseDocument()
    {
        TomlTable root = new(null, "", TomlTableOrigin.Header, new TomlPosition(1, 1));
        TomlTable section = root;
        while (!AtEnd && _errors.Count < TomlReader.ErrorsMax)
        {
            SkipBlanks();
            bool understood = true;
            if (Current == '[')
            {
                understood = TryParseHeader(root, out TomlTable? opened);
                // Keys under a refused header must not land in the section above it.
                section = opened ?? new TomlTable(null, "", TomlTableOrigin.Header, Here);
            }
            else if (!AtEnd && Current is not ('#' or '\n' or '\r'))
            {
                understood = TryParseKeyValue(section);
            }
            if (!(understood && TryEndLine()))
                SkipToNextStatement();
        }
        return new TomlDocument(root, _errors);
    }

    bool Fail(TomlPosition position, string message)
    {
        _errors.Add(new TomlError(position, message));
        return false;
    }

    bool Fail(string message) => Fail(Here, message);

    // What stands at the position, for messages.
    string Found()
    {
        if (AtEnd)
            return "the end of the file";
        char c = _text[_at];
        return c switch
        {
            '\n' or '\r' => "the end of the line",
            < ' ' or '\u007F' => $"the control character U+{(int)c:X4}",
            _ when char.IsHighSurrogate(c) && _at + 1 < _text.Length => $"'{_text.AsSpan(_at, 2)}'",
            _ => $"'{c}'",
        };
    }

    // Keys come from the file and may be long; a message need not be.
    static string Quote(string key) => key.Length <= 80 ? $"'{key}'" : $"'{key.AsSpan(0, 80)}…'";

    void SkipBlanks()
    {
        while (Current is ' ' or '\t')
            _at++;
    }

    void NextLine()
    {
        _at++;
        _line++;
        _lineStart = _at;
    }

    // Takes blanks, a comment and the end of the line.
    bool TryEndLine()
    {
        SkipBlanks();
        if (Current == '#' && !TrySkipComment())
            return false;
        return AtEnd || TryTakeNewline() || Fail($"expected the end of the line, found {Found()}");
    }

    bool TryTakeNewline()
    {
        if (Current == '\r' && _at + 1 < _text.Length && _text[_at + 1] == '\n')
            _at++;
        if (Current != '\n')
            return false;
        NextLine();
        return true;
    }

    bool TrySkipComment()
    {
        for (; !AtEnd; _at++)
        {
            char c = _text[_at];
            if (c == '\n' || (c == '\r' && _at + 1 < _text.Length && _text[_at + 1] == '\n'))
                return true;
            if (!IsTextCharacter(c))
                return Fail($"a comment cannot hold {Found()}");
        }
        return true;
    }

    // Characters allowed in comments and strings; lone surrogates can only come from a text that was never UTF-8.
    bool IsTextCharacter(char c)
    {
        if (c is '\t' or (>= ' ' and < '\u007F') or (>= '\u0080' and < '\uD800') or > '\uDFFF')
            return true;
        return char.IsHighSurrogate(c)
            ? _at + 1 < _text.Length && char.IsLowSurrogate(_text[_at + 1])
            : char.IsLowSurrogate(c) && _at > 0 && char.IsHighSurrogate(_text[_at - 1]);
    }

    // After an error: the next line that begins like a header or a key. Lines inside a broken array seldom do.
    void SkipToNextStatement()
    {
        while (!AtEnd)
        {
            int newline = _text.IndexOf('\n', _at);
            if (newline < 0)
            {
                _at = _text.Length;
                return;
            }
            _at = newline;
            NextLine();
            if (LooksLikeStatement())
                return;
        }
    }

    bool LooksLikeStatement()
    {
        int at = _at;
        while (at < _text.Length && _text[at] is ' ' or '\t')
            at++;
        int brackets = 0;
        for (; at < _text.Length && _text[at] == '['; at++)
            brackets++;
        int nameStart = at;
        while (at < _text.Length && (IsBareKeyCharacter(_text[at]) || _text[at] is '.' or '"' or '\'' or ' ' or '\t'))
            at++;
        if (at == nameStart || brackets == 0)
            return at > nameStart && at < _text.Length && _text[at] == '=';
        // A header, perhaps without its closing bracket; an array's line would go on with a comma.
        while (at < _text.Length && _text[at] is ']' or ' ' or '\t')
            at++;
        return at >= _text.Length || _text[at] is '\n' or '\r' or '#';
    }

    bool TryParseHeader(TomlTable root, out TomlTable? opened)
    {
        opened = null;
        TomlPosition start = Here;
        _at++;
        bool ofArray = Current == '[';
        if (ofArray)
            _at++;
        if (!TryParseKeyPath())
            return false;
        if (Current != ']' || (ofArray && (_at + 1 >= _text.Length || _text[_at + 1] != ']')))
            return Fail($"expected '{(ofArray ? "]]" : "]")}' after the table name, found {Found()}");
        _at += ofArray ? 2 : 1;

        TomlTable parent = root;
        foreach (TomlKey key in _path.GetRange(0, _path.Count - 1))
        {
            if (!TryStepInto(ref parent, key))
                return false;
        }
        return ofArray ? TryAppendTable(parent, _path[^1], start, out opened) : TryOpenTable(parent, _path[^1], start, out opened);
    }

    // Goes from a table to the one a header's earlier part names, making it when absent.
    bool TryStepInto(ref TomlTable table, TomlKey key)
    {
        if (!table.TryGet(key.Name, out TomlValue? value))
        {
            TomlTable made = new(table, key.Name, TomlTableOrigin.Implied, key.Position);
            table.Add(key.Name, key.Position, made);
            table = made;
            return true;
        }
        TomlTable? inner = value switch
        {
            TomlTable found when found.Origin != TomlTableOrigin.Inline => found,
            TomlArray { OfTables: true } array => (TomlTable)array.Items[^1],
            _ => null,
        };
        if (inner is null)
            return Fail(key.Position, $"{Quote(key.Name)} was given a value in line {value.Position.Line}; a header cannot add to it");
        table = inner;
        return true;
    }

    bool TryOpenTable(TomlTable parent, TomlKey key, TomlPosition start, out TomlTable? opened)
    {
        opened = null;
        if (!parent.TryGet(key.Name, out TomlValue? value))
        {
            opened = new TomlTable(parent, key.Name, TomlTableOrigin.Header, start);
            parent.Add(key.Name, key.Position, opened);
            return true;
        }
        if (value is not TomlTable { Origin: TomlTableOrigin.Implied } implied)
            return Fail(start, $"{Quote(key.Name)} was already defined in line {value.Position.Line}");
        implied.Origin = TomlTableOrigin.Header;
        opened = implied;
        return true;
    }

    bool TryAppendTable(TomlTable parent, TomlKey key, TomlPosition start, out TomlTable? opened)
    {
        opened = null;
        if (!parent.TryGet(key.Name, out TomlValue? value))
        {
            value = new TomlArray(start, ofTables: true);
            parent.Add(key.Name, key.Position, value);
        }
        if (value is not TomlArray { OfTables: true } array)
            return Fail(start, $"{Quote(key.Name)} was already defined in line {value.Position.Line} and is no array of tables");
        opened = new TomlTable(parent, $"{key.Name}[{array.Items.Count}]", TomlTableOrigin.Header, start);
        array.Add(opened);
        return true;
    }

    bool TryParseKeyValue(TomlTable section)
    {
        if (!TryParseKeyPath())
            return false;
        if (Current != '=')
            return Fail($"expected '=' after the key, found {Found()}");
        _at++;
        SkipBlanks();

        TomlTable table = section;
        foreach (TomlKey key in _path.GetRange(0, _path.Count - 1))
        {
            if (!TryStepIntoDotted(ref table, key))
                return false;
        }
        // The value may hold inline tables, which reuse the path list.
        TomlKey last = _path[^1];
        if (table.TryGet(last.Name, out TomlValue? earlier))
            return Fail(last.Position, $"{Quote(last.Name)} was already defined in line {earlier.Position.Line}");
        if (!TryParseValue(table, last.Name, table.Depth + 1, out TomlValue? value))
            return false;
        table.Add(last.Name, last.Position, value!);
        return true;
    }

    bool TryStepIntoDotted(ref TomlTable table, TomlKey key)
    {
        if (!table.TryGet(key.Name, out TomlValue? value))
        {
            TomlTable made = new(table, key.Name, TomlTableOrigin.DottedKey, key.Position);
            table.Add(key.Name, key.Position, made);
            table = made;
            return true;
        }
        if (value is not TomlTable { Origin: TomlTableOrigin.DottedKey } dotted)
            return Fail(key.Position, $"{Quote(key.Name)} was already defined in line {value.Position.Line}; a dotted key cannot add to it");
        table = dotted;
        return true;
    }

    // Fills _path with the parts of a dotted key and takes the blanks behind it.
    bool TryParseKeyPath()
    {
        _path.Clear();
        while (true)
        {
            SkipBlanks();
            TomlPosition position = Here;
            if (!TryParseSimpleKey(out string name))
                return false;
            _path.Add(new TomlKey(name, position));
            if (_path.Count > TomlReader.DepthMax)
                return Fail(position, $"a key has at most {TomlReader.DepthMax} parts");
            SkipBlanks();
            if (Current != '.')
                return true;
            _at++;
        }
    }

    bool TryParseSimpleKey(out string name)
    {
        name = "";
        if (Current == '"')
            return !StartsWith("\"\"\"") ? TryParseBasicString(out name) : Fail("a key cannot be a multi-line string");
        if (Current == '\'')
            return !StartsWith("'''") ? TryParseLiteralString(out name) : Fail("a key cannot be a multi-line string");
        int start = _at;
        while (IsBareKeyCharacter(Current))
            _at++;
        name = _text[start.._at];
        return name.Length > 0 || Fail($"expected a key, found {Found()}");
    }

    bool StartsWith(string quote) => string.CompareOrdinal(_text, _at, quote, 0, quote.Length) == 0;

    static bool IsBareKeyCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
