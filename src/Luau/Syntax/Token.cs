using System.Text;

namespace GameServer.Luau.Syntax;

/// <summary>Kinds of tokens. The order groups them: the reserved words stand together.</summary>
enum TokenKind : byte
{
    Eof,
    Name,
    Number,
    QuotedString,
    LongString,

    // Interpolated strings: without values; up to the first '{'; between '}' and '{'; from the last '}'.
    InterpolatedWhole,
    InterpolatedBegin,
    InterpolatedMiddle,
    InterpolatedEnd,

    // Reserved words.
    And, Break, Do, Else, ElseIf, End, False, For, Function, If, In, Local, Nil, Not, Or, Repeat, Return, Then, True, Until, While,

    // Punctuation and operators.
    Plus, Minus, Star, Slash, SlashSlash, Percent, Caret, Hash, Equal, NotEqual, LessEqual, GreaterEqual, Less, Greater, Assign,
    LeftParen, RightParen, LeftBrace, RightBrace, LeftBracket, RightBracket, Semicolon, Colon, DoubleColon, Comma, Dot, Concat, Ellipsis,
    Arrow, Ampersand, Pipe, Question,
    PlusAssign, MinusAssign, StarAssign, SlashAssign, SlashSlashAssign, PercentAssign, CaretAssign, ConcatAssign,
    Attribute,      // @name
    AttributeOpen,  // @[

    // What cannot stand anywhere; the parser says so in the words of the place.
    OtherByte,
    BrokenString,
    BrokenComment,
    BrokenUnicode,
    DoubleBrace,
}

/// <summary>One token: where it stands and, for names and reserved words, which.</summary>
struct Token
{
    /// <summary>The kind.</summary>
    public TokenKind Kind;

    /// <summary>Offset of the first byte.</summary>
    public int Start;

    /// <summary>Offset after the last byte.</summary>
    public int End;

    /// <summary>Line of the first byte, from 1.</summary>
    public int Line;

    /// <summary>Column of the first byte, from 1, in bytes.</summary>
    public int Column;

    /// <summary>Line of the last byte.</summary>
    public int EndLine;

    /// <summary>The identifier of a name or reserved word.</summary>
    public Name? Name;
}

/// <summary>How tokens are spelled in messages (specification, section 4).</summary>
static class TokenText
{
    // A literal may have megabytes; a message must not.
    const int SpellingCharsMax = 512;

    static readonly string[] Spellings = MakeSpellings();

    /// <summary>Spelling of a kind that has only one.</summary>
    public static string Of(TokenKind kind) => Spellings[(int)kind];

    /// <summary>Spelling of a token of <paramref name="source"/>.</summary>
    public static string Of(in Token token, byte[] source)
    {
        var text = ByteText.Decode(source.AsSpan(token.Start, token.End - token.Start));
        var spelling = Of(token, source, text);
        return spelling.Length <= SpellingCharsMax ? spelling : string.Concat(spelling.AsSpan(0, SpellingCharsMax), "...");
    }

    static string Of(in Token token, byte[] source, string text)
    {
        switch (token.Kind)
        {
            case TokenKind.Name:
            case TokenKind.Number:
            case TokenKind.OtherByte:
                return $"'{text}'";
            case TokenKind.Attribute:
                return $"'{text[1..]}'";
            case TokenKind.QuotedString:
                return $"\"{text[1..^1]}\"";
            case TokenKind.LongString:
                var bracket = Lexer.LongBracketBytes(source, token.Start);
                return $"\"{text[bracket..^bracket]}\"";
            case TokenKind.InterpolatedWhole:
            case TokenKind.InterpolatedBegin:
            case TokenKind.InterpolatedMiddle:
            case TokenKind.InterpolatedEnd:
                return text;
            case TokenKind.BrokenUnicode:
                return UnicodeText(source.AsSpan(token.Start, token.End - token.Start));
            default:
                return Spellings[(int)token.Kind];
        }
    }

    static string UnicodeText(ReadOnlySpan<byte> bytes)
    {
        if (Rune.DecodeFromUtf8(bytes, out var rune, out _) != System.Buffers.OperationStatus.Done)
            return "invalid UTF-8 sequence";

        return Confusables.Find(rune.Value) is { } replacement
            ? $"Unicode character U+{rune.Value:x} (did you mean '{replacement}'?)"
            : $"Unicode character U+{rune.Value:x}";
    }

    static string[] MakeSpellings()
    {
        var spellings = new string[(int)TokenKind.DoubleBrace + 1];
        for (var kind = TokenKind.And; kind <= TokenKind.While; kind++)
            spellings[(int)kind] = $"'{kind.ToString().ToLowerInvariant()}'";

        var operators = (ReadOnlySpan<string>)[
            "+", "-", "*", "/", "//", "%", "^", "#", "==", "~=", "<=", ">=", "<", ">", "=",
            "(", ")", "{", "}", "[", "]", ";", ":", "::", ",", ".", "..", "...",
            "->", "&", "|", "?", "+=", "-=", "*=", "/=", "//=", "%=", "^=", "..="];
        for (var i = 0; i < operators.Length; i++)
            spellings[(int)TokenKind.Plus + i] = $"'{operators[i]}'";

        spellings[(int)TokenKind.Eof] = "<eof>";
        spellings[(int)TokenKind.AttributeOpen] = "'@['";
        spellings[(int)TokenKind.BrokenString] = "malformed string";
        spellings[(int)TokenKind.BrokenComment] = "unfinished comment";
        spellings[(int)TokenKind.DoubleBrace] = "'{{', which is invalid (did you mean '\\{'?)";
        return spellings;
    }
}
