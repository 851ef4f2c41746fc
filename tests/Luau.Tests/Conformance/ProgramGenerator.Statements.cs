using System.Text;

namespace GameServer.Luau.Tests.Conformance;

// Whole programs: loops, closures, metatables, coroutines, errors. Loops count and every function counts its calls, so each program ends. Most
// expressions fit their types, so that programs get somewhere; the wild ones of the probes stand under pcall.
sealed partial class ProgramGenerator
{
    const string Count = "steps += 1 if steps > 200 then error(\"too many steps\") end";

    readonly StringBuilder _text = new();
    readonly List<string> _locals = [];
    readonly HashSet<string> _numbers = [];
    int _names;
    int _indent;
    int _loops;
    int _functions;

    /// <summary>A program of statements that work on shared locals and emit what they see.</summary>
    public string Statements(int count)
    {
        _text.Clear();
        _locals.Clear();
        _numbers.Clear();
        _names = 0;
        Line("local emit, dump = ...");
        Line("local steps = 0");
        for (var i = 0; i < 3; i++)
            Declare(Pick(Numbers), isNumber: true);
        Declare("{1, 2, 3, n = 4}");
        Declare(Pick(Strings));
        for (var i = 0; i < count; i++)
            Statement(3);
        foreach (var name in _locals)
            Line($"emit(\"{name}\", dump({name}))");

        var text = _text.ToString();
        _locals.Clear();
        return text;
    }

    void Line(string text) => _text.Append('\t', _indent).Append(text).Append('\n');

    string NewName() => "v" + _names++;

    string Local() => _locals[_random.Next(_locals.Count)];

    void Declare(string value, bool isNumber = false)
    {
        var name = NewName();
        Line($"local {name} = {value}");
        AddLocal(name, isNumber);
    }

    void AddLocal(string name, bool isNumber)
    {
        _locals.Add(name);
        if (isNumber)
            _numbers.Add(name);
    }

    void DropLocals(int count) => _locals.RemoveRange(count, _locals.Count - count);

    string NumberLocal()
    {
        for (var i = 0; i < 5; i++)
        {
            var name = Local();
            if (_numbers.Contains(name))
                return name;
        }

        return _locals[0];
    }

    string Number(int depth)
    {
        if (depth <= 0)
            return _random.Next(3) == 0 ? Pick(Numbers) : NumberLocal();

        var a = depth - 1;
        return _random.Next(12) switch
        {
            < 5 => $"({Number(a)} {Pick(["+", "-", "*", "/", "//", "%", "^"])} {Number(a)})",
            5 => $"- {Number(a)}",
            6 => $"#{Text(a)}",
            7 => $"(if {Condition(a)} then {Number(a)} else {Number(a)})",
            8 => $"({Condition(a)} and {Number(a)} or {Number(a)})",
            9 => $"math.{Pick(["floor", "abs", "sqrt", "sign", "ceil", "round"])}({Number(a)})",
            10 => $"math.{Pick(["max", "min", "fmod"])}({Number(a)}, {Number(a)})",
            _ => $"bit32.{Pick(["band", "bxor", "lshift"])}(#{Text(a)}, {_random.Next(40)})",
        };
    }

    string Text(int depth)
    {
        if (depth <= 0)
            return Pick(Strings);

        var a = depth - 1;
        return _random.Next(6) switch
        {
            0 => $"({Text(a)} .. {Number(a)} .. {Text(a)})",
            1 => $"tostring({Number(a)})",
            2 => $"`<{{ {Number(a)} }}:{{ {Text(a)} }}>`",
            3 => $"string.sub({Text(a)}, {_random.Next(-3, 4)}, {_random.Next(-3, 6)})",
            4 => $"({Text(a)}):upper()",
            _ => $"string.format(\"%5.1f|%s\", {Number(a)}, {Text(a)})",
        };
    }

    string Condition(int depth)
    {
        if (depth <= 0)
            return $"{Number(0)} {Pick(["<", "<=", ">", ">=", "==", "~="])} {Number(0)}";

        var a = depth - 1;
        return _random.Next(7) switch
        {
            0 or 1 => $"{Number(a)} {Pick(["<", "<=", ">", ">=", "==", "~="])} {Number(a)}",
            2 => $"{Text(a)} {Pick(["<", "==", "~="])} {Text(a)}",
            3 => $"not ({Condition(a)})",
            4 => $"({Condition(a)} {Pick(["and", "or"])} {Condition(a)})",
            5 => Local(),
            _ => $"type({Local()}) {Pick(["==", "~="])} \"{Pick(["number", "string", "table", "nil"])}\"",
        };
    }

