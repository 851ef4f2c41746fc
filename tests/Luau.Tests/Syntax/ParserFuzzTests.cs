using System.Text;
using GameServer.Luau.Syntax;

namespace GameServer.Luau.Tests.Syntax;

/// <summary>Whatever the source, a parse ends with a tree or a <see cref="SyntaxError"/>; anything else fails the test by itself.</summary>
public class ParserFuzzTests
{
    static readonly string[] Seeds =
    [
        "local a, b: number = 1, 'x' function t.a:m(x, ...: any): (number, ...string) return self, ... end",
        "for i = 1, 10, 2 do if i == 5 then break elseif i > 7 then continue else x += 1 end end",
        "for k, v in pairs(t) do t[k] ..= `a{k}b{`{v}`}c` end repeat local z = f() until z == nil",
        "local t = { 1, a = 3, ['b'] = 4; g(), ... } x = if a then b elseif c then d else e",
        "type A<T, U... = ...any> = { [string]: T, read x: (U...) -> () } | nil export type B = typeof(f(x)) & (a: number) -> ()",
        "@native local function g<T>(x: T): T return x :: any end @[deprecated{use = 'x'}] function h() end const c = 5",
        "f 'str' { 1 } [[long]] (a)(b):c<<number>>(d).e[1] = -a ^ not b .. #c // 0x1F + 0b11 + 1_0.5e-3",
        "type function tf(x) return x end while x do do end end return function(...) return select('#', ...) end",
        "x = 'a\\n\\x41\\u{41}\\065\\z\n b' --[==[ c ]==] y = [=[ z ]=] --!strict\n",
    ];

    static readonly string[] Pieces =
    [
        "end", "do", "then", "else", "elseif", "until", "if", "while", "for", "in", "function", "local", "return", "break", "continue",
        "const", "type", "export", "typeof", "read", "not", "and", "or", "nil", "...", "(", ")", "{", "}", "[", "]", "<", ">", "<<", ">>",
        "=", "==", "~=", "!=", "!", "&&", "||", "?", ":", "::", ";", ",", ".", "..", "->", "+=", "-", "^", "#", "@", "@[", "@native", "`",
        "`a{", "}b`", "{{", "'s'", "[[s]]", "'\\x'", "\"", "1", "0x", "1e5", "x", "f", "T...", "\n", " ", "--", "--[[", "\\", "$", "\u00e9",
        "\0", "\r", "[=[", "self", "x = ", "f(", "export function",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Mutated_programs_give_a_tree_or_an_error(int seed)
    {
        var random = new Random(seed);
        var trees = 0;
        var errors = new HashSet<string>();
        for (var i = 0; i < 50_000; i++)
        {
            var text = new StringBuilder(Seeds[random.Next(Seeds.Length)]);
            if (random.Next(3) == 0)
                text.Append('\n').Append(Seeds[random.Next(Seeds.Length)]);
            for (var n = random.Next(4); n >= 0; n--)
                Mutate(text, random);

            var outcome = Source.Outcome(text.ToString());
            if (outcome == "ok")
                trees++;
            else
                errors.Add(outcome[(outcome.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split(" got ")[0]);
        }

        // The inputs are worth something: some parse, and many different rules complain.
        Assert.InRange(trees, 1000, 40_000);
        Assert.True(errors.Count > 150, $"{errors.Count} messages");
    }

    [Fact]
    public void Random_sequences_of_tokens_give_a_tree_or_an_error()
    {
        var random = new Random(3);
        var text = new StringBuilder();
        for (var i = 0; i < 50_000; i++)
        {
            text.Clear();
            for (var n = random.Next(1, 12); n > 0; n--)
                text.Append(Pieces[random.Next(Pieces.Length)]).Append(random.Next(2) == 0 ? " " : "");
            Source.Outcome(text.ToString());
        }
    }

    [Fact]
    public void Random_bytes_give_a_tree_or_an_error()
    {
        var random = new Random(4);
        for (var i = 0; i < 50_000; i++)
        {
            var bytes = new byte[random.Next(1, 40)];
            random.NextBytes(bytes);
            Source.Outcome(bytes);
        }
    }

    [Fact]
    public void Every_prefix_of_a_program_gives_a_tree_or_an_error()
    {
        foreach (var seed in Seeds)
        {
            for (var length = 0; length <= seed.Length; length++)
                Source.Outcome(seed[..length]);
        }
    }

    static void Mutate(StringBuilder text, Random random)
    {
        var at = random.Next(text.Length + 1);
        switch (random.Next(5))
        {
            case 0:
                text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                break;
            case 1:
                text.Insert(at, " " + Pieces[random.Next(Pieces.Length)] + " ");
                break;
            case 2:
                text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at));
                break;
            case 3:
                text.Length = at;
                break;
            default:
                var from = random.Next(text.Length + 1);
                text.Insert(at, text.ToString(from, Math.Min(random.Next(1, 12), text.Length - from)));
                break;
        }
    }
}
