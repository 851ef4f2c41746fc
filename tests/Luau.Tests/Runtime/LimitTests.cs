namespace GameServer.Luau.Tests.Runtime;

/// <summary>Run-time limits of specification 12, on a thread with a stack of one megabyte.</summary>
public class LimitTests
{
    static string OnSmallStack(string source, LuauVmOptions? options = null)
    {
        string output = "";
        Exception? failure = null;
        var worker = new Thread(() =>
        {
            try
            {
                using var run = new ScriptRun(options);
                run.Run(source);
                output = run.Output;
            }
            catch (Exception e)
            {
                failure = e;
            }
        }, 1 << 20);
        worker.Start();
        worker.Join();
        Assert.Null(failure);
        return output;
    }

    /// <summary>Unoptimised C# frames fill a megabyte before two hundred levels; then the limit comes earlier, by the same error.</summary>
    const int LeastLevels =
#if DEBUG
        20;
#else
        150;
#endif

    [Fact]
    public void Recursion_of_scripts_ends_at_twenty_thousand_frames() => Assert.Equal(
        "false\ttest:1: stack overflow\ntrue",
        OnSmallStack("local depth = 0 local function f() depth += 1 return 1 + f() end print(pcall(f)) print(depth > 19900 and depth <= 20000)"));

    [Fact]
    public void Recursion_through_pcall_counts_a_frame_each_and_uses_no_host_stack() => Assert.Equal(
        "true",
        OnSmallStack("local depth = 0 local function f() depth += 1 return pcall(f) end f() print(depth > 9900 and depth <= 10000)"));

    [Theory]
    [InlineData("local t t = setmetatable({}, {__index = function(_, k) depth += 1 return t[k] end}) print(pcall(function() return t.x end))")]
    [InlineData("local t t = setmetatable({}, {__add = function(a, b) depth += 1 return a + b end}) print(pcall(function() return t + 1 end))")]
    [InlineData("local t t = setmetatable({}, {__lt = function(a, b) depth += 1 return a < b end}) print(pcall(function() return t < t end))")]
    [InlineData("local t t = setmetatable({}, {__concat = function(a, b) depth += 1 return a .. b end}) print(pcall(function() return t .. 'x' end))")]
    [InlineData("local t t = setmetatable({}, {__tostring = function(a) depth += 1 return tostring(a) end}) print(pcall(function() return tostring(t) end))")]
    [InlineData("local function f() depth += 1 table.sort({1, 2}, f) end print(pcall(f))")]
    [InlineData("local function f() depth += 1 string.gsub('a', 'a', f) end print(pcall(f))")]
    [InlineData("local function f() depth += 1 local ok, e = coroutine.resume(coroutine.create(f)) if not ok then error(e, 0) end end print(pcall(f))")]
    [InlineData("local function f() depth += 1 coroutine.wrap(f)() end print(pcall(f))")]
    public void Recursion_through_host_code_ends_at_two_hundred_levels(string source)
    {
        string[] lines = OnSmallStack("depth = 0 " + source + $" print(depth > {LeastLevels} and depth <= 200)").Split('\n');
        Assert.StartsWith("false\t", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("C stack overflow", lines[0], StringComparison.Ordinal);
        Assert.Equal("true", lines[1]);
    }

    [Fact]
    public void Error_handlers_have_some_room_after_an_overflow_and_failing_ones_a_fixed_text() => Assert.Equal(
        "false\t1000\nfalse\terror in error handling\nfalse\terror in error handling\ntrue",
        OnSmallStack("""
            local function f() return 1 + f() end
            local function count(n) if n == 0 then return 0 end return 1 + count(n - 1) end
            print(xpcall(f, function() return count(1000) end))
            print(xpcall(f, function() return f() end))
            print(xpcall(f, function() error("again") end))
            local depth = 0 local function g() depth += 1 return 1 + g() end pcall(g) print(depth <= 20000)
            """));

    [Fact]
    public void Many_arguments_and_results_need_only_memory() => Assert.Equal(
        "20000\t7",
        OnSmallStack($$"""
            local function count(...) return select("#", ...), (select(-1, ...)) end
            local function pass(...) return ... end
            local function chain(i, ...) if i == 0 then return count(pass(...)) end return chain(i - 1, {{string.Join(", ", Enumerable.Repeat("7", 200))}}, ...) end
            print(chain(100))
            """, new LuauVmOptions { MemoryBytesMax = null }));

    [Fact]
    public void Resume_takes_at_most_eight_thousand_arguments() => Assert.Equal(
        "true\t8000\nfalse\ttoo many arguments to resume",
        OnSmallStack($$"""
            local function count(...) return select("#", ...) end
            local function resume(...) return coroutine.resume(coroutine.create(count), ...) end
            local function chain(i, ...) if i == 0 then return resume(...) end return chain(i - 1, {{string.Join(", ", Enumerable.Repeat("7", 200))}}, ...) end
            print(chain(40))
            print(chain(41))
            """));

    [Fact]
    public void A_callback_that_meets_the_frame_limit_leaves_the_thread_as_it_was() => Assert.Equal(
        "false\ttrue\ntrue\nyielded",
        OnSmallStack("""
            local function f(n)
                local ok = pcall(table.sort, {2, 1}, function(a, b) return a < b end)
                if not ok then error("full", 0) end
                return 1 + f(n + 1)
            end
            local ok, e = pcall(f, 1)
            print(ok, e == "full" or string.find(e, "stack overflow") ~= nil)
            for i = 1, 300 do local sorted = pcall(table.sort, {2, 1}, function(a, b) return a < b end) assert(sorted) end
            print(coroutine.isyieldable())
            print(coroutine.wrap(function() return coroutine.yield("yielded") end)())
            """));

    [Fact]
    public void Index_chains_end() => Assert.Equal(
        "false\ttest:2: '__index' chain too long; possible loop\nfalse\ttest:3: '__newindex' chain too long; possible loop",
        OnSmallStack("""
            local a, b = {}, {} setmetatable(a, {__index = b, __newindex = b}) setmetatable(b, {__index = a, __newindex = a})
            print(pcall(function() return a.x end))
            print(pcall(function() a.x = 1 end))
            """));
}
