using System.Diagnostics;
using System.Runtime;
using GameServer.Server.Hosting;
using GameServer.Server.Observability;
using Serilog.Core;

namespace GameServer.HostBench;

/// <summary>
/// 200 mods that hold a gigabyte in all and make garbage all the time, under the server's own tick loop: how long do collections stop a tick?
/// Arguments: seconds, KiB per tick that stay alive, tables per mod and tick that do not, and optionally "interactive",
/// .NET's default latency mode, instead of the server's.
/// </summary>
static class GarbageLoad
{
    public const string Verb = "garbage";

    const int Mods = 200;
    const int Rate = 60;

    public static void Run(string[] args)
    {
        int seconds = args.Length > 0 ? int.Parse(args[0], null) : 30;
        int survivors = args.Length > 1 ? int.Parse(args[1], null) : 100;
        int garbage = args.Length > 2 ? int.Parse(args[2], null) : 60;
        if (!args.Contains("interactive")) GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency;
        var server = new Server();
        for (int i = 0; i < Mods; i++) server.Mod($"m{i}", Source(survivors * 1024 / Mods, garbage));
        using (server.Load())
        {
            server.Tick(300);
            GC.Collect();
            Measure(server, TimeSpan.FromSeconds(seconds), survivors);
        }
    }

    static void Measure(Server server, TimeSpan span, int survivors)
    {
        var stations = new Stations(server);
        var loop = new TickLoop(TimeProvider.System, stations, new PreciseWait(TimeProvider.System), new ServerLog(Logger.None), Rate, 5);
        int[] before = [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];
        TimeSpan pausedBefore = GC.GetTotalPauseDuration(), cpuBefore = Process.GetCurrentProcess().TotalProcessorTime;
        long allocatedBefore = GC.GetTotalAllocatedBytes();
        using var stop = new CancellationTokenSource(span);
        loop.Run(stop.Token);
        using Process self = Process.GetCurrentProcess();
        TickStatistics statistics = loop.Statistics;
        string what = $"{Mods} mods, {GC.GetTotalMemory(false) >> 20} MB, {survivors} KiB survive a tick";
        Rows.Print(what, "", $"{statistics.Run} ticks, {(GC.GetTotalAllocatedBytes() - allocatedBefore) / 1048576.0 / span.TotalSeconds:0} MB/s allocated, "
            + $"peak {self.PeakWorkingSet64 >> 20} MB, processor {(self.TotalProcessorTime - cpuBefore) / span * 100:0} %");
        Rows.Print("  collections of generation 0 / 1 / 2", "",
            $"{GC.CollectionCount(0) - before[0]} / {GC.CollectionCount(1) - before[1]} / {GC.CollectionCount(2) - before[2]}, paused {(GC.GetTotalPauseDuration() - pausedBefore).TotalMilliseconds:0} ms in all");
        foreach (GCKind kind in new[] { GCKind.FullBlocking, GCKind.Background })
        {
            GCMemoryInfo info = GC.GetGCMemoryInfo(kind);
            if (info.Index > 0)
                Rows.Print($"  last collection of kind {kind}", "", $"number {info.Index}, compacting {info.Compacted}, pauses {string.Join(", ", info.PauseDurations.ToArray().Select(p => $"{p.TotalMilliseconds:0.0} ms"))}");
        }
        Rows.Print("  pause inside a tick", "p99 <= 2 ms", Summary(stations.Paused));
        Rows.Print("  collection after a tick", "", Summary(statistics.Collection));
        Rows.Print("  tick", "", Summary(statistics.Duration));
        Rows.Print("  tick late by", "", Summary(statistics.Lateness));
    }

    static string Summary(Histogram h) =>
        $"p50 {h.Percentile(0.5) / 1000.0:0.00} ms, p99 {h.Percentile(0.99) / 1000.0:0.00} ms, max {h.MaxMicroseconds / 1000.0:0.00} ms ({h.Count})";

    /// <summary>Five megabytes of records with small strings; each tick some garbage, and some records replaced.</summary>
    static string Source(int survivorBytes, int garbage) => $$"""
        local function record(i)
            return { id = i, name = "entity number " .. i, position = { x = i, y = i, z = i }, tags = { "a", "b" } }
        end
        local keep, cursor, count = {}, 0, 9000
        for i = 1, count do keep[i] = record(i) end
        function Think(dt, tick)
            local sum = 0
            for i = 1, {{garbage}} do
                local p = { x = i, y = tick }
                sum += p.x
            end
            for i = 1, {{Math.Max(survivorBytes / 520, 0)}} do
                cursor = cursor % count + 1
                keep[cursor] = record(tick)
            end
        end
        """;

    sealed class Stations(Server server) : ITickStations
    {
        public Histogram Paused { get; } = new();

        public void RunTick(in TickTime time)
        {
            TimeSpan before = GC.GetTotalPauseDuration();
            server.Tick();
            Paused.Record((long)(GC.GetTotalPauseDuration() - before).TotalMicroseconds);
        }

        public TickShare SlowestShare() => default;

        public void Overrun(TimeSpan took) { }

        public void Ended(in TickTime time, TimeSpan took, TimeSpan collection, bool isSlow) { }
    }
}
