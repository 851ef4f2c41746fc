using GameServer.Luau.Values;
using Xunit.Abstractions;

namespace GameServer.Luau.Tests.Library;

/// <summary>A script that never ends by itself stops soon after it is told to, wherever it is and whatever it tries.</summary>
public sealed class LibraryKillTests(ITestOutputHelper output)
{
    /// <summary>Each runs for ever, or for so long that it makes no difference.</summary>
    public static TheoryData<string, string> Endless => new()
    {
        { "while", "while true do end" },
        { "repeat", "repeat until false" },
        { "numeric for", "for i = 1, math.huge do end" },
        { "for with step 0", "for i = 1, 2, 0 do end for i = 1, math.huge do end" },
        { "generic for", "for _ in function() return 1 end do end" },
        { "call", "local function f() end while true do f() end" },
        { "recursion", "local function f(n) if n > 0 then f(n - 1) f(n - 1) end end f(1000)" },
        { "pcall", "while true do pcall(function() while true do end end) end" },
        { "pcall of error", "while true do pcall(error, 'x') end" },
        { "pcall of overflow", "local function f() return 1 + f() end while true do pcall(f) end" },
        { "xpcall handler", "while true do xpcall(function() while true do end end, function() while true do end end) end" },
        { "handler of a handler", "local function h() error('again') end while true do xpcall(h, h) end" },
        { "coroutine", "while true do coroutine.wrap(function() while true do end end)() end" },
        { "many coroutines", "while true do local c = coroutine.wrap(function() while true do coroutine.yield() end end) for i = 1, 1000 do c() end end" },
        {
            "coroutine.close",
            "while true do local c = coroutine.create(function() coroutine.yield() while true do end end) coroutine.resume(c) coroutine.close(c) end"
        },
        { "__index", "local t = setmetatable({}, { __index = function() while true do end end }) while true do pcall(function() return t.x end) end" },
        { "__index chain", "local t = {} for i = 1, 90 do t = setmetatable({}, { __index = t }) end while true do local _ = t.x end" },
        { "__newindex", "local t = setmetatable({}, { __newindex = function() while true do end end }) pcall(function() t.x = 1 end) while true do end" },
        { "__eq", "local m = { __eq = function() while true do end end } local _ = pcall(function() return setmetatable({}, m) == setmetatable({}, m) end) while true do end" },
        { "__lt in sort", "local m = { __lt = function() return true end } local t = {} for i = 1, 5000 do t[i] = setmetatable({}, m) end while true do pcall(table.sort, t) end" },
        { "__concat", "local t = setmetatable({}, { __concat = function(a, b) return a end }) while true do local _ = t .. 'x' end" },
        { "__call", "local t = setmetatable({}, { __call = function() while true do end end }) while true do pcall(t) end" },
        { "__len", "local t = setmetatable({}, { __len = function() while true do end end }) while true do pcall(function() return #t end) end" },
        { "__iter", "local t = setmetatable({}, { __iter = function() return function() return 1 end end }) for _ in t do end" },
        { "__tostring", "local t = setmetatable({}, { __tostring = function() while true do end end }) while true do pcall(tostring, t) end" },
        { "sort", "local t = table.create(200000, 0) while true do for i = 1, #t do t[i] = (i * 7919) % 200003 end table.sort(t) end" },
        { "sort with comparator", "local t = table.create(100000, 0) for i = 1, #t do t[i] = -i end while true do table.sort(t, function(a, b) return a < b end) end" },
        { "sort of long strings", "local t = {} local s = ('x'):rep(100000) for i = 1, 100 do t[i] = s .. i end while true do table.sort(t) end" },
        { "sort with lying comparator", "local t = table.create(50000, 1) while true do pcall(table.sort, t, function() return true end) end" },
        { "concat", "local t = table.create(500000, 'x') while true do table.concat(t, ',') end" },
        { "move", "local t = table.create(200000, 1) while true do table.move(t, 1, #t, 2) end" },
        { "move of a huge range", "local t = { [1] = 1, [2 ^ 30] = 2 } while true do table.move(t, 1, 2 ^ 30, 5, {}) end" },
        { "insert in front", "local t = table.create(300000, 1) while true do table.insert(t, 1, 0) table.remove(t, 1) end" },
        { "find", "local t = table.create(500000, 1) while true do table.find(t, 2) end" },
        { "clone and clear", "local t = table.create(300000, 1) while true do table.clear(table.clone(t)) end" },
        { "create", "while true do table.create(500000, 1) end" },
        { "maxn", "local t = {} for i = 1, 100000 do t[-i] = 1 end while true do table.maxn(t) end" },
        { "unpack", "local t = table.create(7000, 1) while true do select('#', table.unpack(t)) end" },
        { "next", "local t = {} for i = 1, 50000 do t[-i] = 1 end while true do local k for i = 1, 50000 do k = next(t, k) end end" },
        { "foreach", "while true do table.foreach({ 1, 2, 3 }, function() end) end" },
        { "dictionary", "local t = {} local i = 0 while true do i += 1 t[i % 1000 + 0.5] = i t[(i - 500) % 1000 + 0.5] = nil end" },
        { "rep", "while true do ('x'):rep(10000000) end" },
        { "rep of a string", "while true do ('xyz'):rep(3000000) end" },
        { "literal find", "local a = ('a'):rep(1000000) local b = ('a'):rep(500000) .. 'b' while true do a:find(b, 1, true) end" },
        { "backtracking", "local s = ('a'):rep(100000) while true do s:find('.-.-.-.-.-.-.-b') end" },
        { "greedy backtracking", "local s = ('a'):rep(100000) while true do s:find('.*.*.*.*.*.*b') end" },
        { "balanced", "local s = ('('):rep(200000) while true do s:find('%b()') end" },
        { "frontier", "local s = ('a'):rep(1000000) while true do s:find('%f[%d]') end" },
        { "back reference", "local s = ('a'):rep(3000) .. 'b' while true do s:find('(a*)%1c') end" },
        { "gsub", "local s = ('ab'):rep(500000) while true do s:gsub('a', 'xyz') end" },
        { "gsub callback", "while true do ('aaaa'):gsub('a', function() while true do end end) end" },
        { "gmatch", "local s = ('a'):rep(1000000) while true do for _ in s:gmatch('a') do end end" },
        { "split", "local s = ('a,'):rep(100000) while true do s:split(',') end" },
        { "split by a long separator", "local s = ('a'):rep(1000000) local x = ('a'):rep(100000) .. 'b' while true do s:split(x) end" },
        { "format", "while true do string.format('%99.99f %99.99e', 1e308, 5e-324) end" },
        { "format of a long string", "local s = ('x'):rep(5000000) while true do string.format('%s%s', s, '') end" },
        { "quoted", "local s = ('\\n'):rep(2000000) while true do string.format('%q', s) end" },
        { "pack", "local f = ('i4'):rep(5000) local t = table.create(5000, 1) while true do string.pack(f, table.unpack(t)) end" },
        { "packsize", "local f = ('i4'):rep(1000000) while true do pcall(string.packsize, f) end" },
        { "upper and reverse", "local s = ('x'):rep(5000000) while true do s:upper():reverse() end" },
        { "byte", "local s = ('x'):rep(7000) while true do s:byte(1, -1) end" },
        { "compare", "local a, b = ('x'):rep(5000000) .. 'a', ('x'):rep(5000000) .. 'b' while true do local _ = a < b end" },
        { "equality", "local a, b = ('x'):rep(5000000) .. 'a', ('x'):rep(5000000) .. 'b' while true do local _ = a == b end" },
        { "hash of long strings", "while true do local t = {} t[('x'):rep(5000000)] = 1 end" },
        { "tonumber", "local s = ('1'):rep(5000000) while true do tonumber(s) tonumber(s, 7) end" },
        { "tonumber of spaces", "local s = (' '):rep(5000000) while true do tonumber(s) end" },
        { "concatenation", "local s = ('x'):rep(4000000) while true do local _ = s .. s end" },
        { "utf8", "local s = ('ä'):rep(1000000) while true do utf8.len(s) for _ in utf8.codes(s) do end end" },
        { "utf8.offset", "local s = ('ä'):rep(1000000) while true do utf8.offset(s, 999999) end" },
        { "buffer", "local b = buffer.create(5000000) while true do buffer.fill(b, 0, 1) buffer.copy(b, 1, b, 0, 4000000) buffer.tostring(b) end" },
        { "bit32", "local t = table.create(7000, 1) while true do bit32.band(table.unpack(t)) end" },
        { "math.max", "local t = table.create(7000, 1) while true do math.max(table.unpack(t)) end" },
        { "interpolation", "local s = ('x'):rep(1000000) while true do local _ = `{s}{s}{s}` end" },
    };

