using GameServer.Scripting;
using GameServer.Support;

namespace GameServer.Server.Tests.Scripts;

/// <summary>The library <c>storage</c> as scripts see it, over the real database.</summary>
public sealed class StorageScriptTests : IDisposable
{
    readonly ManualTime _time = new();
    readonly ScriptServer _server;

    public StorageScriptTests() => _server = new ScriptServer(_time).Settings("m", new ModSettings { Grant = ["storage.kv"] });

    public void Dispose() => _server.Dispose();

    /// <summary>Runs a script in a task of its own; <c>kv</c> is a store, <c>show</c> prints plain values.</summary>
    IReadOnlyList<string> Run(string source, int lines)
    {
        _server.Mod("m", $$"""
            local kv = storage.open("s")
            local function show(...)
                local parts = table.pack(...)
                for i = 1, parts.n do
                    local v = parts[i]
                    parts[i] = if type(v) == "table" then (if v.kind then v.kind else "{" .. table.concat(v, ",") .. "}") else tostring(v)
                end
                print(table.concat(parts, " "))
            end
            task.spawn(function()
            {{source}}
            end)
            """).Start();
        return _server.Printed("m", lines);
    }

    [Fact]
    public void Values_of_every_kind_come_back_as_they_were() => Assert.Equal(["true", "1 2.5 true text 3 false b 1, 2, 3", "nil nil"], Run("""
            show(kv:setAsync("a", { 1, 2.5, true, "text", { x = { 3 } }, false, buffer.fromstring("b"), vector.create(1, 2, 3) }))
            local v = kv:getAsync("a")
            print(v[1], v[2], v[3], v[4], v[5].x[1], v[6], buffer.tostring(v[7]), v[8])
            show(kv:getAsync("none"))
        """, 3));

    [Fact]
    public void Versions_guard_writes()
    {
        IReadOnlyList<string> printed = Run("""
            show(kv:setAsync("a", 1, { ifVersion = 0 }))
            show(kv:setAsync("a", 2, { ifVersion = 0 }))
            local value, version = kv:getAsync("a")
            show(value, version > 0, kv:setAsync("a", 3, { ifVersion = version }))
            show(kv:setAsync("a", 4, { ifVersion = version }))
            show((kv:getAsync("a")))
        """, 5);
        Assert.Equal(["true", "false conflict", "1 true true", "false conflict", "3"], printed);
    }

    [Fact]
    public void A_time_to_live_ends()
    {
        _server.Mod("m", """
            local kv = storage.open("s")
            commands.add("get", function() print(kv:getAsync("a"), (kv:getAsync("b"))) end)
            task.spawn(function() print(kv:setAsync("a", 1, { ttl = 60 })) kv:setAsync("b", 2) print("written") end)
            """).Start();
        Assert.Equal(["true", "written"], _server.Printed("m", 2));
        Assert.True(_server.Host.ConsoleCommand("test", "get", _ => { }));
        Assert.EndsWith("2", Assert.Single(_server.Printed("m", 1)), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromSeconds(61));
        Assert.True(_server.Host.ConsoleCommand("test", "get", _ => { }));
        Assert.Equal(["nil 2"], _server.Printed("m", 1));
    }

    [Fact]
    public void Updates_are_atomic_whoever_else_writes() => Assert.Equal(["100 100", "nil", "nil callback", "nil bad value", "42 42"], Run("""
            local done = 0
            for i = 1, 100 do
                task.spawn(function()
                    local _, err = kv:updateAsync("n", function(old) return (old or 0) + 1 end)
                    while err do _, err = kv:updateAsync("n", function(old) return (old or 0) + 1 end) end
                    done += 1
                end)
            end
            while done < 100 do task.wait() end
            print((kv:getAsync("n")), done)
            show((kv:updateAsync("n", function() return nil end)))
            show(kv:updateAsync("n", function() error("no") end))
            show(kv:updateAsync("n", function() return print end))
            local v = kv:updateAsync("n", function(old) return 42 end)
            print(v, (kv:getAsync("n")))
        """, 5));

    [Fact]
    public void Transactions_happen_whole_or_not_at_all() => Assert.Equal(["true", "5 7", "false conflict", "5 7 nil", "false the transaction is over", "true nil"], Run("""
            show(kv:transactAsync(function(tx) tx:set("a", 5) tx:set("b", 7) end))
            print((kv:getAsync("a")), (kv:getAsync("b")))
            show(kv:transactAsync(function(tx) tx:set("a", 1) tx:set("c", 1) tx:set("b", 1, { ifVersion = 0 }) end))
            print((kv:getAsync("a")), (kv:getAsync("b")), (kv:getAsync("c")))
            local kept
            kv:transactAsync(function(tx) kept = tx tx:remove("b") end)
            local ok, e = pcall(kept.set, kept, "x", 1)
            print(ok, e)
            print((kv:getAsync("a")) == 5, (kv:getAsync("b")))
        """, 6));

