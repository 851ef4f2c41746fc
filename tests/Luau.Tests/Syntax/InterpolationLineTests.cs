using GameServer.Luau.Syntax;

namespace GameServer.Luau.Tests.Syntax;

/// <summary>Where the errors of interpolated strings stand when their expressions go over several lines.</summary>
public class InterpolationLineTests
{
    const string NoBrace = "Malformed interpolated string; did you forget to add a '}'?";
    const string NoTick = "Malformed interpolated string; did you forget to add a '`'?";

    [Theory]
    [InlineData("a = `b {\nx\n\n", 2, NoBrace)]
    [InlineData("a = `b {x\n-- c\n\n", 1, NoBrace)]
    [InlineData("a = `b {x \n\n `c\n", 3, NoBrace)]
    [InlineData("a = `b {x\n}\n\n", 2, NoTick)]
    [InlineData("a = `b {\nx\n} {\ny\n} c\n", 5, NoTick)]
    [InlineData("a = `b {\n\n}`", 1, "Malformed interpolated string, expected expression inside '{}'")]
    public void Errors_stand_where_upstream_puts_them(string source, int line, string message)
    {
        SyntaxError error = Assert.Throws<SyntaxError>(() => { Parser.Parse(new SourceText(System.Text.Encoding.UTF8.GetBytes(source), "=t"), new ParseLimits()); });
        Assert.Equal((line, message), (error.Line, error.Message));
    }
}
