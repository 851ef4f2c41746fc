using System.Net;
using GameServer.Scripting;

namespace GameServer.Server.Config;

/// <summary>Rules that a single setting's range cannot say.</summary>
static class ConfigValidator
{
    const int TicketKeyBytesMin = 32;

    /// <summary>Checks everything and reports every violation.</summary>
    /// <param name="config">The settings.</param>
    /// <param name="problems">Takes the violations.</param>
    /// <param name="baseFolder">Where relative paths start.</param>
    public static void Check(ServerConfig config, ConfigBuilder problems, string baseFolder)
    {
        if (config.Auth.Mode == AuthMode.Ticket)
            CheckTicketKey(Path.GetFullPath(config.Auth.TicketKeyFile, baseFolder), problems);
        CheckAddress("net.address", config.Net.Address, problems);
        CheckAddress("admin.address", config.Admin.Address, problems);
        if (config.Net.Key.Any(char.IsControl))
            problems.AddProblemAt("net.key", "'net.key' holds a control character");
        if (config.Server.Name.Any(char.IsControl))
            problems.AddProblemAt("server.name", "'server.name' holds a control character");
        if (config.Net.MessagesBurst < config.Net.MessagesPerSecond)
            problems.AddProblemAt("net.messages_burst", "'net.messages_burst' is below 'net.messages_per_second'", isWarning: true);
        CheckLimits("limits.user", config.LimitsUser, config.Server, problems);
        CheckLimits("limits.core", config.LimitsCore, config.Server, problems);
        foreach (string id in config.Core.Mods.Intersect(config.Mods.Disabled))
            problems.AddProblemAt("mods.disabled", $"'{id}' stands in 'core.mods' and in 'mods.disabled'", isWarning: true);
    }

    static void CheckTicketKey(string file, ConfigBuilder problems)
    {
        FileInfo key = new(file);
        if (!key.Exists)
            problems.AddProblemAt("auth.ticket_key_file", $"'auth.ticket_key_file': there is no file {file}; with auth.mode = \"ticket\" it must hold the key");
        else if (key.Length < TicketKeyBytesMin)
            problems.AddProblemAt("auth.ticket_key_file", $"'auth.ticket_key_file': {file} has {key.Length} bytes, a key has at least {TicketKeyBytesMin}");
    }

    static void CheckAddress(string key, string address, ConfigBuilder problems)
    {
        if (address != "*" && !IPAddress.TryParse(address, out _))
            problems.AddProblemAt(key, $"'{key}' must be \"*\" or an IP address like 127.0.0.1, found '{address}'");
    }

    static void CheckLimits(string section, ModLimits limits, ServerSection server, ConfigBuilder problems)
    {
        if (limits.TickBudgetMs > limits.TickHardMs)
        {
            problems.AddProblemAt(
                $"{section}.tick_budget_ms",
                $"'{section}.tick_budget_ms' ({limits.TickBudgetMs}) is above 'tick_hard_ms' ({limits.TickHardMs})");
        }
        double ticks = limits.TickHardMs / (1000.0 / server.TickHz);
        if (ticks > 3)
        {
            problems.AddProblemAt(
                $"{section}.tick_hard_ms",
                $"'{section}.tick_hard_ms' lets one mod take {ticks:0.#} ticks before it is stopped; {(int)(3000.0 / server.TickHz)} or less is advised",
                isWarning: true);
        }
    }
}
