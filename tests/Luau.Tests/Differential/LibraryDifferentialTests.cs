using System.Globalization;
using System.Text;
using static GameServer.Luau.Tests.Differential.LuaOracle;

namespace GameServer.Luau.Tests.Differential;

/// <summary>Random calls of library functions that Lua 5.4 has too, where both languages mean the same. What is left out on purpose: empty matches
/// of gsub and gmatch (5.1 rule here), modes and limits that only one has, results that show 5.4's integers.</summary>
public sealed class LibraryDifferentialTests
{
    const int CasesPerChunk = 400;

    static void Repeat(int chunks, Func<Random, string> makeCase)
    {
        for (int seed = 0; seed < chunks; seed++)
        {
            var random = new Random(seed);
            Agree([.. Enumerable.Range(0, CasesPerChunk).Select(_ => makeCase(random))]);
        }
    }

    static string Pick(Random random, params string[] options) => options[random.Next(options.Length)];

    static string Some(Random random, string alphabet, int lengthMax)
    {
        var text = new StringBuilder();
        for (int n = random.Next(lengthMax + 1); n > 0; n--) text.Append(alphabet[random.Next(alphabet.Length)]);
        return text.ToString();
    }

    static string Subject(Random random) => Quote(Some(random, "aab(1 _)%cX.\n\0é", 14));

    static string Single(Random random) => Pick(random,
        ".", "a", "b", "c", "%a", "%d", "%s", "%w", "%p", "%x", "%l", "%u", "%c", "%g", "%A", "%S", "%W", "%%", "%.", "%(", "[ab]", "[^a]", "[a-c]", "[%d_]", "[^%s]",
        "[]]", "[^]]", "[a-]", "[-a]", "[%a-z]", "[^%w(]", "1", "_", " ");

    static string Pattern(Random random, bool neverEmpty = false)
    {
        var pattern = new StringBuilder();
        if (neverEmpty) pattern.Append(Single(random)).Append(Pick(random, "", "+"));
        else if (random.Next(6) == 0) pattern.Append('^');
        int open = 0;
        for (int n = random.Next(6); n > 0; n--)
        {
            switch (random.Next(14))
            {
                case 0:
                    pattern.Append('(');
                    open++;
                    break;
                case 1 when open > 0:
                    pattern.Append(')');
                    open--;
                    break;
                case 2: pattern.Append("()"); break;
                case 3: pattern.Append(Pick(random, "%b()", "%bab", "%f[%a]", "%f[^a]", "%f[%z]", "%1", "%2")); break;
                case 4: pattern.Append(Pick(random, "$", "^", "%", "[", ")", "[^", "%f", "%b(")); break;
                default: pattern.Append(Single(random)).Append(Pick(random, "", "", "", "*", "+", "-", "?")); break;
            }
        }
        while (open-- > 0)
            if (random.Next(10) != 0) pattern.Append(')');
        if (random.Next(6) == 0) pattern.Append('$');
        return Quote(pattern.ToString());
    }

    [Fact]
    public void Find_and_match() => Repeat(60, r => r.Next(3) switch
    {
        0 => $"check(string.find, {Subject(r)}, {Pattern(r)})",
        1 => $"check(string.find, {Subject(r)}, {Pattern(r)}, {r.Next(-20, 20)})",
        _ => $"check(string.match, {Subject(r)}, {Pattern(r)}, {r.Next(-5, 9)})",
    });

    [Fact]
    public void Plain_find() => Repeat(5, r => $"check(string.find, {Quote(Some(r, "ab", 12))}, {Quote(Some(r, "ab", 4))}, {r.Next(-14, 15)}, true)");

    [Fact]
    public void Gsub_and_gmatch() => Repeat(40, r => r.Next(4) switch
    {
        0 => $"check(string.gsub, {Subject(r)}, {Pattern(r, true)}, {Quote(Pick(r, "", "x", "<%0>", "%1%1", "%2", "%%", "%", "%9", "[%0|%1]"))})",
        1 => $"check(string.gsub, {Subject(r)}, {Pattern(r, true)}, {Quote("-")}, {r.Next(-1, 4)})",
        2 => $"check(string.gsub, {Subject(r)}, {Pattern(r, true)}, function(a, b) if a == 'a' then return nil end return show(a) .. show(b) end)",
        _ => "check(function(s, p) local all = {} for a, b in string.gmatch(s, p) do all[#all + 1] = a all[#all + 1] = b or 'none' end return all end, "
            + $"{Subject(r)}, {Pattern(r, true)})",
    });

