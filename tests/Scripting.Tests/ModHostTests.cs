using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests;

public class ModHostTests
{
    [Fact]
    public void The_shortest_mod_is_one_function()
    {
        using var host = new HostFixture().Mod("hello", "function PlayerConnect(player) print('hello ' .. player.name) end").Load();
        host.Join("Ada");
        host.AssertPrinted("hello", "hello Ada");
    }

    [Fact]
    public void Think_runs_every_tick_with_dt_and_tick()
    {
        using var host = new HostFixture().Mod("a", "n = 0 function Think(dt, tick) n += 1 if n == 3 then print(n, dt * 30 == 1, tick) end end").Load().Tick(3);
        host.AssertPrinted("a", "3 true 3");
    }

    [Fact]
    public void Mods_do_not_see_each_others_globals()
    {
        using var host = new HostFixture().Mod("a1", "x = 1 function Think() print(x) end").Mod("b1", "x = 2 function Think() print(x) end").Load().Tick();
        host.AssertPrinted("a1", "1");
        host.AssertPrinted("b1", "2");
    }

    [Fact]
    public void An_error_names_mod_hook_and_place_and_touches_nobody_else()
    {
        using var host = new HostFixture().Mod("bad", "function Think()\n  local t = nil\n  t.x = 1\nend").Mod("good", "n = 0 function Think() n += 1 if n == 5 then print('five') end end").Load().Tick(5);
        host.AssertPrinted("good", "five");
        host.AssertLogged("Mod bad, Think: bad/init.luau:3: attempt to index nil with 'x'");
    }
}
