using System.Text;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Tests.Syntax;

public class LexerTests
{
    static List<Token> Tokens(string text) => Tokens(Encoding.Latin1.GetBytes(text));

    static List<Token> Tokens(byte[] source)
    {
        var lexer = new Lexer(source, new NameTable(), CancellationToken.None);
        var tokens = new List<Token>();
        do
        {
            lexer.Next(out var token);
            tokens.Add(token);
        }
        while (tokens[^1].Kind != TokenKind.Eof && tokens.Count < 1000);
        return tokens;
    }

    static string Kinds(string text) => string.Join(' ', Tokens(text).SkipLast(1).Select(token => token.Kind));

    [Theory]
    [InlineData("+ - * / // % ^ # == ~= <= >= < > =",
        "Plus Minus Star Slash SlashSlash Percent Caret Hash Equal NotEqual LessEqual GreaterEqual Less Greater Assign")]
    [InlineData("( ) { } [ ] ; : :: , . .. ... -> & | ? @name @[",
        "LeftParen RightParen LeftBrace RightBrace LeftBracket RightBracket Semicolon Colon DoubleColon Comma Dot Concat Ellipsis Arrow " +
        "Ampersand Pipe Question Attribute AttributeOpen")]
    [InlineData("+= -= *= /= //= %= ^= ..=",
        "PlusAssign MinusAssign StarAssign SlashAssign SlashSlashAssign PercentAssign CaretAssign ConcatAssign")]
    [InlineData("a===b~==c", "Name Equal Assign Name NotEqual Assign Name")]
    [InlineData("a....b", "Name Ellipsis Dot Name")]
    [InlineData("a..b", "Name Concat Name")]
    [InlineData("1..2", "Number")]
    [InlineData(".5.a", "Number")]
    [InlineData("a.b.5", "Name Dot Name Number")]
    [InlineData("3-2e-5-1", "Number Minus Number Minus Number")]
    [InlineData("0xe-5", "Number Minus Number")]
    [InlineData("$ ~ ! \\", "OtherByte OtherByte OtherByte OtherByte")]
    public void Bytes_are_munched_maximally(string text, string kinds) => Assert.Equal(kinds, Kinds(text));

    [Fact]
    public void All_reserved_words_are_known_and_contextual_ones_are_names()
    {
        Assert.Equal(
            "And Break Do Else ElseIf End False For Function If In Local Nil Not Or Repeat Return Then True Until While",
            Kinds("and break do else elseif end false for function if in local nil not or repeat return then true until while"));
        Assert.Equal(
            "Name Name Name Name Name Name Name Name Name",
            Kinds("continue type export const typeof read write declare andy"));
    }

    [Fact]
    public void Equal_identifiers_share_one_name_object_even_after_the_table_has_grown()
    {
        var text = string.Join(' ', Enumerable.Range(0, 3000).Select(i => "n" + i)) + " n7 n2999 N7";
        var lexer = new Lexer(Encoding.ASCII.GetBytes(text), new NameTable(), CancellationToken.None);
        var names = new Name[3003];
        for (var i = 0; i < names.Length; i++)
        {
            lexer.Next(out var token);
            names[i] = token.Name!;
        }

        Assert.Same(names[7], names[3000]);
        Assert.Same(names[2999], names[3001]);
        Assert.NotSame(names[7], names[3002]);
        Assert.Equal(3001, names.Distinct().Count());
    }

    [Fact]
    public void Tokens_know_their_line_and_column_in_bytes()
    {
        var tokens = Tokens("a\r\n\tbc --[[ x\n ]] d\n[[l\nm]] e");

        Assert.Equal(
            ["1:1-1", "2:2-2", "3:5-3", "4:1-5", "5:5-5"],
            tokens.SkipLast(1).Select(token => $"{token.Line}:{token.Column}-{token.EndLine}"));
    }

    [Theory]
    [InlineData("-- to the end\nx", "Name")]
    [InlineData("-- carriage return ends it\rx", "Name")]
    [InlineData("--[[ a ]] x", "Name")]
    [InlineData("--[==[ ]] ]=] ]==] x", "Name")]
    [InlineData("--[=x\nx", "Name")]
    [InlineData("--[[ a", "BrokenComment")]
    [InlineData("--[==[ ]=]", "BrokenComment")]
    [InlineData("--", "")]
    public void Comments_are_skipped_and_unfinished_ones_are_told(string text, string kinds) => Assert.Equal(kinds, Kinds(text));

