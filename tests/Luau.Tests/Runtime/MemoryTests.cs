using System.Runtime.CompilerServices;
using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Runtime;

public class MemoryTests
{
    const long Limit = 4 << 20;

    /// <summary>What the host put into the VM is counted by measurements only.</summary>
    const long HostObjects = 1024;

    static LuauVmOptions With(MemoryFault fault) => new() { MemoryBytesMax = Limit, OnMemoryLimit = fault, RunnerLibrary = true };

    public static TheoryData<string> Hogs =>
    [
        "local t = {} while true do t[#t + 1] = {} end",
        "local t = {} for i = 1, 1e9 do t['k' .. i] = i end",
        "local t = {} while true do t[#t + 1] = ('x'):rep(1000) .. #t end",
        "local s = 'x' while true do s = s .. s end",
        "local s = string.rep('x', 1e8)",
        "local t = table.create(1e7)",
        "local b = buffer.create(1e8)",
        "local t = {} while true do t[#t + 1] = function() return t end end",
        "local t = {} while true do local n = 0 t[#t + 1] = function() n += 1 end end",
        "local t = {} while true do t[#t + 1] = coroutine.create(print) end",
        "local t = {} while true do t[#t + 1] = coroutine.wrap(function() coroutine.yield() end) t[#t]() end",
        "local t = {} while true do t[#t + 1] = vector.create(1, 2, #t) end",
        "local function f(...) return f(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ...) end f()",
        "local t = {} for i = 1, 1e9 do t[i * 1.5] = i end",
        "local t = {} while true do t[#t + 1] = newproxy(true) end",
    ];

    [Theory]
    [MemberData(nameof(Hogs))]
    public void Passing_the_limit_kills_and_pcall_cannot_catch_it(string source)
    {
        using var run = new ScriptRun(With(MemoryFault.Kill));
        run.Start($"pcall(function() {source} end) print('survived')", out ResumeStatus status);
        Assert.Equal(ResumeStatus.Killed, status);
        Assert.Equal("", run.Output);
        Assert.True(run.Vm.IsDoomed);
        Assert.True(run.Vm.MemoryUsed <= Limit + HostObjects);
        run.Start("return 1", out status);
        Assert.Equal(ResumeStatus.Killed, status);
    }

    [Theory]
    [MemberData(nameof(Hogs))]
    public void Passing_the_limit_can_be_a_catchable_error_and_the_vm_goes_on(string source)
    {
        using var run = new ScriptRun(With(MemoryFault.Error));
        run.Run($"local ok, e = pcall(function() {source} end) print(ok, e)");
        Assert.Equal("false\tnot enough memory", run.Output);
        Assert.False(run.Vm.IsDoomed);
        Assert.True(run.Vm.MemoryUsed <= Limit + HostObjects);
        run.Run("local t = {} for i = 1, 1000 do t[i] = {} end");
    }

    [Fact]
    public void Garbage_is_measured_away()
    {
        using var run = new ScriptRun(With(MemoryFault.Kill));
        run.Run("for i = 1, 200000 do local t = {i, tostring(i)} end print('done')");
        Assert.Equal("done", run.Output);
        Assert.True(run.Vm.MeasureLive() < 200_000);
    }

    [Fact]
    public void What_is_measured_equals_what_was_charged_when_nothing_is_garbage()
    {
        using var run = new ScriptRun();
        LuauTable environment = run.Vm.CreateEnvironment();
        using LuauRef pinned = run.Vm.CreateRef(environment);
        LuauFunction fill = run.Load("keep = {} for i = 1, 1000 do keep[i] = {x = i, name = 'n' .. i} end", environment);
        run.Vm.MeasureLive();
        long before = run.Vm.MemoryUsed;
        run.Vm.Call(fill);
        long charged = run.Vm.MemoryUsed - before;
        long measured = run.Vm.MeasureLive() - before;
        Assert.InRange(measured, charged * 0.6, charged);
    }

    [Fact]
    public void Weak_tables_let_go_at_a_measurement()
    {
        ScriptRun.Prints("""
            local values, keys, both = setmetatable({}, {__mode = "v"}), setmetatable({}, {__mode = "k"}), setmetatable({}, {__mode = "kv"})
            local kept = {}
            values[1], values[2], values.s = {}, kept, "text"
            keys[{}], keys[kept] = 1, 2
            both[{}], both[kept] = kept, 3
            collectgarbage()
            local function count(t) local n = 0 for _ in t do n += 1 end return n end
            print(count(values), values[2] == kept, values.s, count(keys), keys[kept], count(both), both[kept])
            """, "2\ttrue\ttext\t1\t2\t1\t3");
    }

    [Fact]
    public void Unreachable_suspended_coroutines_do_not_count()
    {
        using var run = new ScriptRun(With(MemoryFault.Kill));
        run.Run("for i = 1, 20000 do local co = coroutine.wrap(function() coroutine.yield() end) co() end print('done')");
        Assert.Equal("done", run.Output);
    }

    [Fact]
    public void A_dropped_vm_leaves_nothing_reachable()
    {
        WeakReference dropped = RunAndDrop();
        for (int n = 0; n < 10 && dropped.IsAlive; n++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.False(dropped.IsAlive);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference RunAndDrop()
    {
        var run = new ScriptRun(isSealed: false);
        run.Vm.Set(run.Vm.Globals, "host", new HostFunction("host", (ref CallContext call) => call.Return(call[0])));
        run.Vm.Seal();
        run.Run("""
            big = {} for i = 1, 100 do big[i] = {i, function() return big end} end
            co = coroutine.wrap(function() local mine = big coroutine.yield(host(mine)) end) co()
            weak = setmetatable({big}, {__mode = "v"})
            pcall(error, big)
            """);
        return new WeakReference(run.Vm.Globals);
    }

    [Fact]
    public void Of_a_thousand_vms_none_stays()
    {
        CompiledChunk chunk = LuauVm.Compile("local t = {} for i = 1, 50 do t[i] = {i, tostring(i)} end return #t"u8.ToArray(), "=cycle");
        var globals = new List<WeakReference>();
        for (int n = 0; n < 1000; n++) globals.Add(Cycle(chunk));
        for (int n = 0; n < 10 && globals.Exists(vm => vm.IsAlive); n++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        Assert.Equal(0, globals.Count(vm => vm.IsAlive));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    static WeakReference Cycle(CompiledChunk chunk)
    {
        using var vm = new LuauVm();
        vm.Seal();
        Assert.Equal(50, vm.Call(vm.Load(chunk, vm.CreateEnvironment()))[0].AsNumber());
        return new WeakReference(vm.Globals);
    }
}
