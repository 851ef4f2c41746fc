using System.Globalization;
using System.Text;
using GameServer.Scripting;
using GameServer.Scripting.Profiling;

namespace GameServer.Server.Admin;

/// <summary>Metrics in the text form of Prometheus. Reads a snapshot; any thread.</summary>
static class AdminMetrics
{
    /// <summary>The page.</summary>
    public static string Write(AdminSnapshot snapshot)
    {
        var page = new Page();
        ServerReport server = snapshot.Server;
        page.Single("gameserver_uptime_seconds", "gauge", "Time since start.", server.UptimeSeconds);
        page.Single("gameserver_ticks_total", "counter", "Number of the last tick on the schedule.", server.Tick);
        page.Single("gameserver_ticks_skipped_total", "counter", "Ticks left out after stalls.", server.TicksSkipped);
        page.Single("gameserver_ticks_slow_total", "counter", "Ticks longer than a period.", server.TicksSlow);
        page.Quantiles("gameserver_tick_seconds", "Time of a tick since start.", server.TickMilliseconds);
        page.Quantiles("gameserver_tick_lateness_seconds", "How late ticks began since start.", server.LatenessMilliseconds);
        page.Single("gameserver_players", "gauge", "Players online.", server.Players);
        page.Single("gameserver_players_max", "gauge", "Slots.", server.PlayersMax);
        page.Single("gameserver_network_in_bytes_total", "counter", "Bytes received.", server.InBytes);
        page.Single("gameserver_network_out_bytes_total", "counter", "Bytes sent.", server.OutBytes);
        page.Family("gameserver_events_total", "counter", "Counters of transport, refusals and limits.",
            server.Counters.Select(c => ($"event=\"{Escape(c.Key)}\"", (double)c.Value)));

        Mod("gameserver_mod_script_seconds_total", "counter", "Script time.", mod => mod.ScriptTime.TotalSeconds);
        Mod("gameserver_mod_tick_seconds", "gauge", "Mean script time per tick over the last second.", mod => mod.TickMilliseconds / 1000);
        Cost("gameserver_mod_memory_peak_bytes", "gauge", "Most bytes any VM of the mod held.", cost => cost.MemoryPeakBytes);
        Cost("gameserver_mod_calls_per_second", "gauge", "Entries into the mod's scripts per second, over ten seconds.", cost => cost.Window.CallsPerSecond);
        Cost("gameserver_mod_total_seconds_per_tick", "gauge", "Time per tick with what the mod called in others, over ten seconds.", cost => cost.Window.TotalMsPerTick / 1000);
        page.Family("gameserver_hook_seconds_total", "counter", "Own script time by mod and hook.", snapshot.Hooks.Select(row => (HookLabels(row), row.SelfSeconds)));
        page.Family("gameserver_hook_calls_total", "counter", "Entries by mod and hook.", snapshot.Hooks.Select(row => (HookLabels(row), (double)row.Calls)));
        page.Family("gameserver_call_seconds_total", "counter", "Time of calls from mod to mod.", snapshot.Edges.Select(edge => (EdgeLabels(edge), edge.TotalMs / 1000)));
        page.Family("gameserver_calls_total", "counter", "Calls from mod to mod.", snapshot.Edges.Select(edge => (EdgeLabels(edge), (double)edge.Calls)));
        Mod("gameserver_mod_memory_bytes", "gauge", "Bytes the mod's VM holds.", mod => mod.MemoryBytes);
        Mod("gameserver_mod_memory_bytes_max", "gauge", "Limit of them.", mod => mod.MemoryBytesMax);
        Mod("gameserver_mod_host_bytes", "gauge", "Bytes the server holds for the mod.", mod => mod.HostBytes);
        Mod("gameserver_mod_errors_total", "counter", "Script errors.", mod => mod.Errors);
        Mod("gameserver_mod_kills_total", "counter", "Hard stops.", mod => mod.Kills);
        Mod("gameserver_mod_generation", "gauge", "Times the mod was started.", mod => mod.Generation);
        Mod("gameserver_mod_running", "gauge", "1 when the mod is in service.", mod => mod.State == ModState.Running ? 1 : 0);

        page.Single("process_resident_memory_bytes", "gauge", "Working set.", Environment.WorkingSet);
        page.Single("dotnet_gc_heap_bytes", "gauge", "Managed heap.", GC.GetTotalMemory(forceFullCollection: false));
        page.Single("dotnet_gc_pause_seconds_total", "counter", "Time all threads stood still for collections.", GC.GetTotalPauseDuration().TotalSeconds);
        page.Family("dotnet_gc_collections_total", "counter", "Collections by generation.",
            Enumerable.Range(0, 3).Select(generation => ($"generation=\"{generation}\"", (double)GC.CollectionCount(generation))));
        return page.ToString();

        void Cost(string name, string type, string help, Func<ModCost, double> value) =>
            page.Family(name, type, help, snapshot.Costs.Select(cost => ($"mod=\"{Escape(cost.Mod)}\"", value(cost))));

        void Mod(string name, string type, string help, Func<ModStatus, double> value) =>
            page.Family(name, type, help, snapshot.Mods.Select(mod => ($"mod=\"{Escape(mod.Id)}\"", value(mod))));
    }

    static string HookLabels(HookTotal row) => $"mod=\"{Escape(row.Mod)}\",hook=\"{Escape(row.Hook)}\"";

    static string EdgeLabels(CallCost edge) => $"caller=\"{Escape(edge.Caller)}\",callee=\"{Escape(edge.Callee)}\",export=\"{Escape(edge.Export)}\"";

    static string Escape(string text) => text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n");

    /// <summary>The text under construction.</summary>
    sealed class Page
    {
        readonly StringBuilder _text = new();

        public void Single(string name, string type, string help, double value) => Family(name, type, help, [("", value)]);

        public void Quantiles(string name, string help, Percentiles milliseconds) => Family(name, "gauge", help,
        [
            ("quantile=\"0.5\"", milliseconds.P50 / 1000), ("quantile=\"0.95\"", milliseconds.P95 / 1000),
            ("quantile=\"0.99\"", milliseconds.P99 / 1000), ("quantile=\"1\"", milliseconds.Max / 1000),
        ]);

        public void Family(string name, string type, string help, IEnumerable<(string Labels, double Value)> rows)
        {
            _text.Append("# HELP ").Append(name).Append(' ').Append(help).Append("\n# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            foreach ((string labels, double value) in rows)
            {
                _text.Append(name);
                if (labels.Length > 0) _text.Append('{').Append(labels).Append('}');
                _text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
            }
        }

        public override string ToString() => _text.ToString();
    }
}