    [Theory]
    [InlineData("'a\\'b' \"c\\\"d\"", "QuotedString QuotedString")]
    [InlineData("'a\nb'", "BrokenString Name BrokenString")]
    [InlineData("'a\\\nb'", "QuotedString")]
    [InlineData("'a\\\r\nb'", "QuotedString")]
    [InlineData("'a\\z \n \t b'", "QuotedString")]
    [InlineData("'a\rb", "BrokenString Name")]
    [InlineData("'a\\", "BrokenString")]
    [InlineData("[[a]b]]", "LongString")]
    [InlineData("[=[a]]b]=]", "LongString")]
    [InlineData("[=[a]==]=]", "LongString")]
    [InlineData("[=[a]=", "BrokenString")]
    [InlineData("[=a", "BrokenString Name")]
    [InlineData("a[b[1]]", "Name LeftBracket Name LeftBracket Number RightBracket RightBracket")]
    public void Strings_end_where_they_should(string text, string kinds) => Assert.Equal(kinds, Kinds(text));

    [Theory]
    [InlineData("`a`", "InterpolatedWhole")]
    [InlineData("`a{b}c{d}e`", "InterpolatedBegin Name InterpolatedMiddle Name InterpolatedEnd")]
    [InlineData("`a{ {1} }b` {}", "InterpolatedBegin LeftBrace Number RightBrace InterpolatedEnd LeftBrace RightBrace")]
    [InlineData("`a{`b{c}`}`", "InterpolatedBegin InterpolatedBegin Name InterpolatedEnd InterpolatedEnd")]
    [InlineData("`\\{\\`\\u{41}`", "InterpolatedWhole")]
    [InlineData("`a{{", "DoubleBrace")]
    [InlineData("`a", "BrokenString")]
    [InlineData("`a{b}c", "InterpolatedBegin Name BrokenString")]
    [InlineData("}`", "RightBrace BrokenString")]
    public void Interpolated_strings_come_in_pieces(string text, string kinds) => Assert.Equal(kinds, Kinds(text));

    [Fact]
    public void A_zero_byte_ends_the_source()
    {
        Assert.Equal("Name", Kinds("a\0b"));
        Assert.Equal("BrokenString", Kinds("'a\0b'"));
    }

