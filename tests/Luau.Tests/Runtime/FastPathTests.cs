using System.Globalization;

namespace GameServer.Luau.Tests.Runtime;

/// <summary>Paths that exist for speed only agree with the plain ones.</summary>
public class FastPathTests
{
    [Fact]
    public void A_remainder_by_a_constant_integer_is_the_same_as_by_a_variable()
    {
        double[] divisors = [1, 2, 3, 7, 10, 13, 4096, 65521, 268435456, 2147483647, 2147483648];
        string checks = string.Concat(divisors.Select(d => string.Create(CultureInfo.InvariantCulture, $"check(a % {d}, a % d({d}), a, {d})\n")));
        using var run = new ScriptRun();
        run.Run($$"""
            local function d(x) return x end
            local function check(got, wanted, a, b)
                if got == wanted and 1 / got == 1 / wanted then return end
                if got ~= got and wanted ~= wanted then return end
                error(string.format("%.17g %% %.17g: got %.17g, wanted %.17g", a, b, got, wanted))
            end
            local function all(a)
            {{checks}}
            end
            local edges = {0, -0, 1, 2 ^ 31, 2 ^ 51, 2 ^ 52, 2 ^ 53, 2 ^ 60, 1e300, math.huge, 0 / 0, 0.5, 65521 * 65520, 16777619 * 268435455}
            for _, edge in edges do
                for offset = -3, 3 do
                    all(edge + offset)
                    all(-edge + offset)
                end
            end
            math.randomseed(5)
            for i = 1, 20000 do
                all((math.random(0, 2 ^ 31 - 1) - 2 ^ 30) * math.random(1, 2 ^ 22))
                all((math.random() - 0.5) * 2 ^ math.random(0, 60))
                all(2147483647 * math.random(0, 2 ^ 21) + math.random(-1, 1))
            end
            print("ok")
            """);
        Assert.Equal("ok", run.Output);
    }

    [Theory]
    [InlineData("t.x = true", "t", "x", "true")]
    [InlineData("t.x = 5", "t", "x", "5")]
    [InlineData("t.x = 'text'", "t", "x", "text")]
    [InlineData("t[k] = false", "t", "9", "false")]
    [InlineData("t[k], t.y = 7, 8", "t", "9", "7")]
    public void A_constant_goes_through_newindex(string statement, string table, string key, string value)
    {
        using var run = new ScriptRun();
        run.Run($$"""
            local log, k = {}, 9
            local t = setmetatable({}, { __newindex = function(_, key, value) table.insert(log, `{key}={value}`) end })
            for i = 1, 3 do {{statement}} end
            assert(next({{table}}) == nil)
            print(log[1])
            """);
        Assert.Equal($"{key}={value}", run.Output);
    }

    [Theory]
    [InlineData("t.x = true", "attempt to modify a readonly table")]
    [InlineData("t[k] = true", "attempt to modify a readonly table")]
    [InlineData("n.x = 1", "attempt to index nil with 'x'")]
    [InlineData("n[k] = 1", "attempt to index nil with number")]
    [InlineData("t2[0 / 0] = 1", "table index is NaN")]
    [InlineData("t2[n] = 1", "table index is nil")]
    public void A_constant_that_cannot_be_stored_raises_the_error_with_its_line(string statement, string message)
    {
        using var run = new ScriptRun();
        run.Run($$"""
            local t, t2, n, k = table.freeze({ x = 1, 2, 3 }), {}, nil, 1
            print(pcall(function()
                {{statement}}
            end))
            """);
        Assert.EndsWith($":3: {message}", run.Output);
    }

    [Fact]
    public void Sites_that_see_many_shapes_find_the_right_slots()
    {
        using var run = new ScriptRun();
        run.Run("""
            local Base = {}
            Base.__index = Base
            function Base:get() return self.value end
            function Base.name() return "base" end
            local classes = {}
            for i = 1, 4 do
                local class = setmetatable({ name = i % 2 == 0 and function() return "own" .. i end or nil }, Base)
                class.__index = class
                classes[i] = class
            end
            local objects = {}
            for i = 1, 40 do
                local o = {}
                for pad = 1, i % 7 do o["pad" .. pad] = pad end
                o.value = i
                if i % 3 == 0 then o.extra = 1 end
                objects[i] = setmetatable(o, classes[i % 4 + 1])
            end
            local sum, names = 0, {}
            for round = 1, 20 do
                for i, o in objects do
                    assert(o:get() == o.value and rawget(o, "value") == o.value)
                    o.value = o.value + 1
                    o.flag = true
                    if round % 2 == 0 then o.flag = nil end
                    sum += o:get()
                    names[o:name()] = true
                end
            end
            for i, o in objects do assert(o.value == i + 20 and o.flag == nil) end
            print(sum, names.base, names.own2, names.own4, names.own1)
            """);
        Assert.Equal("24800\ttrue\ttrue\ttrue\tnil", run.Output);
    }

