using System.Diagnostics;
using System.Text;

namespace GameServer.Luau.Tests.Syntax;

public class ParserLimitTests
{
    const int SmallStackBytes = 512 * 1024;
    const int LargeStackBytes = 4 * 1024 * 1024;

    // Opening text, text repeated, text in the middle, text repeated behind it.
    public static TheoryData<string, string, string, string, string> Nests => new()
    {
        { "expression", "x = ", "(", "1", ")" },
        { "expression", "x = ", "not ", "1", "" },
        { "expression", "x = ", "- ", "a", "" },
        { "expression", "x = 1", " + a", "", "" },
        { "expression", "x = a", " and a", "", "" },
        { "expression", "x = a", " .. a", "", "" },
        { "expression", "x = a", " ^ a", "", "" },
        { "expression", "f", "()", "", "" },
        { "expression", "f", ".x", "()", "" },
        { "expression", "f", ":x()", "", "" },
        { "expression", "f", "[1]", "()", "" },
        { "expression", "f", "'s'", "", "" },
        { "expression", "f", "{}", "", "" },
        { "expression", "f", "{f", "", "}" },
        { "expression", "x = ", "f[", "1", "]" },
        { "expression", "x = ", "f(", "1", ")" },
        { "expression", "x = ", "f:m(", "1", ")" },
        { "expression", "x = ", "{", "1", "}" },
        { "expression", "x = ", "{a=", "1", "}" },
        { "expression", "x = ", "{[1]=", "1", "}" },
        { "expression", "x = ", "`{", "1", "}`" },
        { "expression", "x = ", "if a then ", "b", " else c" },
        { "expression", "x = ", "if a then b else ", "c", "" },
        { "expression", "x = if a then b ", "elseif c then d ", "else e", "" },
        { "block", "x = ", "function() return ", "1", " end" },
        { "block", "", "function f() ", "", " end" },
        { "block", "", "do ", "", " end" },
        { "expression", "", "if x then ", "", " end" },
        { "expression", "if x then ", "elseif x then ", "end", "" },
        { "expression", "", "while x do ", "", " end" },
        { "block", "", "repeat ", "", " until x" },
        { "expression", "", "for i = 1, 2 do ", "", " end" },
        { "expression", "", "for k in x do ", "", " end" },
        { "function name", "function f", ".x", "() end", "" },
        { "type annotation", "type T = ", "(", "x", ")" },
        { "type annotation", "type T = ", "{", "x", "}" },
        { "type annotation", "type T = ", "{a: ", "x", "}" },
        { "type annotation", "type T = ", "A<", "x", ">" },
        { "type annotation", "type T = ", "() -> ", "x", "" },
        { "type annotation", "type T = ", "(x) -> (", "x", ")" },
        { "expression", "type T = ", "typeof(x :: ", "x", ")" },
        { "type annotation", "type T = ", "<T>(", "x", ") -> ()" },
    };

    [Theory]
    [MemberData(nameof(Nests))]
    public void Nesting_ends_in_an_error_long_before_the_stack_does(string construct, string start, string open, string middle, string close)
    {
        // Where the stack is small the error may come earlier, and then for another part of the same construct.
        Source.OnStack(SmallStackBytes, () =>
        {
            Assert.Equal("ok", Source.Outcome(Nest(start, open, middle, close, 150)));
            Assert.EndsWith(" to make the code compile", Source.Outcome(Nest(start, open, middle, close, 1001)), StringComparison.Ordinal);
            Assert.EndsWith(" to make the code compile", Source.Outcome(Nest(start, open, middle, close, 200_000)), StringComparison.Ordinal);
        });
        Source.OnStack(LargeStackBytes, () => Assert.Equal(
            $"1: Exceeded allowed recursion depth; simplify your {construct} to make the code compile",
            Source.Outcome(Nest(start, open, middle, close, 5_000))));
    }

    [Theory]
    [InlineData("x = ", "(", "1", ")", 998)]
    [InlineData("x = a", " and a", "", "", 998)]
    [InlineData("f", "()", "", "", 999)]
    [InlineData("f", ".x", "()", "", 998)]
    [InlineData("", "do ", "", "end ", 1000)]
    [InlineData("x = ", "function() return ", "1", " end", 499)]
    [InlineData("if x then ", "elseif x then ", "end", "", 998)]
    [InlineData("", "while x do ", "", "end ", 999)]
    public void The_limit_lies_where_upstream_has_it(string start, string open, string middle, string close, int depth)
    {
        Source.OnStack(LargeStackBytes, () =>
        {
            Assert.Equal("ok", Source.Outcome(Nest(start, open, middle, close, depth)));
            Assert.NotEqual("ok", Source.Outcome(Nest(start, open, middle, close, depth + 1)));
        });
    }