    [Theory]
    [InlineData("é", "Unicode character U+e9")]
    [InlineData("“", "Unicode character U+201c (did you mean '\"'?)")]
    [InlineData("а", "Unicode character U+430 (did you mean 'a'?)")]
    [InlineData("𝐀", "Unicode character U+1d400 (did you mean 'A'?)")]
    [InlineData("語", "Unicode character U+8a9e")]
    public void Characters_outside_ASCII_are_named(string text, string spelling)
    {
        var source = Encoding.UTF8.GetBytes(text);
        var tokens = Tokens(source);

        Assert.Equal(TokenKind.BrokenUnicode, tokens[0].Kind);
        Assert.Equal(2, tokens.Count);
        Assert.Equal(spelling, TokenText.Of(tokens[0], source));
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_one_token_each_way()
    {
        byte[] source = [0xff, 0xc3, (byte)'a'];
        var tokens = Tokens(source);

        Assert.Equal([TokenKind.BrokenUnicode, TokenKind.BrokenUnicode, TokenKind.Name, TokenKind.Eof], tokens.Select(token => token.Kind));
        Assert.Equal("invalid UTF-8 sequence", TokenText.Of(tokens[0], source));
    }

    [Theory]
    [InlineData("--!native\n--!optimize 2\nx", true, 2)]
    [InlineData("x\n--!native\n--!optimize 2", false, -1)]
    [InlineData("--!optimize 3\n-- !native\n--!nativeness", false, -1)]
    [InlineData("--!optimize 1 \r\n--!optimize 2", false, 1)]
    public void Hot_comments_count_before_the_first_token_only(string text, bool isNative, int optimizeLevel)
    {
        var chunk = Source.Parse(text.Replace("x", "x()", StringComparison.Ordinal));

        Assert.Equal(isNative, chunk.Main.Attributes == FunctionAttributes.Native);
        Assert.Equal(optimizeLevel, chunk.OptimizeLevel);
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("9", 9)]
    [InlineData("1.", 1)]
    [InlineData(".5", 0.5)]
    [InlineData("1e5", 1e5)]
    [InlineData("1E+5", 1e5)]
    [InlineData("1_000.5_0e-_3", 1.0005)]
    [InlineData("9007199254740993", 9007199254740992)]
    [InlineData("9007199254740993.0000000000000000000000000000000000000000000000000000000000000001", 9007199254740994)]
    [InlineData("2.2250738585072011e-308", 2.2250738585072011e-308)]
    [InlineData("5e-324", 5e-324)]
    [InlineData("1e400", double.PositiveInfinity)]
    [InlineData("1e-99999999999999999999", 0)]
    [InlineData("0x1F", 31)]
    [InlineData("0Xff", 255)]
    [InlineData("0_x5", 5)]
    [InlineData("0b101", 5)]
    [InlineData("0B1_1", 3)]
    [InlineData("0xffffffffffffffff", 18446744073709551615.0)]
    [InlineData("0x1ffffffffffffffff", 18446744073709551615.0)]
    [InlineData("0x20000000000001", 9007199254740992)]
    public void Numbers_are_read_exactly(string text, double value) =>
        Assert.Equal(value, ((NumberExpression)Source.Expression(text)).Value);

    [Theory]
    [InlineData("0x")]
    [InlineData("0b")]
    [InlineData("0b2")]
    [InlineData("0b0b1")]
    [InlineData("0xg")]
    [InlineData("0x1p4")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1..2")]
    [InlineData("1.2.3")]
    [InlineData("3x")]
    [InlineData("0x_")]
    [InlineData("5i")]
    public void Malformed_numbers_are_errors(string text) => Assert.Equal("1: Malformed number", Source.Outcome("x = " + text));

    [Theory]
    [InlineData(@"'\a\b\f\n\r\t\v\\\""\''", "\a\b\f\n\r\t\v\\\"'")]
    [InlineData(@"'\q\-'", "q-")]
    [InlineData(@"'\x41\x7a'", "Az")]
    [InlineData(@"'\65\065\0653\255'", "AAA3\u00ff")]
    [InlineData(@"'\0'", "\0")]
    [InlineData("'a\\z  \n\t b'", "ab")]
    [InlineData("'a\\\nb'", "a\nb")]
    [InlineData("'a\\\r\nb'", "a\nb")]
    [InlineData("'a\\\rb'", "a\nb")]
    [InlineData("[[\na\n]]", "a\n")]
    [InlineData("[[\r\na\r\nb\rc]]", "a\nb\rc")]
    [InlineData(@"[=[\n]]]=]", @"\n]]")]
    public void Strings_hold_the_bytes_they_spell(string text, string bytes) =>
        Assert.Equal(Encoding.Latin1.GetBytes(bytes), ((StringExpression)Source.Expression(text)).Value);

    [Theory]
    [InlineData("41", "41")]
    [InlineData("7f", "7F")]
    [InlineData("80", "C280")]
    [InlineData("20AC", "E282AC")]
    [InlineData("d800", "EDA080")]
    [InlineData("10FFFF", "F48FBFBF")]
    [InlineData("0000000000000041", "41")]
    public void Unicode_escapes_become_UTF8(string codePoint, string hex) =>
        Assert.Equal(hex, Convert.ToHexString(((StringExpression)Source.Expression($"'\\u{{{codePoint}}}'")).Value));

    [Theory]
    [InlineData(@"\x4")]
    [InlineData(@"\xg0")]
    [InlineData(@"\256")]
    [InlineData(@"\u41")]
    [InlineData(@"\u{}")]
    [InlineData(@"\u{41")]
    [InlineData(@"\u{g}")]
    [InlineData(@"\u{110000}")]
    [InlineData(@"\u{00000000000000041}")]
    public void Malformed_escapes_are_errors(string escape) =>
        Assert.Equal("1: String literal contains malformed escape sequence", Source.Outcome($"x = '{escape}'"));

    [Fact]
    public void Other_bytes_in_strings_and_comments_are_kept_as_they_are()
    {
        byte[] source = [.. "return '"u8, 0xff, 0x80, 0x01, .. "' -- "u8, 0xfe];
        var statement = (ReturnStatement)Source.Parse(source).Main.Body.Statements[0];

        Assert.Equal([0xff, 0x80, 0x01], ((StringExpression)statement.Values[0]).Value);
    }
}
