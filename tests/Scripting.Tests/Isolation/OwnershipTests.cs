using GameServer.Scripting.Api;
using GameServer.Scripting.Tests.Mods;
using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Isolation;

/// <summary>What a generation registered is gone when it is gone, however it ended.</summary>
public class OwnershipTests
{
    const string Everything = """
        hook.add("Think", function() end) timer.every(1, function() end) task.delay(50, function() end) task.spawn(function() task.wait(50) end)
        commands.add("c", function() end) net.on("m", function() end) events.on("a:e", function() end) mod.export("f", function() end)
        task.spawn(function() pcall(mod.callAsync, "b", "slow") end)
        function PlayerConnect(p) p.data.x = 1 end
        """;

    public static TheoryData<string, string> Ends => new()
    {
        { "reload", "" },
        { "stop", "" },
        { "deleted", "" },
        { "memory", "timer.after(0.5, function() local t = {} while true do pcall(function() while true do t[#t + 1] = string.rep('x', 1000) .. #t end end) end end)" },
        { "kills", "timer.every(0.5, function() while true do end end)" },
        { "load failure", "error('no')" },
        { "rollback", "function OnLoad(i) if i.reason ~= 'start' then error('no') end end" },
        { "dispose", "" },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void Nothing_is_left_whatever_ended_the_generation(string how, string extra)
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { MemoryHardMb = 6, EventHardMs = how == "memory" ? 5000 : 60 } })
            .Manifest("a", "[optional_dependencies]\nb = \"*\"").Mod("a", $"{Everything}\n{extra}").Manifest("b", "").Mod("b", "mod.export('slow', function() task.wait(100) end)").Load();
        host.Join("Ada");
        ModScope? scope = null;
        if (host.StateOf("a") == ModState.Running)
        {
            scope = ModHostAccess.ScopeOf(host.Host, "a", out _);
            Assert.True(scope.Ownership.Count > 8);
        }
        switch (how)
        {
            case "reload": host.Reload("a"); break;
            case "stop": host.Host.Stop("a"); break;
            case "dispose": host.Host.Dispose(); break;
            case "rollback": host.Reload("a"); break;
            case "deleted":
                Directory.Delete(Path.Combine(host.ModsFolder, "a"), recursive: true);
                host.Host.Reload("a");
                host.Tick(2);
                break;
            case "memory": host.Tick(25); break;
            default: host.Tick(60); break;
        }
        if (how != "load failure")
        {
            Assert.Equal((0, 0L), (scope!.Ownership.Count, scope.Sandbox.Account.Bytes));
            Assert.Empty(scope.Exports);
            Assert.Empty(scope.Routes);
            Assert.Equal(0, scope.Players.Count);
            Assert.True(scope.Sandbox.IsClosed);
        }
        if (how is "stop" or "deleted" or "memory" or "kills" or "load failure" or "dispose")
        {
            Assert.False(host.Host.ConsoleCommand("console", "c", _ => { }));
        }
    }

    [Fact]
    public void Connections_of_an_old_generation_do_nothing()
    {
        using HostFixture host = new HostFixture().Mod("a", "hook.add('Think', function() print('old') end)").Load();
        ModScope old = ModHostAccess.ScopeOf(host.Host, "a", out _);
        Hooks.HandlerAccess.First(old, "Think", out Scripting.Hooks.Handler handler);
        host.Mod("a", "").Reload("a");
        Assert.False(handler.IsLive);
        handler.Release();
        host.Log.Clear();
        host.Tick(3);
        host.AssertPrinted("a");
    }

    [Fact]
    public void A_task_that_sleeps_for_ever_is_cancelled_at_its_lifetime()
    {
        using HostFixture host = new HostFixture().Limit("a", "task_lifetime_s", 2).Mod("a", "n = 0 task.spawn(function() while true do task.wait(0.1) n += 1 end end) task.delay(50, print, 'never') commands.add('n', function(c) c.reply(tostring(n)) end)").Load().Tick(90);
        host.AssertLogged("task cancelled: it lived longer than 2 s (task_lifetime_s)");
        string count = "";
        host.Host.ConsoleCommand("console", "n", text => count = text);
        Assert.InRange(int.Parse(count), 15, 25);
        Assert.Equal(0, host.Host.Status("a")!.Timers);
    }
}
