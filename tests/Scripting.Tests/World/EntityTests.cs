using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.World;

/// <summary>Entities: what mods can do with them, what players are told of them, and what bounds both.</summary>
public class EntityTests
{
    const string Api = """
        local function try(f, ...) local ok, e = pcall(f, ...) return ok and "ok" or (e:gsub("^%w+/init.luau:%d+: ", "")) end

        """;


    static HostFixture Load(string source, Func<ModHostOptions, ModHostOptions>? options = null) => new HostFixture(options).Mod("m", Api + source).Load();

    static void AssertNoErrors(HostFixture host) => Assert.Empty(host.Log.Of(Serilog.Events.LogEventLevel.Error));

    [Fact]
    public void Scripts_make_change_find_and_remove_entities()
    {
        using HostFixture host = Load("""
            local a = world.create("crate", { gold = 5, name = "a", position = vector.create(1, 0, 0) })
            local b = world.create("crate", { gold = 7, position = vector.create(50, 0, 0) }, { keep = true })
            local c = world.create("rule", { text = { "no", "griefing", { x = 1.5 } } })
            print(a.id, a.kind, a.mod, a.keep, b.keep, a.valid) --> 1 crate m false true true
            print(a:get("gold"), a:get("name"), a:get("position"), a:get("none")) --> 5 a 1,0,0 nil
            print(c:get("text")[3].x, world.count(), world.get(2) == b, world.get(99))
            a:set("gold", nil)
            a:set("gold", nil)
            local keys = {}
            for key in a:fields() do table.insert(keys, key) end
            table.sort(keys)
            print(table.concat(keys, " "))
            local function ids(filter) local list = {} for _, e in world.query(filter) do table.insert(list, e.id) end return table.concat(list, " ") end
            print(ids(), "|", ids({ kind = "crate" }), "|", ids({ near = vector.zero, radius = 10 }), "|", ids({ near = vector.create(26, 0, 0), radius = 25 }))
            print(ids({ where = { gold = 7 } }), "|", ids({ limit = 1 }), "|", ids({ mod = "*" }), "|", ids({ mod = "other" }), "|", ids({ near = vector.zero, radius = math.huge }))
            a:remove()
            a:remove()
            print(a.valid, a.id, world.get(1), ids())
            print(try(a.set, a, "x", 1), try(world.create, "bad kind"), try(b.set, b, "bad key", 1), try(b.set, b, "f", print), try(b.set, b, "position", 5))
            print(try(world.create, "crate", { ["no key"] = 1 }), world.count())
            print(try(world.query, { neer = 1 }), try(b.set, b, "position", vector.create(0/0, 0, 0)))
            """);
        host.AssertPrinted("m",
            "1 crate m false true true", "5 a 1, 0, 0 nil", "1.5 3 true nil", "name position", "1 2 3 | 1 2 | 1 | 1 2", "2 | 1 | 1 2 3 |  | 1 2", "false 1 nil 2 3",
            "entity 1 is gone invalid argument #1 to 'create' (a kind has letters, digits, '_', '-' and '.', at most 31) "
                + "'bad key' is no key: 1 to 32 letters, digits, '_', '-' and '.' bad value: a function cannot be sent at value 'position' must be a vector of finite numbers",
            "'no key' is no key: 1 to 32 letters, digits, '_', '-' and '.' 2",
            "invalid argument #1 to 'query' (unknown key 'neer'; kind, mod, near, radius, where, limit) 'position' must be a vector of finite numbers");
        AssertNoErrors(host);
    }

    [Fact]
    public void A_mod_cannot_change_the_entities_of_another_without_the_right_to()
    {
        using HostFixture host = new HostFixture().Grant("warden", "world.write.any")
            .Mod("a", "world.create('crate', { gold = 5 })")
            .Mod("thief", Api + """
                function OnLoad()
                    local e = world.query({ mod = "a" })[1]
                    print(e.mod, e:get("gold"), try(e.set, e, "gold", 0), try(e.remove, e), world.count())
                end
                """)
            .Mod("warden", "function OnLoad() local e = world.query({ mod = 'a' })[1] e:set('gold', 1) print(e:get('gold')) e:remove() print(e.valid) end").Load();
        host.AssertPrinted("thief", "a 5 permission denied: world.write.any (Entity:set on an entity of 'a', mod 'thief', hook 'OnLoad') "
            + "permission denied: world.write.any (Entity:remove on an entity of 'a', mod 'thief', hook 'OnLoad') 0");
        host.AssertPrinted("warden", "1", "false");
        AssertNoErrors(host);
    }

