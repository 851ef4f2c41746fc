using GameServer.Server.Cli;

namespace GameServer.Server.Tests.Cli;

public sealed class LineEditorTests
{
    readonly Queue<ConsoleKeyInfo> _keys = [];
    readonly StringWriter _screen = new() { NewLine = "\n" };
    readonly LineEditor _editor;
    int _width = 80;

    public LineEditorTests() => _editor = new LineEditor(_keys.Dequeue, _screen, () => _width, text => new Completion(
        text.LastIndexOf(' ') + 1,
        [.. new[] { "alpha", "alphabet", "beta" }.Where(name => name.StartsWith(text[(text.LastIndexOf(' ') + 1)..], StringComparison.Ordinal))]));

    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("ac<Left>b", "abc")]
    [InlineData("bc<Home>a<End>d", "abcd")]
    [InlineData("abx<Back>c", "abc")]
    [InlineData("xabc<Home><Del>", "abc")]
    [InlineData("<Back><Del><Left><Right>a", "a")]
    [InlineData("a😀<Left><Right><Back>b", "ab")]
    [InlineData("abc<^A>x<^E>y<Left><^K>", "xabc")]
    [InlineData("abc<^U>x", "x")]
    [InlineData("abc<Left><Left><^D>", "ac")]
    [InlineData("b<Tab>", "beta")]
    [InlineData("x = al<Tab>b<Tab>", "x = alphabet")]
    [InlineData("<Tab>x", "    x")]
    [InlineData("zzz<Tab>", "zzz")]
    public void Keys_edit_the_line(string keys, string line)
    {
        Type(keys + "<Enter>");
        Assert.Equal(new LineInput(LineEnd.Entered, line), _editor.Read("> "));
        Assert.Empty(_keys);
    }

    [Fact]
    public void Up_and_down_walk_the_history_and_come_back_to_what_was_typed()
    {
        Type("one<Enter>two<Enter>two<Enter> <Enter>");
        for (int i = 0; i < 4; i++)
            _editor.Read("> ");

        Type("draft<Up><Up><Up><Enter>dr<Up><Up><Down><Down><Down>!<Enter>");

        Assert.Equal("one", _editor.Read("> ").Text);
        Assert.Equal("dr!", _editor.Read("> ").Text);
    }

    [Fact]
    public void A_line_of_somebody_else_goes_above_the_one_being_edited()
    {
        _editor.WriteAbove("before");
        bool isTold = false;
        LineEditor editor = new(
            () =>
            {
                if (_keys.Count == 1 && !isTold)
                {
                    isTold = true;
                    _screen.GetStringBuilder().Clear();
                    Told!.WriteAbove("log line");
                }
                return _keys.Dequeue();
            },
            _screen, () => _width, _ => new Completion(0, []));
        Told = editor;
        Type("ab<Enter>");
        Assert.Equal("ab", editor.Read("> ").Text);
        Assert.StartsWith("\r    \rlog line\n\r> ab", _screen.ToString(), StringComparison.Ordinal);
        _screen.GetStringBuilder().Clear();
        editor.WriteAbove("after");
        Assert.Equal("after\n", _screen.ToString());
    }

    LineEditor? Told { get; set; }

    [Fact]
    public void The_history_forgets_the_oldest()
    {
        for (int i = 0; i < LineEditor.HistoryMax + 10; i++)
        {
            Type($"{i}<Enter>");
            _editor.Read("> ");
        }
        Type(string.Concat(Enumerable.Repeat("<Up>", LineEditor.HistoryMax + 10)) + "<Enter>");

        Assert.Equal("10", _editor.Read("> ").Text);
    }

    [Fact]
    public void Control_c_gives_up_the_line_and_control_d_on_an_empty_one_ends()
    {
        Type("abc<^C><^D>");

        Assert.Equal(LineEnd.Cancelled, _editor.Read("> ").End);
        Assert.Equal(LineEnd.Closed, _editor.Read("> ").End);
    }

    [Fact]
    public void Names_that_share_no_more_are_listed()
    {
        Type("alpha<Tab><Enter>");
        _editor.Read("> ");

        Assert.Contains("\nalpha  alphabet\n\r> alpha", _screen.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_wider_than_the_terminal_scrolls_sideways()
    {
        _width = 20;
        Type(string.Concat(Enumerable.Range(0, 60).Select(i => (char)('a' + i % 26))) + "<Home><Enter>");
        _editor.Read("> ");

        string[] draws = _screen.ToString().TrimEnd('\n').Split('\r');
        Assert.All(draws, draw => Assert.InRange(draw.Length, 0, 19));
        Assert.Contains("> abcdefghijklmnopq", draws[^4..]);
        Assert.Equal("> rstuvwxyzabcdefgh", draws[^1]);
    }

    void Type(string keys)
    {
        for (int i = 0; i < keys.Length; i++)
        {
            if (keys[i] != '<')
            {
                _keys.Enqueue(new ConsoleKeyInfo(keys[i], ConsoleKey.None, false, false, false));
                continue;
            }
            string name = keys[(i + 1)..keys.IndexOf('>', i)];
            i += name.Length + 1;
            _keys.Enqueue(name switch
            {
                "Left" => Key(ConsoleKey.LeftArrow),
                "Right" => Key(ConsoleKey.RightArrow),
                "Up" => Key(ConsoleKey.UpArrow),
                "Down" => Key(ConsoleKey.DownArrow),
                "Back" => Key(ConsoleKey.Backspace),
                "Del" => Key(ConsoleKey.Delete),
                ['^', char letter] => Key(Enum.Parse<ConsoleKey>(letter.ToString()), control: true),
                _ => Key(Enum.Parse<ConsoleKey>(name)),
            });
        }
    }

    static ConsoleKeyInfo Key(ConsoleKey key, bool control = false) => new('\0', key, false, false, control);
}
