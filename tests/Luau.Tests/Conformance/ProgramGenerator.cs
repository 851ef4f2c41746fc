using System.Text;

namespace GameServer.Luau.Tests.Conformance;

/// <summary>
/// Random Luau programs that end by themselves and whose output depends on nothing but the language: no clock, no unseeded chance, no order of
/// hash tables. Each gets <c>emit</c> and <c>dump</c> from the harness. The same seed gives the same programs.
/// </summary>
sealed partial class ProgramGenerator(int seed)
{
    readonly Random _random = new(seed);

    // Numbers that convert to 32-bit integers. Conversions of others follow the processor, and WebAssembly is not x86: those go only where no
    // integer is wanted.
    static readonly string[] Numbers =
    [
        "0", "-0", "1", "-1", "2", "3", "10", "0.5", "-1.5", "2.5", "255", "256", "-2^31", "1e-300", "0x7fffffff", "1/3", "100",
        "123456.789", "-7", "65536",
    ];

    static readonly string[] LargeNumbers =
    [
        "1e15", "2^53", "2^31", "2^32", "2^63", "1e100", "1e308", "math.huge", "-math.huge", "0/0", "1e21", "-1e16", "2^53 + 1", "5e-324",
    ];

    static readonly string[] Strings =
    [
        "\"\"", "\"a\"", "\"abc\"", "\"hello world\"", "\"10\"", "\"0x10\"", "\" 5 \"", "\"1e2\"", "\"-3\"", "\"a,b,,c\"", "\"x\\255\"",
        "\"line\\nline\"", "\"%d\"", "\"^a.-b$\"", "\"\\u{20AC}uro\"", "\"__index\"", "\"x\"", "\"1\"", "\"ABC abc 123\"",
    ];

    static readonly string[] Others =
    [
        "nil", "true", "false", "{}", "{1, 2, 3}", "{a = 1}", "{3, 1, 2, x = 5}", "print", "function() end", "function(...) return ... end",
        "vector.create(1, 2, 3)", "vector.create(-1.5, 0, 2)", "buffer.create(8)", "buffer.fromstring(\"buffer\")",
        "coroutine.create(print)",
        "setmetatable({}, {__tostring = function() return \"T\" end})", "setmetatable({}, {__index = function(_, k) return k end})",
        "setmetatable({}, {__call = function(_, ...) return \"called\", ... end})",
        "setmetatable({5}, {__add = function() return 7 end, __lt = function() return true end})",
        "setmetatable({}, {__len = function() return 42 end, __concat = function() return \"C\" end, __eq = function() return true end})",
        "setmetatable({}, {__unm = function() return \"neg\" end, __mod = error, __metatable = false})", "table.freeze({1, b = 2})",
        "{{1}, {2}}", "string", "newproxy()",
    ];

    /// <summary>A program of many independent expressions and library calls, each under <c>pcall</c> with its error text.</summary>
    public string Probes(int count)
    {
        var text = new StringBuilder("local emit, dump = ...\n");
        for (var i = 0; i < count; i++)
        {
            var body = _random.Next(3) switch
            {
                0 => Expression(3),
                1 => LibraryCall(1),
                _ => LibraryCall(0),
            };
            text.Append("emit(pcall(function(...) ");
            if (_random.Next(4) == 0)
                text.Append($"local r = {body} return type(r), dump(r)");
            else
                text.Append($"return {body}");
            text.Append($" end, {Value(1)}, {Value(1)}))\n");
        }

        return text.ToString();
    }

    /// <summary>Any argument: mostly simple, at times an expression.</summary>
    string Value(int depth) => _random.Next(10) switch
    {
        < 3 => Pick(Numbers),
        < 6 => Pick(Strings),
        < 9 => Pick(Others),
        _ when depth <= 0 => Pick(Others),
        _ => Expression(depth - 1),
    };

    string Pick(string[] choices) => choices[_random.Next(choices.Length)];

    string AnyNumber() => Pick(_random.Next(2) == 0 ? Numbers : LargeNumbers);

    string Expression(int depth)
    {
        if (depth <= 0)
            return Atom();

        var a = depth - 1;
        return _random.Next(22) switch
        {
            0 => $"(\"=\" .. tostring({AnyNumber()} {Pick(["+", "-", "*", "/", "//", "%", "^", "<", "==", ".."])} {AnyNumber()}))",
            1 or 2 => $"({Expression(a)} {Pick(["+", "-", "*", "/", "//", "%", "^"])} {Expression(a)})",
            3 => $"({Expression(a)} .. {Expression(a)})",
            4 => $"({Expression(a)} .. {Expression(a)} .. {Expression(a)})",
            5 => $"({Expression(a)} {Pick(["==", "~=", "<", "<=", ">", ">="])} {Expression(a)})",
            6 => $"({Expression(a)} {Pick(["and", "or"])} {Expression(a)})",
            7 => $"({Pick(["not ", "- ", "#"])}{Expression(a)})",
            8 => $"({Expression(a)})[{Expression(a)}]",
            9 => $"({Expression(a)}).{Pick(["a", "x", "b", "n", "Y"])}",
            10 => $"({Expression(a)})({Expression(a)})",
            11 => $"({Expression(a)}):{Pick(["len", "upper", "rep", "a", "sub"])}({Expression(a)})",
            12 => $"`{{ {Expression(a)} }}-{{ {Expression(a)} }}`",
            13 => $"(if {Expression(a)} then {Expression(a)} else {Expression(a)})",
            14 => $"{{{Expression(a)}, {Expression(a)}}}",
            15 => $"{{x = {Expression(a)}, [{Expression(a)}] = {Expression(a)}}}",
            16 => $"select({Value(0)}, {Expression(a)}, {Expression(a)})",
            17 => $"(function(p, q, ...) return {Expression(a)}, p, q end)({Expression(a)})",
            18 => $"#{{{Expression(a)}, {Expression(a)}, {Expression(a)}}}",
            19 => "...",
            20 => $"tostring({Expression(a)})",
            _ => LibraryCall(a),
        };
    }

    string Atom()
    {
        if (_locals.Count > 0 && _random.Next(3) > 0)
            return Local();
        return _random.Next(8) switch
        {
            < 3 => Pick(Numbers),
            < 5 => Pick(Strings),
            5 => "(" + Pick(Others) + ")",
            6 => "(select(1, ...))",
            _ => "...",
        };
    }
}