    [Fact]
    public void Players_get_a_copy_that_follows_every_change()
    {
        using HostFixture host = Load("""
            local crate
            function OnLoad() crate = world.create("crate", { gold = 5, name = "a" }) world.create("lamp") end
            commands.add("change", function() crate:set("gold", 6) crate:set("gold", 7) crate:set("name", nil) crate:set("open", true) end)
            commands.add("same", function() crate:set("gold", 7) end)
            commands.add("gone", function() crate:remove() world.create("x"):remove() end)
            """);
        TestPlayer ada = host.Join("Ada");
        host.Tick(3);
        Mirror mirror = new Mirror().Take(ada);
        Assert.Equal("1 m:crate gold=0405000000 name=05020061\n2 m:lamp", mirror.ToString());
        host.Host.PlayerChat(ada, "/change");
        host.Tick(3);
        Assert.Equal("1 m:crate gold=0407000000 open=02\n2 m:lamp", mirror.Take(ada).ToString());
        Assert.Equal(1, mirror.Updates);
        host.Host.PlayerChat(ada, "/same");
        host.Tick(10);
        Assert.Empty(ada.Snapshots);
        TestPlayer bo = host.Join("Bo");
        host.Tick(3);
        Assert.Equal(mirror.ToString(), new Mirror().Take(bo).ToString());
        host.Host.PlayerChat(ada, "/gone");
        host.Tick(3);
        Assert.Equal("2 m:lamp", mirror.Take(ada).ToString());
        Assert.Equal(2, mirror.Creates);
        AssertNoErrors(host);
    }

    [Fact]
    public void A_view_shows_what_is_near_and_what_is_nowhere()
    {
        using HostFixture host = Load("""
            local things, rule = {}, world.create("rule")
            for x = 0, 9 do things[x] = world.create("t", { position = vector.create(x * 10, 0, 0) }) end
            local me = world.create("me", { position = vector.create(0, 0, 0) })
            function PlayerConnect(player) world.setView(player, me, 15) end
            commands.add("go", function(ctx) me:set("position", vector.create(tonumber(ctx.args), 0, 0)) end)
            commands.add("all", function(ctx) world.setView(ctx.player) end)
            commands.add("at", function(ctx) world.setView(ctx.player, vector.create(90, 0, 0), 5) end)
            commands.add("lost", function() me:remove() end)
            """);
        TestPlayer ada = host.Join("Ada");
        Mirror mirror = new();
        string Seen()
        {
            host.Tick(3);
            return string.Join(' ', mirror.Take(ada).Things.Keys);
        }
        Assert.Equal("1 2 3 12", Seen());
        host.Host.PlayerChat(ada, "/go 25");
        Assert.Equal("1 3 4 5 6 12", Seen());
        host.Host.PlayerChat(ada, "/go 26");
        // 10 and 16 away: one is still within ten percent more than the radius and stays.
        Assert.Equal("1 3 4 5 6 12", Seen());
        host.Host.PlayerChat(ada, "/go 27");
        Assert.Equal("1 4 5 6 12", Seen());
        host.Host.PlayerChat(ada, "/at");
        Assert.Equal("1 11", Seen());
        host.Host.PlayerChat(ada, "/all");
        Assert.Equal("1 2 3 4 5 6 7 8 9 10 11 12", Seen());
        host.Leave(ada);
        ada = host.Join("Ada again");
        mirror = new();
        Assert.Equal("1 4 5 6 12", Seen());
        host.Host.PlayerChat(ada, "/lost");
        Assert.Equal("1 2 3 4 5 6 7 8 9 10 11", Seen());
        AssertNoErrors(host);
    }

