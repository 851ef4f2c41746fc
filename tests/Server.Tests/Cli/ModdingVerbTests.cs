using System.Text.Json;
using System.Xml.Linq;
using GameServer.Server.Cli;
using GameServer.Support;

namespace GameServer.Server.Tests.Cli;

/// <summary>A modder's verbs: new, check, test.</summary>
public sealed class ModdingVerbTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string Settings => File.Exists(Path.Combine(_folder.Path, "server.toml")) ? Path.Combine(_folder.Path, "server.toml") : _folder.Write("server.toml", "");

    (int Code, string Output, string Error) Run(params string[] args)
    {
        StringWriter output = new(), error = new();
        int code = CommandLine.Run([.. args, "--config", Settings], output, error);
        return (code, output.ToString(), error.ToString());
    }

    void New(string id) => Assert.Equal(ExitCodes.Ok, Run("mod", "new", id).Code);

    [Fact]
    public void A_new_mod_passes_its_check_and_its_tests_at_once()
    {
        New("kits");

        (int code, string output, _) = Run("mod", "check", "kits", "--strict");
        Assert.True(code == ExitCodes.Ok, output);
        (code, output, _) = Run("mod", "test", "kits");
        Assert.True(code == ExitCodes.Ok, output);
        Assert.Contains("3 passed, 0 failed", output, StringComparison.Ordinal);
        string types = File.ReadAllText(Path.Combine(_folder.Path, "mods/kits/.types/gameserver.d.luau"));
        Assert.Equal(File.ReadAllText(Repository.PathOf("docs", "reference", "gameserver.d.luau")), types);
        foreach (string json in (string[])[".luaurc", ".vscode/settings.json"])
            JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder.Path, "mods/kits", json))).Dispose();
    }

    [Fact]
    public void New_changes_nothing_that_is_there()
    {
        New("kits");
        string file = _folder.Write("mods/kits/init.luau", "-- mine");

        (int code, _, string error) = Run("mod", "new", "kits");

        Assert.Equal(ExitCodes.OperatorMistake, code);
        Assert.Contains("exists already", error, StringComparison.Ordinal);
        _folder.Write("mods/kits/.types/tests.d.luau", "old");
        Assert.Equal(ExitCodes.Ok, Run("mod", "new", "kits", "--types").Code);
        Assert.Equal("-- mine", File.ReadAllText(file));
        Assert.NotEqual("old", File.ReadAllText(Path.Combine(_folder.Path, "mods/kits/.types/tests.d.luau")));
        Assert.Contains("may hold only a-z", Run("mod", "new", "Kits!k").Error + Run("mod", "new", "k!").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_reports_as_text_as_JSON_and_as_JUnit_and_fails_with_1()
    {
        New("kits");
        _folder.Write("mods/kits/tests/more.luau", "test('bad <&>', function(t)\n\tt:expect(1):toBe(2)\nend)\ntest('later', { skip = 'soon' }, function() end)");
        string junit = Path.Combine(_folder.Path, "results.xml");

        (int code, string output, _) = Run("mod", "test", "kits", "--junit", junit);

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("mods/kits/tests/more.luau:2: expected 2, got 1", output, StringComparison.Ordinal);
        Assert.Contains("3 passed, 1 failed, 1 skipped", output, StringComparison.Ordinal);
        XElement suite = XDocument.Load(junit).Root!.Element("testsuite")!;
        Assert.Equal(("5", "1", "1"), (suite.Attribute("tests")!.Value, suite.Attribute("failures")!.Value, suite.Attribute("skipped")!.Value));
        Assert.Equal("bad <&>", suite.Elements("testcase").Single(test => test.Element("failure") is not null).Attribute("name")!.Value);

        (code, output, _) = Run("mod", "test", "kits", "--json");
        Assert.Equal(ExitCodes.Failed, code);
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement[] results = [.. json.RootElement[0].GetProperty("results").EnumerateArray()];
        Assert.Equal("failed", results.Single(result => result.GetProperty("name").GetString() == "bad <&>").GetProperty("outcome").GetString());

        Assert.Equal(ExitCodes.Ok, Run("mod", "test", "kits", "--only", "greets").Code);
        Assert.Equal(ExitCodes.Failed, Run("mod", "test", "kits", "--only", "no such test").Code);
    }

    [Fact]
    public void Check_names_file_line_and_column_and_fails_with_1()
    {
        New("kits");
        _folder.Write("mods/kits/init.luau", "function PlayerConnect(player)\n\tplayer:caht('x')\nend\nprint(table.getn({}))\n");

        (int code, string output, _) = Run("mod", "check", "kits");

        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("mods/kits/init.luau:2:9: error: a Player has no 'caht', did you mean 'chat'?", output, StringComparison.Ordinal);
        Assert.Contains("1 mod checked: 1 error, ", output, StringComparison.Ordinal);
        (_, output, _) = Run("mod", "check", "kits", "--json");
        using JsonDocument json = JsonDocument.Parse(output);
        JsonElement finding = json.RootElement.EnumerateArray().First(item => item.GetProperty("rule").GetString() == "unknown-api");
        Assert.Equal((2, 9, "error"), (finding.GetProperty("line").GetInt32(), finding.GetProperty("column").GetInt32(), finding.GetProperty("level").GetString()));
    }

    [Fact]
    public void Mods_are_named_by_id_or_path_and_a_wrong_name_is_a_mistake()
    {
        New("kits");
        New("maps");

        Assert.Contains("2 mods checked", Run("mod", "check").Output, StringComparison.Ordinal);
        Assert.Contains("1 mod checked", Run("mod", "check", Path.Combine(_folder.Path, "mods/maps")).Output, StringComparison.Ordinal);
        (int code, _, string error) = Run("mod", "check", "kist");
        Assert.Equal(ExitCodes.OperatorMistake, code);
        Assert.Contains("did you mean 'kits'?", error, StringComparison.Ordinal);
    }
}
