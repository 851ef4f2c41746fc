using GameServer.Scripting;
using GameServer.Server.Config;
using GameServer.Support;

namespace GameServer.Server.Tests.Config;

public sealed class ConfigTests : IDisposable
{
    static readonly Dictionary<string, string> NoEnvironment = [];

    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_server_toml_in_the_repository_is_every_setting_at_its_default() =>
        Golden.Matches(ConfigText.ServerToml(), "server.toml");

    [Fact]
    public void The_reference_page_equals_the_records() =>
        Golden.Matches(ConfigText.Reference(), "docs", "reference", "config.md");

    [Fact]
    public void The_shipped_server_toml_loads_to_the_defaults_without_a_problem()
    {
        LoadedConfig loaded = ConfigLoader.Load(_folder.Write("server.toml", ConfigText.ServerToml()), NoEnvironment, []);

        Assert.Empty(loaded.Problems);
        foreach (Setting setting in SettingCatalog.All)
            Assert.Equal(Setting.ToToml(setting.Default), Setting.ToToml(Value(loaded.Config, setting)));
    }

    [Fact]
    public void Every_default_lies_in_its_own_range()
    {
        foreach (Setting setting in SettingCatalog.All)
        {
            LoadedConfig loaded = Load($"[{setting.Section}]\n{setting.Key} = {Setting.ToToml(setting.Default)}\n");
            Assert.Empty(loaded.Problems);
        }
    }

    [Fact]
    public void Every_number_is_refused_just_outside_its_range()
    {
        foreach (Setting setting in SettingCatalog.All.Where(s => s.Default is int or double))
        {
            foreach (double outside in new[] { setting.About.Min - 1, setting.About.Max + 1 })
            {
                LoadedConfig loaded = Load($"[{setting.Section}]\n{setting.Key} = {outside:0.##}\n");
                ConfigProblem problem = Assert.Single(loaded.Problems);
                Assert.Contains($"'{setting.FullKey}' must be {setting.Allowed}", problem.Message, StringComparison.Ordinal);
                Assert.Equal(2, problem.Position!.Value.Line);
            }
        }
    }

    [Fact]
    public void Every_setting_says_what_it_is_for()
    {
        Assert.All(SettingCatalog.All, s => Assert.EndsWith(".", s.About.Doc, StringComparison.Ordinal));
        Assert.All(SettingCatalog.All.Where(s => s.Default is int or double), s => Assert.True(double.IsFinite(s.About.Min) && double.IsFinite(s.About.Max), s.FullKey));
    }

    [Fact]
    public void Later_layers_win_and_the_origin_is_remembered()
    {
        string file = _folder.Write("server.toml", "[net]\nport = 1001\nmax_players = 10\nkey = \"file\"\n[server]\nname = \"file\"\n");
        Dictionary<string, string> environment = new() { ["GAMESERVER_NET_PORT"] = "1002", ["GAMESERVER_NET_KEY"] = "from env", ["HOME"] = "/" };

        LoadedConfig loaded = ConfigLoader.Load(file, environment, ["net.port=1003"]);

        Assert.Empty(loaded.Problems);
        Assert.Equal(1003, loaded.Config.Net.Port);
        Assert.Equal("from env", loaded.Config.Net.Key);
        Assert.Equal(10, loaded.Config.Net.MaxPlayers);
        Assert.Equal(30, loaded.Config.Server.TickHz);
        Assert.Equal("--set", loaded.Origins["net.port"]);
        Assert.Equal("environment GAMESERVER_NET_KEY", loaded.Origins["net.key"]);
        Assert.Equal(file, loaded.Origins["server.name"]);
        Assert.False(loaded.Origins.ContainsKey("server.tick_hz"));
    }

    [Fact]
    public void All_mistakes_of_a_file_are_reported_at_once_with_line_key_and_what_is_allowed()
    {
        LoadedConfig loaded = Load("""
            [server]
            tick_hz = 500
            [net]
            max_player = 5
            port = "27015"
            [nett]
            port = 1
            [mods]
            watch = "poling"
            [core]
            mods = "hello"
            [log]
            console = 1
            """);

        string name = Path.Combine(_folder.Path, "server.toml");
        Assert.Equal(
            [
                $"{name}:2:11: 'server.tick_hz' must be an integer from 10 to 128 (Hz), found 500",
                $"{name}:4:1: unknown key 'net.max_player', did you mean 'max_players'?",
                $"{name}:5:8: 'net.port' must be an integer from 0 to 65535, found the string '27015'",
                $"{name}:6:2: unknown table [nett], did you mean 'net'?",
                $"{name}:9:9: 'mods.watch' must be \"auto\", \"polling\", \"off\", found 'poling', did you mean 'polling'?",
                $"{name}:11:8: 'core.mods' must be a list of strings, found the string 'hello'",
                $"{name}:13:11: 'log.console' must be true or false, found the integer 1",
            ],
            loaded.Problems.Select(p => p.ToString()).Order(new LineOrder()));
        Assert.True(loaded.HasErrors);
    }