    [Fact]
    public void Entities_go_with_their_mod_unless_they_are_kept()
    {
        const string source = """
            function OnLoad(info)
                print(info.reason, #world.query())
                if info.reason == "start" then
                    world.create("kept", { n = 1 }, { keep = true })
                    world.create("lost", { n = 2 })
                end
                for _, e in world.query() do e:set("n", 10) end
            end
            """;
        using HostFixture host = Load(source);
        TestPlayer ada = host.Join("Ada");
        host.Tick(3);
        Mirror mirror = new Mirror().Take(ada);
        Assert.Equal("1 2", string.Join(' ', mirror.Things.Keys));
        host.Mod("m", Api + source + "\n-- changed").Reload("m").Tick(3);
        Assert.Equal("1 m:kept n=040a000000", mirror.Take(ada).ToString());
        Assert.Equal(2, mirror.Creates);
        host.AssertPrinted("m", "start 0", "reload 1");
        host.Mod("m", "error('no')").Reload("m").Tick(3);
        host.AssertPrinted("m", "start 0", "reload 1", "rollback 1");
        Assert.Equal("1 m:kept n=040a000000", mirror.Take(ada).ToString());
        Assert.True(host.Host.Stop("m").Accepted);
        host.Tick(3);
        Assert.Empty(mirror.Take(ada).Things);
    }

    [Fact]
    public void Entities_of_a_mod_whose_folder_is_deleted_vanish_from_clients_too()
    {
        using HostFixture host = Load(
            "world.create('crate', { n = 1 }, { keep = true })", options => options with { Watch = WatchMode.Polling, PollInterval = TimeSpan.FromMilliseconds(20) });
        TestPlayer ada = host.Join("Ada");
        host.Tick(3);
        Mirror mirror = new Mirror().Take(ada);
        Assert.Single(mirror.Things);
        Directory.Delete(Path.Combine(host.ModsFolder, "m"), recursive: true);
        host.TickUntil(() => host.Host.Status("m") is null, "the mod is forgotten").Tick(3);
        Assert.Empty(mirror.Take(ada).Things);
    }

    [Fact]
    public void A_mod_has_no_more_entities_keys_and_bytes_than_its_limits()
    {
        using HostFixture host = new HostFixture().Limit("m", "entities", 3).Limit("m", "entity_keys", 2).Limit("m", "entity_bytes", 100).Limit("big", "host_memory_kb", 64).Mod("m", Api + """
            local e = world.create("a")
            world.create("b") world.create("c")
            print(try(world.create, "d"))
            e:remove()
            e = world.create("d", { x = 1, y = 2 })
            print(try(e.set, e, "z", 3))
            e:set("x", nil)
            e:set("z", 3)
            print(e:get("z"), try(e.set, e, "z", string.rep("x", 91)), e:get("z"), world.count())
            e:remove()
            for _ = 1, 2 do world.create("quick"):remove() end
            print(try(world.create, "fast"), world.count())
            local made = 0
            timer.every(0.1, function()
                for _, e in world.query() do e:remove() end
                while pcall(world.create, "a", { x = made, y = string.rep("y", 50) }) do made += 1 end
                for _, e in world.query() do e:set("y", nil) e:set("k" .. made, 1) end
            end)
            timer.after(10, function() print(made > 12, made <= 6 + 10 * 1.5, world.count() <= 3) end)
            """).Mod("big", Api + """
            local made = 0
            print(try(function() for i = 1, 2000 do world.create("x", { text = string.rep("x", 100) }) made += 1 end end), made > 50)
            """).Load();
        host.Tick(310);
        host.AssertPrinted("m", "world.create: too many entities (entities, 3)", "entity: too many keys (entity_keys, 2)", "3 entity: keys and values of more than 100 bytes (entity_bytes) 3 3",
            "world.create: entities are made too fast (entities, 3: twice as many at once, then half as many per second) 2", "true true true");
        Assert.EndsWith("(host_memory_kb, 64) true", Assert.Single(host.Printed("big")), StringComparison.Ordinal);
        long held = host.Host.Status("m")!.HostBytes;
        Assert.True(held < 5000, $"{held} bytes are charged for three small entities");
        host.Host.Stop("big");
        AssertNoErrors(host);
    }

