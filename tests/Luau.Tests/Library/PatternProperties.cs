using System.Text;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Library;

public sealed class PatternProperties
{
    static readonly string[] Items =
        ["a", "b", "c", ".", "%a", "%d", "%s", "%w", "%W", "%.", "%z", "%l", "%u", "%x", "%p", "[ab]", "[^a]", "[a-c]", "[%d_]", "[]a]", "[^]b]", "[a-]", "[^%s]"];

    const string Alphabet = "aaabbc1 _.()A\0\u00ff-]";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_patterns_match_as_the_naive_matcher_says(int seed)
    {
        Random random = new(seed);
        using LibraryVm vm = new();
        LuauFunction find = vm.Function("string", "find");
        for (int i = 0; i < 20_000; i++)
        {
            byte[] pattern = Encoding.Latin1.GetBytes(RandomPattern(random)), subject = RandomSubject(random);
            // Without special characters it is a plain search; "^" alone anchors in both.
            LuauValue[]? results = vm.Call(find, out string error, vm.Text(subject), vm.Text(pattern));
            Assert.True(results != null, $"seed {seed}: '{Encoding.Latin1.GetString(pattern)}' raised {error}");

            string expected = Describe(new NaivePattern(pattern, subject).Find(), subject);

            string actual = string.Join(' ', results.Select(Describe));
            Assert.True(expected == actual, $"seed {seed}: '{Encoding.Latin1.GetString(pattern)}' on '{Encoding.Latin1.GetString(subject)}': expected {expected}, got {actual}");
        }
    }

    static string Describe((int Start, int End, List<(int Start, int Length)> Captures)? match, byte[] subject)
    {
        if (match is not { } found) return "nil";
        IEnumerable<string> captures = found.Captures.Select(c => c.Length == -2 ? (c.Start + 1).ToString() : $"'{Encoding.Latin1.GetString(subject, c.Start, c.Length)}'");
        return string.Join(' ', [(found.Start + 1).ToString(), found.End.ToString(), .. captures]);
    }

    static string Describe(LuauValue value) =>
        value.IsNumber ? value.Num.ToString() : value.Ref is LuauString s ? $"'{Encoding.Latin1.GetString(s.Span)}'" : "nil";

    static byte[] RandomSubject(Random random)
    {
        var subject = new byte[random.Next(12)];
        for (int i = 0; i < subject.Length; i++) subject[i] = (byte)Alphabet[random.Next(Alphabet.Length)];
        return subject;
    }

    static string RandomPattern(Random random)
    {
        StringBuilder pattern = new(random.Next(6) == 0 ? "^" : "");
        int open = 0, captures = 0;
        for (int i = random.Next(1, 6); i > 0; i--)
        {
            switch (random.Next(12))
            {
                case 0 when captures < 4:
                    pattern.Append('(').Append(Items[random.Next(Items.Length)]);
                    open++;
                    captures++;
                    break;
                case 1 when open > 0:
                    pattern.Append(')');
                    open--;
                    break;
                case 2 when captures < 4:
                    pattern.Append("()");
                    captures++;
                    break;
                case 3 when captures > 0 && open == 0:
                    pattern.Append('%').Append(random.Next(1, captures + 1));
                    break;
                case 4:
                    pattern.Append("%b()");
                    break;
                case 5:
                    pattern.Append("%f[").Append(random.Next(2) == 0 ? "%w" : "^a").Append(']');
                    break;
                default:
                    pattern.Append(Items[random.Next(Items.Length)]).Append(random.Next(2) == 0 ? "" : "*+-?"[random.Next(4)]);
                    break;
            }
        }
        pattern.Append(')', open);
        return pattern.Append(random.Next(6) == 0 ? "$" : "").ToString();
    }
}
