using System.Text;
using GameServer.Luau.Library;

namespace GameServer.Luau.Tests.Fuzz;

/// <summary>
/// A small program that may do anything: endless loops, endless recursion, library functions with the wrong arguments, metamethods that yield,
/// comparators that lie. Unlike <c>ProgramGenerator</c> it need not end, print or make sense; it should only reach as many corners as possible.
/// </summary>
sealed class ChaosProgram(Random random)
{
    static readonly string[] Functions =
    [
        .. StandardLibraries.All.SelectMany(library => library.Rows.Where(row => row.Body != null).Select(row => library.Name.Length == 0 ? row.Name : $"{library.Name}.{row.Name}")),
        "loadstring", "getfenv", "setfenv", "newproxy", "collectgarbage",
    ];

    static readonly string[] Names = ["a", "b", "c", "d", "e", "f", "g", "t", "s", "co"];
    static readonly string[] Fields = ["x", "y", "n", "__index", "len", "a"];

    static readonly string[] Numbers =
    [
        "0", "-0", "1", "2", "3", "-1", "-2", "7", "31", "32", "100", "255", "256", "8000", "65536", "1e6", "2^31", "-2^31", "2^31-1", "2^53", "2^63", "1e300", "0/0", "1/0",
        "-1/0", "0.5", "-1.5", "1e-300", "2^26", "2^26+1", "1073741824",
    ];

    static readonly string[] Texts =
    [
        "''", "'a'", "'abc'", "'10'", "' 0x1F '", "'%d'", "'%s %q'", "'a*.-(b)%1'", "'%b()'", "'[%a-z]+'", "'(((('", "'%f[%w]'", "'i4z<!8'", "'\\0\\255'", "'snlaf'", "'k'", "'kv'", "'#'",
        "'!*t'", "'%c%%'", "'__index'", "'\\u{10FFFF}'", "('x'):rep(300)", "('ab'):rep(5000)", "('(a'):rep(40)", "'return ...'", "'while true do end'", "'local x = '", "[[x]]",
    ];

