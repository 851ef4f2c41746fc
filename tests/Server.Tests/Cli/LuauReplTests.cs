using GameServer.Server.Cli;
using GameServer.Support;

namespace GameServer.Server.Tests.Cli;

public sealed class LuauReplTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly StringWriter _output = new() { NewLine = "\n" };
    readonly StringWriter _error = new() { NewLine = "\n" };
    readonly LuauRepl _repl;

    public LuauReplTests() => _repl = new LuauRepl(_folder.Path, new LuauScriptOptions(), _output, _error);

    public void Dispose()
    {
        _repl.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("1 + 1", "2")]
    [InlineData("1, nil, true", "1\tnil\ttrue")]
    [InlineData("'a\\tb\"'", "\"a\\tb\\\"\"")]
    [InlineData("math.max(3, 7) -- the greater", "7")]
    [InlineData("return 5", "5")]
    [InlineData("local x = 3 return x * 2", "6")]
    [InlineData("{}", "{}")]
    [InlineData("{ 1, 'two', { 3 }, {}, name = 'n', ['a b'] = true }", "{ 1, \"two\", {…}, {}, name = \"n\", [\"a b\"] = true }")]
    [InlineData("setmetatable({}, { __tostring = function() return 'custom' end })", "custom")]
    [InlineData("setmetatable({ 1 }, { __index = {} })", "{ 1 }")]
    public void An_expression_or_a_return_shows_its_values(string input, string shown)
    {
        Assert.Equal("", Enter(input));
        Assert.Equal($"{shown}\n", _output.ToString());
    }

    [Theory]
    [InlineData("x = 1")]
    [InlineData("local y = 1")]
    [InlineData("")]
    [InlineData("-- nothing")]
    [InlineData("for i = 1, 3 do end")]
    public void A_statement_shows_nothing(string input)
    {
        Assert.Equal("", Enter(input));
        Assert.Equal("", _output.ToString());
    }

    [Fact]
    public void Print_writes_a_line()
    {
        Assert.Equal("", Enter("print('a', 1)"));
        Assert.Equal("a\t1\n", _output.ToString());
    }

    [Fact]
    public void Globals_stay_and_locals_end_with_their_input()
    {
        Enter("count = 1", "local hidden = 1", "count += 1", "count, hidden");

        Assert.Equal("2\tnil\n", _output.ToString());
    }

    [Theory]
    [InlineData("function f(a)|if a then|return a * 2|end|end|f(21)", ". >> >> >> >> . .")]
    [InlineData("{|1,|2 }|1", ". >> >> . .")]
    [InlineData("x =|42|x", ". >> . .")]
    [InlineData("x = [[one|two]]|#x", ". >> . .")]
    [InlineData("--[[ a|comment ]]|1", ". >> . .")]
    [InlineData("print(|'call')|1", ". >> . .")]
    public void An_input_that_is_not_whole_goes_on_in_the_next_line(string lines, string prompts)
    {
        Script script = new([.. lines.Split('|').Select(line => new LineInput(LineEnd.Entered, line))]);

        _repl.Run(script);

        Assert.Equal("", _error.ToString());
        Assert.Equal(prompts, string.Join(' ', script.Prompts.Select(prompt => prompt == LuauRepl.Prompt ? "." : prompt.Trim())));
    }

    [Theory]
    [InlineData("x = = 1", "stdin:1: Expected identifier when parsing expression, got '='")]
    [InlineData("1 + * 2", "stdin:1: Expected identifier when parsing expression, got '*'")]
    [InlineData("{ 1 2 }", "stdin:1: Expected '}' (to close '{' at column 1), got '2'")]
    [InlineData("print('open)", "stdin:1: Malformed string; did you forget to finish it?")]
    [InlineData("end", "got 'end'")]
    [InlineData("coroutine.yield()", "yielded")]
    [InlineData("setmetatable({}, { __tostring = function() error('in text') end })", "in text")]
    [InlineData("error({})", "(error object is a table")]
    [InlineData("require('./none')", "could not resolve")]
    public void An_error_is_shown_and_the_prompt_goes_on(string input, string message)
    {
        Assert.Contains(message, Enter(input, "'still ' .. 'here'"), StringComparison.Ordinal);
        Assert.EndsWith("\"still here\"\n", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_at_run_time_has_a_traceback()
    {
        string error = Enter("function f()", "error('boom')", "end", "f()");

        Assert.StartsWith("stdin:2: boom\nstacktrace:\nstdin:2 function f\nstdin:1", error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_still_open_at_the_end_of_all_lines_is_an_error() =>
        Assert.Contains("Expected 'end' (to close 'function' at column 1), got <eof>", Enter("function f()"), StringComparison.Ordinal);

    [Fact]
    public void Giving_up_a_line_drops_the_whole_input()
    {
        _repl.Run(new Script(
            new LineInput(LineEnd.Entered, "function f("),
            new LineInput(LineEnd.Cancelled, ""),
            new LineInput(LineEnd.Entered, "f")));

        Assert.Equal("", _error.ToString());
        Assert.Equal("nil\n", _output.ToString());
    }

    [Fact]
    public void Long_tables_and_strings_are_cut()
    {
        Enter("t = {} for i = 1, 1000 do t[i] = i end", "t", "string.rep('x', 5000)");

        string[] lines = _output.ToString().Split('\n');
        Assert.Equal(LuauValueText.FieldsMax + 5, lines.Length);
        Assert.Equal("    50,", lines[50]);
        Assert.Equal("    …", lines[51]);
        Assert.Equal($"\"{new string('x', LuauValueText.CharsMax)}\"… (5000 bytes)", lines[53]);
    }

    [Fact]
    public void Modules_are_found_relative_to_the_folder()
    {
        _folder.Write("part.luau", "return { name = 'part' }");

        Assert.Equal("", Enter("part = require('./part')", "part.name"));
        Assert.Equal("\"part\"\n", _output.ToString());
    }

    [Theory]
    [InlineData("while true do pcall(function() while true do end end) end")]
    [InlineData("setmetatable({}, { __tostring = function() while true do end end })")]
    public async Task An_endless_loop_is_stopped_and_the_prompt_goes_on(string loop)
    {
        Assert.False(_repl.Interrupt());
        Task<string> session = Task.Run(() => Enter(loop, "'still ' .. 'here'"));
        while (!_repl.Interrupt())
            await Task.Delay(1);

        string error = await session.WaitAsync(TimeSpan.FromSeconds(60));

        Assert.StartsWith("stopped\n", error, StringComparison.Ordinal);
        Assert.Equal("\"still here\"\n", _output.ToString());
        Assert.False(_repl.Interrupt());
    }

    [Theory]
    [InlineData("setme", "setmetatable")]
    [InlineData("x = mod", "mode,mods")]
    [InlineData("print(mods.", "alpha,attack,beta")]
    [InlineData("mods.al", "alpha")]
    [InlineData("mods.alpha.", "deep")]
    [InlineData("mods:a", "attack")]
    [InlineData("math.ma", "map,max")]
    [InlineData("mode:upp", "upper")]
    [InlineData("child.in", "inherited")]
    [InlineData("trap.", "own")]
    [InlineData("trap.missing.", "")]
    [InlineData("nothing.", "")]
    [InlineData("f().", "")]
    [InlineData("3.", "")]
    [InlineData("x ", "")]
    public void Globals_and_fields_are_completed_without_running_metamethods(string text, string names)
    {
        Enter(
            "mods = { alpha = { deep = 1 }, beta = 2, attack = function() end, ['not a name'] = 3, 4 }",
            "mode = 'text'",
            "child = setmetatable({}, { __index = { inherited = 1 } })",
            "trap = setmetatable({ own = 1 }, { __index = function() ran = true end, __iter = function() ran = true end })");

        Completion completion = _repl.Complete(text);

        Assert.Equal(names, string.Join(',', completion.Names));
        Assert.All(completion.Names, name => Assert.StartsWith(text[completion.Start..], name, StringComparison.Ordinal));
        Enter("ran");
        Assert.Equal("nil\n", _output.ToString());
    }

    /// <summary>Enters lines; returns what went to standard error so far.</summary>
    string Enter(params string[] lines)
    {
        _repl.Run(new PlainLines(new StringReader(string.Join('\n', lines))));
        return _error.ToString();
    }

    sealed class Script(params LineInput[] lines) : ILineSource
    {
        int _next;

        public List<string> Prompts { get; } = [];

        public LineInput Read(string prompt)
        {
            Prompts.Add(prompt);
            return _next < lines.Length ? lines[_next++] : new LineInput(LineEnd.Closed, "");
        }
    }
}
