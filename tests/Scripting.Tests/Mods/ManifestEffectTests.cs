using GameServer.Scripting.Tests.Support;

namespace GameServer.Scripting.Tests.Mods;

/// <summary>Tables of <c>mod.toml</c> that change what the mod sees.</summary>
public class ManifestEffectTests
{
    [Fact]
    public void Settings_of_the_manifest_are_there_without_code_and_operators_change_them()
    {
        using HostFixture host = new HostFixture().Manifest("a", """
            [config]
            gold = { default = 100, min = 0, max = 1000, doc = "gold on first join" }
            speed = 1.5
            hard = false
            title = "hello"
            mode = { default = "easy", choices = ["easy", "hard"] }
            """).Mod("a", "print(config.get('gold'), config.get('speed'), config.get('hard'), config.get('title'), config.get('mode')) config.onChange('gold', function(new, old) print(new, old) end)").Load();
        host.Config.Set("a", "gold", 250.0);
        host.Tick();
        host.Config.Set("a", "gold", 5000.0);
        host.Tick();
        host.AssertPrinted("a", "100 1.5 false hello easy", "250 100", "setting 'gold' must be an integer from 0 to 1000, found 5000; the default 100 is used", "100 250");
    }

    [Theory]
    [InlineData("x = [1]", "'config.x' must be a number, boolean or string")]
    [InlineData("x = { min = 1 }", "'config.x' must be a number, boolean or string")]
    [InlineData("x = { default = 5, max = 3 }", "'config.x': the default must be an integer up to 3")]
    [InlineData("x = { default = \"c\", choices = [\"a\", \"b\"] }", "'config.x': the default must be one of \"a\", \"b\"")]
    [InlineData("x = { default = 5, colour = 1 }", "unknown key 'config.x.colour'")]
    [InlineData("\"a b\" = 1", "setting 'a b'")]
    [InlineData("x = inf", "'config.x' must be")]
    public void Mistakes_in_settings_are_named_with_their_place(string line, string problem)
    {
        using HostFixture host = new HostFixture().Manifest("a", $"[config]\n{line}").Mod("a", "").Load();
        Assert.Equal(ModState.Invalid, host.StateOf("a"));
        host.AssertLogged("a/mod.toml:3:");
        host.AssertLogged(problem);
    }

    [Fact]
    public void Assets_are_read_as_bytes_and_follow_their_files()
    {
        using HostFixture host = new HostFixture().Manifest("a", "[assets]\nmap = \"assets/maps/one.bin\"").Mod("a", "\u0001\u0002map", "assets/maps/one.bin")
            .Mod("a", "local b = mod.asset('map') print(buffer.len(b), buffer.readu8(b, 0), buffer.tostring(b):sub(3)) print(pcall(mod.asset, '../mod.toml'))").Load();
        host.Mod("a", "\u0001\u0002other", "assets/maps/one.bin").Reload("a");
        string[] lines = [.. host.Printed("a")];
        Assert.Equal(["5 1 map", "7 1 other"], [lines[0], lines[2]]);
        Assert.Contains("mod.toml names no asset '../mod.toml'", lines[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x = \"../b/init.luau\"")]
    [InlineData("x = \"/etc/passwd\"")]
    [InlineData("x = \"assets/../init.luau\"")]
    [InlineData("x = \"init.luau\"")]
    [InlineData("x = \"assets/nothing\"")]
    [InlineData("x = 5")]
    public void An_asset_is_a_file_of_the_mods_own(string line)
    {
        using HostFixture host = new HostFixture().Manifest("a", $"[assets]\n{line}").Mod("a", "").Load();
        Assert.Equal(ModState.Invalid, host.StateOf("a"));
        host.AssertLogged("a/mod.toml:");
    }

    [Fact]
    public void Only_the_files_named_for_it_reload_the_mod_and_then_everything_is_new()
    {
        using HostFixture host = new HostFixture(options => options with { Watch = WatchMode.Polling, PollInterval = TimeSpan.FromMilliseconds(10), QuietPeriod = TimeSpan.FromMilliseconds(10) })
            .Manifest("a", "[reload]\nfiles = [\"init.luau\", \"lib/*\"]").Mod("a", "print(require('./lib/x'), require('./other'))").Mod("a", "return 1", "lib/x.luau").Mod("a", "return 1", "other.luau").Load();
        host.Mod("a", "return 2", "other.luau");
        long begin = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begin).TotalMilliseconds < 300)
        {
            host.Tick();
            Thread.Sleep(5);
        }
        host.AssertPrinted("a", "1 1");
        host.Mod("a", "return 2", "lib/x.luau");
        host.TickUntil(() => host.Printed("a").Count == 2, "the reload");
        host.AssertPrinted("a", "1 1", "2 2");
    }
}