    static readonly string[] Operators = ["+", "-", "*", "/", "//", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or"];

    static readonly string[] Metamethods =
    [
        "__index", "__newindex", "__call", "__add", "__sub", "__mul", "__div", "__idiv", "__mod", "__pow", "__unm", "__concat", "__len", "__eq", "__lt", "__le", "__iter", "__tostring",
        "__metatable", "__mode", "__namecall", "__type", "__gc",
    ];

    readonly StringBuilder _text = new();
    int _depth;

    /// <summary>Makes one program.</summary>
    public string Make()
    {
        _text.Clear();
        _depth = 0;
        int locals = random.Next(4);
        for (int i = 0; i < locals; i++) _text.Append("local ").Append(Name()).Append(" = ").Append(Value(2)).Append('\n');
        Block(random.Next(2, 9));
        if (random.Next(4) == 0) _text.Append("return ").Append(List(3));
        return _text.ToString();
    }

    string Pick(string[] choices) => choices[random.Next(choices.Length)];

    string Name() => Pick(Names);

    void Block(int statements)
    {
        _depth++;
        for (int i = 0; i < statements; i++)
        {
            // Most statements fail; the program should go on.
            bool isProtected = _depth <= 2 && random.Next(5) != 0;
            if (isProtected) _text.Append("pcall(function(...) ");
            Statement();
            if (isProtected) _text.Append(" end)");
            _text.Append(random.Next(20) == 0 ? ";\n" : "\n");
        }
        _depth--;
    }

    void Nested(string head, string tail)
    {
        _text.Append(head).Append('\n');
        Block(_depth > 3 ? 1 : random.Next(1, 4));
        _text.Append(tail);
    }

    void Statement()
    {
        switch (random.Next(_depth > 4 ? 12 : 26))
        {
            case 0 or 1 or 2: _text.Append(Call(2)); break;
            case 3: _text.Append($"local {Name()}, {Name()} = {List(2)}"); break;
            case 4: _text.Append($"{Name()} = {Value(3)}"); break;
            case 5: _text.Append($"{Target()}, {Target()} = {List(2)}"); break;
            case 6: _text.Append($"{Target()} {Pick(["+", "-", "*", "/", "//", "%", "^", ".."])}= {Value(2)}"); break;
            case 7: _text.Append($"{Target()} = {Value(2)}"); break;
            case 8: _text.Append($"pcall({List(3)})"); break;
            case 9: _text.Append($"do local ok, err = pcall({Function()}, {List(2)}) print(ok, err) end"); break;
            case 10: _text.Append($"print({List(3)})"); break;
            case 11: _text.Append($"{Name()} = setmetatable({{}}, {Metatable()})"); break;
            case 12: Nested($"if {Value(2)} then", "end"); break;
            case 13: Nested($"if {Value(2)} then", $"else {Call(1)} end"); break;
            case 14: Nested($"for i = {Value(1)}, {Pick(["3", "10", Value(1)])}{(random.Next(4) == 0 ? ", " + Value(1) : "")} do", random.Next(3) == 0 ? "break end" : "end"); break;
            case 15: Nested($"for k, v in {List(2)} do", "end"); break;
            case 16: Nested($"for k, v in pairs({Value(2)}) do", random.Next(3) == 0 ? "continue end" : "end"); break;
            case 17: Nested($"local n = 0 while {Value(1)} do n += 1 if n > {random.Next(30)} then break end", "end"); break;
            case 18: Nested("repeat local r = " + Value(1), random.Next(12) == 0 ? $"until {Value(1)}" : "until r == r or r ~= r"); break;
            case 19: Nested($"local function {Name()}({Parameters()})", "end"); break;
            case 20: Nested($"function {Name()}({Parameters()})", random.Next(2) == 0 ? $"return {List(2)} end" : "end"); break;
            case 21: Nested($"{Name()} = coroutine.{(random.Next(2) == 0 ? "wrap" : "create")}(function(...)", $"coroutine.yield({List(2)}) end)"); break;
            case 22: _text.Append($"table.sort({Value(1)}, function(x, y) return {Value(2)} end)"); break;
            case 23: _text.Append($"string.gsub({Text()}, {Text()}, {Function()})"); break;
            case 24: _text.Append($"xpcall({Function()}, {Function()}, {List(1)})"); break;
            default: Nested("do", "end"); break;
        }
    }

    string Parameters() => random.Next(4) switch { 0 => "", 1 => Name(), 2 => $"{Name()}, ...", _ => "..." };

    string Target() => random.Next(3) switch { 0 => Name(), 1 => $"{Name()}.{Pick(Fields)}", _ => $"{Name()}[{Value(1)}]" };

    string List(int max)
    {
        var list = new StringBuilder(Value(2));
        for (int n = random.Next(max); n > 0; n--) list.Append(", ").Append(Value(2));
        return list.ToString();
    }

    string Call(int depth) => random.Next(7) switch
    {
        0 => $"{Name()}({Value(depth)})",
        1 => $"{Name()}:{Pick(Fields)}({Value(depth)})",
        2 => $"coroutine.resume({Name()}, {Value(depth)})",
        3 => $"select(1, {Function()})({Value(depth)})",
        _ => $"{Pick(Functions)}({(random.Next(8) == 0 ? "" : List(4))})",
    };

    string Text() => random.Next(5) == 0 ? Value(1) : Pick(Texts);

    string Function()
    {
        switch (random.Next(8))
        {
            case 0: return Pick(Functions);
            case 1: return Name();
            case 2: return "function(...) return ... end";
            case 3: return "function(x, y) error(x) end";
            case 4: return $"function(...) return {Value(1)} end";
            case 5: return $"function(x) {Name()} = x return {Call(1)} end";
            case 6: return $"function(...) {Call(1)} coroutine.yield(...) {Call(0)} end";
            default: return $"function() return pcall({Name()}, {Name()}) end";
        }
    }

    string Metatable()
    {
        var table = new StringBuilder("{");
        for (int n = random.Next(1, 4); n > 0; n--)
        {
            string name = Pick(Metamethods);
            string handler = random.Next(5) == 0 || name == "__mode" ? Value(1) : Function();
            table.Append(name).Append(" = ").Append(handler).Append(", ");
        }
        return table.Append('}').ToString();
    }

    string Value(int depth)
    {
        if (depth <= 0) return random.Next(3) switch { 0 => Pick(Numbers), 1 => Pick(Texts), _ => Name() };
        switch (random.Next(22))
        {
            case 0 or 1 or 2 or 3: return Name();
            case 4 or 5: return Pick(Numbers);
            case 6 or 7: return Pick(Texts);
            case 8: return random.Next(3) switch { 0 => "nil", 1 => "true", _ => "false" };
            case 9: return "{}";
            case 10: return $"{{{List(3)}}}";
            case 11: return $"{{{Pick(Fields)} = {Value(depth - 1)}, [{Value(depth - 1)}] = {Value(depth - 1)}}}";
            case 12: return $"({Value(depth - 1)} {Pick(Operators)} {Value(depth - 1)})";
            case 13: return $"({Pick(["-", "not ", "#"])}{Value(depth - 1)})";
            case 14: return Function();
            case 15 or 16: return Call(depth - 1);
            case 17: return $"{Name()}.{Pick(Fields)}";
            case 18: return $"`{{{Name()}}} {{{Name()}}}`";
            case 19: return $"setmetatable({{{(random.Next(2) == 0 ? "" : "1, 2")}}}, {Metatable()})";
            case 20: return $"(if {Value(depth - 1)} then {Value(depth - 1)} else {Value(depth - 1)})";
            default: return random.Next(4) switch { 0 => "buffer.create(16)", 1 => "vector.create(1, 2, 3)", 2 => "coroutine.create(" + Function() + ")", _ => "newproxy(true)" };
        }
    }
}
