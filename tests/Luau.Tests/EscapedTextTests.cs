using System.Text;

namespace GameServer.Luau.Tests;

public class EscapedTextTests
{
    [Fact]
    public void What_would_end_or_break_a_string_is_escaped_and_the_rest_is_not()
    {
        var text = new StringBuilder("\"");
        text.AppendEscaped("a\"b\\c\n\r\t\0\u007f\u0085é'");
        Assert.Equal("""
            "a\"b\\c\n\r\t\000\127\133é'
            """, text.ToString());
    }
}
