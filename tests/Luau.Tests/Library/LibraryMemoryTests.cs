namespace GameServer.Luau.Tests.Library;

/// <summary>A script that takes memory without end stops at its limit, uncatchably when the limit kills, and the count never passes the limit.</summary>
public sealed class LibraryMemoryTests
{
    const long Limit = 8 << 20;

    /// <summary>Each holds on to what it makes.</summary>
    public static TheoryData<string, string> Greedy => new()
    {
        { "array", "local t = {} while true do t[#t + 1] = 1 end" },
        { "dictionary", "local t = {} local i = 0 while true do i += 1 t[i + 0.5] = i end" },
        { "string keys", "local t = {} local i = 0 while true do i += 1 t['k' .. i] = i end" },
        { "tables", "local t while true do t = { t } end" },
        { "records", "local t while true do t = { next = t, a = 1, b = 2 } end" },
        { "shapes", "local t = {} local i = 0 while true do i += 1 t[i] = { ['key' .. i] = 1 } end" },
        { "strings", "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end" },
        { "doubling", "local s = 'x' while true do s ..= s end" },
        { "rep", "local t = {} while true do t[#t + 1] = ('x'):rep(1000000) end" },
        { "rep beyond the limit", "return ('x'):rep(1000000000)" },
        { "create", "return table.create(50000000)" },
        { "buffer", "return buffer.create(1000000000)" },
        { "buffers", "local t = {} while true do t[#t + 1] = buffer.create(100000) end" },
        { "closures", "local t = {} while true do local i = #t t[i + 1] = function() i += 1 return i end end" },
        { "coroutines", "local t = {} while true do local c = coroutine.create(function() coroutine.yield() end) coroutine.resume(c) t[#t + 1] = c end" },
        { "stack", "local function f(...) return f(1, ...) end f()" },
        {
            "deep stack of a coroutine",
            "local function f(n) local a, b, c, d, e if n == 0 then coroutine.yield() end return f(n - 1) + 1 end "
                + "local t = {} while true do local c = coroutine.wrap(f) pcall(c, 15000) t[#t + 1] = c end"
        },
        { "vectors", "local t = {} while true do t[#t + 1] = vector.create(#t, 0, 0) end" },
        { "table.concat", "local t = table.create(100000, ('x'):rep(1000)) return table.concat(t)" },
        { "gsub", "return (('x'):rep(100000):gsub('x', ('y'):rep(1000)))" },
        { "format", "local t = {} while true do t[#t + 1] = string.format('%99d', #t) end" },
        { "split", "return (('x'):rep(1000000)):split('')" },
        { "pack", "local t = {} while true do t[#t + 1] = table.pack(1, 2, 3, 4, 5, 6, 7) end" },
        { "clone", "local c = table.create(10000, 1) local t = {} while true do t[#t + 1] = table.clone(c) end" },
        { "metatables", "local t while true do t = setmetatable({}, { __index = t }) end" },
        { "weak table that something else holds", "local t, w = {}, setmetatable({}, { __mode = 'k' }) while true do local k = {} t[#t + 1] = k w[k] = k end" },
        { "environment", "local i = 0 while true do i += 1 _G['global' .. i] = i end" },
    };

    [Theory]
    [MemberData(nameof(Greedy))]
    public void It_is_killed_at_the_limit(string name, string source)
    {
        using var hostile = new HostileVm($"while true do pcall(function() {source} end) end", Limit);
        LuauException? end = hostile.Run(TimeSpan.FromSeconds(30));
        Assert.NotNull(end);
        Assert.True(end.Fault == LuauFault.Memory, $"{name}: {end.Fault}, {end.Message}");
        Assert.True(hostile.Vm.IsDoomed);
        Assert.True(hostile.Vm.MemoryUsed <= Limit, $"{name}: {hostile.Vm.MemoryUsed}");
    }

    [Theory]
    [MemberData(nameof(Greedy))]
    public void It_can_catch_the_error_and_go_on_when_the_limit_does_not_kill(string name, string source)
    {
        using var hostile = new HostileVm(
            $"local ok, message = pcall(function() {source} end) assert(not ok and message == 'not enough memory', message) "
                + "local t = {} for i = 1, 100 do t[i] = i .. '' end return #t",
            Limit, MemoryFault.Error);
        LuauException? end = hostile.Run(TimeSpan.FromSeconds(30));
        Assert.True(end == null, $"{name}: {end?.Message}");
        Assert.True(hostile.Vm.MemoryUsed <= Limit);
    }

    /// <summary>Each makes garbage only, many times the limit.</summary>
    public static TheoryData<string> Wasteful =>
    [
        "for i = 1, 300000 do local t = { i, i } end",
        "for i = 1, 300000 do local s = 'x' .. i end",
        "for i = 1, 300 do local s = ('x'):rep(1000000) end",
        "for i = 1, 200000 do local f = function() return i end end",
        "for i = 1, 20000 do local c = coroutine.wrap(function() coroutine.yield() end) c() end",
        "local w = setmetatable({}, { __mode = 'k' }) for i = 1, 300000 do w[{}] = i end",
        "local w = setmetatable({}, { __mode = 'v' }) for i = 1, 300000 do w[i] = {} end",
        "for i = 1, 2000 do local t = {} for k = 1, 100 do t[k .. 'x'] = k end end",
        "local q, head, tail = {}, 1, 0 for i = 1, 500000 do tail += 1 q[tail] = { i } if tail - head > 50 then q[head] = nil head += 1 end end",
        "local t = {} for i = 1, 300000 do t[{}] = i t = i % 1000 == 0 and {} or t end",
    ];

    [Theory]
    [MemberData(nameof(Wasteful))]
    public void Garbage_does_not_count_against_the_limit(string source)
    {
        using var hostile = new HostileVm(source, 2 << 20);
        LuauException? end = hostile.Run(TimeSpan.FromSeconds(60));
        Assert.True(end == null, end?.Message);
        Assert.True(hostile.Vm.MemoryUsed <= 2 << 20);
    }

    [Theory]
    [InlineData("t = {} for i = 1, 100 do t[i] = function() return i end end")]
    [InlineData("c = coroutine.create(function() coroutine.yield() end) coroutine.resume(c)")]
    [InlineData("c = coroutine.wrap(function() local function f(n) if n == 0 then coroutine.yield() end return f(n - 1) + 1 end f(5000) end) c()")]
    [InlineData("v = vector.create(1, 2, 3) b = buffer.create(10) s = string.rep('x', 1000) z = vector.zero")]
    [InlineData("t = {} for i = 1, 1000 do t[i .. 'x'] = i end for i = 1, 500 do t[i .. 'x'] = nil end t = table.clone(t)")]
    [InlineData("t = {} for i = 1, 1000 do t[i] = { next = t[i - 1], [i] = i } end")]
    [InlineData("g = string.gmatch('abc', 'b') for w in ('a b c'):gmatch('%w') do g = w end p = table.pack(1, 2, 3)")]
    public void A_measurement_never_finds_more_than_was_counted(string source)
    {
        using var hostile = new HostileVm(source);
        Assert.Null(hostile.Run(TimeSpan.FromSeconds(30)));
        long counted = hostile.Vm.MemoryUsed;
        Assert.InRange(hostile.Vm.MeasureLive(), 1, counted);
    }
}