    [Fact]
    public void No_accepted_tree_is_deeper_than_the_limit_even_when_chains_stand_on_nests()
    {
        // Each level puts a chain on top of the tree that the levels inside it made.
        var source = new StringBuilder("a");
        for (var level = 0; level < 400; level++)
        {
            source.Insert(0, '(').Append(')');
            for (var i = 0; i < 10; i++)
                source.Append("+1");
        }

        Assert.EndsWith("to make the code compile", Source.Outcome("x = " + source), StringComparison.Ordinal);
        Assert.Equal("ok", Source.Outcome("x = " + string.Concat(Enumerable.Repeat("(", 80)) + "a" +
            string.Concat(Enumerable.Repeat(")+1+1+1+1+1+1+1+1+1", 80))));
    }

    [Fact]
    public void Long_lists_are_not_deep()
    {
        Assert.Equal("ok", Source.Outcome(string.Concat(Enumerable.Repeat("x = a.b.c:d()\n", 5000))));
        Assert.Equal("ok", Source.Outcome("x = {" + string.Concat(Enumerable.Repeat("a.b.c,", 5000)) + "}"));
        Assert.Equal("ok", Source.Outcome("a.b" + string.Concat(Enumerable.Repeat(",a.b", 5000)) + " = 1"));
        Assert.Equal("ok", Source.Outcome("f(" + string.Concat(Enumerable.Repeat("f(a) + b, ", 5000)) + "1)"));
        Assert.Equal("ok", Source.Outcome("x = `" + string.Concat(Enumerable.Repeat("{a + b}", 5000)) + "`"));
        Assert.Equal("ok", Source.Outcome("type T = x" + string.Concat(Enumerable.Repeat("?", 5000))));
    }

    [Fact]
    public void A_union_has_at_most_a_thousand_parts()
    {
        Assert.Equal("ok", Source.Outcome("type T = a" + string.Concat(Enumerable.Repeat("|a", 999))));
        Assert.Equal(
            "1: Exceeded allowed type length; simplify your type annotation to make the code compile",
            Source.Outcome("type T = a" + string.Concat(Enumerable.Repeat("|a", 1000))));
    }

    [Theory]
    [InlineData("x = ", "1", "")]
    [InlineData("x = 0x", "f", "")]
    [InlineData("x = 1.", "0", "1")]
    [InlineData("x = 1e", "9", "")]
    [InlineData("x = 1", "_", "")]
    [InlineData("x = '", "a", "'")]
    [InlineData("x = '", "\\n", "'")]
    [InlineData("x = '\\z", " ", "'")]
    [InlineData("x = [[", "a", "]]")]
    [InlineData("x = [=[", "]", "]=]")]
    [InlineData("x = [=[", "]=", "]=]")]
    [InlineData("x = [[", "\r\n", "]]")]
    [InlineData("--[==[", "]=", "]==]")]
    [InlineData("--", "-", "")]
    [InlineData("", "\n", "")]
    [InlineData("", "--\n", "")]
    [InlineData("", ";", "")]
    [InlineData("", "é", "")]
    [InlineData("", "a", "()")]
    [InlineData("local ", "a,", "a")]
    [InlineData("x = `", "a", "`")]
    [InlineData("x = {", "1,", "}")]
    [InlineData("x = {", "{},", "}")]
    [InlineData("x = [", "=", "")]
    [InlineData("x = ", "{", "")]
    [InlineData("x = ", "`{", "")]
    public void Megabytes_of_one_thing_take_no_more_than_linear_time(string start, string repeated, string end)
    {
        var source = Encoding.UTF8.GetBytes(start + string.Concat(Enumerable.Repeat(repeated, 2_000_000 / repeated.Length)) + end);
        var clock = Stopwatch.StartNew();

        Source.Outcome(source);

        // Milliseconds when linear, hours when quadratic.
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(60), $"{clock.Elapsed}");
    }

    static string Nest(string start, string open, string middle, string close, int depth) =>
        new StringBuilder(start).Insert(start.Length, open, depth).Append(middle)
            .Insert(start.Length + open.Length * depth + middle.Length, close, depth).ToString();
}
