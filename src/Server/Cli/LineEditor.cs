using System.Text;

namespace GameServer.Server.Cli;

/// <summary>
/// Edits one line on a terminal: cursor keys, history in memory, completion with Tab. Only carriage returns move the cursor back, so any terminal will do;
/// a line that is wider than the terminal scrolls sideways.
/// </summary>
sealed class LineEditor : ILineSource
{
    /// <summary>Lines remembered; the oldest goes first.</summary>
    public const int HistoryMax = 500;

    const int NamesShownMax = 60;

    readonly Func<ConsoleKeyInfo> _readKey;
    readonly TextWriter _output;
    readonly Func<int> _width;
    readonly Func<string, Completion> _complete;
    readonly List<string> _history = [];
    readonly StringBuilder _text = new();
    readonly Lock _drawing = new();
    bool _isReading;
    bool _ownsConsole;
    string _prompt = "";
    string _draft = "";
    int _cursor;
    int _scroll;
    int _drawn;
    int _shown;

    /// <param name="readKey">Waits for a key that is not echoed.</param>
    /// <param name="output">The terminal.</param>
    /// <param name="width">Columns of the terminal now.</param>
    /// <param name="complete">Completes the text before the cursor.</param>
    public LineEditor(Func<ConsoleKeyInfo> readKey, TextWriter output, Func<int> width, Func<string, Completion> complete)
    {
        _readKey = readKey;
        _output = output;
        _width = width;
        _complete = complete;
    }

    /// <summary>An editor on the process's terminal. While it reads, Ctrl+C is a key; otherwise it is the usual signal.</summary>
    public static LineEditor OfConsole(Func<string, Completion> complete) =>
        new(() => Console.ReadKey(intercept: true), Console.Out, () => Console.WindowWidth, complete) { _ownsConsole = true };

    public LineInput Read(string prompt)
    {
        lock (_drawing)
        {
            (_prompt, _draft, _cursor, _scroll, _drawn, _shown) = (prompt, "", 0, 0, 0, _history.Count);
            _text.Clear();
        }
        if (_ownsConsole)
            Console.TreatControlCAsInput = true;
        try
        {
            lock (_drawing)
            {
                _isReading = true;
                Draw();
            }
            while (true)
            {
                ConsoleKeyInfo key = _readKey();
                lock (_drawing)
                {
                    if (Handle(key) is { } end)
                        return Finish(end);
                    Draw();
                }
            }
        }
        finally
        {
            lock (_drawing)
                _isReading = false;
            if (_ownsConsole)
                Console.TreatControlCAsInput = false;
        }
    }

    /// <summary>Writes a line of something else: above the line being edited, which stays as it is. Any thread.</summary>
    public void WriteAbove(string line)
    {
        lock (_drawing)
        {
            if (!_isReading)
            {
                _output.WriteLine(line);
                return;
            }
            _output.Write($"\r{new string(' ', _prompt.Length + _drawn)}\r");
            _output.WriteLine(line);
            _drawn = 0;
            Draw();
        }
    }

    LineInput Finish(LineEnd end)
    {
        _isReading = false;
        _cursor = _text.Length;
        Draw();
        _output.WriteLine(end == LineEnd.Cancelled ? "^C" : "");
        if (end != LineEnd.Entered)
            return new LineInput(end, "");
        string line = _text.ToString();
        if (!string.IsNullOrWhiteSpace(line) && (_history.Count == 0 || _history[^1] != line))
        {
            if (_history.Count == HistoryMax)
                _history.RemoveAt(0);
            _history.Add(line);
        }
        return new LineInput(end, line);
    }