    [Fact]
    public void Cutting_and_joining_strings() => Repeat(20, r => r.Next(8) switch
    {
        0 or 1 => $"check(string.sub, {Subject(r)}, {r.Next(-18, 18)}, {r.Next(-18, 18)})",
        2 => $"check(string.byte, {Subject(r)}, {r.Next(-18, 18)}, {r.Next(-18, 18)})",
        3 => $"check(string.rep, {Subject(r)}, {r.Next(-2, 5)})",
        4 => $"check(string.{Pick(r, "upper", "lower", "reverse", "len")}, {Subject(r)})",
        5 => $"emit({Subject(r)} {Pick(r, "<", "<=", ">", ">=", "==", "~=")} {Subject(r)})",
        6 => $"emit(#({Subject(r)} .. {r.Next(1000)} .. {Subject(r)}))",
        _ => $"check(string.char, {string.Join(", ", Enumerable.Range(0, r.Next(1, 6)).Select(_ => r.Next(-2, 258)))})",
    });

    static string Double(Random random) => (random.Next(6) switch
    {
        0 => random.Next(-100, 100),
        1 => random.Next(-1_000_000, 1_000_000) / 1000.0,
        2 => random.NextDouble() * Math.Pow(10, random.Next(-20, 20)),
        3 => random.Next(1, 1 << 20) / Math.Pow(2, random.Next(1, 20)),
        4 => Math.ScaleB(random.NextDouble(), random.Next(-1070, 1020)),
        _ => BitConverter.Int64BitsToDouble(random.NextInt64(0x7FE0_0000_0000_0000)),
    }).ToString("E17", CultureInfo.InvariantCulture);

    static string Flags(Random random, string allowed) => string.Concat(allowed.Where(_ => random.Next(4) == 0));

    static string Width(Random random) => random.Next(2) == 0 ? "" : random.Next(1, 25).ToString(CultureInfo.InvariantCulture);

    static string Precision(Random random, int max) => random.Next(2) == 0 ? "" : "." + random.Next(max);

