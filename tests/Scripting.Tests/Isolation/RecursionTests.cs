using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Isolation;

/// <summary>Deep nesting of every kind ends in a script error long before the host's stack does.</summary>
public class RecursionTests
{
    [Theory]
    [InlineData("local function f() return 1 + f() end f()")]
    [InlineData("local function f() pcall(f) end f() error('x')")]
    [InlineData("local function f() return (pcall(f)) end f() error('x')")]
    [InlineData("local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) return t[k .. 'x'] end local _ = t.x")]
    [InlineData("local function f() coroutine.wrap(f)() end f()")]
    [InlineData("local function f() task.spawn(f) end f() error('x')")]
    [InlineData("local function f() table.sort({2, 1}, f) end f()")]
    [InlineData("local function f() string.gsub('a', 'a', f) end f()")]
    [InlineData("local function f() perm.with({}, f) end f()")]
    [InlineData("local t = setmetatable({}, { __tostring = function(s) return tostring(s) end }) print(t)")]
    [InlineData("local function f() net.broadcast('x', nil, { where = f }) end f()")]
    [InlineData("local s = string.rep('(', 1000) .. string.rep(')', 1000) string.find('x', s)")]
    public void Recursion_of_every_kind_ends_in_an_error(string source)
    {
        using HostFixture host = new HostFixture().Mod("bad", $"function Think() {source} end").Mod("good", "n = 0 function Think() n += 1 if n == 3 then print('three') end end").Load();
        host.Join("Ada");
        host.Tick(3);
        host.AssertPrinted("good", "three");
        Assert.True(host.Host.Status("bad")!.Errors + host.Host.Status("bad")!.Kills > 0, string.Join('\n', host.Log.Lines));
    }
}