    /// <summary>Applies a key; tells the end of the line when the key is one.</summary>
    LineEnd? Handle(in ConsoleKeyInfo key)
    {
        if (key.Modifiers == ConsoleModifiers.Control)
            return HandleControl(key.Key);
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return LineEnd.Entered;
            case ConsoleKey.LeftArrow:
                _cursor = Before(_cursor);
                break;
            case ConsoleKey.RightArrow:
                _cursor = After(_cursor);
                break;
            case ConsoleKey.Home:
                _cursor = 0;
                break;
            case ConsoleKey.End:
                _cursor = _text.Length;
                break;
            case ConsoleKey.Backspace:
                Remove(Before(_cursor), _cursor);
                break;
            case ConsoleKey.Delete:
                Remove(_cursor, After(_cursor));
                break;
            case ConsoleKey.UpArrow:
                Show(_shown - 1);
                break;
            case ConsoleKey.DownArrow:
                Show(_shown + 1);
                break;
            case ConsoleKey.Tab:
                Complete();
                break;
            default:
                if (!char.IsControl(key.KeyChar))
                    Insert(key.KeyChar.ToString());
                break;
        }
        return null;
    }

    LineEnd? HandleControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.C:
                return LineEnd.Cancelled;
            case ConsoleKey.D when _text.Length == 0:
                return LineEnd.Closed;
            case ConsoleKey.D:
                Remove(_cursor, After(_cursor));
                break;
            // Some terminals send their Enter as a line feed, which is Ctrl+J, or a carriage return, Ctrl+M.
            case ConsoleKey.J or ConsoleKey.M or ConsoleKey.Enter:
                return LineEnd.Entered;
            case ConsoleKey.H or ConsoleKey.Backspace:
                Remove(Before(_cursor), _cursor);
                break;
            case ConsoleKey.A:
                _cursor = 0;
                break;
            case ConsoleKey.E:
                _cursor = _text.Length;
                break;
            case ConsoleKey.U:
                Remove(0, _cursor);
                break;
            case ConsoleKey.K:
                Remove(_cursor, _text.Length);
                break;
        }
        return null;
    }

    // Pairs of surrogates are one character to the user.
    int Before(int at) => at >= 2 && char.IsLowSurrogate(_text[at - 1]) && char.IsHighSurrogate(_text[at - 2]) ? at - 2 : Math.Max(at - 1, 0);

    int After(int at) =>
        at + 1 < _text.Length && char.IsHighSurrogate(_text[at]) && char.IsLowSurrogate(_text[at + 1]) ? at + 2 : Math.Min(at + 1, _text.Length);

    void Insert(string text)
    {
        _text.Insert(_cursor, text);
        _cursor += text.Length;
    }

    void Remove(int from, int to)
    {
        _text.Remove(from, to - from);
        _cursor = from;
    }

    /// <summary>Shows a line of the history; the one behind the last is what was being typed.</summary>
    void Show(int index)
    {
        if (index < 0 || index > _history.Count)
            return;
        if (_shown == _history.Count)
            _draft = _text.ToString();
        _shown = index;
        _text.Clear().Append(index == _history.Count ? _draft : _history[index]);
        _cursor = _text.Length;
    }

    /// <summary>Writes what all candidates share; when that is nothing new, lists them. Where no word stands, indents.</summary>
    void Complete()
    {
        string before = _text.ToString(0, _cursor);
        if (string.IsNullOrWhiteSpace(before))
        {
            Insert("    ");
            return;
        }
        (int start, IReadOnlyList<string> names) = _complete(before);
        if (names.Count == 0)
            return;
        string shared = names.Aggregate((a, b) => a[..a.AsSpan().CommonPrefixLength(b)]);
        if (shared.Length > before.Length - start)
            Insert(shared[(before.Length - start)..]);
        else if (names.Count > 1)
            List(names);
    }

    void List(IReadOnlyList<string> names)
    {
        string more = names.Count > NamesShownMax ? $"  ({names.Count - NamesShownMax} more)" : "";
        _output.WriteLine();
        _output.WriteLine(string.Join("  ", names.Take(NamesShownMax)) + more);
        _drawn = 0;
    }

    void Draw()
    {
        int columns = _width();
        int room = Math.Max((columns > 0 ? columns : 80) - _prompt.Length - 1, 10);
        _scroll = Math.Clamp(_scroll, Math.Max(_cursor - room, 0), _cursor);
        string visible = _text.ToString(_scroll, Math.Min(room, _text.Length - _scroll));
        string blank = new(' ', Math.Max(_drawn - visible.Length, 0));
        string toCursor = visible[..(_cursor - _scroll)];
        _output.Write($"\r{_prompt}{visible}{blank}\r{_prompt}{toCursor}");
        _output.Flush();
        _drawn = visible.Length;
    }
}
