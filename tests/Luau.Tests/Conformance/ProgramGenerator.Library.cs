namespace GameServer.Luau.Tests.Conformance;

// Calls of library functions: half with arguments of the right kind, half with whatever.
sealed partial class ProgramGenerator
{
    // Function and kinds of its arguments: n number, i small integer, s string, p pattern, t list, f function, v any, b buffer, c vector,
    // u unsigned, x format, r replacement, k packing format; '?' makes the rest optional.
    static readonly string[] Functions =
    [
        "assert v?v", "error v?i", "pcall f?vv", "xpcall ff?v", "type v", "typeof v", "tostring v", "tonumber v?i", "select i?vvv",
        "rawequal vv", "rawget tv", "rawset tvv", "rawlen t", "getmetatable v", "setmetatable tt", "unpack t?ii", "ipairs t", "pairs t",
        "math.abs n", "math.acos n", "math.atan2 nn", "math.ceil n", "math.clamp nnn", "math.cos n", "math.deg n", "math.exp n",
        "math.floor n",
        "math.fmod nn", "math.frexp n", "math.ldexp ni", "math.log n?n", "math.log10 n", "math.max n?nn", "math.min n?nn", "math.modf n",
        "math.noise n?nn", "math.pow nn", "math.rad n", "math.round n", "math.sign n", "math.sqrt n", "math.lerp nnn", "math.map nnnnn",
        "math.isnan n", "math.isinf n", "math.isfinite n",
        "string.byte s?ii", "string.char i?ii", "string.find sp?iv", "string.format x?vvv", "string.gmatch sp", "string.gsub spr?i",
        "string.len s", "string.lower s", "string.match sp?i", "string.rep si", "string.reverse s", "string.split s?s", "string.sub si?i",
        "string.upper s", "string.pack k?vvv", "string.packsize k", "string.unpack ks?i",
        "table.concat t?sii", "table.insert tv", "table.insert tiv", "table.remove t?i", "table.unpack t?ii", "table.pack ?vvv",
        "table.sort t?f",
        "table.move tiii?t", "table.create i?v", "table.find tv?i", "table.clear t", "table.freeze t", "table.isfrozen t", "table.clone t",
        "table.maxn t", "table.foreachi tf", "table.getn t",
        "bit32.band ?uuu", "bit32.bor ?uuu", "bit32.bxor ?uuu", "bit32.bnot u", "bit32.btest ?uuu", "bit32.lshift ui", "bit32.rshift ui",
        "bit32.arshift ui", "bit32.lrotate ui", "bit32.rrotate ui", "bit32.extract ui?i", "bit32.replace uui?i", "bit32.countlz u",
        "bit32.countrz u", "bit32.byteswap u",
        "buffer.create i", "buffer.fromstring s", "buffer.tostring b", "buffer.len b", "buffer.readi8 bi", "buffer.readu8 bi",
        "buffer.readi16 bi", "buffer.readu16 bi", "buffer.readi32 bi", "buffer.readu32 bi", "buffer.readf32 bi", "buffer.readf64 bi",
        "buffer.writei8 biu", "buffer.writeu16 biu", "buffer.writei32 biu", "buffer.writef32 bin", "buffer.writef64 bin",
        "buffer.readstring bii", "buffer.writestring bis?i", "buffer.copy bib?ii", "buffer.fill biu?i", "buffer.readbits bii",
        "buffer.writebits biiu",
        "utf8.char ?iii", "utf8.codepoint s?ii", "utf8.len s?ii", "utf8.offset si?i", "utf8.codes s",
        "coroutine.create f", "coroutine.wrap f", "coroutine.status v", "coroutine.resume v?v", "coroutine.close v", "coroutine.yield ?v",
        "coroutine.isyieldable ", "coroutine.running ",
        "vector.create nn?n", "vector.magnitude c", "vector.normalize c", "vector.dot cc", "vector.cross cc", "vector.angle cc?c",
        "vector.floor c", "vector.ceil c", "vector.abs c", "vector.sign c", "vector.clamp ccc", "vector.min c?cc", "vector.max c?cc",
        "vector.lerp ccn",
        "os.time t", "os.date xi", "os.difftime i?i", "debug.info is", "debug.info fs", "debug.traceback ?si",
    ];

    static readonly string[] Patterns =
    [
        "\"\"", "\".\"", "\"a\"", "\"%a+\"", "\"(%w+)%s*(%w*)\"", "\"^(.-)b\"", "\"[%d,]+\"", "\"[^a-c]\"", "\"()l()\"",
        "\"%f[%w]%w+\"", "\"%b()\"",
        "\"(a)(b)(c)\"", "\"%1\"", "\"(\"", "\"[a\"", "\"%\"", "\"a-\"", "\".-$\"", "\"%s$\"", "\"x*\"", "\"(.)%1\"", "\"%z\"",
        "\"[]a]\"", "\"%f\"", "\"%b\"", "\"$\"", "\"^\"",
    ];

