using GameServer.Luau;
using GameServer.Luau.Values;
using GameServer.Scripting.Tests.Support;
using GameServer.Support;

namespace GameServer.Scripting.Tests.Isolation;

/// <summary>Everything a script can reach is on the list in golden/sandbox-reach.txt; a new name fails until somebody has looked at it.</summary>
public class SandboxProbeTests
{
    /// <summary>Walks tables, metatables and what functions and userdata let out, from the globals, a coroutine, a string, a player and a connection.</summary>
    const string Probe = """
        local names = { "_G", "_VERSION", "assert", "error", "gcinfo", "getmetatable", "ipairs", "newproxy", "next", "pairs", "pcall", "print", "rawequal", "rawget", "rawlen",
            "rawset", "require", "select", "setmetatable", "tonumber", "tostring", "type", "typeof", "unpack", "xpcall", "getfenv", "setfenv", "loadstring", "collectgarbage",
            "dofile", "loadfile", "load", "module", "io", "package", "ffi", "jit", "script", "game", "workspace", "shared", "plugin", "sandbox",
            "bit32", "buffer", "coroutine", "debug", "math", "os", "string", "table", "utf8", "vector",
            "hook", "mod", "players", "net", "commands", "events", "timer", "task", "server", "log", "perm", "storage", "config", "http", "world", "test", "lang", "files", "perms" }
        local seen, out = {}, {}
        local function note(path, value)
            table.insert(out, `{path}: {typeof(value)}`)
        end
        local function walk(path, value)
            local kind = type(value)
            if kind ~= "table" and kind ~= "function" and kind ~= "userdata" and kind ~= "thread" then
                return
            end
            if seen[value] then return end
            seen[value] = true
            local ok, meta = pcall(getmetatable, value)
            if ok and meta ~= nil then
                note(path .. ".<metatable>", meta)
                walk(path .. ".<metatable>", meta)
            end
            if kind == "table" then
                for key, inner in next, value do
                    note(`{path}.{tostring(key)}`, inner)
                    walk(`{path}.{tostring(key)}`, inner)
                end
            elseif kind == "function" then
                local results = { pcall(debug.info, value, "fnsla") }
                for i = 2, #results do
                    if type(results[i]) == "table" or type(results[i]) == "userdata" then walk(`{path}.<info {i}>`, results[i]) end
                end
            end
        end
        function PlayerConnect(player)
            for _, name in names do
                local value = _G[name]
                if value ~= nil then
                    if name ~= "_G" then note(name, value) walk(name, value) end
                end
            end
            walk("<string>", getmetatable("") :: any)
            note("<string>.<metatable>", getmetatable(""))
            walk("<player>", player)
            walk("<connection>", hook.add("Think", function() end))
            walk("<thread>", coroutine.running())
            walk("<environment>", _G)
            for level = 1, 10 do
                local f = debug.info(level, "f")
                if f then note(`<level {level}>`, f) walk(`<level {level}>`, f) end
            end
            table.sort(out)
            for _, line in out do print(line) end
        end
        """;

    static string[] Reach(HostFixture host)
    {
        host.Join("Ada");
        return [.. host.Printed("probe").Where(line => !line.StartsWith("<environment>.", StringComparison.Ordinal) && !line.StartsWith("<level", StringComparison.Ordinal))];
    }

    [Fact]
    public void Nothing_is_reachable_but_what_is_listed_also_after_reloads()
    {
        using HostFixture host = new HostFixture(options => options with { UserLimits = options.UserLimits with { LogLinesS = 10_000 } }).Mod("probe", Probe).Load();
        string[] before = Reach(host);
        Assert.True(before.Length > 200, string.Join('\n', host.Log.Lines));
        Golden.Matches(string.Join('\n', before) + "\n", "tests", "Scripting.Tests", "golden", "sandbox-reach.txt");
        for (int i = 0; i < 5; i++) host.Reload("probe");
        host.Log.Clear();
        Assert.Equal(before, Reach(host));
    }

    [Fact]
    public void The_shared_globals_hold_nothing_that_the_probe_does_not_know()
    {
        using HostFixture host = new HostFixture().Mod("x", "").Load();
        Mods.ModHostAccess.ScopeOf(host.Host, "x", out LuauVm vm);
        var names = new List<string>();
        LuauValue key = default;
        while (vm.Next(vm.Globals, ref key, out _)) names.Add(key.ToString());
        Assert.All(names, name => Assert.Contains($"\"{name}\"", Probe, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("return tostring(_G)")]
    [InlineData("return (getmetatable(_G))")]
    [InlineData("return tostring(print)")]
    public void Nothing_tells_about_the_host(string source)
    {
        using HostFixture host = new HostFixture().Mod("x", $"print((function() {source} end)())").Load();
        string line = Assert.Single(host.Printed("x"));
        Assert.DoesNotContain("GameServer", line, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("./../b/init")]
    [InlineData("@self/../../b/init")]
    [InlineData("C:\\\\x")]
    public void No_require_leaves_the_folder(string path)
    {
        using HostFixture host = new HostFixture().Mod("a", $"print(pcall(require, '{path}'))").Mod("b", "return 'secret'").Load();
        Assert.StartsWith("false", Assert.Single(host.Printed("a")), StringComparison.Ordinal);
    }
}
