using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Runtime;

/// <summary>Specification 14, and what mods are promised about their globals.</summary>
public class SandboxTests
{
    [Fact]
    public void Libraries_and_shared_globals_cannot_be_changed() => ScriptRun.Prints(
        """
        for _, f in {
            function() string.format = print end, function() math.pi = 3 end, function() rawset(table, "x", 1) end, function() table.insert(string, 1) end,
            function() table.clear(math) end, function() setmetatable(string, {}) end, function() getmetatable("").__index = {} end,
            function() setmetatable(math, nil) end, function() table.freeze(bit32) end,
        } do print(select(2, pcall(f)) ) end
        """,
        "test:2: attempt to modify a readonly table", "test:2: attempt to modify a readonly table", "attempt to modify a readonly table",
        "attempt to modify a readonly table", "attempt to modify a readonly table", "attempt to modify a readonly table",
        "test:3: attempt to modify a readonly table", "attempt to modify a readonly table", "test:4: invalid argument #1 to 'freeze' (table is already frozen)");

    [Fact]
    public void Each_environment_has_its_own_globals_and_its_own_G()
    {
        using var run = new ScriptRun();
        LuauTable first = run.Vm.CreateEnvironment(), second = run.Vm.CreateEnvironment();
        run.Vm.Call(run.Load("_G.x = 1 y = 2 print(x, _G.y, _G == getfenv())", first));
        run.Vm.Call(run.Load("print(x, y, print ~= nil) _G.print2 = print", second));
        run.Vm.Call(run.Load("print(x, y, print2)", first));
        Assert.Equal("1\t2\ttrue\nnil\tnil\ttrue\n1\t2\tnil", run.Output);
    }

    [Fact]
    public void The_metatable_of_an_environment_is_out_of_reach() => ScriptRun.Prints(
        "print(getmetatable(_G), pcall(setmetatable, _G, {}))",
        "The metatable is locked\tfalse\tcannot change a protected metatable");

    [Fact]
    public void A_global_with_the_name_of_a_library_wins_even_over_cached_reads()
    {
        using var run = new ScriptRun();
        LuauTable environment = run.Vm.CreateEnvironment();
        LuauFunction use = run.Load("return math.floor(2.5), type(1)", environment);
        Assert.Equal(2, run.Vm.Call(use)[0].AsNumber());
        Assert.Equal(2, run.Vm.Call(use)[0].AsNumber());
        run.Vm.Call(run.Load("math = {floor = function() return 'mine' end} function type() return 'other' end", environment));
        ReadOnlySpan<LuauValue> results = run.Vm.Call(use);
        Assert.Equal("mine", results[0].ToString());
        Assert.Equal("other", results[1].ToString());
        run.Vm.Call(run.Load("math = nil", environment));
        Assert.Equal(2, run.Vm.Call(use)[0].AsNumber());
    }

    [Fact]
    public void Setfenv_changes_what_globals_mean_for_one_function() => ScriptRun.Prints(
        """
        local function f() return math.floor(1.5), x end
        print(f())
        setfenv(f, {math = {floor = function() return "fenv" end}, x = 1})
        print(f())
        print(pcall(setfenv, print, {}))
        print(getfenv(f).x, getfenv(print) == getfenv(0), pcall(getfenv, -1))
        """,
        "1\tnil", "fenv\t1", "false\t'setfenv' cannot change environment of given object",
        "1\ttrue\tfalse\tinvalid argument #1 to 'getfenv' (level must be non-negative)");

    [Fact]
    public void An_environment_with_another_metatable_is_not_trusted_by_caches()
    {
        using var run = new ScriptRun();
        LuauTable environment = run.Vm.CreateEnvironment(ownG: false);
        run.Vm.Call(run.Load(
            """
            local setmetatable, getfenv = setmetatable, getfenv
            local function f() return math.floor(1.5) end
            print(f(), f())
            setmetatable(getfenv(), {__index = function(_, k) return {floor = function() return k end} end})
            local r = f()
            setmetatable(getfenv(), nil)
            out = r
            """, environment));
        Assert.Equal("1\t1", run.Output);
        Assert.Equal("math", run.Vm.Get(environment, "out").ToString());
    }

    [Fact]
    public void What_only_runners_have_is_absent_in_a_sandbox()
    {
        using var run = new ScriptRun(new LuauVmOptions());
        run.Run("print(loadstring, collectgarbage, getfenv, setfenv, newproxy, io, package, load, dofile, debug.getinfo, os.exit, os.getenv, string.dump)");
        Assert.Equal(string.Join('\t', Enumerable.Repeat("nil", 13)), run.Output);
    }

    [Fact]
    public void Addresses_are_made_up_and_repeat_from_run_to_run()
    {
        string[] outputs = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            using var run = new ScriptRun();
            run.Run("local t = {} print(t, print, t == t, tostring(t) == tostring(t), coroutine.create(print))");
            return run.Output;
        })];
        Assert.Equal(outputs[0], outputs[1]);
        Assert.Matches("^table: 0x[0-9a-f]{16}\tfunction: 0x[0-9a-f]{16}\ttrue\ttrue\tthread: 0x[0-9a-f]{16}$", outputs[0]);
    }
}