    [Fact]
    public void A_player_gets_no_more_bytes_than_allowed_and_everything_in_the_end()
    {
        using HostFixture host = Load("""
            local all = {}
            for i = 1, 500 do all[i] = world.create("thing", { text = string.rep("x", 200), n = 0 }) end
            function Think() all[1]:set("n", server.tick()) all[2]:set("text", string.rep(tostring(server.tick()), 40)) end
            """, options => options with { World = new() { SnapshotHz = 10, PlayerBytesPerSecond = 10_000 } });
        TestPlayer ada = host.Join("Ada");
        Mirror mirror = new();
        int seconds = 0;
        while (mirror.Things.Count < 500 && seconds < 60)
        {
            host.Tick(30);
            seconds++;
            mirror.Take(ada);
            Assert.True(mirror.Bytes <= 10_000 * (seconds + 1) + 2000, $"{mirror.Bytes} bytes in {seconds} s");
        }
        Assert.InRange(seconds, 8, 20);
        AssertNoErrors(host);
    }

    [Fact]
    public void Mods_share_what_a_player_may_be_sent()
    {
        const string greedy = "local all = {} for i = 1, 300 do all[i] = world.create('big', { text = string.rep('x', 500) }) end function Think() for i, e in all do e:set('n', server.tick()) end end";
        using HostFixture host = new HostFixture(options => options with { World = new() { PlayerBytesPerSecond = 5000 } })
            .Mod("greedy", greedy).Mod("modest", "for i = 1, 10 do world.create('small', { n = i }) end").Load();
        TestPlayer ada = host.Join("Ada");
        host.Tick(12);
        Assert.Equal(10, new Mirror().Take(ada).Things.Values.Count(thing => thing.Kind == "modest:small"));
    }

    [Fact]
    public void What_could_not_be_sent_is_sent_later()
    {
        using HostFixture host = Load("""
            local e = world.create("a", { n = 1 })
            world.create("b")
            commands.add("n", function(ctx) e:set("n", tonumber(ctx.args)) end)
            commands.add("gone", function() e:remove() end)
            """);
        TestPlayer ada = host.Join("Ada");
        ada.QueueIsFull = true;
        host.Tick(10);
        ada.QueueIsFull = false;
        host.Tick(3);
        Mirror mirror = new Mirror().Take(ada);
        Assert.Equal(2, mirror.Things.Count);
        ada.QueueIsFull = true;
        host.Host.PlayerChat(ada, "/n 2");
        host.Tick(10);
        ada.QueueIsFull = false;
        host.Tick(3);
        Assert.Equal("1 m:a n=0402000000\n2 m:b", mirror.Take(ada).ToString());
        ada.QueueIsFull = true;
        host.Host.PlayerChat(ada, "/gone");
        host.Tick(10);
        ada.QueueIsFull = false;
        host.Tick(3);
        Assert.Equal("2 m:b", mirror.Take(ada).ToString());
    }

    [Fact]
    public void Hooks_tell_of_entities_that_came_and_went()
    {
        using HostFixture host = new HostFixture().Mod("m", """
            local first = world.create("crate", { n = 1 })
            world.create("crate"):remove()
            commands.add("gone", function() first:remove() end)
            """).Mod("watcher", """
            hook.add("EntityCreated", function(e, kind, owner) print("created", e.id, kind, owner, e:get("n")) end, { filter = { kind = "crate" } })
            hook.add("EntityRemoved", function(e, kind, owner) print("removed", e.id, kind, owner, e.valid, e:get("n")) end)
            events.on("m:entity", function(payload) end)
            """).Load();
        TestPlayer ada = host.Join("Ada");
        host.Tick(2);
        host.Host.PlayerChat(ada, "/gone");
        host.Tick(2);
        host.AssertPrinted("watcher", "created 1 crate m 1", "removed 1 crate m false 1");
        AssertNoErrors(host);
    }

    [Fact]
    public void Entities_cross_between_mods_as_handles()
    {
        using HostFixture host = new HostFixture().Mod("a", "mod.export('make', function(caller) return world.create('thing', { for_ = caller }) end)")
            .Manifest("b", "[dependencies]\na = \"*\"").Mod("b", "function OnLoad() local e = mod.call('a', 'make') print(typeof(e), e.mod, e:get('for_'), e == world.get(e.id)) end").Load();
        host.AssertPrinted("b", "Entity a b true");
        AssertNoErrors(host);
    }
}
