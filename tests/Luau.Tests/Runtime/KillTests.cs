using System.Diagnostics;

namespace GameServer.Luau.Tests.Runtime;

/// <summary>Scripts that try to survive a kill. Each ends by it soon after the flag is set.</summary>
public class KillTests
{
    /// <summary>Generous because test machines are busy; the flag is seen within microseconds.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static TheoryData<string> Survivors =>
    [
        "while true do end",
        "repeat until false",
        "for i = 1, math.huge do end",
        "for i = 1, 2, 0 do end for i = 2, 1, 0 do end",
        "for _ in function() return 1 end do end",
        "local function f() f2() end function f2() return f() end while true do pcall(f2) end",
        "while true do pcall(function() while true do end end) end",
        "while true do xpcall(function() while true do end end, function() while true do end end) end",
        "xpcall(function() error('x') end, function() while true do end end)",
        "while true do coroutine.wrap(function() while true do end end)() end",
        "while true do coroutine.resume(coroutine.create(function() pcall(function() while true do end end) end)) end",
        "local t = setmetatable({}, {__index = function() while true do end end}) while true do pcall(function() return t.x end) end",
        "local t = setmetatable({}, {__newindex = function(t, k, v) t[k] = v end}) while true do pcall(function() t.x = 1 end) end",
        "local t = setmetatable({}, {__add = function(a, b) return pcall(function() return a + b end) end}) while true do local _ = t + 1 end",
        "local t t = setmetatable({}, {__eq = function(a, b) return a == b end}) local u = setmetatable({}, getmetatable(t)) while true do pcall(function() return t == u end) end",
        "local t = {} for i = 1, 1000 do t[i] = i end while true do pcall(table.sort, t, function() while true do end end) end",
        "local t = {} for i = 1, 1000 do t[i] = i end while true do pcall(table.sort, t, function(a, b) return a < b end) end",
        "while true do pcall(string.gsub, ('x'):rep(1000), '.', function() while true do end end) end",
        "while true do pcall(string.find, ('a'):rep(100000), ('a*'):rep(20) .. 'b') end",
        "while true do pcall(string.rep, 'x', 1e7) end",
        "local t = setmetatable({}, {__iter = function() while true do end end}) while true do pcall(function() for _ in t do end end) end",
        "local t = setmetatable({}, {__call = function(self) return self() end}) while true do pcall(t) end",
        "local t = setmetatable({}, {__tostring = function() while true do end end}) while true do pcall(tostring, t) end",
        "local co co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
        "local function f(n) if n == 0 then return end f(n - 1) f(n - 1) end f(200)",
        "local t = setmetatable({}, {__len = function(t) return #t end}) while true do pcall(function() return #t end) end",
        "while true do pcall(loadstring, 'local t = {' .. ('{1},'):rep(50000) .. '}') end",
        "while true do pcall(error) end",
        "while true do local ok, e = pcall(error, 'x') if not ok then continue end end",
    ];

    [Theory]
    [MemberData(nameof(Survivors))]
    public void No_script_survives_a_kill(string source)
    {
        using var run = new ScriptRun();
        LuauThreadResult result = default;
        var worker = new Thread(() => result = RunOnce(run, source), 1 << 20);
        worker.Start();
        Thread.Sleep(30);
        Assert.True(worker.IsAlive, "the script ended by itself");
        var clock = Stopwatch.StartNew();
        run.Vm.RequestKill();
        Assert.True(worker.Join(Patience), "still running");
        Assert.Equal(ResumeStatus.Killed, result.Status);
        Assert.Equal(LuauFault.Killed, result.Fault);
    }

    [Fact]
    public void A_kill_stays_until_the_host_takes_it_back()
    {
        using var run = new ScriptRun();
        run.Vm.RequestKill();
        run.Start("print('never')", out ResumeStatus status);
        Assert.Equal(ResumeStatus.Killed, status);
        Assert.Equal(LuauFault.Killed, Assert.Throws<LuauException>(() => { run.Vm.Call(run.Load("return 1")); }).Fault);
        run.Vm.ClearKill();
        run.Run("print('now')");
        Assert.Equal("now", run.Output);
    }

    [Fact]
    public void A_kill_passes_pcall_xpcall_and_coroutines_without_running_script_code()
    {
        using var run = new ScriptRun(isSealed: false);
        run.Vm.Set(run.Vm.Globals, "kill", new GameServer.Luau.Runtime.HostFunction("kill", (ref GameServer.Luau.Runtime.CallContext call) =>
        {
            run.Vm.RequestKill();
            return call.Return();
        }));
        run.Vm.Seal();
        run.Start("""
            local function never(...) print("ran", ...) end
            local co = coroutine.create(function()
                xpcall(function()
                    pcall(function()
                        table.sort({2, 1}, function() kill() for i = 1, 2 do end never("comparator") end)
                        never("after sort")
                    end)
                    never("after pcall")
                end, never)
                never("after xpcall")
            end)
            coroutine.resume(co)
            never("after resume")
            """, out ResumeStatus status);
        Assert.Equal(ResumeStatus.Killed, status);
        Assert.Equal("", run.Output);
    }

    [Fact]
    public void A_host_may_not_take_back_a_kill_while_the_script_runs()
    {
        using var run = new ScriptRun(isSealed: false);
        run.Vm.Set(run.Vm.Globals, "save", new GameServer.Luau.Runtime.HostFunction("save", (ref GameServer.Luau.Runtime.CallContext call) =>
        {
            run.Vm.ClearKill();
            return call.Return();
        }));
        run.Vm.Seal();
        Assert.Throws<InvalidOperationException>(() => { run.Vm.Call(run.Load("save()")); });
    }

    readonly record struct LuauThreadResult(ResumeStatus Status, LuauFault Fault);

    static LuauThreadResult RunOnce(ScriptRun run, string source)
    {
        var thread = run.Start(source, out ResumeStatus status);
        return new(status, thread.ErrorFault);
    }
}
