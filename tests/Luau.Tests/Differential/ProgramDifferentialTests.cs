namespace GameServer.Luau.Tests.Differential;

/// <summary>Random programs of the shared subset: locals, closures, tables, loops, calls, varargs, metamethods, pcall, coroutines. Numbers stay small integers, which
/// print alike in both languages.</summary>
public sealed class ProgramDifferentialTests
{
    const int StepsMax = 3000;

    [Fact]
    public void Random_programs_do_the_same()
    {
        for (int seed = 0; seed < 300; seed++) LuaOracle.Agree([new ProgramGenerator(seed).Program()]);
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void Many_random_programs_do_the_same()
    {
        for (int seed = 1000; seed < 12_000; seed++) LuaOracle.Agree([new ProgramGenerator(seed).Program()]);
    }

    sealed class ProgramGenerator(int seed)
    {
        readonly Random _random = new(seed);
        readonly List<string> _locals = [];
        int _names;
        int _depth;
        int _loops;
        int _functions;

        public string Program()
        {
            // A budget ends what would run too long, at the same place in both.
            return $"local steps = 0 local function tick() steps = steps + 1 if steps > {StepsMax} then error('budget', 0) end end\n"
                + "local function int(v) if type(v) == 'number' and v == v and v > -1e6 and v < 1e6 then return v + 0 end return 1 end\n"
                + $"check(function(...)\n{Block(8)}\nend, 1, 2, 3)\nemit(steps)";
        }

        string Pick(params string[] options) => options[_random.Next(options.Length)];
        bool Chance(int percent) => _random.Next(100) < percent;
        string Local() => _locals.Count == 0 ? "1" : _locals[_random.Next(_locals.Count)];
        string NewName() => "v" + _names++;

        string Block(int statements)
        {
            int scope = _locals.Count;
            _depth++;
            var lines = new List<string>();
            for (int n = _random.Next(1, statements + 1); n > 0; n--) lines.Add(Statement());
            if (Chance(25)) lines.Add("emit(" + Local() + ")");
            _depth--;
            _locals.RemoveRange(scope, _locals.Count - scope);
            return string.Join('\n', lines);
        }

        string Statement()
        {
            if (_depth > 5) return $"emit({Expression(1)})";
            switch (_random.Next(17))
            {
                case 0 or 1 or 2:
                {
                    string value = Expression(3), name = NewName();
                    _locals.Add(name);
                    return $"local {name} = {value}";
                }
                case 3:
                {
                    string a = Expression(2), call = Call(), x = NewName(), y = NewName(), z = NewName();
                    _locals.AddRange([x, y, z]);
                    return $"local {x}, {y}, {z} = {a}, {call}";
                }
                case 4 or 5 when _locals.Count > 0: return $"{Local()} = {Expression(3)}";
                case 6 when _locals.Count > 1:
                {
                    // Which of two assignments to one variable wins is nobody's promise.
                    int first = _random.Next(_locals.Count), second = (first + _random.Next(1, _locals.Count)) % _locals.Count;
                    return $"{_locals[first]}, {_locals[second]} = {Local()}, {Expression(2)}";
                }
                case 7: return $"if {Expression(2)} then\n{Block(3)}\nelseif {Expression(1)} then\n{Block(2)}\nelse\n{Block(2)}\nend";
                case 8:
                {
                    string i = NewName();
                    _loops++;
                    _locals.Add(i);
                    string body = Block(3);
                    _locals.Remove(i);
                    _loops--;
                    return $"for {i} = {_random.Next(-3, 4)}, {_random.Next(-3, 9)}, {Pick("1", "2", "-1", "3")} do tick()\n{body}\nend";
                }
                case 9:
                {
                    string k = NewName(), v = NewName();
                    string list = "{" + string.Join(", ", Enumerable.Range(0, _random.Next(5)).Select(_ => Atom())) + "}";
                    _loops++;
                    _locals.AddRange([k, v]);
                    string body = Block(3);
                    _locals.Remove(k);
                    _locals.Remove(v);
                    _loops--;
                    return $"for {k}, {v} in {Pick("ipairs", "ipairs", "ipairs")}({list}) do tick()\n{body}\nend";
                }
                case 10:
                {
                    string n = NewName();
                    _loops++;
                    string body = Block(3);
                    _loops--;
                    return $"do local {n} = 0 while {n} < {_random.Next(6)} do tick() {n} = {n} + 1\n{body}\nend end";
                }
                case 11:
                {
                    string n = NewName();
                    _loops++;
                    _locals.Add(n);
                    string body = Block(2);
                    _locals.Remove(n);
                    _loops--;
                    return $"do local {n} = 0 repeat tick() {n} = {n} + 1\n{body}\nlocal done = {n} > {_random.Next(5)} until done end";
                }
                case 12 when _loops > 0: return $"if {Expression(1)} then break end";
                case 13: return $"emit({Expression(3)}, {Call()})";
                case 14:
                {
                    string name = NewName();
                    string function = Function(name);
                    _locals.Add(name);
                    return $"local {function}";
                }
                case 15 when _functions > 0 && Chance(30): return $"do return {Expression(2)}, {Expression(1)} end";
                case 16:
                {
                    int loops = _loops;
                    _loops = 0;
                    string body = Block(2);
                    _loops = loops;
                    return $"emit(pcall(function() tick()\n{body}\n{(Chance(40) ? $"error({Pick("'x'", "7", "{1}", "nil")}, 0)" : "")} end))";
                }
                default: return $"do local _ = {Call()} end";
            }
        }

        string Function(string name)
        {
            string a = NewName(), b = NewName();
            int loops = _loops;
            _loops = 0;
            _functions++;
            _locals.AddRange([a, b]);
            string body = Block(4);
            _locals.Remove(a);
            _locals.Remove(b);
            _functions--;
            _loops = loops;
            return $"function {name}({a}, {b}{(Chance(30) ? ", ..." : "")}) tick()\n{body}\nreturn {Pick(a, b, $"{a}, {b}", "nil", "1, 2, 3")}\nend";
        }

        string Call() => _random.Next(8) switch
        {
            0 => $"select('#', {Expression(1)}, {Expression(1)})",
            1 => $"pcall(function(p, q) tick() return q, p, {Expression(1)} end, {Expression(1)}, {Expression(1)})",
            2 => $"type({Expression(2)})",
            3 => $"(function({NewName()}) tick() return {Expression(2)} end)({Expression(1)})",
            4 => $"select({_random.Next(1, 4)}, {Expression(1)}, {Expression(1)}, {Expression(1)})",
            5 => $"coroutine.wrap(function(p) tick() local q = coroutine.yield({Expression(1)}, p) return q end)({Expression(1)})",
            6 => $"next({{{Expression(1)}}})",
            _ => $"pcall({Local()}, {Expression(1)}, {Expression(1)})",
        };

        string Atom() => _random.Next(9) switch
        {
            0 => "nil",
            1 => Pick("true", "false"),
            2 => Pick("''", "'a'", "'bc'", "'10'"),
            3 or 4 => _random.Next(-9, 30).ToString(System.Globalization.CultureInfo.InvariantCulture),
            _ => Local(),
        };

        string Integer(int depth) => $"int({Expression(depth)})";

        string Expression(int depth)
        {
            if (depth == 0) return Atom();
            return _random.Next(18) switch
            {
                0 or 1 => $"({Integer(depth - 1)} {Pick("+", "-")} {Integer(depth - 1)})",
                2 => $"({Integer(depth - 1)} % {_random.Next(1, 50)} * {Integer(depth - 1)} % 1000)",
                3 => $"({Integer(depth - 1)} {Pick("//", "%")} {Pick("3", "7", "-4", "10")})",
                4 => $"({Integer(depth - 1)} {Pick("<", "<=", ">", ">=")} {Integer(depth - 1)})",
                5 => $"({Expression(depth - 1)} {Pick("==", "~=")} {Expression(depth - 1)})",
                6 => $"({Expression(depth - 1)} {Pick("and", "or")} {Expression(depth - 1)})",
                7 => $"(not {Expression(depth - 1)})",
                8 => $"({Integer(depth - 1)} .. {Pick("'x'", "''", Integer(depth - 1))})",
                9 => $"#{{{Atom2()}, {Atom2()}}}",
                10 => $"({{ a = {Expression(depth - 1)}, b = {Expression(depth - 1)}, {Expression(depth - 1)} }}).{Pick("a", "b", "c")}",
                11 => $"({{ {Expression(depth - 1)}, {Expression(depth - 1)}, [10] = {Expression(depth - 1)} }})[{Pick("1", "2", "10", "3")}]",
                12 => $"({Call()})",
                13 => $"setmetatable({{}}, {{ __index = function(_, k) tick() return {Expression(depth - 1)} end }}).x",
                14 => $"(setmetatable({{}}, {{ __add = function(p, q) tick() return {Expression(depth - 1)} end }}) + {Integer(depth - 1)})",
                15 => $"tostring({Integer(depth - 1)})",
                16 => $"(-{Integer(depth - 1)})",
                _ => Atom(),
            };
        }

        string Atom2() => Pick("1", "2", "'a'", "true");
    }
}
