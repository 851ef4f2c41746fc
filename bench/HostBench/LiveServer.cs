using System.Diagnostics;
using System.Text.Json;

namespace GameServer.HostBench;

/// <summary>The built server with the sample mods and bots, in processes of their own: what players feel while a mod is saved every second.</summary>
sealed class LiveServer : IDisposable
{
    readonly string _folder = Directory.CreateTempSubdirectory("hostbench-live-").FullName;
    readonly string _program;
    readonly Process _server;
    readonly TaskCompletionSource _ready = new();

    public LiveServer()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "GameServer.sln"))) root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("run it inside the repository");
        _program = Path.Combine(root, "artifacts", "bin", "Server", "release", "gameserver");
        foreach (string file in Directory.EnumerateFiles(Path.Combine(root, "mods"), "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(_folder, Path.GetRelativePath(root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        Save(0);
        File.WriteAllText(Path.Combine(_folder, "server.toml"), "[net]\nport = 27995\nmax_players_per_address = 64\n[admin]\nport = 27996\n[log]\nfolder = \"\"\n");
        _server = Start("run");
        _server.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("ready in", StringComparison.Ordinal) == true) _ready.TrySetResult();
        };
        _server.BeginOutputReadLine();
        if (!_ready.Task.Wait(TimeSpan.FromSeconds(60))) throw new InvalidOperationException("the server did not get ready");
    }

    /// <summary>Writes another version of a mod that has some work, some state and some registrations.</summary>
    public void Save(int version)
    {
        string mod = Path.Combine(_folder, "mods", "saved");
        Directory.CreateDirectory(mod);
        File.WriteAllText(Path.Combine(mod, "init.luau"), $$"""
            local version, seen = {{version}}, {}
            function OnLoad(info) seen = info.state or {} end
            function OnUnload() return seen end
            function Think(dt, tick) for i = 1, 100 do seen[i] = tick + i end end
            function PlayerChat(player, text) seen[player.name] = #text end
            timer.every(1, function() end)
            events.on("territory:won", function() end)
            """);
    }

    /// <summary>Lets bots play.</summary>
    /// <param name="players">How many.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="reload">Whether a mod is saved every second meanwhile.</param>
    /// <returns>How late ticks began and how long they took, p50, p99 and worst, in ms.</returns>
    public (string Lateness, string Duration) Play(int players, int seconds, bool reload)
    {
        using Process bots = Start("bots", "--players", $"{players}", "--seconds", $"{seconds}");
        for (int second = 1; !bots.WaitForExit(1000); second++)
        {
            if (reload) Save(second);
        }
        using Process status = Start("status", "--json");
        using JsonDocument report = JsonDocument.Parse(status.StandardOutput.ReadToEnd());
        status.WaitForExit();
        return (Text(report, "lateness_milliseconds"), Text(report, "tick_milliseconds"));
    }

    static string Text(JsonDocument report, string name)
    {
        JsonElement row = report.RootElement.GetProperty(name);
        return $"p50 {row.GetProperty("p50").GetDouble():0.000}, p99 {row.GetProperty("p99").GetDouble():0.000}, worst {row.GetProperty("max").GetDouble():0.0} ms";
    }

    Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(_program) { WorkingDirectory = _folder, RedirectStandardOutput = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }

    public void Dispose()
    {
        _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
        _server.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
