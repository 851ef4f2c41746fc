using GameServer.Luau.Runtime;
using GameServer.Luau.Values;
using GameServer.Support;

namespace GameServer.Luau.Tests.Runtime;

/// <summary>What an embedding program can get wrong is told at once, and what it needs is there.</summary>
public class HostFaceTests
{
    [Fact]
    public void Options_that_cannot_be_used_are_all_named()
    {
        var options = new LuauVmOptions { MemoryBytesMax = 5, MemorySoftPercent = 0, CallDepthMax = 1, HostDepthMax = 1000, OnMemoryLimit = (MemoryFault)7, Time = null! };
        string[] names = [.. options.Validate().Select(problem => problem[..problem.IndexOf(':', StringComparison.Ordinal)])];
        Assert.Equal(["MemoryBytesMax", "OnMemoryLimit", "MemorySoftPercent", "CallDepthMax", "HostDepthMax", "Time"], names);
        Assert.Contains("HostDepthMax: 10–200", Assert.Throws<ArgumentException>(() => new LuauVm(options)).Message, StringComparison.Ordinal);
        Assert.Empty(new LuauVmOptions().Validate());
        using var small = new LuauVm(new LuauVmOptions { MemoryBytesMax = LuauVmOptions.MemoryBytesMin });
        Assert.True(small.MemoryUsed < LuauVmOptions.MemoryBytesMin, $"{small.MemoryUsed} bytes");
    }

    [Fact]
    public void A_deadline_kills_once_and_leaves_the_vm_usable()
    {
        using var run = new ScriptRun();
        LuauThread thread = run.Vm.CreateThread(run.Load("while true do pcall(function() while true do end end) end"));
        using (var deadline = new LuauDeadline(run.Vm, TimeSpan.FromMilliseconds(20)))
        {
            Assert.Equal(ResumeStatus.Killed, run.Vm.Resume(thread));
            Assert.True(deadline.HasKilled);
            run.Start("print('too late')", out ResumeStatus status);
            Assert.Equal(ResumeStatus.Killed, status);
        }
        run.Run("print('again')");
        Assert.Equal("again", run.Output);
    }

    [Fact]
    public void A_deadline_that_was_met_kills_nothing_later()
    {
        using var run = new ScriptRun();
        var time = new ManualTime();
        var deadline = new LuauDeadline(run.Vm, TimeSpan.FromSeconds(1), time);
        run.Run("print('in time')");
        deadline.Dispose();
        time.Advance(TimeSpan.FromSeconds(5));
        run.Run("print('later')");
        Assert.Equal("in time\nlater", run.Output);
        Assert.False(deadline.HasKilled);
        Assert.Throws<ArgumentOutOfRangeException>(() => new LuauDeadline(run.Vm, TimeSpan.Zero));
    }

    [Fact]
    public void A_function_of_another_vm_is_refused()
    {
        using var here = new ScriptRun();
        using var there = new ScriptRun();
        LuauFunction foreign = there.Load("return 1");
        Assert.Throws<ArgumentException>(() => { here.Vm.Call(foreign); });
        Assert.Throws<ArgumentException>(() => here.Vm.CreateThread(foreign));
        Assert.Throws<ArgumentException>(() => here.Vm.CreateUserdata(new object(), 5));
        Assert.Throws<ArgumentException>(() => here.Vm.CreateUserdata(new object(), -1));
    }

    [Fact]
    public void Optional_arguments_are_nil_absent_or_of_the_right_type()
    {
        using var run = new ScriptRun(isSealed: false);
        run.Vm.Set(run.Vm.Globals, "f", new HostFunction("f", (ref CallContext call) =>
            call.Return(call.Boolean(0, true), call.OptionalTable(1) != null, call.OptionalCallable(2) != null)));
        run.Vm.Seal();
        run.Run("""
            print(f())
            print(f(false, {}, print))
            print(f(nil, nil, nil))
            print(pcall(f, 1))
            print(pcall(f, nil, 1))
            print(pcall(f, nil, nil, 1))
            """);
        Assert.Equal("""
            true	false	false
            false	true	true
            true	false	false
            false	invalid argument #1 to 'f' (boolean expected, got number)
            false	invalid argument #2 to 'f' (table expected, got number)
            false	invalid argument #3 to 'f' (function expected, got number)
            """.ReplaceLineEndings("\n"), run.Output);
    }

    [Fact]
    public void An_exception_of_the_host_passes_through_and_the_vm_goes_on()
    {
        using var run = new ScriptRun(isSealed: false);
        run.Vm.Set(run.Vm.Globals, "broken", new HostFunction("broken", (ref CallContext _) => throw new InvalidOperationException("a mistake of the host")));
        run.Vm.Seal();
        LuauThread thread = run.Vm.CreateThread(run.Load("pcall(broken) print('never')"));
        Assert.Equal("a mistake of the host", Assert.Throws<InvalidOperationException>(() => run.Vm.Resume(thread)).Message);
        Assert.Equal(CoroutineStatus.Dead, thread.Status);
        Assert.Null(run.Vm.RunningThread);
        thread.Reset(run.Load("print('fine')"));
        Assert.Equal(ResumeStatus.Finished, run.Vm.Resume(thread));
        Assert.Equal("fine", run.Output);
    }

#if DEBUG
    [Fact]
    public void Entering_a_running_vm_from_another_thread_is_found_out()
    {
        using var run = new ScriptRun(isSealed: false);
        Exception? seen = null;
        run.Vm.Set(run.Vm.Globals, "meanwhile", new HostFunction("meanwhile", (ref CallContext call) =>
        {
            var other = new Thread(() => seen = Record.Exception(() => { run.Vm.CreateTable(); }));
            other.Start();
            other.Join();
            return call.Return();
        }));
        run.Vm.Seal();
        run.Run("meanwhile()");
        Assert.IsType<InvalidOperationException>(seen);
    }
#endif
}