    [Fact]
    public void Format() => Repeat(50, r => r.Next(7) switch
    {
        0 => $"check(string.format, '%{Flags(r, "-+ 0")}{Width(r)}{Precision(r, 20)}{Pick(r, "d", "i")}', {r.Next(-100000, 100000)})",
        1 => $"check(string.format, '%{Flags(r, "-#0")}{Width(r)}{Precision(r, 20)}{Pick(r, "x", "X", "o")}', {r.Next(-1000, 100000)})",
        2 => $"check(string.format, '%{Flags(r, "-")}{Width(r)}{Precision(r, 12)}s', {Quote(Some(r, "abc é", 20))})",
        3 => $"check(string.format, '[%{Flags(r, "-")}{Width(r)}c]', {r.Next(1, 256)})",
        4 => $"check(string.format, '%q', {Quote(Some(r, "ab\"\\\n", 12))})",
        5 => $"check(string.format, '%5.1f|%%|%s|%d', {Double(r)}, {r.Next(100)}, {r.Next(100)})",
        _ => $"check(string.format, '%{Flags(r, "-+ #0")}{Width(r)}{Precision(r, 99)}{Pick(r, "e", "E", "f", "g", "G")}', {Double(r)})",
    });

    [Fact]
    public void Reading_numbers() => Repeat(30, r => r.Next(3) switch
    {
        0 => $"check(tonumber, {Quote(Pick(r, "", " ", "\t") + Some(r, "0123456789.e+-x", 9) + Pick(r, "", " ", "\n"))})",
        1 => $"check(tonumber, {Quote(Pick(r, "", "-", "+") + "0x" + Some(r, "0123456789abcdefABCDEF", 9) + Pick(r, "", "", ".8", ".p1", "p3", "p-4", "P+2", "p"))})",
        _ => $"check(tonumber, {Quote(Pick(r, "", " ") + Some(r, "0123456789abcxyzXYZ", 8) + Pick(r, "", " ", "_"))}, {Pick(r, "2", "8", "11", "16", "35", "36")})",
    });

    [Fact]
    public void Numbers_print_and_read_alike() => Repeat(20, r => $"do local x = {Double(r)} emit(string.format('%.17g', x), string.format('%.17g', tonumber('{Double(r)}'))) end");

    static string Number(Random random) => random.Next(4) switch
    {
        0 => random.Next(-9, 10) + ".0",
        1 => (random.Next(-900, 900) / 100.0).ToString("F2", CultureInfo.InvariantCulture),
        2 => random.Next(-1000, 1000) + ".5",
        _ => random.Next(-100000, 100000) + ".0",
    };

    [Fact]
    public void Arithmetic_and_math() => Repeat(30, r => r.Next(6) switch
    {
        0 => $"emit(({Number(r)}) {Pick(r, "+", "-", "*", "/")} ({Number(r)}))",
        // Where a / b is not exact, 5.4 computes the remainder in another way.
        1 => $"emit({r.Next(-1000, 1000)}.0 % {Pick(r, "3.0", "-7.0", "0.5", "16.0")}, {Number(r)} // {Pick(r, "3.0", "-7.0", "0.5", "16.0")})",
        2 => $"emit(({Number(r)}) ^ {r.Next(-4, 5)}.0)",
        3 => $"check(math.{Pick(r, "floor", "ceil", "abs", "sqrt", "exp", "sin", "cos", "tan", "asin", "acos", "atan", "log", "deg", "rad")}, {Number(r)})",
        4 => $"check(math.{Pick(r, "max", "min")}, {Number(r)}, {Number(r)}, {Number(r)})",
        _ => $"check(math.{Pick(r, "fmod", "modf")}, {Number(r)}, {r.Next(1, 20)}.5)",
    });

    [Fact]
    public void Table_functions() => Repeat(30, r =>
    {
        string list = "{" + string.Join(", ", Enumerable.Range(0, r.Next(9)).Select(_ => r.Next(100))) + "}";
        return r.Next(7) switch
        {
            0 => $"do local t = {list} table.sort(t) emit(t) end",
            1 => $"do local t = {list} table.sort(t, function(a, b) return a > b end) emit(t) end",
            2 => $"do local t = {list} table.insert(t, 7) table.insert(t, {r.Next(1, 3)}, 8) emit(t, #t) end",
            3 => $"do local t = {list} emit(table.remove(t), t) if #t > 2 then emit(table.remove(t, {r.Next(1, 3)}), t) else emit(0) end end",
            4 => $"check(table.concat, {list}, {Quote(Some(r, ",; ", 2))}, {r.Next(1, 4)}, {r.Next(0, 6)})",
            5 => $"check(table.unpack, {list}, {r.Next(-2, 4)}, {r.Next(-2, 10)})",
            _ => $"do local t = table.move({list}, {r.Next(1, 4)}, {r.Next(0, 8)}, {r.Next(1, 6)}, {{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}}) "
                + "emit(t[1], t[2], t[3], t[4], t[5], t[6], t[7], t[8], t[9]) end",
        };
    });

    [Fact]
    public void Packing() => Repeat(30, r =>
    {
        var format = new StringBuilder(Pick(r, "<", ">", "<!4", ">!8", "<!2"));
        var values = new List<string>();
        for (int n = r.Next(1, 6); n > 0; n--)
        {
            int size = r.Next(1, 9);
            switch (r.Next(9))
            {
                case 0:
                    format.Append('i').Append(size);
                    values.Add(r.Next(-40000, 40000).ToString(CultureInfo.InvariantCulture));
                    break;
                case 1:
                    format.Append('I').Append(size);
                    values.Add(r.Next(0, 70000).ToString(CultureInfo.InvariantCulture));
                    break;
                case 2:
                    format.Append(Pick(r, "b", "B", "h", "H"));
                    values.Add(r.Next(-200, 300).ToString(CultureInfo.InvariantCulture));
                    break;
                case 3:
                    format.Append(Pick(r, "f", "d", "n"));
                    values.Add(Number(r));
                    break;
                case 4:
                    format.Append(Pick(r, "s1", "s2", "s4", "z"));
                    values.Add(Quote(Some(r, "abc", 6)));
                    break;
                case 5:
                    format.Append('c').Append(size);
                    values.Add(Quote(Some(r, "abc", 8)));
                    break;
                case 6: format.Append('x'); break;
                case 7: format.Append(Pick(r, "Xi4", "Xh", "Xd")); break;
                default: format.Append(' '); break;
            }
        }
        string f = Quote(format.ToString());
        return $"check(function(...) local s = string.pack({f}, ...) return s, string.unpack({f}, s) end{string.Concat(values.Select(v => ", " + v))})";
    });

    [Fact]
    public void Utf8() => Repeat(30, r =>
    {
        string text = Quote(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Some(r, "aé€😀z", 5))) + (r.Next(4) == 0 ? Some(r, "\x80\xc3\xe2\xff\xed\xa0", 2) : ""));
        return r.Next(6) switch
        {
            0 => $"check(utf8.len, {text})",
            1 => $"check(utf8.len, {text}, {r.Next(-4, 6)}, {r.Next(-4, 8)})",
            2 => $"check(utf8.codepoint, {text}, {r.Next(-4, 6)}, {r.Next(-4, 8)})",
            3 => $"check(utf8.offset, {text}, {r.Next(-4, 5)})",
            4 => $"check(function(s) local all = {{}} for p, c in utf8.codes(s) do all[#all + 1] = p all[#all + 1] = c end return all end, {text})",
            _ => $"check(utf8.char, {r.Next(0, 0x110000)}, {r.Next(0, 0x900)})",
        };
    });
}
