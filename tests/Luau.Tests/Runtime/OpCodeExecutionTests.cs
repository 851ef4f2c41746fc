using System.Text;
using GameServer.Luau.Bytecode;

namespace GameServer.Luau.Tests.Runtime;

/// <summary>One script that makes the compiler emit every opcode, and whose asserts notice a wrong result of any of them.</summary>
public class OpCodeExecutionTests
{
    const string Source = """
        local function check(ok) if not ok then error("wrong", 2) end end
        local n, a, b, c = tonumber("5"), nil, nil, nil
        local five = 5
        local yes, no, text, big = true, false, "text", 123456.5
        local copy = text
        check(a == nil and b == nil and c == nil and n == five and yes and not no and copy == "text" and big == 123456.5)

        -- cells, upvalues, closures
        local shared = 1
        local fixed = {}
        local function bump(by) shared = shared + by return shared, fixed end
        local function deeper() return function() shared = shared * 2 return shared, fixed, bump end end
        local function again(k) if k == 0 then return 0 end return 1 + again(k - 1) end
        check(bump(2) == 3 and deeper()() == 6 and shared == 6 and again(5) == 5)
        shared = 0

        -- globals and imports
        global = 1
        global = global + 1
        check(global == 2 and math.huge > 1e300)

        -- tables
        local t = {}
        t.x = 1
        t[1] = "one"
        t[n] = "five"
        local key = "k" .. n
        t[key] = "key"
        t[key .. 2] = n
        check(t.x == 1 and t[1] == "one" and t[n] == "five" and t[key] == "key" and t.missing == nil)
        local shaped = {x = 1, y = n, z = text}
        check(shaped.x + shaped.y == 6 and shaped.z == "text")
        local list = {n, 2, 3, again(4)}
        check(#list == 4 and list[4] == 4)
        local object = {value = 7}
        function object:get(plus) return self.value + (plus or 0) end
        check(object:get() == 7 and object:get(3) == 10 and ("abc"):upper() == "ABC")

        -- arithmetic
        local two, three = n - 3, n - 2
        check(two + three == 5 and two - three == -1 and two * three == 6 and three / two == 1.5 and three % two == 1 and two ^ three == 8 and three // two == 1)
        check(two + 1 == 3 and two - 1 == 1 and two * 4 == 8 and two / 4 == 0.5 and three % 2 == 1 and n % 1.5 == 0.5 and two ^ 3 == 8 and n // 2 == 2)
        check(1 + two == 3 and 4 * two == 8 and 10 - two == 8 and 10 / two == 5)
        check(-two == -2 and not yes == no and #list == 4)
        check(text .. two .. "end" == "text2end" and `a{two}b{yes}` == "a2btrue")

        -- comparisons and jumps; both outcomes of each
        local function compare(p, q)
            local r = 0
            if p == q then r += 1 end
            if p ~= q then r += 2 end
            if p < q then r += 4 end
            if p <= q then r += 8 end
            if not (p < q) then r += 16 end
            if not (p <= q) then r += 32 end
            return r
        end
        check(compare(1, 2) == 14 and compare(2, 2) == 25 and compare(3, 2) == 50)
        local function constant(p)
            local r = 0
            if p == 3 then r += 1 end
            if p ~= 3 then r += 2 end
            if p < 3 then r += 4 end
            if p <= 3 then r += 8 end
            if p > 3 then r += 16 end
            if p >= 3 then r += 32 end
            if not (p < 3) then r += 64 end
            if not (p <= 3) then r += 128 end
            if not (p > 3) then r += 256 end
            if not (p >= 3) then r += 512 end
            return r
        end
        check(constant(2) == 782 + 0 and constant(3) == 361 and constant(4) == 242)
        local function constantLoop(p)
            local r = 0
            while p < 3 do p += 1 r += 1 end
            while p <= 3 do p += 1 r += 10 end
            while p > 3 do p -= 1 r += 100 end
            while p >= 3 do p -= 1 r += 1000 end
            repeat p += 1 until p == 5
            repeat p += 1 until p ~= 5
            repeat p += 1 until p > 9
            repeat p += 1 until p >= 12
            repeat p -= 1 until p < 9
            repeat p -= 1 until p <= 6
            return r + p * 10000
        end
        check(constantLoop(0) == 61113 + 0)
        check((yes and two or three) == 2 and (no and two or three) == 3 and (a or two) == 2 and (a == nil) and not (text == nil))
        if a == nil then shared = 1 end
        if a ~= nil then shared = 99 end
        if text == nil then shared = 99 end
        if text ~= nil then shared = shared + 1 end
        check(shared == 2)
        if text then shared = 5 end
        if not text then shared = 6 end
        check(shared == 5)
        local function isEqual(p, q) return p == q, p ~= q, p < q, p <= q, p > q, p >= q end
        check(select("#", isEqual(1, 2)) == 6)

        -- calls, varargs, returns
        local function none() return end
        local function nothing() end
        local function one(v) return v end
        local function several(...) local first, second = ... local count = select("#", ...) return count, first, second, ... end
        check(none() == nil and nothing() == nil and one(4) == 4)
        local count, first, second, third = several("a", nil)
        check(count == 2 and first == "a" and second == nil and third == "a")
        check(select("#", several(several())) == 6)
        local function last(...) return one(...), math.max(...) end
        check(select(2, last(3, 9)) == 9)

        -- fast calls
        check(math.abs(-two) == 2 and math.max(two, three) == 3 and math.min(two, 1) == 1 and math.clamp(n, 1, 3) == 3 and type(math.random()) == "number")
        check(one(math.floor(2.5)) == 2 and select("#", math.floor(two)) == 1)
        table.insert(list, 5)
        check(#list == 5 and bit32.band(7, two) == 2 and string.byte("A") == 65)

        -- loops
        local sum = 0
        for i = 1, 3 do sum += i end
        for i = 3, 1, -1 do sum += i end
        local step = two
        for i = 1, 6, step do sum += i end
        for i = 5, 1 do sum += 100 end
        check(sum == 21)
        for k, v in {10, 20, x = 30} do sum += v end
        for k, v in pairs({1, 2}) do sum += v end
        for i, v in ipairs({1, 2, nil, 4}) do sum += v end
        for v in function(_, c) c = (c or 0) + 1 if c < 4 then return c end end do sum += v end
        check(sum == 21 + 60 + 3 + 3 + 6)
        while true do sum += 1 if sum > 95 then break end end
        repeat local done = true until done
        local fs = {}
        for i = 1, 3 do fs[i] = function() i += 1 return i end end
        check(fs[1]() == 2 and fs[1]() == 3 and fs[3]() == 4)
        print("complete")
        """;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void The_script_that_uses_every_opcode_runs_to_its_end(int optimizationLevel)
    {
        using var run = new ScriptRun();
        run.Run(Source, optimizationLevel);
        Assert.Equal("complete", run.Output);
    }

    [Fact]
    public void No_opcode_is_left_out()
    {
        var seen = new HashSet<OpCode>();
        for (int level = 0; level <= 2; level++)
        {
            CompiledChunk chunk = LuauVm.Compile(Encoding.UTF8.GetBytes(Source), "=opcodes", new LuauCompileOptions { OptimizationLevel = level });
            Collect(chunk.Main, seen);
        }
        Assert.Empty(Enum.GetValues<OpCode>().Except(seen));
    }

    static void Collect(Proto proto, HashSet<OpCode> seen)
    {
        for (int at = 0; at < proto.Code.Length; at += OpInfo.Units(proto.Code[at].Op)) seen.Add(proto.Code[at].Op);
        foreach (Proto child in proto.Children) Collect(child, seen);
    }
}
