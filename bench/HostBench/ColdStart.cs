using System.Diagnostics;
using System.Globalization;
using GameServer.Bench;

namespace GameServer.HostBench;

/// <summary>The first ticks of a process, and the first after a reload: does the first mod pay for code that .NET has not compiled yet? In processor time of the tick
/// thread, so that other programs on the machine do not count.</summary>
static class ColdStart
{
    /// <summary>Argument that makes the program measure in this process and print figures for the row.</summary>
    public const string Verb = "cold-start";

    const int Processes = 5;
    const int Ticks = 100;
    const int Mods = 10;

    /// <summary>Starts fresh processes one after another and shows their first ticks.</summary>
    public static void Row()
    {
        var starts = new List<double>();
        var reloads = new List<double>();
        var ready = new List<double>();
        for (int i = 0; i < Processes; i++)
        {
            // Started by `dotnet HostBench.dll` or by its own executable.
            bool isShared = Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet";
            var info = new ProcessStartInfo(Environment.ProcessPath!, isShared ? [typeof(ColdStart).Assembly.Location, Verb] : [Verb]) { RedirectStandardOutput = true };
            using Process process = Process.Start(info) ?? throw new InvalidOperationException("this program does not start itself");
            string[] lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            process.WaitForExit();
            starts.AddRange(Numbers(lines[0]));
            reloads.AddRange(Numbers(lines[1]));
            ready.AddRange(Numbers(lines[2]));
        }
        Rows.Print($"first {Ticks} ticks of a process, {Mods} mods", "< 5 ms", Summary(starts));
        Rows.Print($"first {Ticks} ticks after a reload in it", "< 5 ms", Summary(reloads));
        Rows.Print("process start to mods ready", "< 1 s", $"median {ready.Order().ElementAt(ready.Count / 2) / 1000:0.00} s");
    }

    static IEnumerable<double> Numbers(string line) => line.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture));

    static string Summary(List<double> ms)
    {
        ms.Sort();
        return $"median {ms[ms.Count / 2]:0.00} ms, p99 {ms[(int)(ms.Count * 0.99) - 1]:0.00} ms, worst {ms[^1]:0.00} ms";
    }

    /// <summary>Measures in this process; prints the ticks after the start, those after a reload, and the start, all in ms.</summary>
    public static void Measure()
    {
        var server = new Server();
        for (int i = 0; i < Mods; i++) server.Mod($"m{i}", Source(i));
        using (server.Load())
        {
            double ready = (DateTime.Now - Process.GetCurrentProcess().StartTime).TotalMilliseconds;
            Console.WriteLine(string.Join(' ', Run(server)));
            for (int i = 0; i < Mods; i++) server.Host.Reload($"m{i}");
            while (Enumerable.Range(0, Mods).Any(i => server.Host.Status($"m{i}")!.Generation < 2))
            {
                server.Tick();
                Thread.Sleep(1);
            }
            Console.WriteLine(string.Join(' ', Run(server)));
            Console.WriteLine(ready.ToString(CultureInfo.InvariantCulture));
        }
    }

    static List<string> Run(Server server)
    {
        var times = new List<string>();
        for (int tick = 0; tick < Ticks; tick++)
        {
            TimeSpan begin = BenchClock.ThreadCpu.Now();
            server.Tick();
            times.Add((BenchClock.ThreadCpu.Now() - begin).TotalMilliseconds.ToString(CultureInfo.InvariantCulture));
            Thread.Sleep(5);
        }
        return times;
    }

    /// <summary>A mod that uses a bit of everything, and from time to time something it has not used before.</summary>
    static string Source(int seed) => $$"""
        local Entity = {}
        Entity.__index = Entity
        function Entity.new(id) return setmetatable({ id = id, x = id * 3, y = {{seed}}, health = 100, tags = {} }, Entity) end
        function Entity:step(dt)
            self.x += math.sin(self.x) * dt
            self.y = (self.y + self.id) % 97
            if self.health < 50 then self.tags.hurt = true else self.tags.hurt = nil end
        end
        local entities, queue, log = {}, {}, {}
        for i = 1, 60 do entities[i] = Entity.new(i) end
        local later = {
            function() return table.concat(log, ",") end,
            function() table.sort(entities, function(a, b) return a.x < b.x end) end,
            function() return string.format("%5.2f %s %d", entities[1].x, "x", #queue) end,
            function() return (string.gsub("hello world", "o(.)", "%1")) end,
            function() return pcall(function() return nil + 1 end) end,
            function() local co = coroutine.wrap(function() for i = 1, 5 do coroutine.yield(i) end end) return co() + co() end,
            function() return string.split("a,b,c", ",") end,
            function() return bit32.bxor(7, 12), utf8.char(228), os.clock(), math.random(6) end,
            function() return vector.create(1, 2, 3) * 2 end,
            function() return buffer.tostring(buffer.fromstring("abc")) end,
            function() return table.remove(queue, 1), table.find(log, "x"), table.clone(log), next(log), select("#", 1, 2) end,
            function() return string.pack("<i4s2", 5, "x"), tostring(1 / 3), tonumber("0x10"), ("x"):rep(3, "-") end,
        }
        function Think(dt, tick)
            for _, entity in entities do entity:step(dt) end
            queue[#queue + 1] = tick
            log[#log + 1] = `tick {tick}`
            if #log > 20 then table.clear(log) end
            local extra = later[tick // 5 + 1]
            if extra and tick % 5 == 0 then extra() end
        end
        """;
}
