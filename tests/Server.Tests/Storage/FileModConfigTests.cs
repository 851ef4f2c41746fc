using GameServer.Server.Storage;
using GameServer.Support;

namespace GameServer.Server.Tests.Storage;

public sealed class FileModConfigTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly List<string> _reports = [];
    readonly Dictionary<string, object> _settled = [];
    readonly FileModConfig _config;

    public FileModConfigTests() => _config = new FileModConfig(Path.Combine(_folder.Path, "mods"), id => id == "kits" ? _settled : new Dictionary<string, object>(), _reports.Add, new ManualTime());

    public void Dispose()
    {
        _config.Dispose();
        _folder.Dispose();
    }

    string FileOfKits => Path.Combine(_folder.Path, "mods", "kits.toml");

    void Save(string text)
    {
        _folder.Write("mods/kits.toml", text);
        // Two saves within one tick of the file system's clock would look alike.
        File.SetLastWriteTimeUtc(FileOfKits, DateTime.UnixEpoch.AddSeconds(text.Length));
    }

    [Fact]
    public void Values_come_from_the_file_and_server_toml_wins()
    {
        Save("gold = 5\nname = \"a\"\non = true\n");
        _settled["gold"] = 7L;
        IReadOnlyDictionary<string, object> values = _config.Values("kits");
        Assert.Equal((7.0, "a", true), (values["gold"], values["name"], values["on"]));
        Assert.Empty(_config.Values("other"));
    }

    [Fact]
    public void A_changed_value_is_reported_once_and_a_touched_file_is_not()
    {
        Save("gold = 5\n");
        _config.Values("kits");
        Save("gold = 50\n");
        _config.Look();
        Assert.True(_config.TryTakeChanged(out string changed));
        Assert.Equal("kits", changed);
        Assert.Equal(50.0, _config.Values("kits")["gold"]);
        Save("gold = 50 # same\n");
        _config.Look();
        Assert.False(_config.TryTakeChanged(out _));
    }

    [Fact]
    public void Other_values_in_server_toml_are_reported_once_for_the_mods_they_change()
    {
        Save("gold = 5\non = true\n");
        _config.Values("kits");
        _config.Values("other");
        Assert.Equal(0, _config.Settle(id => new Dictionary<string, object> { ["gold"] = 5L }.Where(_ => id == "kits").ToDictionary()));
        Assert.Equal(1, _config.Settle(id => new Dictionary<string, object> { ["gold"] = 6L }.Where(_ => id == "kits").ToDictionary()));
        Assert.True(_config.TryTakeChanged(out string changed));
        Assert.Equal("kits", changed);
        Assert.False(_config.TryTakeChanged(out _));
        Assert.Equal(6.0, _config.Values("kits")["gold"]);
        Assert.Equal(1, _config.Settle(_ => new Dictionary<string, object>()));
        Assert.Equal(5.0, _config.Values("kits")["gold"]);
    }

    [Fact]
    public async Task Missing_settings_are_written_with_default_and_meaning_and_what_is_there_stays()
    {
        Save("# mine\ngold = 5\n");
        _config.Define("kits", [new("gold", 100.0, "on join", "an integer"), new("greeting", "hi \"you\"", "said", "a string"), new("rate", 0.5, "", "a number")]);
        for (int i = 0; i < 600 && !File.ReadAllText(FileOfKits).Contains("rate"); i++) await Task.Delay(20);
        string text = await File.ReadAllTextAsync(FileOfKits);
        Assert.StartsWith("# mine\ngold = 5\n", text, StringComparison.Ordinal);
        Assert.Contains("# said (a string)\ngreeting = \"hi \\\"you\\\"\"\n", text, StringComparison.Ordinal);
        Assert.Contains("# a number\nrate = 0.5\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("100", text, StringComparison.Ordinal);
        _config.Look();
        Assert.False(_config.TryTakeChanged(out _));
    }

    [Fact]
    public void Mistakes_in_a_file_are_reported_with_their_place_and_the_rest_holds()
    {
        Save("gold = 5\nlist = [1]\n");
        Assert.Equal(5.0, _config.Values("kits")["gold"]);
        Assert.Contains(_reports, report => report.Contains("kits.toml:2:", StringComparison.Ordinal));
    }
}
