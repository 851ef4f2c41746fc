using System.Text.Json;
using System.Text.RegularExpressions;
using GameServer.Server.Cli;
using GameServer.Support;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>Verbs against a server that runs: bots, an update that goes well and one that does not, a backup, a stop that waits.</summary>
public sealed partial class OperatorsDayTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string Settings => Path.Combine(_folder.Path, "server.toml");

    (int Code, string Output) Run(params string[] args)
    {
        StringWriter output = new();
        int code = CommandLine.Run([.. args, "--config", Settings], output, output);
        return (code, output.ToString());
    }

    string Kits(string version, string more = "")
    {
        _folder.Write("work/kits/mod.toml", $"id = \"kits\"\nversion = \"{version}\"\n[messages.buy]\ndirection = \"to_server\"\nschema = {{ item = \"string(8)\", count = \"u8\" }}\nrate = \"20/s\"\n");
        _folder.Write("work/kits/init.luau", $"net.on(\"buy\", function(player, payload) player:chat(`sold {{payload.count}}`) end)\nfunction OnUnload() return 1 end\n{more}");
        return Path.Combine(_folder.Path, "work/kits");
    }

    [Fact]
    public async Task A_day_with_bots_updates_a_backup_and_a_stop_that_waits()
    {
        _folder.Write("server.toml", "[net]\nport = 0\n[admin]\nport = 0\n");
        Directory.CreateDirectory(Path.Combine(_folder.Path, "mods"));
        using RunningServer server = RunningServer.Start(_folder.Path, "--bots", "3", "--lag", "20");
        int port = await server.ReadyAsync();
        string admin = await server.LineAsync("admin API on ");
        _folder.Write("server.toml", $"[net]\nport = {port}\n[admin]\nport = {AdminPort().Match(admin).Groups[1].Value}\n");
        await server.LineAsync("guest bot 3");

        (int code, string output) = Run("mod", "add", Kits("1.0.0"), "--yes");
        Assert.True(code == ExitCodes.Ok, output);
        await server.LineAsync("Mod kits 1.0.0 loaded");

        // Bots send what kits declares, over a bad line, and a script of theirs hears the answers.
        (code, output) = Run("bots", "--players", "4", "--seconds", "3", "--rate", "10", "--loss", "3", "--lag", "30", "--json");
        using (JsonDocument report = JsonDocument.Parse(output))
        {
            Assert.Equal(4, report.RootElement.GetProperty("joined").GetInt32());
            Assert.True(report.RootElement.GetProperty("messages_sent").GetInt64() > 20, output);
            Assert.True(report.RootElement.GetProperty("server_tick_milliseconds").GetProperty("p99").GetDouble() > 0, output);
        }
        string script = _folder.Write("bots.luau", """
            function Bot(bot)
                bot:onChat(function(speaker, text) if text == "sold 7" then print(`{bot.number} heard`) end end)
                bot:wait(0.2)
                bot:send("kits:buy", { item = "axe", count = 7 })
                bot:wait(0.5)
                error("enough")
            end
            """);
        (_, output) = Run("bots", "--players", "2", "--seconds", "3", "--name", "scripted", "--script", script);
        Assert.Contains("1 heard", output, StringComparison.Ordinal);
        Assert.Contains("2 heard", output, StringComparison.Ordinal);
        Assert.Contains("script    2 errors, the first: bots.luau:6: enough", output, StringComparison.Ordinal);

        (code, output) = Run("mod", "update", "kits", "--from", Kits("1.1.0"), "--try");
        Assert.True(code == ExitCodes.Ok, output);
        Assert.Matches(@"kits 1\.0\.0 -> 1\.1\.0 live in \d+ ms, \d+ players untouched \(gen \d+\)", output);
        (code, output) = Run("mod", "update", "kits", "--from", Kits("1.2.0", "error('boom')"));
        Assert.True(code == ExitCodes.Failed, output + server.Output);
        Assert.Contains("kits/init.luau:3: boom; 1.1.0 stays", output, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Ok, Run("mod", "rollback", "kits").Code);
        (_, output) = Run("mod", "list", "--json");
        Assert.Contains("\"version\":\"1.0.0\"", output, StringComparison.Ordinal);

        (code, output) = Run("backup");
        Assert.True(code == ExitCodes.Ok, output);
        (code, output) = Run("restore", Directory.GetFiles(Path.Combine(_folder.Path, "backups"))[0], "--yes");
        Assert.True(code == ExitCodes.Failed, output + server.Output);
        Assert.Contains("is running", output, StringComparison.Ordinal);

        (code, output) = Run("stop", "--drain", "1s");
        Assert.True(code == ExitCodes.Ok, output);
        Assert.Equal(ExitCodes.Ok, await server.ExitAsync());
        Assert.Equal(ExitCodes.NotRunning, Run("status").Code);
    }

    [GeneratedRegex(@"admin API on [^ ]*:(\d+)")]
    private static partial Regex AdminPort();
}
