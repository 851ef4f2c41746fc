using System.Diagnostics;
using System.Text;

namespace GameServer.Toml.Tests;

public sealed class ReaderTests
{
    [Fact]
    public void Values_and_keys_remember_line_and_column()
    {
        TomlTable root = Valid("# comment\nname = \"a\"\n[net]\n  port = 27015\n");

        Assert.Equal(new TomlPosition(2, 1), root.PositionOf("name"));
        TomlTable net = Assert.IsType<TomlTable>(root.Entries[1].Value);
        Assert.Equal(new TomlPosition(3, 1), net.Position);
        Assert.Equal(new TomlPosition(4, 3), net.PositionOf("port"));
        Assert.Equal(new TomlPosition(4, 10), net.Entries[0].Value.Position);
    }

    [Fact]
    public void Entries_keep_the_order_of_the_text()
    {
        TomlTable root = Valid("zebra = 1\napple = 2\nmango = 3");

        Assert.Equal(["zebra", "apple", "mango"], root.Entries.Select(e => e.Key));
    }

    [Fact]
    public void Tables_know_their_full_name()
    {
        TomlTable root = Valid("[a.b]\nc.d = { e = { f = 1 } }\n[[list]]\n[[list]]\n[list.inner]\n");

        List<TomlError> none = [];
        TomlTable e = root.GetTable("a", none)!.GetTable("b", none)!.GetTable("c", none)!.GetTable("d", none)!.GetTable("e", none)!;
        Assert.Equal("a.b.c.d.e.f", e.PathOf("f"));
        TomlTable inner = ((TomlTable)root.GetArray("list", none)!.Items[1]).GetTable("inner", none)!;
        Assert.Equal("list[1].inner", inner.Path);
        Assert.Empty(none);
    }

    [Fact]
    public void Every_mistake_of_a_file_is_reported_in_one_run()
    {
        TomlDocument document = TomlReader.Read("a = 1\nb = \nc = yes\na = 2\n[net\nport = 5\nd = \"open\n[good]\nx = 1\n");

        Assert.Equal([2, 3, 4, 5, 7], document.Errors.Select(e => e.Position.Line));
        Assert.Equal("3:5: 'yes' is no TOML value; a string needs quotes", document.Errors[1].ToString());
        Assert.Equal("4:1: 'a' was already defined in line 1", document.Errors[2].ToString());
        Assert.True(document.Root.TryGet("good", out _));
    }

    [Fact]
    public void A_broken_array_over_many_lines_is_one_mistake()
    {
        TomlDocument document = TomlReader.Read("list = [\n  1,\n  2 3,\n  [4],\n  5,\n]\nafter = true\n");

        TomlError error = Assert.Single(document.Errors);
        Assert.Equal(3, error.Position.Line);
        Assert.True(document.Root.TryGet("after", out _));
    }

    [Fact]
    public void Keys_under_a_refused_header_do_not_land_in_the_section_above()
    {
        TomlDocument document = TomlReader.Read("[a]\nx = 1\n[a]\ny = 2\n");

        Assert.Single(document.Errors);
        Assert.Equal(1, document.Root.GetTable("a", [])!.Count);
    }

    [Fact]
    public void Typed_getters_name_the_key_and_both_types()
    {
        List<TomlError> problems = [];
        TomlTable net = Valid("[net]\nport = \"x\"\nhosts = [\"a\", 1]\nratio = 2\n").GetTable("net", problems)!;

        Assert.Null(net.GetInteger("port", problems));
        Assert.Null(net.GetStrings("hosts", problems));
        Assert.Null(net.GetBoolean("absent", problems));
        Assert.Equal(2.0, net.GetNumber("ratio", problems));

        Assert.Equal(
            ["2:8: 'net.port' must be an integer, found a string", "3:15: 'net.hosts' must hold only strings, found an integer"],
            problems.Select(p => p.ToString()));
    }

