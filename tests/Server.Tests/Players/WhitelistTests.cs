using System.Net;
using GameServer.Server.Players;
using GameServer.Support;
using GameServer.Toml;

namespace GameServer.Server.Tests.Players;

public sealed class WhitelistTests : IDisposable
{
    static readonly IPAddress Home = IPAddress.Parse("203.0.113.7");

    readonly TemporaryFolder _folder = new();
    readonly ManualTime _time = new();

    string File => Path.Combine(_folder.Path, "config", "whitelist.toml");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Only_who_is_on_the_list_joins_while_it_is_on()
    {
        Whitelist list = Load();
        JoinGate gate = new(new JoinRules { Key = "key" }, new PlayerRegistry(), null, null, list);
        list.Add("guest:ada", null, "Ada", "anna");
        Assert.True(AddressRange.TryParse("198.51.100.0/24", out AddressRange range));
        list.Add(null, range, "", "anna");
        Assert.NotNull(Check(gate, "Bob", Home, out _));

        list.Switch(on: true);

        Assert.Null(Check(gate, "Bob", Home, out LeaveCode code));
        Assert.Equal(LeaveCode.NotListed, code);
        Assert.NotNull(Check(gate, "ADA", Home, out _));
        Assert.NotNull(Check(gate, "Bob", IPAddress.Parse("198.51.100.200"), out _));
        list.Remove("guest:ada");
        Assert.Null(Check(gate, "Ada", Home, out _));
    }

    [Fact]
    public void The_list_and_whether_it_is_on_survive_a_restart()
    {
        Whitelist before = Load();
        Assert.True(AddressRange.TryParse("2001:db8::/48", out AddressRange range));
        before.Add("user \"42\"\n", null, "Ada", "anna");
        before.Add(null, range, "", "anna");
        before.Add("gone", null, "", "anna");
        before.Switch(on: true);
        Assert.True(before.Remove("gone"));
        Assert.False(before.Remove("gone"));

        Whitelist after = Load();

        Assert.True(after.IsOn);
        Assert.Equal(before.All.Select(e => (e.Uid, e.Address, e.Note, e.By)), after.All.Select(e => (e.Uid, e.Address, e.Note, e.By)));
        Assert.Equal(2, after.Count);
    }

    [Fact]
    public void Mistakes_in_the_file_are_named_with_their_line_and_the_rest_holds()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        System.IO.File.WriteAllText(
            File,
            "on = \"yes\"\n[[player]]\nuid = \"a\"\n[[player]]\nnote = \"nobody\"\n[[player]]\naddress = \"300.1.2.3\"\n[[player]]\nuid = \"b\"\nwat = 1\n");
        List<TomlError> problems = [];

        Whitelist list = Whitelist.Load(File, _time, problems);

        Assert.Equal(["a", "b"], list.All.Select(e => e.Uid));
        // A door that should be shut does not stand open because of a typing mistake.
        Assert.True(list.IsOn);
        Assert.Equal([1, 4, 6, 7, 10], problems.Select(p => p.Position.Line).Order());
    }

    [Fact]
    public void An_entry_is_an_identity_or_a_range_not_both_and_not_twice()
    {
        Whitelist list = Load();
        Assert.Throws<ArgumentException>(() => list.Add(null, null, "", "anna"));
        list.Add("a", null, "first", "anna");
        list.Add("a", null, "second", "anna");
        Assert.Equal("second", Assert.Single(list.All).Note);
    }

    Whitelist Load()
    {
        List<TomlError> problems = [];
        Whitelist list = Whitelist.Load(File, _time, problems);
        Assert.Empty(problems);
        return list;
    }

    static Admission? Check(JoinGate gate, string name, IPAddress address, out LeaveCode code) =>
        gate.Check(FakeRequest.ConnectBytes(name: name), address, out code, out _);
}