    static readonly string[] Formats =
    [
        "\"%d\"", "\"%5d|%-5d|\"", "\"%05d\"", "\"%+d\"", "\"% d\"", "\"%x %X %o\"", "\"%#x\"", "\"%u\"", "\"%c%c\"", "\"%e\"",
        "\"%.3f\"", "\"%g\"", "\"%10.4g|\"", "\"%a\"",
        "\"%s\"", "\"%10s|\"", "\"%-10s|\"", "\"%.2s\"", "\"%q\"", "\"%*\"", "\"%%\"", "\"%i\"", "\"%y\"", "\"%\"", "\"%5*\"",
        "\"%123d\"", "\"%.0f\"", "\"%.20f\"", "\"%s %s %s\"",
        "\"%E %G\"", "\"%5c|\"", "\"%#o\"", "\"%.10d\"", "\"%+.3e\"",
    ];

    static readonly string[] PackFormats =
    [
        "\"b\"", "\"B\"", "\"<h\"", "\">H\"", "\"i4\"", "\">I3\"", "\"l\"", "\"j\"", "\"f\"", "\"d\"", "\">n\"", "\"s\"", "\"s1\"",
        "\"z\"", "\"c4\"", "\"x\"", "\"!4 b i4\"", "\"bXi4\"", "\"i16\"",
        "\"i17\"", "\"y\"", "\"c\"", "\"<i4 >i4\"", "\"T\"", "\"bbb\"", "\"!3 i4\"", "\" < b \"",
    ];

    static readonly string[] Replacements =
    [
        "\"%0%0\"", "\"<%1>\"", "\"%2\"", "\"%%\"", "\"%\"", "\"x\"", "{a = \"A\", b = false, hello = 1}",
        "function(a, b) return b end", "function() return {} end", "string.upper", "5",
    ];

    static readonly string[] Callbacks =
    [
        "function() end", "function(...) return ... end", "function(a, b) return a > b end", "function(a, b) return b end", "error",
        "function() error(\"boom\") end",
        "function() error({}) end", "function() error(\"lvl2\", 2) end", "type", "tostring", "function(x) return x + 1 end",
        "coroutine.yield", "function() return pcall(error, nil) end",
    ];

    static readonly string[] Lists =
    [
        "{}", "{1, 2, 3}", "{3, 1, 2}", "{\"b\", \"a\", \"c\"}", "{1, nil, 3}", "{5, 4, 3, 2, 1, 0, -1}", "{1, \"a\"}", "{a = 1}",
        "{1, 2, x = 3}", "{{}, {}}", "table.freeze({1, 2})",
        "{year = 2020, month = 2, day = 30}", "{year = 1999, month = \"12\", day = 31, hour = 23, min = 59, sec = 60}", "{1.5, 2.25, -0}",
        "setmetatable({1, 2}, {__index = function() return 9 end})", "setmetatable({}, {__newindex = function() error(\"no\") end})",
    ];

    string LibraryCall(int depth)
    {
        var entry = Pick(Functions);
        var space = entry.IndexOf(' ', StringComparison.Ordinal);
        var arguments = new List<string>();
        var isOptional = false;
        foreach (var kind in entry[(space + 1)..])
        {
            if (kind == '?')
            {
                isOptional = true;
                continue;
            }

            if (_random.Next(isOptional ? 2 : 25) == 0)
                break;
            arguments.Add(_random.Next(8) == 0 ? Value(depth) : Argument(kind, depth));
        }

        if (_random.Next(20) == 0)
            arguments.Add(Value(0));
        return $"{entry[..space]}({string.Join(", ", arguments)})";
    }

    string Argument(char kind, int depth) => kind switch
    {
        'n' => _random.Next(6) == 0 ? Pick(["\"12\"", "\"0x1F\"", "\" 7 \""]) : AnyNumber(),
        'i' => _random.Next(5) == 0 ? Pick(["2.7", "-2.7", "\"3\"", "1e3", "40", "-40", "33"]) : _random.Next(-4, 9).ToString(),
        'u' => _random.Next(3) == 0 ? Pick(Numbers) : Pick(["0", "1", "0xff", "0xdeadbeef", "-1", "2^32", "12345.678", "\"255\"", "2^40 + 7"]),
        's' => _random.Next(8) == 0 ? Pick(Numbers) : Pick(Strings),
        'p' => Pick(Patterns),
        'x' => _random.Next(8) == 0 ? Pick(Strings) : Pick(Formats),
        'k' => Pick(PackFormats),
        'r' => Pick(Replacements),
        't' => _random.Next(8) == 0 ? Pick(Others) : Pick(Lists),
        'f' => Pick(Callbacks),
        'b' => Pick([
            "buffer.create(8)", "buffer.fromstring(\"hello buffer\")", "buffer.create(0)",
            "buffer.fromstring(\"\\255\\254\\253\\252\\0\\1\\2\\3\")",
        ]),
        'c' => Pick([
            "vector.create(1, 2, 3)", "vector.create(-1.5, 0, 2.25)", "vector.zero", "vector.one", "vector.create(0/0, 1, -math.huge)",
            "vector.create(0.1, 0.2)",
        ]),
        _ => Value(depth),
    };
}
