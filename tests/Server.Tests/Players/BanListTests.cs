using System.Net;
using GameServer.Server.Players;
using GameServer.Support;
using GameServer.Toml;

namespace GameServer.Server.Tests.Players;

public sealed class BanListTests : IDisposable
{
    readonly TemporaryFolder _folder = new();
    readonly ManualTime _time = new();
    readonly List<TomlError> _problems = [];

    public void Dispose() => _folder.Dispose();

    string BansFile => Path.Combine(_folder.Path, "config", "bans.toml");
    static IPAddress Ip(string text) => IPAddress.Parse(text);
    BanList Load() => BanList.Load(BansFile, _time, _problems);

    static AddressRange Range(string text) => AddressRange.TryParse(text, out AddressRange range) ? range : throw new ArgumentException(text);

    [Fact]
    public void A_ban_by_identity_holds_from_any_address_and_across_a_restart()
    {
        Load().Add("uid:1", null, "Ada", "was \"rude\"\n\\", "anna", null);
        Ban ban = Load().Find("uid:1", Ip("10.0.0.1"))!;
        Assert.Equal("was \"rude\"\n\\", ban.Reason);
        Assert.Equal("anna", ban.By);
        Assert.Empty(_problems);
        Assert.Null(Load().Find("uid:2", Ip("10.0.0.1")));
    }

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    [InlineData("203.0.113.0/24", "203.0.113.200", true)]
    [InlineData("203.0.113.0/24", "203.0.114.1", false)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("2001:db8::/32", "2001:db8:1::5", true)]
    [InlineData("2001:db8::/32", "203.0.113.7", false)]
    public void A_ban_by_address_covers_its_range(string banned, string address, bool caught)
    {
        Load().Add(null, Range(banned), "", "flood", "operator", null);
        Assert.Equal(caught, Load().Find("anyone", Ip(address)) != null);
    }

    [Fact]
    public void A_ban_ends_at_its_time()
    {
        BanList list = Load();
        list.Add("uid:1", null, "", "cool down", "operator", TimeSpan.FromHours(1));
        Assert.NotNull(list.Find("uid:1", IPAddress.Loopback));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Null(list.Find("uid:1", IPAddress.Loopback));
        list.Add("uid:2", null, "", "x", "operator", null);
        Assert.Single(list.All);
    }

    [Fact]
    public void Lifting_works_by_id_by_identity_and_by_address()
    {
        BanList list = Load();
        Ban first = list.Add("uid:1", null, "", "x", "operator", null)!;
        list.Add("uid:2", null, "", "x", "operator", null);
        list.Add(null, Range("203.0.113.0/24"), "", "x", "operator", null);
        Assert.Equal(1, list.Remove(first.Id));
        Assert.Equal(1, list.Remove("uid:2"));
        Assert.Equal(1, list.Remove("203.0.113.0/24"));
        Assert.Equal(0, list.Remove("uid:2"));
        Assert.Empty(Load().All);
    }

    [Fact]
    public void Ids_are_not_used_again_after_a_restart()
    {
        string first = Load().Add("uid:1", null, "", "x", "operator", null)!.Id;
        string second = Load().Add("uid:2", null, "", "x", "operator", null)!.Id;
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Mistakes_in_the_file_are_all_reported_and_good_bans_hold()
    {
        _folder.Write("config/bans.toml", """
            [[ban]]
            uid = "uid:1"
            [[ban]]
            address = "not an address"
            [[ban]]
            reason = "whom?"
            [[ban]]
            uid = "uid:2"
            expires = "tomorrow"
            colour = "red"
            """);
        BanList list = Load();
        Assert.Equal([4, 3, 5, 9, 10], _problems.Select(p => p.Position.Line).OrderBy(line => line == 4 ? 0 : line));
        Assert.NotNull(list.Find("uid:1", IPAddress.Loopback));
        Assert.NotNull(list.Find("uid:2", IPAddress.Loopback));
    }
}
