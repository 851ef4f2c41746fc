using System.Runtime.CompilerServices;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Library;

// Backtracking as in the manual's description of patterns: one method walks the pattern and recurses only where there is a choice (a repetition) or
// something to undo (a capture). The recursion is bounded at 200, so it needs little CLR stack. Work is counted in steps, long sets and
// back references count by their length, and the interrupt is polled every few thousand.

/// <summary>One match of a pattern against a subject (specification 13, string).</summary>
ref struct LuauPattern
{
    const int DepthMax = 200;
    const int CapturesMax = 32;
    const int PollSteps = 4096;
    const byte Escape = (byte)'%';
    const int NoMatch = -1;
    const int Unfinished = -1, PositionCapture = -2;

    readonly ReadOnlySpan<byte> _subject;
    readonly ReadOnlySpan<byte> _pattern;
    readonly LuauHeap _heap;
    readonly CallContext _call;
    Captures _captures;
    int _level;
    int _depthLeft;
    int _stepsLeft;

    struct Capture
    {
        public int Start;
        public int Length;
    }

    [InlineArray(CapturesMax)]
    struct Captures
    {
        Capture _first;
    }

    /// <summary>Prepares matching <paramref name="pattern"/> (without its anchor) against <paramref name="subject"/>; errors get the position
    /// of the caller of <paramref name="call"/>.</summary>
    public LuauPattern(CallContext call, ReadOnlySpan<byte> subject, ReadOnlySpan<byte> pattern)
    {
        _call = call;
        _heap = call.Heap;
        _subject = subject;
        _pattern = pattern;
        _stepsLeft = PollSteps;
    }

    /// <summary>Captures of the last match, the whole match not counted.</summary>
    public readonly int CaptureCount => _level;

    /// <summary>Tries to match at exactly <paramref name="start"/>.</summary>
    /// <returns>End of the match, or -1.</returns>
    public int MatchAt(int start)
    {
        _level = 0;
        _depthLeft = DepthMax;
        return Match(start, 0);
    }

    /// <summary>A capture of the last match as value; capture 0 of a pattern without captures is the whole match.</summary>
    public readonly LuauValue CaptureValue(int index, int start, int end)
    {
        if (index >= _level)
        {
            if (index != 0) throw _call.Error("invalid capture index");
            return _heap.NewString(_subject[start..end]);
        }
        Capture capture = _captures[index];
        if (capture.Length == PositionCapture) return capture.Start + 1.0;
        if (capture.Length == Unfinished) throw _call.Error("unfinished capture");
        return _heap.NewString(_subject.Slice(capture.Start, capture.Length));
    }

    /// <summary>Checks that the memory limit has room for all captures together: while they are made, none of them is reachable yet.</summary>
    public readonly void EnsureRoomForCaptures(int start, int end)
    {
        long bytes = HeapSizes.String(end - start);
        for (int i = 0; i < _level; i++) bytes += HeapSizes.String(Math.Max(0, _captures[i].Length));
        _heap.EnsureRoom(bytes);
    }

    /// <summary>Appends the text of a match.</summary>
    public readonly void AppendWhole(int start, int end, ref ByteBuilder result) => result.Append(_subject[start..end]);

    /// <summary>As <see cref="CaptureValue"/>, but appends the text.</summary>
    public readonly void AppendCapture(int index, int start, int end, ref ByteBuilder result)
    {
        if (index >= _level)
        {
            if (index != 0) throw _call.Error("invalid capture index");
            result.Append(_subject[start..end]);
            return;
        }
        Capture capture = _captures[index];
        if (capture.Length == Unfinished) throw _call.Error("unfinished capture");
        if (capture.Length == PositionCapture) result.Append(capture.Start + 1.0);
        else result.Append(_subject.Slice(capture.Start, capture.Length));
    }

    void Steps(int count)
    {
        if ((_stepsLeft -= count) > 0) return;
        _stepsLeft = PollSteps;
        _heap.Poll();
    }

    // Positions: s in the subject, p in the pattern. A method that matches returns the end of the match or NoMatch.

    int Match(int s, int p)
    {
        if (_depthLeft-- == 0) throw _call.Error("pattern too complex");
        int end = MatchHere(s, p);
        _depthLeft++;
        return end;
    }

    int MatchHere(int s, int p)
    {
        while (p < _pattern.Length)
        {
            Steps(1);
            switch (_pattern[p])
            {
                case (byte)'(':
                    return p + 1 < _pattern.Length && _pattern[p + 1] == ')'
                        ? StartCapture(s, p + 2, PositionCapture)
                        : StartCapture(s, p + 1, Unfinished);
                case (byte)')':
                    return EndCapture(s, p + 1);
                case (byte)'$' when p + 1 == _pattern.Length:
                    return s == _subject.Length ? s : NoMatch;
                case Escape when p + 1 < _pattern.Length:
                    switch (_pattern[p + 1])
                    {
                        case (byte)'b':
                            s = MatchBalance(s, p + 2);
                            if (s == NoMatch) return NoMatch;
                            p += 4;
                            continue;
                        case (byte)'f':
                            p += 2;
                            if (p >= _pattern.Length || _pattern[p] != '[') throw _call.Error("missing '[' after '%f' in pattern");
                            int setEnd = ClassEnd(p);
                            byte previous = s == 0 ? (byte)0 : _subject[s - 1];
                            byte current = s < _subject.Length ? _subject[s] : (byte)0;
                            if (MatchSet(previous, p, setEnd - 1) || !MatchSet(current, p, setEnd - 1)) return NoMatch;
                            p = setEnd;
                            continue;
                        case >= (byte)'0' and <= (byte)'9':
                            s = MatchBackReference(s, _pattern[p + 1]);
                            if (s == NoMatch) return NoMatch;
                            p += 2;
                            continue;
                    }
                    break;
            }

            int end = ClassEnd(p);
            byte suffix = end < _pattern.Length ? _pattern[end] : (byte)0;
            if (!MatchSingle(s, p, end))
            {
                // Zero repetitions are fine: go on behind the suffix without recursion.
                if (suffix is not ((byte)'*' or (byte)'?' or (byte)'-')) return NoMatch;
                p = end + 1;
                continue;
            }
            switch (suffix)
            {
                case (byte)'?':
                    int rest = Match(s + 1, end + 1);
                    if (rest != NoMatch) return rest;
                    p = end + 1;
                    continue;
                case (byte)'+':
                    return MaxExpand(s + 1, p, end);
                case (byte)'*':
                    return MaxExpand(s, p, end);
                case (byte)'-':
                    return MinExpand(s, p, end);
                default:
                    s++;
                    p = end;
                    continue;
            }
        }
        return s;
    }

    int MaxExpand(int s, int p, int end)
    {
        int count = 0;
        while (MatchSingle(s + count, p, end))
        {
            count++;
            Steps(1);
        }
        for (; count >= 0; count--)
        {
            int result = Match(s + count, end + 1);
            if (result != NoMatch) return result;
            Steps(1);
        }
        return NoMatch;
    }

    int MinExpand(int s, int p, int end)
    {
        for (; ; s++)
        {
            int result = Match(s, end + 1);
            if (result != NoMatch) return result;
            if (!MatchSingle(s, p, end)) return NoMatch;
            Steps(1);
        }
    }

    int StartCapture(int s, int p, int kind)
    {
        if (_level >= CapturesMax) throw _call.Error("too many captures");
        _captures[_level] = new Capture { Start = s, Length = kind };
        _level++;
        int result = Match(s, p);
        if (result == NoMatch) _level--;
        return result;
    }

    int EndCapture(int s, int p)
    {
        int index = _level - 1;
        while (index >= 0 && _captures[index].Length != Unfinished) index--;
        if (index < 0) throw _call.Error("invalid pattern capture");
        _captures[index].Length = s - _captures[index].Start;
        int result = Match(s, p);
        if (result == NoMatch) _captures[index].Length = Unfinished;
        return result;
    }

    int MatchBalance(int s, int p)
    {
        if (p + 1 >= _pattern.Length) throw _call.Error("malformed pattern (missing arguments to '%b')");
        byte open = _pattern[p], close = _pattern[p + 1];
        if (s >= _subject.Length || _subject[s] != open) return NoMatch;
        int depth = 1;
        for (int i = s + 1; i < _subject.Length; i++)
        {
            Steps(1);
            byte c = _subject[i];
            if (c == close)
            {
                if (--depth == 0) return i + 1;
            }
            else if (c == open)
            {
                depth++;
            }
        }
        return NoMatch;
    }

    int MatchBackReference(int s, byte digit)
    {
        int index = digit - '1';
        if (index < 0 || index >= _level || _captures[index].Length == Unfinished) throw _call.Error($"invalid capture index %{index + 1}");
        Capture capture = _captures[index];
        // A position capture has no text; upstream compares its marker as a length that never fits.
        if (capture.Length < 0 || _subject.Length - s < capture.Length) return NoMatch;
        Steps(capture.Length / 32);
        return _subject.Slice(s, capture.Length).SequenceEqual(_subject.Slice(capture.Start, capture.Length)) ? s + capture.Length : NoMatch;
    }

    /// <summary>End of the single-byte item at <paramref name="p"/>.</summary>
    int ClassEnd(int p)
    {
        byte c = _pattern[p++];
        if (c == Escape)
        {
            if (p == _pattern.Length) throw _call.Error("malformed pattern (ends with '%')");
            return p + 1;
        }
        if (c != '[') return p;
        int start = p;
        if (p < _pattern.Length && _pattern[p] == '^') p++;
        // A ']' in first place stands for itself, hence the body runs before the test.
        do
        {
            if (p == _pattern.Length) throw _call.Error("malformed pattern (missing ']')");
            if (_pattern[p++] == Escape)
            {
                if (p >= _pattern.Length) throw _call.Error("malformed pattern (missing ']')");
                p++;
            }
        }
        while (p >= _pattern.Length || _pattern[p] != ']');
        Steps((p - start) / 8);
        return p + 1;
    }

    bool MatchSingle(int s, int p, int end)
    {
        if (s >= _subject.Length) return false;
        byte c = _subject[s];
        return _pattern[p] switch
        {
            (byte)'.' => true,
            Escape => CharClasses.Matches(c, _pattern[p + 1]),
            (byte)'[' => MatchSet(c, p, end - 1),
            byte literal => literal == c,
        };
    }

    /// <summary>Whether the set at <paramref name="p"/>, whose closing bracket is at <paramref name="last"/>, contains <paramref name="c"/>.</summary>
    bool MatchSet(byte c, int p, int last)
    {
        Steps((last - p) / 4);
        bool found = true;
        if (_pattern[p + 1] == '^')
        {
            found = false;
            p++;
        }
        while (++p < last)
        {
            if (_pattern[p] == Escape)
            {
                p++;
                if (CharClasses.Matches(c, _pattern[p])) return found;
            }
            else if (_pattern[p + 1] == '-' && p + 2 < last)
            {
                p += 2;
                if (_pattern[p - 2] <= c && c <= _pattern[p]) return found;
            }
            else if (_pattern[p] == c)
            {
                return found;
            }
        }
        return !found;
    }
}
