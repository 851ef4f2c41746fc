using System.Text;

namespace GameServer.Luau.Tests.Compiler;

/// <summary>
/// A random program made to exercise choices of the compiler: operands in registers, cells, upvalues and constants, jumps inside jumps, assignments
/// to what is being read, loops with every kind of exit. It ends by itself (a step counter) and prints all it finds, errors with their lines included.
/// </summary>
sealed class RandomProgram(int seed)
{
    readonly Random _random = new(seed);
    readonly StringBuilder _text = new();
    readonly List<string> _names = [];
    int _fresh;
    int _loops;
    int _indent;

    /// <summary>The text of a program.</summary>
    public string Generate()
    {
        Line("local steps = 0");
        Line("local function step() steps += 1 if steps > 300 then error('too many steps', 0) end return true end");
        Line("local function text(v) return type(v) == 'table' and '{' .. #v .. '}' or type(v) == 'function' and 'f' or tostring(v) end");
        Line("local function show(...) local s = '' for i = 1, select('#', ...) do s ..= text((select(i, ...))) .. ' ' end return s end");
        Line("local function pass(...) return ... end");
        Line("local object = {value = 1, list = {1, 2, 3}, name = 'o'}");
        Line("function object:add(n) self.value += n or 1 return self.value end");
        Line("function object.many(...) return 1, ..., 'many' end");
        _names.AddRange(["object", "steps"]);
        for (int block = 0; block < 6; block++)
        {
            int names = _names.Count;
            Line("print(show(pcall(function()");
            Nested(() => Block(8, 3));
            Line($"return {Expression(2)}, {Expression(1)}");
            Line("end)))");
            _names.RemoveRange(names, _names.Count - names);
            Line("steps = 0");
        }
        return _text.ToString();
    }

    void Line(string text) => _text.Append(' ', _indent).Append(text).Append('\n');

    void Nested(Action body)
    {
        int names = _names.Count;
        _indent++;
        body();
        _indent--;
        _names.RemoveRange(names, _names.Count - names);
    }

    int Next(int count) => _random.Next(count);

    string Pick(params string[] choices) => choices[Next(choices.Length)];

    string Name() => _names[Next(_names.Count)];

    string Fresh()
    {
        string name = "v" + _fresh++;
        _names.Add(name);
        return name;
    }

    void Block(int statements, int depth)
    {
        for (int i = Next(statements); i >= 0; i--)
            Statement(depth);
    }

    void Loop(string head, int depth, string end = "end", Func<string>? tail = null)
    {
        Line(head);
        _loops++;
        int names = _names.Count;
        _indent++;
        Line("step()");
        Block(4, depth - 1);
        _indent--;
        _loops--;
        Line(end + (tail is null ? "" : " " + tail()));
        _names.RemoveRange(names, _names.Count - names);
    }

