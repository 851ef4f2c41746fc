using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Mods;

public class ModuleTests
{
    [Fact]
    public void Modules_share_globals_and_are_run_once()
    {
        using HostFixture host = new HostFixture()
            .Mod("a", "shared = 1 local x, y = require('./x'), require('./lib/y') print(x.n, y.n, require('./x') == x, shared)")
            .Mod("a", "print('x runs') shared += 1 return { n = 'x' }", "x.luau")
            .Mod("a", "local x = require('../x') print('y runs') shared += 1 return { n = 'y sees ' .. x.n }", "lib/y.luau").Load();
        host.AssertPrinted("a", "x runs", "y runs", "x y sees x true 3");
    }

    [Theory]
    [InlineData("return require('./b')", "return require('./a')", "modules require each other: a.luau -> b.luau -> a.luau")]
    [InlineData("error('oops')", "", "a/a.luau:1: oops")]
    [InlineData("return 1, 2", "", "module must return a single value")]
    [InlineData("x = 1", "", "module must return a single value")]
    [InlineData("task.wait(1) return 1", "", "attempt to wait where it is not possible")]
    [InlineData("coroutine.yield() return 1", "", "attempt to yield across metamethod/C-call boundary")]
    public void What_goes_wrong_in_a_module_is_said(string a, string b, string message)
    {
        using HostFixture host = new HostFixture().Mod("a", "print(pcall(require, './a'))").Mod("a", a, "a.luau").Mod("a", b, "b.luau").Load();
        Assert.Contains(message, host.Printed("a")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_of_the_mod_lead_to_its_files()
    {
        using HostFixture host = new HostFixture()
            .Mod("a", "print(require('@util/text').n, (pcall(require, '@out/x')))")
            .Mod("a", """{ "aliases": { "util": "./lib", "out": "../b" } }""", ".luaurc")
            .Mod("a", "return { n = 'text' }", "lib/text.luau")
            .Mod("b", "return 1", "x.luau").Load();
        host.AssertPrinted("a", "text false");
    }

    [Fact]
    public void A_module_that_failed_can_be_tried_again_and_errors_name_its_file()
    {
        using HostFixture host = new HostFixture().Mod("a", "ok = false print(pcall(require, './m')) ok = true print(require('./m'))").Mod("a", "if not ok then error('not yet') end return 'now'", "m.luau").Load();
        Assert.Contains("a/m.luau:1: not yet", host.Printed("a")[0], StringComparison.Ordinal);
        Assert.Equal("now", host.Printed("a")[1]);
    }
}
