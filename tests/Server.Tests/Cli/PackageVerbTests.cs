using System.IO.Compression;
using System.Text.Json;
using GameServer.Server.Cli;
using GameServer.Server.Cli.Modding;
using GameServer.Support;

namespace GameServer.Server.Tests.Cli;

/// <summary>Mods as packages: pack, add, update, rollback, without a running server.</summary>
public sealed class PackageVerbTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string PathOf(string name) => Path.Combine(_folder.Path, name);

    (int Code, string Output, string Error) Run(params string[] args)
    {
        if (!File.Exists(PathOf("server.toml"))) _folder.Write("server.toml", "[admin]\nport = 1\n");
        StringWriter output = new(), error = new();
        int code = CommandLine.Run([.. args, "--config", PathOf("server.toml")], output, error);
        return (code, output.ToString(), error.ToString());
    }

    string Mod(string version, string source = "function Think() end", string rights = "")
    {
        _folder.Write("work/kits/mod.toml", $"id = \"kits\"\nversion = \"{version}\"\n[permissions]\nrequired = [{rights}]\n");
        _folder.Write("work/kits/init.luau", source);
        _folder.Write("work/kits/.hidden/secret", "x");
        _folder.Write("work/kits/tests/kits.luau", "");
        return PathOf("work/kits");
    }

    string Installed => File.ReadAllText(PathOf("mods/kits/mod.toml")).Split('"')[3];

    [Fact]
    public void The_same_files_make_the_same_archive_and_hidden_files_and_tests_stay_out()
    {
        string mod = Mod("1.0.0");
        Assert.Equal(ExitCodes.Ok, Run("mod", "pack", mod, "-o", PathOf("a.zip")).Code);
        File.SetLastWriteTimeUtc(Path.Combine(mod, "init.luau"), new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Assert.Equal(ExitCodes.Ok, Run("mod", "pack", mod, "-o", PathOf("b.zip")).Code);
        Assert.Equal(File.ReadAllBytes(PathOf("a.zip")), File.ReadAllBytes(PathOf("b.zip")));
        using (ZipArchive archive = ZipFile.OpenRead(PathOf("a.zip"))) Assert.Equal(["kits/init.luau", "kits/mod.toml"], archive.Entries.Select(e => e.FullName));

        File.WriteAllText(Path.Combine(mod, "init.luau"), "local = 1");
        (int code, _, string error) = Run("mod", "pack", mod, "-o", PathOf("c.zip"));
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("init.luau:1:", error, StringComparison.Ordinal);
        Assert.False(File.Exists(PathOf("c.zip")));
    }

    [Fact]
    public void Add_shows_hash_and_rights_and_copies_only_on_yes()
    {
        string mod = Mod("1.0.0", "function PlayerConnect(p) p:kick() end", "\"player.kick\", \"player.read\"");
        Assert.Equal(ExitCodes.Ok, Run("mod", "pack", mod, "-o", PathOf("kits.zip")).Code);

        (int code, string output, string error) = Run("mod", "add", PathOf("kits.zip"));
        Assert.Equal(ExitCodes.OperatorMistake, code);
        Assert.Contains("nothing was added", error, StringComparison.Ordinal);
        Assert.Matches("sha256    [0-9a-f]{64}", output);
        Assert.Contains("[mods.kits] grant = [\"player.kick\"]", output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(PathOf("mods")));

        Assert.Equal(ExitCodes.Ok, Run("mod", "add", PathOf("kits.zip"), "--yes").Code);
        Assert.Equal("1.0.0", Installed);
        Assert.Equal(ExitCodes.OperatorMistake, Run("mod", "add", mod, "--yes").Code);
    }

    [Fact]
    public void Links_are_not_followed()
    {
        string mod = Mod("1.0.0");
        string secret = _folder.Write("secret/key.luau", "secret");
        File.CreateSymbolicLink(Path.Combine(mod, "stolen.luau"), secret);
        Directory.CreateSymbolicLink(Path.Combine(mod, "lib"), Path.GetDirectoryName(secret)!);
        Assert.Equal(["init.luau", "mod.toml"], ModArchive.FilesOf(mod, withTests: false));
    }

    [Theory]
    [InlineData("../evil.luau")]
    [InlineData("kits/../../evil.luau")]
    [InlineData("/tmp/evil.luau")]
    public void An_archive_cannot_write_outside_its_folder(string name)
    {
        using (ZipArchive archive = ZipFile.Open(PathOf("evil.zip"), ZipArchiveMode.Create))
        {
            using (StreamWriter manifest = new(archive.CreateEntry("kits/mod.toml").Open())) manifest.Write("id = \"kits\"");
            using StreamWriter evil = new(archive.CreateEntry(name).Open());
            evil.Write("x");
        }
        string[] before = Directory.GetFileSystemEntries(_folder.Path, "*evil*", SearchOption.AllDirectories);
        Assert.NotEqual(ExitCodes.Ok, Run("mod", "add", PathOf("evil.zip"), "--yes").Code);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path, "*evil*", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetFileSystemEntries(PathOf("mods")));
    }

    [Fact]
    public void Update_keeps_the_package_before_refuses_what_fails_and_rolls_back()
    {
        Assert.Equal(ExitCodes.Ok, Run("mod", "add", Mod("1.0.0"), "--yes").Code);

        (int code, string output, _) = Run("mod", "update", "kits", "--from", Mod("1.1.0"), "--try");
        Assert.True(code == ExitCodes.Ok, output);
        Assert.Contains("kits 1.0.0 -> 1.1.0 in place", output, StringComparison.Ordinal);
        Assert.Equal("1.1.0", Installed);

        (code, _, string error) = Run("mod", "update", "kits", "--from", Mod("1.2.0", "function PlayerConnect(p) error('oh') end"), "--try");
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("PlayerConnect: kits/init.luau:1: oh", error, StringComparison.Ordinal);
        Assert.Contains("kits 1.2.0 refused; 1.1.0 stays", error, StringComparison.Ordinal);
        (code, _, error) = Run("mod", "update", "kits", "--from", Mod("1.2.0", rights: "\"player.kick\""));
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("it requires player.kick, which server.toml does not grant", error, StringComparison.Ordinal);
        (code, _, error) = Run("mod", "update", "kits", "--from", Mod("1.2.0", rights: "\"chat.send\""));
        Assert.Equal(ExitCodes.OperatorMistake, code);
        Assert.Contains("more rights", error, StringComparison.Ordinal);
        Assert.Equal("1.1.0", Installed);

        Assert.Equal(ExitCodes.Ok, Run("mod", "rollback", "kits").Code);
        Assert.Equal("1.0.0", Installed);
        Assert.Equal(ExitCodes.Ok, Run("mod", "rollback", "kits").Code);
        Assert.Equal("1.1.0", Installed);
        Assert.Equal(ExitCodes.OperatorMistake, Run("mod", "rollback", "maps").Code);
        Assert.Equal([".previous", "kits"], Directory.GetDirectories(PathOf("mods")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Init_makes_a_folder_that_check_and_doctor_like_and_overwrites_nothing()
    {
        StringWriter output = new(), error = new();
        Assert.Equal(ExitCodes.Ok, CommandLine.Run(["init", PathOf("game")], output, error));
        Assert.Contains("created server.toml, mods/hello, gameserver.service, admin token in config/admin.token", output.ToString(), StringComparison.Ordinal);
        string token = PathOf("game/config/admin.token");
        Assert.Contains(File.ReadAllText(token).Trim(), output.ToString(), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(token));
        Assert.Contains("Type=notify", File.ReadAllText(PathOf("game/gameserver.service")), StringComparison.Ordinal);

        string file = PathOf("game/server.toml");
        string[] ports = ["--set", "net.port=0", "--set", "admin.port=0"];
        StringWriter report = new();
        int code = CommandLine.Run(["doctor", "--config", file, .. ports], report, error);
        Assert.True(code == ExitCodes.Ok, report.ToString());
        foreach (string subject in (string[])["clock", "timers", "disk", "folder", "mods", "watch", "token"])
            Assert.Contains($"ok    {subject}: ", report.ToString(), StringComparison.Ordinal);

        Assert.Equal(ExitCodes.OperatorMistake, CommandLine.Run(["init", PathOf("game")], output, error));
        Assert.Contains("nothing was changed", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Config_explains_checks_and_lists_with_file_and_line()
    {
        _folder.Write("server.toml", "[net]\nport = 27999\n[server]\ntick_hz = 60\n");

        Assert.Contains("from         " + PathOf("server.toml") + ":2", Run("config", "explain", "net.port").Output, StringComparison.Ordinal);
        Assert.Contains("default      27015", Run("config", "explain", "net.port").Output, StringComparison.Ordinal);
        (int code, _, string error) = Run("config", "explain", "max_players");
        Assert.Equal(ExitCodes.OperatorMistake, code);
        Assert.Contains("did you mean 'net.max_players'?", error, StringComparison.Ordinal);
        using JsonDocument list = JsonDocument.Parse(Run("config", "list", "--changed", "--json").Output);
        Assert.Equal(["server.tick_hz", "net.port"], list.RootElement.EnumerateArray().Select(row => row.GetProperty("key").GetString()));
        Assert.Contains("--set", Run("config", "list", "--changed", "--set", "net.port=5").Output, StringComparison.Ordinal);

        _folder.Write("server.toml", "[net]\nmax_player = 3\n");
        (code, string output, _) = Run("config", "check");
        Assert.Equal(ExitCodes.OperatorMistake, code);
        Assert.Contains(":2:1: unknown key 'net.max_player', did you mean 'max_players'?", output, StringComparison.Ordinal);
    }
}
