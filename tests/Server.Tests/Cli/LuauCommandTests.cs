using System.Text;
using GameServer.Server.Cli;
using GameServer.Support;

namespace GameServer.Server.Tests.Cli;

public sealed class LuauCommandTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_script_runs_with_all_libraries_and_its_arguments()
    {
        (int code, string output, string error) = Run(
            """
            #!/usr/bin/env gameserver
            print("args", ...)
            print(type(loadstring), type(getfenv), type(collectgarbage), coroutine.isyieldable())
            print(loadstring("return 1 + 1")(), debug.info(1, "s"))
            print(setmetatable({}, { __tostring = function() return "custom" end }), nil, 1.5, true)
            """,
            "one",
            "two");

        Assert.Equal("", error);
        Assert.Equal(ExitCodes.Ok, code);
        Assert.Equal("args\tone\ttwo\nfunction\tfunction\tfunction\ttrue\n2\tmain.luau\ncustom\tnil\t1.5\ttrue\n", output);
    }

    [Fact]
    public void Bytes_that_are_not_utf8_come_out_as_they_went_in()
    {
        string file = Path.Combine(_folder.Path, "main.luau");
        File.WriteAllBytes(file, [.. "print(\""u8, 0xFF, 0x80, .. "\", #'\\xfe')"u8]);
        using MemoryStream output = new();

        Assert.Equal(ExitCodes.Ok, LuauScript.Run(file, new LuauScriptOptions(), output, TextWriter.Null));

        Assert.Equal([0xFF, 0x80, .. "\t1\n"u8], output.ToArray());
    }

    [Fact]
    public void An_error_shows_message_and_traceback_and_ends_with_1()
    {
        (int code, string output, string error) = Run("print('before')\nlocal function f()\n\terror('boom')\nend\nf()");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Equal("before\n", output);
        Assert.StartsWith("main.luau:3: boom\nstacktrace:\nmain.luau:3 function f\nmain.luau:5", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("local x = = 1", "main.luau:1: ")]
    [InlineData("error({})", "(error object is a table")]
    [InlineData("coroutine.yield()", "yielded")]
    [InlineData("require('nope')", "require path must start with a valid prefix: ./, ../, or @")]
    [InlineData("require('./nope')", "error requiring module \"./nope\": could not resolve child component \"nope\"")]
    [InlineData("print(setmetatable({}, { __tostring = function() return {} end }))", "must return a string")]
    public void Other_failures_end_with_1_too(string source, string message)
    {
        (int code, _, string error) = Run(source);

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_missing_ends_with_1()
    {
        using StringWriter error = new();
        Assert.Equal(ExitCodes.Failed, LuauScript.Run(Path.Combine(_folder.Path, "none.luau"), new LuauScriptOptions(), Stream.Null, error));
        Assert.Contains("none.luau", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_limit_kills_the_script_whatever_it_catches()
    {
        (int code, _, string error) = Run(new LuauScriptOptions { Timeout = TimeSpan.FromMilliseconds(200) }, "while true do pcall(function() while true do end end) end");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("timed out", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_time_limit_counts_while_compiling_too()
    {
        string endless = "return {" + string.Concat(Enumerable.Repeat("{1,2,3,a=4},", 900_000)) + "}";
        (int code, _, string error) = Run(new LuauScriptOptions { Timeout = TimeSpan.FromMilliseconds(10) }, endless);

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("timed out", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_memory_limit_is_an_error_that_can_be_caught()
    {
        (int code, string output, string error) = Run(
            new LuauScriptOptions { MemoryBytesMax = 8 << 20 },
            "print(pcall(function() local t = {} for i = 1, 1e7 do t[i] = {} end end))");

        Assert.True(code == ExitCodes.Ok, error);
        Assert.Equal("false\tnot enough memory\n", output);
    }

    [Fact]
    public void Modules_are_found_relative_to_the_file_that_asks_and_run_once()
    {
        _folder.Write("lib/init.luau", "print('lib runs') local part = require('@self/part') return { name = 'lib', part = part }");
        _folder.Write("lib/part.luau", "return require('../other')");
        _folder.Write("other.luau", "return 'other'");
        _folder.Write(".luaurc", "{ // aliases\n \"aliases\": { \"stuff\": \"./lib\", \"again\": \"@stuff\", }, }");

        (int code, string output, string error) = Run(
            """
            local a, b, c = require("./lib"), require("@stuff"), require("@AGAIN")
            print(a == b, b == c, a.name, a.part, rawequal(require("./lib/part"), "other"))
            """);

        Assert.True(code == ExitCodes.Ok, error);
        Assert.Equal("lib runs\ntrue\ttrue\tlib\tother\ttrue\n", output);
    }

    [Fact]
    public void Aliases_may_stand_in_a_luau_configuration()
    {
        _folder.Write(".config.luau", "return { luau = { aliases = { stuff = './lib' } } }");
        _folder.Write("lib/one.luau", "return 1");

        (int code, string output, string error) = Run("print(require('@stuff/one'))");

        Assert.True(code == ExitCodes.Ok, error);
        Assert.Equal("1\n", output);
    }

    [Theory]
    [InlineData("return", "module must return a single value")]
    [InlineData("return 1, 2", "module must return a single value")]
    [InlineData("coroutine.yield() return 1", "module can not yield")]
    [InlineData("error('inside')", "error while running module: m.luau:1: inside")]
    [InlineData("return require('./m')", "cyclic require")]
    [InlineData("return = 1", "m.luau:1: ")]
    public void A_module_that_fails_names_itself(string source, string message)
    {
        _folder.Write("m.luau", source);

        (int code, _, string error) = Run("require('./m')");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_names_every_broken_file_with_line_and_column()
    {
        _folder.Write("a.luau", "local x = = 1");
        _folder.Write("sub/b.luau", "\nif x then");
        _folder.Write("sub/good.luau", "return 1");
        using StringWriter error = new();

        int code = CommandLine.Run(["luau", "check", _folder.Path], TextWriter.Null, error);

        Assert.Equal(ExitCodes.Failed, code);
        string[] lines = error.ToString().TrimEnd().Split('\n');
        Assert.Equal(2, lines.Length);
        Assert.Matches(@"a\.luau:1:11: ", lines[0]);
        Assert.Matches(@"b\.luau:\d+:\d+: ", lines[1]);
    }

    [Fact]
    public void Dump_lists_the_bytecode()
    {
        using StringWriter output = new();

        int code = CommandLine.Run(["luau", "dump", "-O2", _folder.Write("a.luau", "return 1 + ...")], output, TextWriter.Null);

        Assert.Equal(ExitCodes.Ok, code);
        Assert.Contains("Return", output.ToString(), StringComparison.Ordinal);
    }

    (int Code, string Output, string Error) Run(string source, params string[] arguments) =>
        Run(new LuauScriptOptions { Arguments = arguments }, source);

    (int Code, string Output, string Error) Run(LuauScriptOptions options, string source)
    {
        using MemoryStream output = new();
        using StringWriter error = new();
        int code = LuauScript.Run(_folder.Write("main.luau", source), options, output, error);
        return (code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }
}
