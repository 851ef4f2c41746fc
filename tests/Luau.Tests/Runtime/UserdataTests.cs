using GameServer.Luau.Runtime;
using GameServer.Luau.Values;

namespace GameServer.Luau.Tests.Runtime;

public class UserdataTests
{
    sealed class Player(string name)
    {
        public string Name { get; set; } = name;
        public int Kicks { get; set; }
    }

    static ScriptRun WithPlayers(out Player ann)
    {
        var run = new ScriptRun(isSealed: false);
        LuauVm vm = run.Vm;
        vm.RegisterUserdataClass(new UserdataClass(1, "Player")
        {
            Members = new Dictionary<string, LuauValue>
            {
                ["kick"] = new HostFunction("kick", static (ref CallContext call) =>
                {
                    Player player = call.Userdata<Player>(0, 1);
                    return call.Return((double)++player.Kicks, call[1]);
                }),
                ["team"] = 3.0,
            },
            Index = (ref CallContext call) => call[1].ToString() == "name"
                ? call.Return(new LuauValue(vm.CreateString(call.Userdata<Player>(0, 1).Name)))
                : call.Return(default(LuauValue)),
            NewIndex = static (ref CallContext call) =>
            {
                if (call[1].ToString() != "name") throw call.Error("no such field");
                call.Userdata<Player>(0, 1).Name = call.String(2).ToString();
                return call.Return();
            },
            ToText = (ref CallContext call) => call.Return(new LuauValue(vm.CreateString("player " + call.Userdata<Player>(0, 1).Name))),
        });
        ann = new Player("ann");
        vm.Set(vm.Globals, "ann", vm.CreateUserdata(ann, 1));
        vm.RegisterUserdataClass(new UserdataClass(2, "Other"));
        vm.Set(vm.Globals, "other", vm.CreateUserdata(new object(), 2));
        vm.Seal();
        return run;
    }

    [Fact]
    public void Methods_fields_and_text_of_a_class()
    {
        using ScriptRun run = WithPlayers(out Player ann);
        run.Run("""
            print(ann:kick("a"), ann:kick())
            print(ann.name, ann.team, ann.nothing, typeof(ann), type(ann), tostring(ann))
            ann.name = "bob"
            print(ann.name)
            local kick = ann.kick
            print(kick(ann, 1))
            """);
        Assert.Equal("1\t2\tnil\nann\t3\tnil\tPlayer\tuserdata\tplayer ann\nbob\n3\t1", run.Output);
        Assert.Equal(3, ann.Kicks);
    }

    [Fact]
    public void A_userdata_of_another_class_is_refused_by_name()
    {
        using ScriptRun run = WithPlayers(out _);
        run.Run("""
            print(pcall(ann.kick, other))
            print(pcall(ann.kick, nil))
            print(pcall(function() return other.x.y end))
            print(pcall(function() other.x = 1 end))
            print(pcall(function() return ann:fly() end))
            print(pcall(function() return ann + 1 end))
            """);
        Assert.Equal(
            """
            false	invalid argument #1 to 'kick' (Player expected, got Other)
            false	invalid argument #1 to 'kick' (Player expected, got nil)
            false	test:3: attempt to index nil with 'y'
            false	test:4: attempt to index Other with 'x'
            false	test:5: attempt to call missing method 'fly' of Player
            false	test:6: attempt to perform arithmetic (add) on Player and number
            """, run.Output);
    }

    [Fact]
    public void Scripts_cannot_get_at_the_metatable()
    {
        using ScriptRun run = WithPlayers(out _);
        run.Run("print(getmetatable(ann), pcall(setmetatable, ann, {}))");
        Assert.Equal("false\tfalse\tinvalid argument #1 to 'setmetatable' (table expected, got Player)", run.Output);
    }

    [Fact]
    public void A_tag_is_taken_once()
    {
        using var run = new ScriptRun(isSealed: false);
        run.Vm.RegisterUserdataClass(new UserdataClass(7, "A"));
        Assert.Throws<ArgumentException>(() => run.Vm.RegisterUserdataClass(new UserdataClass(7, "B")));
        Assert.Throws<ArgumentException>(() => run.Vm.RegisterUserdataClass(new UserdataClass(0, "C")));
        Assert.Throws<ArgumentException>(() => run.Vm.CreateUserdata(new object(), 9));
    }
}
