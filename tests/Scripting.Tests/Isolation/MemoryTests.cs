using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Isolation;

/// <summary>Scripts that take more memory than they may.</summary>
public class MemoryTests
{
    public static TheoryData<string> Bombs => new()
    {
        "local t = {} while true do t[#t + 1] = {} end",
        "local s = 'x' while true do s ..= s end",
        "local t = {} while true do t[#t + 1] = string.rep('x', 100000) .. #t end",
        "local t = {} while true do t[#t + 1] = buffer.create(100000) end",
        "local t = {} while true do t[#t + 1] = function() return t end end",
        "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
        "local t = {} while true do pcall(function() while true do t[#t + 1] = table.create(1000, 1) end end) end",
        "local t = {} while true do t[#t + 1] = hook.deny(string.rep('x', 10000) .. #t) end",
        "local t = {} while true do t[#t + 1] = players.all() end",
        "local t = {} while true do t[#t + 1] = mod.use('bad') end",
        "local t = {} while true do t[#t + 1] = task.spawn(coroutine.yield) end",
        "local t = {} while true do t[{}] = string.format('%d', #t) t[#t + 1] = {} end",
        "table.create(1e8, 0) while true do end",
        "string.rep('x', 1e9) while true do end",
        "buffer.create(1e9) while true do end",
    };

    [Theory]
    [MemberData(nameof(Bombs))]
    public void A_bomb_ends_its_mod_alone(string bomb)
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { MemoryHardMb = 8, TickHardMs = 4000, EventHardMs = 4000 } })
            .Mod("bad", $"function Think() {bomb} end").Mod("canary", "n = 0 function Think() n += 1 if n == 3 then print('three') end end").Load();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        host.Tick(3);
        host.AssertPrinted("canary", "three");
        Assert.True(host.StateOf("bad") is ModState.Backoff || host.Host.Status("bad")!.Errors + host.Host.Status("bad")!.Kills > 0, string.Join('\n', host.Log.Lines));
        ManagedMemory.AssertGrewAtMost(18L << 20, before);
    }

    [Fact]
    public void Out_of_memory_destroys_the_VM_without_OnUnload()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { MemoryHardMb = 4 } })
            .Mod("bad", "function Think() local t = {} while true do pcall(function() t[#t + 1] = string.rep('x', 1000) .. #t end) end end function OnUnload() print('unloaded') end").Load();
        host.Tick();
        Assert.Equal(ModState.Backoff, host.StateOf("bad"));
        Assert.Contains("out of memory (memory_hard_mb, 4 MiB)", host.Host.Status("bad")!.Reason, StringComparison.Ordinal);
        host.AssertPrinted("bad");
    }

    [Fact]
    public void Garbage_is_not_memory()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { MemoryHardMb = 4 } })
            .Mod("ok", "keep = table.create(50000, 1) function Think() for i = 1, 200 do local t = table.create(1000, i) end end").Load();
        host.Tick(60);
        Assert.Equal(ModState.Running, host.StateOf("ok"));
    }

    [Fact]
    public void A_limit_too_small_for_the_libraries_is_said_clearly()
    {
        using HostFixture host = new HostFixture().Limit("tiny", "memory_hard_mb", 1).Mod("tiny", "data = string.rep('x', 2000000)").Load();
        Assert.Equal(ModState.Backoff, host.StateOf("tiny"));
    }

    [Theory]
    [InlineData("for i = 1, 5000 do timer.after(100, function() end) end", "too many timers")]
    [InlineData("for i = 1, 5000 do hook.add('Think', function() end) end", "too many handlers")]
    [InlineData("for i = 1, 5000 do commands.add('c' .. i, function() end) end", "too many commands")]
    [InlineData("for i = 1, 5000 do task.delay(100, function() end) end", "too many waiting tasks")]
    [InlineData("for i = 1, 5000 do mod.export('e' .. i, function() end) end", "too many exports")]
    [InlineData("events.on('bad:e', function() end) for i = 1, 100 do events.emit('e', string.rep('x', 200000)) end", "too many events")]
    public void What_the_server_holds_for_a_mod_is_bounded(string source, string refusal)
    {
        using HostFixture host = new HostFixture().Mod("bad", $"function OnLoad() print(select(2, pcall(function() {source} end))) end").Load();
        Assert.Contains(refusal, Assert.Single(host.Printed("bad")), StringComparison.Ordinal);
        Assert.InRange(host.Host.Status("bad")!.HostBytes, 0, 4L << 20);
    }
}