    [Fact]
    public void A_key_in_the_wrong_table_is_told_where_it_belongs()
    {
        Assert.Contains("it belongs under [server]", Assert.Single(Load("tick_hz = 30\n").Problems).Message, StringComparison.Ordinal);
        Assert.Contains("it belongs under [server]", Assert.Single(Load("[net]\ntick_hz = 30\n").Problems).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_no_toml_is_reported_beside_the_settings_that_were_understood()
    {
        LoadedConfig loaded = Load("[net\nport = 5\n[server]\ntick_hz = 20\nname = \n");

        Assert.Equal([1, 5], loaded.Problems.Select(p => p.Position!.Value.Line));
        Assert.Equal(20, loaded.Config.Server.TickHz);
    }

    [Theory]
    [InlineData("net.port", "is not of the form key=value")]
    [InlineData("net.prot=5", "did you mean 'net.port'?")]
    [InlineData("net.port=many", "'net.port' must be an integer from 0 to 65535, found 'many'")]
    [InlineData("net.port=70000", "'net.port' must be an integer from 0 to 65535, found 70000")]
    [InlineData("net.port=1\nmax_players = 9", "'net.port' must be an integer from 0 to 65535, found '1")]
    public void Wrong_assignments_are_explained(string assignment, string expected) =>
        Assert.Contains(expected, Assert.Single(ConfigLoader.Load(EmptyFile(), NoEnvironment, [assignment]).Problems).Message, StringComparison.Ordinal);

    [Fact]
    public void Assignments_take_lists_words_and_quoted_text()
    {
        ServerConfig config = ConfigLoader.Load(EmptyFile(), NoEnvironment, ["core.mods=a, b", "mods.watch=off", "server.name=My \"own\" = server", "log.console=false"]).Config;

        Assert.Equal(["a", "b"], config.Core.Mods);
        Assert.Equal(WatchMode.Off, config.Mods.Watch);
        Assert.Equal("My \"own\" = server", config.Server.Name);
        Assert.False(config.Log.Console);
    }

    [Fact]
    public void An_unknown_environment_variable_only_warns_because_orchestrators_set_some()
    {
        LoadedConfig loaded = ConfigLoader.Load(EmptyFile(), new Dictionary<string, string> { ["GAMESERVER_NET_PROT"] = "1" }, []);

        ConfigProblem problem = Assert.Single(loaded.Problems);
        Assert.True(problem.IsWarning);
        Assert.Contains("did you mean 'GAMESERVER_NET_PORT'?", problem.Message, StringComparison.Ordinal);
        Assert.False(loaded.HasErrors);
    }

    [Fact]
    public void One_mod_has_its_own_limits_and_permissions()
    {
        LoadedConfig loaded = Load("[mods.kits]\ngrant = [\"player.kick\"]\n[mods.kits.limits]\nmemory_hard_mb = 64\nmemry = 1\n[mods.kits.limit]\n[mods.kits.config]\npvp = true\nstart = 5\n");

        Assert.Equal(["player.kick"], loaded.Config.PerMod["kits"].Grant);
        Assert.Equal(64.0, loaded.Config.PerMod["kits"].Limits["memory_hard_mb"]);
        Assert.Equal(true, loaded.Config.PerMod["kits"].Config["pvp"]);
        Assert.Equal(5L, loaded.Config.PerMod["kits"].Config["start"]);
        Assert.Equal(2, loaded.Problems.Count);
        Assert.Contains(loaded.Problems, p => p.Message.Contains("'mods.kits.limits.memry'", StringComparison.Ordinal));
        Assert.Contains(loaded.Problems, p => p.Message.Contains("did you mean 'limits'?", StringComparison.Ordinal));
    }

    [Fact]
    public void A_named_file_that_is_missing_is_an_error_and_the_default_file_may_be_absent()
    {
        Assert.True(ConfigLoader.Load(Path.Combine(_folder.Path, "none.toml"), NoEnvironment, []).HasErrors);
        Assert.Equal(_folder.Path, Load("").BaseFolder);
    }

    [Fact]
    public void Rules_between_settings_are_checked()
    {
        Assert.Contains("above 'tick_hard_ms'", Assert.Single(Load("[limits.user]\ntick_budget_ms = 60\n").Problems).Message, StringComparison.Ordinal);
        Assert.Contains("must be \"*\" or an IP address", Assert.Single(Load("[net]\naddress = \"localhost\"\n").Problems).Message, StringComparison.Ordinal);
        Assert.True(Assert.Single(Load("[limits.user]\ntick_hard_ms = 101\n").Problems).IsWarning);
    }

    LoadedConfig Load(string toml) => ConfigLoader.Load(_folder.Write("server.toml", toml), NoEnvironment, []);

    string EmptyFile() => _folder.Write("server.toml", "");

    static object Value(ServerConfig config, Setting setting)
    {
        if (setting.Property is null)
            return LimitCatalog.Find(setting.Key)!.Get(setting.Section == "limits.core" ? config.LimitsCore : config.LimitsUser);
        return setting.Property.GetValue(SettingCatalog.Sections.First(s => s.Name == setting.Section).Property!.GetValue(config))!;
    }

    // Problems come in the order of the sections' checks; the file's order is easier to compare.
    sealed class LineOrder : IComparer<string>
    {
        public int Compare(string? x, string? y) => Line(x!).CompareTo(Line(y!));

        static int Line(string problem) => int.Parse(problem.Split(".toml:")[1].Split(':')[0], System.Globalization.CultureInfo.InvariantCulture);
    }
}