    [Fact]
    public void Unknown_keys_come_with_the_nearest_known_one()
    {
        List<TomlError> problems = [];
        Valid("max_player = 5\nprot = 1\nsomething_else = 2\n").ReportUnknownKeys(["max_players", "port"], problems);

        Assert.Equal(
            [
                "1:1: unknown key 'max_player', did you mean 'max_players'?",
                "2:1: unknown key 'prot', did you mean 'port'?",
                "3:1: unknown key 'something_else'",
            ],
            problems.Select(p => p.ToString()));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_with_their_line()
    {
        TomlDocument document = TomlReader.Read([.. "a = 1\nb = \""u8, 0xFF, .. "\"\n"u8]);

        Assert.Equal(new TomlPosition(2, 6), Assert.Single(document.Errors).Position);
    }

    [Fact]
    public void Errors_are_bounded()
    {
        TomlDocument document = TomlReader.Read(string.Concat(Enumerable.Repeat("a = ?\n", 10_000)));

        Assert.Equal(TomlReader.ErrorsMax, document.Errors.Count);
    }

    [Theory]
    [InlineData("a = ", "[", "")]
    [InlineData("a = ", "{ b = ", "")]
    [InlineData("a = ", "[{ b = ", "")]
    [InlineData("", "a.", "b = 1")]
    [InlineData("[", "a.", "b]")]
    public void Nesting_is_bounded_and_refused_with_a_position(string before, string repeated, string after)
    {
        TomlDocument document = TomlReader.Read(before + string.Concat(Enumerable.Repeat(repeated, 200_000)) + after);

        Assert.Contains(document.Errors, e => e.Position.Line == 1 && e.Message.Contains("128", StringComparison.Ordinal));
    }

    [Fact]
    public void Nesting_up_to_the_bound_is_accepted()
    {
        int depth = TomlReader.DepthMax - 1;

        Assert.False(TomlReader.Read($"a = {new string('[', depth)}{new string(']', depth)}").HasErrors);
    }

    [Theory]
    [InlineData("many keys")]
    [InlineData("many tables in an array")]
    [InlineData("unclosed quotes")]
    [InlineData("unclosed brackets")]
    [InlineData("one long number")]
    [InlineData("one long string")]
    [InlineData("long dotted keys")]
    public void Large_hostile_texts_take_linear_time(string shape)
    {
        const int Length = 4_000_000;
        string text = shape switch
        {
            "many keys" => Lines(i => $"k{i} = {i}"),
            "many tables in an array" => Lines(_ => "[[a]]"),
            "unclosed quotes" => Lines(_ => "\"\"\"\"\"'''"),
            "unclosed brackets" => Lines(_ => "a = [[[[[[{"),
            "one long number" => "a = " + new string('1', Length),
            "one long string" => "a = \"" + new string('x', Length),
            _ => Lines(i => $"{new string('a', 2000)}.{new string('b', 2000)}.c{i} = 1"),
        };
        Stopwatch time = Stopwatch.StartNew();

        TomlReader.Read(text);

        // Quadratic behaviour would take minutes; the limit leaves room for a busy machine.
        Assert.True(time.Elapsed < TimeSpan.FromSeconds(20), $"took {time.Elapsed}");

        static string Lines(Func<int, string> line)
        {
            StringBuilder built = new();
            for (int i = 0; built.Length < Length; i++)
                built.Append(line(i)).Append('\n');
            return built.ToString();
        }
    }

    [Fact]
    public void A_text_beyond_the_length_limit_is_refused()
    {
        Assert.True(TomlReader.Read(new string(' ', TomlReader.LengthMax + 1)).HasErrors);
        Assert.True(TomlReader.Read(new byte[TomlReader.LengthMax + 1]).HasErrors);
    }

    static TomlTable Valid(string text)
    {
        TomlDocument document = TomlReader.Read(text);
        Assert.Empty(document.Errors);
        return document.Root;
    }
}
