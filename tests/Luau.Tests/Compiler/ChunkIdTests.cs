using System.Text;
using GameServer.Luau.Bytecode;
using GameServer.Luau.Compiler;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Tests.Compiler;

public class ChunkIdTests
{
    [Theory]
    [InlineData("=stdin", "stdin")]
    [InlineData("=", "")]
    [InlineData("@mods/hello/init.luau", "mods/hello/init.luau")]
    [InlineData("return 1", "[string \"return 1\"]")]
    [InlineData("", "[string \"\"]")]
    [InlineData("first\nsecond", "[string \"first...\"]")]
    [InlineData("\nsecond", "[string \"...\"]")]
    public void An_id_follows_from_the_name(string name, string id) => Assert.Equal(id, ChunkInfo.FromName(name).ChunkId.ToString());

    [Fact]
    public void Long_names_are_cut_to_255_bytes()
    {
        string text = string.Concat(Enumerable.Range(0, 100).Select(i => $"{i:D3}/"));

        Assert.Equal(text[..255], ChunkInfo.FromName("=" + text).ChunkId.ToString());
        Assert.Equal("..." + text[^252..], ChunkInfo.FromName("@" + text).ChunkId.ToString());
        Assert.Equal(255, ChunkInfo.FromName(text).ChunkId.Length);
        Assert.EndsWith("...\"]", ChunkInfo.FromName(text).ChunkId.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_are_bytes()
    {
        byte[] name = [(byte)'=', 0xff, 0x00, 0xfe];

        Assert.Equal(name[1..], ChunkInfo.FromName(name).ChunkId.Span.ToArray());
        Assert.Equal(name, ChunkInfo.FromName(name).Name.Span.ToArray());
    }

    [Fact]
    public void An_error_is_told_with_id_and_line()
    {
        var error = Assert.Throws<SyntaxError>(() => LuauCompiler.Compile(new SourceText(Encoding.ASCII.GetBytes("\nx ="), "@mod.luau")));

        Assert.Equal("mod.luau:2: Expected identifier when parsing expression, got <eof>", LuauCompiler.Describe(error, ChunkInfo.FromName("@mod.luau")));
    }

    [Fact]
    public void Functions_carry_their_names_and_lines()
    {
        var proto = Compiled.Source("local function a() end\nfunction b.c.d() end\nfunction b:e() end\nlocal f = function() end\nlocal t = { g = function() end }");

        Assert.Null(proto.Name);
        Assert.Equal(0, proto.LineDefined);
        Assert.Equal(["a", "d", "e", null, "g"], proto.Children.Select(child => child.Name?.ToString()));
        Assert.Equal([1, 2, 3, 4, 5], proto.Children.Select(child => child.LineDefined));
    }
}