    // Any value, without an error.
    string Safe(int depth) => _random.Next(6) switch
    {
        0 or 1 => Number(depth),
        2 => Text(depth),
        3 => Local(),
        4 => $"{{{Number(1)}, {Text(1)}, x = {Number(1)}, [{Number(0)} == 0] = {Local()}}}",
        _ => $"select(2, pcall(function(...) return {Expression(2)} end, {Local()}, {Local()}))",
    };

    // A block with its own locals.
    void Block(int depth, Action? last = null)
    {
        var count = _locals.Count;
        _indent++;
        for (var n = _random.Next(1, 4); n > 0; n--)
            Statement(depth - 1);
        last?.Invoke();
        _indent--;
        DropLocals(count);
    }

    void Statement(int depth)
    {
        switch (_random.Next(depth <= 0 ? 9 : 27))
        {
            case 0:
                Declare(Safe(2));
                break;
            case 1:
                Declare(Number(2), isNumber: true);
                break;
            case 2:
                Line($"{NumberLocal()} = {Number(2)}");
                break;
            case 3:
                Line($"{NumberLocal()} {Pick(["+=", "-=", "*=", "//=", "%=", "^=", "/="])} {Number(1)}");
                break;
            case 4:
                Line($"emit({Safe(2)}, {Safe(1)}, {Condition(1)})");
                break;
            case 5:
                Line($"{NumberLocal()}, {NumberLocal()} = {Number(1)}, {Number(1)}");
                break;
            case 6:
                var change = $"t[{Safe(0)}] = {Safe(0)} t.x {Pick(["=", "+=", "..="])} {Safe(0)}";
                Line($"emit(pcall(function(t, ...) {change} return dump(t) end, {Local()}))");
                break;
            case 7:
                Line($"emit(pcall(function(...) return {LibraryCall(1)} end, {Safe(0)}))");
                break;
            case 8:
                var (a, b) = (NewName(), NewName());
                Line($"local {a}, {b} = " + Pick([
                    $"(function(...) return {Safe(0)}, {Safe(0)}, {Safe(0)} end)()", Safe(1), $"{Safe(1)}, {Safe(1)}, {Safe(1)}",
                    $"pcall(function(...) return {Expression(2)} end)",
                ]));
                AddLocal(a, isNumber: false);
                AddLocal(b, isNumber: false);
                break;
            case 9:
                If(depth);
                break;
            case 10 or 11:
                var i = NewName();
                var range = Pick(["1, 3", "3, 1, -1", "1, 2, 0.5", "1, 0", "0.1, 0.35, 0.1", "-1, 1", "1, \"2\"", "3, 1", "1, math.min(2, #\"abc\")"]);
                Line($"for {i} = {range} do");
                LoopBody(depth, i, isNumber: true);
                break;
            case 12:
                GenericFor(depth);
                break;
            case 13:
                var w = NewName();
                Line($"local {w} = 0");
                Line($"while {w} < 3 do");
                Line($"\t{w} += 1");
                LoopBody(depth, w, isNumber: true);
                break;
            case 14:
                var r = NewName();
                Line($"local {r} = 0");
                Line("repeat");
                Line($"\t{r} += 1");
                Line($"\tlocal done = {r} >= 3");
                _loops++;
                Block(depth);
                _loops--;
                Line("until done");
                break;
            case 15 or 16:
                var f = NewName();
                Line($"local function {f}(p, q, ...)");
                Function(depth, "end", "p", "q");
                AddLocal(f, isNumber: false);
                Line($"emit(pcall({f}, {Safe(0)}, {Safe(0)}, {Safe(0)}))");
                break;
            case 17:
                Line("emit(pcall(function(...)");
                Function(depth, $"end, {Safe(0)}))");
                break;
            case 18:
                var co = NewName();
                Line($"local {co} = coroutine.{Pick(["wrap", "create"])}(function(p, ...)");
                Function(depth, "end)", extra: $"p = coroutine.yield({Safe(0)}, p)");
                Line($"emit(pcall(if type({co}) == \"thread\" then coroutine.resume else {co}, {co}, {Safe(0)}))");
                Line($"emit(pcall(if type({co}) == \"thread\" then coroutine.resume else {co}, {co}, {Safe(0)}))");
                break;
            case 19:
                var list = NewName();
                Line($"local {list} = {{}}");
                Line($"for i = 1, 3 do local j = i * 2 {list}[i] = function(d) i += d or 1 j -= 1 return i, j end end");
                Line($"emit({list}[1](), {list}[2](5), {list}[1](), {list}[3]())");
                break;
            case 20:
                Metatable();
                break;
            case 21:
                Line("emit(xpcall(function(...)");
                const string Handler = "function(e) return \"handled\", e, (debug.traceback(\"tb\")) end";
                Function(depth, $"end, {Handler}))", extra: $"error({Safe(0)}, {_random.Next(0, 4)})");
                break;
            case 22:
                Line("do");
                Block(depth);
                Line("end");
                break;
            case 23 when _loops > 0:
                Line($"if {Condition(1)} then {Pick(["break", "continue"])} end");
                break;
            case 24 when _functions > 0:
                Line($"if {Condition(1)} then return {Safe(1)}, {Safe(1)} end");
                break;
            case 25:
                Line($"function global{_random.Next(3)}(p, q, ...)");
                Function(depth, "end", "p", "q");
                Line($"emit(pcall(global{_random.Next(3)}, {Safe(0)}))");
                break;
            default:
                Line($"emit({Local()}, dump({Local()}))");
                break;
        }
    }

    void If(int depth)
    {
        Line($"if {Condition(2)} then");
        Block(depth);
        if (_random.Next(2) == 0)
        {
            Line($"elseif {Condition(1)} then");
            Block(depth);
        }

        if (_random.Next(2) == 0)
        {
            Line("else");
            Block(depth);
        }

        Line("end");
    }

    void GenericFor(int depth)
    {
        var (k, v) = (NewName(), NewName());
        var source = Pick([
            "{10, 20, 30}",
            "ipairs({\"a\", \"b\"})", "pairs({1, 2})", "next, {5}", "string.gmatch(\"a b c\", \"%w\")",
            "ipairs({1, nil, 3})",
            "function(s, c) c = (c or 0) + 1 if c < 4 then return c, s end end, \"state\"",
            "setmetatable({}, {__iter = function() return next, {7, 8} end})",
            "coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i, i * i) end end)",
            "setmetatable({1}, {__call = function(_, s, c) if not c then return 1, s end end}), 9",
        ]);
        Line($"for {k}, {v} in {source} do");
        AddLocal(v, isNumber: false);
        LoopBody(depth, k, isNumber: false);
        _locals.Remove(v);
    }

    void Metatable()
    {
        var m = NewName();
        var events = new[]
        {
            "__index", "__newindex", "__call", "__add", "__concat", "__eq", "__lt", "__le", "__len", "__unm", "__iter", "__tostring",
            "__mod",
            "__idiv",
        };
        Line($"local {m} = setmetatable({{x = 1}}, {{");
        for (var n = 0; n < 3; n++)
        {
            Line($"\t{Pick(events)} = function(s, o, ...)");
            Line($"\t\temit(\"meta\", type(s), type(o), ...) {Count} return {Safe(1)}");
            Line("\tend,");
        }

        Line("})");
        AddLocal(m, isNumber: false);
        Line($"emit(pcall(function(...) return {m} {Pick(["+", "..", "==", "<", "<=", "%", "//", "~=", ">"])} {Pick([m, Safe(0)])} end))");
        var use = Pick([$"#{m}", $"-{m}", $"{m}(1, 2)", $"tostring({m})", $"{m}:x(1)"]);
        Line($"emit(pcall(function(...) {m}.y = {Safe(0)} return {m}.z, {use} end))");
    }

    void LoopBody(int depth, string variable, bool isNumber)
    {
        var count = _locals.Count;
        AddLocal(variable, isNumber);
        _loops++;
        Line("\t" + Count);
        Block(depth);
        _loops--;
        DropLocals(count);
        Line("end");
    }

    void Function(int depth, string closing, string? first = null, string? second = null, string? extra = null)
    {
        var (loops, count) = (_loops, _locals.Count);
        _loops = 0;
        _functions++;
        if (first is not null)
        {
            AddLocal(first, isNumber: false);
            AddLocal(second!, isNumber: false);
        }

        Line("\t" + Count);
        Block(depth, () =>
        {
            if (extra is not null)
                Line(extra);
            if (_random.Next(3) > 0)
                Line($"return {Safe(1)}, {Safe(1)}");
        });
        _functions--;
        _loops = loops;
        DropLocals(count);
        Line(closing);
    }
}
