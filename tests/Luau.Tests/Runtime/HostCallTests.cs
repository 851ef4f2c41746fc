using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Runtime;

public class HostCallTests
{
    static LuauValue Text(ScriptRun run, string text) => run.Vm.CreateString(text);

    [Fact]
    public void A_call_hands_arguments_in_and_results_out()
    {
        using var run = new ScriptRun();
        LuauFunction function = run.Load("local a, b = ... return a + b, 'text', nil, true");
        ReadOnlySpan<LuauValue> results = run.Vm.Call(function, 2.0, 40.0);
        Assert.Equal(4, results.Length);
        Assert.Equal(42, results[0].AsNumber());
        Assert.Equal("text", results[1].ToString());
        Assert.True(results[2].IsNil);
        Assert.True(results[3].IsTruthy);
    }

    [Fact]
    public void A_script_error_becomes_an_exception_with_value_and_traceback()
    {
        using var run = new ScriptRun();
        LuauFunction function = run.Load("local function inner()\n  error({code = 7})\nend\ninner()");
        var e = Assert.Throws<LuauException>(() => { run.Vm.Call(function); });
        Assert.Equal(7, run.Vm.Get(e.Value.As<LuauTable>()!, "code").AsNumber());
        Assert.Equal("test:2 function inner\ntest:4\n", e.Traceback);
        Assert.Null(run.Vm.RunningThread);
        Assert.Equal(3, run.Vm.Call(run.Load("return 1 + 2"))[0].AsNumber());
    }

    [Fact]
    public void A_compile_error_names_chunk_and_line()
    {
        var e = Assert.Throws<LuauCompileException>(() => LuauVm.Compile("x =\n= 1"u8.ToArray(), "@mods/a.luau"));
        Assert.StartsWith("mods/a.luau:2: ", e.Message, StringComparison.Ordinal);
        Assert.Equal(2, e.Line);
    }

    [Fact]
    public void A_chunk_can_be_loaded_into_many_vms()
    {
        CompiledChunk chunk = LuauVm.Compile("counter = (counter or 0) + 1 return counter"u8.ToArray(), "=shared");
        for (int n = 0; n < 3; n++)
        {
            using var run = new ScriptRun();
            LuauTable environment = run.Vm.CreateEnvironment();
            LuauFunction function = run.Vm.Load(chunk, environment);
            Assert.Equal(1, run.Vm.Call(function)[0].AsNumber());
            Assert.Equal(2, run.Vm.Call(function)[0].AsNumber());
        }
    }

    [Fact]
    public void Typed_arguments_raise_the_standard_errors()
    {
        using var run = new ScriptRun(isSealed: false);
        run.Vm.Set(run.Vm.Globals, "take", new HostFunction("take", (ref CallContext call) => call.Return(call.Number(0) + call.Integer(1, 5))));
        run.Vm.Seal();
        run.Run("""
            print(take(1), take("2", 3))
            print(pcall(take))
            print(pcall(take, {}))
            print(pcall(take, 1, "x"))
            print(pcall(function() take(nil) end))
            """);
        Assert.Equal(
            """
            6	5
            false	missing argument #1 to 'take' (number expected)
            false	invalid argument #1 to 'take' (number expected, got table)
            false	invalid argument #2 to 'take' (number expected, got string)
            false	test:5: invalid argument #1 to 'take' (number expected, got nil)
            """, run.Output);
    }

    [Fact]
    public void A_host_function_can_call_back_and_the_callback_may_not_yield()
    {
        using var run = new ScriptRun(isSealed: false);
        run.Vm.Set(run.Vm.Globals, "twice", new HostFunction("twice", (ref CallContext call) =>
        {
            LuauValue once = call.Call(call[0], call[1]);
            return call.Return(call.Call(call[0], once));
        }));
        run.Vm.Seal();
        run.Run("""
            print(twice(function(x) return x * 3 end, 2))
            print(pcall(twice, coroutine.yield, 1))
            print(pcall(twice, function() error("in callback") end))
            """);
        Assert.Equal("18\nfalse\tattempt to yield across metamethod/C-call boundary\nfalse\ttest:3: in callback", run.Output);
    }

    [Fact]
    public void A_host_function_can_yield_and_is_resumed_with_results()
    {
        using var run = new ScriptRun(isSealed: false);
        run.Vm.Set(run.Vm.Globals, "wait", new HostFunction("wait", (ref CallContext call) => call.Yield(call[0])));
        run.Vm.Seal();
        LuauThread thread = run.Run("local a, b = wait(5) print(a, b) print(pcall(wait, 6)) return 'done'");
        Assert.Equal(CoroutineStatus.Suspended, thread.Status);
        Assert.Equal(5, thread.Results[0].AsNumber());
        Assert.Equal(ResumeStatus.Yielded, run.Vm.Resume(thread, 1.0, 2.0));
        Assert.Equal(6, thread.Results[0].AsNumber());
        Assert.Equal(ResumeStatus.Finished, run.Vm.ResumeWithError(thread, Text(run, "broken")));
        Assert.Equal("1\t2\nfalse\tbroken", run.Output);
        Assert.Equal("done", thread.Results[0].ToString());
    }

    [Fact]
    public void A_continuation_runs_when_the_yield_is_resumed_and_may_yield_again()
    {
        using var run = new ScriptRun(isSealed: false);
        HostBody? step = null;
        step = (ref CallContext call) =>
        {
            var sum = (double)call.State! + call.Number(0);
            return sum >= 10 ? call.Return(sum) : call.YieldThen(step!, sum, sum);
        };
        run.Vm.Set(run.Vm.Globals, "collect", new HostFunction("collect", (ref CallContext call) => call.YieldThen(step, 0.0)));
        run.Vm.Seal();
        LuauThread thread = run.Run("return collect(), 'end'");
        Assert.Equal(ResumeStatus.Yielded, run.Vm.Resume(thread, 4.0));
        Assert.Equal(4, thread.Results[0].AsNumber());
        Assert.Equal(ResumeStatus.Finished, run.Vm.Resume(thread, 6.0));
        Assert.Equal(10, thread.Results[0].AsNumber());
        Assert.Equal("end", thread.Results[1].ToString());
    }