    void Statement(int depth)
    {
        switch (Next(depth > 0 ? 18 : 9))
        {
            case 0 or 1:
                string value = Next(3) == 0 ? Expression(2) : Number(2);
                Line($"local {Fresh()} = {value}");
                break;
            case 2:
                string values = $"{Expression(1)}, {Pick("pass(1, nil, 'x')", "object.many()", Expression(1))}";
                Line($"local {Fresh()}, {Fresh()}, {Fresh()} = {values}");
                break;
            case 3: Line($"{Target()} = {(Next(6) == 0 ? Expression(3) : Number(3))}"); break;
            case 4: Line($"{Target()}, {Target()} = {Number(1)}, {Pick(Number(2), "pass(3, 4)", Number(1) + ", step()")}"); break;
            case 5: Line($"{Target()} {Pick("+", "-", "*", "/", "//", "%")}= {Number(1)}"); break;
            case 6: Line($"print(show({Expression(2)}, {Expression(1)}))"); break;
            case 7: Line($"if {Expression(2)} then {Pick($"{Target()} = {Expression(1)}", _loops > 0 ? "break" : "step()", _loops > 0 ? "continue" : "step()")} end"); break;
            case 8: Line(Pick($"object:add({Number(1)})", $"table.insert(object.list, {Number(0)})", "object.name ..= 'y'", "step()")); break;
            case 9 or 10:
                Line($"if {Expression(3)} then");
                Nested(() => Block(3, depth - 1));
                if (Next(2) == 0)
                {
                    Line($"elseif {Expression(2)} then");
                    Nested(() => Block(3, depth - 1));
                }
                if (Next(2) == 0)
                {
                    Line("else");
                    Nested(() => Block(3, depth - 1));
                }
                Line("end");
                break;
            case 11: Loop($"while {Expression(2)} do", depth); break;
            case 12: Loop("repeat", depth, "until", () => Expression(2)); break;
            case 13:
                string head = $"{Pick("1", "0", "3", "-1", Number(0))}, {Pick("3", "2", "0", "5", Number(0))}{Pick("", ", 1", ", -1", ", 2", ", 0.5")}";
                Loop($"for {Fresh()} = {head} do", depth);
                break;
            case 14:
                string list = Pick("object.list", "{1, 'b', 3}", "ipairs(object.list)", "pairs({5, 6})", "object.list");
                Loop($"for {Fresh()}, {Fresh()} in {list} do", depth);
                break;
            case 15 or 16:
                string name = "v" + _fresh++;
                Line($"local function {name}(a, b, ...)");
                int loops = _loops;
                _loops = 0;
                _names.AddRange(["a", "b"]);
                Nested(() =>
                {
                    Line("step()");
                    Block(3, depth - 1);
                    Line($"return {Pick(Expression(2), $"{Expression(1)}, ...", $"pass(a, {Expression(1)})")}");
                });
                _names.RemoveRange(_names.Count - 2, 2);
                _loops = loops;
                Line("end");
                _names.Add(name);
                Line($"print(show({name}({Number(1)}, {Number(1)}, 7)))");
                break;
            default:
                Line("do");
                Nested(() => Block(3, depth - 1));
                Line("end");
                break;
        }
    }

    string Target() => Next(4) switch
    {
        0 => $"object.{Pick("value", "value", "other")}",
        1 => $"object.list[{Pick("1", "2", "#object.list", "#object.list + 1")}]",
        _ => Variable(),
    };

    /// <summary>A local that may be assigned: not what the program itself stands on.</summary>
    string Variable()
    {
        string name = Name();
        return name is "object" or "steps" ? "object.value" : name;
    }

    /// <summary>An expression that is a number unless some variable has become something else, which the program should survive now and then.</summary>
    string Number(int depth)
    {
        if (depth == 0)
        {
            if (Next(5) < 3 && _names.Count > 2)
                return $"(tonumber({Name()}) or {Next(4)})";
            return Next(3) == 0 ? Variable() : Pick("1", "2", "0", "-1", "0.5", "10", "object.value", "#object.list");
        }
        return Next(10) switch
        {
            0 or 1 or 2 => $"({Number(depth - 1)} {Pick("+", "-", "*", "/", "%", "//")} {Number(depth - 1)})",
            3 => $"math.{Pick("floor", "abs", "max", "min")}({Number(depth - 1)}{Pick("", ", 2", ", " + Number(depth - 1))})",
            4 => $"(if {Number(depth - 1)} {Pick("==", "<", ">=")} {Number(depth - 1)} then {Number(depth - 1)} else {Number(depth - 1)})",
            5 => $"({Expression(depth - 1)} and {Number(depth - 1)} or {Number(depth - 1)})",
            6 => $"object:add({Number(depth - 1)})",
            7 => $"(function() {Variable()} = {Number(depth - 1)} return {Number(depth - 1)} end)()",
            8 => $"-({Number(depth - 1)})",
            _ => Number(0),
        };
    }

    string Expression(int depth)
    {
        if (Next(3) > 0)
            return Number(depth);
        if (depth == 0)
        {
            return Next(9) switch
            {
                0 => Pick("1", "2", "0", "-1", "0.5", "10"),
                1 => Pick("'x'", "'10'", "''"),
                2 => Pick("nil", "true", "false"),
                3 => "object.value",
                4 => Pick("object.list[1]", "object.list[2]", "#object.list", "object.name"),
                _ => Name(),
            };
        }
        return Next(16) switch
        {
            0 or 1 => $"({Number(depth - 1)} {Pick("<", "<=", ">", ">=", "^")} {Number(depth - 1)})",
            2 => $"{Number(depth - 1)} .. {Number(depth - 1)}",
            3 or 4 => $"({Expression(depth - 1)} {Pick("==", "~=")} {Expression(depth - 1)})",
            5 or 6 or 7 => $"({Expression(depth - 1)} {Pick("and", "or")} {Expression(depth - 1)})",
            8 => $"{Pick("not ", "#tostring")}({Expression(depth - 1)})",
            9 => $"(if {Expression(depth - 1)} then {Expression(depth - 1)} else {Expression(depth - 1)})",
            10 => $"`{{{Expression(depth - 1)} == 1}}x{{{Expression(depth - 1)} ~= nil}}`",
            11 => $"{{{Expression(depth - 1)}, n = {Expression(depth - 1)}, {Pick(Expression(depth - 1), "pass(1, 2)")}}}",
            12 => $"{Expression(depth - 1)} {Pick("+", "<", "..")} {Expression(depth - 1)}",
            13 => Pick($"object:add({Expression(depth - 1)})", $"(pass({Expression(depth - 1)}, 2))",
                $"select(2, pass({Expression(depth - 1)}, {Expression(depth - 1)}))", $"type({Expression(depth - 1)})"),
            14 => $"(function() {Variable()} = {Expression(depth - 1)} return {Expression(depth - 1)} end)()",
            _ => Expression(0),
        };
    }
}
