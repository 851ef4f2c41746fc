using System.Text;
using GameServer.Scripting.Hooks;
using GameServer.Scripting.Profiling;
using GameServer.Scripting.Scheduling;
using GameServer.Scripting.World;
using Serilog.Core;

namespace GameServer.Scripting.Mods;

// Why: the first run of every code path is compiled by .NET on the way, which takes tens of milliseconds in a fresh process. Without this the first handler of
// the first mod could reach its time limit although it does next to nothing.

/// <summary>Runs a made-up mod once before the real ones, so that their first calls are as fast as later ones.</summary>
static class WarmUp
{
    const string Source = """
        local function work(n: number): string
            local parts, sum = {}, 0
            for i = 1, n do
                sum += i % 7
                parts[#parts + 1] = `{i}:{string.format("%d", i)}`
            end
            for key, value in parts do sum += #value end
            table.sort(parts, function(a, b) return a < b end)
            return table.concat(parts, ",")
        end
        local class = setmetatable({}, { __index = function(_, key) return key end })
        function OnLoad(info)
            print(info.reason, class.x, pcall(error, "x"), tostring(work), #work(50))
            hook.add("PlayerConnecting", function(candidate) return hook.deny(candidate.name) end)
            hook.define("Warm", { kind = "collect" })
            hook.add("warm-up:Warm", function(value) return value end)
            hook.call("Warm", { 1, 2, x = { y = true } })
            events.on("warm-up:e", function(payload) log.info("event", payload) end)
            events.emit("e", { a = 1 })
            mod.export("f", function(caller, value) return value end)
            task.spawn(function() task.wait(0) end)
            task.defer(function() end)
            timer.after(0, function() end)
            players.all()
            world.create("thing", { position = vector.create(1, 2, 3) }):set("a", { 1, "x" })
            world.query({ near = vector.zero, radius = 5 })
            return nil
        end
        function Think(dt, tick) work(20) end
        function OnUnload(reason) return { reason = reason } end
        """;

    /// <summary>Starts the mod, calls it some times, and ends it.</summary>
    public static void Run(ModStarter starter, HookDispatcher hooks, HookRegistry registry, TimeProvider time)
    {
        const string id = "warm-up";
        var log = new ScriptingLog(Logger.None);
        var mod = new Mod(id, "", new EntityWorld(0).Join(id), log, new TickClock(30), time, new Random(0), new CostClock(time))
        {
            Limits = Patient(), Grants = Isolation.Grants.Settle(ModTrust.Core, [], [], [], []),
        };
        PrepareResult prepared = ModLoader.Prepare(ModSnapshot.Of(id, new Dictionary<string, byte[]> { ["init.luau"] = Encoding.UTF8.GetBytes(Source) }));
        if (prepared.Mod is null) throw new InvalidOperationException(string.Join('\n', prepared.Problems));
        if (starter.Start(mod, prepared.Mod, "start", Inheritance.None) is { } failure) throw new InvalidOperationException(failure);
        for (int i = 0; i < 40; i++) hooks.NotifyOne(HookCatalog.Think, mod.Scope!.Subscriber, 0.033, i);
        hooks.Decide(registry[HookCatalog.PlayerConnecting], HookValue.Table(("name", "x")));
        mod.Scope!.Scheduler.RunDeferred();
        starter.Stop(mod, "done", keepState: true);
        mod.Queue.Clear();
    }

    static ModLimits Patient() => ModLimits.Core with { LoadMs = 60_000, OnloadMs = 60_000, UnloadMs = 60_000, EventHardMs = 60_000, TickHardMs = 60_000, CallHardMs = 60_000 };
}