    [Fact]
    public void Keys_are_listed_by_prefix_page_by_page() => Assert.Equal(["{p:1,p:2,p:3}", "{p:1,p:2}", "{p:3}", "{}", "{o,p:1,p:2,p:3,q}"], Run("""
            for _, key in { "q", "p:3", "p:1", "p:2", "o" } do kv:setAsync(key, true) end
            show(kv:listAsync("p:"))
            local page = kv:listAsync("p:", 2)
            show(page)
            show(kv:listAsync("p:", 2, page[#page]))
            show(kv:listAsync("z"))
            show(kv:listAsync())
        """, 5));

    [Fact]
    public void The_quota_holds_and_comes_back_with_removals()
    {
        _server.StorageOptions = _server.StorageOptions with { QuotaBytes = 10_000, ValueBytesMax = 8000, KeyBytesMax = 50 };
        Assert.Equal(["true", "false quota", "true 0", "true", "false too large", "false too large"], Run("""
            show(kv:setAsync("a", string.rep("x", 6000)))
            show(kv:setAsync("b", string.rep("x", 6000)))
            show(kv:removeAsync("a"), storage.usedBytes())
            show(kv:setAsync("b", string.rep("x", 6000)))
            show(kv:setAsync("c", string.rep("x", 9000)))
            show(kv:setAsync(string.rep("k", 51), 1))
        """, 6));
    }

    [Fact]
    public void Too_many_calls_at_once_are_refused_as_busy_and_the_rest_happen()
    {
        _server.StorageOptions = _server.StorageOptions with { PendingPerModMax = 10 };
        string line = Assert.Single(Run("""
            local good, busy, open = 0, 0, 200
            for i = 1, 200 do
                task.spawn(function()
                    local ok, err = kv:setAsync("k" .. i, i)
                    if ok then good += 1 elseif err.kind == "busy" then busy += 1 end
                    open -= 1
                    if open == 0 then print(good >= 10, busy > 100, good + busy) end
                end)
            end
        """, 1));
        Assert.Equal("true true 200", line);
    }

    [Fact]
    public void What_was_acknowledged_survives_reload_and_restart_and_belongs_to_its_mod_alone()
    {
        const string reader = "task.spawn(function() print((storage.open('s'):getAsync('a'))) end)";
        Assert.Equal(["true"], Run("show(kv:setAsync('a', 'kept'))", 1));
        _server.Mod("m", reader);
        _server.Reload("m");
        Assert.Equal(["kept"], _server.Printed("m", 1));
        _server.Settings("other", new ModSettings { Grant = ["storage.kv"] }).Mod("other", reader).Start();
        Assert.Equal(["kept"], _server.Printed("m", 1));
        Assert.Equal(["nil"], _server.Printed("other", 1));
    }

    [Fact]
    public void Misuse_raises_and_names_what_is_wrong() => Assert.Equal(
    [
        "missing argument #2 to 'getAsync' (string expected)", "invalid argument #3 to 'setAsync' (a value expected; use remove to take a key away)",
        "invalid argument #4 to 'setAsync' (ttl must be a positive number of seconds)", "invalid argument #4 to 'setAsync' (ifVersion must be a number from 0 on)",
        "invalid argument #3 to 'setAsync' (cycle at value.self)", "invalid argument #3 to 'setAsync' (a function cannot be copied at value.f)",
        "invalid argument #1 to 'open' (1 to 64 plain characters)",
    ], Run("""
            local function try(f, ...) local _, e = pcall(f, ...) print(e) end
            local loop = {} loop.self = loop
            try(kv.getAsync, kv)
            try(kv.setAsync, kv, "a", nil)
            try(kv.setAsync, kv, "a", 1, { ttl = -1 })
            try(kv.setAsync, kv, "a", 1, { ifVersion = "x" })
            try(kv.setAsync, kv, "a", loop)
            try(kv.setAsync, kv, "a", { f = print })
            try(storage.open, "")
        """, 7));

    [Fact]
    public void Without_the_right_there_is_no_storage()
    {
        _server.Settings("m", new ModSettings()).Mod("m", "print(pcall(storage.open, 's'))").Start();
        Assert.Equal(["false permission denied: storage.kv (storage.open, mod 'm', hook 'main chunk')"], _server.Printed("m", 1));
    }
}
