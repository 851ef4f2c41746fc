using System.Diagnostics;
using GameServer.Scripting;

namespace GameServer.HostBench;

/// <summary>The measurements.</summary>
static class Rows
{
    const string Empty = "function Think(dt, tick) end";

    /// <summary>One line of the table.</summary>
    public static void Print(string what, string goal, string measured) => Console.WriteLine($"{what,-52} {goal,-16} {measured}");

    public static void Dispatch()
    {
        using Server none = new Server().Mod("a", "").Load(), one = new Server().Mod("a", string.Concat(Enumerable.Repeat("hook.add('Think', function() end) ", 100))).Load();
        none.Tick(20_000);
        one.Tick(20_000);
        double per = (Server.Best(20, 500, () => one.Tick()) - Server.Best(20, 500, () => none.Tick())) / 100;
        long bytes = Server.Allocated(1000, () => one.Tick());
        Print("dispatch of an empty handler", "<= 0.5 us, 0 B", $"{per:0.000} us, {bytes / 100.0:0.0} B ({bytes} B per tick of 100; idle tick {Server.Allocated(1000, () => none.Tick())} B)");
    }

    public static void IdleMods()
    {
        var server = new Server();
        for (int i = 0; i < 200; i++) server.Mod($"m{i}", "function PlayerConnect() end");
        using (server.Load())
        {
            server.Tick(2000);
            Print("tick with 200 idle mods", "<= 20 us", $"{Server.Best(20, 200, () => server.Tick()):0.0} us");
        }
    }

    public static void ManyThinks()
    {
        var server = new Server();
        for (int i = 0; i < 100; i++) server.Mod($"m{i}", "local n = 0 function Think(dt, tick) n += dt end");
        using (server.Load())
        {
            server.Tick(5000);
            Print("tick with 100 mods x Think", "<= 150 us", $"{Server.Best(20, 200, () => server.Tick()):0.0} us, {Server.Allocated(1000, () => server.Tick())} B");
        }
    }

    /// <summary>The same mods with and without the accounts, turn by turn, best of many rounds: a hundred handlers that do nothing, for the cost of an entry; and
    /// ten mods with a Think of some ten microseconds that also call another mod, for the share.</summary>
    public static void Accounts()
    {
        (double bareOff, double bareOn) = Pair(() => Hundred(accounts: false), () => Hundred(accounts: true), 100);
        (double off, double on) = Pair(() => Busy(accounts: false), () => Busy(accounts: true), 20);
        double entry = (bareOn - bareOff) / 100;
        Print("always-on profile, share of script time", "< 1 %",
            $"{(on - off) / off * 100:0.00} % of {off:0.0} us with 20 entries; an entry costs {entry * 1000:0.0} ns more, of {bareOn * 10:0.0} ns");
    }

    static (double First, double Second) Pair(Func<Server> makeFirst, Func<Server> makeSecond, int ticks)
    {
        using Server first = makeFirst(), second = makeSecond();
        first.Tick(5000);
        second.Tick(5000);
        double a = double.MaxValue, b = double.MaxValue;
        for (int round = 0; round < 600; round++)
        {
            a = Math.Min(a, Server.Best(1, ticks, () => first.Tick()));
            b = Math.Min(b, Server.Best(1, ticks, () => second.Tick()));
        }
        return (a, b);
    }

    static Server Hundred(bool accounts) =>
        new Server { Accounts = accounts }.Mod("a", string.Concat(Enumerable.Repeat("hook.add('Think', function() end) ", 100))).Load();

    static Server Busy(bool accounts)
    {
        const string Think = "local t = {} function Think() for i = 1, 300 do t[i] = (t[i] or 0) + math.floor(i / 3) end mod.call('b', 'f') end";
        var server = new Server { Accounts = accounts };
        for (int i = 0; i < 10; i++) server.Mod($"m{i}", Think, "[dependencies]\nb = \"*\"");
        return server.Mod("b", "local n = 0 mod.export('f', function() for i = 1, 1000 do n += i end end)", "").Load();
    }

    public static void Calls()
    {
        const string caller = "local t = { name = 'sword', count = 3, at = { x = 1, y = 2 } } function Think() for i = 1, 1000 do mod.call('b', 'f', t) end end";
        using Server server = new Server().Mod("b", "mod.export('f', function(caller, t) return t.count end)", "").Mod("a", caller, "[dependencies]\nb = \"*\"").Load();
        server.Tick(30);
        Print("mod.call with a small table", "<= 5 us", $"{Server.Best(20, 3, () => server.Tick()) / 1000:0.00} us, {Server.Allocated(10, () => server.Tick()) / 1000} B");
    }

    public static void Messages()
    {
        using Server server = new Server().Mod("a", "net.on('m', function(player, payload) end)").Load();
        byte[] value = [10, 2, 0, 5, 5, 0, .. "item"u8, 5, 175, 0, .. new byte[174].Select(_ => (byte)'x'), 5, 6, 0, .. "count"u8, 4, 2, 0, 0, 0];
        byte[] number = [4, 42, 0, 0, 0];
        for (int i = 0; i < 50_000; i++)
        {
            server.Host.PlayerMessage(server.Player, "a:m", value);
            server.Host.PlayerMessage(server.Player, "a:m", number);
        }
        Print($"message of {value.Length} B to a handler", "<= 3 us", $"{Server.Best(20, 2000, () => server.Host.PlayerMessage(server.Player, "a:m", value)):0.00} us, {Server.Allocated(1000, () => server.Host.PlayerMessage(server.Player, "a:m", value))} B");
        Print("message that makes no VM value", "0 B", $"{Server.Best(20, 2000, () => server.Host.PlayerMessage(server.Player, "a:m", number)):0.00} us, {Server.Allocated(1000, () => server.Host.PlayerMessage(server.Player, "a:m", number))} B");
    }

