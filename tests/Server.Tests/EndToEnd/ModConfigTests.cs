using GameServer.Support;

namespace GameServer.Server.Tests.EndToEnd;

/// <summary>Settings of a mod as an operator meets them: found in a file with their meaning, changed while the server runs.</summary>
public sealed class ModConfigTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_setting_is_written_with_its_meaning_and_a_change_reaches_the_running_mod()
    {
        _folder.Write("server.toml", "[net]\nport = 0\n[admin]\nport = 0\n[limits.user]\nload_ms = 30000\nevent_hard_ms = 5000\n");
        _folder.Write("mods/kits/init.luau", """
            config.define({ gold = config.int(100, { min = 0, max = 1000, doc = "gold on first join" }), mode = config.choice("easy", { "easy", "hard" }) })
            log.info(`gold is {config.get("gold")}, mode is {config.get("mode")}.`)
            config.onChange("gold", function(new, old) log.info(`gold went from {old} to {new}.`) end)
            log.info(select(2, pcall(config.get, "silver")))
            """);
        using RunningServer server = RunningServer.Start(_folder.Path);
        await server.ReadyAsync();
        await server.LineAsync("gold is 100, mode is easy.");
        await server.LineAsync("no setting 'silver' is defined");
        string file = Path.Combine(_folder.Path, "config", "mods", "kits.toml");
        for (int i = 0; i < 1000 && !File.Exists(file); i++) await Task.Delay(20);
        string text = await File.ReadAllTextAsync(file);
        Assert.Contains("# gold on first join (an integer from 0 to 1000)\ngold = 100\n", text, StringComparison.Ordinal);

        await File.WriteAllTextAsync(file, text.Replace("gold = 100", "gold = 250", StringComparison.Ordinal));
        await server.LineAsync("gold went from 100 to 250.");
        await File.WriteAllTextAsync(file, text.Replace("gold = 100", "gold = 5000", StringComparison.Ordinal));
        await server.LineAsync("setting 'gold' must be an integer from 0 to 1000, found 5000; the default 100 is used");
        server.Signal(15);
        Assert.Equal(ExitCodes.Ok, await server.ExitAsync());
    }

    [Fact]
    public async Task A_value_changed_in_server_toml_reaches_the_running_mod_with_config_reload()
    {
        string settings = _folder.Write("server.toml", "[net]\nport = 0\n[admin]\nport = 0\n[limits.user]\nload_ms = 30000\nevent_hard_ms = 5000\n[mods.kits.config]\ngold = 5\n");
        _folder.Write("mods/kits/init.luau", """
            config.define({ gold = config.int(100, { min = 0, max = 1000 }) })
            config.onChange("gold", function(new, old) log.info(`gold went from {old} to {new}.`) end)
            function ConfigChanged(keys) log.info(`changed: {table.concat(keys, " ")}.`) end
            """);
        using RunningServer server = RunningServer.Start(_folder.Path);
        await server.ReadyAsync();
        string listening = await server.LineAsync("admin API on 127.0.0.1:");
        string port = listening.Split("127.0.0.1:")[1].Split(',')[0];
        await File.WriteAllTextAsync(settings, (await File.ReadAllTextAsync(settings)).Replace("gold = 5", "gold = 250", StringComparison.Ordinal));
        Assert.Contains("; settings of 1 changed", Reload(), StringComparison.Ordinal);
        await server.LineAsync("gold went from 5 to 250.");
        await server.LineAsync("changed: gold.");
        Assert.DoesNotContain("settings of", Reload(), StringComparison.Ordinal);
        server.Signal(15);
        Assert.Equal(ExitCodes.Ok, await server.ExitAsync());

        string Reload()
        {
            using StringWriter output = new();
            Assert.Equal(ExitCodes.Ok, Server.Cli.CommandLine.Run(["config", "reload", "--config", settings, "--set", $"admin.port={port}"], output, output));
            return output.ToString();
        }
    }
}
