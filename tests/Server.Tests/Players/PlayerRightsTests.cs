using GameServer.Server.Players;
using GameServer.Support;
using GameServer.Toml;

namespace GameServer.Server.Tests.Players;

public sealed class PlayerRightsTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    string FilePath => Path.Combine(_folder.Path, "config", "permissions.toml");

    public void Dispose() => _folder.Dispose();

    PlayerRights Load(out List<TomlError> problems) => PlayerRights.Load(FilePath, problems = []);

    PlayerRights Load()
    {
        PlayerRights rights = Load(out List<TomlError> problems);
        Assert.Empty(problems);
        return rights;
    }

    PlayerRights Load(string toml)
    {
        _folder.Write(Path.Combine("config", "permissions.toml"), toml);
        return Load();
    }

    [Fact]
    public void Nobody_has_a_rule_at_first_and_nothing_is_written()
    {
        PlayerRights rights = Load();
        Assert.Null(rights.Find("ada", "kits.use"));
        Assert.Equal("", rights.Explain("ada", "kits.use"));
        Assert.False(File.Exists(FilePath));
    }

    [Theory]
    [InlineData("kits.use", true)]
    [InlineData("kits.spawn", false)]
    [InlineData("kits.give.all", true)]
    [InlineData("kits", null)]
    [InlineData("kitsch.use", null)]
    [InlineData("shop.buy", null)]
    public void The_rule_that_names_most_of_a_right_decides(string right, bool? expected) =>
        Assert.Equal(expected, Load("[players.ada]\nrights = [\"kits.*\", \"-kits.spawn\", \"-kits.give.*\", \"kits.give.all\"]\n").Find("ada", right));

    [Fact]
    public void Own_rules_come_before_groups_and_groups_before_what_they_inherit_and_default_last()
    {
        PlayerRights rights = Load("""
            [groups.default]
            rights = ["chat.say", "-kits.use", "-shop.buy"]
            [groups.helper]
            rights = ["kits.use", "chat.mute", "-warp.go"]
            [groups.moderator]
            inherits = ["helper"]
            rights = ["-chat.mute", "*"]
            [players.ada]
            groups = ["moderator"]
            rights = ["-chat.say"]
            [players.bo]
            groups = ["helper", "moderator"]
            """);
        Assert.False(rights.Find("ada", "chat.say"));
        Assert.False(rights.Find("ada", "chat.mute"));
        Assert.True(rights.Find("ada", "kits.use"));
        Assert.True(rights.Find("bo", "chat.mute"));
        Assert.False(rights.Find("bo", "warp.go"));
        Assert.True(rights.Find("bo", "shop.buy"));
        Assert.True(rights.Find("cy", "chat.say"));
        Assert.False(rights.Find("cy", "kits.use"));
        Assert.Equal("refused by the player (-chat.say)", rights.Explain("ada", "chat.say"));
        Assert.Equal("granted by group helper (chat.mute)", rights.Explain("bo", "chat.mute"));
        Assert.Equal("granted by group moderator (*)", rights.Explain("bo", "shop.buy"));
        Assert.Equal("refused by group default (-kits.use)", rights.Explain("cy", "kits.use"));
    }

    [Fact]
    public void Changes_are_on_disk_at_once_and_survive_a_restart()
    {
        PlayerRights rights = Load();
        Assert.Null(rights.CreateGroup("helper", []));
        Assert.Null(rights.CreateGroup("moderator", ["helper"]));
        Assert.Null(rights.SetGroup("helper", "kits.*", true));
        Assert.Null(rights.SetGroup("moderator", "kits.spawn", false));
        Assert.Null(rights.Join("key:ada \"x\"", "Ada", "moderator"));
        Assert.Null(rights.SetPlayer("bo", "Bo", "chat.say", true));
        foreach (PlayerRights now in new[] { rights, Load() })
        {
            Assert.True(now.Find("key:ada \"x\"", "kits.use"));
            Assert.False(now.Find("key:ada \"x\"", "kits.spawn"));
            Assert.True(now.Find("bo", "chat.say"));
        }
        Assert.Null(rights.SetPlayer("bo", "", "chat.say", null));
        Assert.Null(rights.DeleteGroup("moderator"));
        PlayerRights after = Load();
        Assert.Empty(after.Players);
        Assert.Equal(["default", "helper"], after.Groups.Select(group => group.Name));
        Assert.Null(after.Find("key:ada \"x\"", "kits.use"));
    }

    [Fact]
    public void What_does_not_make_sense_is_refused_in_words()
    {
        PlayerRights rights = Load();
        Assert.Null(rights.CreateGroup("a", []));
        Assert.Null(rights.CreateGroup("b", ["a"]));
        Assert.Equal("'a' would inherit from itself", rights.CreateGroup("a", ["b"]));
        Assert.Equal("there is no group 'c'", rights.CreateGroup("d", ["c"]));
        Assert.Equal("there is no group 'c'", rights.Join("ada", "", "c"));
        Assert.Equal("'kits..use' is no right: write a name like kits.use, kits.* or *", rights.SetPlayer("ada", "", "kits..use", true));
        Assert.Equal("there is no rule 'x'", rights.SetPlayer("ada", "", "x", null));
        Assert.Null(rights.SetPlayer("ada", "", "x", true));
        Assert.Equal("'x' is granted already", rights.SetPlayer("ada", "", "x", true));
        Assert.Equal("everybody is in the group default; it stays", rights.DeleteGroup("default"));
        Assert.NotNull(rights.CreateGroup("no name", []));
        Assert.NotNull(rights.SetPlayer("", "", "x", true));
    }

    [Fact]
    public void Every_mistake_in_the_file_is_told_and_the_rest_counts()
    {
        _folder.Write(Path.Combine("config", "permissions.toml"), """
            colour = 1
            [groups.a]
            inherits = ["nobody", "b"]
            rights = ["kits.use", "not a right"]
            [groups.b]
            inherits = ["a"]
            rights = ["chat.say"]
            [players.ada]
            groups = ["a", "none"]
            """);
        PlayerRights rights = Load(out List<TomlError> problems);
        Assert.Equal(4, problems.Count);
        Assert.True(rights.Find("ada", "kits.use"));
        Assert.True(rights.Find("ada", "chat.say"));
    }

    [Fact]
    public void News_name_whose_rights_changed_and_never_pile_up()
    {
        PlayerRights rights = Load();
        while (rights.TryTakeChanged(out _))
        {
        }
        Assert.Null(rights.SetPlayer("ada", "", "a", true));
        Assert.True(rights.TryTakeChanged(out string? uid));
        Assert.Equal("ada", uid);
        Assert.False(rights.TryTakeChanged(out _));
        for (int i = 0; i < 150; i++)
            Assert.Null(rights.SetPlayer("ada", "", $"r{i}", true));
        List<string?> told = [];
        while (rights.TryTakeChanged(out uid))
            told.Add(uid);
        Assert.InRange(told.Count, 1, 101);
        Assert.Contains(null, told);
    }
}
