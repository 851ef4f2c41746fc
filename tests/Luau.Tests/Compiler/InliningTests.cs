using GameServer.Luau.Bytecode;
using GameServer.Luau.Tests.Runtime;

namespace GameServer.Luau.Tests.Compiler;

public class InliningTests
{
    [Fact]
    public void A_call_of_a_small_local_function_is_written_out_at_level_2_only()
    {
        const string source = "local function add(a, b) return a + b end local x, y = ... return add(x, y)";

        Assert.DoesNotContain(OpCode.Call, Compiled.OpCodes(Compiled.Source(source, 2)));
        Assert.Contains("Add            R3, R1, R2", Compiled.Text(source, 2).Split('\n'));
        Assert.Contains(OpCode.Call, Compiled.OpCodes(Compiled.Source(source, 1)));
    }

    [Theory]
    [InlineData("local function f(a) return g(a) end return f(...)")]
    [InlineData("local function f(a) return a + global end return f((...))")]
    [InlineData("local function f(...) return 1 end return f(1)")]
    [InlineData("local function f(a) a = 1 return a end return f(1)")]
    [InlineData("local function f(a) return function() return a end end return f(1)")]
    [InlineData("local function f(a) return a end f = print return f(1)")]
    [InlineData("local function f(a, b) return a end return f(...)")]
    [InlineData("local function f(a) local b = a b += 1 return b end return f(1)")]
    [InlineData("local function f(a) local b, c = a return b end return f(1)")]
    [InlineData("local function f(a) if a then return 1 end return 2 end return f(1)")]
    public void Other_calls_stay_calls(string source) => Assert.Contains(OpCode.Call, Compiled.OpCodes(Compiled.Source(source, 2)));

    [Fact]
    public void Arguments_are_evaluated_once_in_order_and_missing_ones_are_nil() => ScriptRun.Prints(
        """
        local log = {}
        local function note(x) table.insert(log, x) return x end
        local function second(a, b) return b end
        local function both(a, b) return { a, b, n = a } end
        print(second(note(1), note(2), note(3)), second(note(4)), table.concat(log, ","))
        print(both(1).n, #both(1, 2), second(1, nil), (second(5, 6)))
        local function pair() return 7, 8 end
        print(second(pair()), second(0, pair()), second(0, 9, pair()))
        """,
        "2\tnil\t1,2,3,4", "1\t2\tnil\t6", "8\t7\t9");

    [Fact]
    public void Bodies_nest_and_see_the_variables_of_where_they_stand() => ScriptRun.Prints(
        """
        local scale, count = 10, 0
        local function times(a) return a * scale end
        local function sum(a, b) return a + b end
        local function bump() count += 1 scale += 1 return count end
        local function outer()
            local scale = "hidden"
            return function(x) return sum(times(x), times(sum(x, bump()))), scale end
        end
        local inner = outer()
        print(inner(1), inner(1))
        local x = 3
        x = sum(x, sum(x, x))
        x = times(x) - x
        print(x, sum(sum(1, 2), sum(3, sum(4, 5))))
        local t = {}
        for i = 1, 3 do t[sum(i, 1)] = sum(i, i) end
        local function blend(a, b, c)
            local rest, two = 1 - c, nil
            local one = 1
            local left = a * c
            return left + b * rest + one - 1
        end
        local function mix(a, b)
            local half = (a + b) / 2
            local one = 1
            return half + one - 1
        end
        x = 8
        x = mix(x, mix(x, x + 4))
        print(blend(1, 2, 0.5), x, mix(mix(1, 3), mix(5, 7)))
        print(t[2], t[3], t[4], sum(2, 3) == 5 and sum("1", 2) or "no")
        """,
        "32\t47\thidden", "99\t15", "1.5\t9\t4", "2\t4\t6\t3");

    [Fact]
    public void Errors_and_metamethods_in_a_body_show_its_line()
    {
        const string source = """
            local function add(a, b)
                return a
                    + b
            end
            local function field(a) return a.b.c end
            local V = setmetatable({}, { __add = function() error("from add", 2) end })
            print(pcall(function() return add({}, 1) end))
            print(pcall(function() return 1 .. field({}) end))
            print(pcall(function()
                local x = add(V, 1)
                return x
            end))
            print(pcall(function() return add(1, 2)
                .. {} end))
            """;
        var outputs = new List<string>();
        for (int level = 0; level <= 2; level++)
        {
            using var run = new ScriptRun();
            run.Run(source, level);
            outputs.Add(run.Output);
        }
        Assert.Equal(outputs[0], outputs[1]);
        Assert.Equal(outputs[1], outputs[2]);
        Assert.Contains("test:2: attempt to perform arithmetic (add) on table and number", outputs[2], StringComparison.Ordinal);
    }

    [Fact]
    public void The_limit_of_registers_does_not_depend_on_it()
    {
        string source = "local function f(a) return a end\n" + Compiled.Repeat(190, i => $"local v{i} = f()\n") + "return f(f(f(f(f(f(1))))))";

        Assert.Equal(Compiled.Outcome(source, 1), Compiled.Outcome(source, 2));
    }
}