    [Theory]
    [MemberData(nameof(Endless))]
    public void It_stops(string name, string source)
    {
        using var hostile = new HostileVm(source);
        LuauException? end = hostile.Run(TimeSpan.FromMilliseconds(40));
        output.WriteLine($"{name}: {hostile.Overrun.TotalMilliseconds:F1} ms");
        Assert.NotNull(end);
        Assert.True(end.Fault == LuauFault.Killed, $"{name} ended otherwise: {end.Message}");
        // The bar is 5 ms on a quiet machine; here only "soon".
        Assert.True(hostile.Overrun < TimeSpan.FromSeconds(2), $"{name} went on for {hostile.Overrun.TotalMilliseconds:F0} ms");
    }

    [Fact]
    public void After_a_kill_nothing_runs_until_the_host_allows_it_again()
    {
        using var hostile = new HostileVm("while true do end");
        Assert.Equal(LuauFault.Killed, hostile.Run(TimeSpan.FromMilliseconds(10))!.Fault);
        LuauFunction again = hostile.Vm.Load(LuauVm.Compile("local ok = pcall(function() end) return ok"u8.ToArray(), "=again"));
        Assert.Equal(LuauFault.Killed, Assert.Throws<LuauException>(() => { hostile.Vm.Call(again); }).Fault);
        hostile.Vm.ClearKill();
        Assert.True(hostile.Vm.Call(again)[0].IsTruthy);
    }
}