    /// <summary>A thousand entities on a field of 1000 x 1000, a hundred of which move in each tick, for 300 players who each see 100 around one of them; and the same with
    /// nobody there, which is what the script alone costs.</summary>
    public static void Entities()
    {
        const string source = """
            local all, n = {}, 0
            for i = 1, 1000 do all[i] = world.create("thing", { name = "n" .. i, position = vector.create(math.random() * 1000, 0, math.random() * 1000) }) end
            function OnLoad(info) for _, p in info.players do world.setView(p, all[p.id], 100) end end
            function Think()
                for _ = 1, 100 do
                    n = n % 1000 + 1
                    all[n]:set("position", all[n]:get("position") + vector.create(math.random() - 0.5, 0, math.random() - 0.5))
                end
            end
            """;
        using Server full = new Server(300).Mod("a", source).Load(), alone = new Server().Mod("a", source.Replace("all[p.id], 100", "vector.create(-1e6, 0, 0), 1")).Load();
        full.Tick(3000);
        alone.Tick(3000);
        long sent = full.WorldBytes;
        full.Tick(300);
        double bytes = (full.WorldBytes - sent) / 300.0 / 10;
        double with = Server.Best(20, 60, () => full.Tick()), without = Server.Best(20, 60, () => alone.Tick());
        Print("tick with 1 000 entities for 300 players, 10 Hz", "<= 2 ms", $"{with / 1000:0.00} ms ({without / 1000:0.00} ms of it the script), {bytes:0} B/s per player");
    }

    public static void Start()
    {
        var server = new Server();
        string body = string.Concat(Enumerable.Range(0, 90).Select(i => $"local function f{i}(a, b) local t = {{ a, b, x = a + b }} for k, v in t do t[k] = v end return t end f{i}(1, 2)\n"));
        for (int i = 0; i < 50; i++) server.Mod($"m{i}", $"do {body} end {Empty}");
        long begin = Stopwatch.GetTimestamp();
        using (server.Load()) Print("50 mods of 10 KB ready", "< 2 s", $"{Stopwatch.GetElapsedTime(begin).TotalSeconds:0.00} s");
    }

    public static void Swap()
    {
        using Server server = new Server().Mod("a", "local keep = table.create(1000, 1) function OnLoad(i) keep = i.state or keep end function OnUnload() return keep end " + Empty).Load();
        var times = new List<double>();
        for (int i = 0; i < 300; i++)
        {
            int generation = server.Host.Status("a")!.Generation;
            server.Host.Reload("a");
            while (server.Host.Status("a")!.Generation == generation)
            {
                long begin = Stopwatch.GetTimestamp();
                server.Tick();
                if (server.Host.Status("a")!.Generation != generation) times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
                else Thread.Sleep(1);
            }
        }
        times.Sort();
        Print("swap of a mod with state (the tick it happens in)", "<= 10 ms", $"median {times[150]:0.00} ms, p99 {times[297]:0.00} ms, worst {times[^1]:0.00} ms");
    }

    public static void SaveToLive()
    {
        using Server server = new Server().Mod("a", "v = 0").Load(WatchMode.Auto);
        var times = new List<double>();
        for (int i = 0; i < 100; i++) { server.Tick(); Thread.Sleep(10); }
        for (int i = 1; i <= 20; i++)
        {
            int generation = server.Host.Status("a")!.Generation;
            long begin = Stopwatch.GetTimestamp();
            server.Mod("a", $"v = {i}");
            server.Tick();
            while (server.Host.Status("a")!.Generation == generation)
            {
                Thread.Sleep(33);
                server.Tick();
            }
            times.Add(Stopwatch.GetElapsedTime(begin).TotalMilliseconds);
            // Saves come at any moment of a tick.
            Thread.Sleep(i * 7 % 33);
        }
        times.Sort();
        Print("save to live at 30 Hz", "<= 300 ms", $"median {times[10]:0} ms, worst {times[^1]:0} ms");
    }

    public static void Lateness()
    {
        foreach (bool reload in (bool[])[false, true])
        {
            using var server = new LiveServer();
            (string lateness, string duration) = server.Play(players: 50, seconds: 30, reload);
            Print($"50 players, {(reload ? "a mod saved every second" : "nothing saved")}: ticks begin late", "p99 <= 1 ms", lateness);
            Print("    and take", "", duration);
        }
    }

    public static void Runaway()
    {
        using Server server = new Server().Mod("a", "function Think() while true do pcall(function() while true do end end) end end").Load();
        server.Host.SetLimit("a", "tick_hard_ms", 50);
        var over = new List<double>();
        for (int i = 0; i < 20; i++)
        {
            if (server.Host.Status("a")!.State != ModState.Running) server.Host.Start("a");
            long begin = Stopwatch.GetTimestamp();
            server.Tick();
            double took = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            if (took > 40) over.Add(took - 50);
        }
        over.Sort();
        Print("runaway script stopped after its deadline", "<= 5 ms", $"median {over[over.Count / 2]:0.0} ms, worst {over[^1]:0.0} ms ({over.Count} kills)");
    }
}