    [Fact]
    public void Numbers_between_the_keys_of_an_array_stay_apart()
    {
        using var run = new ScriptRun();
        run.Run("""
            local t = {}
            for _, key in { 5, 3, 0, -1, 2.5, 2 ^ 40, "5", "x", true } do
                assert(t[key] == nil)
                t[key] = key
                assert(t[key] == key)
                t[key] = 1
                t[key] = key
            end
            for _, key in { 5, 3, 0, -1, 2.5, 2 ^ 40, "5", "x", true } do assert(t[key] == key) end
            assert(#t == 0 and t[1] == nil and t[2] == nil and t[4] == nil and t[nil] == nil)
            for i = 1, 4 do t[i] = i end
            print(#t, t[2.5], t[5])
            """);
        Assert.Equal("5\t2.5\t5", run.Output);
    }

    [Fact]
    public void Select_of_variable_arguments_is_select() => ScriptRun.Prints(
        """
        local function f(n, ...)
            local got = select(n, ...)
            local same = (select)(n, ...)
            assert(rawequal(got, same))
            return got
        end
        print(f("#"), f("#", nil, nil), f(1, "a", "b"), f(2, "a", "b"), f(3, "a", "b"), f(-1, "a", "b"), f(1.9, "a", "b"), f("2", "a", "b"), f("#x", 1))
        print(select(2, pcall(f, 0, 1)), select(2, pcall(f, -3, 1)), select(2, pcall(f, nil, 1)))
        local function count(...) return select("#", ...), select("#", ...) + 1 end
        print(count(), count(1, nil), (count(1, 2, 3)))
        local function last(...) return (select(select("#", ...), ...)) end
        print(last(1, 2, 3), last("x"))
        """,
        "0\t2\ta\tb\tnil\tb\ta\tb\t1",
        "test:2: invalid argument #1 to 'select' (index out of range)\ttest:2: invalid argument #1 to 'select' (index out of range)\t"
            + "test:2: invalid argument #1 to 'select' (number expected, got nil)",
        "0\t2\t3", "3\tx");

    [Fact]
    public void A_global_of_the_script_named_select_is_called() => ScriptRun.Prints(
        """
        local function f(...) return (select(1, ...)) end
        print(f("a"))
        getfenv().select = function(n, ...) return "mine" end
        print(f("a"))
        """, "a", "mine");

    [Fact]
    public void Elements_removed_by_nil_are_gone_for_every_reader()
    {
        using var run = new ScriptRun();
        run.Run("""
            local queue, head, tail, sum = {}, 1, 0, 0
            for i = 1, 5000 do
                tail += 1
                queue[tail] = i
                if i % 3 ~= 0 then
                    sum += queue[head]
                    queue[head] = nil
                    head += 1
                end
            end
            local left = 0
            for k, v in queue do left += 1 assert(k == v and k >= head) end
            local stack = { 1, 2, 3, 4 }
            stack[2] = nil
            stack[4] = nil
            assert(#stack == 3)
            stack[3] = nil
            assert(#stack == 1 and next(stack, 1) == nil)
            stack[1] = nil
            assert(#stack == 0 and next(stack) == nil)
            local watched, log = setmetatable({ 1, 2 }, { __newindex = function(t, k, v) rawset(t, k, v) end }), 0
            watched[2] = nil
            watched[2] = 5
            local frozen = table.freeze({ 1 })
            print(sum, left, watched[2], pcall(function() frozen[1] = nil end))
            """);
        Assert.Equal("5559445\t1666\t5\tfalse\ttest:25: attempt to modify a readonly table", run.Output);
    }

    [Fact]
    public void Errors_that_scripts_catch_keep_their_texts_levels_and_handlers() => ScriptRun.Prints(
        """
        local function try(f, ...) return select(2, pcall(f, ...)) end
        local n
        print(try(function() return n.x end))
        print(try(function() return n[1] end))
        print(try(function() return n:m() end))
        print(try(function() return ({}):m() end))
        print(try(function() return n + 1 end), try(function() return 1 - {} end))
        print(try(function() return n() end), try(n))
        print(try(function() assert(n, "told") end), try(function() assert(false) end), try(assert), try(assert, nil, { 1 }) ~= nil)
        print(try(assert, 1, 2), assert(1, 2, 3))
        print(xpcall(function() return n.x end, function(e) return "handled " .. e .. " at " .. debug.info(2, "l") end))
        local co = coroutine.create(function() coroutine.yield(1) return n.x end)
        print(coroutine.resume(co), coroutine.resume(co), coroutine.status(co))
        print(pcall(coroutine.wrap(function() return n.x end)))
        print(try(table.sort, { 3, 2, 1 }, function(a, b) return a.x < b end))
        local t = setmetatable({}, { __index = function(_, k) return n[k] end, __add = function() return n.y end })
        print(try(function() return t.q end), try(function() return t + 1 end))
        """,
        "test:3: attempt to index nil with 'x'",
        "test:4: attempt to index nil with number",
        "test:5: attempt to index nil with 'm'",
        "test:6: attempt to call missing method 'm' of table",
        "test:7: attempt to perform arithmetic (add) on nil and number\ttest:7: attempt to perform arithmetic (sub) on number and table",
        "test:8: attempt to call a nil value\tattempt to call a nil value",
        "test:9: told\ttest:9: assertion failed!\tmissing argument #1\ttrue",
        "1\t1\t2\t3",
        "false\thandled test:11: attempt to index nil with 'x' at 11",
        "true\tfalse\tdead",
        "false\ttest:14: attempt to index nil with 'x'",
        "test:15: attempt to index number with 'x'",
        "test:16: attempt to index nil with 'q'\ttest:16: attempt to index nil with 'y'");
}
