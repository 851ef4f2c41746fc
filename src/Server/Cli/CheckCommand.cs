using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using GameServer.Scripting;
using GameServer.Scripting.Mods;
using GameServer.Server.Admin;
using GameServer.Server.Config;
using GameServer.Server.Hosting;
using GameServer.Toml;

namespace GameServer.Server.Cli;

/// <summary>One line of a report: what was looked at, and what was found.</summary>
/// <param name="Subject">What was looked at.</param>
/// <param name="Good">Whether it keeps nothing from working.</param>
/// <param name="Text">What was found.</param>
sealed record Finding(string Subject, bool Good, string Text);

/// <summary><c>gameserver check</c>: everything that can be known before a start, or whether a running server is well.</summary>
static class CheckCommand
{
    static readonly TimeSpan LiveTimeout = TimeSpan.FromSeconds(3);

    public static Command Create()
    {
        Option<bool> live = new("--live") { Description = "Ask the running server instead: is it ready? For health checks." };
        Option<bool> json = new("--json") { Description = "Print the findings as JSON." };
        Command check = new(
            "check",
            "Check settings, mods, ports and file watching without starting.\n\nExample: gameserver check --config /srv/game/server.toml")
        {
            live, json,
        };
        ConfigOptions options = new(check);
        check.SetAction(async (parsed, stop) =>
        {
            LoadedConfig loaded = options.Load(parsed);
            TextWriter output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(live))
                return await CheckLiveAsync(loaded, output, stop).ConfigureAwait(false);
            return Report([.. CheckAll(loaded)], parsed.GetValue(json), output);
        });
        return check;
    }

    /// <summary>Prints findings.</summary>
    /// <returns>Exit code.</returns>
    public static int Report(IReadOnlyList<Finding> findings, bool asJson, TextWriter output)
    {
        if (asJson)
        {
            output.WriteLine(AdminJson.Write(findings));
        }
        else
        {
            Paint paint = new(output);
            foreach (Finding finding in findings)
                output.WriteLine($"{(finding.Good ? paint.Good("ok   ") : paint.Bad("WRONG"))} {finding.Subject}: {finding.Text}");
        }
        return findings.All(f => f.Good) ? ExitCodes.Ok : ExitCodes.OperatorMistake;
    }

    /// <summary>Everything that can be known before a start.</summary>
    public static IEnumerable<Finding> CheckAll(LoadedConfig loaded)
    {
        foreach (ConfigProblem problem in loaded.Problems)
            yield return new Finding("settings", problem.IsWarning, problem.ToString());
        int changed = SettingCatalog.All.Count(s => !s.IsDefault(loaded.Config));
        yield return new Finding(
            "settings", true, $"{loaded.Origins.Count} of {SettingCatalog.All.Count} are set, {changed} to something else than the default");

        ModHostOptions options = ServerOptionsMap.Mods(loaded);
        ModCheck mods = ModChecker.Check(options);
        foreach (string problem in mods.Problems)
            yield return new Finding("mods", false, problem);
        string ready = mods.Ready.Count == 0 ? "none would start" : $"{mods.Ready.Count} would start: {string.Join(", ", mods.Ready)}";
        yield return new Finding("mods", true, ready);
        foreach (string id in loaded.Config.PerMod.Keys.Concat(options.CoreMods.Keys).Concat(options.Disabled).Distinct())
        {
            if (!Directory.Exists(Path.Combine(options.ModsFolder, id)))
                yield return new Finding("settings", true, $"'{id}' is mentioned, but there is no such mod{Nearest(id, options.ModsFolder)}");
        }

        yield return CheckPort("UDP", loaded.Config.Net.Address, loaded.Config.Net.Port, SocketType.Dgram, ProtocolType.Udp);
        if (loaded.Config.Admin.Enabled)
            yield return CheckPort("TCP", loaded.Config.Admin.Address, loaded.Config.Admin.Port, SocketType.Stream, ProtocolType.Tcp);
        if (loaded.Config.Mods.Watch == WatchMode.Auto && Directory.Exists(options.ModsFolder))
            yield return CheckWatching(options.ModsFolder, loaded.Config.Mods.PollMs);
    }

    static string Nearest(string id, string modsFolder) =>
        Directory.Exists(modsFolder) ? Suggestion.For(id, Directory.EnumerateDirectories(modsFolder).Select(f => Path.GetFileName(f))) : "";

    static Finding CheckPort(string kind, string address, int port, SocketType type, ProtocolType protocol)
    {
        string subject = $"{kind} port {port}";
        IPAddress local = address == "*" || !IPAddress.TryParse(address, out IPAddress? parsed) ? IPAddress.Any : parsed;
        try
        {
            using Socket socket = new(local.AddressFamily, type, protocol);
            socket.Bind(new IPEndPoint(local, port));
            return new Finding(subject, true, "free");
        }
        catch (SocketException e)
        {
            return new Finding(subject, false, e.Message);
        }
    }

    // Writes a file into a folder of its own beside the mods, whose name the mod host ignores, and waits for the event.
    static Finding CheckWatching(string modsFolder, int pollMs)
    {
        string probe = Path.Combine(modsFolder, $".watch-probe-{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(probe);
            using FileSystemWatcher watcher = new(probe);
            using ManualResetEventSlim seen = new();
            watcher.Created += (_, _) => seen.Set();
            watcher.EnableRaisingEvents = true;
            File.WriteAllText(Path.Combine(probe, "probe"), "");
            bool works = seen.Wait(TimeSpan.FromSeconds(2));
            return new Finding("watch", true, works ? $"file events work on {modsFolder}" : $"no events on this mount, polling every {pollMs} ms");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new Finding("watch", true, $"cannot be probed ({e.Message}); the server probes at start");
        }
        finally
        {
            if (Directory.Exists(probe))
                Directory.Delete(probe, recursive: true);
        }
    }

    static async Task<int> CheckLiveAsync(LoadedConfig loaded, TextWriter output, CancellationToken stop)
    {
        Uri ready = new(AdminConnection.AddressOf(loaded.Config.Admin), "/readyz");
        using HttpClient http = new() { Timeout = LiveTimeout };
        try
        {
            using HttpResponseMessage answer = await http.GetAsync(ready, stop).ConfigureAwait(false);
            await output.WriteLineAsync(answer.IsSuccessStatusCode ? "ready" : "not ready").ConfigureAwait(false);
            return answer.IsSuccessStatusCode ? ExitCodes.Ok : ExitCodes.Failed;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await output.WriteLineAsync($"no server answers at {ready}: {e.Message}").ConfigureAwait(false);
            return ExitCodes.NotRunning;
        }
    }
}
