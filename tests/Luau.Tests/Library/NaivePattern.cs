namespace GameServer.Luau.Tests.Library;

/// <summary>
/// Patterns by their description alone: the pattern becomes a list of items, and each item tries its ends in the order the manual gives, handing the rest to
/// a continuation. Slow and simple; no malformed patterns.
/// </summary>
sealed class NaivePattern
{
    /// <summary>What is left of a match: gets a position and the captures (start, length; -2 a position), gives the end or -1.</summary>
    delegate int Rest(int position, List<(int Start, int Length)> captures);

    readonly byte[] _pattern;
    readonly byte[] _subject;
    List<(int Start, int Length)> _found = [];

    public NaivePattern(byte[] pattern, byte[] subject)
    {
        _pattern = pattern;
        _subject = subject;
    }

    /// <summary>Start, end and captures of the first match.</summary>
    public (int Start, int End, List<(int Start, int Length)> Captures)? Find()
    {
        bool anchored = _pattern.Length > 0 && _pattern[0] == '^';
        for (int start = 0; start <= (anchored ? 0 : _subject.Length); start++)
        {
            int end = Match(anchored ? 1 : 0, start, [], (position, captures) =>
            {
                _found = captures;
                return position;
            });
            if (end >= 0) return (start, end, _found);
        }
        return null;
    }

    int Match(int p, int s, List<(int Start, int Length)> captures, Rest done)
    {
        if (p == _pattern.Length) return done(s, captures);
        if (_pattern[p] == '$' && p + 1 == _pattern.Length) return s == _subject.Length ? done(s, captures) : -1;
        if (_pattern[p] == '(')
        {
            if (_pattern[p + 1] == ')') return Match(p + 2, s, [.. captures, (s, -2)], done);
            return Match(p + 1, s, [.. captures, (s, -1)], done);
        }
        if (_pattern[p] == ')')
        {
            int open = captures.FindLastIndex(capture => capture.Length == -1);
            List<(int, int)> closed = [.. captures];
            closed[open] = (captures[open].Start, s - captures[open].Start);
            return Match(p + 1, s, closed, done);
        }
        if (_pattern[p] == '%' && char.IsAsciiDigit((char)_pattern[p + 1]))
        {
            (int start, int length) = captures[_pattern[p + 1] - '1'];
            bool same = length >= 0 && s + length <= _subject.Length && _subject.AsSpan(start, length).SequenceEqual(_subject.AsSpan(s, length));
            return same ? Match(p + 2, s + length, captures, done) : -1;
        }
        if (_pattern[p] == '%' && _pattern[p + 1] == 'b') return MatchBalanced(p, s, captures, done);
        if (_pattern[p] == '%' && _pattern[p + 1] == 'f')
        {
            int setEnd = ItemEnd(p + 2);
            bool before = InItem(p + 2, setEnd, s == 0 ? (byte)0 : _subject[s - 1]), after = InItem(p + 2, setEnd, s == _subject.Length ? (byte)0 : _subject[s]);
            return !before && after ? Match(setEnd, s, captures, done) : -1;
        }
        int end = ItemEnd(p);
        char suffix = end < _pattern.Length ? (char)_pattern[end] : ' ';
        int most = 0;
        while (s + most < _subject.Length && InItem(p, end, _subject[s + most])) most++;
        int[] counts = suffix switch
        {
            '*' => [.. Enumerable.Range(0, most + 1).Reverse()],
            '+' => [.. Enumerable.Range(1, most).Reverse()],
            '-' => [.. Enumerable.Range(0, most + 1)],
            '?' => most > 0 ? [1, 0] : [0],
            _ => most > 0 ? [1] : [],
        };
        int next = suffix is '*' or '+' or '-' or '?' ? end + 1 : end;
        foreach (int count in counts)
        {
            int result = Match(next, s + count, captures, done);
            if (result >= 0) return result;
        }
        return -1;
    }

    int MatchBalanced(int p, int s, List<(int Start, int Length)> captures, Rest done)
    {
        byte open = _pattern[p + 2], close = _pattern[p + 3];
        if (s == _subject.Length || _subject[s] != open) return -1;
        int depth = 1;
        for (int i = s + 1; i < _subject.Length; i++)
        {
            if (_subject[i] == close) depth--;
            else if (_subject[i] == open) depth++;
            if (depth == 0) return Match(p + 4, i + 1, captures, done);
        }
        return -1;
    }

    int ItemEnd(int p)
    {
        if (_pattern[p] == '%') return p + 2;
        if (_pattern[p] != '[') return p + 1;
        int i = p + 1;
        if (_pattern[i] == '^') i++;
        if (_pattern[i] == ']') i++;
        while (_pattern[i] != ']') i += _pattern[i] == '%' ? 2 : 1;
        return i + 1;
    }

    bool InItem(int p, int end, byte c)
    {
        if (_pattern[p] == '.') return true;
        if (_pattern[p] == '%') return InClass((char)_pattern[p + 1], (char)c);
        if (_pattern[p] != '[') return _pattern[p] == c;
        int i = p + 1;
        bool negated = _pattern[i] == '^';
        if (negated) i++;
        bool found = false;
        while (i < end - 1)
        {
            if (_pattern[i] == '%')
            {
                found |= InClass((char)_pattern[i + 1], (char)c);
                i += 2;
            }
            else if (i + 2 < end - 1 && _pattern[i + 1] == '-')
            {
                found |= _pattern[i] <= c && c <= _pattern[i + 2];
                i += 3;
            }
            else
            {
                found |= _pattern[i++] == c;
            }
        }
        return found != negated;
    }

    static bool InClass(char letter, char c)
    {
        bool ascii = c < 128;
        bool? inside = char.ToLowerInvariant(letter) switch
        {
            'a' => ascii && char.IsAsciiLetter(c),
            'c' => ascii && char.IsControl(c),
            'd' => char.IsAsciiDigit(c),
            'g' => c is > ' ' and < '\x7f',
            'l' => char.IsAsciiLetterLower(c),
            'p' => c is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(c),
            's' => c is ' ' or (>= '\t' and <= '\r'),
            'u' => char.IsAsciiLetterUpper(c),
            'w' => char.IsAsciiLetterOrDigit(c),
            'x' => char.IsAsciiHexDigit(c),
            'z' => c == 0,
            _ => null,
        };
        return inside is { } known ? known == char.IsAsciiLetterLower(letter) : letter == c;
    }
}