    [Fact]
    public void A_continuation_that_was_announced_but_not_returned_is_forgotten()
    {
        using var run = new ScriptRun(isSealed: false);
        run.Vm.Set(run.Vm.Globals, "careless", new HostFunction("careless", (ref CallContext call) =>
        {
            call.YieldThen(static (ref CallContext rest) => rest.Return(99.0), null);
            throw call.Error("changed its mind");
        }));
        run.Vm.Seal();
        LuauThread thread = run.Run("print(pcall(careless)) print(coroutine.yield())");
        Assert.Equal(ResumeStatus.Finished, run.Vm.Resume(thread, 5.0));
        Assert.Equal("false\tchanged its mind\n5", run.Output);
    }

    [Fact]
    public void Resume_reports_failure_and_keeps_the_frames_for_a_traceback()
    {
        using var run = new ScriptRun();
        LuauThread thread = run.Start("local function deep() local x = nil; x.y = 1 end\ndeep()", out ResumeStatus status);
        Assert.Equal(ResumeStatus.Failed, status);
        Assert.Equal("test:1: attempt to index nil with 'y'", thread.Error.ToString());
        Assert.Equal("test:1 function deep\ntest:2\n", run.Vm.GetTraceback(thread));
        Assert.Equal(CoroutineStatus.Dead, thread.Status);
        Assert.Throws<InvalidOperationException>(() => run.Vm.Resume(thread));
    }

    [Fact]
    public void A_finished_thread_can_be_used_again()
    {
        using var run = new ScriptRun();
        LuauFunction add = run.Load("local a = ... return (a or 0) + 1");
        LuauThread thread = run.Vm.CreateThread();
        for (int n = 0; n < 5; n++)
        {
            thread.Reset(add);
            Assert.Equal(ResumeStatus.Finished, run.Vm.Resume(thread, (double)n));
            Assert.Equal(n + 1, thread.Results[0].AsNumber());
        }
        thread.Reset(run.Load("error('x')"));
        Assert.Equal(ResumeStatus.Failed, run.Vm.Resume(thread));
        thread.Reset(add);
        Assert.Equal(ResumeStatus.Finished, run.Vm.Resume(thread));
        thread.Reset(run.Load("coroutine.yield()"));
        run.Vm.Resume(thread);
        Assert.Throws<InvalidOperationException>(() => thread.Reset(add));
    }

    [Fact]
    public void Coroutines_inherit_the_host_mask_of_their_creator()
    {
        using var run = new ScriptRun(isSealed: false);
        run.Vm.Set(run.Vm.Globals, "mask", new HostFunction("mask", (ref CallContext call) => call.Return((double)call.Thread.HostMask)));
        run.Vm.Seal();
        LuauThread thread = run.Vm.CreateThread(run.Load("print(mask(), coroutine.wrap(function() return mask(), coroutine.wrap(mask)() end)())"));
        thread.HostMask = 5;
        run.Vm.Resume(thread);
        Assert.Equal("5\t5\t5", run.Output);
        Assert.Equal(0ul, run.Vm.MainThread.HostMask);
    }

    [Fact]
    public void Host_exceptions_that_are_no_script_errors_pass_through_and_leave_the_vm_usable()
    {
        using var run = new ScriptRun(isSealed: false);
        run.Vm.Set(run.Vm.Globals, "bug", new HostFunction("bug", static (ref CallContext call) => throw new FormatException("a bug of the host")));
        run.Vm.Seal();
        Assert.Throws<FormatException>(() => { run.Vm.Call(run.Load("pcall(function() table.sort({1, 2}, function() bug() end) end)")); });
        Assert.Null(run.Vm.RunningThread);
        Assert.Equal(1, run.Vm.Call(run.Load("return 1"))[0].AsNumber());
    }

    [Fact]
    public void References_keep_values_alive_until_released()
    {
        using var run = new ScriptRun();
        LuauRef pinned = run.Vm.CreateRef(run.Vm.Call(run.Load("return {1, 2, 3}"))[0]);
        run.Vm.Call(run.Load("weak = setmetatable({...}, {__mode = 'v'})"), pinned.Value);
        long with = run.Vm.MeasureLive();
        Assert.True(pinned.IsAlive);
        pinned.Dispose();
        Assert.False(pinned.IsAlive);
        Assert.Throws<ObjectDisposedException>(() => pinned.Value);
        Assert.True(run.Vm.MeasureLive() < with);
        LuauRef other = run.Vm.CreateRef(1.0);
        run.Vm.Dispose();
        Assert.False(other.IsAlive);
    }

    [Fact]
    public void A_sample_sees_the_running_frames()
    {
        using var run = new ScriptRun(isSealed: false);
        var seen = new List<string>();
        run.Vm.Sampled += thread => seen.Add(run.Vm.GetTraceback(thread));
        run.Vm.Set(run.Vm.Globals, "sample", new HostFunction("sample", (ref CallContext call) =>
        {
            run.Vm.RequestInterrupt();
            return call.Return();
        }));
        run.Vm.Seal();
        run.Run("local function work()\n  sample()\n  for i = 1, 10 do end\nend\nwork()");
        Assert.Equal(["test:3 function work\ntest:5\n"], seen);
    }
}
